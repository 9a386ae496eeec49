package overlay

import (
	"slices"

	"github.com/paulmach/orb"

	"tuban/geom"
)

// overlapping decides exactly whether the interiors of two shapes meet; it is
// asked only where the area is lost in rounding noise, mostly of shapes that
// touch.
//
// If the interiors meet, take a component of what they share. Either its
// border holds a point of both shapes' borders: then there two edges cross, or
// an end of an edge lies on an edge of the other, and the sectors around that
// point tell (local). Or its border is one of a single shape, inside the other:
// then the sectors around a vertex of it tell. So it is enough to look at
// crossings, at touching vertices, and at one vertex of every ring. Edges that
// are no border at all (spikes, seams between parts) cancel in the sectors;
// where one has been met, all vertices are looked at.
func overlapping(a, b *Shape) bool {
	if a.repaired || b.repaired {
		return false
	}
	t := toucher{a: a, b: b}
	t.box = orb.Bound{
		Min: orb.Point{max(a.bound.Min[0], b.bound.Min[0]), max(a.bound.Min[1], b.bound.Min[1])},
		Max: orb.Point{min(a.bound.Max[0], b.bound.Max[0]), min(a.bound.Max[1], b.bound.Max[1])},
	}
	if t.near(a.rootNode(), b.rootNode()) || t.ringsInside(a, b) || t.ringsInside(b, a) {
		return true
	}
	return t.seam && (t.anyVertex(a) || t.anyVertex(b))
}

type toucher struct {
	a, b *Shape
	box  orb.Bound // the common box
	seam bool      // an edge that is no border was met
	seen [8]orb.Point
	next int
	dirs []direction
	room [24]direction
}

// near looks at all pairs of edges of two chains that come together.
func (t *toucher) near(e, f *node) bool {
	if !nodesTouch(e, f) || !t.inBox(e) || !t.inBox(f) {
		return false
	}
	if e.leaf() && f.leaf() {
		return t.leaves(e, f)
	}
	if f.leaf() || !e.leaf() && (e.x1-e.x0)+(e.y1-e.y0) >= (f.x1-f.x0)+(f.y1-f.y0) {
		kids := t.a.children(e)
		for i := range kids {
			if t.near(&kids[i], f) {
				return true
			}
		}
		return false
	}
	kids := t.b.children(f)
	for i := range kids {
		if t.near(e, &kids[i]) {
			return true
		}
	}
	return false
}

func nodesTouch(e, f *node) bool {
	return e.x0 <= f.x1 && f.x0 <= e.x1 && e.y0 <= f.y1 && f.y0 <= e.y1
}

func (t *toucher) inBox(n *node) bool {
	return n.x0 <= t.box.Max[0] && t.box.Min[0] <= n.x1 && n.y0 <= t.box.Max[1] && t.box.Min[1] <= n.y1
}

func (t *toucher) leaves(e, f *node) bool {
	p, q := t.a.edges(e), t.b.edges(f)
	for i := 1; i < len(p); i++ {
		for j := 1; j < len(q); j++ {
			if segmentBoxesTouch(p[i-1], p[i], q[j-1], q[j]) && t.edges(p[i-1], p[i], q[j-1], q[j]) {
				return true
			}
		}
	}
	return false
}

func segmentBoxesTouch(a, b, c, d orb.Point) bool {
	return min(a[0], b[0]) <= max(c[0], d[0]) && min(c[0], d[0]) <= max(a[0], b[0]) &&
		min(a[1], b[1]) <= max(c[1], d[1]) && min(c[1], d[1]) <= max(a[1], b[1])
}

// edges looks at an edge e0→e1 of a and an edge f0→f1 of b.
func (t *toucher) edges(e0, e1, f0, f1 orb.Point) bool {
	if e0 == e1 || f0 == f1 {
		return false
	}
	o0, o1 := geom.Orient2D(e0, e1, f0), geom.Orient2D(e0, e1, f1)
	if o0*o1 > 0 {
		return false
	}
	o2, o3 := geom.Orient2D(f0, f1, e0), geom.Orient2D(f0, f1, e1)
	if o0*o1 < 0 && o2*o3 < 0 {
		return t.crossing(e0, e1, f0, f1)
	}
	return o0 == 0 && between(e0, e1, f0) && t.local(f0) ||
		o1 == 0 && between(e0, e1, f1) && t.local(f1) ||
		o2 == 0 && between(f0, f1, e0) && t.local(e0) ||
		o3 == 0 && between(f0, f1, e1) && t.local(e1)
}

// between tells whether p, on the line of a and b, lies on the closed edge.
func between(a, b, p orb.Point) bool {
	return min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) &&
		min(a[1], b[1]) <= p[1] && p[1] <= max(a[1], b[1])
}

// crossing looks at the point where two edges cross inside both. If both are
// borders there, one of the four sectors belongs to both interiors.
func (t *toucher) crossing(e0, e1, f0, f1 orb.Point) bool {
	na, at := net(t.a, t.a.rootNode(), e0, e1, f0, f1)
	if at != nil {
		return t.local(*at)
	}
	nb, at := net(t.b, t.b.rootNode(), f0, f1, e0, e1)
	if at != nil {
		return t.local(*at)
	}
	if na != 0 && nb != 0 {
		return true
	}
	t.seam = true
	return false
}

