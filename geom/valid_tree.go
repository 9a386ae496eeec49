package geom

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// edgeTree holds the edges of several rings under a tree of boxes: within a
// ring the tree halves the run of edges, above the rings it halves the set of
// rings by place. Edge i runs from pts[i] to pts[i+1]; each ring's last point
// repeats its first.
type edgeTree struct {
	pts   []orb.Point
	rings []treeRing
	nodes []treeNode
	roots []int32 // scratch: nodes to be grouped
	slabs []slab  // of each node, once addSlabs was called
	work  int     // leaf pairs looked at
}

// treeRing is a ring of the tree: edges start to end-1.
type treeRing struct {
	part, ring int32 // in the geometry
	start, end int32
	root       int32
	sign       int8 // the factor that makes shells count +1 and holes -1
	anchored   bool // examined at a vertex where its border doesn't cancel out
	link       int32
}

// treeNode is a box over a run of a ring's edges (ring >= 0) or over whole rings
// (ring < 0); a leaf has no children (left < 0).
type treeNode struct {
	minX, minY, maxX, maxY float64
	lo, hi                 int32
	left, right            int32
	ring                   int32
}

const leafEdges = 6

func (n *treeNode) meets(m *treeNode) bool {
	return n.minX <= m.maxX && m.minX <= n.maxX && n.minY <= m.maxY && m.minY <= n.maxY
}

// addRing builds the tree of the ring whose edges are lo to hi-1 and returns
// its root.
func (t *edgeTree) addRun(ring, lo, hi int32) int32 {
	at := int32(len(t.nodes))
	if hi-lo <= leafEdges {
		n := treeNode{lo: lo, hi: hi, left: -1, right: -1, ring: ring}
		n.minX, n.minY = t.pts[lo][0], t.pts[lo][1]
		n.maxX, n.maxY = n.minX, n.minY
		for _, p := range t.pts[lo+1 : hi+1] {
			n.minX, n.maxX = min(n.minX, p[0]), max(n.maxX, p[0])
			n.minY, n.maxY = min(n.minY, p[1]), max(n.maxY, p[1])
		}
		t.nodes = append(t.nodes, n)
		return at
	}
	t.nodes = append(t.nodes, treeNode{})
	mid := lo + (hi-lo)/2
	left := t.addRun(ring, lo, mid)
	right := t.addRun(ring, mid, hi)
	t.nodes[at] = t.over(left, right)
	t.nodes[at].lo, t.nodes[at].hi, t.nodes[at].ring = lo, hi, ring
	return at
}

func (t *edgeTree) over(left, right int32) treeNode {
	l, r := &t.nodes[left], &t.nodes[right]
	return treeNode{
		minX: min(l.minX, r.minX), minY: min(l.minY, r.minY),
		maxX: max(l.maxX, r.maxX), maxY: max(l.maxY, r.maxY),
		left: left, right: right, ring: -1,
	}
}

// group puts a tree over some nodes, reordering them, and returns its root; -1
// for none.
func (t *edgeTree) group(roots []int32) int32 {
	switch len(roots) {
	case 0:
		return -1
	case 1:
		return roots[0]
	}
	box := t.nodes[roots[0]]
	for _, r := range roots[1:] {
		n := &t.nodes[r]
		box.minX, box.maxX = min(box.minX, n.minX), max(box.maxX, n.maxX)
		box.minY, box.maxY = min(box.minY, n.minY), max(box.maxY, n.maxY)
	}
	wide := box.maxX-box.minX >= box.maxY-box.minY
	slices.SortFunc(roots, func(a, b int32) int {
		m, n := &t.nodes[a], &t.nodes[b]
		if wide {
			return cmp.Or(cmp.Compare(m.minX+m.maxX, n.minX+n.maxX), cmp.Compare(a, b))
		}
		return cmp.Or(cmp.Compare(m.minY+m.maxY, n.minY+n.maxY), cmp.Compare(a, b))
	})
	mid := len(roots) / 2
	left, right := t.group(roots[:mid]), t.group(roots[mid:])
	t.nodes = append(t.nodes, t.over(left, right))
	return int32(len(t.nodes) - 1)
}

