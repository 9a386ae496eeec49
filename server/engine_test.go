package server

import (
	"context"
	"testing"

	"tuban/engine"
	"tuban/overlap"
	"tuban/tiles"
)

// newEngine opens an empty data set in a temporary directory, wired as cmd does
// it; the tile cache goes into opt.
func newEngine(t testing.TB, opt *Options) *engine.Engine {
	t.Helper()
	cache := tiles.NewCache(8 << 20)
	opt.Tiles = cache
	e, err := engine.Open(context.Background(), t.TempDir(), engine.Options{
		Derived: []engine.Derived{overlap.Shapes{}},
		BeforePublish: []func(engine.Event){func(ev engine.Event) {
			touches := make([]tiles.Touch, len(ev.Layers))
			for i, l := range ev.Layers {
				touches[i] = tiles.Touch{Layer: l.Layer, Bounds: l.Bounds, All: l.Schema}
			}
			cache.Invalidate(ev.Seq, touches)
		}},
	})
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
