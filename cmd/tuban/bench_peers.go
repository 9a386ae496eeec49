package main

import (
	"context"
	"errors"
	"os"

	"tuban/bench"
	"tuban/bench/gen"
	"tuban/bench/peers"
	"tuban/engine"
	"tuban/tiles"
)

// benchPeers are the sub-commands of bench that measure other engines.
type benchPeers struct {
	Peers      benchPeersCmd `cmd:"" help:"PostGIS beside tuban: the same data, the same answers, in turns."`
	PeersChild benchChildCmd `cmd:"" hidden:"" help:"The process that peers asks."`
}

// benchPeersCmd measures tuban beside PostGIS.
type benchPeersCmd struct {
	reportFlags `embed:""`
	Size        string `help:"How much of a city: 20k, 200k or 1m parcels." enum:"20k,200k,1m" default:"20k"`
	Seed        uint64 `help:"Seed of the city and of what is asked." default:"1"`
	Rounds      int    `help:"How many times each engine takes its turn in each row." default:"7"`
	Only        string `help:"Parts to run: overlap, locate, batch, tiles, import, floor; all if not given." placeholder:"A,B"`
	PostgreSQL  string `name:"postgresql" help:"Folder of PostgreSQL's programs; looked for if not given." type:"path" placeholder:"DIR"`
	Tile38      string `name:"tile38" help:"The program tile38-server: point look-ups are measured beside it too." type:"existingfile" placeholder:"PATH"`
	Pprof       string `help:"Folder for a CPU profile of tuban at the work of each row, taken after its rounds." type:"path" placeholder:"DIR"`
	Temp        string `help:"Folder for the throw-away directories." type:"path" placeholder:"DIR"`
}

// Help is shown by bench peers --help.
func (c *benchPeersCmd) Help() string {
	return `Starts PostgreSQL with PostGIS from the system's packages in a throw-away directory behind a unix
socket, loads the demo city into it and into tuban, compares what both answer, lets them take turns and
prints ratios of CPU time per answer. Everything is ended and removed at the end, after Ctrl-C too.
Where answers differ the row shows no time and the exit code is 1. Run as root, PostgreSQL gets the user
postgres or nobody. Needs Linux, and on Debian or Ubuntu:

  apt-get install --no-install-recommends postgresql postgis postgresql-postgis

  tuban bench peers
  tuban bench peers --size 200k --only overlap,batch --write peers.md --write peers.json`
}

// Run measures.
func (c *benchPeersCmd) Run(a *app) error {
	size, err := gen.SizeNamed(c.Size)
	if err != nil {
		return usagef("--size: %v", err)
	}
	parts, err := peers.ParseParts(c.Only)
	if err != nil {
		return usagef("--only: %v", err)
	}
	if c.Rounds < 1 {
		return usagef("--rounds %d: at least 1", c.Rounds)
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	var differs error
	err = a.measure(&c.reportFlags, "peers", func(ctx context.Context, progress bench.Progress) (*bench.Report, error) {
		report, err := peers.Run(ctx, peers.Config{
			Size: size, Seed: c.Seed, Rounds: c.Rounds, Only: parts, Open: a.openQuietly,
			Child: []string{program, "bench", "peers-child"}, Programs: c.PostgreSQL, Tile38: c.Tile38, Profiles: c.Pprof, Temp: c.Temp,
		}, progress)
		if report != nil && errors.Is(err, peers.ErrDiffers) {
			differs, err = err, nil
		}
		return report, err
	})
	return errors.Join(err, differs)
}

// openQuietly opens a data set with everything derived wired in.
func (a *app) openQuietly(ctx context.Context, dir string) (*engine.Engine, *tiles.Cache, error) {
	e, err := a.open(ctx, dir, openOptions{quiet: true})
	if err != nil {
		return nil, nil, err
	}
	return e.Engine, e.cache, nil
}

// benchChildCmd is the process that peers asks.
type benchChildCmd struct{}

// Run serves until the standard input ends.
func (c *benchChildCmd) Run(a *app) error {
	return peers.Child(a.ctx, os.Stdin, a.stdout, a.openQuietly)
}
