package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tuban/feature"
	"tuban/internal/demo"
)

// TestDemoMakesACity makes the city in two starts; the second keeps what the first
// made, also when it is asked for another city.
func TestDemoMakesACity(t *testing.T) {
	dir := t.TempDir()
	url, stop := startServer(t, "demo", dir, "--size", "small")
	first := must(t, "check", "--server", url)
	if n := len(demo.LayerIDs()); strings.Count(first, "features") != n {
		t.Errorf("the city has other layers than %d:\n%s", n, first)
	}
	stop()
	url, stop = startServer(t, "demo", dir, "--size", "small")
	if again := must(t, "check", "--server", url); again != first {
		t.Errorf("first start\n%s\nsecond\n%s", first, again)
	}
	stop()
	url, _ = startServer(t, "demo", dir, "--size", "large", "--seed", "9")
	if third := must(t, "check", "--server", url); third != first {
		t.Errorf("a start that asks for another city changed this one:\n%s", third)
	}
}

// TestDemoGoesOnWhereItStopped interrupts the making of a city after some of
// its layers.
func TestDemoGoesOnWhereItStopped(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	var out lockedBuffer
	a := &app{ctx: ctx, stdout: &out, stderr: &out}
	e, err := a.open(ctx, dir, openOptions{quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	small, err := demo.SizeNamed("small")
	if err != nil {
		t.Fatal(err)
	}
	small.Parcels = 900
	mine := recipe{small, 4}
	half := map[feature.LayerID]bool{"dltb": true, "xzq": true}
	if err := a.make(e, mine, half); err != nil {
		t.Fatal(err)
	}
	if err := a.makeCity(e, recipe{demo.Large(), 5}, dir); err != nil {
		t.Fatal(err)
	}
	if n := len(e.View().Layers()); n != len(demo.LayerIDs()) {
		t.Errorf("%d layers after the second start", n)
	}
	for _, want := range []string{"holds the demo city of size small (seed 4), not size large (seed 5)", "finishing"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it did not say %q:\n%s", want, out.String())
		}
	}
	cancel()
	if err := a.make(e, mine, half); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled start: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

func TestParseRecipe(t *testing.T) {
	want := recipe{demo.Middle(), 17}
	if got, ok := parseRecipe(want.String()); !ok || got != want {
		t.Errorf("%v, %v", got, ok)
	}
	for _, author := range []string{"", "tuban demo --seed 1", "tuban demo --size vast --seed 1", "tuban demo --size small --seed 1 or so"} {
		if _, ok := parseRecipe(author); ok {
			t.Errorf("%q is taken for a demo city", author)
		}
	}
}

// TestAhead wants the maker ended whatever ends the work.
func TestAhead(t *testing.T) {
	boom := errors.New("boom")
	makes := func(n int, end error) func(func(feature.Feature) error) error {
		return func(visit func(feature.Feature) error) error {
			for range n {
				if err := visit(feature.Feature{}); err != nil {
					return err
				}
			}
			return end
		}
	}
	for _, c := range []struct {
		name     string
		each     func(func(feature.Feature) error) error
		failAt   int
		want     error
		wantSeen int
	}{
		{"none", makes(0, nil), -1, nil, 0},
		{"all", makes(1000, nil), -1, nil, 1000},
		{"the maker fails", makes(128, boom), -1, boom, 128},
		{"the visitor fails", makes(100_000, nil), 70, boom, 71},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := 0
			err := ahead(c.each, func(feature.Feature) error {
				seen++
				if seen-1 == c.failAt {
					return boom
				}
				return nil
			})
			if !errors.Is(err, c.want) || seen != c.wantSeen {
				t.Errorf("%v after %d, want %v after %d", err, seen, c.want, c.wantSeen)
			}
		})
	}
}

// TestBar wants one bar that never runs back.
func TestBar(t *testing.T) {
	last, end := int64(-1), int64(0)
	b := &bar{total: 300, show: func(_ string, done, total int64) {
		if done < last {
			t.Errorf("%d after %d", done, last)
		}
		last, end = done, total
	}}
	b.begin("ground", 100)
	b.update(3, 6)
	b.update(6, 6)
	b.begin("dltb", 100)
	b.update(10, 20)
	b.begin("dltb", 100)
	for _, done := range []int64{0, 20, 0, 20} {
		b.update(done, 20)
	}
	if last != 300 || end != 300 {
		t.Errorf("ends at %d of %d", last, end)
	}
}
