package mosaic

import (
	"cmp"
	"slices"

	"tuban/tiles/coverage"
)

// none is the label of cells that no class covers.
const none = 0

// part is what a class has in a cell.
type part struct {
	class  int32 // from 1 on; 0 is what is covered by none
	amount int32
}

// Mosaic is the picture of one layer: Load takes what is to be drawn, Draw draws
// it, Rings hands it out. The zero value is ready. It keeps its working memory.
type Mosaic struct {
	w, h    int
	classes int     // and none
	single  int32   // the first class that is a single polygon
	group   []int32 // by class: itself, or the class that the single polygon is of
	pixel   int64

	from   []int32 // by cell: first part; one more at the end
	parts  []part
	target []int64 // by class: its true area, in coverage.Full a cell
	whole  []int64 // by group: the true area of it all

	labels []int32 // by cell, framed by cells without any: see at
	sets   sets
	drawn  []int64 // by class: its area as drawn
	sum    []int64 // by group: the same
	queue  queue

	// Of the region being traced:
	of     []int32 // by cell: number of its part
	up     []int32
	seen   []uint8 // by cell: its sides that were passed, a bit each
	walks  int
	passed []visit // by lattice point
	chain  []Point
	open   []Point

	rings  []ring // from 1 on
	points []Point
	pieces []rings // by part, from 1 on
	lists  []list  // by value: its parts

	mask    []int32
	entries []coverage.Entry
}

// outside is the label beyond the raster.
const outside = -1

// at returns the index of a cell in labels.
func (m *Mosaic) at(x, y int) int { return (y+1)*(m.w+2) + x + 1 }

// Load takes the cells of a window. ranks has, by class index of the cells, the
// number of each class here, from 0 on, below n; the last of these are polygons that
// are drawn by themselves, and singles has the number of the class that each is of.
// pixel is the area of a pixel in coverage.Full a cell: a class with its single
// polygons keeps its area within two percent, or four pixels.
func (m *Mosaic) Load(c *coverage.Cells, ranks []int, n int, singles []int, pixel int64) {
	m.w, m.h, m.classes, m.pixel = int(c.W), int(c.H), n+1, pixel
	m.single, m.group = int32(m.classes-len(singles)), m.group[:0]
	for class := range m.single {
		m.group = append(m.group, class)
	}
	for _, rank := range singles {
		m.group = append(m.group, int32(rank)+1)
	}
	m.target = append(m.target[:0], make([]int64, n+1)...)
	m.from, m.parts = m.from[:0], m.parts[:0]
	for cell := range m.w * m.h {
		m.from = append(m.from, int32(len(m.parts)))
		m.entries = c.Append(m.entries[:0], cell)
		m.load(ranks)
	}
	m.from = append(m.from, int32(len(m.parts)))
	m.whole = zeroed(m.whole, m.classes)
	for class, area := range m.target {
		m.whole[m.group[class]] += area
	}
}

// load adds the parts of one cell, by class.
func (m *Mosaic) load(ranks []int) {
	first := len(m.parts)
	for _, e := range m.entries {
		if e.Amount == 0 {
			continue
		}
		m.parts = append(m.parts, part{int32(ranks[e.Class]) + 1, e.Amount})
	}
	own := m.parts[first:]
	if len(own) > 1 {
		slices.SortFunc(own, func(a, b part) int { return cmp.Compare(a.class, b.class) })
	}
	n, rest := 0, int64(coverage.Full)
	for i := 0; i < len(own); {
		p := own[i]
		for i++; i < len(own) && own[i].class == p.class; i++ {
			p.amount += own[i].amount
		}
		p.amount = min(p.amount, coverage.Full)
		own[n] = p
		n++
		rest -= int64(p.amount)
		m.target[p.class] += int64(p.amount)
	}
	m.parts = m.parts[:first+n]
	if rest > 0 {
		m.parts = append(m.parts, part{none, int32(rest)})
		m.target[none] += rest
	}
}

// Areas returns the true areas of the classes, none first.
func (m *Mosaic) Areas() []int64 { return m.target }

// label gives each cell the class that covers most of it, or as many classes as
// together cover it over and over.
func (m *Mosaic) label() {
	n := (m.w + 2) * (m.h + 2)
	m.labels = slices.Grow(m.labels[:0], n)[:n]
	for i := range m.labels {
		m.labels[i] = outside
	}
	m.sets.reset(m.classes)
	for y := range m.h {
		for x := range m.w {
			m.labels[m.at(x, y)] = m.first(m.cell(y*m.w + x))
		}
	}
}

// cell returns the parts of a cell.
func (m *Mosaic) cell(i int) []part { return m.parts[m.from[i]:m.from[i+1]] }

// first returns the label that a cell has at first.
func (m *Mosaic) first(parts []part) int32 {
	var total int64
	best := part{none, -1}
	for _, p := range parts {
		total += int64(p.amount)
		if p.amount > best.amount {
			best = p
		}
	}
	k := int((total + coverage.Full/2) / coverage.Full)
	if k < 2 {
		return best.class
	}
	most := slices.Clone(parts)
	slices.SortStableFunc(most, func(a, b part) int { return cmp.Compare(b.amount, a.amount) })
	var set []int32
	for _, p := range most[:min(k, len(most))] {
		if p.class != none {
			set = append(set, p.class)
		}
	}
	slices.Sort(set)
	return m.sets.number(set)
}
