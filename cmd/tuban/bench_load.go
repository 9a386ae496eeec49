package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"tuban/bench"
	"tuban/bench/gen"
	"tuban/bench/load"
)

// benchLoad are the sub-commands of bench that work a server over HTTP, or time
// the whole program.
type benchLoad struct {
	Overlap benchOverlapCmd `cmd:"" help:"Overlap queries over HTTP."`
	Locate  benchLocateCmd  `cmd:"" help:"Point look-ups over HTTP."`
	Tiles   benchTilesCmd   `cmd:"" help:"Tiles over HTTP, by zoom."`
	Batch   benchBatchCmd   `cmd:"" help:"Overlap queries of many polygons in one body."`
	Edit    benchEditCmd    `cmd:"" help:"Edits, how soon tiles show them, and readers beside them."`
	Open    benchOpenCmd    `cmd:"" help:"Starting the program on a data set, until it is ready."`
	Import  benchImportCmd  `cmd:"" help:"Importing files, and opening what came of it."`
	Target  benchTargetCmd  `cmd:"" hidden:"" help:"The server that the others start."`
}

// loadFlags are what all loads over HTTP share.
type loadFlags struct {
	reportFlags `embed:""`
	Target      string        `help:"Server to measure: the address of a tuban server, or a template of addresses of any other. Without it one is started on a throw-away demo city." placeholder:"URL"`
	Size        string        `help:"Size of that city, in parcels: 20k, 200k, 1m or 5m." enum:"20k,200k,1m,5m" default:"20k"`
	CitySeed    uint64        `help:"Seed of that city." default:"1"`
	PID         []int         `name:"pid" help:"Processes of the server, for its CPU and memory; found by itself on this machine." placeholder:"N,N"`
	Layers      []string      `help:"Layers to ask for; all that fit if not given." placeholder:"A,B"`
	Rate        float64       `help:"Requests a second: an open load, whose latencies run from when a request was due." placeholder:"R" xor:"load"`
	Poisson     bool          `help:"Random gaps between requests, as from many users, in place of even ones."`
	Max         bool          `help:"As many requests as the connections can: a closed load, for the throughput." xor:"load"`
	Duration    time.Duration `help:"How long to measure." default:"10s"`
	Warmup      time.Duration `help:"Unmeasured requests before." default:"2s"`
	Connections int           `help:"Requests under way at once, at most." default:"16"`
	Timeout     time.Duration `help:"Longest wait for an answer." default:"30s"`
	Seed        uint64        `help:"Seed of what is asked, and when." default:"1"`
	Sample      int           `help:"Answers that are checked before anything is timed." default:"20"`
	Encoding    string        `help:"Accept-Encoding: identity, gzip, br or zstd." enum:"identity,gzip,br,zstd" default:"gzip"`
}

// config returns the part of a workload's configuration that all share.
func (f *loadFlags) config() (load.Config, error) {
	own, err := ownServer(f.Size, f.CitySeed)
	return load.Config{
		Target: f.Target, Own: own, PIDs: f.PID, Layers: f.Layers, Rate: f.Rate, Poisson: f.Poisson, Max: f.Max,
		Duration: f.Duration, Warm: f.Warmup, Connections: f.Connections, Timeout: f.Timeout, Seed: f.Seed,
		Sample: f.Sample, Coding: f.Encoding,
	}, err
}

// ownServer says how this program serves a demo city for a measurement.
func ownServer(size string, seed uint64) (load.Own, error) {
	program, err := os.Executable()
	if err != nil {
		return load.Own{}, err
	}
	made, err := gen.SizeNamed(size)
	args := []string{"bench", "target", "--size", size, "--seed", strconv.FormatUint(seed, 10), "--log-level", "warn"}
	return load.Own{Program: program, Args: args, Size: made, Seed: seed}, err
}

// foreignFlags are what must be said of a server that is not tuban.
type foreignFlags struct {
	Bounds    string  `help:"Of another server: the box of its data, in degrees." placeholder:"W,S,E,N"`
	Holds     string  `help:"Of another server: the size of the demo city that it has loaded (tuban bench gen), seed --city-seed; answers are checked against it." enum:",20k,200k,1m,5m" default:"" placeholder:"SIZE"`
	Method    string  `help:"Of another server: the method; GET, or POST with a body." placeholder:"M"`
	Body      string  `help:"Of another server: template of the body." placeholder:"TEXT"`
	Type      string  `help:"Of another server: Content-Type of the body." default:"application/json"`
	Answer    string  `help:"Of another server: where in its JSON the areas (m²) or ids stand, such as results.*.area." placeholder:"PATH"`
	Tolerance float64 `help:"Of another server: how far the sum of areas may be off, as a share of the polygon's." default:"0.0001"`
}

