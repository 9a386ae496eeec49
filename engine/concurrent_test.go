package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tuban/feature"
)

func openTest(t *testing.T, opt Options) *Engine {
	t.Helper()
	e, err := Open(context.Background(), t.TempDir(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func makeLayer(t *testing.T, e *Engine, id feature.LayerID) {
	t.Helper()
	if _, err := e.PutLayer(context.Background(), Meta{}, feature.Layer{ID: id, Kind: feature.KindReference, MaxZoom: 18}); err != nil {
		t.Fatal(err)
	}
}

func square(x, y, size float64) orb.Polygon {
	return orb.Polygon{{{x, y}, {x + size, y}, {x + size, y + size}, {x, y + size}, {x, y}}}
}

// TestReadersSeeWholeCommits moves amounts between features from several
// writers; in every view the sum is the same, every feature is found by id, by
// number and by place, and the derived count agrees.
func TestReadersSeeWholeCommits(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	e := openTest(t, Options{Derived: []Derived{alive{}}})
	makeLayer(t, e, "accounts")
	const features, writers, commits = 40, 4, 60
	amount := func(n int64) feature.Properties { return feature.Properties{{Name: "n", Value: feature.IntValue(n)}} }
	_, err := e.Commit(context.Background(), Meta{}, func(*View) ([]feature.Change, error) {
		var cs []feature.Change
		for i := range features {
			cs = append(cs, feature.Change{Layer: "accounts", Op: feature.OpPut, Feature: feature.Feature{
				ID: feature.ID(fmt.Sprint("f", i)), Geometry: square(float64(i), 0, 0.5), Properties: amount(100)}})
		}
		return cs, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var readers, moving sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			var last feature.Seq
			for {
				select {
				case <-stop:
					return
				default:
				}
				v := e.View()
				if v.Seq() < last {
					t.Errorf("seq went from %d to %d", last, v.Seq())
				}
				last = v.Seq()
				checkAccounts(t, v, features)
			}
		})
	}
	for w := range writers {
		r := rand.New(rand.NewPCG(seed, uint64(w)))
		moving.Go(func() {
			for range commits {
				if err := move(e, r, features); err != nil {
					t.Error(err)
				}
			}
		})
	}
	moving.Wait()
	close(stop)
	readers.Wait()
	if got, want := e.View().Seq(), feature.Seq(2+writers*commits); got != want {
		t.Errorf("seq %d, want %d", got, want)
	}
	checkAccounts(t, e.View(), features)
}

// move takes an amount from one feature and gives it to another, which also
// moves on the map.
func move(e *Engine, r *rand.Rand, features int) error {
	from, to, by := r.IntN(features), r.IntN(features), r.Int64N(20)
	if from == to {
		to = (from + 1) % features
	}
	y := r.Float64() * 10
	res, err := e.Commit(context.Background(), Meta{}, func(v *View) ([]feature.Change, error) {
		l, _ := v.Layer("accounts")
		var cs []feature.Change
		for _, c := range []struct {
			i  int
			by int64
		}{{from, -by}, {to, by}} {
			s, ok := l.Find(feature.ID(fmt.Sprint("f", c.i)))
			if !ok {
				return nil, ErrNoFeature
			}
			f := l.Feature(s)
			n, _ := f.Properties.Get("n")
			f.Properties = feature.Properties{{Name: "n", Value: feature.IntValue(n.Int() + c.by)}}
			f.Geometry = square(float64(c.i), y, 0.5)
			cs = append(cs, feature.Change{Layer: "accounts", Op: feature.OpPut, Feature: f})
		}
		return cs, nil
	})
	if err == nil && res.View.Seq() < res.Seq {
		return fmt.Errorf("answered seq %d with a view at %d", res.Seq, res.View.Seq())
	}
	if err == nil && e.View().Seq() < res.Seq {
		return fmt.Errorf("answered seq %d before it was published", res.Seq)
	}
	return err
}

func checkAccounts(t *testing.T, v *View, features int) {
	l, _ := v.Layer("accounts")
	var sum int64
	n := 0
	l.Ascend(0, func(s feature.Slot) bool {
		x, _ := l.Value(s, "n")
		sum += x.Int()
		n++
		if found, ok := l.Find(l.ID(s)); !ok || found != s {
			t.Errorf("seq %d: id %s found in slot %d %v, lies in %d", v.Seq(), l.ID(s), found, ok, s)
		}
		if !slices.Contains(l.Within(l.Bound(s)), s) {
			t.Errorf("seq %d: %s is not found where it lies", v.Seq(), l.ID(s))
		}
		return true
	})
	if sum != int64(100*features) || n != features || l.Len() != features || l.Derived("alive") != features {
		t.Errorf("seq %d: sum %d of %d features (Len %d, derived %v)", v.Seq(), sum, n, l.Len(), l.Derived("alive"))
	}
}

// TestHooksRunBeforeTheViewIsSeen checks the order: durable, hooks, view, answer,
// and that hooks run before the view can be seen.
func TestHooksRunBeforeTheViewIsSeen(t *testing.T) {
	var e *Engine
	var seen []string
	e = openTest(t, Options{BeforePublish: []func(Event){func(ev Event) {
		seen = append(seen, fmt.Sprintf("event %d while view %d", ev.Seq, e.View().Seq()))
	}}})
	makeLayer(t, e, "l")
	sub := e.Subscribe(0)
	defer sub.Close()
	put := func(g orb.Geometry) Event {
		t.Helper()
		_, err := e.Commit(context.Background(), Meta{Author: "me", Reason: "why"}, func(*View) ([]feature.Change, error) {
			return []feature.Change{{Layer: "l", Op: feature.OpPut, Feature: feature.Feature{Geometry: g}}}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for {
			if ev := <-sub.C(); ev.Seq == e.View().Seq() {
				return ev
			}
		}
	}
	ev := put(square(1, 1, 1))
	if want := []string{"event 1 while view 0", "event 2 while view 1"}; !slices.Equal(seen, want) {
		t.Errorf("hooks saw %v, want %v", seen, want)
	}
	if l := ev.Layers[0]; l.Added != 1 || len(l.Bounds) != 1 || l.Bounds[0] != square(1, 1, 1).Bound() || ev.Author != "me" || ev.Reason != "why" {
		t.Errorf("event %+v", ev)
	}
}

func TestSubscribers(t *testing.T) {
	e := openTest(t, Options{})
	makeLayer(t, e, "l")
	commit := func() {
		t.Helper()
		if _, err := e.Commit(context.Background(), Meta{}, func(*View) ([]feature.Change, error) {
			return []feature.Change{{Layer: "l", Op: feature.OpPut, Feature: feature.Feature{Geometry: orb.Point{1, 1}}}}, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	commit()
	late := e.Subscribe(1)
	if ev := <-late.C(); ev.Seq != 2 || late.Lost() {
		t.Errorf("resumed after 1 at %d, lost %v", ev.Seq, late.Lost())
	}
	if ahead := e.Subscribe(99); !ahead.Lost() {
		t.Error("a subscriber from the future is not told")
	}
	late.Close()
	if _, ok := <-late.C(); ok {
		t.Error("open after Close")
	}
}

// TestWritersConflict lets writers race for one precondition: one wins.
func TestWritersConflict(t *testing.T) {
	e := openTest(t, Options{})
	makeLayer(t, e, "l")
	errTaken := errors.New("taken")
	var wg sync.WaitGroup
	won := make([]bool, 16)
	for i := range won {
		wg.Go(func() {
			_, err := e.Commit(context.Background(), Meta{}, func(v *View) ([]feature.Change, error) {
				l, _ := v.Layer("l")
				if l.Len() > 0 {
					return nil, errTaken
				}
				return []feature.Change{{Layer: "l", Op: feature.OpPut, Feature: feature.Feature{Geometry: orb.Point{1, 1}}}}, nil
			})
			won[i] = err == nil
			if err != nil && !errors.Is(err, errTaken) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n := 0
	for _, w := range won {
		if w {
			n++
		}
	}
	l, _ := e.View().Layer("l")
	if n != 1 || l.Len() != 1 {
		t.Errorf("%d writers won, %d features", n, l.Len())
	}
}

// TestPanicInCommit costs only the commit that panicked.
func TestPanicInCommit(t *testing.T) {
	e := openTest(t, Options{})
	makeLayer(t, e, "l")
	if _, err := e.Commit(context.Background(), Meta{}, func(*View) ([]feature.Change, error) { panic("oops") }); err == nil {
		t.Error("no error")
	}
	makeLayer(t, e, "m")
	if got := e.View().Seq(); got != 2 {
		t.Errorf("seq %d, want 2", got)
	}
}

func TestClosed(t *testing.T) {
	e, err := Open(context.Background(), t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := e.PutLayer(context.Background(), Meta{}, feature.Layer{ID: "l", Kind: feature.KindAdmin}); !errors.Is(err, ErrClosed) {
		t.Errorf("commit after Close: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}
