package load

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

func TestSchedule(t *testing.T) {
	take := func(s *schedule) (due []time.Duration) {
		for {
			i, d, ok := s.take(0)
			if !ok {
				return due
			}
			if i != int64(len(due)) {
				t.Fatalf("arrival %d comes as number %d", len(due), i)
			}
			due = append(due, d)
		}
	}
	t.Run("even", func(t *testing.T) {
		due := take(newSchedule(Arrivals{Rate: 3}, 2*time.Second, 0))
		if len(due) != 6 || due[0] != 0 || due[5].Round(time.Millisecond) != 1667*time.Millisecond {
			t.Errorf("%v", due)
		}
	})
	t.Run("no drift", func(t *testing.T) {
		due := take(newSchedule(Arrivals{Rate: 7}, 10_000*time.Second, 0))
		if n := len(due); n != 70_000 || due[63_000] != 9000*time.Second {
			t.Errorf("%d arrivals, number 63,000 at %v", n, due[63_000])
		}
	})
	t.Run("poisson", func(t *testing.T) {
		a := take(newSchedule(Arrivals{Rate: 1000, Poisson: true, Seed: 4}, 20*time.Second, 0))
		b := take(newSchedule(Arrivals{Rate: 1000, Poisson: true, Seed: 4}, 20*time.Second, 0))
		if len(a) != len(b) || a[len(a)-1] != b[len(b)-1] {
			t.Error("the same seed gives other arrivals")
		}
		if math.Abs(float64(len(a))-20_000) > 5*math.Sqrt(20_000) {
			t.Errorf("%d arrivals, want about 20,000", len(a))
		}
		// The gaps of a Poisson process vary as much as they last on average.
		sum, square := 0.0, 0.0
		for i := 1; i < len(a); i++ {
			g := (a[i] - a[i-1]).Seconds()
			sum, square = sum+g, square+g*g
		}
		mean := sum / float64(len(a)-1)
		if deviation := math.Sqrt(square/float64(len(a)-1) - mean*mean); math.Abs(deviation/mean-1) > 0.05 {
			t.Errorf("the gaps are %v ± %v", mean, deviation)
		}
	})
	t.Run("most", func(t *testing.T) {
		s := newSchedule(Arrivals{Rate: 1000}, time.Hour, 17)
		if n := len(take(s)); n != 17 || s.taken() != 17 {
			t.Errorf("%d arrivals", n)
		}
	})
	t.Run("closed", func(t *testing.T) {
		s := newSchedule(Arrivals{}, time.Second, 0)
		if _, due, ok := s.take(400 * time.Millisecond); !ok || due != 400*time.Millisecond {
			t.Errorf("due at %v, %v", due, ok)
		}
		if _, _, ok := s.take(time.Second); ok {
			t.Error("an arrival after the end")
		}
	})
}

// stalling is a server that answers at once, but for one request, which holds
// everything up.
func stalling(t *testing.T, at int64, stall time.Duration) string {
	var n atomic.Int64
	gate := make(chan struct{}, 1)
	gate <- struct{}{}
	return serve(t, &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		<-gate
		defer func() { gate <- struct{}{} }()
		if n.Add(1) == at {
			time.Sleep(stall)
		}
		ctx.SetBodyString("ok")
	}})
}

// TestNoCoordinatedOmission stalls a server once for 400 ms under 200 requests a
// second. Some 80 requests fall due meanwhile, on average 200 ms before it goes
// on: they are 40 % of a second's. A closed load sees only those few that its
// connections hold.
func TestNoCoordinatedOmission(t *testing.T) {
	const stall = 400 * time.Millisecond
	for _, connections := range []int{1, 4, 200} {
		t.Run(fmt.Sprintf("open, %d connections", connections), func(t *testing.T) {
			t.Parallel()
			out := drive(t, stalling(t, 40, stall), Load{Arrivals: Arrivals{Rate: 200}, Duration: time.Second, Connections: connections, Grace: 5 * time.Second})
			g := out.Total()
			if out.Closed || g.Answers != 200 || g.Failed() != 0 {
				t.Fatalf("%d answers, %d errors", g.Answers, g.Failed())
			}
			p80, p99, most := g.Latency.Quantile(0.8), g.Latency.Quantile(0.99), g.Latency.Quantile(1)
			if p80 < 0.1 || p99 < 0.35 || most < 0.39 {
				t.Errorf("p80 %v s, p99 %v s, the longest %v s: the stall is left out", p80, p99, most)
			}
			// One request was held up, the others waited to be sent.
			if sent := g.Service.Quantile(0.8); connections == 1 && sent > p80/2 {
				t.Errorf("p80 from sending is %v s, from being due %v s", sent, p80)
			}
		})
	}
	t.Run("closed", func(t *testing.T) {
		t.Parallel()
		out := drive(t, stalling(t, 40, stall), Load{Duration: time.Second, Connections: 1})
		if g := out.Total(); !out.Closed || g.Latency.Quantile(0.99) > 0.2 {
			t.Errorf("p99 %v s over %d requests: a closed load leaves the stall out", g.Latency.Quantile(0.99), g.Answers)
		}
	})
}

