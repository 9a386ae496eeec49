package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"tuban/feature"
	"tuban/geom"
	"tuban/store"
)

// maxGroup is how many waiting commits share one fsync.
const maxGroup = 256

// request is one commit on its way through the writer's goroutine.
type request struct {
	ctx     context.Context
	meta    Meta
	fn      func(*View) ([]feature.Change, error) // a commit of changes
	layer   *feature.Layer                        // or of a descriptor
	load    *sealedLoad                           // or of a load
	reserve *reservation                          // or no commit: numbers for a load
	done    chan outcome
}

type outcome struct {
	result Result
	err    error
}

// state is what the writer's goroutine builds on: the newest view and the
// writers of its layers.
type state struct {
	view    *View
	writers map[feature.LayerID]*layerWriter
}

// prepared is a commit that waits for its group's fsync.
type prepared struct {
	req    *request
	record store.Record
	result Result
	event  Event
}

// submit hands a request to the writer and waits for its answer. A context that
// ends while the commit is under way does not undo it.
func (e *Engine) submit(ctx context.Context, r *request) (Result, error) {
	if e.opt.ReadOnly {
		return Result{}, ErrReadOnly
	}
	r.ctx, r.done = ctx, make(chan outcome, 1)
	e.closing.RLock()
	if e.closed {
		e.closing.RUnlock()
		return Result{}, ErrClosed
	}
	select {
	case e.queue <- r:
		e.closing.RUnlock()
	case <-ctx.Done():
		e.closing.RUnlock()
		return Result{}, ctx.Err()
	}
	out := <-r.done
	return out.result, out.err
}

// write is the writer's goroutine.
func (e *Engine) write() {
	defer close(e.stopped)
	for r := range e.queue {
		group := []*request{r}
	gather:
		for len(group) < maxGroup {
			select {
			case r, ok := <-e.queue:
				if !ok {
					break gather
				}
				group = append(group, r)
			default:
				break gather
			}
		}
		e.commitGroup(group)
	}
}

// commitGroup prepares each request on the state that the one before it left,
// makes all of them durable at once, then publishes and answers.
func (e *Engine) commitGroup(group []*request) {
	st := e.state
	var ready []*prepared
	for _, r := range group {
		p, next, err := e.prepare(st, r)
		switch {
		case err != nil:
			r.done <- outcome{err: err}
		case p == nil: // nothing to commit
			r.done <- outcome{result: Result{Seq: st.view.seq, Time: st.view.time, View: st.view}}
		default:
			ready, st = append(ready, p), next
		}
	}
	if len(ready) == 0 {
		return
	}
	records := make([]store.Record, len(ready))
	for i, p := range ready {
		records[i] = p.record
	}
	if err := e.db.Commit(context.Background(), records); err != nil {
		for _, p := range ready {
			p.req.done <- outcome{err: fmt.Errorf("commit: %w", err)}
		}
		return
	}
	e.state = st
	for _, p := range ready {
		for _, hook := range e.opt.BeforePublish {
			hook(p.event)
		}
	}
	e.view.Store(st.view)
	for _, p := range ready {
		e.feed.send(p.event)
		p.result.View = st.view
		p.req.done <- outcome{result: p.result}
	}
}

