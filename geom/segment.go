package geom

import "github.com/paulmach/orb"

// Meeting says how two closed segments meet.
type Meeting uint8

// The ways in which segments meet.
const (
	Apart     Meeting = iota // no common point
	Touching                 // one common point, an end of at least one of them
	Crossing                 // one common point, inside both
	Collinear                // a common stretch of positive length
)

// Meet classifies the segments ab and cd, exactly, and returns the common point
// of touching ones, which is one of the four ends. Segments of no length count
// as points.
func Meet(a, b, c, d orb.Point) (Meeting, orb.Point) {
	if max(a[0], b[0]) < min(c[0], d[0]) || max(c[0], d[0]) < min(a[0], b[0]) ||
		max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return Apart, orb.Point{}
	}
	oc, od := Orient2D(a, b, c), Orient2D(a, b, d)
	if oc*od > 0 {
		return Apart, orb.Point{}
	}
	oa, ob := Orient2D(c, d, a), Orient2D(c, d, b)
	if oa*ob > 0 {
		return Apart, orb.Point{}
	}
	switch {
	case oc == 0 && od == 0 && oa == 0 && ob == 0:
		return meetInLine(a, b, c, d)
	case oc == 0:
		return Touching, c
	case od == 0:
		return Touching, d
	case oa == 0:
		return Touching, a
	case ob == 0:
		return Touching, b
	}
	return Crossing, orb.Point{}
}

// meetInLine is Meet for segments of one line whose boxes meet: so do they.
func meetInLine(a, b, c, d orb.Point) (Meeting, orb.Point) {
	lo, hi := ordered(a, b)
	lo2, hi2 := ordered(c, d)
	lo, hi = later(lo, lo2), earlier(hi, hi2)
	switch {
	case lo == hi:
		return Touching, lo
	case before(hi, lo):
		return Apart, orb.Point{}
	}
	return Collinear, orb.Point{}
}

// before orders points by x, then y: along any line, that is an order.
func before(a, b orb.Point) bool { return a[0] < b[0] || a[0] == b[0] && a[1] < b[1] }

func ordered(a, b orb.Point) (lo, hi orb.Point) {
	if before(b, a) {
		return b, a
	}
	return a, b
}

func later(a, b orb.Point) orb.Point {
	if before(a, b) {
		return b
	}
	return a
}

func earlier(a, b orb.Point) orb.Point {
	if before(b, a) {
		return b
	}
	return a
}

// onSegment reports whether p lies on the closed segment ab, exactly.
func onSegment(a, b, p orb.Point) bool {
	return min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) &&
		min(a[1], b[1]) <= p[1] && p[1] <= max(a[1], b[1]) && Orient2D(a, b, p) == 0
}

// crossingPoint returns about where the crossing segments ab and cd cross.
func crossingPoint(a, b, c, d orb.Point) orb.Point {
	abx, aby := b[0]-a[0], b[1]-a[1]
	cdx, cdy := d[0]-c[0], d[1]-c[1]
	den := abx*cdy - aby*cdx
	t := ((c[0]-a[0])*cdy - (c[1]-a[1])*cdx) / den
	if !(t > 0) { // also where den is 0 by rounding, or the numbers overflow
		return a
	}
	if t >= 1 {
		return b
	}
	return orb.Point{a[0] + t*abx, a[1] + t*aby}
}
