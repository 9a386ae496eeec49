package overlay

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	sf "github.com/peterstace/simplefeatures/geom"

	"tuban/geom/ellipsoid"
)

func rect(x0, y0, x1, y1 float64) orb.Polygon {
	return orb.Bound{Min: orb.Point{x0, y0}, Max: orb.Point{x1, y1}}.ToPolygon()
}

// 4 +---------+        the query is 4 x 4; b0 and b1 overlap in its middle,
//
//	|  b0 +---|--+     b2 covers a part of b0, b3 lies apart from them
//
// 2 |----+|   |  |
//
//	|b2  || b1|  |
//
// 0 +---------+--+
func TestUnionArea(t *testing.T) {
	a := PreparePlane(rect(0, 0, 4, 4), false)
	for _, c := range []struct {
		name    string
		bs      []orb.Polygon
		want    float64
		clashes int
	}{
		{"none", nil, 0, 0},
		{"one", []orb.Polygon{rect(1, 1, 9, 9)}, 9, 0},
		{"side by side", []orb.Polygon{rect(0, 0, 2, 4), rect(2, 0, 4, 4)}, 16, 0},
		{"overlapping", []orb.Polygon{rect(0, 0, 3, 4), rect(1, 0, 4, 4)}, 16, 1},
		{"twice the same", []orb.Polygon{rect(1, 1, 2, 2), rect(1, 1, 2, 2)}, 1, 1},
		{"three deep, and one apart", []orb.Polygon{rect(0, 0, 2, 2), rect(1, 1, 3, 3), rect(1, 1, 2, 2), rect(3, 0, 4, 1)}, 8, 3},
		{"overlapping only outside", []orb.Polygon{rect(0, 0, 9, 2), rect(5, 0, 9, 3)}, 8, 0},
		{"a chain", []orb.Polygon{rect(0, 0, 2, 1), rect(1, 0, 3, 1), rect(2, 0, 4, 1)}, 4, 2},
		{"missing the query", []orb.Polygon{rect(5, 5, 6, 6), rect(5, 5, 7, 7)}, 0, 0},
	} {
		var bs []*Shape
		for _, b := range c.bs {
			bs = append(bs, PreparePlane(b, false))
		}
		if got := UnionArea(a, bs); math.Abs(got-c.want) > 1e-13 {
			t.Errorf("%s: %.15g, want %g", c.name, got, c.want)
		}
		if got := Clashes(a, bs); len(got) != c.clashes {
			t.Errorf("%s: clashes %v, want %d", c.name, got, c.clashes)
		}
	}
}

func TestUnionAreaAgainstSimplefeatures(t *testing.T) {
	r := seeded(t)
	for range 4 {
		a := orb.MultiPolygon{{star(r, 50, 106.5, 29.5, 0.002)}}
		// One zone is far larger than the query and has many vertices.
		zone := orb.MultiPolygon{{star(r, 1500, 106.5+0.1*r.Float64(), 29.5, 0.3)}}
		geoms := []sf.Geometry{toSimple(zone)}
		bs := []*Shape{Prepare(zone, false)}
		for range 1 + r.IntN(6) {
			b := orb.MultiPolygon{{star(r, 30, 106.5+0.004*(r.Float64()-0.5), 29.5+0.004*(r.Float64()-0.5), 0.001)}}
			geoms = append(geoms, toSimple(b))
			bs = append(bs, Prepare(b, false))
		}
		u, err := sf.UnionMany(geoms)
		if err != nil {
			t.Fatal(err)
		}
		g, err := sf.Intersection(toSimple(a), u)
		if err != nil {
			t.Fatal(err)
		}
		p := Prepare(a, false)
		if got, want := UnionArea(p, bs), ellipsoid.Area(polygonsIn(g)); math.Abs(got-want) > 2e-9*p.Area() {
			t.Fatalf("%.9f, theirs %.9f", got, want)
		}
	}
}

func TestNarrow(t *testing.T) {
	const deg = 1 / 111_000.0 // about a metre of latitude
	for _, c := range []struct {
		name string
		a, b orb.Polygon
		want bool
	}{
		{"strip of 0.3 m", rect(95, 36, 95.001, 36.001), rect(95, 36.001-0.3*deg, 95.001, 36.002), true},
		{"strip of 0.9 m", rect(95, 36, 95.001, 36.001), rect(95, 36.001-0.9*deg, 95.001, 36.002), false},
		{"upright strip of 0.3 m", rect(95, 36, 95.001, 36.001), rect(95.001-0.3*deg, 36, 95.002, 36.001), true},
		{"upright strip of 1.5 m", rect(95, 36, 95.001, 36.001), rect(95.001-1.5*deg, 36, 95.002, 36.001), false},
		{"wide", rect(95, 36, 95.001, 36.001), rect(95.0005, 36.0005, 95.002, 36.002), false},
		{"inside", rect(95, 36, 95.001, 36.001), rect(95.0002, 36.0002, 95.0002+20*deg, 36.0002+0.4*deg), true},
		{"touching", rect(95, 36, 95.001, 36.001), rect(95.001, 36, 95.002, 36.001), false},
	} {
		p, q := Prepare(c.a, false), Prepare(c.b, false)
		if got := Narrow(p, q, Area(p, q), 0.5); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// The border inside the other equals that of the intersection itself.
func TestLengthInside(t *testing.T) {
	r := seeded(t)
	for range 30 {
		a := orb.MultiPolygon{{star(r, 40, 106.5, 29.5, 0.002)}}
		b := orb.MultiPolygon{{star(r, 300, 106.5+0.002*(r.Float64()-0.5), 29.5, 0.002)}}
		p, q := Prepare(a, false), Prepare(b, false)
		cut, err := Intersection(p, q)
		if err != nil {
			t.Fatal(err)
		}
		perimeter, area := 0.0, Area(p, q)
		k := common(&p.bound, &q.bound)
		lat := (k.Min[1] + k.Max[1]) / 2 * math.Pi / 180
		w := 1 - ellipsoid.E2*math.Sin(lat)*math.Sin(lat)
		mx := ellipsoid.A * math.Pi / 180 * math.Cos(lat) / math.Sqrt(w)
		my := ellipsoid.A * math.Pi / 180 * (1 - ellipsoid.E2) / math.Pow(w, 1.5)
		for _, poly := range cut {
			for _, ring := range poly {
				for i := 1; i < len(ring); i++ {
					perimeter += math.Hypot((ring[i][0]-ring[i-1][0])*mx, (ring[i][1]-ring[i-1][1])*my)
				}
			}
		}
		width := 2 * area / perimeter
		if !Narrow(p, q, area, width*(1+1e-6)) || Narrow(p, q, area, width*(1-1e-6)) {
			lo, hi := width/2, width*2
			for range 60 {
				if mid := (lo + hi) / 2; Narrow(p, q, area, mid) {
					hi = mid
				} else {
					lo = mid
				}
			}
			t.Fatalf("width %.12g, want %.12g: %v %v", hi, width, a, b)
		}
	}
}

// polygonsIn returns the polygons of another engine's geometry.
func polygonsIn(g sf.Geometry) orb.MultiPolygon {
	var mp orb.MultiPolygon
	for _, part := range g.Dump() {
		mp = append(mp, fromSimple(part)...)
	}
	return mp
}
