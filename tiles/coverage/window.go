package coverage

import (
	"cmp"
	"slices"
)

// Window is a rectangle of cells of one level; it may reach beyond the square.
type Window struct {
	Level uint8
	X, Y  int32
	W, H  int32
}

// Cells is what a window holds. The zero value is ready; it keeps its memory.
type Cells struct {
	Window
	heads   []int32 // by cell, row by row: index of its last entry + 1
	entries []listed
}

// listed is an entry in the list of its cell.
type listed struct {
	Entry
	next int32
}

// Entry is what a class has in a cell; Amount is at most Full.
type Entry struct {
	Class  uint32
	Amount int32
}

// Reset empties c for a window.
func (c *Cells) Reset(w Window) {
	c.Window = w
	n := int(w.W) * int(w.H)
	if cap(c.heads) < n {
		c.heads = make([]int32, n)
	}
	c.heads = c.heads[:n]
	clear(c.heads)
	c.entries = c.entries[:0]
}

// Append appends the entries of a cell, counted row by row, in no order; a class
// may have several.
func (c *Cells) Append(dst []Entry, cell int) []Entry {
	for i := c.heads[cell]; i > 0; {
		e := &c.entries[i-1]
		dst = append(dst, e.Entry)
		i = e.next
	}
	return dst
}

// EachClass visits the classes of all entries, each any number of times.
func (c *Cells) EachClass(visit func(class uint32)) {
	for i := range c.entries {
		if e := &c.entries[i]; e.Amount > 0 {
			visit(e.Class)
		}
	}
}

// Add adds an entry to a cell in the window.
func (c *Cells) Add(x, y int32, e Entry) {
	h := &c.heads[(y-c.Y)*c.W+x-c.X]
	c.entries = append(c.entries, listed{e, *h})
	*h = int32(len(c.entries))
}

// AddScan adds what a polygon of a class covers, as far as it lies in the window.
func (c *Cells) AddScan(parts []Part, spans []Span, class uint32) {
	for _, p := range parts {
		if p.X >= c.X && p.X < c.X+c.W && p.Y >= c.Y && p.Y < c.Y+c.H {
			c.Add(p.X, p.Y, Entry{class, p.Amount})
		}
	}
	for _, s := range spans {
		c.fill(s.X0, s.Y, s.X1, s.Y+1, Entry{class, Full})
	}
}

// Take gives what a polygon of a class covers to another class, as far as it lies in
// the window and the class has it.
func (c *Cells) Take(parts []Part, spans []Span, from, to uint32) {
	for _, p := range parts {
		if p.X >= c.X && p.X < c.X+c.W && p.Y >= c.Y && p.Y < c.Y+c.H {
			c.take(p.X, p.Y, p.Amount, from, to)
		}
	}
	for _, s := range spans {
		if s.Y < c.Y || s.Y >= c.Y+c.H {
			continue
		}
		for x := max(s.X0, c.X); x < min(s.X1, c.X+c.W); x++ {
			c.take(x, s.Y, Full, from, to)
		}
	}
}

func (c *Cells) take(x, y, amount int32, from, to uint32) {
	taken := int32(0)
	for i := c.heads[(y-c.Y)*c.W+x-c.X]; i > 0 && taken < amount; i = c.entries[i-1].next {
		if e := &c.entries[i-1]; e.Class == from {
			n := min(e.Amount, amount-taken)
			e.Amount -= n
			taken += n
		}
	}
	if taken > 0 {
		c.Add(x, y, Entry{to, taken})
	}
}

// fill adds an entry to all cells of a rectangle that lie in the window.
func (c *Cells) fill(x0, y0, x1, y1 int32, e Entry) {
	for y := max(y0, c.Y); y < min(y1, c.Y+c.H); y++ {
		for x := max(x0, c.X); x < min(x1, c.X+c.W); x++ {
			c.Add(x, y, e)
		}
	}
}

// rect is a square of cells of the window's level that one class covers whole.
type rect struct {
	x, y, side int32
	entry      Entry
}

func (r *rect) meets(x, y, side int32) bool {
	return r.x < x+side && x < r.x+r.side && r.y < y+side && y < r.y+r.side
}

// Read fills c with the cells of a window. Cost: the nodes of its level that the
// window meets, and the cells in it.
func (p *Pyramid) Read(w Window, c *Cells) {
	c.Reset(w)
	c.read(p.root, rootLevel, 0, 0, nil)
}

