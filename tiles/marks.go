package tiles

import (
	"cmp"
	"slices"

	"tuban/feature"
	"tuban/tiles/mvt"
)

// clusters are the marks of one picture by the cell that they lie in.
type clusters struct {
	bits  uint
	cells map[mvt.Point]*cluster
}

// cluster is the marks of one cell.
type cluster struct {
	cell   mvt.Point
	count  int
	x, y   int64 // sums of the marks' places
	states map[string]int
}

// cluster sorts the marks of a picture into cells of 1<<bits units; none for 0.
func (r *renderer) cluster(p *picture, bits uint) clusters {
	c := clusters{bits: bits}
	if bits == 0 || !p.isPatch() {
		return c
	}
	c.cells = map[mvt.Point]*cluster{}
	state := slices.IndexFunc(p.layer.Layer().Fields, func(f feature.Field) bool { return f.Name == StateField })
	var text string
	look := func(field int, v feature.Value) {
		if field == state {
			text = v.String()
		}
	}
	for i := p.from; i < p.to; i++ {
		s := &r.shapes[i]
		if !r.isMark(p, s, bits) {
			continue
		}
		at := c.cellOf(s.at)
		m := c.cells[at]
		if m == nil {
			m = &cluster{cell: at, states: map[string]int{}}
			c.cells[at] = m
		}
		m.count++
		m.x, m.y = m.x+int64(s.at.X), m.y+int64(s.at.Y)
		text = ""
		if p.layer.EachProperty(s.slot, look); text != "" {
			m.states[text]++
		}
	}
	return c
}

func (c clusters) cellOf(at mvt.Point) mvt.Point {
	return mvt.Point{X: (at.X + Buffer) >> c.bits, Y: (at.Y + Buffer) >> c.bits}
}

// took tells whether a mark is merged with others.
func (c clusters) took(s *shape) bool {
	m := c.cells[c.cellOf(s.at)]
	return m != nil && m.count > 1
}

// several returns the cells with more than one mark, row by row.
func (c clusters) several() []*cluster {
	var list []*cluster
	for _, m := range c.cells {
		if m.count > 1 {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b *cluster) int {
		return cmp.Or(cmp.Compare(a.cell.Y, b.cell.Y), cmp.Compare(a.cell.X, b.cell.X))
	})
	return list
}

// at returns the middle of the marks.
func (m *cluster) at() mvt.Point {
	n := int64(m.count)
	mean := func(sum int64) int32 { return int32((sum + Buffer*n) / n) }
	return mvt.Point{X: mean(m.x) - Buffer, Y: mean(m.y) - Buffer}
}

// maxStates bounds the states that a merged mark lists.
const maxStates = 24

// statesJSON returns the count of each state as a JSON object, the most frequent
// first; beyond maxStates the rest is summed under "…".
func (m *cluster) statesJSON() string {
	names := make([]string, 0, len(m.states))
	for s := range m.states {
		names = append(names, s)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(m.states[b], m.states[a]), cmp.Compare(a, b))
	})
	var counts feature.Properties
	rest := 0
	for i, s := range names {
		if i < maxStates {
			counts = append(counts, feature.Property{Name: s, Value: feature.IntValue(int64(m.states[s]))})
		} else {
			rest += m.states[s]
		}
	}
	if rest > 0 {
		counts = append(counts, feature.Property{Name: "…", Value: feature.IntValue(int64(rest))})
	}
	return string(counts.AppendJSON(nil))
}
