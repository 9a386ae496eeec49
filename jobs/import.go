package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tuban/engine"
	"tuban/feature"
	"tuban/geom"
)

// Import describes an import: files into one layer, all or nothing unless
// SkipRefused. For a layer that exists, Kind, the fields and the title count
// only with a new Vintage.
type Import struct {
	Files      []string // PATH or PATH#LAYER
	Layer      feature.LayerID
	Title      feature.Text
	Kind       feature.Kind // "" is reference
	IDField    string
	ClassField string
	AreaUnit   feature.AreaUnit
	Classes    []feature.Class
	CRS        string // "" is what the file says
	Encoding   string // "" or "auto" finds it out
	Vintage    feature.Vintage
	Author     string
	Reason     string

	// SkipRefused leaves refused rows out instead of giving up; each goes to
	// Rejected as a line of JSON (row, place, reason, the feature where there
	// is one).
	SkipRefused bool
	Rejected    func(file string) (io.WriteCloser, error)

	// Progress is called now and then with a stage ("read", "write", "index")
	// and counts of rows; total is -1 when unknown. May be nil.
	Progress func(stage string, done, total int64)
}

// Descriptor returns the layer that the import makes.
func (im *Import) Descriptor() feature.Layer {
	kind := im.Kind
	if kind == "" {
		kind = feature.KindReference
	}
	return feature.Layer{
		ID: im.Layer, Title: im.Title, Kind: kind, IDField: im.IDField, ClassField: im.ClassField, AreaUnit: im.AreaUnit,
		Classes: im.Classes, MaxZoom: feature.MaxZoom,
	}
}

// Sink takes an import's features in and makes them visible all at once.
type Sink interface {
	// Add takes one feature in EPSG:4490. A *RefusedError means that this one
	// was not taken; any other error ends the import.
	Add(row int64, f feature.Feature) (engine.Taken, error)
	// Commit makes everything visible and sets the report's seq; a sink that
	// learns only now what was taken corrects the counts.
	Commit(ctx context.Context, r *Report, progress func(stage string, done, total int64)) error
	// Abort leaves nothing behind.
	Abort() error
}

// RefusedError is a feature that a sink did not take.
type RefusedError struct{ Err error }

// Error returns the reason.
func (e *RefusedError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *RefusedError) Unwrap() error { return e.Err }

// Place is where in its file something was found. Ring and Vertex are -1, and
// Part 0, where they don't apply; all count from 0, Row from 1.
type Place struct {
	File   string   `json:"file"`
	Row    int64    `json:"row"`
	ID     string   `json:"id,omitempty"`
	Part   int      `json:"part,omitempty"`
	Ring   int      `json:"ring"`
	Vertex int      `json:"vertex"`
	Lon    *float64 `json:"lon,omitempty"`
	Lat    *float64 `json:"lat,omitempty"`
	Code   string   `json:"code,omitempty"`
	Reason string   `json:"reason"`
}

// String returns "file: row R, ring N, vertex M (lon, lat): reason".
func (p Place) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: row %d", p.File, p.Row)
	if p.ID != "" {
		fmt.Fprintf(&b, " (id %s)", p.ID)
	}
	if p.Ring >= 0 {
		fmt.Fprintf(&b, ", ring %d", p.Ring)
	}
	if p.Vertex >= 0 {
		fmt.Fprintf(&b, ", vertex %d", p.Vertex)
	}
	if p.Lon != nil && p.Lat != nil {
		fmt.Fprintf(&b, " (%v, %v)", *p.Lon, *p.Lat)
	}
	b.WriteString(": " + p.Reason)
	return b.String()
}

// RowError is a row that ended an import.
type RowError struct {
	Place
	Err error
}

// Error returns the place and the reason.
func (e *RowError) Error() string { return e.Place.String() }

// Unwrap returns the reason.
func (e *RowError) Unwrap() error { return e.Err }

// maxListed bounds the places that a report lists; the counts stay whole.
const maxListed = 50

// Report is what an import did.
type Report struct {
	Layer    feature.LayerID `json:"layer"`
	Seq      feature.Seq     `json:"seq"`
	Read     int64           `json:"read"`
	Written  int64           `json:"written"`
	Refused  int64           `json:"refused"`
	Repaired int64           `json:"repaired_by_report"` // taken as delivered, with problems reported
	AreaM2   float64         `json:"area_m2"`
	Seconds  float64         `json:"seconds"`
	Notes    []string        `json:"notes,omitempty"`
	Problems []Place         `json:"problems,omitempty"`      // the first ones found in features taken
	Refusals []Place         `json:"refusals,omitempty"`      // the first ones
	Codes    map[string]int  `json:"problem_codes,omitempty"` // how often each was found
}

// importer is an import under way.
type importer struct {
	*Import
	sink   Sink
	report Report
	reject io.WriteCloser
	seen   map[string]bool // fields that some row had
}

// Run reads the files into a sink and commits it. Whatever goes wrong before
// the commit leaves nothing behind.
func (im *Import) Run(ctx context.Context, sink Sink) (Report, error) {
	start := time.Now()
	p := &importer{Import: im, sink: sink, seen: map[string]bool{}}
	p.report.Layer, p.report.Codes = im.Layer, map[string]int{}
	if im.Progress == nil {
		im.Progress = func(string, int64, int64) {}
	}
	for _, name := range im.Files {
		if err := p.file(ctx, name); err != nil {
			return p.report, errors.Join(err, sink.Abort())
		}
	}
	if err := p.checkFields(); err != nil {
		return p.report, errors.Join(err, sink.Abort())
	}
	if err := sink.Commit(ctx, &p.report, im.Progress); err != nil {
		return p.report, err
	}
	p.report.Seconds = time.Since(start).Seconds()
	return p.report, nil
}