// read adds what a node at the column and row of its square holds. rects are the
// whole squares of the levels above that meet it.
func (c *Cells) read(n *node, level int, nx, ny int32, rects []rect) {
	bits := int(c.Level) - level + nodeBits
	x, y, side := nx<<bits, ny<<bits, int32(1)<<bits
	if x >= c.X+c.W || x+side <= c.X || y >= c.Y+c.H || y+side <= c.Y {
		return
	}
	if n == nil || level == int(c.Level) {
		if n != nil {
			c.readNode(n, x, y)
		}
		for _, r := range rects {
			c.fill(max(r.x, x), max(r.y, y), min(r.x+r.side, x+side), min(r.y+r.side, y+side), r.entry)
		}
		return
	}
	down := int(c.Level) - level
	all := rects[:len(rects):len(rects)]
	for r := read(n.own); r.cell < nodeCells; r.advance() {
		cx, cy := int32(compact(uint64(r.cell))), int32(compact(uint64(r.cell)>>1))
		for i := range r.len() {
			e := r.entry(i)
			all = append(all, rect{(nx<<nodeBits + cx) << down, (ny<<nodeBits + cy) << down, 1 << down, Entry{e.class, Full}})
		}
	}
	for i, child := range n.children {
		kx, ky := nx<<1|int32(i&1), ny<<1|int32(i>>1)
		half := side / 2
		var meeting []rect
		for _, r := range all {
			if r.meets(kx*half, ky*half, half) {
				meeting = append(meeting, r)
			}
		}
		if child != nil || len(meeting) > 0 {
			c.read(child, level+1, kx, ky, meeting)
		}
	}
}

// readNode adds the cells of a node of the window's level.
func (c *Cells) readNode(n *node, x, y int32) {
	inside := x >= c.X && y >= c.Y && x+16 <= c.X+c.W && y+16 <= c.Y+c.H
	for r := read(n.sum); r.cell < nodeCells; r.advance() {
		cx, cy := x+int32(compact(uint64(r.cell))), y+int32(compact(uint64(r.cell)>>1))
		if !inside && (cx < c.X || cy < c.Y || cx >= c.X+c.W || cy >= c.Y+c.H) {
			continue
		}
		for i := range r.len() {
			e := r.entry(i)
			c.Add(cx, cy, Entry{e.class, e.amount})
		}
	}
}

// Trim cuts a number of cells off each side of the window.
func (c *Cells) Trim(n int32) {
	w := Window{c.Level, c.X + n, c.Y + n, c.W - 2*n, c.H - 2*n}
	heads := make([]int32, 0, int(w.W)*int(w.H))
	for y := range w.H {
		at := (y+n)*c.W + n
		heads = append(heads, c.heads[at:at+w.W]...)
	}
	c.Window, c.heads = w, heads
}

// Halve fills c with the cells of another window joined in fours: its corner and
// its width and height must be even. Amounts are rounded half up, as in a Pyramid.
func (c *Cells) Halve(from *Cells) {
	c.Reset(Window{from.Level - 1, from.X >> 1, from.Y >> 1, from.W / 2, from.H / 2})
	var four []Entry
	for y := range c.H {
		for x := range c.W {
			four = four[:0]
			for k := range 4 {
				four = from.appendSummed(four, (2*int(y)+k>>1)*int(from.W)+2*int(x)+k&1)
			}
			slices.SortFunc(four, func(a, b Entry) int { return cmp.Compare(a.Class, b.Class) })
			for i := 0; i < len(four); {
				e := four[i]
				for i++; i < len(four) && four[i].Class == e.Class; i++ {
					e.Amount += four[i].Amount
				}
				if e.Amount = (e.Amount + 2) / 4; e.Amount > 0 {
					c.Add(c.X+x, c.Y+y, e)
				}
			}
		}
	}
}

// appendSummed appends the entries of a cell, one for each class, at most Full.
func (c *Cells) appendSummed(dst []Entry, cell int) []Entry {
	first := len(dst)
next:
	for i := c.heads[cell]; i > 0; i = c.entries[i-1].next {
		e := c.entries[i-1].Entry
		for k := range dst[first:] {
			if d := &dst[first+k]; d.Class == e.Class {
				d.Amount = min(d.Amount+e.Amount, Full)
				continue next
			}
		}
		dst = append(dst, e)
	}
	return dst
}
