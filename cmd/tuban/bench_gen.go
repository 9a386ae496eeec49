package main

import (
	"context"

	"tuban/bench"
	"tuban/bench/gen"
)

// benchGen is the sub-command that writes data.
type benchGen struct {
	Gen benchGenCmd `cmd:"" help:"Write the demo city as GeoJSON sequences and FlatGeobuf, with a manifest of hashes."`
}

// benchGenCmd writes the demo city as files.
type benchGenCmd struct {
	reportFlags `embed:""`
	Size        string `help:"How many land-class parcels: 20k, 200k, 1m or 5m." enum:"20k,200k,1m,5m" default:"20k"`
	Seed        uint64 `help:"Seed of the city: the same seed writes the same bytes." default:"1"`
	Out         string `help:"Folder to write; must not be there, or be empty, or hold this very city." required:"" placeholder:"DIR" type:"path"`
}

// Help is shown by bench gen --help.
func (c *benchGenCmd) Help() string {
	return `For each layer LAYER.geojsonl (a feature a line), LAYER.fgb (FlatGeobuf with an index) and their
counts, areas and SHA-256 in manifest.json. All or nothing: an interrupted run leaves no folder. A
folder that holds the city already is checked against its hashes. Space: about 60 MB for 20k, 0.5 GB
for 200k, 1.5 GB for 1m and 6 GB for 5m, and a third more while it runs.

  tuban bench gen --size 20k --out /tmp/city
  tuban import --layer dltb --id-field BSM --class-field DLBM /tmp/city/dltb.fgb`
}

// Run writes the files.
func (c *benchGenCmd) Run(a *app) error {
	return a.measure(&c.reportFlags, "gen", func(ctx context.Context, progress bench.Progress) (*bench.Report, error) {
		return gen.Run(ctx, gen.Config{Size: c.Size, Seed: c.Seed, Out: c.Out}, progress)
	})
}
