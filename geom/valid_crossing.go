package geom

import (
	"math"
	"math/big"
	"slices"

	"github.com/paulmach/orb"
)

// crossing judges two edges that cross inside both; it returns whether to go
// on. Two edges alone always spoil the winding: the four sectors around the
// point have three different numbers. Others through the same point can mend
// that: one that lies over an edge and cancels it out, or more that cross there.
// A vertex at the very point makes it a place to examine.
func (v *validator) crossing(e, ringE, f, ringF int32) bool {
	if ringF < ringE {
		e, ringE, f, ringF = f, ringF, e, ringE
	}
	vertex, found := v.throughCrossing(e, ringE, f, ringF)
	if found {
		return v.examine(vertex)
	}
	re, rf := &v.rings[ringE], &v.rings[ringF]
	at := crossingPoint(v.pts[e], v.pts[e+1], v.pts[f], v.pts[f+1])
	place := Place{int(rf.part), int(rf.ring), int(v.orig[f]), at[0], at[1]}
	switch {
	case len(v.through) > 2 && v.alternates():
		return v.report(SelfTouch, place, "edges meet at a point inside them")
	case ringE == ringF:
		return v.report(SelfCrossing, place, "two edges of the ring cross")
	case re.part != rf.part:
		return v.report(PartsOverlap, place, "the borders of two parts cross")
	case re.ring == 0:
		return v.report(HoleOutside, place, "the hole crosses its shell")
	}
	return v.report(HolesOverlap, place, "two holes cross")
}

// throughCrossing collects the edges that pass inside through the point where e
// and f cross: of their part, if they are of one, else of all. If an edge ends
// there, it returns that vertex instead.
func (v *validator) throughCrossing(e, ringE, f, ringF int32) (vertex orb.Point, found bool) {
	v.through = append(v.through[:0], halfEdge{edge: e, ring: ringE}, halfEdge{edge: f, ring: ringF})
	a, b, c, d := v.pts[e], v.pts[e+1], v.pts[f], v.pts[f+1]
	box := treeNode{
		minX: max(min(a[0], b[0]), min(c[0], d[0])), maxX: min(max(a[0], b[0]), max(c[0], d[0])),
		minY: max(min(a[1], b[1]), min(c[1], d[1])), maxY: min(max(a[1], b[1]), max(c[1], d[1])),
	}
	root := v.root
	if v.rings[ringE].part == v.rings[ringF].part {
		root = v.parts[v.rings[ringE].part]
	}
	v.edgesAt(root, &box, func(g, ring int32) bool {
		if g == e || g == f {
			return true
		}
		p, q := v.pts[g], v.pts[g+1]
		pe, qe := Orient2D(a, b, p), Orient2D(a, b, q)
		pf, qf := Orient2D(c, d, p), Orient2D(c, d, q)
		switch {
		case pe == 0 && pf == 0:
			vertex, found = p, true
		case qe == 0 && qf == 0:
			vertex, found = q, true
		case pe == 0 && qe == 0 && pf*qf < 0,
			pf == 0 && qf == 0 && pe*qe < 0,
			pe*qe < 0 && pf*qf < 0 && concurrent(a, b, c, d, p, q):
			v.through = append(v.through, halfEdge{edge: g, ring: ring})
		}
		return !found
	})
	return vertex, found
}

// alternates reports whether the winding numbers of the sectors around the
// point that the edges of v.through cross at differ by no more than 1.
func (v *validator) alternates() bool {
	for i := range v.through {
		h := &v.through[i]
		h.to, h.step = v.pts[h.edge+1], v.rings[h.ring].sign
		if before(h.to, v.pts[h.edge]) { // every edge as seen going right
			h.step = -h.step
		}
	}
	slices.SortFunc(v.through, func(g, h halfEdge) int { return -v.turnBetween(g, h) })
	w, lo, hi := 0, 0, 0
	for _, turn := range [...]int{1, -1} { // a half circle, then the other
		for i, h := range v.through {
			w += turn * int(h.step)
			if i+1 == len(v.through) || v.turnBetween(h, v.through[i+1]) != 0 {
				lo, hi = min(lo, w), max(hi, w)
			}
		}
	}
	return hi-lo <= 1
}

