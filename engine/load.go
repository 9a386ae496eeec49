package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

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

// A chunk on disk ends at whichever of these comes first.
const (
	chunkFeatures = 4096
	chunkVertices = 256 << 10
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

// sealedLoad is a load on its way through the writer's goroutine.
type sealedLoad struct {
	spec   LoadSpec
	layer  feature.Layer
	base   *LayerView
	sorted *arena.Builder
	ids    map[feature.ID]int64
	disk   *store.Load
}

// reservation asks the writer for a range of numbers.
type reservation struct {
	layer feature.LayerID
	n     int
	first feature.Number
}

func (e *Engine) reserve(_ state, r *reservation) {
	r.first = e.takeNumbers(r.layer, r.n)
}

// Commit puts the features in Hilbert order, writes them in sealed chunks and
// makes them visible by one commit. progress (may be nil) is called with a
// stage ("write", "index") and counts of features.
func (l *Load) Commit(ctx context.Context, progress func(stage string, done, total int64)) (Result, error) {
	if l.done {
		return Result{}, errors.New("the load has ended")
	}
	if progress == nil {
		progress = func(string, int64, int64) {}
	}
	sealed, err := l.seal(ctx, progress)
	if err != nil {
		return Result{}, errors.Join(err, l.Abort())
	}
	progress("index", 0, int64(l.Len()))
	res, err := l.e.submit(ctx, &request{meta: l.spec.Meta, load: sealed})
	if err != nil {
		return Result{}, errors.Join(err, l.Abort())
	}
	l.done = true
	progress("index", int64(l.Len()), int64(l.Len()))
	return res, nil
}

// seal writes the chunks.
func (l *Load) seal(ctx context.Context, progress func(string, int64, int64)) (*sealedLoad, error) {
	r := &reservation{layer: l.layer.ID, n: l.Len()}
	if _, err := l.e.submit(ctx, &request{reserve: r}); err != nil {
		return nil, err
	}
	mode := store.Append
	if l.spec.Mode == NewVintage {
		mode = store.NewVintage
	}
	var err error
	if l.disk, err = l.e.db.NewLoad(store.LoadSpec{Layer: l.layer.ID, Vintage: l.spec.Vintage, Mode: mode}); err != nil {
		return nil, err
	}
	from := l.rows.Arena()
	vertices, rings := l.rows.Size()
	sorted := arena.NewBuilder(from.Len(), vertices, rings)
	var chunk []feature.Feature
	weight := 0
	flush := func() error {
		if len(chunk) == 0 {
			return nil
		}
		if err := l.disk.WriteChunk(chunk); err != nil {
			return err
		}
		chunk, weight = chunk[:0], 0
		progress("write", int64(sorted.Len()), int64(from.Len()))
		return ctx.Err()
	}
	for _, s := range hilbertOrder(from) {
		f := l.feature(from, s, r.first+feature.Number(s))
		if err := sorted.Add(&f, func(name string) int { return l.fields[name] }); err != nil {
			return nil, err
		}
		chunk = append(chunk, f)
		if weight += 16 + geom.VertexCount(f.Geometry); len(chunk) == chunkFeatures || weight >= chunkVertices {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
	if err := flush(); err != nil {
		return nil, err
	}
	return &sealedLoad{spec: l.spec, layer: l.layer, base: l.base, sorted: sorted, ids: l.ids, disk: l.disk}, nil
}

// feature returns a row with its number and, where it came without, an id.
func (l *Load) feature(from *arena.Arena, s feature.Slot, n feature.Number) feature.Feature {
	f := feature.Feature{ID: from.ID(s), Number: n, Area: from.Area(s), NeedsRepair: from.NeedsRepair(s), Geometry: from.Geometry(s)}
	from.EachProperty(s, func(i int, v feature.Value) {
		f.Properties = append(f.Properties, feature.Property{Name: l.layer.Fields[i].Name, Value: v})
	})
	if f.ID == "" {
		f.ID = freeID(n, func(id feature.ID) bool {
			if _, ok := l.ids[id]; ok {
				return true
			}
			if l.base == nil {
				return false
			}
			_, ok := l.base.Find(id)
			return ok
		})
		l.ids[f.ID] = int64(s) + 1
	}
	return f
}

func hilbertOrder(a *arena.Arena) []feature.Slot {
	order := make([]feature.Slot, a.Len())
	keys := make([]uint64, a.Len())
	for i := range order {
		order[i] = feature.Slot(i)
		keys[i] = arena.HilbertKey(a.Bound(feature.Slot(i)))
	}
	slices.SortStableFunc(order, func(x, y feature.Slot) int { return cmp.Compare(keys[x], keys[y]) })
	return order
}

// prepareLoad takes a sealed load into its layer.
func (e *Engine) prepareLoad(next state, l *sealedLoad, p *prepared) ([]*layerWriter, error) {
	w, exists := next.writers[l.layer.ID]
	switch {
	case l.spec.Mode == NewVintage || !exists:
		descriptor := l.layer.Clone()
		descriptor.Fields = nil
		w = newLayerWriter(descriptor, l.spec.Vintage)
		w.event = LayerEvent{Layer: l.layer.ID, Vintage: w.vintage, Schema: true}
	default:
		if w.vintage != l.spec.Vintage || l.base == nil {
			return nil, fmt.Errorf("layer %s: %w", l.layer.ID, ErrVintageChanged)
		}
		if err := freshIDs(w, l); err != nil {
			return nil, err
		}
		w = w.fork()
	}
	to := make([]int, len(l.layer.Fields))
	for i, f := range l.layer.Fields {
		to[i] = w.column(f.Name, f.Type)
	}
	l.sorted.Renumber(func(i int) int { return to[i] })
	l.sorted.SetVersion(p.event.Seq)
	w.join(l.sorted)
	next.writers[l.layer.ID] = w
	p.record.Loads = []*store.Load{l.disk}
	return []*layerWriter{w}, nil
}

// freshIDs checks a load's ids against what was committed since it began.
func freshIDs(w *layerWriter, l *sealedLoad) error {
	if w.view.changed == l.base.changed {
		return nil
	}
	for id, row := range l.ids {
		if _, ok := w.keys.Number(id); ok {
			return &FeatureError{Layer: l.layer.ID, ID: id, Err: fmt.Errorf("%w: row %d", ErrExists, row)}
		}
	}
	return nil
}
