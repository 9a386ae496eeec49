package snap

import "slices"

// Polygon is a valid polygon: the first ring is its shell, with positive area
// by Area2, the others are its holes, with negative area. Rings are simple, not
// closed by a repeated point, and touch each other in single points at most.
type Polygon [][]Point

// Mender makes polygons of the grid valid. It keeps its working memory; the
// zero value is ready. Not safe for concurrent use.
type Mender struct {
	edges  []edge
	points []Point
	active []int32
	status []int32
	below  []int32
	ends   []int32
	wind   []int32
	noder  Noder
	trace  tracer
}

// Mend returns the valid form of a feature's parts, each a list of rings: what
// lies inside a part by the even-odd rule over its rings, and the union over the
// parts. No inside is an empty result. The answer does not depend on where rings
// start or which way they run, and shares no memory with the input.
//
// Rings that came from one Noder are noded: nothing is moved. Where they are
// not, they are noded here by snap rounding of the feature alone.
func (m *Mender) Mend(parts [][][]Point) []Polygon {
	if !m.isNoded(parts) {
		parts = m.renode(parts)
	}
	var union []edge
	for _, rings := range parts {
		m.edges = m.edges[:0]
		for _, r := range rings {
			m.edges = appendRing(m.edges, r)
		}
		m.edges = oddOnes(m.edges)
		m.evenOdd(m.edges)
		if len(parts) == 1 {
			return m.trace.polygons(m.edges, m.below)
		}
		union = append(union, m.edges...)
	}
	m.edges = m.unite(union)
	m.evenOdd(m.edges)
	return m.trace.polygons(m.edges, m.below)
}

// isNoded tells whether edges of all parts meet at common ends only.
func (m *Mender) isNoded(parts [][][]Point) bool {
	m.edges = m.edges[:0]
	for _, rings := range parts {
		for _, r := range rings {
			m.edges = appendRing(m.edges, r)
		}
	}
	slices.SortFunc(m.edges, compareEdges)
	m.edges = slices.CompactFunc(m.edges, func(e, f edge) bool { return e.a == f.a && e.b == f.b })
	return m.noded(m.edges)
}

// renode snap rounds the rings of one feature.
func (m *Mender) renode(parts [][][]Point) [][][]Point {
	fine := make([][][]Fine, len(parts))
	var all [][]Fine
	m.noder.Reset()
	for i, rings := range parts {
		for _, r := range rings {
			f := make([]Fine, len(r))
			for k, p := range r {
				f[k] = p.Fine()
			}
			m.noder.Add(f)
			fine[i] = append(fine[i], f)
			all = append(all, f)
		}
	}
	m.noder.AddCrossings(all...)
	m.noder.Build()
	out := make([][][]Point, len(parts))
	for i, rings := range fine {
		for _, f := range rings {
			out[i] = append(out[i], m.noder.AppendRing(nil, f))
		}
	}
	return out
}

// appendRing appends the edges of a ring.
func appendRing(edges []edge, ring []Point) []edge {
	if len(ring) < 2 {
		return edges
	}
	prev := ring[len(ring)-1]
	for _, p := range ring {
		if p != prev {
			edges = append(edges, newEdge(prev, p))
		}
		prev = p
	}
	return edges
}

// oddOnes sorts edges and keeps one of each that stands there an odd number of
// times: the others bound nothing by the even-odd rule.
func oddOnes(edges []edge) []edge {
	slices.SortFunc(edges, compareEdges)
	kept := edges[:0]
	for i := 0; i < len(edges); {
		j := i + 1
		for j < len(edges) && edges[j].a == edges[i].a && edges[j].b == edges[i].b {
			j++
		}
		if (j-i)%2 == 1 {
			kept = append(kept, edges[i])
		}
		i = j
	}
	return kept
}

// evenOdd sets the inside of each edge by the even-odd rule.
func (m *Mender) evenOdd(edges []edge) {
	for i := range edges {
		edges[i].above = 1
	}
	m.sweep(edges)
	for i := range edges {
		if m.wind[i]%2 == 0 {
			edges[i].above = -1
		}
	}
}

// unite returns the edges that bound the union of parts, whose own boundaries
// with their insides are given together.
func (m *Mender) unite(edges []edge) []edge {
	slices.SortFunc(edges, compareEdges)
	merged := edges[:0]
	for i := 0; i < len(edges); {
		e := edges[i]
		j := i + 1
		for ; j < len(edges) && edges[j].a == e.a && edges[j].b == e.b; j++ {
			e.above += edges[j].above
		}
		if e.above != 0 {
			merged = append(merged, e)
		}
		i = j
	}
	m.sweep(merged)
	kept := merged[:0]
	for i, e := range merged {
		if over, under := m.wind[i], m.wind[i]-e.above; (over == 0) != (under == 0) {
			kept = append(kept, e)
		}
	}
	return kept
}

// sweep finds for each edge the one directly below it at its first point (-1 if
// none), in m.below, and the sum of above over itself and all below it, in
// m.wind: how often the place directly above it is covered. Edges are distinct,
// noded and in the order of compareEdges. O(n log n) comparisons.
func (m *Mender) sweep(edges []edge) {
	n := len(edges)
	m.below = slices.Grow(m.below[:0], n)[:n]
	m.wind = slices.Grow(m.wind[:0], n)[:n]
	m.ends = m.ends[:0]
	for i := range edges {
		m.ends = append(m.ends, int32(i))
	}
	slices.SortFunc(m.ends, func(i, j int32) int { return comparePoints(edges[i].b, edges[j].b) })
	m.status = m.status[:0]
	for i, end := 0, 0; i < n; {
		p := edges[i].a
		for end < n && !less(p, edges[m.ends[end]].b) {
			q := edges[m.ends[end]].b
			m.close(edges, q)
			for end < n && edges[m.ends[end]].b == q {
				end++
			}
		}
		i += m.open(edges, i)
	}
}

// close takes the edges that end at p out of the status.
func (m *Mender) close(edges []edge, p Point) {
	at := m.find(edges, p)
	n := at
	for n < len(m.status) && edges[m.status[n]].b == p {
		n++
	}
	m.status = slices.Delete(m.status, at, n)
}

// open puts the edges that start where edge i does into the status and returns
// their number.
func (m *Mender) open(edges []edge, i int) int {
	p := edges[i].a
	at := m.find(edges, p)
	below, wind := int32(-1), int32(0)
	if at > 0 {
		below = m.status[at-1]
		wind = m.wind[below]
	}
	m.active = m.active[:0]
	for j := i; j < len(edges) && edges[j].a == p; j++ {
		wind += edges[j].above
		m.below[j], m.wind[j] = below, wind
		below = int32(j)
		m.active = append(m.active, below)
	}
	m.status = slices.Insert(m.status, at, m.active...)
	return len(m.active)
}

// find returns the place in the status of the first edge that does not pass
// below p.
func (m *Mender) find(edges []edge, p Point) int {
	lo, hi := 0, len(m.status)
	for lo < hi {
		mid := (lo + hi) / 2
		if e := &edges[m.status[mid]]; cross(e.a, e.b, p) > 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
