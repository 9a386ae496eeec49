package geom

import (
	"testing"

	"github.com/paulmach/orb"
)

func TestBound(t *testing.T) {
	ring := orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 0}}
	outside := orb.Ring{{5, 5}, {6, 5}, {6, 6}, {5, 5}}
	box := func(x0, y0, x1, y1 float64) orb.Bound {
		return orb.Bound{Min: orb.Point{x0, y0}, Max: orb.Point{x1, y1}}
	}
	for _, c := range []struct {
		name string
		g    orb.Geometry
		want orb.Bound
	}{
		{"nil", nil, EmptyBound},
		{"empty polygon", orb.Polygon{}, EmptyBound},
		{"point", orb.Point{3, 4}, box(3, 4, 3, 4)},
		{"points", orb.MultiPoint{{3, 4}, {1, 9}}, box(1, 4, 3, 9)},
		{"line", orb.LineString{{3, 4}, {1, 9}}, box(1, 4, 3, 9)},
		{"lines", orb.MultiLineString{{{3, 4}}, {{1, 9}}}, box(1, 4, 3, 9)},
		{"ring", ring, box(0, 0, 1, 1)},
		{"hole outside the shell", orb.Polygon{ring, outside}, box(0, 0, 6, 6)},
		{"first ring empty", orb.Polygon{{}, outside}, box(5, 5, 6, 6)},
		{"parts", orb.MultiPolygon{{ring}, {ring, outside}}, box(0, 0, 6, 6)},
		{"collection", orb.Collection{orb.Point{-1, 2}, outside}, box(-1, 2, 6, 6)},
		{"bound", box(1, 2, 3, 4), box(1, 2, 3, 4)},
	} {
		if got := Bound(c.g); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestHasRing(t *testing.T) {
	for _, c := range []struct {
		name string
		g    orb.Geometry
		want bool
	}{
		{"triangle", orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}, true},
		{"two points", orb.Polygon{{{0, 0}, {1, 0}, {0, 0}, {1, 0}, {0, 0}}}, false},
		{"one point", orb.Polygon{{{0, 0}, {0, 0}, {0, 0}}}, false},
		{"no point", orb.Polygon{{}}, false},
		{"flat, three points", orb.Polygon{{{0, 0}, {1, 0}, {2, 0}, {0, 0}}}, true},
		{"second part", orb.MultiPolygon{{{{0, 0}, {1, 0}}}, {{{0, 0}, {1, 0}, {1, 1}}}}, true},
		{"line", orb.LineString{{0, 0}, {1, 0}, {1, 1}}, false},
		{"nil", nil, false},
	} {
		if got := HasRing(c.g); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
