package snap

import "slices"

// sum sorts edges and makes one of those that are equal, which lies below as
// many insides as they do together. Those that cancel go.
func sum(edges []edge) []edge {
	slices.SortFunc(edges, compareEdges)
	kept := edges[:0]
	for i := 0; i < len(edges); {
		e := edges[i]
		j := i + 1
		for ; j < len(edges) && edges[j].a == e.a && edges[j].b == e.b; j++ {
			e.above += edges[j].above
		}
		if e.above != 0 {
			kept = append(kept, e)
		}
		i = j
	}
	return kept
}

// border returns the edges that bound what is covered at least once.
func (m *Mender) border(edges []edge) []edge {
	m.sweep(edges, false)
	return m.swept(edges)
}

// swept is border after the sweep.
func (m *Mender) swept(edges []edge) []edge {
	kept := edges[:0]
	for i, e := range edges {
		over, under := m.wind[i] != 0, m.wind[i] != e.above
		if over == under {
			continue
		}
		if e.above = -1; over {
			e.above = 1
		}
		kept = append(kept, e)
	}
	return kept
}

// sweep finds for each edge the one directly below it at its first point (-1 if
// none), in m.below, and the sum of above over itself and all below it, in
// m.wind: how often the place directly above it is covered. Edges are distinct,
// noded and in the order of compareEdges. O(n log n) comparisons.
//
// With check it looks for edges that are not noded, like Shamos and Hoey (1976):
// edges that become neighbours in the status are compared, and the first two
// with more in common than ends become neighbours before the place where they
// meet. If there are any the answer is false, and nothing is found.
func (m *Mender) sweep(edges []edge, check bool) (noded bool) {
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
			at := m.close(edges, q)
			if check && m.conflict(edges, at-1, at) {
				return false
			}
			for end < n && edges[m.ends[end]].b == q {
				end++
			}
		}
		at, opened := m.open(edges, i)
		if check && m.conflict(edges, at-1, at+opened) {
			return false
		}
		i += opened
	}
	return true
}

// conflict tells whether neighbours in the status conflict, from one place to
// another.
func (m *Mender) conflict(edges []edge, from, to int) bool {
	for k := max(from, 0); k < min(to, len(m.status)-1); k++ {
		if edges[m.status[k]].conflicts(&edges[m.status[k+1]]) {
			return true
		}
	}
	return false
}

// close takes the edges that end at p out of the status and returns where they
// were.
func (m *Mender) close(edges []edge, p Point) (at int) {
	at = m.find(edges, p)
	n := at
	for n < len(m.status) && edges[m.status[n]].b == p {
		n++
	}
	m.status = slices.Delete(m.status, at, n)
	return at
}

// open puts the edges that start where edge i does into the status and returns
// where they are and their number.
func (m *Mender) open(edges []edge, i int) (at, n int) {
	p := edges[i].a
	at = m.find(edges, p)
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
	return at, len(m.active)
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