func drive(t *testing.T, url string, l Load) *Outcome {
	t.Helper()
	c, err := NewClient(url, l.Connections, 10*time.Second, "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	exchanges := make([]Exchange, l.Connections)
	out, err := Drive(t.Context(), l, 1, func(int64) int { return 0 }, func(_ context.Context, call *Call) {
		x := &exchanges[call.Worker]
		call.done(x, 0, c.Do(x, c.Get("/")), nil)
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestOverload offers more than a server can take: what is never sent counts,
// with the time that it waited.
func TestOverload(t *testing.T) {
	t.Parallel()
	slow := serve(t, &fasthttp.Server{Handler: func(*fasthttp.RequestCtx) { time.Sleep(50 * time.Millisecond) }})
	out := drive(t, slow, Load{Arrivals: Arrivals{Rate: 200}, Duration: 500 * time.Millisecond, Connections: 1, Grace: 200 * time.Millisecond})
	g := out.Total()
	if out.Offered != 100 || out.Unsent == 0 || g.Answers+g.Failed() != 100 || g.Errors["not sent in time"] != out.Unsent {
		t.Fatalf("%d offered, %d unsent, %d answers, errors %v", out.Offered, out.Unsent, g.Answers, g.Errors)
	}
	if p50 := g.Latency.Quantile(0.5); p50 < 0.2 {
		t.Errorf("p50 %v s: what was not sent is left out", p50)
	}
	if rate := out.Throughput(); rate > 22 {
		t.Errorf("%v answers a second from a server that gives 20", rate)
	}
}

func TestErrorsAreTold(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	flaky := serve(t, &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		switch n.Add(1) % 3 {
		case 0:
			ctx.Error("no", fasthttp.StatusServiceUnavailable)
		case 1:
			ctx.SetConnectionClose()
		}
	}})
	out := drive(t, flaky, Load{Arrivals: Arrivals{Rate: 300}, Duration: 300 * time.Millisecond, Connections: 2, Grace: time.Second})
	g := out.Total()
	if g.Answers != 60 || g.Errors["status 503"] != 30 {
		t.Errorf("%d answers, errors %v", g.Answers, g.Errors)
	}
	if n := g.Latency.Count(); n != 60 {
		t.Errorf("%d latencies: those who were told no have none", n)
	}
	refused := drive(t, "http://127.0.0.1:1", Load{Arrivals: Arrivals{Rate: 100}, Duration: 50 * time.Millisecond, Connections: 1, Grace: time.Second})
	if g := refused.Total(); g.Answers != 0 || g.Errors["connection refused"] != 5 {
		t.Errorf("errors %v", g.Errors)
	}
}

func TestNoAnswerInTimeIsALatency(t *testing.T) {
	t.Parallel()
	mute := serve(t, &fasthttp.Server{Handler: func(*fasthttp.RequestCtx) { time.Sleep(300 * time.Millisecond) }})
	c, err := NewClient(mute, 1, 60*time.Millisecond, "")
	if err != nil {
		t.Fatal(err)
	}
	var x Exchange
	out, err := Drive(t.Context(), Load{Arrivals: Arrivals{Rate: 100}, Duration: 10 * time.Millisecond, Connections: 1, Grace: time.Second}, 1,
		func(int64) int { return 0 }, func(_ context.Context, call *Call) { call.done(&x, 0, c.Do(&x, c.Get("/")), nil) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := out.Total()
	if g.Errors["no answer in time"] != 1 || g.Latency.Count() != 1 || g.Latency.Quantile(1) < 0.06 {
		t.Errorf("errors %v, %d latencies, the longest %v", g.Errors, g.Latency.Count(), g.Latency.Quantile(1))
	}
}

// TestEndsWithContext wants a drive that waits for a mute server ended at once.
func TestEndsWithContext(t *testing.T) {
	t.Parallel()
	mute := serve(t, &fasthttp.Server{Handler: func(*fasthttp.RequestCtx) { time.Sleep(time.Second) }})
	c, err := NewClient(mute, 2, time.Minute, "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	defer c.Watch(ctx)()
	exchanges := make([]Exchange, 2)
	began := time.Now()
	_, err = Drive(ctx, Load{Arrivals: Arrivals{Rate: 100}, Duration: time.Minute, Connections: 2}, 1, func(int64) int { return 0 },
		func(_ context.Context, call *Call) {
			x := &exchanges[call.Worker]
			call.done(x, 0, c.Do(x, c.Get("/")), nil)
		}, nil)
	if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took > 800*time.Millisecond {
		t.Errorf("%v after %v", err, took)
	}
}

func TestTails(t *testing.T) {
	l := NewLatencies()
	for i := range 999 {
		l.Record(time.Duration(i) * time.Millisecond)
	}
	if !math.IsNaN(l.Tail(0.999)) || math.Abs(l.Tail(0.99)-0.989) > 0.002 || math.Abs(l.Quantile(0.5)-0.499) > 0.002 {
		t.Errorf("p99.9 %v, p99 %v, p50 %v", l.Tail(0.999), l.Tail(0.99), l.Quantile(0.5))
	}
	l.Record(2 * time.Hour)
	if got := l.Quantile(1); math.Abs(got-3600) > 4 || math.IsNaN(l.Tail(0.999)) {
		t.Errorf("the longest is %v, p99.9 %v", got, l.Tail(0.999))
	}
}
