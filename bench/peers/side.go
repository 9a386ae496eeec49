package peers

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"tuban/bench"
)

// side is one engine with the cases of a row: a closed loop over a number of
// connections, each of which asks the next case when it has its answer.
type side struct {
	name    string
	workers int // connections; each worker belongs to one goroutine at a time
	cases   int
	weight  int // answers in a case, 0 is 1
	// ask answers a case and returns the bytes of the answer.
	ask func(ctx context.Context, worker, i int) (int64, error)
	cpu func() (time.Duration, error) // of all processes of the engine

	passes int           // over all cases in a round; set by calibrate
	took   bench.Samples // seconds of every ask in the rounds
}

// errSlow ends a pass that is past its limit.
var errSlow = errors.New("past its time limit")

// pass asks all cases so many times. A limit of 0 is none.
func (s *side) pass(ctx context.Context, times int, limit time.Duration) (bench.Cost, bench.Samples, error) {
	cpu, err := s.cpu()
	if err != nil {
		return bench.Cost{}, nil, err
	}
	var next, size atomic.Int64
	total, began := int64(times*s.cases), time.Now()
	took, errs := make([]bench.Samples, s.workers), make([]error, s.workers)
	var wait sync.WaitGroup
	for w := range s.workers {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < total; i = next.Add(1) - 1 {
				asked := time.Now()
				if limit > 0 && asked.Sub(began) > limit {
					errs[w] = errSlow
					return
				}
				n, err := s.ask(ctx, w, int(i)%s.cases)
				if err != nil {
					errs[w] = err
					next.Store(total) // the others stop too
					return
				}
				size.Add(n)
				took[w] = append(took[w], time.Since(asked).Seconds())
			}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return bench.Cost{}, nil, fmt.Errorf("%s: %w", s.name, err)
	}
	cost := bench.Cost{Answers: total * int64(max(1, s.weight)), Wall: time.Since(began), Bytes: size.Load()}
	used, err := s.cpu()
	cost.CPU = used - cpu
	var all bench.Samples
	for _, t := range took {
		all = append(all, t...)
	}
	return cost, all, err
}

// calibrate warms up with one pass over all cases and then finds how many passes
// a round needs to use so much CPU time. It returns what the last pass cost.
func (s *side) calibrate(ctx context.Context, window, limit time.Duration) (bench.Cost, error) {
	cost, _, err := s.pass(ctx, 1, limit)
	for times := 1; err == nil; times *= 2 {
		if cost.CPU >= window/4 || cost.Wall >= 2*window {
			each := max(cost.CPU, cost.Wall/8, 1) / time.Duration(times)
			s.passes = max(1, int(math.Ceil(float64(window)/float64(max(each, 1)))))
			return cost, nil
		}
		cost, _, err = s.pass(ctx, 2*times, limit)
	}
	return cost, err
}

// engine returns the side as one of an alternating run.
func (s *side) engine() bench.Engine {
	return bench.Engine{Name: s.name, Round: func(ctx context.Context) (bench.Cost, error) {
		cost, took, err := s.pass(ctx, s.passes, 0)
		s.took = append(s.took, took...)
		return cost, err
	}}
}

// trial is what one way to do a work cost.
type trial struct {
	row, way string
	perCPU   float64 // seconds per answer; NaN: past the limit
	chosen   bool
}

// trialLimit is how long a way may take for all cases, at least; it may also
// take several times what the best has taken.
const trialLimit = 20 * time.Second

// cheapest tries each way and returns the one with the least CPU time per answer,
// and what all of them cost. The sides of the others are closed by the caller.
func cheapest(ctx context.Context, row string, window time.Duration, ways []*side) (best int, trials []trial, err error) {
	best, limit := -1, trialLimit
	for i, s := range ways {
		t := trial{row: row, way: s.name, perCPU: math.NaN()}
		began := time.Now()
		cost, err := s.calibrate(ctx, window/2, limit)
		if err == nil && cost.CPU < window/4 {
			cost, _, err = s.pass(ctx, s.passes, limit)
		}
		switch {
		case err == nil:
			t.perCPU = cost.CPUPer()
			limit = min(limit, max(trialLimit, 4*time.Since(began)))
			if best < 0 || t.perCPU < trials[best].perCPU {
				best = i
			}
		case !tooSlow(err):
			return 0, nil, err
		}
		trials = append(trials, t)
	}
	if best < 0 {
		return 0, trials, fmt.Errorf("%s: no way of asking ended within %v", row, limit)
	}
	trials[best].chosen = true
	return best, trials, nil
}

// tooSlow tells whether a way was ended by a time limit: ours between cases, or
// PostgreSQL's within one.
func tooSlow(err error) bool {
	const queryCanceled = "57014"
	e, ok := errors.AsType[*pgconn.PgError](err)
	return errors.Is(err, errSlow) || ok && e.Code == queryCanceled
}
