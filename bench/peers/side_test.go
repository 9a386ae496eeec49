package peers

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// fakeSide asks nobody: an answer adds CPU time to a clock of its own.
func fakeSide(name string, each time.Duration) (*side, *atomic.Int64) {
	var used, asked atomic.Int64
	return &side{name: name, workers: 1, cases: 10,
		ask: func(context.Context, int, int) (int64, error) {
			asked.Add(1)
			used.Add(int64(each))
			return 3, nil
		},
		cpu: func() (time.Duration, error) { return time.Duration(used.Load()), nil },
	}, &asked
}

// TestCalibrate: a round uses about the window, whatever an answer costs.
func TestCalibrate(t *testing.T) {
	const window = 400 * time.Millisecond
	for _, each := range []time.Duration{time.Microsecond, 50 * time.Microsecond, time.Millisecond, time.Second} {
		s, _ := fakeSide("x", each)
		if _, err := s.calibrate(context.Background(), window, 0); err != nil {
			t.Fatal(err)
		}
		cost, err := s.engine().Round(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if cost.CPU < window/2 && cost.Wall < window/8 || cost.CPU > 2*window && s.passes > 1 || cost.Answers != int64(10*s.passes) || cost.Bytes != 3*cost.Answers {
			t.Errorf("each %v: %d passes, %+v", each, s.passes, cost)
		}
		if len(s.took) != int(cost.Answers) {
			t.Errorf("each %v: %d times of %d answers", each, len(s.took), cost.Answers)
		}
	}
}

// TestEveryCaseIsAsked: a pass asks each case once, over any number of
// connections, and each connection serves one question at a time.
func TestEveryCaseIsAsked(t *testing.T) {
	for _, workers := range []int{1, 7} {
		seen, busy := make([]atomic.Int64, 100), make([]atomic.Bool, workers)
		s := &side{workers: workers, cases: len(seen), weight: 4, cpu: func() (time.Duration, error) { return 0, nil },
			ask: func(_ context.Context, w, i int) (int64, error) {
				if busy[w].Swap(true) {
					return 0, errors.New("a connection is asked twice at once")
				}
				seen[i].Add(1)
				busy[w].Store(false)
				return 0, nil
			}}
		cost, took, err := s.pass(context.Background(), 3, 0)
		if err != nil || cost.Answers != 3*100*4 || len(took) != 300 {
			t.Fatalf("%+v, %d times, %v", cost, len(took), err)
		}
		for i := range seen {
			if n := seen[i].Load(); n != 3 {
				t.Errorf("case %d was asked %d times", i, n)
			}
		}
	}
}

func TestCheapest(t *testing.T) {
	dear, _ := fakeSide("dear", 3*time.Millisecond)
	cheap, _ := fakeSide("cheap", time.Millisecond)
	slow, _ := fakeSide("slow", time.Microsecond)
	slow.ask = func(context.Context, int, int) (int64, error) {
		return 0, &pgconn.PgError{Code: "57014", Message: "canceling statement due to statement timeout"}
	}
	best, trials, err := cheapest(context.Background(), "row", 40*time.Millisecond, []*side{slow, dear, cheap})
	if err != nil || best != 2 || !trials[2].chosen || trials[1].chosen || trials[0].perCPU == trials[0].perCPU {
		t.Errorf("%d, %+v, %v", best, trials, err)
	}
	if _, _, err := cheapest(context.Background(), "row", time.Millisecond, []*side{slow}); err == nil {
		t.Error("no way ended, and no error")
	}
	broken, _ := fakeSide("broken", time.Millisecond)
	wrong := errors.New("syntax error")
	broken.ask = func(context.Context, int, int) (int64, error) { return 0, wrong }
	if _, _, err := cheapest(context.Background(), "row", time.Millisecond, []*side{cheap, broken}); !errors.Is(err, wrong) {
		t.Errorf("a way that is wrong is passed over: %v", err)
	}
}

func TestPassHasALimit(t *testing.T) {
	s, asked := fakeSide("x", 0)
	s.cases = 1e6
	if _, _, err := s.pass(context.Background(), 1, time.Millisecond); !tooSlow(err) || asked.Load() == 1e6 {
		t.Errorf("%v after %d", err, asked.Load())
	}
}
