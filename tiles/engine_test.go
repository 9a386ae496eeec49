package tiles

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tuban/engine"
	"tuban/feature"
	"tuban/tiles/coverage"
)

var _ Layer = (*engine.LayerView)(nil)

// TestReopenedTilesAreTheSame: after random commits every tile of a running data
// set has the bytes that it has when the data set is opened again, from what is on
// disk alone; tiles outside the boxes of a commit's event keep theirs; and a new
// class field makes the pyramid anew.
func TestReopenedTilesAreTheSame(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	ctx, dir := context.Background(), t.TempDir()
	var event engine.Event
	opt := engine.Options{Derived: []engine.Derived{coverage.Pyramids{}}, BeforePublish: []func(engine.Event){func(e engine.Event) { event = e }}}
	e := opened(t, dir, opt)
	layer := feature.Layer{ID: "dltb", Kind: feature.KindReference, ClassField: "class", MaxZoom: 18}
	if _, err := e.PutLayer(ctx, engine.Meta{}, layer); err != nil {
		t.Fatal(err)
	}
	before := tilesOf(t, e, 300)
	for commit := range 12 {
		if _, err := e.Commit(ctx, engine.Meta{}, func(v *engine.View) ([]feature.Change, error) { return someChanges(r, v), nil }); err != nil {
			t.Fatal(err)
		}
		after := tilesOf(t, e, 300)
		for a, data := range after {
			if data != before[a] && !within(event, a) {
				t.Fatalf("commit %d: %s has changed but is not in the event", commit, a)
			}
		}
		before = after
	}
	layer.ClassField = "other"
	if _, err := e.PutLayer(ctx, engine.Meta{}, layer); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{300, 2000, 0} {
		want := tilesOf(t, e, limit)
		if limit == 300 {
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			e = opened(t, dir, opt)
		}
		for a, data := range tilesOf(t, e, limit) {
			if data != want[a] {
				t.Errorf("%s differs after opening again", a)
			}
		}
	}
}

func opened(t *testing.T, dir string, opt engine.Options) *engine.Engine {
	t.Helper()
	e, err := engine.Open(context.Background(), dir, opt)
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

// tilesOf renders the tiles of some zooms around the city tile.
func tilesOf(t *testing.T, e *engine.Engine, limit int) map[Address]string {
	t.Helper()
	l, _ := e.View().Layer("dltb")
	all := map[Address]string{}
	for _, up := range []uint8{0, 2, 3, 5, 8} {
		WebMercatorQuad.Cover(city.Bound(), city.Z-up).Each(func(a Address) bool {
			tile, err := Render([]Layer{l}, a, Options{MaxBytes: limit})
			if err != nil {
				t.Fatal(err)
			}
			all[a] = string(tile.Data)
			return true
		})
	}
	return all
}

func within(ev engine.Event, a Address) bool {
	for _, l := range ev.Layers {
		for _, b := range l.Bounds {
			if WebMercatorQuad.Cover(b, a.Z).Contains(a) {
				return true
			}
		}
	}
	return false
}

// someChanges adds, replaces and deletes squares in and around the city tile.
func someChanges(r *rand.Rand, v *engine.View) (all []feature.Change) {
	l, _ := v.Layer("dltb")
	shape := func() orb.Polygon {
		x, y, side := r.Float64()*6000-1000, r.Float64()*6000-1000, 300*r.Float64()*r.Float64()
		return polygon(city, tileBox(x, y, x+side, y+side))
	}
	put := func(f feature.Feature) {
		f.Geometry = shape()
		f.Properties = feature.Properties{{Name: "class", Value: feature.StringValue(fmt.Sprint(r.IntN(5)))}, {Name: "other", Value: feature.IntValue(r.Int64N(3))}}
		all = append(all, feature.Change{Layer: "dltb", Op: feature.OpPut, Feature: f})
	}
	l.Ascend(0, func(s feature.Slot) bool {
		switch f := (feature.Feature{ID: l.ID(s), Number: l.Number(s)}); r.IntN(8) {
		case 0:
			all = append(all, feature.Change{Layer: "dltb", Op: feature.OpDelete, Feature: f})
		case 1:
			put(f)
		}
		return true
	})
	for range 1 + r.IntN(8) {
		put(feature.Feature{})
	}
	return all
}
