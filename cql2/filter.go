package cql2

import (
	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
)

// Filter is a parsed filter. It never changes.
type Filter struct {
	source string // of text
	parsed *expr
	normal *expr
	text   string
}

func newFilter(source string, parsed *expr) *Filter {
	n := normalise(parsed, false)
	return &Filter{source: source, parsed: parsed, normal: n, text: string(appendText(nil, n))}
}

// String returns the canonical text, which Parse reads as the same filter.
func (f *Filter) String() string { return f.text }

// Bound returns a box that every feature that passes meets, and whether the
// filter sets one.
func (f *Filter) Bound() (orb.Bound, bool) { return boundOf(f.normal) }

func boundOf(e *expr) (b orb.Bound, ok bool) {
	switch {
	case e.op == opIntersects && !e.not:
		return e.area.bound, true
	case e.op == opAnd:
		for _, k := range e.kids {
			switch kb, has := boundOf(k); {
			case has && ok:
				b = orb.Bound{
					Min: orb.Point{max(b.Min[0], kb.Min[0]), max(b.Min[1], kb.Min[1])},
					Max: orb.Point{min(b.Max[0], kb.Max[0]), min(b.Max[1], kb.Max[1])},
				}
			case has:
				b, ok = kb, true
			}
		}
	case e.op == opOr:
		b = geom.EmptyBound
		for _, k := range e.kids {
			kb, has := boundOf(k)
			if !has {
				return b, false
			}
			b, ok = geom.Union(b, kb), true
		}
	}
	return b, ok
}

// Reader is what a filter looks at of a layer's features; engine's LayerView is
// one.
type Reader interface {
	ID(feature.Slot) feature.ID
	// Value returns a property and whether the feature has it.
	Value(s feature.Slot, name string) (feature.Value, bool)
	Geometry(feature.Slot) orb.Geometry
	Bound(feature.Slot) orb.Bound
}

// Match tells whether a feature passes. It allocates nothing itself. A filter
// that was not checked against the layer (Check) passes no feature by a property
// that the layer does not have.
func (f *Filter) Match(r Reader, s feature.Slot) bool { return eval(f.normal, r, s) == isTrue }
