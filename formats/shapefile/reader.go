package shapefile

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"tuban/feature"
)

// Options choose how a shapefile is read. The zero value is the usual choice.
type Options struct {
	// Encoding of names and values: "" or "auto" decides by the file, else
	// "utf-8", "gbk", "gb18030" or any IANA name.
	Encoding string
	// Layer names the shapefile where a folder or archive holds several: its
	// file name without extension, with folders in front where names repeat.
	Layer string
}

// Reader reads the rows of one shapefile. It is not safe for concurrent use.
type Reader struct {
	data   *dataset
	shapes shapes
	shp    *shapeReader
	table  *table // nil without a .dbf
	codec  *codec
	notes  notes
	schema feature.Schema
	err    error // sticky
}

// Open opens the shapefile at path: a .shp, a folder that holds one, or a .zip
// that holds one at any depth. The other files of the set are found in any
// case; only the .shp must be there. Close the reader after use.
func Open(path string, opt Options) (*Reader, error) {
	data, err := locate(path, opt.Layer)
	if err != nil {
		return nil, err
	}
	r := &Reader{data: data}
	r.shapes.notes = &r.notes
	if err := r.open(opt); err != nil {
		r.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func (r *Reader) open(opt Options) error {
	r.schema = feature.Schema{Layer: r.data.layer(), Count: -1}
	if err := r.openShapes(); err != nil {
		return err
	}
	if err := r.openTable(opt); err != nil {
		return err
	}
	if err := r.openIndex(); err != nil {
		return err
	}
	r.schema.Count = r.shp.expect
	if p := r.data.part(".prj"); p != nil {
		text, err := readSmall(p, 1<<20)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		r.schema.CRS = strings.Trim(strings.TrimPrefix(text, "\ufeff"), " \t\r\n\x00")
	}
	return nil
}

func (r *Reader) openShapes() error {
	p := r.data.part(".shp")
	if p == nil {
		return ErrNoShapefile
	}
	in, err := openStream(p)
	if err != nil {
		return err
	}
	r.shp = &shapeReader{in: in, notes: &r.notes, expect: -1}
	if r.shp.header, err = readHeader(in); err != nil {
		return err
	}
	h := &r.shp.header
	if _, _, ok := h.shape.flat(); !ok {
		return fmt.Errorf("%s: %s is not supported", p.name, h.shape)
	}
	if h.length <= headerSize && p.size > headerSize {
		r.notes.say("the .shp does not say its length: records are read to the end of the file")
		h.length = p.size
	}
	return nil
}

func (r *Reader) openTable(opt Options) error {
	p := r.data.part(".dbf")
	if p == nil {
		r.notes.say("there is no .dbf: features have no properties")
		return nil
	}
	t, err := openTable(p)
	if err != nil {
		return err
	}
	r.table = t
	if r.codec, err = chooseCodec(t, r.data.part(".cpg"), opt.Encoding, &r.notes); err != nil {
		return err
	}
	t.name(r.codec, &r.notes)
	r.schema.Fields = t.fields(&r.notes)
	r.schema.Encoding = r.codec.name
	r.shp.expect = t.count
	return nil
}

func (r *Reader) openIndex() error {
	p := r.data.part(".shx")
	if p == nil {
		return nil
	}
	x, err := openIndex(p)
	if err != nil {
		r.notes.say("the .shx cannot be used (%v): records are read in the order of the .shp", err)
		return nil
	}
	switch n := x.count(); {
	case r.shp.expect < 0:
		r.shp.expect = n
	case r.shp.expect != n:
		r.notes.say("the .shx lists %d records, the .dbf %d: records are read in the order of the .shp", n, r.shp.expect)
		return x.close()
	}
	r.shp.index = x
	return nil
}

// Schema describes the file. Notes that count what was met in the rows grow
// while reading, so that they are complete once Next returned io.EOF.
func (r *Reader) Schema() feature.Schema {
	s := r.schema
	s.Notes = r.notes.list()
	return s
}

// Next returns the next row; Row is the record's number, deleted ones counted.
// io.EOF is the end. A *feature.RowError is about one record, and the next call
// goes on with the one after it; any other error is final.
func (r *Reader) Next() (feature.Row, error) {
	for r.err == nil {
		row, deleted, err := r.record()
		if deleted {
			r.notes.count(noteDeleted, r.shp.row)
			continue
		}
		var bad *feature.RowError
		if err != nil && !errors.As(err, &bad) {
			r.err = err
		}
		return row, err
	}
	return feature.Row{}, r.err
}

// record reads one record of both files.
func (r *Reader) record() (row feature.Row, deleted bool, err error) {
	content, shapeErr := r.shp.next()
	var bad *feature.RowError
	if shapeErr != nil && !errors.As(shapeErr, &bad) {
		if shapeErr == io.EOF {
			shapeErr = r.atEnd()
		}
		return feature.Row{}, false, shapeErr
	}
	row.Row = r.shp.row
	var cells []byte
	if r.table != nil {
		if cells, deleted, err = r.table.next(); err == io.EOF {
			return feature.Row{}, false, r.tooManyShapes()
		}
		if err != nil || deleted {
			return feature.Row{}, deleted, err
		}
	}
	if shapeErr != nil {
		return row, false, shapeErr
	}
	if row.Feature.Geometry, err = r.shapes.geometry(row.Row, content); err != nil {
		return feature.Row{Row: row.Row}, false, err
	}
	if r.table != nil {
		row.Feature.Properties = r.properties(cells, row.Row)
	}
	return row, false, nil
}

// atEnd compares the counts where the .shp has ended.
func (r *Reader) atEnd() error {
	if r.table != nil && r.table.count > r.shp.row {
		return r.mismatch(r.shp.row)
	}
	return io.EOF
}

// tooManyShapes counts what is left of the .shp after the table has ended.
func (r *Reader) tooManyShapes() error {
	for {
		_, err := r.shp.next()
		var bad *feature.RowError
		if err != nil && !errors.As(err, &bad) {
			return r.mismatch(r.shp.row)
		}
	}
}

func (r *Reader) mismatch(shapes int64) error {
	return fmt.Errorf("%s holds %d records, but %s holds %d: the two files do not belong together, or one is cut short (%d rows were read)",
		r.shp.in.part.name, shapes, r.table.in.part.name, r.table.count, min(shapes, r.table.count))
}

// Close releases files and removes what was spooled. It may be called again.
func (r *Reader) Close() error {
	var err error
	if r.shp != nil {
		err = errors.Join(err, r.shp.close())
		r.shp = nil
	}
	if r.table != nil {
		err = errors.Join(err, r.table.close())
		r.table = nil
	}
	if r.data != nil {
		err = errors.Join(err, r.data.source.close())
		r.data = nil
	}
	r.err = errClosed
	return err
}

var errClosed = errors.New("the shapefile reader is closed")