// net counts the edges of s along the line e0→e1 through its crossing with the
// line f0→f1, by direction. If one of them ends in the crossing, that point is
// returned instead.
func net(s *Shape, n *node, e0, e1, f0, f1 orb.Point) (int, *orb.Point) {
	lo := orb.Point{max(min(e0[0], e1[0]), min(f0[0], f1[0])), max(min(e0[1], e1[1]), min(f0[1], f1[1]))}
	hi := orb.Point{min(max(e0[0], e1[0]), max(f0[0], f1[0])), min(max(e0[1], e1[1]), max(f0[1], f1[1]))}
	if n.x0 > hi[0] || n.x1 < lo[0] || n.y0 > hi[1] || n.y1 < lo[1] {
		return 0, nil
	}
	sum := 0
	if !n.leaf() {
		for i := range s.children(n) {
			k, at := net(s, &s.children(n)[i], e0, e1, f0, f1)
			if at != nil {
				return 0, at
			}
			sum += k
		}
		return sum, nil
	}
	pts := s.edges(n)
	for i := 1; i < len(pts); i++ {
		p, q := pts[i-1], pts[i]
		if p == q || geom.Orient2D(e0, e1, p) != 0 || geom.Orient2D(e0, e1, q) != 0 {
			continue
		}
		switch side, other := geom.Orient2D(f0, f1, p), geom.Orient2D(f0, f1, q); {
		case side == 0:
			return 0, &pts[i-1]
		case other == 0:
			return 0, &pts[i]
		case side*other < 0:
			sum += int(s.sign(n)) * side * geom.Orient2D(f0, f1, e0)
		}
	}
	return sum, nil
}

// ringsInside looks at one vertex of each ring of s that could lie inside o.
func (t *toucher) ringsInside(s, o *Shape) bool {
	for i := range s.rings {
		for _, p := range s.rings[i].pts {
			if !o.bound.Contains(p) {
				break // not inside o as a whole
			}
			found, border := t.sectors(p, s)
			if found {
				return true
			}
			if border {
				break
			}
		}
	}
	return false
}

// anyVertex looks at all vertices of s in the common box.
func (t *toucher) anyVertex(s *Shape) bool {
	for i := range s.rings {
		for _, p := range s.rings[i].pts {
			if t.box.Contains(p) && t.local(p) {
				return true
			}
		}
	}
	return false
}

// local tells whether the interiors meet near p.
func (t *toucher) local(p orb.Point) bool {
	for i := range min(t.next, len(t.seen)) {
		if t.seen[i] == p {
			return false
		}
	}
	t.seen[t.next%len(t.seen)] = p
	t.next++
	found, _ := t.sectors(p, nil)
	return found
}

// Holds tells whether p lies in s or on its rings, exactly for shapes as
// delivered; near the rounded cuts of a repaired form within that rounding.
// O(log n) away from rings.
func (s *Shape) Holds(p orb.Point) bool {
	root := s.rootNode()
	if root == nil || !s.bound.Contains(p) {
		return false
	}
	var t toucher
	t.dirs = t.room[:0]
	return t.around(s, root, p, true) > 0 || len(t.dirs) > 0
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
	t.dirs = t.room[:0]
	wa := t.around(t.a, t.a.rootNode(), p, true)
	wb := t.around(t.b, t.b.rootNode(), p, false)
	slices.SortFunc(t.dirs, func(d, e direction) int { return compareAround(p, d.to, e.to) })
	found = wa > 0 && wb > 0
	for i := 0; i < len(t.dirs); {
		d := t.dirs[i]
		da, db, anyA, anyB := d.a, d.b, d.a != 0, d.b != 0
		for i++; i < len(t.dirs) && compareAround(p, d.to, t.dirs[i].to) == 0; i++ {
			da, db = da+t.dirs[i].a, db+t.dirs[i].b
			anyA, anyB = anyA || t.dirs[i].a != 0, anyB || t.dirs[i].b != 0
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
// p, each spanning its x half-open.
func (t *toucher) around(s *Shape, n *node, p orb.Point, first bool) int {
	if n.y1 < p[1] || p[0] < n.x0 || p[0] > n.x1 {
		return 0
	}
	if n.y0 > p[1] { // all of it above: its chord counts
		return spans(n.px, n.qx, p[0])
	}
	w := 0
	if !n.leaf() {
		kids := s.children(n)
		for i := range kids {
			w += t.around(s, &kids[i], p, first)
		}
		return w
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
			t.see(u, v, p, sign, first)
		case v[0] > u[0] && o < 0 || v[0] < u[0] && o > 0:
			w += sign * spans(u[0], v[0], p[0])
		}
	}
	return w
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

// see notes the directions of an edge u→v through p.
func (t *toucher) see(u, v, p orb.Point, sign int, first bool) {
	note := func(to orb.Point, jump int) {
		d := direction{to: to}
		if first {
			d.a = jump
		} else {
			d.b = jump
		}
		t.dirs = append(t.dirs, d)
	}
	if v != p {
		note(v, sign) // its left is counter-clockwise of it
	}
	if u != p {
		note(u, -sign)
	}
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
