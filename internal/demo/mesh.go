package demo

import (
	"math"

	"github.com/paulmach/orb"
)

// outside is the face beyond the frame.
const outside = -1

// mesh is a planar subdivision as half-edges. Half-edge h runs from origin[h]
// to origin[h^1] with its face on the left; h^1 is its twin. Every face but the
// outside is convex and counter-clockwise.
type mesh struct {
	points []orb.Point
	origin []int32
	next   []int32
	prev   []int32
	face   []int32
	first  []int32 // one half-edge of each face
	void   []bool  // of the first faces: those beyond the territory
}

// newMesh returns the mesh of one convex counter-clockwise polygon, given
// without a closing point.
func newMesh(polygon []orb.Point) *mesh {
	m := &mesh{points: append([]orb.Point(nil), polygon...), first: []int32{0}}
	n := int32(len(polygon))
	for i := range n {
		after, before := (i+1)%n, (i+n-1)%n
		m.origin = append(m.origin, i, after)
		m.face = append(m.face, 0, outside)
		m.next = append(m.next, 2*after, 2*before+1)
		m.prev = append(m.prev, 2*before, 2*after+1)
	}
	return m
}

func (m *mesh) faces() int { return len(m.first) }

// land says that face f lies in the territory.
func (m *mesh) land(f int32) bool { return f != outside && (int(f) >= len(m.void) || !m.void[f]) }

func (m *mesh) start(h int32) orb.Point { return m.points[m.origin[h]] }
func (m *mesh) end(h int32) orb.Point   { return m.points[m.origin[h^1]] }

// addPair appends a half-edge a→b of face f and its twin of face g.
func (m *mesh) addPair(a, b, f, g int32) int32 {
	h := int32(len(m.origin))
	m.origin = append(m.origin, a, b)
	m.face = append(m.face, f, g)
	m.next = append(m.next, 0, 0)
	m.prev = append(m.prev, 0, 0)
	return h
}

func (m *mesh) link(h, after int32) { m.next[h], m.prev[after] = after, h }

// splitEdge puts p on half-edge h and on its twin. h ends at p afterwards; the
// half-edge from p to h's old end is returned.
func (m *mesh) splitEdge(h int32, p orb.Point) int32 {
	v := int32(len(m.points))
	m.points = append(m.points, p)
	t := h ^ 1
	g := m.addPair(v, m.origin[t], m.face[h], m.face[t])
	after, before := m.next[h], m.prev[t]
	m.link(g, after)
	m.link(h, g)
	m.link(before, g^1)
	m.link(g^1, t)
	m.origin[t] = v
	return g
}

// splitFace joins the origins of two half-edges of one face by a new edge. The
// part that begins with h keeps the face; the other part is the face returned.
func (m *mesh) splitFace(h, k int32) int32 {
	f, g := m.face[h], int32(len(m.first))
	beforeH, beforeK := m.prev[h], m.prev[k]
	e := m.addPair(m.origin[k], m.origin[h], f, g)
	m.link(beforeK, e)
	m.link(e, h)
	m.link(beforeH, e^1)
	m.link(e^1, k)
	m.first[f] = h
	m.first = append(m.first, k)
	for i := k; ; i = m.next[i] {
		m.face[i] = g
		if m.next[i] == k {
			return g
		}
	}
}

// line is the oriented line n·p = at with unit normal n.
type line struct {
	n  orb.Point
	at float64
}

func (l line) distance(p orb.Point) float64 { return l.n[0]*p[0] + l.n[1]*p[1] - l.at }

// cut divides face f along l and returns the new face, the part where distances
// are positive; f keeps the rest. It refuses, changing nothing, when l misses
// the face or passes nearer than clear to one of its vertices.
func (m *mesh) cut(f int32, l line, clear float64) (int32, bool) {
	up, down := int32(-1), int32(-1)
	d := l.distance(m.start(m.first[f]))
	for h := m.first[f]; ; {
		if math.Abs(d) < clear {
			return 0, false
		}
		e := l.distance(m.end(h))
		if d < 0 && e > 0 {
			up = h
		} else if d > 0 && e < 0 {
			down = h
		}
		if h, d = m.next[h], e; h == m.first[f] {
			break
		}
	}
	if up < 0 || down < 0 {
		return 0, false
	}
	enter := m.splitEdge(up, m.crossing(up, l))
	leave := m.splitEdge(down, m.crossing(down, l))
	return m.splitFace(leave, enter), true
}

func (m *mesh) crossing(h int32, l line) orb.Point {
	a, b := m.start(h), m.end(h)
	d, e := l.distance(a), l.distance(b)
	t := d / (d - e)
	return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
}

// shape is the measure of a convex face: area in m² and centroid.
type shape struct {
	area   float64
	centre orb.Point
}

func (m *mesh) shape(f int32) shape {
	o := m.start(m.first[f])
	var area, sx, sy float64
	for h := m.next[m.first[f]]; h != m.first[f]; h = m.next[h] {
		a, b := m.start(h), m.end(h)
		ax, ay, bx, by := a[0]-o[0], a[1]-o[1], b[0]-o[0], b[1]-o[1]
		c := ax*by - ay*bx
		area += c
		sx += c * (ax + bx)
		sy += c * (ay + by)
	}
	if area <= 0 {
		return shape{0, o}
	}
	return shape{area / 2, orb.Point{o[0] + sx/(3*area), o[1] + sy/(3*area)}}
}

// extent returns the range of n·p over the vertices of face f.
func (m *mesh) extent(f int32, n orb.Point) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for h := m.first[f]; ; {
		p := m.start(h)
		d := n[0]*p[0] + n[1]*p[1]
		lo, hi = min(lo, d), max(hi, d)
		if h = m.next[h]; h == m.first[f] {
			return lo, hi
		}
	}
}
