package geom

import (
	"math"

	"github.com/paulmach/orb"
)

// slab is a box turned into the direction of a run of edges: u is its unit
// vector (as far as rounding goes), a the extent along it, b the extent along
// the left normal. Long edges side by side, as in a hatching, have upright boxes
// that all meet; turned ones keep them apart.
type slab struct {
	ux, uy   float64
	aLo, aHi float64
	bLo, bHi float64
}

// slabOf returns the slab of the points of a run, in the direction of its
// longest edge. It is wider than the points by more than the rounding of the
// projections here and in apart: each adds at most 8ε of the coordinates'
// magnitude.
func slabOf(pts []orb.Point) (s slab) {
	longest := -1.0
	for i := 1; i < len(pts); i++ {
		dx, dy := pts[i][0]-pts[i-1][0], pts[i][1]-pts[i-1][1]
		if l := math.Abs(dx) + math.Abs(dy); l > longest {
			longest, s.ux, s.uy = l, dx, dy
		}
	}
	if l := math.Hypot(s.ux, s.uy); l > 0 {
		s.ux, s.uy = s.ux/l, s.uy/l
	}
	s.aLo, s.bLo = math.Inf(1), math.Inf(1)
	s.aHi, s.bHi = math.Inf(-1), math.Inf(-1)
	magnitude := 0.0
	for _, p := range pts {
		a, b := p[0]*s.ux+p[1]*s.uy, p[1]*s.ux-p[0]*s.uy
		s.aLo, s.aHi = min(s.aLo, a), max(s.aHi, a)
		s.bLo, s.bHi = min(s.bLo, b), max(s.bHi, b)
		magnitude = max(magnitude, math.Abs(p[0])+math.Abs(p[1]))
	}
	slack := 16 * epsilon * magnitude
	s.aLo, s.aHi, s.bLo, s.bHi = s.aLo-slack, s.aHi+slack, s.bLo-slack, s.bHi+slack
	return s
}

// addSlabs gives every node its slab. It is done only when there turn out to be
// far more pairs of meeting boxes than rings usually have, for it costs more
// than the pairs of a usual ring.
func (t *edgeTree) addSlabs() {
	for i := range t.nodes {
		s := slab{ux: 1}
		switch n := &t.nodes[i]; {
		case n.ring >= 0:
			s = slabOf(t.pts[n.lo : n.hi+1])
		default: // several rings: the upright box
			s.aLo, s.aHi, s.bLo, s.bHi = n.minX, n.maxX, n.minY, n.maxY
		}
		t.slabs = append(t.slabs, s)
	}
}

// apart reports whether a direction of one of the slabs separates them.
func (s *slab) apart(t *slab) bool { return s.separates(t) || t.separates(s) }

// separates reports whether one of s's two directions separates it from t.
// False also where the numbers overflow.
func (s *slab) separates(t *slab) bool {
	cos, sin := s.ux*t.ux+s.uy*t.uy, s.uy*t.ux-s.ux*t.uy
	// t's points are (a·u + b·v), seen along s's u and v
	c1, c2 := cos*t.aLo, cos*t.aHi
	n1, n2 := sin*t.bLo, sin*t.bHi
	if min(c1, c2)+min(n1, n2) > s.aHi || max(c1, c2)+max(n1, n2) < s.aLo {
		return true
	}
	c1, c2 = -sin*t.aLo, -sin*t.aHi
	n1, n2 = cos*t.bLo, cos*t.bHi
	return min(c1, c2)+min(n1, n2) > s.bHi || max(c1, c2)+max(n1, n2) < s.bLo
}
