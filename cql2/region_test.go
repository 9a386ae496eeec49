package cql2

import (
	"testing"

	"github.com/paulmach/orb"
	sf "github.com/peterstace/simplefeatures/geom"
	"pgregory.net/rapid"

	"tuban/geom"
)

// TestMeets compares with simplefeatures on a small grid, where touching,
// sharing and nesting are frequent.
func TestMeets(t *testing.T) {
	met := 0
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawGeometry(t), drawGeometry(t)
		ga, gb := toSF(t, a), toSF(t, b)
		want := sf.Intersects(ga, gb)
		if got := newRegion(a).meets(b, geom.Bound(b)); got != want {
			t.Fatalf("%v and %v: %v, want %v", a, b, got, want)
		}
		if got := newRegion(b).meets(a, geom.Bound(a)); got != want {
			t.Fatalf("%v and %v: %v, want %v", b, a, got, want)
		}
		if want {
			met++
		}
		box := geom.Bound(b)
		if got, want := newBoxRegion(box.Min, box.Max).meets(a, geom.Bound(a)), geom.IntersectsBound(a, box); got != want {
			t.Fatalf("%v and the box %v: %v, want %v", a, box, got, want)
		}
	})
	if met == 0 {
		t.Error("none meet")
	}
}

func toSF(t *rapid.T, g orb.Geometry) sf.Geometry {
	out, err := sf.UnmarshalWKT(string(wkt(nil, g)))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// drawGeometry returns valid geometry on a grid of 8 × 8.
func drawGeometry(t *rapid.T) orb.Geometry {
	at := func() orb.Point {
		return orb.Point{float64(rapid.IntRange(0, 7).Draw(t, "x")), float64(rapid.IntRange(0, 7).Draw(t, "y"))}
	}
	line := func() orb.LineString {
		l := orb.LineString{at(), at(), at()}
		if l[0] == l[1] {
			l[1][0]++
		}
		return l
	}
	box := func(p orb.Point, w, h float64) orb.Ring {
		return orb.Ring{p, {p[0] + w, p[1]}, {p[0] + w, p[1] + h}, {p[0], p[1] + h}, p}
	}
	size := func() float64 { return float64(rapid.IntRange(1, 6).Draw(t, "size")) }
	switch rapid.IntRange(0, 6).Draw(t, "kind") {
	case 0:
		return at()
	case 1:
		return orb.MultiPoint{at(), at()}
	case 2:
		return line()
	case 3:
		return orb.MultiLineString{line(), line()}
	case 4: // a triangle
		p := at()
		return orb.Polygon{{p, {p[0] + size(), p[1]}, {p[0], p[1] + size()}, p}}
	case 5: // a box with a hole
		p := at()
		return orb.Polygon{box(p, 6, 6), box(orb.Point{p[0] + 1, p[1] + 1}, 4, 3)}
	}
	return orb.MultiPolygon{{box(at(), size(), size())}, {box(orb.Point{20, 0}, size(), size())}}
}
