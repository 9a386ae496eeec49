package engine

import (
	"slices"
	"strings"
	"time"

	"tuban/feature"
)

// View is the whole data set at one seq. It never changes.
type View struct {
	seq    feature.Seq
	time   time.Time
	layers map[feature.LayerID]*LayerView
	sorted []*LayerView
}

// Seq returns the commit that the view shows; 0 for the empty data set.
func (v *View) Seq() feature.Seq { return v.seq }

// Time returns the time of that commit in UTC; zero for the empty data set.
func (v *View) Time() time.Time { return v.time }

// Layer returns a layer by id.
func (v *View) Layer(id feature.LayerID) (*LayerView, bool) {
	l, ok := v.layers[id]
	return l, ok
}

// Layers returns all layers in the order of their ids. Read-only.
func (v *View) Layers() []*LayerView { return v.sorted }

// with returns the view of a later commit in which some layers are replaced.
func (v *View) with(c feature.Commit, changed ...*LayerView) *View {
	n := &View{seq: c.Seq, time: c.Time, layers: make(map[feature.LayerID]*LayerView, len(v.layers)+len(changed))}
	for id, l := range v.layers {
		n.layers[id] = l
	}
	for _, l := range changed {
		n.layers[l.layer.ID] = l
	}
	for _, l := range n.layers {
		n.sorted = append(n.sorted, l)
	}
	slices.SortFunc(n.sorted, func(a, b *LayerView) int { return strings.Compare(string(a.layer.ID), string(b.layer.ID)) })
	return n
}
