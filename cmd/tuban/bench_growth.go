package main

import (
	"context"

	"tuban/bench"
	"tuban/bench/growth"
	"tuban/engine"
)

// benchGrowth is the sub-command that measures growth.
type benchGrowth struct {
	Growth benchGrowthCmd `cmd:"" help:"Cost per answer, opening and memory against the size of the data set, in process."`
}

// benchGrowthCmd measures several sizes.
type benchGrowthCmd struct {
	reportFlags `embed:""`
	Sizes       []string `help:"Sizes to measure, the smallest first: 20k, 200k, 1m, 5m." enum:"20k,200k,1m,5m" default:"20k,200k,1m,5m"`
	Seed        uint64   `help:"Seed of the cities and of the queries." default:"1"`
	Dir         string   `help:"Folder to keep the cities' files in, for the next time; without it they are made anew and removed." placeholder:"DIR" type:"path"`
	Queries     int      `help:"Polygons and points to ask; a tenth as many tiles." default:"1000"`
	Rounds      int      `help:"Rounds of each work, in turns with a reference." default:"7"`
}

// Help is shown by bench growth --help.
func (c *benchGrowthCmd) Help() string {
	return `Writes the demo city of each size, imports it, opens it, and asks polygons, points and tiles that
have answers of the same size: what grows then is the price of the data set. A size that does not fit
into memory is left out, and said so. 1m takes some minutes, 4 GB of memory and 3 GB of disk; 5m much
more, 18 GB and 15 GB.

  tuban bench growth --sizes 20k,200k
  tuban bench growth --dir /tmp/cities --write growth.md`
}

// Run measures.
func (c *benchGrowthCmd) Run(a *app) error {
	if c.Rounds < 1 || c.Queries < 10 {
		return usagef("--rounds must be 1 at least, --queries 10")
	}
	return a.measure(&c.reportFlags, "growth", func(ctx context.Context, progress bench.Progress) (*bench.Report, error) {
		return growth.Run(ctx, growth.Config{
			Sizes: c.Sizes, Seed: c.Seed, Dir: c.Dir, Queries: c.Queries, Rounds: c.Rounds,
			Open: func(ctx context.Context, dir string) (*engine.Engine, error) {
				e, err := a.open(ctx, dir, openOptions{quiet: true})
				if err != nil {
					return nil, err
				}
				return e.Engine, nil
			},
		}, progress)
	})
}
