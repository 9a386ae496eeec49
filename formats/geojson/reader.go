package geojson

import (
	"io"
	"slices"

	"tuban/feature"
)

// Options are the limits of a Reader or a Decoder; zero members take the
// defaults.
type Options struct {
	MaxDepth        int   // levels of nesting; default 64
	MaxVertices     int   // of one feature; default 5,000,000
	MaxFeatureBytes int64 // text of one feature; default 512 MiB

	// IgnoreCRS says that the caller knows the coordinate system itself, so
	// that no crs member is an error.
	IgnoreCRS bool
	// SkipProperties leaves the properties out unread; they must be JSON.
	SkipProperties bool
}

func (o Options) parser(s scanner) parser {
	s.mark, s.rowStart = -1, -1
	s.maxDepth = orDefault(o.MaxDepth, 64)
	s.maxRow = int64(orDefault(int(o.MaxFeatureBytes), 512<<20))
	return parser{scanner: s, ignoreCRS: o.IgnoreCRS, bare: o.SkipProperties, perRow: true,
		maxVertices: orDefault(o.MaxVertices, 5_000_000)}
}

func orDefault(n, d int) int {
	if n <= 0 {
		return d
	}
	return n
}

// Reader reads a file that holds a FeatureCollection, a Feature or a bare
// geometry as a stream of rows. It is not for concurrent use.
type Reader struct {
	p        parser
	typ      string // the document's "type", "" until seen
	layer    string
	features bool // the features array was met
	crsSeen  bool
	first    bool
	single   feature.Feature // the one row of a Feature or a bare geometry
	count    int64
	err      error // what Next answers from now on
}

// NewReader reads what stands before the first feature. Its errors are those
// that end a file: *SyntaxError, *ValueError, *LimitError or the reader's own.
func NewReader(r io.Reader, opt Options) (*Reader, error) {
	d := &Reader{p: opt.parser(scanner{r: r}), first: true, count: -1}
	if err := d.open(); err != nil {
		return nil, err
	}
	return d, nil
}

// Schema tells the collection's name, the crs member if it stood before the
// features, and notes; those grow while rows are read.
func (d *Reader) Schema() feature.Schema {
	return feature.Schema{Layer: d.layer, CRS: d.p.crs, Count: d.count, Encoding: "utf-8", Notes: slices.Clone(d.p.notes)}
}

// Close does nothing: the underlying reader is the caller's.
func (d *Reader) Close() error { return nil }

// Next returns the next feature, io.EOF after the last, a *feature.RowError for
// a feature that cannot be taken (the next ones can), or what ended the file.
func (d *Reader) Next() (feature.Row, error) {
	switch {
	case d.err != nil:
		return feature.Row{}, d.err
	case d.typ != "FeatureCollection" && !d.features:
		d.err = io.EOF
		return d.row(d.single)
	}
	ok, err := d.p.elem(d.first)
	if d.first = false; err == nil && !ok {
		err = d.tail()
	}
	if err != nil {
		d.err = err
		return feature.Row{}, err
	}
	d.p.peek()
	d.p.nextRow()
	d.p.path = append(d.p.path[:0], step{name: "features"}, step{index: d.p.row - 1})
	f, err := d.p.feature()
	d.p.rowStart = -1
	if err != nil {
		d.err = err
		return feature.Row{}, err
	}
	return d.row(f)
}

// row returns f as the row just read, or what is wrong with it.
func (d *Reader) row(f feature.Feature) (feature.Row, error) {
	if bad := d.p.bad; bad != nil {
		return feature.Row{}, rowError(d.p.row, bad)
	}
	return feature.Row{Row: d.p.row, Feature: f}, nil
}

func rowError(row int64, bad error) *feature.RowError {
	e := &feature.RowError{Row: row, Ring: -1, Vertex: -1, Err: bad}
	if v, ok := bad.(*ValueError); ok {
		e.Ring, e.Vertex = v.Ring, v.Vertex
	}
	return e
}

// fatal returns a ValueError about a member of the document.
func (d *Reader) fatal(member string, offset int64, format string, args ...any) error {
	d.p.path = d.p.path[:0]
	if member != "" {
		d.p.push(member)
	}
	d.p.bad = nil
	d.p.fail(offset, format, args...)
	return d.p.bad
}

// fatalHere is fatal for a value of the wrong kind at pos, which the format
// names; if it is no value at all, that is the error.
func (d *Reader) fatalHere(member, format string) error {
	offset, what := d.p.here(), d.p.what()
	if err := d.p.skip(); err != nil {
		return err
	}
	return d.fatal(member, offset, format, what)
}
