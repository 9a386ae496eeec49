package demo

import (
	"github.com/paulmach/orb"
)

// none marks a face that belongs to no group.
const none = -1

// grouping puts faces into groups, counted from 0; of[f] is none for faces that
// belong to none. Every group is connected over edges.
type grouping struct {
	of    []int32
	start []int32 // faces[start[g]:start[g+1]] are the faces of group g
	faces []int32
}

// newGrouping numbers the connected parts of equal labels; faces labelled none
// are left out. Groups are numbered by their lowest face.
func newGrouping(m *mesh, labels []int32) grouping {
	g := grouping{of: make([]int32, m.faces())}
	for f := range g.of {
		g.of[f] = none
	}
	for f := range g.of {
		if labels[f] == none || g.of[f] != none {
			continue
		}
		id := int32(len(g.start))
		g.start = append(g.start, int32(len(g.faces)))
		g.of[f] = id
		g.faces = append(g.faces, int32(f))
		for i := int(g.start[id]); i < len(g.faces); i++ {
			first := m.first[g.faces[i]]
			for h := first; ; {
				if n := m.face[h^1]; n != outside && g.of[n] == none && labels[n] == labels[f] {
					g.of[n] = id
					g.faces = append(g.faces, n)
				}
				if h = m.next[h]; h == first {
					break
				}
			}
		}
	}
	g.start = append(g.start, int32(len(g.faces)))
	return g
}

func (g *grouping) count() int            { return len(g.start) - 1 }
func (g *grouping) members(i int) []int32 { return g.faces[g.start[i]:g.start[i+1]] }

func (g *grouping) has(i int32, f int32) bool { return f != outside && g.of[f] == i }

// tracer walks the borders of groups.
type tracer struct {
	bends *bends
	group *grouping
	seen  map[int32]bool // half-edges of the group in hand; emptied for each
}

func newTracer(b *bends, g *grouping) *tracer {
	return &tracer{bends: b, group: g, seen: map[int32]bool{}}
}

// polygon returns the polygon of a group on the plane: the shell first and
// counter-clockwise, holes clockwise, rings closed.
func (t *tracer) polygon(i int) orb.Polygon {
	clear(t.seen)
	m, id := t.bends.mesh, int32(i)
	var rings orb.Polygon
	for _, f := range t.group.members(i) {
		first := m.first[f]
		for h := first; ; {
			if !t.seen[h] && !t.group.has(id, m.face[h^1]) {
				rings = append(rings, t.ring(h, id))
			}
			if h = m.next[h]; h == first {
				break
			}
		}
	}
	for k := range rings {
		if signedArea(rings[k]) > 0 {
			rings[0], rings[k] = rings[k], rings[0]
			break
		}
	}
	return rings
}

func (t *tracer) ring(start, id int32) orb.Ring {
	m := t.bends.mesh
	var ring orb.Ring
	for h := start; ; {
		t.seen[h] = true
		ring = t.bends.append(ring, h)
		h = m.next[h]
		for t.group.has(id, m.face[h^1]) {
			h = m.next[h^1]
		}
		if h == start {
			return append(ring, ring[0])
		}
	}
}

// signedArea returns the plane area of a closed ring, positive when it runs
// counter-clockwise.
func signedArea(r orb.Ring) float64 {
	sum := 0.0
	for i := 1; i < len(r); i++ {
		ax, ay := r[i-1][0]-r[0][0], r[i-1][1]-r[0][1]
		bx, by := r[i][0]-r[0][0], r[i][1]-r[0][1]
		sum += ax*by - ay*bx
	}
	return sum / 2
}
