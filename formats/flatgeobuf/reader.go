package flatgeobuf

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"tuban/feature"
)

const (
	// maxHeader and maxFeature bound the memory that one message may take: a
	// feature of 16 million vertices is three times what may be stored.
	maxHeader  = 64 << 20
	maxFeature = 256 << 20
	// growStep is how much is allocated ahead of the bytes that were seen.
	growStep = 1 << 20
)

// ErrNotFlatGeobuf reports a stream without the magic bytes of version 3.
var ErrNotFlatGeobuf = errors.New("not a FlatGeobuf file of version 3")

// noteKind is something odd that is counted over the rows.
type noteKind int

const (
	noteExtra noteKind = iota
	noteBinary
	noteJSON
	noteText
	noteKinds
)

func (k noteKind) text(n int64) string {
	return fmt.Sprintf([noteKinds]string{
		noteExtra:  "%d features have Z, M or T ordinates, which are dropped",
		noteBinary: "%d binary values are skipped",
		noteJSON:   "%d values of JSON columns are not JSON and are taken as text",
		noteText:   "%d texts hold bytes that are not UTF-8, shown as \uFFFD",
	}[k], n)
}

// Reader reads the features of one FlatGeobuf stream. It is not safe for
// concurrent use.
type Reader struct {
	in     *bufio.Reader
	pos    int64
	row    int64
	buf    []byte
	head   header
	schema feature.Schema
	tally  [noteKinds]int64
	seen   []bool // columns met in the current feature
	err    error  // sticky
}

// NewReader reads the header of a stream and skips its index. The stream is not
// closed by the Reader.
func NewReader(in io.Reader) (*Reader, error) {
	r := &Reader{in: bufio.NewReaderSize(in, 1<<16)}
	if err := r.open(); err != nil {
		return nil, fmt.Errorf("flatgeobuf: %w", err)
	}
	return r, nil
}

func (r *Reader) open() error {
	var magic [8]byte
	if err := r.full(magic[:]); err != nil {
		return fmt.Errorf("%w: it has no %d bytes of magic (%w)", ErrNotFlatGeobuf, len(magic), unexpected(err))
	}
	if string(magic[:7]) != "fgb\x03fgb" { // the eighth byte is a patch level
		return fmt.Errorf("%w: it begins with % x", ErrNotFlatGeobuf, magic)
	}
	size, err := r.length()
	if err != nil {
		return fmt.Errorf("the header's length at byte 8: %w", unexpected(err))
	}
	if size > maxHeader {
		return fmt.Errorf("the header claims %d bytes, the limit is %d", size, maxHeader)
	}
	if err := r.grow(int(size)); err != nil {
		return fmt.Errorf("the header of %d bytes: the file ends at byte %d: %w", size, r.pos, err)
	}
	if r.head, err = parseHeader(r.buf); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	r.describe()
	index, err := r.head.indexSize()
	if err != nil {
		return fmt.Errorf("header: %w", err)
	}
	n, err := io.CopyN(io.Discard, r.in, index)
	r.pos += n
	if err != nil {
		return fmt.Errorf("the index of %d bytes: the file ends at byte %d: %w", index, r.pos, unexpected(err))
	}
	return nil
}

// describe fills the schema from the header.
func (r *Reader) describe() {
	r.schema = feature.Schema{Layer: r.head.name, CRS: r.head.crs, Count: -1, Encoding: "utf-8"}
	if r.head.count > 0 {
		r.schema.Count = int64(r.head.count)
	}
	note := func(format string, args ...any) {
		r.schema.Notes = append(r.schema.Notes, fmt.Sprintf(format, args...))
	}
	if r.head.extra {
		note("the file has Z, M or T ordinates, which are dropped")
	}
	unique(r.head.columns, note)
	for _, c := range r.head.columns {
		if t, ok := c.fieldType(); ok {
			r.schema.Fields = append(r.schema.Fields, feature.Field{Name: c.name, Type: t})
		} else {
			note("column %s is binary and is skipped", c.name)
		}
	}
}

// Schema describes the file. Notes that count what was met in the features grow
// while reading.
func (r *Reader) Schema() feature.Schema {
	s := r.schema
	s.Notes = append([]string(nil), s.Notes...)
	for k, n := range r.tally {
		said := noteKind(k) == noteExtra && r.head.extra
		if n > 0 && !said {
			s.Notes = append(s.Notes, noteKind(k).text(n))
		}
	}
	return s
}

