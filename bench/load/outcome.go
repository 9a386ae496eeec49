package load

import (
	"math"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Latencies is a histogram of durations from 1 µs to an hour, with three
// significant digits. Longer ones count as an hour. It is not for concurrent
// use.
type Latencies struct{ h *hdrhistogram.Histogram }

const (
	shortest = time.Microsecond
	longest  = time.Hour
	digits   = 3
)

// NewLatencies returns an empty histogram; it takes some 200 kB.
func NewLatencies() Latencies {
	return Latencies{hdrhistogram.New(int64(shortest), int64(longest), digits)}
}

// Tail returns Quantile(q), or NaN where so few durations were recorded that none
// of them lies beyond it: a p99 wants a hundred, a p99.9 a thousand.
func (l Latencies) Tail(q float64) float64 {
	if float64(l.Count())*(1-q) < 1-1e-9 {
		return math.NaN()
	}
	return l.Quantile(q)
}

// Record adds a duration.
func (l Latencies) Record(d time.Duration) {
	// The value is within the range, which is all that could be wrong with it.
	_ = l.h.RecordValue(min(max(int64(d), 0), int64(longest)))
}

// Count returns the number of durations.
func (l Latencies) Count() int64 { return l.h.TotalCount() }

// Quantile returns the duration, in seconds, that a share q in [0,1] of all did
// not exceed; NaN when there is none. Quantile(1) is the longest.
func (l Latencies) Quantile(q float64) float64 {
	if l.h.TotalCount() == 0 {
		return math.NaN()
	}
	return time.Duration(l.h.ValueAtQuantile(100 * q)).Seconds()
}

// Group is what became of the requests of one kind, such as the tiles of one
// zoom.
type Group struct {
	Answers int64 // good ones
	Bytes   int64 // of their bodies as sent
	// Latency runs from when a request was due (in a closed load: was sent) to
	// the end of its answer. Good answers count, and so do those that never came
	// (no answer in time, or not even sent), with the time waited for them, so
	// that they cannot make a run look faster. Answers that said no don't.
	Latency Latencies
	// Service runs from when a request was sent.
	Service Latencies
	Errors  map[string]int64 // by what went wrong
}

// Failed returns the number of requests without a good answer.
func (g *Group) Failed() int64 {
	var n int64
	for _, k := range g.Errors {
		n += k
	}
	return n
}

// Outcome is what came of a load.
type Outcome struct {
	Closed  bool          // each connection sent when its last answer had come
	Offered int64         // requests that were due (closed: sent)
	Unsent  int64         // of those, never sent: all connections were taken until long after the end
	Elapsed time.Duration // from the first request to the last answer
	Groups  []Group
	// Late is how long after its moment a request went out although a connection
	// was free: the error of this program's own clockwork, which is in Latency.
	Late Latencies
}

// Answers returns the number of good answers.
func (o *Outcome) Answers() int64 {
	var n int64
	for i := range o.Groups {
		n += o.Groups[i].Answers
	}
	return n
}

// Failed returns the number of requests without a good answer.
func (o *Outcome) Failed() int64 {
	var n int64
	for i := range o.Groups {
		n += o.Groups[i].Failed()
	}
	return n
}

// Throughput returns good answers a second.
func (o *Outcome) Throughput() float64 { return float64(o.Answers()) / o.Elapsed.Seconds() }

// Total returns all groups as one.
func (o *Outcome) Total() Group {
	t := newGroup()
	for i := range o.Groups {
		g := &o.Groups[i]
		t.Answers += g.Answers
		t.Bytes += g.Bytes
		t.Latency.h.Merge(g.Latency.h)
		t.Service.h.Merge(g.Service.h)
		for what, n := range g.Errors {
			t.Errors[what] += n
		}
	}
	return t
}

func newGroup() Group {
	return Group{Latency: NewLatencies(), Service: NewLatencies(), Errors: map[string]int64{}}
}

// collector gathers an outcome while it comes in.
type collector struct {
	mu  []sync.Mutex // mu[g] guards out.Groups[g]
	own sync.Mutex   // guards the rest of out, and last
	out Outcome
	// last is when the last answer came.
	last time.Time
}

func newCollector(groups int, closed bool) *collector {
	c := &collector{mu: make([]sync.Mutex, groups), out: Outcome{Closed: closed, Groups: make([]Group, groups), Late: NewLatencies()}}
	for i := range c.out.Groups {
		c.out.Groups[i] = newGroup()
	}
	return c
}

// maxErrorKinds bounds the errors that are told apart.
const maxErrorKinds = 20

// record takes in what became of one request.
func (c *collector) record(group int, bytes int, latency, service time.Duration, failure *failure) {
	c.mu[group].Lock()
	defer c.mu[group].Unlock()
	g := &c.out.Groups[group]
	if failure == nil {
		g.Answers++
		g.Bytes += int64(bytes)
		g.Service.Record(service)
	} else {
		what := failure.what
		if _, known := g.Errors[what]; !known && len(g.Errors) >= maxErrorKinds {
			what = "other errors"
		}
		g.Errors[what]++
	}
	if failure == nil || failure.waited {
		g.Latency.Record(latency)
	}
}

// ended takes in that an answer came.
func (c *collector) ended(at time.Time) {
	c.own.Lock()
	defer c.own.Unlock()
	if at.After(c.last) {
		c.last = at
	}
}

func (c *collector) late(by time.Duration) {
	c.own.Lock()
	defer c.own.Unlock()
	c.out.Late.Record(by)
}

func (c *collector) unsent() {
	c.own.Lock()
	defer c.own.Unlock()
	c.out.Unsent++
}
