package geom

import "github.com/paulmach/orb"

// pair looks at two edges; it returns whether to go on.
func (v *validator) pair(e, ringE, f, ringF int32) bool {
	a, b, c, d := v.pts[e], v.pts[e+1], v.pts[f], v.pts[f+1]
	if max(a[0], b[0]) < min(c[0], d[0]) || max(c[0], d[0]) < min(a[0], b[0]) ||
		max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return true
	}
	if ringE == ringF {
		switch r := &v.rings[ringE]; {
		case f == e+1:
			v.turn(e, f, ringE)
			return true
		case e == f+1:
			v.turn(f, e, ringE)
			return true
		case e == r.start && f == r.end-1:
			v.turn(f, e, ringE)
			return true
		case f == r.start && e == r.end-1:
			v.turn(e, f, ringE)
			return true
		}
	}
	switch how, at := Meet(a, b, c, d); how {
	case Touching:
		return v.examine(at)
	case Crossing:
		return v.crossing(e, ringE, f, ringF)
	case Collinear:
		v.reportOverlap(e, ringE, f, ringF)
		for _, p := range [...]orb.Point{a, b, c, d} {
			if onSegment(a, b, p) && onSegment(c, d, p) && !v.examine(p) {
				return false
			}
		}
	}
	return true
}

// turn notes a spike where edge f, which follows e, goes back over it. The end
// of the shorter of the two lies on the longer: another pair of edges, or none
// but these two, meets there.
func (v *validator) turn(e, f, ring int32) {
	a, b, c := v.pts[e], v.pts[f], v.pts[f+1]
	if Orient2D(a, b, c) == 0 && before(a, b) == before(c, b) {
		v.report(Spike, v.place(f, ring, b), "the ring turns back on itself")
	}
}

// reportOverlap notes a common stretch of two edges. Whether the rings overlap
// there is found at the ends of the stretch.
func (v *validator) reportOverlap(e, ringE, f, ringF int32) {
	if ringF < ringE {
		e, ringE, f, ringF = f, ringF, e, ringE
	}
	r, q := &v.rings[ringE], &v.rings[ringF]
	lo, _ := ordered(v.pts[e], v.pts[e+1])
	lo2, _ := ordered(v.pts[f], v.pts[f+1])
	at := v.place(f, ringF, later(lo, lo2))
	switch {
	case ringE == ringF:
		v.report(SelfTouch, at, "the ring meets itself along a stretch")
	case r.part == q.part:
		v.report(SharedEdge, at, "two rings of the polygon have a stretch in common")
	default:
		v.report(SharedEdge, at, "two parts have a stretch of border in common")
	}
}