// Next returns the next feature; Row counts from 1 in the order of the file.
// io.EOF is the end. A *feature.RowError is about one feature, and the next call
// goes on with the one after it; any other error is final.
func (r *Reader) Next() (feature.Row, error) {
	if r.err != nil {
		return feature.Row{}, r.err
	}
	row, err := r.next()
	var bad *feature.RowError
	if err != nil && !errors.As(err, &bad) {
		r.err = err
	}
	return row, err
}

func (r *Reader) next() (feature.Row, error) {
	start := r.pos
	if r.head.count > 0 && uint64(r.row) == r.head.count {
		if _, err := r.in.Peek(1); err == nil {
			r.schema.Notes = append(r.schema.Notes, "bytes follow the last feature that the header counts; they are not read")
		}
		return feature.Row{}, io.EOF
	}
	size, err := r.length()
	if err == io.EOF {
		if r.head.count > 0 {
			return feature.Row{}, fmt.Errorf("flatgeobuf: the file ends at byte %d after %d of %d features", start, r.row, r.head.count)
		}
		return feature.Row{}, io.EOF
	}
	r.row++
	if err != nil {
		return feature.Row{}, r.broken(start, err)
	}
	if size > maxFeature {
		n, err := io.CopyN(io.Discard, r.in, size)
		if r.pos += n; err != nil {
			return feature.Row{}, r.broken(start, fmt.Errorf("it claims %d bytes: %w", size, unexpected(err)))
		}
		return feature.Row{}, feature.NewRowError(r.row, "the feature at byte %d is %d bytes long, the limit is %d", start, size, maxFeature)
	}
	if err := r.grow(int(size)); err != nil {
		return feature.Row{}, r.broken(start, fmt.Errorf("it claims %d bytes, the file ends at byte %d: %w", size, r.pos, err))
	}
	row := feature.Row{Row: r.row}
	if err := r.decode(&row); err != nil {
		var bad *feature.RowError
		if errors.As(err, &bad) {
			return feature.Row{}, err
		}
		return feature.Row{}, feature.NewRowError(r.row, "feature at byte %d: %w", start, err)
	}
	return row, nil
}

func (r *Reader) broken(at int64, err error) error {
	return fmt.Errorf("flatgeobuf: feature %d at byte %d: %w", r.row, at, err)
}

// decode reads the message in buf: geometry, properties, columns of its own.
func (r *Reader) decode(row *feature.Row) error {
	d := decoder{message: open(r.buf), row: row.Row}
	t := d.root()
	if g, ok := d.tableField(t, 0); ok {
		var err error
		if row.Feature.Geometry, err = d.geometry(g, r.head.kind, 0); err != nil {
			return err
		}
	}
	if d.extra {
		r.tally[noteExtra]++
	}
	values, _ := d.vectorField(t, 1, 1)
	columns := r.head.columns
	if _, own := d.field(t, 2); own {
		var err error
		if columns, err = parseColumns(d.message, t, 2); err != nil {
			return err
		}
		unique(columns, func(string, ...any) {})
	}
	if d.err != nil {
		return d.err
	}
	var err error
	row.Feature.Properties, err = r.properties(values, columns)
	return err
}

// Close ends the reading. It does not close the stream.
func (r *Reader) Close() error {
	r.err = errClosed
	r.buf = nil
	return nil
}

var errClosed = errors.New("the flatgeobuf reader is closed")

// full fills b.
func (r *Reader) full(b []byte) error {
	n, err := io.ReadFull(r.in, b)
	r.pos += int64(n)
	return err
}

// length reads the length in front of a message; io.EOF when nothing is left.
func (r *Reader) length() (int64, error) {
	var b [4]byte
	if err := r.full(b[:]); err != nil {
		return 0, err
	}
	return int64(binary.LittleEndian.Uint32(b[:])), nil
}

// grow reads n bytes into buf, enlarging it only as bytes arrive.
func (r *Reader) grow(n int) error {
	b := r.buf[:0]
	for len(b) < n {
		at, step := len(b), min(n-len(b), max(growStep, len(b)))
		if cap(b) < at+step {
			b = append(make([]byte, 0, at+step), b...)
		}
		b = b[:at+step]
		if err := r.full(b[at:]); err != nil {
			r.buf = b[:at]
			return unexpected(err)
		}
	}
	r.buf = b
	return nil
}

// unexpected turns io.EOF into io.ErrUnexpectedEOF.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
