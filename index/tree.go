// Package index is the bounding-box index over the slots of a layer: an R-tree
// with float32 boxes rounded outward, copied in constant time. It is the only
// room that imports tidwall/rtree.
package index

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/tidwall/rtree"

	"tuban/feature"
)

// Tree maps boxes to slots. One goroutine may change a Tree; any number may
// search one that is no longer changed. The usual way: the writer changes its
// own Tree and hands out a Copy.
type Tree struct {
	t *rtree.RTreeGN[float32, feature.Slot]
}

// New returns an empty tree.
func New() *Tree { return &Tree{t: new(rtree.RTreeGN[float32, feature.Slot])} }

// Copy returns a tree with the same content that shares nodes with t until
// either changes (copy on write): O(1). Only the writer of t may call it.
func (t *Tree) Copy() *Tree {
	return &Tree{t: t.t.Copy()}
}

// Len returns the number of boxes.
func (t *Tree) Len() int { return t.t.Len() }

// Insert adds a slot under a box (degrees).
func (t *Tree) Insert(b orb.Bound, s feature.Slot) {
	lo, hi := outward(b)
	t.t.Insert(lo, hi, s)
}

// Delete removes a slot that was inserted under the same box.
func (t *Tree) Delete(b orb.Bound, s feature.Slot) {
	lo, hi := outward(b)
	t.t.Delete(lo, hi, s)
}

// Search visits each slot whose rounded box meets b (closed boxes), in no
// order, until visit returns false. It may visit a few whose true box does not.
func (t *Tree) Search(b orb.Bound, visit func(feature.Slot) bool) {
	lo, hi := outward(b)
	t.t.Search(lo, hi, func(_, _ [2]float32, s feature.Slot) bool { return visit(s) })
}

func outward(b orb.Bound) (lo, hi [2]float32) {
	return [2]float32{down(b.Min[0]), down(b.Min[1])}, [2]float32{up(b.Max[0]), up(b.Max[1])}
}

// down returns the greatest float32 not above v.
func down(v float64) float32 {
	f := float32(v)
	if float64(f) > v {
		f = math.Nextafter32(f, float32(math.Inf(-1)))
	}
	return f
}

// up returns the least float32 not below v.
func up(v float64) float32 {
	f := float32(v)
	if float64(f) < v {
		f = math.Nextafter32(f, float32(math.Inf(1)))
	}
	return f
}
