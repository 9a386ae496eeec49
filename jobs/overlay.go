package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"tuban/engine"
	"tuban/feature"
	"tuban/geom"
	"tuban/overlap"
)

// OverlayFormats lists what an Overlay writes.
var OverlayFormats = []string{"csv", "ndjson", "xlsx"}

// How many queries go through together: measured here, and asked elsewhere.
const (
	overlayGroup = 4
	askedGroup   = 256
)

// Overlay lays many polygons over layers. The numbers are those of one call of
// overlap.Measure for each, to the bit.
type Overlay struct {
	Layers   []overlap.Layer
	Options  overlap.Options
	BufferM  float64 // if above 0, what is within so many metres is measured instead
	Format   string  // one of OverlayFormats
	CRS      string  // of a file, if it does not say
	Encoding string
	IDField  string // of a file: the property that names a query
	Progress func(done, total int64)
	// Ask measures polygons elsewhere, on a running server, instead of Layers:
	// one result for each, in order. Several calls run at once.
	Ask func(ctx context.Context, fs []feature.Feature) ([]overlap.Result, error)
}

// OverlayReport counts what an Overlay did. Bad holds the first refused rows.
type OverlayReport struct {
	Queries int64   `json:"queries"`
	Refused int64   `json:"refused"`
	AreaM2  float64 `json:"area_m2"`
	Bad     []Place `json:"bad,omitempty"`
}

// query is one row on its way through.
type query struct {
	row  int64
	f    feature.Feature
	err  error
	file string

	layer *engine.LayerView // that it comes from, if it does
	slot  feature.Slot

	result overlap.Result
}

// File lays the polygons of a file over the layers. A row that is no polygon
// becomes an error line (ndjson) or is listed in the report, and the rest goes
// on.
func (o *Overlay) File(ctx context.Context, name string, w io.Writer) (r OverlayReport, err error) {
	s, err := openFile(name, o.Encoding, o.CRS)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	c, err := decideCRS(s, o.CRS)
	if err != nil {
		return r, err
	}
	next := func() (query, error) {
		row, err := s.Next()
		var bad *feature.RowError
		if err != nil && !errors.As(err, &bad) {
			return query{}, err
		}
		q := query{row: row.Row, f: row.Feature, err: err, file: name}
		if err == nil {
			q.f, q.err = toLonLat(c, row.Feature)
		} else {
			q.row = bad.Row
		}
		if v, ok := q.f.Properties.Get(o.IDField); ok && o.IDField != "" {
			q.f.ID = feature.ID(v.String())
		}
		return q, nil
	}
	return o.run(ctx, next, s.Schema().Count, w)
}

// Layer lays every feature of a layer over the layers.
func (o *Overlay) Layer(ctx context.Context, l *engine.LayerView, w io.Writer) (OverlayReport, error) {
	slots := make([]feature.Slot, 0, l.Len())
	l.Ascend(0, func(s feature.Slot) bool {
		slots = append(slots, s)
		return true
	})
	i := 0
	next := func() (query, error) {
		if i == len(slots) {
			return query{}, io.EOF
		}
		s := slots[i]
		i++
		q := query{row: int64(i), f: feature.Feature{ID: l.ID(s)}, file: string(l.Layer().ID), layer: l, slot: s}
		if o.BufferM == 0 && !geom.IsAreal(l.Geometry(s)) {
			q.err = overlap.ErrNotAreal
		}
		return q, nil
	}
	return o.run(ctx, next, int64(len(slots)), w)
}

// Features lays features over the layers, from next until io.EOF; total may be
// -1. name stands in places.
func (o *Overlay) Features(ctx context.Context, name string, next func() (feature.Feature, error), total int64, w io.Writer) (OverlayReport, error) {
	var row int64
	return o.run(ctx, func() (query, error) {
		f, err := next()
		row++
		return query{row: row, f: f, file: name}, err
	}, total, w)
}

