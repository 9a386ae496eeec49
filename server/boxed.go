package server

import (
	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/tiles"
)

// tileSource embeds under a name that is not that of a method.
type tileSource = tiles.Layer

// boxed is a layer of whose features only those whose boxes meet a box are
// wanted: the index need not look at the others.
type boxed struct {
	tileSource
	box orb.Bound
}

// Search visits at least the slots whose boxes meet b and the layer's box. Of
// three boxes that meet each other all three have a place in common, so that
// where b and the box meet, that part is enough to search; else one of them is.
func (l boxed) Search(b orb.Bound, visit func(feature.Slot) bool) {
	part := orb.Bound{
		Min: orb.Point{max(b.Min[0], l.box.Min[0]), max(b.Min[1], l.box.Min[1])},
		Max: orb.Point{min(b.Max[0], l.box.Max[0]), min(b.Max[1], l.box.Max[1])},
	}
	if !part.IsEmpty() {
		b = part
	}
	l.tileSource.Search(b, visit)
}
