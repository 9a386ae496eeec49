package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"sync"
	"time"

	"tuban/feature"
	"tuban/store"
)

// The errors of looking into the past.
var (
	// ErrFuture reports a seq that no commit has yet, or a time after the last one.
	ErrFuture = errors.New("that commit is not there yet")
	// ErrNoVintage reports a vintage that a layer did not have then.
	ErrNoVintage = errors.New("no such vintage")
)

// past opens layers as they stood before, on demand, and keeps the last used ones
// within a number of bytes. What has not changed since is shared with the view of
// now, so that the present pays nothing for the past.
type past struct {
	mu      sync.Mutex // guards what follows
	history history
	opened  map[pastKey]*pastLayer
	bytes   int64
	clock   uint64 // counts uses

	building sync.Mutex // one layer is read at a time: reading takes memory
}

// pastKey names a state of a layer: seq is the last change that shows.
type pastKey struct {
	layer   feature.LayerID
	vintage uint32
	seq     feature.Seq
}

// pastLayer is a layer being opened, or opened. view and err may be read once
// done is closed.
type pastLayer struct {
	done  chan struct{}
	view  *LayerView
	err   error
	bytes int64
	used  uint64
}

// AsOf returns the data as it stood after a commit; seq 0 is the empty data set.
// Layers that have changed since are read from disk, which takes as long as
// opening them did; the last used ones are kept (Options.PastBytes). The error
// wraps ErrFuture for a seq above the newest.
func (e *Engine) AsOf(ctx context.Context, seq feature.Seq) (*View, error) {
	now := e.View()
	switch {
	case seq == now.seq:
		return now, nil
	case seq > now.seq:
		return nil, fmt.Errorf("%w: seq %d; the last one is %d", ErrFuture, seq, now.seq)
	case seq == 0:
		return &View{layers: map[feature.LayerID]*LayerView{}}, nil
	}
	layers, err := e.db.LayersAt(seq)
	if err != nil {
		return nil, err
	}
	at, err := e.timeOf(seq)
	if err != nil {
		return nil, err
	}
	views := make([]*LayerView, len(layers))
	for i := range layers {
		if views[i], err = e.layerAt(ctx, now, &layers[i], seq); err != nil {
			return nil, err
		}
	}
	return (&View{}).with(feature.Commit{Seq: seq, Time: at}, views...), nil
}

// AsOfTime returns the data as it stood at a time: after the last commit not
// later. The error wraps ErrFuture for a time after the newest commit that the
// clock has not reached.
func (e *Engine) AsOfTime(ctx context.Context, t time.Time) (*View, error) {
	now := e.View()
	if t.After(e.opt.Clock()) && t.After(now.time) {
		return nil, fmt.Errorf("%w: %s has not come", ErrFuture, t.UTC().Format(time.RFC3339))
	}
	if !t.Before(now.time) {
		return now, nil
	}
	e.past.mu.Lock()
	err := e.past.history.reach(e.db, now.seq)
	seq := e.past.history.seqAt(t)
	e.past.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return e.AsOf(ctx, seq)
}

// Vintage returns a layer in a named edition as a view knows it: the one in force
// there, or the last state of a former one. The error wraps ErrNoLayer or
// ErrNoVintage. Cost: as AsOf.
func (e *Engine) Vintage(ctx context.Context, v *View, id feature.LayerID, name feature.Vintage) (*LayerView, error) {
	l, ok := v.Layer(id)
	if !ok {
		return nil, fmt.Errorf("%w: %s", ErrNoLayer, id)
	}
	if l.vintage == name {
		return l, nil
	}
	last := feature.Seq(0)
	for _, s := range e.db.Layers() {
		if s.Layer.ID != id {
			continue
		}
		for _, edition := range s.Vintages { // the newest of the name that had begun
			if edition.Name == name && edition.From <= v.seq && edition.To != 0 {
				last = min(v.seq, edition.To-1)
			}
		}
	}
	if last == 0 {
		return nil, fmt.Errorf("%w: layer %s has had no %q at seq %d", ErrNoVintage, id, name, v.seq)
	}
	then, err := e.AsOf(ctx, last)
	if err != nil {
		return nil, err
	}
	l, ok = then.Layer(id)
	if !ok || l.vintage != name {
		return nil, fmt.Errorf("%w: layer %s: %q at seq %d", ErrNoVintage, id, name, last)
	}
	return l, nil
}

// timeOf returns the time of a commit.
func (e *Engine) timeOf(seq feature.Seq) (time.Time, error) {
	p := &e.past
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.history.reach(e.db, seq); err != nil {
		return time.Time{}, err
	}
	return p.history.times[seq-1], nil
}

