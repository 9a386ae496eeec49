package overlap

import (
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
)

// walker visits edges, those in boxes that far tells to be beyond reach aside.
type walker func(far func(x0, y0, x1, y1 float64) float64, reach func() float64, visit func(a, b orb.Point))

// longestEdge is up to how many degrees an edge is measured in one piece: see
// ellipsoid.Closest.
const longestEdge = 1

// edgesOf returns a walker over the border of a polygon as delivered, the lines
// of a line, and points as edges without length. Long edges come in pieces.
func edgesOf(l Layer, s feature.Slot) walker {
	if shape := prepared(l, s); shape != nil && !shape.Repaired() {
		return func(far func(x0, y0, x1, y1 float64) float64, reach func() float64, visit func(a, b orb.Point)) {
			shape.Edges(far, reach, func(a, b orb.Point) { pieces(a, b, visit) })
		}
	}
	g := l.Geometry(s)
	return func(_ func(x0, y0, x1, y1 float64) float64, _ func() float64, visit func(a, b orb.Point)) {
		geom.EachEdge(g, func(a, b orb.Point) { pieces(a, b, visit) })
	}
}

// pieces visits an edge in pieces that are not too long, from the end that is
// the first by longitude: a border that two features share has the same bits in
// both, so that they are equally far.
func pieces(a, b orb.Point, visit func(a, b orb.Point)) {
	if comparePoints(b, a) < 0 {
		a, b = b, a
	}
	size := max(math.Abs(b[0]-a[0]), math.Abs(b[1]-a[1]))
	if size <= longestEdge {
		visit(a, b)
		return
	}
	n := int(math.Ceil(size / longestEdge))
	from := a
	for i := 1; i <= n; i++ {
		to := b
		if i < n {
			t := float64(i) / float64(n)
			to = orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
		}
		visit(from, to)
		from = to
	}
}
