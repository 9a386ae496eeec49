package snap

import "slices"

// edge is an undirected edge between grid points, a before b. Its use in a ring
// gives it an inside: above is +1 when the inside lies to the left of a→b, -1
// when it lies to the right.
type edge struct {
	a, b  Point
	above int32
}

func newEdge(p, q Point) edge {
	if less(q, p) {
		return edge{q, p, -1}
	}
	return edge{p, q, 1}
}

// within tells whether p lies on e but is not one of its ends.
func (e *edge) within(p Point) bool {
	if cross(e.a, e.b, p) != 0 {
		return false
	}
	return less(e.a, p) && less(p, e.b)
}

// conflicts tells whether two edges have a point in common that is not an end of
// both. Equal edges do not conflict.
func (e *edge) conflicts(f *edge) bool {
	c, d := cross(f.a, f.b, e.a), cross(f.a, f.b, e.b)
	if c > 0 && d > 0 || c < 0 && d < 0 {
		return false
	}
	g, h := cross(e.a, e.b, f.a), cross(e.a, e.b, f.b)
	if g > 0 && h > 0 || g < 0 && h < 0 {
		return false
	}
	if c != 0 && d != 0 && g != 0 && h != 0 {
		return true
	}
	return c == 0 && f.within(e.a) || d == 0 && f.within(e.b) || g == 0 && e.within(f.a) || h == 0 && e.within(f.b)
}

// Simple tells whether a ring (first point not repeated) is simple: at least
// three points, none twice, edges that meet only at their common ends, and an
// area. It is exact and costs O(n log n) plus the pairs of edges whose boxes
// meet.
func (m *Mender) Simple(ring []Point) bool {
	if len(ring) < 3 || Area2(ring) == 0 {
		return false
	}
	m.edges = m.edges[:0]
	prev := ring[len(ring)-1]
	for _, p := range ring {
		m.edges = append(m.edges, newEdge(prev, p))
		prev = p
	}
	slices.SortFunc(m.edges, compareEdges)
	for i := 1; i < len(m.edges); i++ {
		if m.edges[i].a == m.edges[i-1].a && m.edges[i].b == m.edges[i-1].b {
			return false
		}
	}
	return !m.repeats(ring) && m.noded(m.edges)
}

// repeats tells whether a point stands twice in a ring.
func (m *Mender) repeats(ring []Point) bool {
	m.points = append(m.points[:0], ring...)
	slices.SortFunc(m.points, comparePoints)
	for i := 1; i < len(m.points); i++ {
		if m.points[i] == m.points[i-1] {
			return true
		}
	}
	return false
}

// noded tells whether no two of the edges conflict. They are in the order of
// compareEdges.
func (m *Mender) noded(edges []edge) bool {
	m.active = m.active[:0]
	for i := range edges {
		e := &edges[i]
		low, high := min(e.a.Y, e.b.Y), max(e.a.Y, e.b.Y)
		keep := m.active[:0]
		for _, j := range m.active {
			f := &edges[j]
			if f.b.X < e.a.X {
				continue
			}
			keep = append(keep, j)
			if min(f.a.Y, f.b.Y) > high || max(f.a.Y, f.b.Y) < low {
				continue
			}
			if e.conflicts(f) {
				return false
			}
		}
		m.active = append(keep, int32(i))
	}
	return true
}

func comparePoints(p, q Point) int {
	if p.X != q.X {
		return int(p.X) - int(q.X)
	}
	return int(p.Y) - int(q.Y)
}

// compareEdges orders edges by their first point, then from the right (or
// lowest) one counterclockwise, then by length.
func compareEdges(e, f edge) int {
	if c := comparePoints(e.a, f.a); c != 0 {
		return c
	}
	switch c := cross(e.a, e.b, f.b); {
	case c > 0:
		return -1
	case c < 0:
		return 1
	}
	return comparePoints(e.b, f.b)
}
