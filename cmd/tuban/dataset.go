package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"tuban/engine"
	"tuban/overlap"
	"tuban/tiles"
	"tuban/tiles/coverage"
)

// tileCacheBytes bounds the finished tiles that a server keeps.
const tileCacheBytes = 256 << 20

// dataFlags choose the data set: a directory, or a running server.
type dataFlags struct {
	Data   string `help:"Directory of the data set." default:"./tuban-data" env:"TUBAN_DATA" placeholder:"DIR" type:"path"`
	Server string `help:"Work on a running server instead of a directory." env:"TUBAN_SERVER" placeholder:"URL"`
	Token  string `help:"Token for --server." env:"TUBAN_TOKEN" placeholder:"T"`
}

// opened is a data set with what serving it needs.
type opened struct {
	*engine.Engine
	cache *tiles.Cache
}

// openOptions say how a command opens its directory.
type openOptions struct {
	logger   *slog.Logger
	readOnly bool
	quiet    bool // no progress
}

// open opens a directory with everything derived wired in. Commands that only
// read want the directory to be there.
func (a *app) open(ctx context.Context, dir string, opt openOptions) (*opened, error) {
	if opt.readOnly {
		if err := wantDirectory(dir); err != nil {
			return nil, err
		}
	}
	cache := tiles.NewCache(tileCacheBytes)
	p := a.newProgress("open " + dir)
	defer p.end()
	e, err := engine.Open(ctx, dir, engine.Options{
		Logger: opt.logger, ReadOnly: opt.readOnly,
		Derived:       []engine.Derived{overlap.Shapes{}, coverage.Pyramids{}},
		BeforePublish: []func(engine.Event){invalidate(cache)},
		Progress: func(stage string, done, total int64) {
			if !opt.quiet {
				p.update(stage, done, total)
			}
		},
	})
	if err != nil {
		return nil, err
	}
	return &opened{Engine: e, cache: cache}, nil
}

// wantDirectory says what to do where there is no data set.
func wantDirectory(dir string) error {
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("no data set: %w\nMake one with: tuban import --data %s --layer NAME FILE (or: tuban demo)", err, dir)
	}
	return nil
}

// invalidate tells the tile cache of a commit before its view can be seen.
func invalidate(c *tiles.Cache) func(engine.Event) {
	return func(ev engine.Event) {
		touches := make([]tiles.Touch, len(ev.Layers))
		for i, l := range ev.Layers {
			touches[i] = tiles.Touch{Layer: l.Layer, Bounds: l.Bounds, All: l.Schema}
		}
		c.Invalidate(ev.Seq, touches)
	}
}

// closing closes a data set and joins its error to the command's.
func closing(e *opened, err *error) {
	if cerr := e.Close(); cerr != nil && *err == nil {
		*err = cerr
	}
}

// shutdownTimeout is how long requests under way may take once the server stops.
const shutdownTimeout = 20 * time.Second