// add adds what is known of another server to a configuration.
func (f *foreignFlags) add(a *app, c *load.Config, citySeed uint64, progress bench.Progress) error {
	c.Foreign = load.Foreign{Method: f.Method, Body: f.Body, Type: f.Type, Answer: f.Answer, Tolerance: f.Tolerance}
	if f.Body == "" {
		c.Foreign.Type = ""
	}
	if f.Bounds != "" {
		box, err := parseBounds(f.Bounds)
		if err != nil {
			return err
		}
		c.Foreign.Bounds = box
	}
	if f.Holds == "" {
		return nil
	}
	size, err := gen.SizeNamed(f.Holds)
	if err != nil {
		return err
	}
	c.Foreign.City, err = load.NewCity(a.ctx, citySeed, size, func(done, total int) {
		progress.Say("making the city to check against", int64(done), int64(total))
	})
	return err
}

func parseBounds(text string) (orb.Bound, error) {
	var v [4]float64
	parts := strings.Split(text, ",")
	for i, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || len(parts) != len(v) {
			return orb.Bound{}, usagef("--bounds %q: give west,south,east,north in degrees", text)
		}
		v[i] = f
	}
	if v[0] >= v[2] || v[1] >= v[3] || v[1] < -90 || v[3] > 90 {
		return orb.Bound{}, usagef("--bounds %q: the order is west,south,east,north", text)
	}
	return orb.Bound{Min: orb.Point{v[0], v[1]}, Max: orb.Point{v[2], v[3]}}, nil
}

// runLoad measures and calls a bad configuration a usage error.
func (a *app) runLoad(f *reportFlags, what string, run func(ctx context.Context, progress bench.Progress) (*bench.Report, error)) error {
	err := a.measure(f, what, run)
	if errors.Is(err, load.ErrConfig) {
		return usageError{err}
	}
	return err
}

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

