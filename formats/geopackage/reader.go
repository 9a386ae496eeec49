package geopackage

import (
	"database/sql"
	"errors"
	"fmt"
	"io"

	"tuban/feature"
)

// Options choose what is read.
type Options struct {
	// Layer names the feature table; "" is the only one.
	Layer string
}

// noteKind is something odd that is counted over the rows.
type noteKind int

const (
	noteExtra noteKind = iota
	noteBlob
	noteText
	noteSRS
	noteKinds
)

func (k noteKind) text(n int64) string {
	return fmt.Sprintf([noteKinds]string{
		noteExtra: "%d geometries have Z or M ordinates, which are dropped",
		noteBlob:  "%d binary values in columns of another type are skipped",
		noteText:  "%d texts hold bytes that are not UTF-8, shown as \uFFFD",
		noteSRS:   "%d geometries name another coordinate system than their table, whose own is taken",
	}[k], n)
}

// Reader reads the rows of one feature table. It is not safe for concurrent use.
type Reader struct {
	file    *file
	layer   layer
	columns []column
	rows    *sql.Rows
	key     sql.NullInt64
	blob    sql.RawBytes
	cells   []any // values, and pointers to them for Scan
	dest    []any
	row     int64
	schema  feature.Schema
	tally   [noteKinds]int64
	err     error // sticky
}

// Open opens the GeoPackage at path. Close the reader after use.
func Open(path string, opt Options) (*Reader, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	r := &Reader{file: f}
	if err := r.open(opt); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), r.Close())
	}
	return r, nil
}

func (r *Reader) open(opt Options) error {
	list, err := r.file.layers()
	if err != nil {
		return err
	}
	if r.layer, err = choose(list, opt.Layer); err != nil {
		return err
	}
	name := r.layer.table
	if ok, err := r.file.isTable(name); err != nil || !ok {
		if err == nil {
			err = errors.New("it is a view or is missing; only tables are read: save it as a table of its own")
		}
		return fmt.Errorf("layer %s: %w", name, err)
	}
	note := func(format string, args ...any) {
		r.schema.Notes = append(r.schema.Notes, fmt.Sprintf(format, args...))
	}
	t, err := r.file.inspect(r.layer, note)
	if err != nil {
		return fmt.Errorf("layer %s: %w", name, err)
	}
	r.columns = t.columns
	if err := r.describe(); err != nil {
		return fmt.Errorf("layer %s: %w", name, err)
	}
	if r.rows, err = r.file.query(t.selection(name)); err != nil {
		return fmt.Errorf("layer %s: %w", name, err)
	}
	r.cells = make([]any, len(r.columns))
	r.dest = append(r.dest, &r.key, &r.blob)
	for i := range r.cells {
		r.dest = append(r.dest, &r.cells[i])
	}
	return nil
}

// describe fills the schema.
func (r *Reader) describe() error {
	s := &r.schema
	s.Layer, s.Count, s.Encoding = r.layer.table, -1, "utf-8"
	for _, c := range r.columns {
		s.Fields = append(s.Fields, feature.Field{Name: c.name, Type: c.kind})
	}
	var err error
	if s.CRS, err = r.file.crs(r.layer.srs); err != nil {
		return err
	}
	// GDAL and QGIS keep the count of rows in a table of their own.
	if ok, err := r.file.isTable("gpkg_ogr_contents"); err != nil || !ok {
		return err
	}
	var count sql.NullInt64
	found, err := r.file.queryRow([]any{&count}, `SELECT feature_count FROM gpkg_ogr_contents WHERE lower(table_name) = lower(?)`, r.layer.table)
	if err == nil && found && count.Valid && count.Int64 >= 0 {
		s.Count = count.Int64
	}
	return nil // without a count the rows can be read all the same
}

// Schema describes the table. Notes that count what was met in the rows grow
// while reading.
func (r *Reader) Schema() feature.Schema {
	s := r.schema
	s.Notes = append([]string(nil), s.Notes...)
	for k, n := range r.tally {
		if n > 0 {
			s.Notes = append(s.Notes, noteKind(k).text(n))
		}
	}
	return s
}

// Next returns the next row; Row counts from 1 in the order of the primary key.
// io.EOF is the end. A *feature.RowError is about one row, and the next call goes
// on with the one after it; any other error is final.
func (r *Reader) Next() (feature.Row, error) {
	if r.err != nil {
		return feature.Row{}, r.err
	}
	if !r.rows.Next() {
		if r.err = r.rows.Err(); r.err != nil {
			r.err = fmt.Errorf("layer %s, after row %d: %w", r.layer.table, r.row, r.err)
		} else {
			r.err = io.EOF
		}
		return feature.Row{}, r.err
	}
	r.row++
	if err := r.rows.Scan(r.dest...); err != nil {
		r.err = fmt.Errorf("layer %s, row %d: %w", r.layer.table, r.row, err)
		return feature.Row{}, r.err
	}
	row := feature.Row{Row: r.row}
	if err := r.geometry(&row.Feature); err != nil {
		return feature.Row{}, err
	}
	row.Feature.Properties = make(feature.Properties, len(r.columns))
	for i := range r.columns {
		c := &r.columns[i]
		row.Feature.Properties[i] = feature.Property{Name: c.name, Value: r.value(c, r.cells[i])}
	}
	return row, nil
}

func (r *Reader) geometry(f *feature.Feature) error {
	if r.blob == nil {
		return nil
	}
	g, srs, extra, err := parseBlob(r.blob)
	if err != nil {
		var place *feature.RowError
		if !errors.As(err, &place) {
			place = feature.NewRowError(r.row, "%w", err)
		}
		place.Row = r.row
		if r.key.Valid {
			place.Err = fmt.Errorf("%w (primary key %d)", place.Err, r.key.Int64)
		}
		return place
	}
	if extra {
		r.tally[noteExtra]++
	}
	if int64(srs) != r.layer.srs {
		r.tally[noteSRS]++
	}
	f.Geometry = g
	return nil
}

// Close releases the file. It may be called again.
func (r *Reader) Close() error {
	r.err = errClosed
	var err error
	if r.rows != nil {
		err = r.rows.Close()
		r.rows = nil
	}
	if r.file != nil {
		err = errors.Join(err, r.file.close())
		r.file = nil
	}
	return err
}

var errClosed = errors.New("the geopackage reader is closed")
