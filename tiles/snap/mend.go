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
	m.edges = m.border(sum(union))
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
	m.sweep(edges, false)
	for i := range edges {
		if m.wind[i]%2 == 0 {
			edges[i].above = -1
		}
	}
}
