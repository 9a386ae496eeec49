package flatgeobuf

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	flatbuffers "github.com/google/flatbuffers/go"

	"tuban/feature"
)

// magic begins a file of version 3, with the patch level that GDAL writes.
const magic = "fgb\x03fgb\x01"

// Spool keeps the encoded features of a Writer until their order is known:
// written once from the start, then read anywhere. An *os.File is one; who made
// it removes it.
type Spool interface {
	io.Writer
	io.ReaderAt
}

// Options describe a file to be written.
type Options struct {
	Layer string // its name in the file
	Title string
	// Fields are the columns. Integers become Long, numbers Double, booleans Bool,
	// texts String, and FieldAny JSON.
	Fields []feature.Field
	CRS    string // "EPSG:4490", or WKT; "" says nothing
	// Spool, if there is one, lets the file have a feature count, an envelope and
	// an index: its features come in Hilbert order then. Without it they are
	// written as they come.
	Spool Spool
}

// Writer writes one FlatGeobuf file. It holds one encoded feature, and with a
// Spool 48 bytes a feature for the index. It is not safe for concurrent use.
type Writer struct {
	out     *bufio.Writer
	spool   *bufio.Writer // nil without an index
	opt     Options
	columns map[string]int
	types   []columnType
	build   *flatbuffers.Builder
	props   []byte
	row     int64
	at      int64 // bytes of features so far
	entries []entry
	kind    geometryType // of all features so far
	mixed   bool
	err     error // sticky: what is written is no file any more
}

var (
	errWritten   = errors.New("the flatgeobuf writer is closed")
	errNoFinite  = errors.New("it is not a finite number")
	errDuplicate = errors.New("two columns have one name")
)

// NewWriter begins a file on a stream, which the Writer does not close. Nothing
// that is written is a whole file before Close.
func NewWriter(out io.Writer, opt Options) (*Writer, error) {
	if len(opt.Fields) > maxColumns {
		return nil, fmt.Errorf("flatgeobuf: %d columns, at most %d", len(opt.Fields), maxColumns)
	}
	w := &Writer{out: bufio.NewWriterSize(out, 1<<20), opt: opt, columns: map[string]int{}, build: flatbuffers.NewBuilder(1 << 12)}
	for i, f := range opt.Fields {
		if _, ok := w.columns[f.Name]; ok {
			return nil, fmt.Errorf("flatgeobuf: %w: %q", errDuplicate, f.Name)
		}
		w.columns[f.Name] = i
		w.types = append(w.types, columnTypeOf(f.Type))
	}
	if opt.Spool != nil {
		w.spool = bufio.NewWriterSize(opt.Spool, 1<<20)
		return w, nil
	}
	w.mixed = true // not known before the first feature goes out
	return w, w.head()
}

// columnTypeOf returns the type of the column that holds values of a field.
func columnTypeOf(t feature.FieldType) columnType {
	switch t {
	case feature.FieldBoolean:
		return colBool
	case feature.FieldInteger:
		return colLong
	case feature.FieldNumber:
		return colDouble
	case feature.FieldString:
		return colString
	}
	return colJSON
}

// Add writes a feature: its geometry as it is and the values of the columns;
// nulls are left out, and so are id, number and area, which the format has no
// place for. A *feature.RowError says what of this feature cannot be written,
// and the file goes on without it; any other error is final.
func (w *Writer) Add(f *feature.Feature) error {
	if w.err != nil {
		return w.err
	}
	w.row++
	b, err := examine(f.Geometry, w.row)
	if err != nil {
		return err
	}
	if err := w.properties(f.Properties); err != nil {
		return err
	}
	if size := 16*b.vertices + 64*b.parts + len(w.props); size > maxFeature/2 {
		return feature.NewRowError(w.row, "the feature needs %d bytes, the limit is %d", size, maxFeature/2)
	}
	message := w.encode(f)
	out := w.out
	if w.spool != nil {
		out = w.spool
		w.entries = append(w.entries, entry{box: b.box, at: w.at, size: uint32(len(message))})
		w.see(kindOf(f.Geometry))
	}
	w.at += int64(len(message))
	if _, err := out.Write(message); err != nil {
		w.err = fmt.Errorf("flatgeobuf: feature %d: %w", w.row, err)
	}
	return w.err
}

// see notes the type of one more geometry: the header names the type that all
// of them have.
func (w *Writer) see(k geometryType) {
	if len(w.entries) == 1 {
		w.kind = k
	}
	w.mixed = w.mixed || w.kind != k
}

// encode returns the message of a feature with its length before it, good until
// the next call.
func (w *Writer) encode(f *feature.Feature) []byte {
	b := w.build
	b.Reset()
	var geometry, props flatbuffers.UOffsetT
	if f.Geometry != nil {
		geometry = appendGeometry(b, f.Geometry)
	}
	if len(w.props) > 0 {
		props = b.CreateByteVector(w.props)
	}
	b.StartObject(2)
	b.PrependUOffsetTSlot(0, geometry, 0)
	b.PrependUOffsetTSlot(1, props, 0)
	b.FinishSizePrefixed(b.EndObject())
	return b.FinishedBytes()
}

// Close writes what is left. With a Spool that is everything: the header, the
// index and the features in their order.
func (w *Writer) Close() error {
	if w.err != nil {
		return w.err
	}
	err := w.finish()
	w.err = errWritten
	if err != nil {
		return fmt.Errorf("flatgeobuf: %w", err)
	}
	return nil
}

func (w *Writer) finish() error {
	if w.spool == nil {
		return w.out.Flush()
	}
	if err := w.spool.Flush(); err != nil {
		return err
	}
	box := order(w.entries)
	if err := w.headOf(box); err != nil {
		return err
	}
	if err := writeIndex(w.out, w.entries); err != nil {
		return err
	}
	var buf []byte
	for _, e := range w.entries {
		if cap(buf) < int(e.size) {
			buf = make([]byte, 2*e.size)
		}
		buf = buf[:e.size]
		if _, err := w.opt.Spool.ReadAt(buf, e.at); err != nil {
			return fmt.Errorf("what was set aside cannot be read again: %w", unexpected(err))
		}
		if _, err := w.out.Write(buf); err != nil {
			return err
		}
	}
	return w.out.Flush()
}
