package main

import (
	"context"
	"time"

	"tuban/bench"
	"tuban/bench/kernel"
)

// benchKernel is the sub-command that measures the area kernel.
type benchKernel struct {
	Kernel benchKernelCmd `cmd:"" help:"Areas of polygon pairs in process: checked against exact rationals, then timed; beside GEOS with the build tag geos."`
}

// benchKernelCmd measures polygon pairs.
type benchKernelCmd struct {
	reportFlags `embed:""`
	Seed        uint64        `help:"Seed of the shapes." default:"1"`
	Rounds      int           `help:"Alternating rounds; medians and quartiles are over them." default:"9"`
	Round       time.Duration `help:"How long a round of one engine takes, about." default:"40ms" placeholder:"D"`
	Only        string        `help:"Measure only the cases whose name begins so, such as c2." placeholder:"CASE"`
}

// Help is shown by bench kernel --help.
func (c *benchKernelCmd) Help() string {
	return `Thirteen kinds of pair, from a patch lying partly on a parcel to a sliver of 1e-12°, and pairs of the
demo city. Every area is compared with the exact rational one first; a wrong one ends the run.

  tuban bench kernel
  go run -tags geos ./cmd/tuban bench kernel      with GEOS beside (a C compiler and libgeos-dev)
  tuban bench kernel --only c2 --rounds 21 --write kernel.md`
}

// Run measures.
func (c *benchKernelCmd) Run(a *app) error {
	if c.Rounds < 1 || c.Round <= 0 {
		return usagef("--rounds and --round must be more than 0")
	}
	return a.measure(&c.reportFlags, "kernel", func(ctx context.Context, progress bench.Progress) (*bench.Report, error) {
		return kernel.Run(ctx, kernel.Config{Seed: c.Seed, Rounds: c.Rounds, Round: c.Round, Only: c.Only}, progress)
	})
}
