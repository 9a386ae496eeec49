package main

import (
	"errors"
	"fmt"

	"tuban/engine"
	"tuban/feature"
	"tuban/internal/demo"
)

// demoCmd makes the demo city and serves it.
type demoCmd struct {
	serveFlags `embed:""`
	Seed       uint64 `help:"Seed of the city: the same seed makes the same city." default:"1"`
}

// Help is shown by demo --help.
func (c *demoCmd) Help() string {
	return `On first start a seeded city is made in DIR (20,000 parcels that share their borders, a few
zones, some patches), without any download; later starts open it. A DIR that holds other data is
served as it is.

  tuban demo
  tuban demo --data /tmp/city --listen 127.0.0.1:9000`
}

// Run makes the city where there is none, and serves it.
func (c *demoCmd) Run(a *app) error {
	return a.serve(&c.serveFlags, func(e *opened) error { return a.makeCity(e, c.Seed) })
}

// makeCity fills an empty data set. A start that was interrupted goes on where
// it stopped: each layer is one commit that says it is the demo's.
func (a *app) makeCity(e *opened, seed uint64) error {
	author := fmt.Sprintf("tuban demo --seed %d", seed)
	if !a.wantsCity(e, author) {
		return nil
	}
	fmt.Fprintf(a.stdout, "making the demo city (seed %d) …\n", seed)
	for _, s := range demo.New(seed, demo.Small()).Layers() {
		if _, ok := e.View().Layer(s.Layer.ID); ok {
			continue
		}
		if err := a.makeLayer(e, s, author); err != nil {
			return fmt.Errorf("layer %s: %w", s.Layer.ID, err)
		}
	}
	return nil
}

// wantsCity reports whether the data set is empty, or holds nothing but what
// the demo of this seed began.
func (a *app) wantsCity(e *opened, author string) bool {
	first, err := e.Commits(0, 1)
	return err == nil && (len(first) == 0 || first[0].Author == author && len(e.View().Layers()) < demoLayers)
}

// demoLayers is how many layers the demo city has.
const demoLayers = 6

func (a *app) makeLayer(e *opened, s demo.Source, author string) error {
	p := a.newProgress("demo " + string(s.Layer.ID))
	defer p.end()
	load, err := e.NewLoad(a.ctx, engine.LoadSpec{Layer: s.Layer, Meta: engine.Meta{Author: author, Reason: "demo city"}})
	if err != nil {
		return err
	}
	row := int64(0)
	err = s.Each(func(f feature.Feature) error {
		row++
		p.update("make", row, int64(s.Count))
		if _, err := load.Add(row, f); err != nil {
			return err
		}
		return a.ctx.Err()
	})
	if err != nil {
		return errors.Join(err, load.Abort())
	}
	_, err = load.Commit(a.ctx, p.update)
	return err
}