// prepare returns the commit of a request and the state after it; nil for a
// request that commits nothing. A panic in a caller's function, a guard or a
// Derived becomes that request's error.
func (e *Engine) prepare(st state, r *request) (p *prepared, next state, err error) {
	defer func() {
		if x := recover(); x != nil {
			p, err = nil, fmt.Errorf("panic in a commit: %v", x)
		}
	}()
	if err := r.ctx.Err(); err != nil {
		return nil, st, err
	}
	if r.reserve != nil {
		e.reserve(st, r.reserve)
		return nil, st, nil
	}
	p = &prepared{req: r}
	p.event.Commit = feature.Commit{Seq: st.view.seq + 1, Time: e.now(st.view.time), Author: r.meta.Author, Reason: r.meta.Reason}
	next = state{writers: maps.Clone(st.writers)}
	var touched []*layerWriter
	switch {
	case r.layer != nil:
		touched, err = e.prepareLayer(next, r.layer)
	case r.load != nil:
		touched, err = e.prepareLoad(next, r.load, p)
	default:
		touched, err = e.prepareChanges(st.view, next, r, p)
	}
	if err != nil || len(touched) == 0 {
		return nil, st, err
	}
	proposal := Proposal{Meta: r.meta, Changes: p.result.Changes, Layer: r.layer}
	if r.load != nil {
		proposal.Load = &r.load.spec
	}
	for _, g := range e.opt.Guards {
		if err := g.Check(st.view, proposal); err != nil {
			return nil, st, err
		}
	}
	views := make([]*LayerView, len(touched))
	for i, w := range touched {
		if w.newSchema {
			p.record.Layers = append(p.record.Layers, store.LayerPut{Layer: *w.layer})
		}
		if views[i], err = w.publish(p.event.Seq, e.opt.Derived); err != nil {
			return nil, st, err
		}
		p.event.Layers = append(p.event.Layers, w.event)
		w.added, w.removed = nil, nil
	}
	p.record.Commit = p.event.Commit
	p.result.Seq, p.result.Time = p.event.Seq, p.event.Time
	next.view = st.view.with(p.event.Commit, views...)
	return p, next, nil
}

// now returns the time of the next commit: UTC, never before the last one.
func (e *Engine) now(last time.Time) time.Time {
	t := e.opt.Clock().UTC().Truncate(time.Microsecond)
	if t.Before(last) {
		return last
	}
	return t
}

// prepareLayer takes a new or changed descriptor.
func (e *Engine) prepareLayer(next state, layer *feature.Layer) ([]*layerWriter, error) {
	w, ok := next.writers[layer.ID]
	if ok {
		w = w.fork()
		w.replaceDescriptor(layer.Clone())
	} else {
		w = newLayerWriter(layer.Clone(), feature.BaseVintage)
		w.event = LayerEvent{Layer: layer.ID, Vintage: w.vintage, Schema: true}
	}
	next.writers[layer.ID] = w
	return []*layerWriter{w}, nil
}

// prepareChanges runs a commit's function and takes its changes.
func (e *Engine) prepareChanges(view *View, next state, r *request, p *prepared) ([]*layerWriter, error) {
	asked, err := r.fn(view)
	if err != nil || len(asked) == 0 {
		return nil, err
	}
	changes := slices.Clone(asked)
	problems := make([][]geom.Problem, len(changes))
	was := make([]store.Was, len(changes))
	byLayer := map[feature.LayerID][]int{}
	var order []feature.LayerID
	for i := range changes {
		id := changes[i].Layer
		if _, ok := next.writers[id]; !ok {
			return nil, fmt.Errorf("%w: %s", ErrNoLayer, id)
		}
		if byLayer[id] == nil {
			order = append(order, id)
		}
		byLayer[id] = append(byLayer[id], i)
	}
	var touched []*layerWriter
	for _, id := range order {
		w := next.writers[id].fork()
		mine := make([]feature.Change, 0, len(byLayer[id]))
		n := e.newNumbering(w.keys, id)
		for _, i := range byLayer[id] {
			c := &changes[i]
			if problems[i], err = n.check(w.layer, c); err != nil {
				return nil, err
			}
			was[i] = w.was(c.Feature.Number)
			c.Feature.Version = p.event.Seq
			mine = append(mine, *c)
		}
		if err := w.apply(mine); err != nil {
			return nil, err
		}
		next.writers[id] = w
		touched = append(touched, w)
	}
	p.record.Changes, p.record.Was = changes, was
	p.result.Changes, p.result.Problems = changes, problems
	return touched, nil
}
