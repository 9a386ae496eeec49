package store

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// Head is where a data set stands.
type Head struct {
	Dataset string      // the data set's id, the same in all its copies
	Created time.Time   // UTC
	Seq     feature.Seq // of the last commit, 0 before the first
	Time    time.Time   // of the last commit, UTC; zero before the first
}

// LayerState is a layer as of the head.
type LayerState struct {
	No         uint32 // the layer's number in keys
	Layer      feature.Layer
	Vintage    feature.Vintage // the current one
	VintageNo  uint32
	NextNumber feature.Number // above all numbers ever given in the layer
	Vintages   []VintageState // in order of their making
	Changed    feature.Seq    // the last commit that touched the layer
}

// Count returns the number of features in the current vintage.
func (l LayerState) Count() int64 {
	for _, v := range l.Vintages {
		if v.No == l.VintageNo {
			return v.Count
		}
	}
	return 0
}

// VintageState is one edition of a layer. Several may have one name; a name
// stands for the newest of them.
type VintageState struct {
	Name   feature.Vintage
	No     uint32
	From   feature.Seq // the commit that brought it
	To     feature.Seq // the commit that replaced it, 0 while it is current
	Count  int64
	AreaM2 float64
}

// metaRecord is the value of key m.
type metaRecord struct {
	Dataset string    `json:"dataset"`
	Created time.Time `json:"created"`
}

// headRecord is the value of key h.
type headRecord struct {
	Seq  feature.Seq `json:"seq"`
	Time time.Time   `json:"time"`
}

// layerRecord is the value of key s.
type layerRecord struct {
	No         uint32          `json:"no"`
	ID         feature.LayerID `json:"id"`
	Descriptor feature.Seq     `json:"descriptor"` // seq of the descriptor in force
	Next       feature.Number  `json:"next"`
	Vintage    uint32          `json:"vintage"`
	Changed    feature.Seq     `json:"changed"`
}

// vintageRecord is the value of key v. Versions and Sum cover the delta, so that
// a lost version is noticed; Count, Area and Bound tell of the live features.
type vintageRecord struct {
	No       uint32          `json:"no"`
	Name     feature.Vintage `json:"name"`
	From     feature.Seq     `json:"from"`
	To       feature.Seq     `json:"to,omitempty"`
	Count    int64           `json:"count"`
	Area     areaSum         `json:"area"`
	Bound    *orb.Bound      `json:"bound,omitempty"` // of all it ever had
	Versions uint64          `json:"versions"`
	Sum      uint64          `json:"sum"`
}

// loadRecord is the value of key o. Seq is 0 while the load is open.
type loadRecord struct {
	No      uint64          `json:"no"`
	Layer   feature.LayerID `json:"layer"`
	Mode    LoadMode        `json:"mode"`
	LayerNo uint32          `json:"layer_no"`
	Vintage uint32          `json:"vintage"`
	Seq     feature.Seq     `json:"seq"`
	Chunks  uint32          `json:"chunks"`
	Count   int64           `json:"count"`
	Area    areaSum         `json:"area"`
	Sum     uint64          `json:"sum"`
	Min     feature.Number  `json:"min"`
	Max     feature.Number  `json:"max"`
}

// intentRecord is the value of key i: the vintages into which versions above
// seq After are being written ahead.
type intentRecord struct {
	After    feature.Seq  `json:"after"`
	Vintages []vintageRef `json:"vintages"`
}

// vintageRef names a vintage in keys.
type vintageRef struct {
	Layer   uint32 `json:"layer"`
	Vintage uint32 `json:"vintage"`
}

// state is a data set at one seq. It is never changed once published.
type state struct {
	head   Head
	layers map[feature.LayerID]*layerNow
}

// layerNow is a layer within a state; a changed layer is a new layerNow.
type layerNow struct {
	layerRecord
	layer    feature.Layer
	vintages []*vintageNow // ascending by No
}

// vintageNow is a vintage within a state, with its committed loads.
type vintageNow struct {
	vintageRecord
	loads []*loadRecord // ascending by Seq, then No
}

// clone returns a state whose map of layers may be changed.
func (s *state) clone() *state {
	return &state{head: s.head, layers: maps.Clone(s.layers)}
}

func (l *layerNow) clone() *layerNow {
	c := *l
	c.vintages = slices.Clone(l.vintages)
	return &c
}

// current returns the current vintage, nil when there is none yet.
func (l *layerNow) current() *vintageNow { return l.byNo(l.Vintage) }

func (l *layerNow) byNo(no uint32) *vintageNow {
	i, ok := slices.BinarySearchFunc(l.vintages, no, func(v *vintageNow, no uint32) int { return cmp.Compare(v.No, no) })
	if !ok {
		return nil
	}
	return l.vintages[i]
}

// byName returns the newest vintage of a name, "" being the current one.
func (l *layerNow) byName(name feature.Vintage) *vintageNow {
	if name == "" {
		return l.current()
	}
	for i := len(l.vintages) - 1; i >= 0; i-- {
		if l.vintages[i].Name == name {
			return l.vintages[i]
		}
	}
	return nil
}

// export returns l as callers see it.
func (l *layerNow) export() LayerState {
	s := LayerState{
		No: l.No, Layer: l.layer.Clone(), VintageNo: l.Vintage, NextNumber: l.Next, Changed: l.Changed,
		Vintages: make([]VintageState, len(l.vintages)),
	}
	for i, v := range l.vintages {
		s.Vintages[i] = v.export()
		if v.No == l.Vintage {
			s.Vintage = v.Name
		}
	}
	return s
}

func (v *vintageNow) export() VintageState {
	return VintageState{Name: v.Name, No: v.No, From: v.From, To: v.To, Count: v.Count, AreaM2: v.Area.m2()}
}

// sorted returns the layers by their number.
func (s *state) sorted() []*layerNow {
	return slices.SortedFunc(maps.Values(s.layers), func(a, b *layerNow) int { return cmp.Compare(a.No, b.No) })
}

// Head returns where the data set stands.
func (db *DB) Head() Head { return db.state.Load().head }

// Layers returns all layers as of the head, in the order of their making. The
// result is the caller's.
func (db *DB) Layers() []LayerState {
	layers := db.state.Load().sorted()
	out := make([]LayerState, len(layers))
	for i, l := range layers {
		out[i] = l.export()
	}
	return out
}
