package shapefile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"tuban/feature"
)

const (
	headerSize = 100
	fileCode   = 9994
	// maxRecord bounds the memory that one record may take: 16 million
	// vertices, three times what a stored feature may have.
	maxRecord = 256 << 20
)

// header is what the first 100 bytes of a .shp or .shx say.
type header struct {
	length int64 // of the file in bytes
	shape  shapeType
}

func readHeader(s *stream) (header, error) {
	var b [headerSize]byte
	if err := s.full(b[:]); err != nil {
		return header{}, fmt.Errorf("%s: the file header of %d bytes is cut short: %w", s.part.name, headerSize, unexpected(err))
	}
	if code := binary.BigEndian.Uint32(b[0:]); code != fileCode {
		return header{}, fmt.Errorf("%s is not a shapefile: it begins with file code %d, not %d", s.part.name, code, fileCode)
	}
	return header{
		length: 2 * int64(binary.BigEndian.Uint32(b[24:])),
		shape:  shapeType(binary.LittleEndian.Uint32(b[32:])),
	}, nil
}

// shapeReader reads the records of a .shp one after the other, where its index
// says they are if that differs from the file's order.
type shapeReader struct {
	in     *stream
	index  *indexReader // nil when there is none, or no longer
	notes  *notes
	header header
	// expect is how many records the other files of the set have; -1 unknown.
	expect int64
	row    int64 // records read
	used   int64 // where the furthest record read ends
	buf    []byte
}

// next returns the content of the next record; it is valid until the next call.
// A *feature.RowError is about this record only; io.EOF is the end.
func (r *shapeReader) next() ([]byte, error) {
	size, err := r.frame()
	if err != nil {
		return nil, err
	}
	r.row++
	start := r.in.pos - 8
	r.used = max(r.used, r.in.pos+size)
	if size > maxRecord && r.in.pos+size <= r.in.part.size {
		if err := r.in.skip(size); err != nil {
			return nil, r.broken(start, err)
		}
		return nil, feature.NewRowError(r.row, "the record at byte %d of %s is %d bytes long, the limit is %d", start, r.in.part.name, size, maxRecord)
	}
	if left := r.in.part.size - r.in.pos; size > left {
		return nil, fmt.Errorf("%s: record %d at byte %d claims %d bytes, but only %d follow: the file is cut short or damaged",
			r.in.part.name, r.row, start, size, max(left, 0))
	}
	if r.buf, err = r.in.grow(r.buf, int(size)); err != nil {
		return nil, r.broken(start, err)
	}
	return r.buf, nil
}

func (r *shapeReader) broken(at int64, err error) error {
	return fmt.Errorf("%s: record %d at byte %d: %w", r.in.part.name, r.row, at, err)
}

// frame reads the next record header and returns the content's size in bytes.
func (r *shapeReader) frame() (int64, error) {
	if r.index != nil {
		if size, ok, err := r.indexed(); ok || err != nil {
			return size, err
		}
	}
	start := r.in.pos
	complete := r.expect >= 0 && r.row >= r.expect
	past := start >= r.header.length
	if past && (complete || r.expect < 0) {
		return 0, r.finish()
	}
	var b [8]byte
	switch err := r.in.full(b[:]); {
	case err == io.EOF:
		return 0, r.finish()
	case err == io.ErrUnexpectedEOF:
		return 0, fmt.Errorf("%s: the file ends inside the header of record %d at byte %d", r.in.part.name, r.row+1, start)
	case err != nil:
		return 0, r.broken(start, err)
	}
	number, size := frameOf(b)
	if number != r.row+1 {
		if past { // beyond the length that the header declares: not a record
			return 0, r.finish()
		}
		r.notes.count(noteNumber, r.row+1)
	}
	return size, nil
}

func frameOf(b [8]byte) (number, size int64) {
	return int64(binary.BigEndian.Uint32(b[:])), 2 * int64(binary.BigEndian.Uint32(b[4:]))
}

// finish judges the end of the records: io.EOF, unless the file is shorter than
// its header says and nothing else confirms that all records are there.
func (r *shapeReader) finish() error {
	switch size := r.in.part.size; {
	case size < r.header.length && r.expect != r.row:
		return fmt.Errorf("%s: the file ends at byte %d after %d records, but its header says %d bytes: it is cut short",
			r.in.part.name, size, r.row, r.header.length)
	case size < r.header.length:
		r.notes.count(noteLength, r.row)
	case size > r.used:
		r.notes.count(noteTrailing, r.row)
	}
	return io.EOF
}

// indexed goes to the next record by the index. It returns false when the
// record is simply the next one in the file, or when the index can't be right
// and was put aside.
func (r *shapeReader) indexed() (size int64, ok bool, err error) {
	offset, err := r.index.next()
	if errors.Is(err, io.EOF) {
		if r.expect == r.row {
			return 0, false, r.finish()
		}
		return 0, false, r.dropIndex()
	}
	if err != nil {
		return 0, false, r.dropIndex()
	}
	back := r.in.pos
	if offset == back {
		return 0, false, nil
	}
	if offset < headerSize || offset+8 > r.in.part.size {
		return 0, false, r.dropIndex()
	}
	if err := r.in.seek(offset); err != nil {
		return 0, false, err
	}
	var b [8]byte
	if err := r.in.full(b[:]); err == nil {
		number, size := frameOf(b)
		if number == r.row+1 && r.in.pos+size <= r.in.part.size {
			r.notes.count(noteOrder, r.row+1)
			return size, true, nil
		}
	}
	if err := r.in.seek(back); err != nil {
		return 0, false, err
	}
	return 0, false, r.dropIndex()
}

func (r *shapeReader) dropIndex() error {
	r.notes.count(noteIndex, r.row+1)
	err := r.index.close()
	r.index = nil
	return err
}

func (r *shapeReader) close() error {
	var err error
	if r.index != nil {
		err = r.index.close()
	}
	return errors.Join(err, r.in.close())
}

// indexReader reads the offsets of a .shx.
type indexReader struct{ in *stream }

// openIndex opens a .shx; a file that cannot be one is an error.
func openIndex(p *part) (*indexReader, error) {
	in, err := openStream(p)
	if err != nil {
		return nil, err
	}
	if _, err := readHeader(in); err != nil {
		return nil, errors.Join(err, in.close())
	}
	return &indexReader{in: in}, nil
}

// count returns how many records the index lists.
func (x *indexReader) count() int64 { return max(0, (x.in.part.size-headerSize)/8) }

// next returns the byte offset of the next record.
func (x *indexReader) next() (int64, error) {
	var b [8]byte
	if err := x.in.full(b[:]); err != nil {
		return 0, err
	}
	return 2 * int64(binary.BigEndian.Uint32(b[:])), nil
}

func (x *indexReader) close() error { return x.in.close() }
