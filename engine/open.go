package engine

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"tuban/arena"
	"tuban/feature"
	"tuban/store"
)

// Open opens the data set in a directory, making it if it is not there (unless
// opt.ReadOnly), and reads every layer into memory. The error is the store's:
// *store.InUseError, *store.LayoutError, *store.CorruptError, … Cost: reading
// and indexing all features.
func Open(ctx context.Context, dir string, opt Options) (*Engine, error) {
	if opt.Clock == nil {
		opt.Clock = time.Now
	}
	if opt.PastBytes == 0 {
		opt.PastBytes = defaultPastBytes
	}
	if opt.Progress == nil {
		opt.Progress = func(string, int64, int64) {}
	}
	log := opt.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	db, err := store.Open(dir, store.Options{ReadOnly: opt.ReadOnly, Create: !opt.ReadOnly, Logger: opt.Logger})
	if err != nil {
		return nil, err
	}
	e := &Engine{db: db, opt: opt, log: log, queue: make(chan *request, maxGroup), stopped: make(chan struct{}), next: map[feature.LayerID]feature.Number{}}
	if err := e.readAll(ctx); err != nil {
		db.Close()
		return nil, err
	}
	e.view.Store(e.state.view)
	go e.write()
	return e, nil
}

// readAll fills the first state from the store.
func (e *Engine) readAll(ctx context.Context) error {
	head := e.db.Head()
	e.state = state{view: &View{layers: map[feature.LayerID]*LayerView{}}, writers: map[feature.LayerID]*layerWriter{}}
	var total, done int64
	layers := e.db.Layers()
	for _, l := range layers {
		total += l.Count()
	}
	views := make([]*LayerView, 0, len(layers))
	for _, l := range layers {
		start := time.Now()
		w, err := e.readCurrent(ctx, l, func(n int64) { done += n; e.opt.Progress("open", done, total) })
		if err != nil {
			return fmt.Errorf("layer %s: %w", l.Layer.ID, err)
		}
		v, err := w.publish(l.Changed, e.opt.Derived)
		if err != nil {
			return err
		}
		w.added, w.newSchema = nil, false
		e.state.writers[l.Layer.ID] = w
		e.next[l.Layer.ID] = l.NextNumber
		views = append(views, v)
		e.log.Info("layer opened", "layer", l.Layer.ID, "vintage", l.Vintage, "features", v.Len(), "ms", time.Since(start).Milliseconds())
	}
	e.state.view = e.state.view.with(feature.Commit{Seq: head.Seq, Time: head.Time}, views...)
	return nil
}

// readCurrent reads the vintage in force of a layer.
func (e *Engine) readCurrent(ctx context.Context, l store.LayerState, progress func(int64)) (*layerWriter, error) {
	v := store.VintageState{Name: l.Vintage, Count: l.Count()}
	return e.readLayer(l.Layer, v, func(visit func(store.Batch) error) error {
		return e.db.ReadLayer(ctx, l.Layer.ID, l.Vintage, func(b store.Batch) error {
			defer progress(int64(len(b.Features)))
			return visit(b)
		})
	})
}

// readLayer takes in the features of a layer that read visits.
func (e *Engine) readLayer(layer feature.Layer, v store.VintageState, read func(visit func(store.Batch) error) error) (*layerWriter, error) {
	w := newLayerWriter(layer, v.Name)
	b := arena.NewBuilder(int(v.Count), 0, 0)
	err := read(func(batch store.Batch) error {
		for i := range batch.Features {
			f := &batch.Features[i]
			for _, p := range f.Properties {
				w.column(p.Name, p.Value.FieldType())
			}
			if err := b.Add(f, func(name string) int { return w.columns[name] }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	w.join(b)
	return w, nil
}

// SetAddress writes the address on which the data set is served beside its
// lock, so that a second process can name it.
func (e *Engine) SetAddress(addr string) error { return e.db.SetHolder(addr) }

// DiskBytes returns the bytes that the store takes on disk.
func (e *Engine) DiskBytes() int64 { return e.db.Size() }

// Commits returns up to limit commits after a seq, oldest first.
func (e *Engine) Commits(after feature.Seq, limit int) ([]store.CommitInfo, error) {
	return e.db.Commits(after, limit)
}

// sortByNumber sorts slots by their features' numbers.
func sortByNumber(a *arena.Arena, slots []feature.Slot) {
	slices.SortFunc(slots, func(x, y feature.Slot) int { return cmp.Compare(a.Number(x), a.Number(y)) })
}
