package overlay

import "github.com/paulmach/orb"

// window collects the rings of a shape as far as they matter inside a box: a
// chain that lies wholly beyond one side of it becomes its chord, which lies
// there too, so that insides and outsides within the box stay exactly what they
// are. O(edges near the box + log n).
type window struct {
	s     *Shape
	box   orb.Bound
	rings []ring
}

// windowOf returns what s is inside box. Rings may cross themselves outside.
func windowOf(s *Shape, box orb.Bound) []ring {
	w := window{s: s, box: box}
	if root := s.rootNode(); root != nil {
		w.walk(root)
	}
	return w.rings
}

// beyond tells whether a node lies wholly beyond one side of the box.
func (w *window) beyond(n *node) bool {
	return n.x1 <= w.box.Min[0] || n.x0 >= w.box.Max[0] || n.y1 <= w.box.Min[1] || n.y0 >= w.box.Max[1]
}

func (w *window) walk(n *node) {
	if w.beyond(n) {
		return
	}
	if n.ring == group {
		kids := w.s.children(n)
		for i := range kids {
			w.walk(&kids[i])
		}
		return
	}
	leaf := w.end(n, false)
	r := w.s.rings[leaf.ring]
	r.pts = append([]orb.Point(nil), r.pts[leaf.first])
	r.pts = w.chain(n, r.pts)
	if len(r.pts) >= 4 {
		w.rings = append(w.rings, r)
	}
}

// end returns the first or last leaf below n.
func (w *window) end(n *node, last bool) *node {
	for !n.leaf() {
		kids := w.s.children(n)
		if last {
			n = &kids[len(kids)-1]
		} else {
			n = &kids[0]
		}
	}
	return n
}

// chain appends the vertices of n after its first.
func (w *window) chain(n *node, pts []orb.Point) []orb.Point {
	if w.beyond(n) {
		leaf := w.end(n, true)
		return append(pts, w.s.rings[leaf.ring].pts[leaf.first+leaf.n])
	}
	if n.leaf() {
		return append(pts, w.s.edges(n)[1:]...)
	}
	kids := w.s.children(n)
	for i := range kids {
		pts = w.chain(&kids[i], pts)
	}
	return pts
}
