package arena

import (
	"encoding/binary"
	"math"

	"tuban/feature"
)

// The codes of a column that stand for no dictionary value.
const (
	codeAbsent uint32 = iota
	codeNull
	codeFirst // the first dictionary value
)

// maxShared bounds how many distinct values a column looks up again. A column
// with more (ids, names) stores further values once each.
const maxShared = 1 << 16

// column is one property of a segment: a code per slot, and a dictionary of
// encoded values. Slots behind the last code are absent.
type column struct {
	codes  []uint32
	ends   []uint32 // of the values in pool
	pool   []byte
	shared map[string]uint32 // writer only; an entry may be stale after a failed commit
}

func newColumn() column { return column{shared: map[string]uint32{}} }

// set gives slot i (not below any set before) a value.
func (c *column) set(i int, v feature.Value) error {
	code, err := c.code(v)
	if err != nil {
		return err
	}
	for len(c.codes) < i {
		c.codes = append(c.codes, codeAbsent)
	}
	c.codes = append(c.codes, code)
	return nil
}

func (c *column) code(v feature.Value) (uint32, error) {
	if v.Kind() == feature.Null {
		return codeNull, nil
	}
	var scratch [64]byte
	enc := appendValue(scratch[:0], v)
	if k, ok := c.shared[string(enc)]; ok && int(k) < len(c.ends) && string(c.entry(k)) == string(enc) {
		return codeFirst + k, nil
	}
	if uint64(len(c.pool))+uint64(len(enc)) > math.MaxUint32 {
		return 0, ErrFull
	}
	k := uint32(len(c.ends))
	c.pool = append(c.pool, enc...)
	c.ends = append(c.ends, uint32(len(c.pool)))
	if len(c.shared) < maxShared {
		c.shared[string(enc)] = k
	}
	return codeFirst + k, nil
}

func (c *column) entry(k uint32) []byte {
	from, to := span(c.ends, int(k))
	return c.pool[from:to:to]
}

func (c *column) value(i int) (feature.Value, bool) {
	if i >= len(c.codes) {
		return feature.Value{}, false
	}
	switch code := c.codes[i]; code {
	case codeAbsent:
		return feature.Value{}, false
	case codeNull:
		return feature.Value{}, true
	default:
		return parseValue(c.entry(code - codeFirst)), true
	}
}

func (c *column) bytes() int64 {
	return int64(cap(c.codes)+cap(c.ends))*4 + int64(cap(c.pool)) + int64(len(c.shared))*40
}

// appendValue encodes a value: its kind, then 8 bytes of a number or the text.
func appendValue(dst []byte, v feature.Value) []byte {
	dst = append(dst, byte(v.Kind()))
	switch v.Kind() {
	case feature.Bool:
		if v.Bool() {
			return append(dst, 1)
		}
		return append(dst, 0)
	case feature.Int:
		return binary.LittleEndian.AppendUint64(dst, uint64(v.Int()))
	case feature.Float:
		return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v.Float()))
	}
	return append(dst, v.Text()...)
}

func parseValue(b []byte) feature.Value {
	switch kind, rest := feature.ValueKind(b[0]), b[1:]; kind {
	case feature.Bool:
		return feature.BoolValue(rest[0] == 1)
	case feature.Int:
		return feature.IntValue(int64(binary.LittleEndian.Uint64(rest)))
	case feature.Float:
		return feature.FloatValue(math.Float64frombits(binary.LittleEndian.Uint64(rest)))
	case feature.JSON:
		return feature.JSONValue(view(rest))
	default:
		return feature.TextValue(view(rest))
	}
}
