package geom

import "github.com/paulmach/orb"

// EachEdge visits the edges of all rings and lines of a geometry; an unclosed
// ring is closed. A point is an edge from itself to itself, and so is a line or
// ring of one point. O(vertices).
func EachEdge(g orb.Geometry, visit func(a, b orb.Point)) {
	_, single := g.(orb.Point)
	_, multi := g.(orb.MultiPoint)
	if c, ok := g.(orb.Collection); ok {
		for _, m := range c {
			EachEdge(m, visit)
		}
		return
	}
	eachLine(g, func(_, _ int, points []orb.Point, ring bool) bool {
		if single || multi || len(points) == 1 {
			for _, p := range points {
				visit(p, p)
			}
			return true
		}
		for i := 1; i < len(points); i++ {
			visit(points[i-1], points[i])
		}
		if n := len(points); ring && n > 1 && points[0] != points[n-1] {
			visit(points[n-1], points[0])
		}
		return true
	})
}
