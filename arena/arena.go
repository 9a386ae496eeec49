// Package arena holds the features of one layer in memory, packed: geometry in
// long runs of coordinates, properties in columns with dictionaries, ids and
// numbers in columns.
//
// An Arena is an immutable value. Append returns a new one that shares all
// memory with the old: old slots never change, new ones lie behind them. Only
// one goroutine may append, and only to the newest arena (or, after a failed
// commit, once more to the one before it, whose successor nobody has seen).
// Any number of goroutines may read any arena meanwhile.
//
// A deleted or replaced feature's slot stays until the layer is opened again;
// which slots are alive is told by Keys, not by the arena.
package arena

import (
	"errors"
	"slices"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// ErrFull reports that a segment's 32-bit offsets are used up: more than
// 4 billion vertices, or 4 GB of distinct values in one property.
var ErrFull = errors.New("arena: segment is full")

// Arena is the features of a layer by slot. The zero Arena is empty.
type Arena struct {
	segs   []*segment
	starts []feature.Slot // starts[i] is the first slot of segs[i]
	n      feature.Slot
	open   bool // the last segment may still grow
}

// Len returns the number of slots, dead ones included.
func (a *Arena) Len() int { return int(a.n) }

// at returns the segment of a slot and its place in it.
func (a *Arena) at(s feature.Slot) (*segment, int) {
	i := len(a.segs) - 1
	for i > 0 && a.starts[i] > s {
		i--
	}
	return a.segs[i], int(s - a.starts[i])
}

// Append returns an arena with the features added behind the old ones, and the
// slot of the first. column maps a property name to its field index, which must
// be the same in every call. It fails with ErrFull.
func (a *Arena) Append(fs []feature.Feature, column func(name string) int) (*Arena, feature.Slot, error) {
	b := &Arena{segs: slices.Clone(a.segs), starts: slices.Clone(a.starts), n: a.n, open: true}
	if !a.open {
		b.segs = append(b.segs, &segment{})
		b.starts = append(b.starts, a.n)
	}
	last := len(b.segs) - 1
	tail := b.segs[last].fork()
	b.segs[last] = tail
	for i := range fs {
		if err := tail.add(&fs[i], column); err != nil {
			return nil, 0, err
		}
	}
	b.n += feature.Slot(len(fs))
	return b, a.n, nil
}

// Join returns an arena with a built segment behind the old slots, and the slot
// of its first feature. The builder must not be used afterwards.
func (a *Arena) Join(b *Builder) (*Arena, feature.Slot) {
	j := &Arena{segs: slices.Clone(a.segs), starts: slices.Clone(a.starts), n: a.n + feature.Slot(b.Len())}
	j.segs = append(j.segs, &b.seg)
	j.starts = append(j.starts, a.n)
	return j, a.n
}

// Number returns the number of the feature in a slot.
func (a *Arena) Number(s feature.Slot) feature.Number {
	g, i := a.at(s)
	return g.number[i]
}

// Version returns the commit that wrote the slot.
func (a *Arena) Version(s feature.Slot) feature.Seq {
	g, i := a.at(s)
	return g.version[i]
}

// ID returns the text id of the feature in a slot.
func (a *Arena) ID(s feature.Slot) feature.ID {
	g, i := a.at(s)
	return feature.ID(g.id(i))
}

// Bound returns the exact box of the geometry; geom.EmptyBound if it has none.
func (a *Arena) Bound(s feature.Slot) orb.Bound {
	g, i := a.at(s)
	return g.bound[i]
}

// Area returns the ellipsoidal area in m² found at ingest.
func (a *Arena) Area(s feature.Slot) float64 {
	g, i := a.at(s)
	return g.area[i]
}

// NeedsRepair tells feature.Feature.NeedsRepair.
func (a *Arena) NeedsRepair(s feature.Slot) bool {
	g, i := a.at(s)
	return g.shape[i]&repairFlag != 0
}

// Geometry returns the geometry of a slot, nil if it has none. It shares the
// arena's memory: read-only.
func (a *Arena) Geometry(s feature.Slot) orb.Geometry {
	g, i := a.at(s)
	return g.geometry(i)
}

// Value returns the value of a field (by field index) and whether the feature
// has it.
func (a *Arena) Value(s feature.Slot, field int) (feature.Value, bool) {
	g, i := a.at(s)
	if field < 0 || field >= len(g.cols) {
		return feature.Value{}, false
	}
	return g.cols[field].value(i)
}

// EachProperty visits the values that the feature has, in field order. The
// strings share the arena's memory.
func (a *Arena) EachProperty(s feature.Slot, visit func(field int, v feature.Value)) {
	g, i := a.at(s)
	for f := range g.cols {
		if v, ok := g.cols[f].value(i); ok {
			visit(f, v)
		}
	}
}

// Bytes returns the memory that the slots take, by part.
func (a *Arena) Bytes() (coordinates, properties, rest int64) {
	for _, g := range a.segs {
		c, p, r := g.bytes()
		coordinates, properties, rest = coordinates+c, properties+p, rest+r
	}
	return coordinates, properties, rest
}

// Builder fills a segment in bulk, in the order in which it will lie.
type Builder struct{ seg segment }

// NewBuilder returns a builder with room for a number of features, vertices and
// rings (hints; they may be exceeded).
func NewBuilder(features, vertices, rings int) *Builder {
	b := &Builder{}
	b.seg.grow(features, vertices, rings)
	return b
}

// Len returns the number of features added.
func (b *Builder) Len() int { return len(b.seg.number) }

// Add appends a feature. It fails with ErrFull.
func (b *Builder) Add(f *feature.Feature, column func(name string) int) error {
	return b.seg.add(f, column)
}

// Arena returns the features added so far as an arena of their own, with slots
// from 0. It sees nothing that is added later.
func (b *Builder) Arena() *Arena {
	return &Arena{segs: []*segment{b.seg.fork()}, starts: []feature.Slot{0}, n: feature.Slot(b.Len())}
}

// Size returns the vertices and rings added so far: the hints for a builder of the same features.
func (b *Builder) Size() (vertices, rings int) { return int(b.seg.points), len(b.seg.rings) }

// Renumber moves each property column to the field index that to gives for its
// old one. Call it once, before Join.
func (b *Builder) Renumber(to func(field int) int) {
	var cols []column
	for i, c := range b.seg.cols {
		for len(cols) <= to(i) {
			cols = append(cols, newColumn())
		}
		cols[to(i)] = c
	}
	b.seg.cols = cols
}

// SetVersion gives every feature the commit that wrote it. Call it before Join.
func (b *Builder) SetVersion(v feature.Seq) {
	for i := range b.seg.version {
		b.seg.version[i] = v
	}
}
