package geom

import (
	"math"

	"github.com/paulmach/orb"
)

// EmptyBound is the box of nothing: it meets no other.
var EmptyBound = orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}

// Bound returns the box of all points of a geometry, EmptyBound if there are
// none. It is not orb's, which looks only at the first ring of a polygon: a
// ring that lies outside it counts by the even-odd rule.
func Bound(g orb.Geometry) orb.Bound {
	b := EmptyBound
	switch g := g.(type) {
	case nil:
	case orb.Point:
		extend(&b, orb.Ring{g})
	case orb.MultiPoint:
		extend(&b, g)
	case orb.LineString:
		extend(&b, g)
	case orb.MultiLineString:
		for _, l := range g {
			extend(&b, l)
		}
	case orb.Ring:
		extend(&b, g)
	case orb.Polygon:
		for _, r := range g {
			extend(&b, r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			for _, r := range p {
				extend(&b, r)
			}
		}
	case orb.Collection:
		for _, m := range g {
			b = Union(b, Bound(m))
		}
	case orb.Bound:
		return g
	}
	return b
}

// Union returns the box of both; either may be empty, which orb's Union does
// not allow.
func Union(a, b orb.Bound) orb.Bound {
	return orb.Bound{
		Min: orb.Point{min(a.Min[0], b.Min[0]), min(a.Min[1], b.Min[1])},
		Max: orb.Point{max(a.Max[0], b.Max[0]), max(a.Max[1], b.Max[1])},
	}
}

func extend[P ~[]orb.Point](b *orb.Bound, ps P) {
	for _, p := range ps {
		b.Min[0], b.Max[0] = min(b.Min[0], p[0]), max(b.Max[0], p[0])
		b.Min[1], b.Max[1] = min(b.Min[1], p[1]), max(b.Max[1], p[1])
	}
}
