package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"tuban/feature"
	"tuban/jobs"
)

// importCmd reads files into a layer.
type importCmd struct {
	dataFlags  `embed:""`
	Layer      string   `help:"Layer to read into; made if it is missing." required:"" placeholder:"NAME"`
	Kind       string   `help:"What a new layer is for: patch, reference or admin." enum:"patch,reference,admin," default:"" placeholder:"K"`
	Title      string   `help:"Title of a new layer." placeholder:"TEXT"`
	IDField    string   `name:"id-field" help:"Field that holds the feature's id (unique)." placeholder:"F"`
	ClassField string   `name:"class-field" help:"Field that holds the class code." placeholder:"F"`
	CRS        string   `name:"crs" help:"Coordinate system of the files, if they don't say or say wrong." placeholder:"EPSG:N"`
	Encoding   string   `help:"Encoding of attribute text: auto, utf-8, gbk, gb18030." default:"auto" placeholder:"E"`
	Vintage    string   `help:"Load a new edition of the layer and swap it in." placeholder:"V"`
	AreaUnit   string   `name:"area-unit" help:"Unit of area columns: m2, mu or ha." enum:"m2,mu,ha," default:"" placeholder:"U"`
	OnError    string   `name:"on-error" help:"stop: a refused row ends the import and nothing is kept; skip: leave it out." enum:"stop,skip" default:"stop"`
	Author     string   `help:"Who is named in the commit." default:"${user}" placeholder:"WHO"`
	Reason     string   `help:"Why, for the commit." placeholder:"TEXT"`
	Files      []string `arg:"" help:"Files: PATH or PATH#LAYER." placeholder:"FILE"`
}

// Help is shown by import --help.
func (c *importCmd) Help() string {
	return `Reads GeoJSON, GeoJSON text sequences (.geojsonl .ndjson .geojsons), Shapefiles (folder, .shp,
.zip, .shp.zip), GeoPackage and FlatGeobuf, each also with .gz behind it; PATH#LAYER names the layer
inside. Coordinates: EPSG 4490, 4326, CRS84, 3857 and 4491–4554 (CGCS2000 Gauss–Krüger); everything is
kept as longitude and latitude in EPSG:4490.

All files are one commit. Rings that cross themselves are kept as delivered, measured by the even-odd
rule and reported with their place. With --on-error skip the refused rows go to FILE.rejected.ndjson.

  tuban import --layer parcels parcels.shp.zip
  tuban import --layer dltb --id-field BSM --class-field DLBM --encoding gbk DLTB.shp
  tuban import --layer landuse 'osm.gpkg#landuse'
  tuban import --layer approvals --crs EPSG:4520 no_prj.shp
  tuban import --server http://127.0.0.1:8080 --layer parcels parcels.geojson`
}

// Run imports the files.
func (c *importCmd) Run(a *app) (err error) {
	if err := feature.CheckLayerID(feature.LayerID(c.Layer)); err != nil {
		return usageError{err}
	}
	p := a.newProgress("import " + c.Layer)
	im := &jobs.Import{
		Files: c.Files, Layer: feature.LayerID(c.Layer), Title: feature.Text{ZH: c.Title}, Kind: feature.Kind(c.Kind),
		IDField: c.IDField, ClassField: c.ClassField, AreaUnit: feature.AreaUnit(c.AreaUnit), CRS: c.CRS, Encoding: c.Encoding,
		Vintage: feature.Vintage(c.Vintage), Author: c.Author, Reason: c.reason(),
		SkipRefused: c.OnError == "skip", Rejected: rejectedFile, Progress: p.update,
	}
	var sink jobs.Sink
	if c.Server != "" {
		if sink, err = c.upload(a, im); err != nil {
			return err
		}
	} else {
		e, err := a.open(a.ctx, c.Data, openOptions{quiet: true})
		if err != nil {
			return err
		}
		defer closing(e, &err)
		if sink, err = im.IntoEngine(a.ctx, e.Engine); err != nil {
			return err
		}
	}
	report, err := im.Run(a.ctx, sink)
	p.end()
	if err != nil {
		return importError(err)
	}
	return a.printImport(&report, c.OnError == "skip")
}

func (c *importCmd) reason() string {
	if c.Reason != "" {
		return c.Reason
	}
	return "import " + strings.Join(c.Files, " ")
}

// rejectedFile makes FILE.rejected.ndjson; the part behind '#' is left out.
func rejectedFile(name string) (io.WriteCloser, error) {
	if _, err := os.Stat(name); err != nil {
		if i := strings.LastIndexByte(name, '#'); i > 0 {
			name = name[:i]
		}
	}
	return os.Create(strings.TrimRight(name, "/") + ".rejected.ndjson")
}

// importError adds what can be done about a refused row.
func importError(err error) error {
	var row *jobs.RowError
	if errors.As(err, &row) {
		return fmt.Errorf("%w\nNothing was imported. Mend the file, or use --on-error skip to leave such rows out", err)
	}
	return fmt.Errorf("%w\nNothing was imported", err)
}

func (a *app) printImport(r *jobs.Report, skip bool) error {
	if a.json {
		return json.NewEncoder(a.stdout).Encode(r)
	}
	fmt.Fprintf(a.stdout, "layer %s, seq %d: read %d, written %d, refused %d, repaired-by-report %d, area %.4f m² (%.4f mu), %.2f s\n",
		r.Layer, r.Seq, r.Read, r.Written, r.Refused, r.Repaired, r.AreaM2, r.AreaM2*3/2000, r.Seconds)
	for _, n := range r.Notes {
		fmt.Fprintln(a.stdout, "note:", n)
	}
	codes := make([]string, 0, len(r.Codes))
	for c, n := range r.Codes {
		codes = append(codes, fmt.Sprintf("%s %d", c, n))
	}
	slices.Sort(codes)
	if len(codes) > 0 {
		fmt.Fprintln(a.stdout, "found in geometry, kept as delivered:", strings.Join(codes, ", "))
	}
	const shown = 5
	for i, p := range r.Problems {
		if i == shown {
			fmt.Fprintln(a.stdout, "  … (--json lists more; tuban check --geometry lists all)")
			break
		}
		fmt.Fprintf(a.stdout, "  %s\n", p)
	}
	for i, p := range r.Refusals {
		if i == shown {
			fmt.Fprintln(a.stdout, "  … (all are in the .rejected.ndjson)")
			break
		}
		fmt.Fprintf(a.stdout, "refused: %s\n", p)
	}
	return nil
}
