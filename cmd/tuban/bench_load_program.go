package main

import (
	"context"
	"os"

	"tuban/bench"
	"tuban/bench/gen"
	"tuban/bench/load"
)

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
	if c.Target != "" && !c.Write {
		return usagef("this changes features on %s, and puts them back: say --allow-writes, or leave --target out and a server is started for it", c.Target)
	}
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
