package flatgeobuf

import (
	"encoding/binary"
	"fmt"
	"math"
)

// message is one FlatBuffer. Its first fault is kept in err; reads after it
// give zeros.
type message struct {
	buf    []byte
	err    error
	budget int // bytes of vectors and tables that may still be read
}

// open begins a message. A sound one reads each of its bytes about once; the
// budget leaves room for tables that share what a writer has pooled.
func open(buf []byte) *message { return &message{buf: buf, budget: 2*len(buf) + 64} }

// table is the position of a table and of its field offsets; the zero table
// has no field.
type table struct{ at, fields, n int }

func (m *message) fail(at int, what string) {
	if m.err == nil {
		m.err = fmt.Errorf("damaged message: %s at byte %d of %d", what, at, len(m.buf))
	}
}

// has reports whether n bytes are at a position.
func (m *message) has(at, n int, what string) bool {
	if m.err != nil {
		return false
	}
	if at < 0 || n < 0 || at > len(m.buf) || n > len(m.buf)-at {
		m.fail(at, what+" outside the message")
		return false
	}
	return true
}

func (m *message) spend(n int, at int) bool {
	if m.err == nil {
		if m.budget -= n; m.budget < 0 {
			m.fail(at, "parts that overlap")
		}
	}
	return m.err == nil
}

func (m *message) u32(at int) uint32 {
	if !m.has(at, 4, "a number") {
		return 0
	}
	return binary.LittleEndian.Uint32(m.buf[at:])
}

func (m *message) u16(at int) uint16 {
	if !m.has(at, 2, "a number") {
		return 0
	}
	return binary.LittleEndian.Uint16(m.buf[at:])
}

// target follows the forward offset at a position.
func (m *message) target(at int) int {
	to := int64(at) + int64(m.u32(at))
	if to > int64(len(m.buf)) {
		m.fail(at, "an offset outside the message")
		return 0
	}
	return int(to)
}

// root returns the message's own table.
func (m *message) root() table { return m.table(m.target(0)) }

// table reads the table at a position.
func (m *message) table(at int) table {
	back := int64(int32(m.u32(at)))
	v := int64(at) - back
	if m.err != nil || v < 0 || v > int64(len(m.buf)) {
		m.fail(at, "a table without its list of fields")
		return table{}
	}
	size := int(m.u16(int(v)))
	if !m.has(int(v), size, "a list of fields") || !m.spend(4, at) {
		return table{}
	}
	if size < 4 {
		m.fail(int(v), "a list of fields that is too short")
		return table{}
	}
	return table{at: at, fields: int(v) + 4, n: (size - 4) / 2}
}

// field returns the position of field i's value; false when it is absent.
func (m *message) field(t table, i int) (int, bool) {
	if m.err != nil || i >= t.n {
		return 0, false
	}
	offset := int(m.u16(t.fields + 2*i))
	return t.at + offset, offset != 0
}

func (m *message) byteField(t table, i int) byte {
	at, ok := m.field(t, i)
	if !ok || !m.has(at, 1, "a field") {
		return 0
	}
	return m.buf[at]
}

func (m *message) uint16Field(t table, i int, absent uint16) uint16 {
	at, ok := m.field(t, i)
	if !ok {
		return absent
	}
	return m.u16(at)
}

func (m *message) int32Field(t table, i int) int32 {
	at, ok := m.field(t, i)
	if !ok {
		return 0
	}
	return int32(m.u32(at))
}

func (m *message) uint64Field(t table, i int) uint64 {
	at, ok := m.field(t, i)
	if !ok || !m.has(at, 8, "a field") {
		return 0
	}
	return binary.LittleEndian.Uint64(m.buf[at:])
}

// vectorField returns the bytes of a vector of elements of a size and the
// position of the first; nil when it is absent or empty.
func (m *message) vectorField(t table, i, size int) (elements []byte, at int) {
	at, ok := m.field(t, i)
	if !ok {
		return nil, 0
	}
	at = m.target(at)
	n := int64(m.u32(at)) * int64(size)
	at += 4
	if m.err != nil {
		return nil, 0
	}
	if n > int64(len(m.buf)-at) {
		m.fail(at, "a list longer than the message")
		return nil, 0
	}
	if !m.spend(int(n), at) {
		return nil, 0
	}
	return m.buf[at : at+int(n)], at
}

func (m *message) stringField(t table, i int) string {
	b, _ := m.vectorField(t, i, 1)
	return string(b)
}

// tableField returns a nested table; false when it is absent.
func (m *message) tableField(t table, i int) (table, bool) {
	at, ok := m.field(t, i)
	if !ok {
		return table{}, false
	}
	return m.table(m.target(at)), m.err == nil
}

// tables calls visit for each table of a vector of tables.
func (m *message) tables(t table, i int, visit func(table) error) error {
	elements, at := m.vectorField(t, i, 4)
	for k := 0; k < len(elements) && m.err == nil; k += 4 {
		if one := m.table(m.target(at + k)); m.err == nil {
			if err := visit(one); err != nil {
				return err
			}
		}
	}
	return m.err
}

func float(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }
