package coverage

import (
	"cmp"
	"math"
	"slices"
)

const (
	nodeBits  = 4 // a node has 16 × 16 cells
	nodeCells = 1 << (2 * nodeBits)
)

// node is a square of 16 × 16 cells of one level. Its children are its quarters
// with the cells of the next level. A node never changes. One without anything in
// it is nil.
type node struct {
	children [4]*node
	// own is what features contribute to these very cells: at the leaf level any
	// amount, above it Full for each cell that is whole and in no whole parent.
	own string
	// sum is own with what lies in the children, no class above Full: own itself
	// at the leaf level where nothing overlaps.
	sum string
	// tallies has the features whose anchor lies in the square, by class.
	tallies  []Tally
	vertices int64 // of those features
}

// Tally is a number of features of one class.
type Tally struct {
	Class    uint32
	Features int
}

// marked is a set of cells of a node.
type marked [nodeCells / 64]uint64

func (m *marked) set(cell int)      { m[cell>>6] |= 1 << (cell & 63) }
func (m *marked) has(cell int) bool { return m[cell>>6]>>(cell&63)&1 != 0 }

// parent adds the cells above those that are marked in the i-th child.
func (m *marked) parent(i int, child *marked) {
	for cell := 0; cell < nodeCells; cell += 4 {
		if child[cell>>6]>>(cell&63)&15 != 0 {
			m.set(i*nodeCells/4 + cell/4)
		}
	}
}

// editor makes new nodes; it keeps its working memory.
type editor struct {
	w             writer
	a, b, c, pair []entry
}

// apply returns the node with what d changes, all of which lies in its square:
// the Morton code of the square among those of its level. It marks the cells whose
// sums may differ.
func (e *editor) apply(n *node, level int, square uint64, d delta, dirty *marked) *node {
	if d.empty() {
		return n
	}
	m := &node{}
	if n != nil {
		*m = *n
	}
	list, base := d.cells[level-rootLevel], square<<(2*nodeBits)
	for _, c := range list {
		dirty.set(int(c.at - base))
	}
	m.own = e.edit(m.own, base, list)
	if level == Leaf {
		m.arrive(d.arrivals)
	} else {
		rest := d
		for i := range m.children {
			var below marked
			child := square<<2 | uint64(i)
			front := rest.take(level+1, (child+1)<<(2*nodeBits))
			m.children[i] = e.apply(m.children[i], level+1, child, front, &below)
			dirty.parent(i, &below)
		}
	}
	return e.finish(m, level, dirty)
}

// merge returns what two nodes hold together.
func (e *editor) merge(a, b *node, level int, dirty *marked) *node {
	if b == nil {
		return a
	}
	for r := read(b.sum); r.cell < nodeCells; r.advance() {
		dirty.set(r.cell)
	}
	if a == nil {
		return b
	}
	m := &node{own: e.edit(a.own, 0, changes(b.own)), sum: a.sum, vertices: a.vertices + b.vertices}
	if level == Leaf {
		m.tallies = sumTallies(a.tallies, b.tallies)
	}
	for i := range m.children {
		var below marked
		m.children[i] = e.merge(a.children[i], b.children[i], level+1, &below)
	}
	return e.finish(m, level, dirty)
}

// changes returns the cells of a node as changes to an empty one.
func changes(own string) (list []change) {
	for r := read(own); r.cell < nodeCells; r.advance() {
		for i := range r.len() {
			v := r.entry(i)
			list = append(list, change{uint64(r.cell), v.class, v.amount})
		}
	}
	return list
}

// finish fills in what follows from a node's own cells and its children, where
// cells are dirty; nil if it is empty.
func (e *editor) finish(m *node, level int, dirty *marked) *node {
	if level == Leaf {
		m.sum = e.capped(m.own)
	} else {
		m.sum = e.aggregate(m, dirty)
		m.collect()
	}
	if m.sum == "" && m.own == "" && len(m.tallies) == 0 && m.children == [4]*node{} {
		return nil
	}
	return m
}

// written returns what a function writes, with small entries if they do.
func (e *editor) written(write func()) string {
	e.w.start(narrow)
	if write(); e.w.fail {
		e.w.start(wide)
		write()
	}
	return e.w.string()
}

