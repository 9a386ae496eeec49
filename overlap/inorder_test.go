package overlap

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

type parcel struct {
	n, twice int
	size     int
}

// counting returns a run over n items whose work takes turns in random order.
func counting(n int) InOrder[parcel] {
	i := 0
	return InOrder[parcel]{
		Next: func(p *parcel) error {
			if i == n {
				return io.EOF
			}
			i++
			*p = parcel{n: i}
			return nil
		},
		Worker: func() func(*parcel) {
			return func(p *parcel) {
				if rand.IntN(20) == 0 {
					time.Sleep(time.Duration(rand.IntN(300)) * time.Microsecond)
				}
				p.twice = 2 * p.n
			}
		},
		Workers: 4, Ahead: 8,
	}
}

func TestInOrder(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 9, 3000} {
		run, got := counting(n), 0
		run.Done = func(p *parcel) error {
			if got++; p.n != got || p.twice != 2*got {
				t.Fatalf("item %d is %+v", got, *p)
			}
			return nil
		}
		if err := run.Run(context.Background()); err != nil || got != n {
			t.Errorf("%d items: %d done, %v", n, got, err)
		}
	}
}

// However a run ends, its goroutines end with it, and the items before an error
// of Next are done.
func TestInOrderEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	broken := errors.New("broken")
	t.Run("next", func(t *testing.T) {
		run, done := counting(1000), 0
		next := run.Next
		run.Next = func(p *parcel) error {
			if err := next(p); err != nil || p.n == 501 {
				return broken
			}
			return nil
		}
		run.Done = func(*parcel) error { done++; return nil }
		if err := run.Run(context.Background()); err != broken || done != 500 {
			t.Errorf("%v after %d", err, done)
		}
	})
	t.Run("done", func(t *testing.T) {
		run := counting(1000)
		run.Done = func(p *parcel) error {
			if p.n == 100 {
				return broken
			}
			return nil
		}
		if err := run.Run(context.Background()); err != broken {
			t.Error(err)
		}
	})
	t.Run("a next that waits", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		hang := make(chan bool)
		run := counting(0)
		run.Next = func(*parcel) error { cancel(); <-hang; return io.EOF }
		run.Abort = func() { close(hang) }
		if err := run.Run(ctx); err != context.Canceled {
			t.Error(err)
		}
	})
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// A slow taker stops the fetching: by number, and by what is held.
func TestInOrderIsBounded(t *testing.T) {
	for _, c := range []struct {
		name      string
		size, max int
	}{{"number", 0, 8}, {"bytes", 100, 4}} {
		t.Run(c.name, func(t *testing.T) {
			run := counting(500)
			next := run.Next
			var fetched, done, most atomic.Int64
			run.Next = func(p *parcel) error {
				err := next(p)
				p.size = c.size
				if ahead := fetched.Add(1) - done.Load(); err == nil && ahead > most.Load() {
					most.Store(ahead)
				}
				return err
			}
			run.Bytes, run.MaxBytes = func(p *parcel) int { return p.size }, 250
			run.Done = func(*parcel) error {
				time.Sleep(20 * time.Microsecond)
				done.Add(1)
				return nil
			}
			if err := run.Run(context.Background()); err != nil || done.Load() != 500 {
				t.Fatal(err, done.Load())
			}
			// One more: done is counted before its cell is given back.
			if most.Load() > int64(c.max)+1 {
				t.Errorf("%d items under way", most.Load())
			}
		})
	}
}

func BenchmarkInOrder(b *testing.B) {
	b.ReportAllocs()
	run := InOrder[parcel]{Workers: 2, Done: func(*parcel) error { return nil }, Worker: func() func(*parcel) { return func(p *parcel) { p.twice = 2 * p.n } }}
	n := 0
	run.Next = func(p *parcel) error {
		if n++; n > b.N {
			return io.EOF
		}
		return nil
	}
	if err := run.Run(context.Background()); err != nil {
		b.Fatal(err)
	}
}
