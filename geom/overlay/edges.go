package overlay

import "github.com/paulmach/orb"

// Edges visits the edges of a shape as delivered, about by rising distance: far
// tells how far what lies in a box is at least, and boxes for which it tells
// more than reach, which may fall from visit to visit, are left out. Of a
// repaired form the edges are those of its trapezoids. O(edges visited + log n)
// where reach leaves out most.
func (s *Shape) Edges(far func(x0, y0, x1, y1 float64) float64, reach func() float64, visit func(a, b orb.Point)) {
	if root := s.rootNode(); root != nil && far(root.x0, root.y0, root.x1, root.y1) <= reach() {
		s.visitEdges(root, far, reach, visit)
	}
}

func (s *Shape) visitEdges(n *node, far func(x0, y0, x1, y1 float64) float64, reach func() float64, visit func(a, b orb.Point)) {
	if n.leaf() {
		pts := s.edges(n)
		for i := 1; i < len(pts); i++ {
			visit(pts[i-1], pts[i])
		}
		return
	}
	type kid struct {
		n   *node
		far float64
	}
	var few [2 * fan]kid
	order := few[:0]
	kids := s.children(n)
	for i := range kids {
		k := kid{&kids[i], far(kids[i].x0, kids[i].y0, kids[i].x1, kids[i].y1)}
		at := len(order)
		order = append(order, k)
		for ; at > 0 && order[at-1].far > k.far; at-- {
			order[at] = order[at-1]
		}
		order[at] = k
	}
	for _, k := range order {
		if k.far > reach() {
			return
		}
		s.visitEdges(k.n, far, reach, visit)
	}
}
