package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tuban/cql2"
	"tuban/engine"
	"tuban/feature"
	"tuban/jobs"
)

// exportCmd writes a layer to a file.
type exportCmd struct {
	dataFlags `embed:""`
	Layer     string `help:"Layer to write; several, separated by commas, for pmtiles." required:"" placeholder:"NAME"`
	Format    string `help:"geojson (one FeatureCollection), geojsonl (a feature a line), fgb (FlatGeobuf with an index; not with --server) or pmtiles (a frozen tile pyramid)." enum:"geojson,geojsonl,fgb,pmtiles" default:"geojson"`
	MinZoom   uint8  `name:"min-zoom" help:"First zoom of a pmtiles archive." default:"0" placeholder:"Z"`
	MaxZoom   uint8  `name:"max-zoom" help:"Last zoom of a pmtiles archive." default:"14" placeholder:"Z"`
	Filter    string `help:"Only features that pass this CQL2 text." placeholder:"CQL2"`
	Out       string `arg:"" help:"File to write, - for standard output." placeholder:"OUT"`
}

// Help is shown by export --help.
func (c *exportCmd) Help() string {
	return `Writes the features of a layer as they stand, coordinates to the last digit, in EPSG:4490. The file
appears under its name only when it is whole.

  tuban export --layer parcels parcels.geojson
  tuban export --layer parcels --filter "DLBM LIKE '01%' AND area > 600" cropland.geojson
  tuban export --layer parcels --format geojsonl - | head -1
  tuban export --layer parcels --format fgb parcels.fgb
  tuban export --server http://127.0.0.1:8080 --layer parcels parcels.geojson
  tuban export --layer dltb,tuban --format pmtiles --max-zoom 14 city.pmtiles

pmtiles is a PMTiles 3 archive for a static host: the tiles that the server would answer, compressed
with gzip. An interrupted one goes on where it was when the command is given again; what it has so far
is in OUT.partial.`
}

// Run writes the file.
func (c *exportCmd) Run(a *app) (err error) {
	filter, err := c.filter()
	if err != nil {
		return err
	}
	if c.Format == "pmtiles" {
		return c.pyramid(a, filter)
	}
	if c.Server != "" && c.Format == "fgb" {
		return usagef("--format fgb works on a directory, not yet with --server: use --format geojson, or stop the server and export with --data")
	}
	p := a.newProgress("export " + c.Layer)
	defer p.end()
	progress := func(done, total int64) { p.update("write", done, total) }
	var n int64
	write := func(w io.Writer) error {
		if c.Server != "" {
			r, err := newRemote(c.Server, c.Token)
			if err != nil {
				return err
			}
			n, err = r.export(a.ctx, c.Layer, c.Format, c.Filter, w, progress)
			return err
		}
		e, err := a.open(a.ctx, c.Data, openOptions{readOnly: true})
		if err != nil {
			return err
		}
		defer closing(e, &err)
		l, err := layerOf(e.View(), c.Layer)
		if err != nil {
			return err
		}
		n, err = jobs.Export(a.ctx, l, c.Format, filter, w, progress)
		return misfit(err)
	}
	if c.Out == "-" {
		return write(a.stdout)
	}
	if err := writeWhole(c.Out, write); err != nil {
		return err
	}
	if a.json {
		return json.NewEncoder(a.stdout).Encode(map[string]any{"layer": c.Layer, "written": n, "out": c.Out})
	}
	_, err = fmt.Fprintf(a.stdout, "layer %s: %d features written to %s\n", c.Layer, n, c.Out)
	return err
}

// filter reads --filter, nil if it is not given.
func (c *exportCmd) filter() (*cql2.Filter, error) {
	if c.Filter == "" {
		return nil, nil
	}
	f, err := cql2.Parse(c.Filter)
	return f, misfit(err)
}

// misfit makes what is wrong with a filter a mistake of the command line.
func misfit(err error) error {
	if e, ok := errors.AsType[*cql2.Error](err); ok {
		return usagef("--filter: %v", e)
	}
	return err
}

// layerOf finds a layer, or says which there are.
func layerOf(v *engine.View, name string) (*engine.LayerView, error) {
	if l, ok := v.Layer(feature.LayerID(name)); ok {
		return l, nil
	}
	if len(v.Layers()) == 0 {
		return nil, fmt.Errorf("%w: %s; the data set is empty", engine.ErrNoLayer, name)
	}
	ids := make([]string, 0, len(v.Layers()))
	for _, l := range v.Layers() {
		ids = append(ids, string(l.Layer().ID))
	}
	return nil, fmt.Errorf("%w: %s; there are: %s", engine.ErrNoLayer, name, strings.Join(ids, ", "))
}

// writeWhole writes a file beside its name and renames it when it is whole.
func writeWhole(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", name, errors.Unwrap(err))
	}
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), name)
}
