package geojsonseq

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"tuban/feature"
	"tuban/formats/geojson"
)

const recordSeparator = 0x1e

// Options are the limits of a Reader; zero members take the defaults.
type Options struct {
	MaxRecordBytes int // of one record; default 256 MiB
	Feature        geojson.Options
}

// Reader reads a sequence as a stream of rows. It is not for concurrent use.
type Reader struct {
	r         *bufio.Reader
	decoder   *geojson.Decoder
	max       int
	delimiter byte
	notes     []string
	row       int64
	offset    int64 // of the next byte
	line      int   // lines ended before offset
	lineStart int64 // offset of the line that offset is on
	buf       []byte
	err       error // what Next answers from now on
}

// NewReader returns a Reader with the default limits. It reads the first bytes,
// and refuses text that is UTF-16 or compressed.
func NewReader(r io.Reader) (*Reader, error) { return NewReaderWith(r, Options{}) }

// NewReaderWith is NewReader with limits.
func NewReaderWith(r io.Reader, opt Options) (*Reader, error) {
	if opt.MaxRecordBytes <= 0 {
		opt.MaxRecordBytes = 256 << 20
	}
	d := &Reader{r: bufio.NewReaderSize(r, 64<<10), decoder: geojson.NewDecoder(opt.Feature), max: opt.MaxRecordBytes, delimiter: '\n'}
	head, err := d.r.Peek(4)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read the first bytes: %w", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, errors.New("the text is UTF-16; GeoJSON is UTF-8: convert it")
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return nil, errors.New("the input is gzip-compressed")
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		d.notes = append(d.notes, "a UTF-8 byte order mark at the start was stepped over")
		d.offset = 3
		if _, err := d.r.Discard(3); err != nil {
			return nil, err
		}
		head = head[3:]
	}
	if len(head) > 0 && head[0] == recordSeparator {
		d.delimiter = recordSeparator
	}
	return d, nil
}

// Schema tells the encoding, and notes; those grow while rows are read.
func (d *Reader) Schema() feature.Schema {
	return feature.Schema{Count: -1, Encoding: "utf-8", Notes: append(slices.Clone(d.notes), d.decoder.Notes()...)}
}

// Close does nothing: the underlying reader is the caller's.
func (d *Reader) Close() error { return nil }

// Next returns the next record's feature, io.EOF after the last, a
// *feature.RowError for a record that cannot be taken (the next ones can), or
// the underlying reader's error. Rows count records; blank ones don't.
func (d *Reader) Next() (feature.Row, error) {
	r, err := d.NextRecord()
	if err != nil {
		return feature.Row{}, err
	}
	f, err := r.Decode(d.decoder)
	if err != nil {
		return feature.Row{}, err
	}
	return feature.Row{Row: r.Row, Feature: f}, nil
}

// record returns the next record without its delimiters, valid until the next
// call; whole is false if it was too long and is left out. err is io.EOF with
// the last one.
func (d *Reader) record() (record []byte, whole bool, err error) {
	d.buf = d.buf[:0]
	whole = true
	for {
		part, err := d.r.ReadSlice(d.delimiter)
		if n := bytes.Count(part, []byte{'\n'}); n > 0 {
			d.line += n
			d.lineStart = d.offset + int64(bytes.LastIndexByte(part, '\n')) + 1
		}
		d.offset += int64(len(part))
		if whole = whole && len(d.buf)+len(part) <= d.max+1; whole {
			d.buf = append(d.buf, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
		case err == nil || err == io.EOF:
			return d.trim(), whole, err
		default:
			return nil, whole, fmt.Errorf("read after byte %d: %w", d.offset, err)
		}
	}
}

// trim takes the delimiter off the record, and puts a space for a record
// separator that stands before an object in a file that is not RFC 8142 as a
// whole, so that offsets stay.
func (d *Reader) trim() []byte {
	record := bytes.TrimSuffix(d.buf, []byte{d.delimiter})
	if len(record) > 0 && record[0] == recordSeparator {
		record[0] = ' '
	}
	return record
}

// place is where a record begins in the file.
type place struct {
	offset int64
	line   int // before it
	column int // before it on its line
}

// rowError moves the place in err from the record to the file.
func (p place) rowError(row int64, err error) *feature.RowError {
	e := &feature.RowError{Row: row, Ring: -1, Vertex: -1, Err: err}
	var syntax *geojson.SyntaxError
	var value *geojson.ValueError
	var limit *geojson.LimitError
	switch {
	case errors.As(err, &syntax):
		if syntax.Line == 1 {
			syntax.Column += p.column
		}
		syntax.Line += p.line
		syntax.Offset += p.offset
	case errors.As(err, &value):
		value.Offset += p.offset
		e.Ring, e.Vertex = value.Ring, value.Vertex
	case errors.As(err, &limit):
		limit.Offset += p.offset
	}
	return e
}

// AppendRow appends a feature as one line of a newline-delimited sequence.
func AppendRow(dst []byte, f *feature.Feature) []byte {
	return append(geojson.AppendFeature(dst, f), '\n')
}

// AppendRowRS appends a feature as one record of an RFC 8142 sequence.
func AppendRowRS(dst []byte, f *feature.Feature) []byte {
	return AppendRow(append(dst, recordSeparator), f)
}
