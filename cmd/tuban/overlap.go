package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"tuban/engine"
	"tuban/feature"
	"tuban/formats/geojson"
	"tuban/jobs"
	"tuban/overlap"
)

// overlapCmd lays polygons over layers.
type overlapCmd struct {
	dataFlags `embed:""`
	Input     string  `help:"File with polygons: PATH or PATH#LAYER." xor:"what" required:"" placeholder:"FILE"`
	Layer     string  `help:"Or a layer of the data set, each of its features." xor:"what" required:"" placeholder:"NAME"`
	Layers    string  `help:"Layers to lay them over." required:"" placeholder:"A,B"`
	Format    string  `help:"csv, ndjson or xlsx." enum:"csv,ndjson,xlsx" default:"csv"`
	Detail    string  `help:"features: a row for each feature; classes: for each class." enum:"features,classes" default:"features"`
	SliverM2  float64 `name:"sliver-m2" help:"Parts smaller than this are marked as slivers; 0 marks none." default:"1"`
	BufferM   float64 `name:"buffer-m" help:"Measure what is within so many metres of each polygon, point or line." placeholder:"M"`
	IDField   string  `name:"id-field" help:"Field of the file that names a polygon." placeholder:"F"`
	CRS       string  `name:"crs" help:"Coordinate system of the file, if it doesn't say." placeholder:"EPSG:N"`
	Encoding  string  `help:"Encoding of attribute text: auto, utf-8, gbk, gb18030." default:"auto" placeholder:"E"`
	Out       string  `short:"o" help:"File to write; standard output if not given." placeholder:"FILE"`
}

// Help is shown by overlap --help.
func (c *overlapCmd) Help() string {
	return `The same numbers as POST /overlap, for a whole quarter: areas in m² on the ellipsoid, unrounded.
covered_m2 counts ground once, however many features of a layer lie on it. A row of the input that is
no polygon is reported, the rest goes on, and the exit code is 1.

  tuban overlap --input patches.shp.zip --id-field JCBH --layers dltb,yjjbnt -o overlay.csv
  tuban overlap --layer tuban --layers dltb --detail classes --format ndjson
  tuban overlap --layer tuban --layers dltb,yjjbnt --format xlsx -o quarter.xlsx
  tuban overlap --server http://127.0.0.1:8080 --input patches.geojson --layers dltb`
}

// Run measures and writes.
func (c *overlapCmd) Run(a *app) (err error) {
	if !(c.SliverM2 >= 0) {
		return usagef("--sliver-m2 %v: 0 or more", c.SliverM2)
	}
	if c.BufferM != 0 && !(c.BufferM > 0 && c.BufferM <= overlap.MaxBuffer) {
		return usagef("--buffer-m %v: above 0 and up to %v", c.BufferM, overlap.MaxBuffer)
	}
	if c.Format == "xlsx" && c.Out == "" {
		return usagef("--format xlsx needs -o FILE: a workbook is no text")
	}
	p := a.newProgress("overlap")
	o := &jobs.Overlay{Options: overlap.DefaultOptions(), Format: c.Format, CRS: c.CRS, Encoding: c.Encoding, IDField: c.IDField,
		Progress: func(done, total int64) { p.update("measure", done, total) }}
	o.Options.SliverM2, o.BufferM = c.SliverM2, c.BufferM
	if c.Detail == "classes" {
		o.Options.Detail = overlap.Classes
	}
	measure := c.local
	if c.Server != "" {
		measure = c.remote
	}
	var report jobs.OverlayReport
	write := func(w io.Writer) (err error) {
		report, err = measure(a, o, w)
		return err
	}
	if c.Out == "" {
		err = write(a.stdout)
	} else {
		err = writeWhole(c.Out, write)
	}
	p.end()
	if err != nil {
		return err
	}
	return c.finish(a, &report)
}

// finish tells what was done, on stderr when the table went to stdout.
func (c *overlapCmd) finish(a *app, r *jobs.OverlayReport) error {
	w := a.stdout
	if c.Out == "" {
		w = a.stderr
	}
	if a.json {
		if err := json.NewEncoder(w).Encode(r); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(w, "%d polygons of %.4f m² measured, %d refused\n", r.Queries, r.AreaM2, r.Refused)
		for _, b := range r.Bad {
			fmt.Fprintln(w, "refused:", b)
		}
	}
	if r.Refused > 0 {
		return fmt.Errorf("%d rows were refused", r.Refused)
	}
	return nil
}

func (c *overlapCmd) local(a *app, o *jobs.Overlay, w io.Writer) (r jobs.OverlayReport, err error) {
	e, err := a.open(a.ctx, c.Data, openOptions{readOnly: true})
	if err != nil {
		return r, err
	}
	defer closing(e, &err)
	v := e.View()
	for _, name := range strings.Split(c.Layers, ",") {
		l, err := layerOf(v, name)
		if err != nil {
			return r, err
		}
		o.Layers = append(o.Layers, l)
	}
	if c.Input != "" {
		return o.File(a.ctx, c.Input, w)
	}
	l, err := layerOf(v, c.Layer)
	if err != nil {
		return r, err
	}
	return o.Layer(a.ctx, l, w)
}

func (c *overlapCmd) remote(a *app, o *jobs.Overlay, w io.Writer) (jobs.OverlayReport, error) {
	r, err := newRemote(c.Server, c.Token)
	if err != nil {
		return jobs.OverlayReport{}, err
	}
	asked := url.Values{"layers": {c.Layers}, "detail": {c.Detail}, "sliver_m2": {fmt.Sprint(c.SliverM2)}}
	if c.BufferM > 0 {
		asked.Set("buffer_m", strconv.FormatFloat(c.BufferM, 'g', -1, 64))
	}
	path := "/overlap?" + asked.Encode()
	o.Ask = func(ctx context.Context, fs []feature.Feature) ([]overlap.Result, error) {
		body := []byte(`{"type":"FeatureCollection","features":[`)
		for i := range fs {
			if i > 0 {
				body = append(body, ',')
			}
			body = geojson.AppendFeature(body, &fs[i])
		}
		text, err := r.post(ctx, path, "application/geo+json", append(body, "]}"...))
		if err != nil {
			return nil, err
		}
		return overlap.ParseResults(text)
	}
	if c.Input != "" {
		return o.File(a.ctx, c.Input, w)
	}
	return c.remoteLayer(a, r, o, w)
}

// remoteLayer reads the features of a layer page by page.
func (c *overlapCmd) remoteLayer(a *app, r *remote, o *jobs.Overlay, w io.Writer) (jobs.OverlayReport, error) {
	link := "/collections/" + url.PathEscape(c.Layer) + "/items?limit=1000"
	var page *itemsPage
	total := int64(-1)
	next := func() (feature.Feature, error) {
		for page == nil || len(page.Features) == 0 {
			if link == "" {
				return feature.Feature{}, io.EOF
			}
			var err error
			if page, _, err = r.page(a.ctx, link); err != nil {
				return feature.Feature{}, err
			}
			link, total = page.next(), page.NumberMatched
		}
		text := page.Features[0]
		page.Features = page.Features[1:]
		return geojson.ParseFeature(text)
	}
	return o.Features(a.ctx, c.Layer, next, total, w)
}

var _ overlap.Layer = (*engine.LayerView)(nil)
