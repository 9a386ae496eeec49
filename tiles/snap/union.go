package snap

// Union is an area that grows by valid polygons. The zero value is empty.
type Union struct{ edges []edge }

// Reset empties u and keeps its memory.
func (u *Union) Reset() { u.edges = u.edges[:0] }

// Add adds a ring of a valid polygon: a shell with positive area by Area2, a
// hole with negative area.
func (u *Union) Add(ring []Point) { u.edges = appendRing(u.edges, ring) }

// Unite leaves in u only the border of the union of what was added, and returns
// the number of its edges. What is covered several times counts once; edges that
// two polygons share cancel. More may be added afterwards.
//
// Rings that came from one Noder are noded among each other, and nothing moves.
// Where edges cross elsewhere than at their ends all of u is snap rounded first.
// O(n log n) for n edges that are noded.
func (m *Mender) Unite(u *Union) int {
	u.edges = sum(u.edges)
	if m.sweep(u.edges, true) {
		u.edges = m.swept(u.edges)
	} else {
		m.renodeEdges(u)
		u.edges = m.border(sum(u.edges))
	}
	return len(u.edges)
}

// Polygons returns u, which was united, as valid polygons.
func (m *Mender) Polygons(u *Union) []Polygon {
	m.sweep(u.edges, false)
	return m.trace.polygons(u.edges, m.below)
}

// renodeEdges snap rounds the edges of u alone, which may cross.
func (m *Mender) renodeEdges(u *Union) {
	m.noder.Reset()
	m.noder.sweep.reset()
	for _, e := range u.edges {
		ends := [2]Fine{e.a.Fine(), e.b.Fine()}
		m.noder.Add(ends[:])
		s, _ := orient(ends[0], ends[1])
		m.noder.sweep.segments = append(m.noder.sweep.segments, s)
	}
	m.noder.addCrossings()
	m.noder.Build()
	var chain []Point
	var edges []edge
	for _, e := range u.edges {
		chain = m.noder.appendSegment(append(chain[:0], e.a), e.a.Fine(), e.b.Fine())
		for i := 1; i < len(chain); i++ {
			f := newEdge(chain[i-1], chain[i])
			f.above *= e.above
			edges = append(edges, f)
		}
	}
	u.edges = edges
}
