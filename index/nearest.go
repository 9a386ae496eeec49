package index

import (
	"github.com/paulmach/orb"

	"tuban/feature"
)

// Nearest visits slots by rising lower bounds of their distance, until visit
// returns false. bound tells how far the content of a box is at least, in any
// unit; a box within another must not be nearer, and what it tells of a box may
// grow from one call to the next. Boxes are as in Search: somewhat larger than
// the true ones, which only lowers bounds. Slots of equal bounds come in no
// order.
func (t *Tree) Nearest(bound func(orb.Bound) float64, visit func(s feature.Slot, least float64) bool) {
	t.t.Nearby(
		func(lo, hi [2]float32, _ feature.Slot, _ bool) float64 { return bound(widened(lo, hi)) },
		func(_, _ [2]float32, s feature.Slot, least float64) bool { return visit(s, least) },
	)
}

func widened(lo, hi [2]float32) orb.Bound {
	return orb.Bound{Min: orb.Point{float64(lo[0]), float64(lo[1])}, Max: orb.Point{float64(hi[0]), float64(hi[1])}}
}