// run measures on all cores and writes in order. Queries go through in groups: a
// group is one call of Ask.
func (o *Overlay) run(ctx context.Context, next func() (query, error), total int64, w io.Writer) (r OverlayReport, err error) {
	out, err := newOverlayWriter(o.Format, w, &o.Options)
	if err != nil {
		return r, err
	}
	size := overlayGroup
	if o.Ask != nil {
		size = askedGroup
	}
	var rows int64
	var ended error // what next ended with
	run := overlap.InOrder[group]{
		Ahead: 8 * runtime.GOMAXPROCS(0),
		Next: func(g *group) error {
			for g.queries = g.queries[:0]; len(g.queries) < size && ended == nil; {
				var q query
				if q, ended = next(); ended == nil {
					g.queries = append(g.queries, q)
				}
			}
			if rows += int64(len(g.queries)); len(g.queries) > 0 {
				return nil
			}
			if ended != io.EOF {
				return fmt.Errorf("after %d rows: %w", rows, ended)
			}
			return io.EOF
		},
		Worker: func() func(*group) { return func(g *group) { o.measure(ctx, g) } },
		Done: func(g *group) error {
			if g.failed != nil {
				return g.failed
			}
			for i := range g.queries {
				if err := r.take(&g.queries[i], out); err != nil {
					return err
				}
			}
			if o.Progress != nil {
				o.Progress(r.Queries+r.Refused, total)
			}
			return nil
		},
	}
	err = run.Run(ctx)
	return r, errors.Join(err, out.flush())
}

// group is some queries on their way through together.
type group struct {
	queries []query
	failed  error // of Ask
}

// measure measures a group.
func (o *Overlay) measure(ctx context.Context, g *group) {
	for i := range g.queries {
		o.one(&g.queries[i])
	}
	g.failed = o.ask(ctx, g.queries)
}

func (o *Overlay) one(q *query) {
	if q.err != nil {
		return
	}
	made, err := o.prepare(q)
	if err != nil {
		q.err = err
		return
	}
	if o.Ask == nil {
		q.result, q.err = overlap.Measure(made, o.Layers, o.Options)
	}
}

// prepare checks a query and makes it ready.
func (o *Overlay) prepare(q *query) (overlap.Query, error) {
	switch {
	case q.layer != nil && o.BufferM > 0:
		return overlap.StoredGrown(q.layer, q.slot, o.BufferM)
	case q.layer != nil:
		return overlap.Stored(q.layer, q.slot), nil
	case o.BufferM > 0:
		return overlap.NewGrown(string(q.f.ID), q.f.Geometry, o.BufferM)
	}
	return overlap.NewQuery(string(q.f.ID), q.f.Geometry)
}

// ask has the good queries of a batch measured elsewhere.
func (o *Overlay) ask(ctx context.Context, batch []query) error {
	if o.Ask == nil {
		return nil
	}
	var good []*query
	var fs []feature.Feature
	for i := range batch {
		if q := &batch[i]; q.err == nil {
			good, fs = append(good, q), append(fs, feature.Feature{ID: q.f.ID, Geometry: q.f.Geometry})
		}
	}
	if len(fs) == 0 {
		return nil
	}
	results, err := o.Ask(ctx, fs)
	if err != nil {
		return err
	}
	if len(results) != len(fs) {
		return fmt.Errorf("%d polygons were asked, %d answered", len(fs), len(results))
	}
	for i, q := range good {
		q.result = results[i]
	}
	return nil
}

// take counts and writes one measured query.
func (r *OverlayReport) take(q *query, out overlayWriter) error {
	if q.err == nil {
		r.Queries++
		r.AreaM2 += q.result.AreaM2
		return out.write(&q.result)
	}
	r.Refused++
	place := placeOf(q.file, feature.Row{Row: q.row, Feature: q.f}, q.err)
	if len(r.Bad) < maxListed {
		r.Bad = append(r.Bad, place)
	}
	return out.refuse(place)
}
