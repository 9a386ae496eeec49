package coverage

import (
	"encoding/binary"
)

// The cells of a node are one string. Its first byte is the size of an entry: 3
// (class in one byte, amount in two) or 8 (four bytes each) where one does not
// fit. Then comes, for each cell that holds something, in the order of Morton
// codes: a byte with the number of empty cells before it (low five bits, 31: a
// uvarint follows) and the number of its entries (high three bits, 7: a uvarint
// follows), and the entries by class.
const (
	narrow    = 3
	wide      = 8
	skipMore  = 31
	countMore = 7
)

// entry is what a class has in a cell.
type entry struct {
	class  uint32
	amount int32
}

func (e entry) isNarrow() bool { return e.class < 1<<8 && e.amount < 1<<16 }

// reader goes through the cells of a node.
type reader struct {
	rest string
	cell int    // nodeCells at the end
	body string // the cell's entries
	size int    // of an entry
}

// read returns a reader at the first cell.
func read(s string) reader {
	r := reader{cell: -1}
	if s != "" {
		r.size, r.rest = int(s[0]), s[1:]
	}
	r.advance()
	return r
}

// advance goes to the next cell.
func (r *reader) advance() {
	if r.rest == "" {
		r.cell, r.body = nodeCells, ""
		return
	}
	h := r.rest[0]
	r.rest = r.rest[1:]
	skip, n := int(h&31), int(h>>5)
	if skip == skipMore {
		skip = r.uvarint()
	}
	if n == countMore {
		n = r.uvarint()
	}
	r.cell += 1 + skip
	r.body, r.rest = r.rest[:n*r.size], r.rest[n*r.size:]
}

// seek goes to the first cell from a number on.
func (r *reader) seek(cell int) {
	for r.cell < cell {
		r.advance()
	}
}

func (r *reader) uvarint() (v int) {
	for shift := 0; ; shift += 7 {
		b := r.rest[0]
		r.rest = r.rest[1:]
		v |= int(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
}

// len returns the number of entries of the cell.
func (r *reader) len() int { return len(r.body) / max(r.size, 1) }

// entry returns the i-th entry of the cell.
func (r *reader) entry(i int) entry {
	if r.size == narrow {
		b := r.body[3*i : 3*i+3]
		return entry{uint32(b[0]), int32(b[1]) | int32(b[2])<<8}
	}
	b := r.body[8*i : 8*i+8]
	word := func(b string) uint32 {
		return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
	}
	return entry{word(b[:4]), int32(word(b[4:]))}
}

// append appends the entries of the cell.
func (r *reader) append(dst []entry) []entry {
	for i := range r.len() {
		dst = append(dst, r.entry(i))
	}
	return dst
}

// writer writes the cells of a node in order.
type writer struct {
	b    []byte
	last int // the cell written last
	size int
	fail bool // an entry did not fit
}

// start begins a node with entries of a size.
func (w *writer) start(size int) {
	w.b, w.last, w.size, w.fail = append(w.b[:0], byte(size)), -1, size, false
}

// string returns what was written.
func (w *writer) string() string {
	if w.last < 0 {
		return ""
	}
	return string(w.b)
}

func (w *writer) header(cell, n int) {
	skip := cell - w.last - 1
	w.last = cell
	w.b = append(w.b, byte(min(skip, skipMore)|min(n, countMore)<<5))
	if skip >= skipMore {
		w.b = binary.AppendUvarint(w.b, uint64(skip))
	}
	if n >= countMore {
		w.b = binary.AppendUvarint(w.b, uint64(n))
	}
}

// copy writes the cell that a reader is at.
func (w *writer) copy(r *reader) {
	if r.size == w.size {
		w.header(r.cell, r.len())
		w.b = append(w.b, r.body...)
		return
	}
	w.header(r.cell, r.len())
	for i := range r.len() {
		w.entry(r.entry(i))
	}
}

// cell writes the entries of a cell, which are sorted by class; none write
// nothing.
func (w *writer) cell(cell int, entries []entry) {
	if len(entries) == 0 {
		return
	}
	w.header(cell, len(entries))
	for _, e := range entries {
		w.entry(e)
	}
}

func (w *writer) entry(e entry) {
	if w.size == narrow {
		w.fail = w.fail || !e.isNarrow()
		w.b = append(w.b, byte(e.class), byte(e.amount), byte(e.amount>>8))
		return
	}
	w.b = binary.LittleEndian.AppendUint32(w.b, e.class)
	w.b = binary.LittleEndian.AppendUint32(w.b, uint32(e.amount))
}

// sum appends the entries of two lists sorted by class, summed by class.
func sum(dst, a, b []entry) []entry {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].class < b[0].class:
			dst, a = append(dst, a[0]), a[1:]
		case a[0].class > b[0].class:
			dst, b = append(dst, b[0]), b[1:]
		default:
			dst = append(dst, entry{a[0].class, a[0].amount + b[0].amount})
			a, b = a[1:], b[1:]
		}
	}
	return append(append(dst, a...), b...)
}

// settled drops the entries without an amount and caps the others.
func settled(entries []entry, most int32) []entry {
	n := 0
	for _, e := range entries {
		if e.amount != 0 {
			entries[n] = entry{e.class, min(e.amount, most)}
			n++
		}
	}
	return entries[:n]
}