// winding returns how often the rings below a node go around the place just
// below v and a still smaller step to its right, counted with the rings' signs.
// It counts the edges that a ray going down from there meets: those that pass
// v's x (owning their left end) strictly below v. A run of edges wholly below v
// counts by its two ends alone.
func (t *edgeTree) winding(node int32, v orb.Point) int {
	n := &t.nodes[node]
	if v[0] < n.minX || v[0] >= n.maxX || n.minY >= v[1] {
		return 0
	}
	if n.maxY < v[1] {
		if n.ring < 0 {
			return 0
		}
		return passes(t.pts[n.lo], t.pts[n.hi], v) * int(t.rings[n.ring].sign)
	}
	if n.left >= 0 {
		return t.winding(n.left, v) + t.winding(n.right, v)
	}
	sum := 0
	for i := n.lo; i < n.hi; i++ {
		a, b := t.pts[i], t.pts[i+1]
		if d := passes(a, b, v); d != 0 && Orient2D(a, b, v) == d {
			sum += d
		}
	}
	return sum * int(t.rings[n.ring].sign)
}

// passes returns +1 for a run from a to b that passes v's x to the right, -1 to
// the left, 0 if it doesn't. A point above an edge is left of it when the edge
// goes right, so "strictly below v" is Orient2D == passes.
func passes(a, b, v orb.Point) int {
	switch l, r := a[0] <= v[0], b[0] <= v[0]; {
	case l == r:
		return 0
	case l:
		return 1
	}
	return -1
}

// edgesAt visits the edges below a node whose box meets the box from lo to hi,
// until visit returns false.
func (t *edgeTree) edgesAt(node int32, box *treeNode, visit func(edge, ring int32) bool) bool {
	n := &t.nodes[node]
	if !n.meets(box) {
		return true
	}
	if n.left >= 0 {
		return t.edgesAt(n.left, box, visit) && t.edgesAt(n.right, box, visit)
	}
	for i := n.lo; i < n.hi; i++ {
		a, b := t.pts[i], t.pts[i+1]
		if max(a[0], b[0]) < box.minX || min(a[0], b[0]) > box.maxX ||
			max(a[1], b[1]) < box.minY || min(a[1], b[1]) > box.maxY {
			continue
		}
		if !visit(i, n.ring) {
			return false
		}
	}
	return true
}

// pairs visits every two edges below a node whose leaves' boxes meet, once.
func (t *edgeTree) pairs(node int32, visit func(e, ringE, f, ringF int32) bool) bool {
	n := &t.nodes[node]
	if n.left >= 0 {
		return t.pairs(n.left, visit) && t.pairs(n.right, visit) && t.cross(n.left, n.right, visit)
	}
	for e := n.lo; e < n.hi; e++ {
		for f := e + 1; f < n.hi; f++ {
			if !visit(e, n.ring, f, n.ring) {
				return false
			}
		}
	}
	return true
}

// cross visits the pairs of an edge below node a and one below node b.
func (t *edgeTree) cross(a, b int32, visit func(e, ringE, f, ringF int32) bool) bool {
	m, n := &t.nodes[a], &t.nodes[b]
	if !m.meets(n) || len(t.slabs) > 0 && t.slabs[a].apart(&t.slabs[b]) {
		return true
	}
	if m.left < 0 && n.left < 0 {
		if t.work++; t.work > 500+5*len(t.nodes) && len(t.slabs) == 0 {
			t.addSlabs()
		}
		return t.crossLeaves(m, n, visit)
	}
	if n.left < 0 || m.left >= 0 && m.maxX-m.minX+m.maxY-m.minY > n.maxX-n.minX+n.maxY-n.minY {
		return t.cross(m.left, b, visit) && t.cross(m.right, b, visit)
	}
	return t.cross(a, n.left, visit) && t.cross(a, n.right, visit)
}

func (t *edgeTree) crossLeaves(m, n *treeNode, visit func(e, ringE, f, ringF int32) bool) bool {
	for e := m.lo; e < m.hi; e++ {
		a, b := t.pts[e], t.pts[e+1]
		if max(a[0], b[0]) < n.minX || min(a[0], b[0]) > n.maxX ||
			max(a[1], b[1]) < n.minY || min(a[1], b[1]) > n.maxY {
			continue
		}
		for f := n.lo; f < n.hi; f++ {
			if !visit(e, m.ring, f, n.ring) {
				return false
			}
		}
	}
	return true
}