// layerAt returns a layer as of seq: the one of now if it has not changed.
func (e *Engine) layerAt(ctx context.Context, now *View, l *store.PastLayer, seq feature.Seq) (*LayerView, error) {
	p := &e.past
	p.mu.Lock()
	if err := p.history.reach(e.db, seq); err != nil {
		p.mu.Unlock()
		return nil, err
	}
	key := pastKey{l.Layer.ID, l.Vintage.No, p.history.lastChange(l.Layer.ID, seq)}
	if live, ok := now.layers[key.layer]; ok && live.changed == key.seq {
		p.mu.Unlock()
		return live, nil
	}
	o := p.opened[key]
	mine := o == nil
	if mine {
		o = &pastLayer{done: make(chan struct{})}
		if p.opened == nil {
			p.opened = map[pastKey]*pastLayer{}
		}
		p.opened[key] = o
	}
	p.clock++
	o.used = p.clock
	p.mu.Unlock()
	if mine {
		// Others may wait for it: it is read to its end whoever has gone.
		e.openPast(context.WithoutCancel(ctx), key, l, o)
	}
	select {
	case <-o.done:
		return o.view, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// openPast reads a layer of the past for all who wait for it.
func (e *Engine) openPast(ctx context.Context, key pastKey, l *store.PastLayer, o *pastLayer) {
	p := &e.past
	p.building.Lock()
	defer p.building.Unlock()
	began := time.Now()
	o.err = errors.New("opening the past failed") // if it panics
	defer func() {
		close(o.done)
		p.mu.Lock()
		defer p.mu.Unlock()
		if o.err != nil {
			delete(p.opened, key)
			return
		}
		p.bytes += o.bytes
		p.trim(e.opt.PastBytes, o)
	}()
	o.view, o.err = e.readPast(ctx, key, l)
	if o.err != nil {
		o.err = fmt.Errorf("layer %s as of seq %d: %w", key.layer, key.seq, o.err)
		return
	}
	a, b, c := o.view.Memory()
	o.bytes = perLayer + a + b + c + perFeature*int64(o.view.Len())
	e.log.Info("past opened", "layer", key.layer, "vintage", l.Vintage.Name, "seq", key.seq, "features", o.view.Len(), "ms", time.Since(began).Milliseconds())
}

// What keys, index and derived structures take, by an estimate.
const (
	perLayer   = 4096
	perFeature = 200
)

func (e *Engine) readPast(ctx context.Context, key pastKey, l *store.PastLayer) (*LayerView, error) {
	w, err := e.readLayer(l.Layer, l.Vintage, func(visit func(store.Batch) error) error {
		return e.db.ReadLayerAt(ctx, key.layer, key.vintage, key.seq, visit)
	})
	if err != nil {
		return nil, err
	}
	return w.publish(key.seq, e.opt.Derived)
}

// trim lets go of the layers that were used longest ago until the rest fits;
// keep stays in any case.
func (p *past) trim(limit int64, keep *pastLayer) {
	for p.bytes > limit {
		var oldest pastKey
		var victim *pastLayer
		for k, o := range p.opened {
			if o != keep && o.bytes > 0 && (victim == nil || o.used < victim.used) {
				oldest, victim = k, o
			}
		}
		if victim == nil {
			return
		}
		p.bytes -= victim.bytes
		delete(p.opened, oldest)
	}
}

// history is what the commits up to a seq have changed, read from the store when
// it is first asked for.
type history struct {
	times   []time.Time // of commit 1, 2, …
	changes map[feature.LayerID][]feature.Seq
}

// reach reads the commits up to a seq.
func (h *history) reach(db *store.DB, seq feature.Seq) error {
	const page = 4096
	for feature.Seq(len(h.times)) < seq {
		infos, err := db.Commits(feature.Seq(len(h.times)), page)
		if err != nil {
			return err
		}
		if len(infos) == 0 {
			return fmt.Errorf("%w: seq %d", ErrFuture, seq)
		}
		if h.changes == nil {
			h.changes = map[feature.LayerID][]feature.Seq{}
		}
		for _, c := range infos {
			h.times = append(h.times, c.Time)
			for _, l := range c.Layers {
				h.changes[l.Layer] = append(h.changes[l.Layer], c.Seq)
			}
		}
	}
	return nil
}

// lastChange returns the last commit up to seq that changed a layer.
func (h *history) lastChange(id feature.LayerID, seq feature.Seq) feature.Seq {
	seqs := h.changes[id]
	i, found := slices.BinarySearch(seqs, seq)
	if !found {
		i--
	}
	return seqs[i]
}

// seqAt returns the last commit not after a time, 0 before the first.
func (h *history) seqAt(t time.Time) feature.Seq {
	return feature.Seq(sort.Search(len(h.times), func(i int) bool { return h.times[i].After(t) }))
}
