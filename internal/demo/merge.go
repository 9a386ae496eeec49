package demo

// merging joins faces into larger parcels.
type merging struct {
	parent []int32
	size   []int32
	left   int // parcels so far
}

// joinedShare is how many faces more are made than parcels and giants need, as a
// share of the parcels.
const joinedShare = 0.015

// mostFaces is how many faces of open land one parcel joins, unless there would
// be too many parcels.
const mostFaces = 60

// join returns for each face the lowest face of its parcel, none beyond the
// territory, so that there are count parcels: first giants are made; then
// neighbours on open land become one, first those that agree in class; then any
// neighbours, where open land does not suffice, as in a very small city. Faces
// of different units never join.
func (c *City) join(count int) []int32 {
	n := c.mesh.faces()
	g := merging{make([]int32, n), make([]int32, n), 0}
	for f := range n {
		g.parent[f], g.size[f] = int32(f), 1
		if c.mesh.land(int32(f)) {
			g.left++
		}
	}
	c.joinGiants(&g, count)
	edges := c.innerEdges()
	r := newRandom(c.seed, streamMerge, 0)
	for i := len(edges) - 1; i > 0; i-- {
		k := r.below(i + 1)
		edges[i], edges[k] = edges[k], edges[i]
	}
	for _, pass := range []struct {
		anyClass, laidOut, mixed bool
		most                     int32
	}{
		{most: mostFaces}, {anyClass: true, most: mostFaces}, {anyClass: true, laidOut: true, most: int32(n)},
		{anyClass: true, laidOut: true, mixed: true, most: int32(n)},
	} {
		for _, h := range edges {
			if g.left <= count {
				break
			}
			a, b := c.mesh.face[h], c.mesh.face[h^1]
			open, mixed := c.bends.rough[a] && c.bends.rough[b], c.bends.rough[a] != c.bends.rough[b]
			if (open || pass.laidOut && (!mixed || pass.mixed)) && (pass.anyClass || c.classes[a] == c.classes[b]) {
				g.join(a, b, pass.most)
			}
		}
	}
	for f := range n {
		g.parent[f] = g.root(int32(f))
		if !c.mesh.land(int32(f)) {
			g.parent[f] = none
		}
	}
	return g.parent
}

// innerEdges lists the edges between two faces of one unit.
func (c *City) innerEdges() []int32 {
	var edges []int32
	for h := int32(0); int(h) < len(c.mesh.face); h += 2 {
		a, b := c.mesh.face[h], c.mesh.face[h+1]
		if c.mesh.land(a) && c.mesh.land(b) && c.units[a] == c.units[b] {
			edges = append(edges, h)
		}
	}
	return edges
}

func (g *merging) root(f int32) int32 {
	for g.parent[f] != f {
		g.parent[f] = g.parent[g.parent[f]]
		f = g.parent[f]
	}
	return f
}

func (g *merging) join(a, b, most int32) {
	a, b = g.root(a), g.root(b)
	if a == b || g.size[a]+g.size[b] > most {
		return
	}
	if b < a {
		a, b = b, a
	}
	g.parent[b] = a
	g.size[a] += g.size[b]
	g.left--
}