// edit returns cells with changes, sorted by cell and class, whose codes count
// from base.
func (e *editor) edit(own string, base uint64, all []change) string {
	if len(all) == 0 {
		return own
	}
	return e.written(func() {
		list := all
		for r := read(own); r.cell < nodeCells || len(list) > 0; {
			if len(list) == 0 || r.cell < int(list[0].at-base) {
				e.w.copy(&r)
				r.advance()
				continue
			}
			cell := int(list[0].at - base)
			e.a, e.b = e.a[:0], e.b[:0]
			for ; len(list) > 0 && int(list[0].at-base) == cell; list = list[1:] {
				e.a = append(e.a, entry{list[0].class, list[0].amount})
			}
			if r.cell == cell {
				e.b = r.append(e.b)
				r.advance()
			}
			e.c = settled(sum(e.c[:0], e.a, e.b), math.MaxInt32)
			e.w.cell(cell, e.c)
		}
	})
}

// capped returns cells with no class above Full.
func (e *editor) capped(own string) string {
	over := false
	for r := read(own); r.cell < nodeCells && !over; r.advance() {
		for i := range r.len() {
			over = over || r.entry(i).amount > Full
		}
	}
	if !over {
		return own
	}
	return e.written(func() {
		for r := read(own); r.cell < nodeCells; r.advance() {
			e.a = settled(r.append(e.a[:0]), Full)
			e.w.cell(r.cell, e.a)
		}
	})
}

// aggregate returns the sums of an inner node's cells, anew where they are dirty:
// what they have of their own, and a quarter of what their four children have,
// rounded half up.
func (e *editor) aggregate(m *node, dirty *marked) string {
	return e.written(func() {
		old, own := read(m.sum), read(m.own)
		for i, child := range m.children {
			var r reader
			if r.cell = nodeCells; child != nil {
				r = read(child.sum)
			}
			for k := range nodeCells / 4 {
				cell := i*nodeCells/4 + k
				old.seek(cell)
				switch {
				case dirty.has(cell):
					own.seek(cell)
					e.quarter(&r, 4*k)
					if own.cell == cell {
						e.pair = own.append(e.pair[:0])
						e.a = append(e.a[:0], e.c...)
						e.c = sum(e.c[:0], e.a, e.pair)
					}
					e.c = settled(e.c, Full)
					e.w.cell(cell, e.c)
				case old.cell == cell:
					e.w.copy(&old)
				}
			}
		}
	})
}

// quarter leaves in e.c a quarter of what four cells have together.
func (e *editor) quarter(r *reader, from int) {
	e.c = e.c[:0]
	for r.seek(from); r.cell < from+4; r.advance() {
		e.b = r.append(e.b[:0])
		e.a = append(e.a[:0], e.c...)
		e.c = sum(e.c[:0], e.a, e.b)
	}
	for i := range e.c {
		e.c[i].amount = (e.c[i].amount + 2) / 4
	}
}

// arrive takes features into the tallies of a leaf.
func (m *node) arrive(list []arrival) {
	var come []Tally
	for _, a := range list {
		come = append(come, Tally{a.class, int(a.n)})
		m.vertices += int64(a.n) * int64(a.vertices)
	}
	slices.SortFunc(come, func(a, b Tally) int { return cmp.Compare(a.Class, b.Class) })
	m.tallies = sumTallies(m.tallies, sumTallies(come, nil))
}

// collect sums the tallies of the children.
func (m *node) collect() {
	var lists [4][]Tally
	m.vertices = 0
	for i, c := range m.children {
		if c != nil {
			lists[i] = c.tallies
			m.vertices += c.vertices
		}
	}
	m.tallies = sumTallies(sumTallies(lists[0], lists[1]), sumTallies(lists[2], lists[3]))
}

// sumTallies returns the tallies of two lists sorted by class, summed by class and
// without the empty ones.
func sumTallies(a, b []Tally) []Tally {
	if len(a)+len(b) == 0 {
		return nil
	}
	all := make([]Tally, 0, len(a)+len(b))
	for len(a)+len(b) > 0 {
		var t Tally
		if len(b) == 0 || len(a) > 0 && a[0].Class <= b[0].Class {
			t, a = a[0], a[1:]
		} else {
			t, b = b[0], b[1:]
		}
		if n := len(all); n > 0 && all[n-1].Class == t.Class {
			all[n-1].Features += t.Features
			continue
		} else if n > 0 && all[n-1].Features == 0 {
			all = all[:n-1]
		}
		all = append(all, t)
	}
	if n := len(all); all[n-1].Features == 0 {
		all = all[:n-1]
	}
	return slices.Clip(all)
}
