package main

import (
	"context"

	"tuban/bench"
	"tuban/bench/load"
)

// benchOverlapCmd measures overlap queries.
type benchOverlapCmd struct {
	loadFlags    `embed:""`
	foreignFlags `embed:""`
	Polygons     string `help:"What is asked with: patches (of the data), or steps (random outlines); patches where there are any." enum:",patches,steps" default:"" placeholder:"P"`
	Number       int    `help:"Most different polygons." default:"2000"`
	Detail       string `help:"classes or features." enum:"classes,features" default:"features"`
}

// Help is shown by bench overlap --help.
func (c *benchOverlapCmd) Help() string {
	return `Lays the change patches of the data (or random outlines in steps) over its reference layers, one polygon a
request. Before the timing a sample of answers is checked: the sums, and every area against the sweep over
features that are fetched; a wrong answer ends the run without a table.

  tuban bench overlap                                        starts a server on a city of 20,000 parcels
  tuban bench overlap --target http://127.0.0.1:8080 --layers dltb --rate 500 --poisson
  tuban bench overlap --max --connections 2 --detail classes
Any other server, by a template of its address or its body. Places: {geometry} {feature} {wkt} {id} {layers}
  tuban bench overlap --target 'http://127.0.0.1:9000/area' --body '{"shape":{geometry}}' --holds 20k \
    --layers dltb --answer 'rows.*.m2'`
}

// Run measures.
func (c *benchOverlapCmd) Run(a *app) error {
	return a.runLoad(&c.reportFlags, "overlap", func(ctx context.Context, progress bench.Progress) (*bench.Report, error) {
		cfg := load.OverlapConfig{Queries: c.Polygons, Detail: c.Detail, Number: c.Number}
		if err := c.fill(a, &cfg.Config, &c.foreignFlags, progress); err != nil {
			return nil, err
		}
		return load.Overlap(ctx, cfg, progress)
	})
}

// benchLocateCmd measures point look-ups.
type benchLocateCmd struct {
	loadFlags    `embed:""`
	foreignFlags `embed:""`
	Number       int `help:"Different points." default:"20000"`
}

// Help is shown by bench locate --help.
func (c *benchLocateCmd) Help() string {
	return `Asks which features hold random points. Before the timing a sample is checked: every feature around the point
is fetched and tried.

  tuban bench locate
  tuban bench locate --target http://127.0.0.1:8080 --layers dltb --max --connections 16
Any other server. Places: {lon} {lat} {layers}
  tuban bench locate --target 'http://127.0.0.1:9851/INTERSECTS+dltb+IDS+POINT+{lat}+{lon}' --holds 20k \
    --layers dltb --answer 'ids.*'`
}

// Run measures.
func (c *benchLocateCmd) Run(a *app) error {
	return a.runLoad(&c.reportFlags, "locate", func(ctx context.Context, progress bench.Progress) (*bench.Report, error) {
		cfg := load.LocateConfig{Number: c.Number}
		if err := c.fill(a, &cfg.Config, &c.foreignFlags, progress); err != nil {
			return nil, err
		}
		return load.Locate(ctx, cfg, progress)
	})
}

// benchTilesCmd measures tiles.
type benchTilesCmd struct {
	loadFlags    `embed:""`
	foreignFlags `embed:""`
	Mix          string `help:"walk: as users move through a map, all zooms at once; zooms: one zoom after another, near data." enum:"walk,zooms" default:"walk"`
	Zooms        []int  `help:"Zooms of --mix zooms; 6 to 16 if not given." placeholder:"Z,Z"`
	Number       int    `help:"Most different tiles: of the walk, or of each zoom." default:"5000"`
	Cold         bool   `help:"Each tile is asked for once and none comes from the server's cache: a server of our own keeps none, one that is given must show by /metrics that there was no hit." xor:"cache"`
	Hot          bool   `help:"Each tile was asked for before, and all come from the server's cache." xor:"cache"`
	Once         bool   `help:"Each tile is asked for once; nothing is known of caches (for servers other than tuban)." xor:"cache"`
}

// Help is shown by bench tiles --help.
func (c *benchTilesCmd) Help() string {
	return `Fetches vector tiles. Before the timing a sample is checked: by the rules of MVT 2.1, and by counting that the
features drawn, and those that the tile says it stands for, are all that lie there.

  tuban bench tiles                          a user's walk through z6–z16 of a city of 20,000 parcels
  tuban bench tiles --cold --mix zooms --number 300 --max --connections 1     CPU per cold tile, by zoom
  tuban bench tiles --hot --mix zooms --zooms 14 --max --encoding identity
Any other server. Places: {z} {x} {y} {-y} (rows from the south)
  tuban bench tiles --target 'http://127.0.0.1:3000/dltb/{z}/{x}/{y}' --holds 20k --once
  tuban bench tiles --target 'http://127.0.0.1:7800/public.dltb/{z}/{x}/{y}.pbf' --bounds 94.5,36.2,95.3,36.7`
}

// Run measures.
func (c *benchTilesCmd) Run(a *app) error {
	return a.runLoad(&c.reportFlags, "tiles", func(ctx context.Context, progress bench.Progress) (*bench.Report, error) {
		cfg := load.TilesConfig{Mix: c.Mix, Zooms: c.Zooms, Number: c.Number, Once: c.Once}
		switch {
		case c.Cold:
			cfg.Cache = load.Cold
		case c.Hot:
			cfg.Cache = load.Hot
		}
		if err := c.fill(a, &cfg.Config, &c.foreignFlags, progress); err != nil {
			return nil, err
		}
		return load.Tiles(ctx, cfg, progress)
	})
}

// benchBatchCmd measures batches.
type benchBatchCmd struct {
	loadFlags `embed:""`
	Polygons  string `help:"What is asked with: patches (of the data), or steps (random outlines); patches where there are any." enum:",patches,steps" default:"" placeholder:"P"`
	Number    int    `help:"Most different polygons." default:"5000"`
	Body      int    `help:"Polygons in a body." default:"200"`
	Detail    string `help:"classes or features." enum:"classes,features" default:"classes"`
}

// Help is shown by bench batch --help.
func (c *benchBatchCmd) Help() string {
	return `Sends bodies of many polygons to POST /overlap of a tuban server. Every body's results are checked for order and
number, and a sample of polygons for its areas, before the timing.

  tuban bench batch
  tuban bench batch --body 1000 --polygons steps --max --connections 1`
}

// Run measures.
func (c *benchBatchCmd) Run(a *app) error {
	return a.runLoad(&c.reportFlags, "batch", func(ctx context.Context, progress bench.Progress) (*bench.Report, error) {
		shared, err := c.config()
		if err != nil {
			return nil, err
		}
		return load.Batch(ctx, load.BatchConfig{Config: shared, Queries: c.Polygons, Detail: c.Detail, Number: c.Number, Size: c.Body}, progress)
	})
}
