package geom

import "github.com/paulmach/orb"

// HasRing reports whether some ring of a Polygon or MultiPolygon has three
// distinct points; false for any other geometry. It may enclose nothing all the
// same: a ring that is run through twice has area 0 by the even-odd rule.
func HasRing(g orb.Geometry) bool {
	if p, ok := g.(orb.Polygon); ok {
		g = orb.MultiPolygon{p}
	}
	parts, _ := g.(orb.MultiPolygon)
	for _, p := range parts {
		for _, r := range p {
			if distinctThree(r) {
				return true
			}
		}
	}
	return false
}

func distinctThree(r orb.Ring) bool {
	if len(r) == 0 {
		return false
	}
	second := -1
	for i, p := range r {
		switch {
		case p == r[0]:
		case second < 0:
			second = i
		case p != r[second]:
			return true
		}
	}
	return false
}
