package overlap

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/geom/overlay"
)

// Layer is what this room reads of a layer at one seq; engine's LayerView is
// one. What it gives is read-only.
type Layer interface {
	Layer() *feature.Layer
	Vintage() feature.Vintage
	// Search visits the slots whose boxes meet b, perhaps a few more, in any
	// order, until visit returns false.
	Search(b orb.Bound, visit func(feature.Slot) bool)
	// Nearest visits slots by rising lower bounds of their distance, which bound
	// tells of boxes, until visit returns false.
	Nearest(bound func(orb.Bound) float64, visit func(s feature.Slot, least float64) bool)
	Geometry(feature.Slot) orb.Geometry
	NeedsRepair(feature.Slot) bool
	ID(feature.Slot) feature.ID
	Number(feature.Slot) feature.Number
	Bound(feature.Slot) orb.Bound
	Area(feature.Slot) float64 // m²
	Class(feature.Slot) string
	Derived(name string) any
}

// Filtered returns l with only the features that keep accepts.
func Filtered(l Layer, keep func(feature.Slot) bool) Layer { return filtered{l, keep} }

type source = Layer // embeds under a name that is not that of a method

type filtered struct {
	source
	keep func(feature.Slot) bool
}

// Search visits the slots that the filter keeps.
func (f filtered) Search(b orb.Bound, visit func(feature.Slot) bool) {
	f.source.Search(b, func(s feature.Slot) bool { return !f.keep(s) || visit(s) })
}

// Nearest visits the slots that the filter keeps.
func (f filtered) Nearest(bound func(orb.Bound) float64, visit func(s feature.Slot, least float64) bool) {
	f.source.Nearest(bound, func(s feature.Slot, least float64) bool { return !f.keep(s) || visit(s, least) })
}

// finder searches layers, with memory that it uses again.
type finder struct {
	found []feature.Slot
	layer Layer
	box   orb.Bound
	visit func(feature.Slot) bool // take, made once
}

// in returns the slots whose boxes meet b, by feature number, until the next call.
func (f *finder) in(l Layer, b orb.Bound) []feature.Slot {
	if f.visit == nil {
		f.visit = f.take
	}
	f.found, f.layer, f.box = f.found[:0], l, b
	l.Search(b, f.visit)
	f.layer = nil // a View lives no longer for it
	slices.SortFunc(f.found, func(s, t feature.Slot) int {
		return cmp.Or(cmp.Compare(l.Number(s), l.Number(t)), cmp.Compare(s, t))
	})
	return f.found
}

func (f *finder) take(s feature.Slot) bool {
	if f.layer.Bound(s).Intersects(f.box) {
		f.found = append(f.found, s)
	}
	return true
}

// prepared returns the ready shape of a slot, nil if there is none.
func prepared(l Layer, s feature.Slot) *overlay.Shape {
	if p, ok := l.Derived(shapesName).(*Prepared); ok {
		return p.Shape(s)
	}
	return nil
}

// holds tells whether a feature holds or touches p.
func holds(l Layer, s feature.Slot, p orb.Point) bool {
	if shape := prepared(l, s); shape != nil && !shape.Repaired() {
		return shape.Holds(p)
	}
	return geom.Locate(l.Geometry(s), p) != geom.Outside
}