// checkFields wants the id and class fields that were asked for in the rows.
func (p *importer) checkFields() error {
	for _, f := range []struct{ flag, name string }{{"--id-field", p.IDField}, {"--class-field", p.ClassField}} {
		if f.name == "" || p.seen[f.name] || p.report.Written == 0 {
			continue
		}
		names := make([]string, 0, len(p.seen))
		for n := range p.seen {
			names = append(names, n)
		}
		slices.Sort(names)
		return fmt.Errorf("%s %s: no feature has this field; they have: %s", f.flag, f.name, strings.Join(names, ", "))
	}
	return nil
}

func (p *importer) file(ctx context.Context, name string) (err error) {
	s, err := openFile(name, p.Encoding, p.CRS)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(), p.closeRejected()) }()
	c, err := decideCRS(s, p.CRS)
	if err != nil {
		return err
	}
	schema := s.Schema()
	p.Progress("read", p.report.Read, schema.Count)
	for {
		row, err := s.Next()
		if err == io.EOF {
			break
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		var bad *feature.RowError
		if err != nil && !errors.As(err, &bad) {
			return fmt.Errorf("%s: after %d rows: %w", name, p.report.Read, err)
		}
		p.report.Read++
		f := row.Feature
		if err == nil {
			f, err = toLonLat(c, row.Feature)
		}
		var taken engine.Taken
		if err == nil {
			taken, err = p.sink.Add(row.Row, f)
			var refused *RefusedError
			if err != nil && !errors.As(err, &refused) {
				return fmt.Errorf("%s: row %d: %w", name, row.Row, err)
			}
		}
		if err != nil {
			if err := p.refuse(name, row, err); err != nil {
				return err
			}
			continue
		}
		p.taken(s, row, taken)
		if p.report.Read%1000 == 0 {
			p.Progress("read", p.report.Read, schema.Count)
		}
	}
	p.report.Notes = append(p.report.Notes, prefixed(name, s.Schema().Notes)...)
	p.Progress("read", p.report.Read, p.report.Read)
	return nil
}

// taken counts a feature that was written, and lists its problems.
func (p *importer) taken(s *source, row feature.Row, t engine.Taken) {
	if !s.format.wound {
		t.Problems = slices.DeleteFunc(t.Problems, func(pr geom.Problem) bool { return pr.Code == geom.WrongWinding })
	}
	p.report.Written++
	p.report.AreaM2 += t.AreaM2
	for _, pr := range row.Feature.Properties {
		p.seen[pr.Name] = true
	}
	if len(t.Problems) > 0 {
		p.report.Repaired++
	}
	for _, pr := range t.Problems {
		p.report.Codes[string(pr.Code)]++
		if len(p.report.Problems) < maxListed {
			lon, lat := pr.Lon, pr.Lat
			p.report.Problems = append(p.report.Problems, Place{
				File: s.path, Row: row.Row, ID: string(t.ID), Part: pr.Part, Ring: pr.Ring, Vertex: pr.Vertex,
				Lon: &lon, Lat: &lat, Code: string(pr.Code), Reason: pr.Detail,
			})
		}
	}
}

// refuse counts a row that was not taken; without SkipRefused it is the error
// that ends the import.
func (p *importer) refuse(file string, row feature.Row, err error) error {
	place := placeOf(file, row, err)
	p.report.Refused++
	if len(p.report.Refusals) < maxListed {
		p.report.Refusals = append(p.report.Refusals, place)
	}
	if !p.SkipRefused {
		return &RowError{place, err}
	}
	if p.Rejected == nil {
		return nil
	}
	if p.reject == nil {
		if p.reject, err = p.Rejected(file); err != nil {
			return err
		}
	}
	line, err := json.Marshal(place)
	if err != nil {
		return err
	}
	if row.Feature.Properties != nil {
		line = append(line[:len(line)-1], `,"properties":`...)
		line = append(row.Feature.Properties.AppendJSON(line), '}')
	}
	_, err = p.reject.Write(append(line, '\n'))
	return err
}

func (p *importer) closeRejected() error {
	if p.reject == nil {
		return nil
	}
	err := p.reject.Close()
	p.reject = nil
	return err
}

// placeOf finds the place that an error knows.
func placeOf(file string, row feature.Row, err error) Place {
	p := Place{File: file, Row: row.Row, ID: string(row.Feature.ID), Ring: -1, Vertex: -1, Reason: err.Error()}
	var r *feature.RowError
	var c *geom.CoordinateError
	switch {
	case errors.As(err, &r):
		p.Row, p.Ring, p.Vertex, p.Reason = r.Row, r.Ring, r.Vertex, r.Err.Error()
	case errors.As(err, &c):
		p.Part, p.Ring, p.Vertex = c.Part, c.Ring, c.Vertex
		p.Reason = "coordinate (" + num(c.Lon) + ", " + num(c.Lat) + "): " + c.Reason
	}
	return p
}

func prefixed(file string, notes []string) []string {
	out := make([]string, len(notes))
	for i, n := range notes {
		out[i] = file + ": " + n
	}
	return out
}
