package engine

import (
	"sync"

	"github.com/paulmach/orb"

	"tuban/arena"
	"tuban/feature"
	"tuban/geom"
	"tuban/index"
)

// LayerView is one layer in a View: its current vintage. It never changes.
type LayerView struct {
	layer   *feature.Layer
	vintage feature.Vintage
	changed feature.Seq // the commit that last changed the layer
	arena   *arena.Arena
	keys    *arena.Keys
	tree    *index.Tree
	columns map[string]int // property name → field index
	class   int            // field index of the class field, -1 if none
	derived map[string]any
	extent  func() orb.Bound
}

// newLayerView returns a view of the parts; the parts must not change any more.
func newLayerView(layer *feature.Layer, vintage feature.Vintage, changed feature.Seq, a *arena.Arena, k *arena.Keys, t *index.Tree, columns map[string]int) *LayerView {
	l := &LayerView{layer: layer, vintage: vintage, changed: changed, arena: a, keys: k, tree: t, columns: columns, class: -1, derived: map[string]any{}}
	if i, ok := columns[layer.ClassField]; ok && layer.ClassField != "" {
		l.class = i
	}
	l.extent = sync.OnceValue(func() orb.Bound {
		all := geom.EmptyBound
		l.Ascend(0, func(s feature.Slot) bool {
			all = geom.Union(all, a.Bound(s))
			return true
		})
		return all
	})
	return l
}

// Layer returns the descriptor. Read-only.
func (l *LayerView) Layer() *feature.Layer { return l.layer }

// Vintage returns the name of the edition in force.
func (l *LayerView) Vintage() feature.Vintage { return l.vintage }

// Changed returns the commit that last changed the layer.
func (l *LayerView) Changed() feature.Seq { return l.changed }

// Len returns the number of features.
func (l *LayerView) Len() int { return l.keys.Live() }

// Extent returns the box of all geometry, and false if there is none. The first
// call on a view looks at every feature's box.
func (l *LayerView) Extent() (orb.Bound, bool) {
	b := l.extent()
	return b, !b.IsEmpty()
}

// Search visits the slots whose box meets b, in no order, until visit returns
// false. Boxes in the index are float32 rounded outward: it may visit a few
// whose exact box lies just outside.
func (l *LayerView) Search(b orb.Bound, visit func(feature.Slot) bool) { l.tree.Search(b, visit) }

// Nearest visits slots by rising lower bounds of their distance, until visit
// returns false: see index.Tree.Nearest.
func (l *LayerView) Nearest(bound func(orb.Bound) float64, visit func(s feature.Slot, least float64) bool) {
	l.tree.Nearest(bound, visit)
}

// Ascend visits the features in the order of their numbers, from the first not
// below a number, until visit returns false.
func (l *LayerView) Ascend(from feature.Number, visit func(feature.Slot) bool) {
	l.keys.Ascend(from, func(_ feature.Number, s feature.Slot) bool { return visit(s) })
}

// slots returns the slots of all features, in the order of their numbers.
func (l *LayerView) slots() []feature.Slot {
	all := make([]feature.Slot, 0, l.Len())
	l.Ascend(0, func(s feature.Slot) bool {
		all = append(all, s)
		return true
	})
	return all
}

// Find returns the slot of a feature by its text id.
func (l *LayerView) Find(id feature.ID) (feature.Slot, bool) {
	n, ok := l.keys.Number(id)
	if !ok {
		return 0, false
	}
	return l.keys.Slot(n)
}

// Geometry returns the geometry of a slot, nil if none. Shares memory: read-only.
func (l *LayerView) Geometry(s feature.Slot) orb.Geometry { return l.arena.Geometry(s) }

// ID returns the text id of a slot.
func (l *LayerView) ID(s feature.Slot) feature.ID { return l.arena.ID(s) }

// Number returns the number of a slot.
func (l *LayerView) Number(s feature.Slot) feature.Number { return l.arena.Number(s) }

// Version returns the commit that wrote the slot.
func (l *LayerView) Version(s feature.Slot) feature.Seq { return l.arena.Version(s) }

// Bound returns the exact box of a slot's geometry.
func (l *LayerView) Bound(s feature.Slot) orb.Bound { return l.arena.Bound(s) }

// Area returns the ellipsoidal area of a slot in m².
func (l *LayerView) Area(s feature.Slot) float64 { return l.arena.Area(s) }

// NeedsRepair tells feature.Feature.NeedsRepair of a slot.
func (l *LayerView) NeedsRepair(s feature.Slot) bool { return l.arena.NeedsRepair(s) }

// Class returns the text of the class field of a slot, "" if there is none.
func (l *LayerView) Class(s feature.Slot) string { return l.ClassValue(s).String() }

// ClassValue returns the value of the class field of a slot, null if there is
// none.
func (l *LayerView) ClassValue(s feature.Slot) feature.Value {
	v, _ := l.arena.Value(s, l.class)
	return v
}

// Value returns a property of a slot by name.
func (l *LayerView) Value(s feature.Slot, name string) (feature.Value, bool) {
	i, ok := l.columns[name]
	if !ok {
		return feature.Value{}, false
	}
	return l.arena.Value(s, i)
}

// EachProperty visits the properties that a slot has, by index into
// Layer().Fields.
func (l *LayerView) EachProperty(s feature.Slot, visit func(field int, v feature.Value)) {
	l.arena.EachProperty(s, visit)
}

// Properties returns the properties of a slot in the order of the layer's fields.
func (l *LayerView) Properties(s feature.Slot) feature.Properties {
	p := make(feature.Properties, 0, len(l.layer.Fields))
	l.arena.EachProperty(s, func(i int, v feature.Value) {
		p = append(p, feature.Property{Name: l.layer.Fields[i].Name, Value: v})
	})
	return p
}

// Feature returns the whole feature of a slot; its geometry shares memory.
func (l *LayerView) Feature(s feature.Slot) feature.Feature {
	return feature.Feature{
		ID: l.ID(s), Number: l.Number(s), Version: l.Version(s), Area: l.Area(s), NeedsRepair: l.NeedsRepair(s),
		Geometry: l.Geometry(s), Properties: l.Properties(s),
	}
}

// Within returns the slots whose geometry meets a closed box, in the order of
// their numbers. Features without geometry are not among them.
func (l *LayerView) Within(b orb.Bound) []feature.Slot {
	var hits []feature.Slot
	l.tree.Search(b, func(s feature.Slot) bool {
		if geom.IntersectsBound(l.arena.Geometry(s), b) {
			hits = append(hits, s)
		}
		return true
	})
	sortByNumber(l.arena, hits)
	return hits
}

// Derived returns what a Derived of that name built for this layer, nil if none.
func (l *LayerView) Derived(name string) any { return l.derived[name] }

// Memory returns the bytes of coordinates, property columns and the rest of the
// arena.
func (l *LayerView) Memory() (coordinates, properties, rest int64) { return l.arena.Bytes() }
