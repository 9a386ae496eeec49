package guard

import (
	"context"
	"testing"

	"tuban/bench/kernel"
	"tuban/engine"
	"tuban/feature"
	"tuban/geom/overlay"
	"tuban/internal/demo"
	"tuban/overlap"
	"tuban/tiles"
	"tuban/tiles/coverage"
)

// operation is work whose allocations and time are held, for each of count
// things in it.
type operation struct {
	name  string
	count int
	once  func() // the same work each time
}

// city is a small demo city in an engine.
func city(t *testing.T) (parcels, patches *engine.LayerView) {
	t.Helper()
	ctx := context.Background()
	e, err := engine.Open(ctx, t.TempDir(), engine.Options{Derived: []engine.Derived{overlap.Shapes{}, coverage.Pyramids{}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	size := demo.Small()
	size.Name, size.Parcels, size.Patches = "guard", 5000, 200
	for _, s := range demo.New(1, size).Layers() {
		if s.Layer.ID != "dltb" && s.Layer.ID != "tuban" {
			continue
		}
		load, err := e.NewLoad(ctx, engine.LoadSpec{Layer: s.Layer})
		if err != nil {
			t.Fatal(err)
		}
		row := int64(0)
		if err := s.Each(func(f feature.Feature) error { row++; _, err := load.Add(row, f); return err }); err != nil {
			t.Fatal(err)
		}
		if _, err := load.Commit(ctx, func(string, int64, int64) {}); err != nil {
			t.Fatal(err)
		}
	}
	parcels, _ = e.View().Layer("dltb")
	patches, _ = e.View().Layer("tuban")
	return parcels, patches
}

// operations are the hot paths on fixed data.
func operations(t *testing.T, parcels, patches *engine.LayerView, sets []tileSet) []operation {
	t.Helper()
	ops := areas()
	var queries []overlap.Query
	patches.Ascend(0, func(s feature.Slot) bool {
		queries = append(queries, overlap.Stored(patches, s))
		return len(queries) < 50
	})
	layers := []overlap.Layer{parcels}
	var answer []byte
	patch := func(name string, each func(q overlap.Query)) {
		ops = append(ops, operation{name, len(queries), func() {
			for _, q := range queries {
				each(q)
			}
		}})
	}
	measure := func(q overlap.Query) overlap.Result {
		r, err := overlap.Measure(q, layers, overlap.DefaultOptions())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	patch("overlap", func(q overlap.Query) { measure(q) })
	patch("overlap, JSON", func(q overlap.Query) {
		r := measure(q)
		answer = overlap.AppendJSON(answer[:0], &r)
	})
	patch("locate", func(q overlap.Query) {
		c := q.Shape.Bound().Center()
		overlap.Locate(layers, c[0], c[1])
	})
	patch("search", func(q overlap.Query) { parcels.Search(q.Shape.Bound(), func(feature.Slot) bool { return true }) })
	for _, set := range sets {
		ops = append(ops, operation{"tile " + set.name, len(set.list), func() {
			for _, a := range set.list {
				set.render(t, a)
			}
		}})
	}
	return append(ops, cached(t, sets[0]))
}

// areas are pairs of ready shapes of each kind, and making a shape ready.
func areas() []operation {
	var ops []operation
	for _, only := range []string{"a", "b2", "c 300 m", "d", "e", "g1"} {
		c := kernel.Cases(1, only)[0]
		var a, b []*overlay.Shape
		for _, p := range c.Patches {
			a = append(a, overlay.Prepare(p, false))
		}
		for _, p := range c.Parcels {
			b = append(b, overlay.Prepare(p, false))
		}
		ops = append(ops, operation{"area " + c.Name, len(c.Pairs), func() {
			for _, p := range c.Pairs {
				overlay.Area(a[p[0]], b[p[1]])
			}
		}})
	}
	var scratch overlay.Scratch
	many := kernel.Cases(1, "a")[0].Parcels
	return append(ops, operation{"prepare 60 v", len(many), func() {
		for _, p := range many {
			scratch.Prepare(p, false)
		}
	}})
}

// tileSet is a fixed set of tiles of one zoom.
type tileSet struct {
	name   string
	layers []tiles.Layer
	list   []tiles.Address
}

// tileSets are tiles around the first patches, far away and near.
func tileSets(parcels, patches *engine.LayerView) []tileSet {
	sets := []tileSet{{name: "z8"}, {name: "z11"}, {name: "z14"}}
	for i, want := range []struct {
		zoom uint8
		n    int
	}{{8, 2}, {11, 6}, {14, 16}} {
		s := &sets[i]
		s.layers = []tiles.Layer{parcels, patches}
		seen := map[tiles.Address]bool{}
		patches.Ascend(0, func(p feature.Slot) bool {
			tiles.WebMercatorQuad.Cover(patches.Bound(p), want.zoom).Each(func(a tiles.Address) bool {
				if !seen[a] && len(s.list) < want.n {
					seen[a] = true
					s.list = append(s.list, a)
				}
				return true
			})
			return len(s.list) < want.n
		})
	}
	return sets
}

func (s *tileSet) render(t *testing.T, a tiles.Address) (tiles.Tile, *tiles.Finished) {
	t.Helper()
	tile, err := tiles.Render(s.layers, a, tiles.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := tiles.Finish(tile, tiles.Gzip)
	if err != nil {
		t.Fatal(err)
	}
	return tile, f
}

// bytes returns the mean size of a tile, plain and compressed.
func (s *tileSet) bytes(t *testing.T) (plain, packed float64) {
	t.Helper()
	for _, a := range s.list {
		tile, f := s.render(t, a)
		plain += float64(len(tile.Data)) / float64(len(s.list))
		packed += float64(len(f.Body)) / float64(len(s.list))
	}
	return plain, packed
}

// cached is a tile that the cache has.
func cached(t *testing.T, s tileSet) operation {
	t.Helper()
	cache := tiles.NewCache(64 << 20)
	key := tiles.Key{Layers: "dltb,tuban", Address: s.list[0], Encoding: tiles.Gzip}
	fetch := func() {
		_, err := cache.Fetch(context.Background(), key, 1, func() (tiles.Tile, error) { return tiles.Render(s.layers, s.list[0], tiles.Options{}) })
		if err != nil {
			t.Fatal(err)
		}
	}
	return operation{"tile cached", 1, fetch}
}
