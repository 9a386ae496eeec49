package geom

import "github.com/paulmach/orb"

// Location is where a point lies relative to a geometry.
type Location int

// The locations.
const (
	Outside Location = iota
	Boundary
	Inside
)

// Locate returns where p lies, exactly: within a polygon by the even-odd rule
// over all its rings, in a multipolygon or collection by the union of the
// members (inside one is inside). A point on a ring is on the boundary, and so
// is one on a line or equal to a point. O(vertices).
func Locate(g orb.Geometry, p orb.Point) Location {
	switch g := g.(type) {
	case orb.Polygon:
		return locateRings(g, p)
	case orb.MultiPolygon:
		best := Outside
		for _, m := range g {
			if best = max(best, locateRings(m, p)); best == Inside {
				break
			}
		}
		return best
	case orb.Collection:
		best := Outside
		for _, m := range g {
			if best = max(best, Locate(m, p)); best == Inside {
				break
			}
		}
		return best
	case orb.Ring:
		return locateRings(orb.Polygon{g}, p)
	case orb.Bound:
		return locateRings(orb.Polygon{g.ToRing()}, p)
	}
	found := Outside
	eachLine(g, func(_, _ int, points []orb.Point, _ bool) bool {
		if onPoints(g, points, p) {
			found = Boundary
		}
		return found == Outside
	})
	return found
}

// onPoints reports whether p is one of the points, or, if g is of lines, on the
// line through them.
func onPoints(g orb.Geometry, points []orb.Point, p orb.Point) bool {
	_, single := g.(orb.Point)
	_, multi := g.(orb.MultiPoint)
	for i, q := range points {
		if q == p || i > 0 && !single && !multi && onSegment(points[i-1], q, p) {
			return true
		}
	}
	return false
}

// locateRings casts a ray from p to the right and counts the edges that it
// crosses. An edge owns its lower end and not its upper one, so a vertex on the
// ray counts once where the border passes and twice or never where it turns.
func locateRings(rings orb.Polygon, p orb.Point) Location {
	inside := false
	for _, r := range rings {
		if len(r) == 0 {
			continue
		}
		a := r[len(r)-1]
		for _, b := range r {
			if a[0] < p[0] && b[0] < p[0] { // wholly left of p
				a = b
				continue
			}
			if (a[1] <= p[1]) != (b[1] <= p[1]) {
				side := Orient2D(a, b, p)
				if side == 0 {
					return Boundary
				}
				if (side > 0) == (b[1] > a[1]) { // p is left of the edge
					inside = !inside
				}
			} else if (a[1] == p[1] || b[1] == p[1]) && onSegment(a, b, p) {
				return Boundary
			}
			a = b
		}
	}
	if inside {
		return Inside
	}
	return Outside
}

// IntersectsBound reports whether g, with its boundary, meets the box b, with
// its border; exactly. O(vertices).
func IntersectsBound(g orb.Geometry, b orb.Bound) bool {
	if !(b.Min[0] <= b.Max[0] && b.Min[1] <= b.Max[1]) {
		return false
	}
	if c, ok := g.(orb.Collection); ok {
		for _, m := range c {
			if IntersectsBound(m, b) {
				return true
			}
		}
		return false
	}
	meets, areal := false, false
	_, single := g.(orb.Point)
	_, multi := g.(orb.MultiPoint)
	eachLine(g, func(_, _ int, points []orb.Point, ring bool) bool {
		areal = areal || ring
		for i, p := range points {
			if inBox(p, b) || i > 0 && !single && !multi && segmentMeetsBox(points[i-1], p, b) {
				meets = true
				return false
			}
		}
		if n := len(points); ring && n > 1 && segmentMeetsBox(points[n-1], points[0], b) {
			meets = true
		}
		return !meets
	})
	// No border meets the box: it is wholly inside or wholly outside.
	return meets || areal && Locate(g, b.Min) != Outside
}

func inBox(p orb.Point, b orb.Bound) bool {
	return b.Min[0] <= p[0] && p[0] <= b.Max[0] && b.Min[1] <= p[1] && p[1] <= b.Max[1]
}

// segmentMeetsBox: the boxes meet and the corners aren't all on one side.
func segmentMeetsBox(p, q orb.Point, b orb.Bound) bool {
	if max(p[0], q[0]) < b.Min[0] || min(p[0], q[0]) > b.Max[0] ||
		max(p[1], q[1]) < b.Min[1] || min(p[1], q[1]) > b.Max[1] {
		return false
	}
	if p == q {
		return true
	}
	first := Orient2D(p, q, b.Min)
	return first == 0 ||
		Orient2D(p, q, b.Max) != first ||
		Orient2D(p, q, orb.Point{b.Min[0], b.Max[1]}) != first ||
		Orient2D(p, q, orb.Point{b.Max[0], b.Min[1]}) != first
}
