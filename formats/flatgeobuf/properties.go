package flatgeobuf

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tuban/feature"
)

// width returns the bytes of a value of fixed size, 0 for those with a length.
func (k columnType) width() int {
	switch k {
	case colByte, colUByte, colBool:
		return 1
	case colShort, colUShort:
		return 2
	case colInt, colUInt, colFloat:
		return 4
	case colLong, colULong, colDouble:
		return 8
	}
	return 0
}

// properties decodes pairs of column index and value, in their order.
func (r *Reader) properties(b []byte, columns []column) (feature.Properties, error) {
	if len(b) == 0 {
		return nil, nil
	}
	p := make(feature.Properties, 0, min(len(columns), len(b)/3))
	r.seen = slices.Grow(r.seen[:0], len(columns))[:len(columns)]
	clear(r.seen)
	size := len(b)
	for len(b) > 0 {
		at := size - len(b)
		if len(b) < 2 {
			return nil, fmt.Errorf("properties end inside a column number at byte %d of %d", at, size)
		}
		i := binary.LittleEndian.Uint16(b)
		if int(i) >= len(columns) {
			return nil, fmt.Errorf("property at byte %d of %d: there is no column %d, only %d", at, size, i, len(columns))
		}
		if r.seen[i] {
			return nil, fmt.Errorf("property at byte %d of %d: column %s a second time", at, size, columns[i].name)
		}
		r.seen[i] = true
		c := columns[i]
		raw, n, err := cut(b[2:], c.kind)
		if err != nil {
			return nil, fmt.Errorf("property %s at byte %d of %d: %w", c.name, at, size, err)
		}
		b = b[2+n:]
		if c.kind == colBinary {
			r.tally[noteBinary]++
			continue
		}
		p = append(p, feature.Property{Name: c.name, Value: r.value(c.kind, raw)})
	}
	return p, nil
}

// cut returns the bytes of a value, and how many it takes with its length.
func cut(b []byte, k columnType) (raw []byte, n int, err error) {
	if w := k.width(); w > 0 {
		if len(b) < w {
			return nil, 0, fmt.Errorf("a value of %d bytes is cut short", w)
		}
		return b[:w], w, nil
	}
	if len(b) < 4 {
		return nil, 0, fmt.Errorf("a length is cut short")
	}
	length := int64(binary.LittleEndian.Uint32(b))
	if length > int64(len(b)-4) {
		return nil, 0, fmt.Errorf("a value of %d bytes where %d are left", length, len(b)-4)
	}
	return b[4 : 4+length], 4 + int(length), nil
}

func (r *Reader) value(k columnType, b []byte) feature.Value {
	le := binary.LittleEndian
	switch k {
	case colByte:
		return feature.IntValue(int64(int8(b[0])))
	case colUByte:
		return feature.IntValue(int64(b[0]))
	case colBool:
		return feature.BoolValue(b[0] != 0)
	case colShort:
		return feature.IntValue(int64(int16(le.Uint16(b))))
	case colUShort:
		return feature.IntValue(int64(le.Uint16(b)))
	case colInt:
		return feature.IntValue(int64(int32(le.Uint32(b))))
	case colUInt:
		return feature.IntValue(int64(le.Uint32(b)))
	case colLong:
		return feature.IntValue(int64(le.Uint64(b)))
	case colULong:
		return feature.ParseNumber(strconv.FormatUint(le.Uint64(b), 10))
	case colFloat:
		return feature.FloatValue(float64(math.Float32frombits(le.Uint32(b))))
	case colDouble:
		return feature.FloatValue(float(b))
	case colJSON:
		if json.Valid(b) {
			if v, err := feature.ParseValue(b); err == nil {
				return v
			}
		}
		r.tally[noteJSON]++
	}
	return r.text(b)
}

func (r *Reader) text(b []byte) feature.Value {
	if !utf8.Valid(b) {
		r.tally[noteText]++
		return feature.TextValue(strings.ToValidUTF8(string(b), "\uFFFD"))
	}
	return feature.TextValue(string(b))
}
