package engine

import (
	"fmt"
	"maps"
	"slices"

	"github.com/paulmach/orb"

	"tuban/arena"
	"tuban/feature"
	"tuban/geom"
	"tuban/index"
	"tuban/store"
)

// maxEventBounds is how many boxes an event lists for a layer.
const maxEventBounds = 64

// layerWriter is a layer as the writer's goroutine holds it. A commit works on
// a fork; if it fails, the fork is forgotten and nothing has happened.
type layerWriter struct {
	view    *LayerView
	layer   *feature.Layer // replaced, never changed
	vintage feature.Vintage
	arena   *arena.Arena
	keys    *arena.Keys
	tree    *index.Tree
	columns map[string]int // replaced, never changed

	// Of the commit under way:
	event          LayerEvent
	added, removed []feature.Slot
	newSchema      bool
}

// newLayerWriter returns an empty layer.
func newLayerWriter(layer feature.Layer, vintage feature.Vintage) *layerWriter {
	w := &layerWriter{vintage: vintage, arena: &arena.Arena{}, keys: arena.NewKeys(), tree: index.New()}
	w.setLayer(layer)
	return w
}

// fork returns a writer that may change apart from w.
func (w *layerWriter) fork() *layerWriter {
	f := *w
	f.keys, f.tree = w.keys.Copy(), w.tree.Copy()
	f.event = LayerEvent{Layer: w.layer.ID, Vintage: w.vintage}
	f.added, f.removed, f.newSchema = nil, nil, false
	return &f
}

func (w *layerWriter) setLayer(layer feature.Layer) {
	w.layer = &layer
	w.columns = make(map[string]int, len(layer.Fields))
	for i, f := range layer.Fields {
		w.columns[f.Name] = i
	}
	w.newSchema = true
}

// replaceDescriptor takes a new descriptor but keeps the fields of the features
// in their places.
func (w *layerWriter) replaceDescriptor(layer feature.Layer) {
	wanted := layer.Fields
	layer.Fields = slices.Clone(w.layer.Fields)
	for _, f := range wanted {
		layer.MergeField(f.Name, f.Type)
	}
	w.setLayer(layer)
	w.event.Schema = true
}

// column returns the field index of a property and widens the field's type.
func (w *layerWriter) column(name string, t feature.FieldType) int {
	i, ok := w.columns[name]
	if ok && (w.layer.Fields[i].Type == t || t == feature.FieldAny) {
		return i
	}
	layer := w.layer.Clone()
	if layer.MergeField(name, t) {
		columns := maps.Clone(w.columns)
		if !ok {
			i = len(columns)
			columns[name] = i
		}
		w.layer, w.columns, w.newSchema = &layer, columns, true
	}
	return i
}

// apply takes numbered, measured changes into arena, keys and tree.
func (w *layerWriter) apply(changes []feature.Change) error {
	var puts []feature.Feature
	for i := range changes {
		if changes[i].Op == feature.OpPut {
			puts = append(puts, changes[i].Feature)
			for _, p := range changes[i].Feature.Properties {
				w.column(p.Name, p.Value.FieldType())
			}
		}
	}
	a, slot, err := w.arena.Append(puts, func(name string) int { return w.columns[name] })
	if err != nil {
		return err
	}
	w.arena = a
	for i := range changes {
		f := &changes[i].Feature
		old, existed := w.keys.Slot(f.Number)
		if existed {
			w.remove(old)
		}
		if changes[i].Op == feature.OpDelete {
			w.keys.Delete(f.Number, f.ID)
			w.event.Deleted++
			continue
		}
		if existed {
			w.event.Updated++
		} else {
			w.event.Added++
		}
		w.keys.Put(f.Number, f.ID, slot)
		w.insert(slot)
		w.touch(a.Bound(slot))
		slot++
	}
	return nil
}

// was tells the store what a change of a number replaces, so that it need not
// look.
func (w *layerWriter) was(n feature.Number) store.Was {
	s, ok := w.keys.Slot(n)
	if !ok {
		return store.Was{}
	}
	return store.Was{Exists: true, Area: w.arena.Area(s), Bound: w.arena.Bound(s)}
}

func (w *layerWriter) insert(s feature.Slot) {
	if b := w.arena.Bound(s); !b.IsEmpty() {
		w.tree.Insert(b, s)
	}
	w.added = append(w.added, s)
}

func (w *layerWriter) remove(s feature.Slot) {
	if b := w.arena.Bound(s); !b.IsEmpty() {
		w.tree.Delete(b, s)
		w.touch(b)
	}
	w.removed = append(w.removed, s)
}

// touch adds a box to the event; boxes beyond the limit are joined to the last.
func (w *layerWriter) touch(b orb.Bound) {
	if b.IsEmpty() {
		return
	}
	e := &w.event
	if len(e.Bounds) < maxEventBounds {
		e.Bounds = append(e.Bounds, b)
		return
	}
	last := &e.Bounds[maxEventBounds-1]
	*last = geom.Union(*last, b)
}

// join takes a bulk-loaded run behind the features that are there.
func (w *layerWriter) join(b *arena.Builder) {
	a, first := w.arena.Join(b)
	w.arena = a
	w.keys.Join(b.NewTable(first))
	for i := range b.Len() {
		s := first + feature.Slot(i)
		w.insert(s)
		w.touch(a.Bound(s))
	}
	w.event.Added += b.Len()
}

// publish returns the layer's view after the commit, with everything derived.
func (w *layerWriter) publish(seq feature.Seq, derived []Derived) (*LayerView, error) {
	v := newLayerView(w.layer, w.vintage, seq, w.arena, w.keys.Copy(), w.tree.Copy(), w.columns)
	before, added, removed := w.view, w.added, w.removed
	if before != nil && (before.layer.Kind != w.layer.Kind || before.layer.ClassField != w.layer.ClassField) {
		before, added, removed = nil, v.slots(), nil // what was derived may be of another class
	}
	for _, d := range derived {
		var prev any
		if before != nil {
			prev = before.derived[d.Name()]
		}
		value, err := d.Derive(prev, v, added, removed)
		if err != nil {
			return nil, fmt.Errorf("layer %s: derive %s: %w", w.layer.ID, d.Name(), err)
		}
		v.derived[d.Name()] = value
	}
	w.view = v
	return v, nil
}
