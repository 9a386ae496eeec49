package overlay

import (
	"slices"

	"github.com/paulmach/orb"

	"tuban/geom"
)

// Holds tells whether p lies in s or on its rings, exactly for shapes as
// delivered; near the rounded cuts of a repaired form within that rounding.
// O(log n) away from rings.
func (s *Shape) Holds(p orb.Point) bool {
	root := s.rootNode()
	if root == nil || !s.bound.Contains(p) {
		return false
	}
	var room [16]direction
	w, dirs := around(s, root, p, true, room[:0])
	return w > 0 || len(dirs) > 0
}

// direction is an edge seen from a point on it: toward to, with the change of
// the winding of a or b when it is passed counter-clockwise.
type direction struct {
	to   orb.Point
	a, b int
}

// sectors goes round p, from straight up counter-clockwise, and tells whether
// any sector belongs to both interiors; border tells whether p is on the
// border of s.
func (t *toucher) sectors(p orb.Point, s *Shape) (found, border bool) {
	var room [24]direction
	wa, dirs := around(t.a, t.a.rootNode(), p, true, room[:0])
	wb, dirs := around(t.b, t.b.rootNode(), p, false, dirs)
	slices.SortFunc(dirs, func(d, e direction) int { return compareAround(p, d.to, e.to) })
	found = wa > 0 && wb > 0
	for i := 0; i < len(dirs); {
		d := dirs[i]
		da, db, anyA, anyB := d.a, d.b, d.a != 0, d.b != 0
		for i++; i < len(dirs) && compareAround(p, d.to, dirs[i].to) == 0; i++ {
			da, db = da+dirs[i].a, db+dirs[i].b
			anyA, anyB = anyA || dirs[i].a != 0, anyB || dirs[i].b != 0
		}
		t.seam = t.seam || anyA && da == 0 || anyB && db == 0
		border = border || s == t.a && da != 0 || s == t.b && db != 0
		wa, wb = wa+da, wb+db
		found = found || wa > 0 && wb > 0
	}
	return found, border
}

// around collects the edges of s through p and returns the winding of s in the
// sector just right of straight up: the signed count of edges strictly above
// p, each spanning its x half-open. first tells which of the two shapes s is.
func around(s *Shape, n *node, p orb.Point, first bool, dirs []direction) (int, []direction) {
	if n.y1 < p[1] || p[0] < n.x0 || p[0] > n.x1 {
		return 0, dirs
	}
	if n.y0 > p[1] { // all of it above: its chord counts
		return spans(n.px, n.qx, p[0]), dirs
	}
	w := 0
	if !n.leaf() {
		kids := s.children(n)
		for i := range kids {
			var more int
			more, dirs = around(s, &kids[i], p, first, dirs)
			w += more
		}
		return w, dirs
	}
	pts, sign := s.edges(n), int(s.sign(n))
	for i := 1; i < len(pts); i++ {
		u, v := pts[i-1], pts[i]
		if u == v || max(u[0], v[0]) < p[0] || min(u[0], v[0]) > p[0] || max(u[1], v[1]) < p[1] {
			continue
		}
		o := geom.Orient2D(u, v, p)
		switch {
		case o == 0 && between(u, v, p):
			if v != p {
				dirs = append(dirs, seen(v, sign, first)) // its left is counter-clockwise of it
			}
			if u != p {
				dirs = append(dirs, seen(u, -sign, first))
			}
		case v[0] > u[0] && o < 0 || v[0] < u[0] && o > 0:
			w += sign * spans(u[0], v[0], p[0])
		}
	}
	return w, dirs
}

// spans returns −1 for a step from p to q that passes x to the right, +1 to
// the left, 0 when it doesn't.
func spans(p, q, x float64) int {
	switch {
	case p <= x && x < q:
		return -1
	case q <= x && x < p:
		return 1
	}
	return 0
}

func seen(to orb.Point, jump int, first bool) direction {
	if first {
		return direction{to: to, a: jump}
	}
	return direction{to: to, b: jump}
}

// compareAround orders directions from p counter-clockwise from straight up.
func compareAround(p, a, b orb.Point) int {
	if d := quarter(p, a) - quarter(p, b); d != 0 {
		return d
	}
	return -geom.Orient2D(p, a, b)
}

// quarter returns 0 for straight up, 1 left, 2 straight down, 3 right.
func quarter(p, a orb.Point) int {
	switch {
	case a[0] < p[0]:
		return 1
	case a[0] > p[0]:
		return 3
	case a[1] > p[1]:
		return 0
	}
	return 2
}
