package main

import (
	"errors"
	"fmt"
	"time"

	"tuban/engine"
	"tuban/feature"
	"tuban/internal/demo"
)

// demoCmd makes the demo city and serves it.
type demoCmd struct {
	serveFlags `embed:""`
	Size       string `help:"How much of a city: small (20,000 parcels), city (200,000) or large (1,000,000)." enum:"small,city,large" default:"small"`
	Seed       uint64 `help:"Seed of the city: the same seed makes the same city." default:"1"`
}

// Help is shown by demo --help.
func (c *demoCmd) Help() string {
	return `On first start a seeded city is made in DIR, without any download: land-class parcels that share
their borders, farmland, red line, approvals, mining rights, a nature reserve, units, and four
quarterly batches of change patches. Later starts open it. A DIR that holds another city or other
data is served as it is.

  tuban demo
  tuban demo --size small --data /tmp/city --listen 127.0.0.1:9000`
}

// Run makes the city where there is none, and serves it.
func (c *demoCmd) Run(a *app) error {
	return a.serve(&c.serveFlags, func(e *opened) error {
		size, err := demo.SizeNamed(c.Size)
		if err != nil {
			return usagef("--size: %v", err)
		}
		return a.makeCity(e, recipe{size, c.Seed}, c.Data)
	})
}

// recipe is what a demo city is made from. It is the author of its commits.
type recipe struct {
	size demo.Size
	seed uint64
}

func (r recipe) String() string {
	return fmt.Sprintf("tuban demo --size %s --seed %d", r.size.Name, r.seed)
}

// parseRecipe reads the author of a commit; ok is false for any other author.
func parseRecipe(author string) (r recipe, ok bool) {
	var name string
	if _, err := fmt.Sscanf(author, "tuban demo --size %s --seed %d", &name, &r.seed); err != nil {
		return recipe{}, false
	}
	size, err := demo.SizeNamed(name)
	r.size = size
	return r, err == nil && r.String() == author
}

// makeCity fills an empty data set. A start that was interrupted goes on where
// it stopped: each layer is one commit that says what city it belongs to. What
// another city or anyone else has put there stays.
func (a *app) makeCity(e *opened, want recipe, dir string) error {
	first, err := e.Commits(0, 1)
	if err != nil {
		return err
	}
	if len(first) > 0 {
		there, ok := parseRecipe(first[0].Author)
		switch {
		case !ok:
			fmt.Fprintf(a.stdout, "%s holds data that this demo did not make: it is served as it is.\n", dir)
			return nil
		case there.String() != want.String():
			fmt.Fprintf(a.stdout, "%s holds the demo city of size %s (seed %d), not size %s (seed %d): it is served as it is.\nFor the other city, name another directory with --data.\n",
				dir, there.size.Name, there.seed, want.size.Name, want.seed)
		}
		want = there
	}
	missing := map[feature.LayerID]bool{}
	for _, id := range demo.LayerIDs() {
		if _, ok := e.View().Layer(id); !ok {
			missing[id] = true
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if len(first) > 0 {
		fmt.Fprintf(a.stdout, "its making was interrupted: finishing it\n")
	}
	return a.make(e, want, missing)
}

// make makes the missing layers of a city, under one progress bar.
func (a *app) make(e *opened, r recipe, missing map[feature.LayerID]bool) error {
	began := time.Now()
	fmt.Fprintf(a.stdout, "making the demo city (size %s: %d parcels, seed %d) …\n", r.size.Name, r.size.Parcels, r.seed)
	p := a.newProgress("demo city")
	defer p.end()
	b := &bar{show: p.update, total: 3 * int64(r.size.Parcels)}
	b.begin("ground", int64(r.size.Parcels))
	city, err := demo.Make(a.ctx, r.seed, r.size, func(done, total int) { b.update(int64(done), int64(total)) })
	if err != nil {
		return err
	}
	b.total = int64(r.size.Parcels)
	for _, s := range city.Layers() {
		b.total += 2 * int64(s.Count)
	}
	for _, s := range city.Layers() {
		if !missing[s.Layer.ID] {
			b.begin(string(s.Layer.ID), 2*int64(s.Count))
			continue
		}
		if err := a.makeLayer(e, s, r.String(), b); err != nil {
			return fmt.Errorf("layer %s: %w", s.Layer.ID, err)
		}
	}
	fmt.Fprintf(a.stdout, "made in %.1f s\n", time.Since(began).Seconds())
	return nil
}

// makeLayer loads one layer; a second goroutine makes its features meanwhile.
func (a *app) makeLayer(e *opened, s demo.Source, author string, b *bar) error {
	load, err := e.NewLoad(a.ctx, engine.LoadSpec{Layer: s.Layer, Meta: engine.Meta{Author: author, Reason: "demo city"}})
	if err != nil {
		return err
	}
	b.begin(string(s.Layer.ID), int64(s.Count))
	row := int64(0)
	err = ahead(s.Each, func(f feature.Feature) error {
		row++
		b.update(row, int64(s.Count))
		if _, err := load.Add(row, f); err != nil {
			return err
		}
		return a.ctx.Err()
	})
	if err != nil {
		return errors.Join(err, load.Abort())
	}
	b.begin(string(s.Layer.ID), int64(s.Count))
	_, err = load.Commit(a.ctx, func(_ string, done, total int64) { b.update(done, total) })
	return err
}

// ahead calls visit with what each makes, in order, while a second goroutine
// makes what comes next.
func ahead(each func(func(feature.Feature) error) error, visit func(feature.Feature) error) error {
	const batch, depth = 64, 8
	made, stop := make(chan []feature.Feature, depth), make(chan struct{})
	var failed error // set before made is closed
	go func() {
		defer close(made)
		var list []feature.Feature
		send := func() error {
			select {
			case made <- list:
				list = nil
				return nil
			case <-stop:
				return errStopped
			}
		}
		failed = each(func(f feature.Feature) error {
			if list = append(list, f); len(list) < batch {
				return nil
			}
			return send()
		})
		if failed == nil {
			failed = send()
		}
	}()
	for list := range made {
		for _, f := range list {
			if err := visit(f); err != nil {
				close(stop)
				for range made { // until the maker has ended
				}
				return err
			}
		}
	}
	return failed
}

var errStopped = errors.New("stopped")

// bar counts the work of several stages in one progress bar.
type bar struct {
	show        func(stage string, done, total int64)
	stage       string
	total       int64
	start, size int64 // of the stage in hand
	most        int64 // shown so far
}

// begin ends the stage before and begins one of a size.
func (b *bar) begin(stage string, size int64) {
	b.start, b.stage, b.size = b.start+b.size, stage, size
}

// update shows that a part of the stage is done; a stage that is gone through
// more than once does not run back.
func (b *bar) update(done, total int64) {
	if total > 0 {
		b.most = max(b.most, b.start+b.size*done/total)
		b.show(b.stage, b.most, b.total)
	}
}