// turnBetween returns +1 when the direction of h, going right, is left of that
// of g, -1 when right of it, 0 when they are one.
func (v *validator) turnBetween(g, h halfEdge) int {
	a, b := ordered(v.pts[g.edge], v.pts[g.edge+1])
	c, d := ordered(v.pts[h.edge], v.pts[h.edge+1])
	return new(big.Rat).Mul(ratDiff(b[0], a[0]), ratDiff(d[1], c[1])).
		Cmp(new(big.Rat).Mul(ratDiff(b[1], a[1]), ratDiff(d[0], c[0])))
}

func ratDiff(a, b float64) *big.Rat {
	return new(big.Rat).Sub(new(big.Rat).SetFloat64(a), new(big.Rat).SetFloat64(b))
}

// concurrent reports whether the lines ab, cd and pq pass through one point,
// exactly, given that no two are parallel.
//
// With a as origin and the lines as Ax+By = C, they do when the determinant of
// the rows (A, B, C) is 0. In floats A and B carry a relative error of ε, C one
// of 4ε of the sum of its products' magnitudes; the two further products and
// five sums add 7ε, so 16ε of the sum of all magnitudes bounds the error.
func concurrent(a, b, c, d, p, q orb.Point) bool {
	var row, size [3][3]float64
	for i, s := range [...][2]orb.Point{{a, b}, {c, d}, {p, q}} {
		x1, y1, x2, y2 := s[0][0]-a[0], s[0][1]-a[1], s[1][0]-a[0], s[1][1]-a[1]
		row[i] = [3]float64{s[1][1] - s[0][1], s[0][0] - s[1][0], float64(x1*y2) - float64(x2*y1)}
		size[i] = [3]float64{math.Abs(row[i][0]), math.Abs(row[i][1]), math.Abs(x1*y2) + math.Abs(x2*y1)}
	}
	var det, bound float64
	for i := range row {
		j, k := (i+1)%3, (i+2)%3
		det += row[i][2] * (float64(row[j][0]*row[k][1]) - float64(row[j][1]*row[k][0]))
		bound += size[i][2] * (size[j][0]*size[k][1] + size[j][1]*size[k][0])
	}
	if math.Abs(det) > 16*epsilon*bound && bound > orientFloor && bound <= math.MaxFloat64 {
		return false
	}
	return concurrentExact(a, b, c, d, p, q)
}

// concurrentExact finds the crossing of ab and cd and tries it in pq.
func concurrentExact(a, b, c, d, p, q orb.Point) bool {
	mul := func(x, y *big.Rat) *big.Rat { return new(big.Rat).Mul(x, y) }
	cross := func(x1, y1, x2, y2 *big.Rat) *big.Rat { return new(big.Rat).Sub(mul(x1, y2), mul(x2, y1)) }
	abx, aby := ratDiff(b[0], a[0]), ratDiff(b[1], a[1])
	cdx, cdy := ratDiff(d[0], c[0]), ratDiff(d[1], c[1])
	pqx, pqy := ratDiff(q[0], p[0]), ratDiff(q[1], p[1])
	// a + t·ab lies on cd for t = num/den, and on pq when
	// (a-p)×pq + t·(ab×pq) = 0.
	num := cross(ratDiff(c[0], a[0]), ratDiff(c[1], a[1]), cdx, cdy)
	den := cross(abx, aby, cdx, cdy)
	l := mul(cross(ratDiff(a[0], p[0]), ratDiff(a[1], p[1]), pqx, pqy), den)
	return l.Add(l, mul(num, cross(abx, aby, pqx, pqy))).Sign() == 0
}
