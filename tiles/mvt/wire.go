package mvt

import (
	"encoding/binary"
	"fmt"
	"math"
)

// reader walks over the fields of one protocol buffer message.
type reader struct {
	data []byte
	pos  int
}

// field is one field of a message: u holds varints and fixed numbers, data the
// bytes of a length-delimited field.
type field struct {
	num  int
	wire int
	u    uint64
	data []byte
}

func (r *reader) more() bool { return r.pos < len(r.data) }

// next reads one field.
func (r *reader) next() (field, error) {
	tag, err := r.varint()
	if err != nil {
		return field{}, err
	}
	f := field{num: int(tag >> 3 & math.MaxInt32), wire: int(tag & 7)}
	if f.num == 0 || tag>>3 > 1<<29-1 {
		return f, fmt.Errorf("field number %d at byte %d", tag>>3, r.pos)
	}
	switch f.wire {
	case wireVarint:
		f.u, err = r.varint()
		return f, err
	case wireBytes:
		n, err := r.varint()
		if err != nil {
			return f, err
		}
		if n > uint64(len(r.data)-r.pos) {
			return f, fmt.Errorf("a field of %d bytes runs beyond the end at byte %d", n, r.pos)
		}
		f.data = r.data[r.pos : r.pos+int(n)]
		r.pos += int(n)
		return f, nil
	case wire32, wire64:
		n := 4
		if f.wire == wire64 {
			n = 8
		}
		if len(r.data)-r.pos < n {
			return f, fmt.Errorf("a number runs beyond the end at byte %d", r.pos)
		}
		var b [8]byte
		copy(b[:], r.data[r.pos:r.pos+n])
		f.u = binary.LittleEndian.Uint64(b[:])
		r.pos += n
		return f, nil
	}
	return f, fmt.Errorf("wire type %d at byte %d", f.wire, r.pos)
}

func (r *reader) varint() (uint64, error) {
	u, n := binary.Uvarint(r.data[r.pos:])
	if n <= 0 {
		return 0, fmt.Errorf("a varint is cut off or too long at byte %d", r.pos)
	}
	r.pos += n
	return u, nil
}

// uint32s reads packed 32-bit varints.
func uint32s(data []byte) ([]uint32, error) {
	r := reader{data: data}
	var out []uint32
	for r.more() {
		u, err := r.varint()
		if err != nil {
			return out, err
		}
		if u > math.MaxUint32 {
			return out, fmt.Errorf("a number of more than 32 bits: %d", u)
		}
		out = append(out, uint32(u))
	}
	return out, nil
}
