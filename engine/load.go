package engine

import (
	"context"
	"errors"
	"fmt"

	"tuban/arena"
	"tuban/feature"
	"tuban/geom"
	"tuban/store"
)

// LoadMode says what a load does to its layer.
type LoadMode int

// The modes of a load.
const (
	Append     LoadMode = iota // add to the vintage in force
	NewVintage                 // replace it by a new one
)

// ErrVintageChanged reports that another commit swapped the layer's vintage
// while a load for the old one was under way.
var ErrVintageChanged = errors.New("the layer's vintage changed during the load")

// LoadSpec describes a load. Layer is the descriptor; for Append to a layer
// that exists only its id counts. Vintage is the name of the new vintage, or ""
// for the one in force (the base vintage of a new layer).
type LoadSpec struct {
	Layer   feature.Layer
	Vintage feature.Vintage
	Mode    LoadMode
	Meta    Meta
}

// Load takes in a whole file set aside and commits it at once: until Commit
// returns nothing of it can be seen, and after a crash or Abort nothing is left
// but space to reclaim. A Load belongs to one goroutine; several loads and
// other commits may run meanwhile.
type Load struct {
	e      *Engine
	spec   LoadSpec
	layer  feature.Layer // with the fields seen so far
	fields map[string]int
	typed  []bool     // typed[i]: field i has had a value that is not null
	base   *LayerView // the layer as the load began; nil if new
	rows   *arena.Builder
	ids    map[feature.ID]int64 // → row
	disk   *store.Load
	done   bool
}

// NewLoad begins a load.
func (e *Engine) NewLoad(_ context.Context, spec LoadSpec) (*Load, error) {
	if e.opt.ReadOnly {
		return nil, ErrReadOnly
	}
	l := &Load{e: e, spec: spec, layer: spec.Layer.Clone(), rows: arena.NewBuilder(0, 0, 0), fields: map[string]int{}, ids: map[feature.ID]int64{}}
	if base, ok := e.View().Layer(spec.Layer.ID); ok && spec.Mode == Append {
		l.base, l.layer = base, base.layer.Clone()
		if spec.Vintage != "" && spec.Vintage != base.vintage {
			return nil, fmt.Errorf("layer %s: vintage %q is in force, not %q: load %q as a new vintage", l.layer.ID, base.vintage, spec.Vintage, spec.Vintage)
		}
		l.spec.Vintage = base.vintage
	}
	if l.spec.Vintage == "" {
		l.spec.Vintage = feature.BaseVintage
	}
	if err := feature.CheckVintage(l.spec.Vintage); err != nil {
		return nil, err
	}
	if err := l.layer.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadLayer, err)
	}
	l.layer.Fields = nil
	return l, nil
}

// Len returns the number of features taken so far.
func (l *Load) Len() int { return l.rows.Len() }

// Taken tells what became of a feature that a load took.
type Taken struct {
	ID       feature.ID // "" if one will be assigned
	AreaM2   float64
	Problems []geom.Problem // found in the geometry; it is kept as delivered
}

// Add takes one feature in EPSG:4490. The error, a *FeatureError, means that
// this one was not taken; the load goes on. Row is the feature's place in its
// file, for messages.
func (l *Load) Add(row int64, f feature.Feature) (Taken, error) {
	problems, err := Ingest(&l.layer, &f)
	if err != nil {
		return Taken{}, err
	}
	if f.ID != "" {
		if first, ok := l.ids[f.ID]; ok {
			return Taken{}, &FeatureError{Layer: l.layer.ID, ID: f.ID, Err: fmt.Errorf("%w: row %d has it too", ErrExists, first)}
		}
		if l.base != nil {
			if _, ok := l.base.Find(f.ID); ok {
				return Taken{}, &FeatureError{Layer: l.layer.ID, ID: f.ID, Err: ErrExists}
			}
		}
		l.ids[f.ID] = row
	}
	return Taken{ID: f.ID, AreaM2: f.Area, Problems: problems}, l.rows.Add(&f, l.column(f.Properties))
}

// column merges the fields of a feature and returns their lookup.
func (l *Load) column(ps feature.Properties) func(string) int {
	for _, p := range ps {
		t := p.Value.FieldType()
		i, known := l.fields[p.Name]
		switch {
		case !known:
			i = len(l.layer.Fields)
			l.fields[p.Name] = i
			l.layer.Fields = append(l.layer.Fields, feature.Field{Name: p.Name, Type: t})
			l.typed = append(l.typed, p.Value.Kind() != feature.Null)
		case p.Value.Kind() == feature.Null:
		case !l.typed[i]: // nothing but null so far
			l.typed[i], l.layer.Fields[i].Type = true, t
		case l.layer.Fields[i].Type != t:
			l.layer.MergeField(p.Name, t)
		}
	}
	return func(name string) int { return l.fields[name] }
}

// Abort gives the load up and reclaims what it wrote.
func (l *Load) Abort() error {
	if l.done {
		return nil
	}
	l.done = true
	if l.disk != nil {
		return l.disk.Abort()
	}
	return nil
}
