package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/store"
)

// Derived builds a structure beside each layer (prepared shapes, pyramids) that
// is published in the same View as the features it was built from.
type Derived interface {
	// Name is the key for LayerView.Derived.
	Name() string
	// Derive returns the layer's value after slots were added and removed; prev
	// must not be changed: readers hold it. It is nil, and all slots are added, at
	// first and when the layer's kind or class field has changed.
	Derive(prev any, l feature.Geometries, added, removed []feature.Slot) (any, error)
}

// Proposal is what a guard judges: a commit of changes, of a load, or of a
// descriptor.
type Proposal struct {
	Meta    Meta
	Changes []feature.Change // numbered and measured
	Load    *LoadSpec        // or a load into this layer
	Layer   *feature.Layer   // or a new descriptor
}

// Guard refuses commits. Check runs under the writer's lock on the state before
// the commit and returns nil or the reason (a typed error with a rule id).
type Guard struct {
	Name  string
	Check func(before *View, p Proposal) error
}

// Meta is who commits and why.
type Meta struct {
	Author string
	Reason string
}

// LayerEvent is what a commit did to one layer.
type LayerEvent struct {
	Layer                   feature.LayerID
	Vintage                 feature.Vintage
	Added, Updated, Deleted int
	// Bounds cover all geometry that came, changed or went; at most 64 boxes.
	Bounds []orb.Bound
	// Schema says that the descriptor or the vintage changed: everything drawn
	// from the layer may differ.
	Schema bool
}

// Event is a commit with what it touched.
type Event struct {
	feature.Commit
	Layers []LayerEvent
}

// Result is the answer to a commit.
type Result struct {
	Seq  feature.Seq
	Time time.Time
	// View shows the commit (and perhaps later ones of the same group).
	View *View
	// Changes are the changes as committed: numbered, with ids.
	Changes []feature.Change
	// Problems[i] is what was found in the geometry of Changes[i].
	Problems [][]geom.Problem
}

// Options configure Open. The zero value works.
type Options struct {
	Logger  *slog.Logger // nil is silence
	Derived []Derived
	Guards  []Guard
	// BeforePublish runs in the writer's goroutine with each commit's event,
	// after it is on disk and before its View can be seen.
	BeforePublish []func(Event)
	Clock         func() time.Time // nil is time.Now
	Progress      func(stage string, done, total int64)
	ReadOnly      bool
	// PastBytes bounds what AsOf keeps open of the past; 0 is 512 MiB. The state
	// asked for last is kept even if it is larger.
	PastBytes int64
}

const defaultPastBytes = 512 << 20

// The errors that a commit may end in, beside those of its function and guards.
var (
	ErrClosed       = errors.New("the data set is closed")
	ErrNoLayer      = errors.New("no such layer")
	ErrNoFeature    = errors.New("no such feature")
	ErrExists       = errors.New("a feature with this id exists")
	ErrPrecondition = errors.New("the feature has changed")
	ErrReadOnly     = errors.New("the data set is open for reading only")
)

// Engine is an opened data set.
type Engine struct {
	db      *store.DB
	opt     Options
	log     *slog.Logger
	view    atomic.Pointer[View]
	queue   chan *request
	stopped chan struct{} // closed when the writer's goroutine has ended
	feed    feed
	past    past

	closing sync.RWMutex // guards closed and sends to queue
	closed  bool

	// Owned by the writer's goroutine:
	state state
	next  map[feature.LayerID]feature.Number // the next number of each layer
}

// View returns the newest published view. It costs one atomic load.
func (e *Engine) View() *View { return e.view.Load() }

// Close waits for the commits under way, then closes the store.
func (e *Engine) Close() error {
	e.closing.Lock()
	if e.closed {
		e.closing.Unlock()
		return nil
	}
	e.closed = true
	close(e.queue)
	e.closing.Unlock()
	<-e.stopped
	e.feed.close()
	return e.db.Close()
}

// Commit runs fn on the newest state under the writer's lock and commits the
// changes that it returns: OpPut with Number 0 adds (ErrExists if its id is
// taken; an empty id is assigned), with a Number replaces; OpDelete removes. An
// error from fn is returned as it is and nothing is committed. No changes is no
// commit: the result then shows the state as it stands.
func (e *Engine) Commit(ctx context.Context, meta Meta, fn func(v *View) ([]feature.Change, error)) (Result, error) {
	return e.submit(ctx, &request{meta: meta, fn: fn})
}

// PutLayer makes a layer or replaces its descriptor. Fields that features carry
// are kept even if the new descriptor lacks them.
func (e *Engine) PutLayer(ctx context.Context, meta Meta, layer feature.Layer) (Result, error) {
	if err := layer.Check(); err != nil {
		return Result{}, fmt.Errorf("%w: %w", ErrBadLayer, err)
	}
	return e.submit(ctx, &request{meta: meta, layer: &layer})
}

// ErrBadLayer reports a descriptor that does not hold.
var ErrBadLayer = errors.New("bad layer descriptor")
