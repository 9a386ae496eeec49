package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"tuban/engine"
	"tuban/feature"
	"tuban/geom"
	"tuban/store"
)

// checkCmd verifies a directory.
type checkCmd struct {
	dataFlags `embed:""`
	Geometry  bool `help:"Also list every problem in the layers' geometry, with its place."`
}

// Help is shown by check --help.
func (c *checkCmd) Help() string {
	return `Reads everything that is stored and verifies it: checksums, that every feature decodes, that the
chain of commits has no gap, that counts agree. Exit code 1 if anything is wrong. With --server the
running server is asked whether it is ready and what it holds.

  tuban check
  tuban check --geometry --json
  tuban check --server http://127.0.0.1:8080`
}

// checked is the result of a check.
type checked struct {
	Seq      feature.Seq    `json:"seq"`
	Layers   []checkedLayer `json:"layers"`
	Store    *store.Report  `json:"store,omitempty"`
	Geometry []geometryNote `json:"geometry,omitempty"`
}

type checkedLayer struct {
	Layer    feature.LayerID `json:"layer"`
	Vintage  feature.Vintage `json:"vintage"`
	Features int             `json:"features"`
}

type geometryNote struct {
	Layer feature.LayerID `json:"layer"`
	ID    feature.ID      `json:"id"`
	geom.Problem
}

// Run checks the directory, or asks the server.
func (c *checkCmd) Run(a *app) (err error) {
	if c.Server != "" {
		return c.ask(a)
	}
	out, err := c.checkStore(a)
	if err != nil {
		return err
	}
	if n := len(out.Store.Problems); n > 0 {
		return errors.Join(a.printCheck(out), fmt.Errorf("%d problems: restore a backup, or import the layers again", n))
	}
	e, err := a.open(a.ctx, c.Data, openOptions{readOnly: true})
	if err != nil {
		return err
	}
	defer closing(e, &err)
	for _, l := range e.View().Layers() {
		out.Layers = append(out.Layers, checkedLayer{l.Layer().ID, l.Vintage(), l.Len()})
		if c.Geometry {
			out.Geometry = append(out.Geometry, problemsOf(l)...)
		}
	}
	return a.printCheck(out)
}

// checkStore reads the store without opening the data set, which a damaged one
// would refuse.
func (c *checkCmd) checkStore(a *app) (out *checked, err error) {
	if err := wantDirectory(c.Data); err != nil {
		return nil, err
	}
	db, err := store.Open(c.Data, store.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	p := a.newProgress("check")
	defer p.end()
	report, err := db.Check(a.ctx, func(done, total int64) { p.update("read", done, total) })
	if err != nil {
		return nil, err
	}
	return &checked{Seq: db.Head().Seq, Store: &report}, nil
}

func problemsOf(l *engine.LayerView) []geometryNote {
	var out []geometryNote
	l.Ascend(0, func(s feature.Slot) bool {
		if g := l.Geometry(s); g != nil && geom.IsAreal(g) {
			for _, p := range geom.Validate(g, 0) {
				out = append(out, geometryNote{l.Layer().ID, l.ID(s), p})
			}
		}
		return true
	})
	return out
}

func (a *app) printCheck(c *checked) error {
	if a.json {
		return json.NewEncoder(a.stdout).Encode(c)
	}
	fmt.Fprintf(a.stdout, "seq %d\n", c.Seq)
	for _, l := range c.Layers {
		fmt.Fprintf(a.stdout, "  %-24s %-10s %9d features\n", l.Layer, l.Vintage, l.Features)
	}
	for _, g := range c.Geometry {
		fmt.Fprintf(a.stdout, "%s %s: %s, part %d, ring %d, vertex %d (%v, %v): %s\n", g.Layer, g.ID, g.Code, g.Part, g.Ring, g.Vertex, g.Lon, g.Lat, g.Detail)
	}
	if c.Store != nil {
		for _, p := range c.Store.Problems {
			fmt.Fprintf(a.stdout, "PROBLEM %v\n", p)
		}
		if len(c.Store.Problems) == 0 {
			fmt.Fprintln(a.stdout, "everything stored is whole")
		}
	}
	return nil
}

// ask reports what a running server holds.
func (c *checkCmd) ask(a *app) error {
	r, err := newRemote(c.Server, c.Token)
	if err != nil {
		return err
	}
	if _, err := r.fetch(a.ctx, "/readyz"); err != nil {
		return err
	}
	text, err := r.fetch(a.ctx, "/collections")
	if err != nil {
		return err
	}
	var answer struct {
		Seq         feature.Seq `json:"seq"`
		Collections []struct {
			ID       feature.LayerID `json:"id"`
			Vintage  feature.Vintage `json:"vintage"`
			Features int             `json:"feature_count"`
		} `json:"collections"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return fmt.Errorf("bad answer of %s/collections: %w", c.Server, err)
	}
	out := checked{Seq: answer.Seq}
	for _, l := range answer.Collections {
		out.Layers = append(out.Layers, checkedLayer{l.ID, l.Vintage, l.Features})
	}
	return a.printCheck(&out)
}