// fill sets what all loads share, and what is known of another server.
func (f *loadFlags) fill(a *app, c *load.Config, foreign *foreignFlags, progress bench.Progress) (err error) {
	if *c, err = f.config(); err != nil {
		return err
	}
	return foreign.add(a, c, f.CitySeed, progress)
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

// benchEditCmd measures edits.
type benchEditCmd struct {
	loadFlags `embed:""`
	Layer     string  `help:"Layer to edit; the largest of patches if not given." placeholder:"NAME"`
	Field     string  `help:"Property to write; a text field of the layer if not given." placeholder:"F"`
	Features  int     `help:"How many neighbouring features are edited." default:"64"`
	Probe     int     `help:"After each so-many-th edit its tile is fetched and must show it. An odd number probes PATCH and PUT alike." default:"5"`
	ReadRate  float64 `help:"Reads a second." default:"200"`
	Readers   int     `help:"Connections of the readers." default:"16"`
	Write     bool    `name:"allow-writes" help:"Allow edits on a server that is given by --target. Features are put back as they were; the history keeps the edits."`
}

// Help is shown by bench edit --help.
func (c *benchEditCmd) Help() string {
	return `Edits features of a tuban server at a rate, in turn by PATCH of a property and by PUT with a moved vertex. After
every fifth edit a tile that draws the feature is fetched and decoded: the time from when the edit was due until the
tile that shows it had come is the row "its tile shows it"; a tile that does not show it ends the run without a table.
Readers ask for overlaps and tiles meanwhile, and before that alone.

  tuban bench edit --rate 200
  tuban bench edit --size 200k --rate 1000 --connections 32 --read-rate 500`
}

// Run measures.
func (c *benchEditCmd) Run(a *app) error {
	return a.runLoad(&c.reportFlags, "edit", func(ctx context.Context, progress bench.Progress) (*bench.Report, error) {
		shared, err := c.config()
		if err != nil {
			return nil, err
		}
		return load.Edit(ctx, load.EditConfig{
			Config: shared, Layer: c.Layer, Field: c.Field, Features: c.Features, Probe: c.Probe,
			ReadRate: c.ReadRate, Readers: c.Readers, Write: c.Write,
		}, progress)
	})
}

// programFlags are what the measurements of a whole program share.
type programFlags struct {
	reportFlags `embed:""`
	Program     string `help:"The tuban binary to measure; this one if not given." type:"path" placeholder:"FILE"`
	Size        string `help:"Size of the demo city that is made where no data is given: 20k, 200k, 1m or 5m parcels." enum:"20k,200k,1m,5m" default:"20k"`
	CitySeed    uint64 `help:"Seed of that city." default:"1"`
	Rounds      int    `help:"How many times." default:"5"`
}

func (f *programFlags) program() (string, error) {
	if f.Program != "" {
		return f.Program, nil
	}
	return os.Executable()
}

// benchOpenCmd measures opening.
type benchOpenCmd struct {
	programFlags `embed:""`
	Data         string `help:"Directory of the data set; without it a demo city is made and thrown away." type:"path" placeholder:"DIR"`
}

// Help is shown by bench open --help.
func (c *benchOpenCmd) Help() string {
	return `Starts the program on a directory and measures the time, CPU and memory until /readyz says ready, several times.

  tuban bench open
  tuban bench open --data ./tuban-data --rounds 10`
}

// Run measures.
func (c *benchOpenCmd) Run(a *app) error {
	return a.runLoad(&c.reportFlags, "open", func(ctx context.Context, progress bench.Progress) (*bench.Report, error) {
		program, err := c.program()
		if err != nil {
			return nil, err
		}
		own, err := ownServer(c.Size, c.CitySeed)
		if err != nil {
			return nil, err
		}
		return load.Open(ctx, load.OpenConfig{Program: program, Data: c.Data, Own: own, Rounds: c.Rounds}, progress)
	})
}

// benchImportCmd measures importing.
type benchImportCmd struct {
	programFlags `embed:""`
	IDField      string   `name:"id-field" help:"As of tuban import." placeholder:"F"`
	ClassField   string   `name:"class-field" help:"As of tuban import." placeholder:"F"`
	CRS          string   `name:"crs" help:"As of tuban import." placeholder:"EPSG:N"`
	Files        []string `arg:"" optional:"" help:"Files to import; without any the parcels of a demo city are written first." placeholder:"FILE"`
}

// Help is shown by bench import --help.
func (c *benchImportCmd) Help() string {
	return `Imports files into an empty directory by tuban import, then opens that, several times: time, CPU, memory, and how
many times longer importing takes than opening. Counts must agree, and for the demo city the area, too.

  tuban bench import
  tuban bench import --class-field DLBM dltb.fgb
  tuban bench import --size 1m --rounds 3`
}

// Run measures.
func (c *benchImportCmd) Run(a *app) error {
	return a.runLoad(&c.reportFlags, "import", func(ctx context.Context, progress bench.Progress) (*bench.Report, error) {
		program, err := c.program()
		if err != nil {
			return nil, err
		}
		size, err := gen.SizeNamed(c.Size)
		if err != nil {
			return nil, err
		}
		var args []string
		for _, f := range [][2]string{{"--id-field", c.IDField}, {"--class-field", c.ClassField}, {"--crs", c.CRS}} {
			if f[1] != "" {
				args = append(args, f[0], f[1])
			}
		}
		return load.Import(ctx, load.ImportConfig{
			Program: program, Args: args, Layer: "dltb", Files: c.Files, Size: size, Seed: c.CitySeed, Rounds: c.Rounds,
		}, progress)
	})
}

// benchTargetCmd makes a demo city where there is none and serves it, for the
// other commands.
type benchTargetCmd struct {
	serveFlags  `embed:""`
	Size        string `help:"20k, 200k, 1m or 5m parcels." enum:"20k,200k,1m,5m" default:"20k"`
	Seed        uint64 `help:"Seed of the city." default:"1"`
	NoTileCache bool   `help:"Make every tile on each request."`
}

// Run serves.
func (c *benchTargetCmd) Run(a *app) error {
	size, err := gen.SizeNamed(c.Size)
	if err != nil {
		return usagef("--size: %v", err)
	}
	return a.serve(&c.serveFlags, func(e *opened) error {
		if c.NoTileCache {
			e.cache = nil
		}
		if err := a.makeCity(e, recipe{size, c.Seed}, c.Data); err != nil {
			return fmt.Errorf("making the demo city: %w", err)
		}
		return nil
	})
}
