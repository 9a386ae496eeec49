package coverage

import (
	"cmp"
	"slices"
)

// Leaf is the level of the smallest cells: 2^Leaf to the side of the square, 256
// to a tile of zoom 11.
const Leaf = 19

// rootLevel is the level of the largest cells: the root's 16 × 16.
const rootLevel = 4

const levels = Leaf - rootLevel + 1

// change is what is added to one cell, or taken from it.
type change struct {
	at     uint64 // the cell's Morton code in its level
	class  uint32
	amount int32
}

// arrival is a feature that comes (n = 1) or goes (-1).
type arrival struct {
	at       uint64 // the leaf cell of its anchor
	class    uint32
	n        int32
	vertices int32
}

// delta is what some features change, by level from rootLevel on. Sorted, it can
// be applied.
type delta struct {
	cells    [levels][]change
	arrivals []arrival
}

func (d *delta) reset() {
	for i := range d.cells {
		d.cells[i] = d.cells[i][:0]
	}
	d.arrivals = d.arrivals[:0]
}

func (d *delta) add(level int, y, x int32, class uint32, amount int32) {
	l := level - rootLevel
	d.cells[l] = append(d.cells[l], change{morton(x, y), class, amount})
}

// whole adds runs of whole leaf cells, as the coarsest cells that they make up.
func (d *delta) whole(spans []Span, class uint32, sign int32) {
	for level := Leaf; len(spans) > 0; level-- {
		var up []Span
		if level > rootLevel {
			up = parents(spans)
		}
		without(spans, up, func(s Span) { d.run(level, s, class, sign) })
		spans = up
	}
}

// without visits what is left of runs without those of their parents.
func without(spans, up []Span, visit func(Span)) {
	for _, s := range spans {
		at := s.X0
		for _, p := range up[firstOver(up, s):] {
			if p.Y != s.Y>>1 || p.X0<<1 >= s.X1 {
				break
			}
			visit(Span{s.Y, at, p.X0 << 1})
			at = p.X1 << 1
		}
		visit(Span{s.Y, at, s.X1})
	}
}

func (d *delta) run(level int, s Span, class uint32, sign int32) {
	for x := s.X0; x < s.X1; x++ {
		d.add(level, s.Y, x, class, sign*Full)
	}
}

// firstOver returns the index of the first run of parents that ends right of a
// run's beginning.
func firstOver(up []Span, s Span) int {
	i, _ := slices.BinarySearchFunc(up, s, func(p, s Span) int {
		if p.Y < s.Y>>1 || p.Y == s.Y>>1 && p.X1<<1 <= s.X0 {
			return -1
		}
		return 1
	})
	return i
}

// parents returns the runs of cells of the level above all of whose four children
// are in runs.
func parents(spans []Span) (up []Span) {
	for i := 0; i < len(spans); {
		y := spans[i].Y
		j := i
		for j < len(spans) && spans[j].Y == y {
			j++
		}
		k := j
		for k < len(spans) && spans[k].Y == y+1 {
			k++
		}
		if y&1 == 1 || k == j {
			i = j
			continue
		}
		for a, b := spans[i:j], spans[j:k]; len(a) > 0 && len(b) > 0; {
			x0, x1 := (max(a[0].X0, b[0].X0)+1)>>1, min(a[0].X1, b[0].X1)>>1
			if x0 < x1 {
				up = append(up, Span{y >> 1, x0, x1})
			}
			if a[0].X1 < b[0].X1 {
				a = a[1:]
			} else {
				b = b[1:]
			}
		}
		i = k
	}
	return up
}

// sort puts d in the order in which it is applied and sums what is alike.
func (d *delta) sort() {
	for l := range d.cells {
		c := d.cells[l]
		slices.SortFunc(c, func(a, b change) int {
			if a.at != b.at {
				return cmp.Compare(a.at, b.at)
			}
			return cmp.Compare(a.class, b.class)
		})
		n := 0
		for i := range c {
			if n > 0 && c[n-1].at == c[i].at && c[n-1].class == c[i].class {
				c[n-1].amount += c[i].amount
				continue
			}
			c[n] = c[i]
			n++
		}
		d.cells[l] = c[:n]
	}
	slices.SortFunc(d.arrivals, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
}

func (d *delta) empty() bool {
	if len(d.arrivals) > 0 {
		return false
	}
	for l := range d.cells {
		if len(d.cells[l]) > 0 {
			return false
		}
	}
	return true
}

// take cuts off what lies in cells before end, a Morton code of a level, without
// the levels above that.
func (d *delta) take(level int, end uint64) (front delta) {
	for l := level - rootLevel; l < levels; l++ {
		c := d.cells[l]
		limit := end << (2 * (l + rootLevel - level))
		n, _ := slices.BinarySearchFunc(c, limit, func(c change, at uint64) int { return cmp.Compare(c.at, at) })
		front.cells[l], d.cells[l] = c[:n], c[n:]
	}
	limit := end << (2 * (Leaf - level))
	n, _ := slices.BinarySearchFunc(d.arrivals, limit, func(a arrival, at uint64) int { return cmp.Compare(a.at, at) })
	front.arrivals, d.arrivals = d.arrivals[:n], d.arrivals[n:]
	return front
}

// morton interleaves the bits of a column and a row, the row's above the column's.
func morton(x, y int32) uint64 { return spread(uint32(x)) | spread(uint32(y))<<1 }

func spread(v uint32) uint64 {
	w := uint64(v)
	w = (w | w<<16) & 0x0000ffff0000ffff
	w = (w | w<<8) & 0x00ff00ff00ff00ff
	w = (w | w<<4) & 0x0f0f0f0f0f0f0f0f
	w = (w | w<<2) & 0x3333333333333333
	return (w | w<<1) & 0x5555555555555555
}

// compact is the inverse of spread.
func compact(w uint64) uint32 {
	w &= 0x5555555555555555
	w = (w | w>>1) & 0x3333333333333333
	w = (w | w>>2) & 0x0f0f0f0f0f0f0f0f
	w = (w | w>>4) & 0x00ff00ff00ff00ff
	w = (w | w>>8) & 0x0000ffff0000ffff
	return uint32(w | w>>16)
}
