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

// A chunk on disk ends at whichever of these comes first.
const (
	chunkFeatures = 4096
	chunkVertices = 256 << 10
)

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
