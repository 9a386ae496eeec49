package load

import (
	"context"
	"sync"
	"time"

	"tuban/bench"
)

// Load is how hard a server is worked.
type Load struct {
	Arrivals
	Connections int           // requests under way at once, at most
	Duration    time.Duration // no request is due later
	Most        int64         // most requests; 0 is any number
	// Grace is how long after Duration requests that are due but had to wait are
	// still sent.
	Grace time.Duration
}

// Call is one arrival that is being worked on.
type Call struct {
	Index  int64 // of the arrival, from 0
	Worker int   // which of Load.Connections does it, from 0
	Due    time.Time
	Sent   time.Time
	c      *collector
}

// Answered takes in a good answer of a group: when its last byte had come, and
// the bytes of its body.
func (c *Call) Answered(group int, at time.Time, bytes int) {
	c.c.record(group, bytes, at.Sub(c.Due), at.Sub(c.Sent), nil)
	c.c.ended(at)
}

// Failed takes in that there was no good answer.
func (c *Call) Failed(group int, err error) {
	now := time.Now()
	c.c.record(group, 0, now.Sub(c.Due), now.Sub(c.Sent), failureOf(err))
	c.c.ended(now)
}

// Drive does work for every arrival of a load, with a goroutine for each
// connection, and gathers what it says by group (0 to groups-1). unsent is the
// group that an arrival which was never sent counts in; work must say something
// for each call. It ends with the context's error when that ends.
func Drive(ctx context.Context, l Load, groups int, unsent func(i int64) int, work func(ctx context.Context, c *Call), progress bench.Progress) (*Outcome, error) {
	d := &driver{
		load: l, unsent: unsent, work: work, progress: progress,
		schedule: newSchedule(l.Arrivals, l.Duration, l.Most), collector: newCollector(groups, l.Rate == 0),
		due: make(chan arrival), start: time.Now(),
	}
	var wg sync.WaitGroup
	if l.Rate > 0 {
		wg.Go(func() { d.clock(ctx) })
	}
	for n := range max(1, l.Connections) {
		wg.Go(func() { d.worker(ctx, n) })
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := &d.collector.out
	out.Offered = d.schedule.taken()
	out.Elapsed = max(d.collector.last.Sub(d.start), time.Nanosecond)
	if l.Rate > 0 { // the server was under load for as long as requests were due
		out.Elapsed = max(out.Elapsed, time.Duration(float64(out.Offered)/l.Rate*float64(time.Second)))
	}
	return out, nil
}

type driver struct {
	load      Load
	unsent    func(int64) int
	work      func(context.Context, *Call)
	progress  bench.Progress
	schedule  *schedule
	collector *collector
	start     time.Time
	due       chan arrival // of an open load, from the clock
}

// arrival is one that is due, or was.
type arrival struct {
	index  int64
	at     time.Time
	prompt bool // a connection was free when it was due
}

// clock gives arrivals to the workers when they are due. It has a thread of its
// own, which sleeps more exactly than Go's timers. While all workers are busy it
// waits for one; what falls due meanwhile comes late, with its own due time.
func (d *driver) clock(ctx context.Context) {
	defer close(d.due)
	pause := preciseSleep()
	for {
		i, due, ok := d.schedule.take(0)
		if !ok {
			return
		}
		a := arrival{index: i, at: d.start.Add(due)}
		for wait := time.Until(a.at); wait > 0 && ctx.Err() == nil; wait = time.Until(a.at) {
			const most = 50 * time.Millisecond // then ctx is looked at
			a.prompt = true
			pause(min(wait, most))
		}
		select {
		case d.due <- a:
			continue
		default:
			a.prompt = false
		}
		select {
		case d.due <- a:
		case <-ctx.Done():
			return
		}
	}
}

// next returns the next arrival for a worker: that of the clock, or in a closed
// load one that is due at once.
func (d *driver) next() (arrival, bool) {
	if d.load.Rate > 0 {
		a, ok := <-d.due
		return a, ok
	}
	i, _, ok := d.schedule.take(time.Since(d.start))
	return arrival{index: i, at: time.Now()}, ok
}

// worker takes arrivals and does them.
func (d *driver) worker(ctx context.Context, n int) {
	for ctx.Err() == nil {
		a, ok := d.next()
		if !ok {
			return
		}
		if n == 0 { // one of them tells
			d.tell()
		}
		c := Call{Index: a.index, Worker: n, Due: a.at, Sent: time.Now(), c: d.collector}
		if a.prompt {
			d.collector.late(c.Sent.Sub(c.Due))
		}
		if d.load.Rate > 0 && c.Sent.Sub(d.start) > d.load.Duration+d.load.Grace {
			d.collector.unsent()
			c.Failed(d.unsent(c.Index), errUnsent)
			continue
		}
		d.work(ctx, &c)
	}
}

// tell tells how far the load is, in milliseconds.
func (d *driver) tell() {
	d.progress.Say("load", min(time.Since(d.start), d.load.Duration).Milliseconds(), d.load.Duration.Milliseconds())
}

// done takes in what an exchange brought.
func (c *Call) done(x *Exchange, group int, err error, accept func(*Exchange) error) {
	at := time.Now()
	if err == nil && accept != nil {
		err = accept(x)
	}
	if err != nil {
		c.Failed(group, err)
		return
	}
	c.Answered(group, at, x.Sent())
}
