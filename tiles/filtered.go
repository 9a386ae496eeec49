package tiles

import (
	"github.com/paulmach/orb"

	"tuban/feature"
)

// Filtered returns l with only the features that keep accepts, and with nothing
// derived: that was made of all its features and does not hold of some.
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

// Derived is nil.
func (filtered) Derived(string) any { return nil }
