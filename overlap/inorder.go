package overlap

import (
	"context"
	"io"
	"runtime"
	"sync"
)

// InOrder works on many items at once and gives them back one after another in
// the order in which they came. What is in memory is bounded: at most Ahead
// items, and no item is fetched while those under way hold more than MaxBytes.
// Items are used again: Next finds in its argument what Done left there.
type InOrder[T any] struct {
	// Next fills in the next item, or returns io.EOF after the last one, or an
	// error that ends the run once the items before it are done. It is called by
	// one goroutine.
	Next func(*T) error
	// Worker returns a function that works on items, each on a goroutine of its
	// own, and has no other user.
	Worker func() func(*T)
	// Done takes finished items, in order, in the goroutine of Run. An error ends
	// the run.
	Done func(*T) error
	// Idle, if set, is called before Run waits: nothing more is finished now.
	Idle func() error
	// Bytes, if set, tells what an item holds: asked after Next and after the work.
	Bytes func(*T) int
	// Abort, if set, makes a Next that waits return. It is called when a run ends
	// before Next has returned an error.
	Abort func()

	Workers  int // 0 is one for each processor
	Ahead    int // 0 is 32 for each worker
	MaxBytes int // 0 is 64 MiB
}

// cell carries one item along.
type cell[T any] struct {
	item  T
	bytes int
	ready chan struct{} // takes one when the work is done
}

// Run runs until Next has no more, ctx ends, or something fails, and returns
// the first error in the order of the items. All goroutines it started have
// ended when it returns.
func (p InOrder[T]) Run(ctx context.Context) error {
	if p.Workers <= 0 {
		p.Workers = runtime.GOMAXPROCS(0)
	}
	if p.Ahead <= 0 {
		p.Ahead = 32 * p.Workers
	}
	if p.MaxBytes <= 0 {
		p.MaxBytes = 64 << 20
	}
	r := &inOrder[T]{InOrder: p, free: make(chan *cell[T], p.Ahead),
		order: make(chan *cell[T], p.Ahead), work: make(chan *cell[T], p.Ahead)}
	r.ctx, r.cancel = context.WithCancel(ctx)
	r.room.L = &r.mu
	for range p.Ahead {
		r.free <- &cell[T]{ready: make(chan struct{}, 1)}
	}
	wake := context.AfterFunc(r.ctx, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.room.Broadcast()
	})
	defer wake()
	r.start()
	err := r.collect()
	r.cancel()
	select {
	case <-r.fetched:
	default:
		if p.Abort != nil {
			p.Abort()
		}
	}
	r.all.Wait()
	return err
}

// inOrder is one run.
type inOrder[T any] struct {
	InOrder[T]
	ctx         context.Context
	cancel      context.CancelFunc
	free        chan *cell[T]
	order, work chan *cell[T]
	all         sync.WaitGroup
	fetched     chan struct{} // closed when Next is called no more
	end         error         // of Next; read after order is closed

	mu    sync.Mutex // guards held and count
	room  sync.Cond
	held  int // bytes
	count int // cells under way
}

func (r *inOrder[T]) start() {
	r.fetched = make(chan struct{})
	r.all.Go(func() {
		defer close(r.work)
		defer close(r.order)
		defer close(r.fetched)
		r.end = r.fetch()
	})
	for range r.Workers {
		r.all.Go(func() {
			do := r.Worker()
			for c := range r.work {
				if r.ctx.Err() == nil {
					do(&c.item)
					r.weigh(c)
				}
				c.ready <- struct{}{}
			}
		})
	}
}

// fetch hands items on until there are no more.
func (r *inOrder[T]) fetch() error {
	for {
		var c *cell[T]
		select {
		case c = <-r.free:
		case <-r.ctx.Done():
			return r.ctx.Err()
		}
		if err := r.waitForRoom(); err != nil {
			return err
		}
		if err := r.Next(&c.item); err != nil {
			return err
		}
		r.mu.Lock()
		r.count++
		r.mu.Unlock()
		r.weigh(c)
		r.order <- c // never waits: there is room for all cells
		r.work <- c
	}
}

// waitForRoom waits while what is under way holds too much.
func (r *inOrder[T]) waitForRoom() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.held > r.MaxBytes && r.count > 0 && r.ctx.Err() == nil {
		r.room.Wait()
	}
	return r.ctx.Err()
}

// weigh notes what a cell holds now.
func (r *inOrder[T]) weigh(c *cell[T]) {
	if r.Bytes == nil {
		return
	}
	n := r.Bytes(&c.item)
	r.mu.Lock()
	r.held += n - c.bytes
	r.mu.Unlock()
	c.bytes = n
}

// giveBack frees a cell that is done.
func (r *inOrder[T]) giveBack(c *cell[T]) {
	r.mu.Lock()
	r.held -= c.bytes
	r.count--
	r.room.Signal()
	r.mu.Unlock()
	c.bytes = 0
	r.free <- c
}

// collect takes the cells in order.
func (r *inOrder[T]) collect() error {
	for {
		c, err := await(r, r.order)
		if err == io.EOF { // closed: r.end is there
			if r.end == io.EOF {
				return nil
			}
			return r.end
		}
		if err == nil {
			_, err = await(r, c.ready)
		}
		if err == nil {
			err = r.Done(&c.item)
		}
		if err != nil {
			return err
		}
		r.giveBack(c)
	}
}

// await receives from a channel, with a call of Idle before waiting. io.EOF
// says that it is closed.
func await[T, V any](r *inOrder[T], from <-chan V) (v V, err error) {
	ok := false
	select {
	case v, ok = <-from:
	default:
		if r.Idle != nil {
			if err := r.Idle(); err != nil {
				return v, err
			}
		}
		select {
		case v, ok = <-from:
		case <-r.ctx.Done():
			return v, context.Cause(r.ctx)
		}
	}
	if !ok {
		return v, io.EOF
	}
	return v, nil
}
