package mosaic

import "tuban/tiles/coverage"

// A cell that changes over costs what the old class has more in it than the new
// one, and is cheaper the more of its eight neighbours show the new class and the
// fewer the old: so that what changes over lies together.
const (
	neighbour = coverage.Full / 24
	buckets   = 256
	bucketMin = -8 * neighbour
	bucketMax = coverage.Full + 8*neighbour
)

// corner is what a border loses at a bend of two sides that is cut off.
const corner = coverage.Full / 8

// maxPasses bounds how often all cells are looked through.
const maxPasses = 10

// swap is a cell that may show one class in place of another.
type swap struct{ cell, from, to int32 }

// balance changes cells over until each class is drawn with its area, to a third
// of what it may be off, or no change brings two classes nearer to theirs. What
// helps by itself is done at the cheapest cells. Single polygons and their classes as
// a whole are both looked at.
func (m *Mosaic) balance() {
	q := &m.queue
	for range maxPasses {
		m.measure()
		if m.balanced() {
			return
		}
		q.reset()
		for cell := range m.w * m.h {
			m.offer(q, cell, -1)
		}
		if m.settle(q) == 0 {
			return
		}
	}
	m.measure()
}

// off returns by how much a class is drawn too large.
func (m *Mosaic) off(c int32) int64 { return m.drawn[c] - m.target[c] }

// groupOff returns by how much the group of a class is.
func (m *Mosaic) groupOff(c int32) int64 { return m.sum[m.group[c]] - m.whole[m.group[c]] }

// slack returns by how much a class may be off for all that balance cares.
func (m *Mosaic) slack(c int32) int64 {
	if c >= m.single {
		return max(m.target[c]/50, 4*coverage.Full) / 2
	}
	return m.slackOf(m.target[c])
}

func (m *Mosaic) groupSlack(c int32) int64 { return m.slackOf(m.whole[m.group[c]]) }

func (m *Mosaic) slackOf(area int64) int64 {
	return max(max(area/50, 4*m.pixel)/3, coverage.Full/2)
}

func (m *Mosaic) balanced() bool {
	within := func(off, slack int64) bool { return -slack <= off && off <= slack }
	for c := range int32(m.classes) {
		if !within(m.off(c), m.slack(c)) || !within(m.groupOff(c), m.groupSlack(c)) {
			return false
		}
	}
	return true
}

// helps tells whether a cell's change from one class to another brings both
// nearer to their areas, and one of them is too far off; with their groups taken
// together, so that the sum of the squares of what all are off gets less: changes come
// to an end.
func (m *Mosaic) helps(from, to int32) bool {
	a, b := m.off(from), m.off(to)
	if m.group[from] == m.group[to] {
		return a-b > coverage.Full && (a > m.slack(from) || -b > m.slack(to))
	}
	c, d := m.groupOff(from), m.groupOff(to)
	return a-b+c-d > 2*coverage.Full &&
		(a > m.slack(from) || -b > m.slack(to) || c > m.groupSlack(from) || -d > m.groupSlack(to))
}

// offer queues what may change in a cell, towards one class or (-1) any.
func (m *Mosaic) offer(q *queue, cell int, only int32) {
	parts := m.cell(cell)
	if len(parts) < 2 {
		return
	}
	label := m.labels[m.at(cell%m.w, cell/m.w)]
	for _, p := range parts {
		if only >= 0 && p.class != only || m.sets.has(label, p.class) {
			continue
		}
		m.sets.each(label, func(from int32) {
			if m.helps(from, p.class) {
				s := swap{int32(cell), from, p.class}
				q.push(m.cost(s), s)
			}
		})
	}
}

// settle makes the queued changes that still help, the cheapest first, and
// returns how many.
func (m *Mosaic) settle(q *queue) (done int) {
	for {
		s, at, ok := q.pop()
		if !ok {
			return done
		}
		x, y := int(s.cell)%m.w, int(s.cell)/m.w
		label := &m.labels[m.at(x, y)]
		if !m.sets.has(*label, s.from) || m.sets.has(*label, s.to) || !m.helps(s.from, s.to) {
			continue
		}
		if cost := m.cost(s); bucketOf(cost) > at { // its neighbours have changed
			q.push(cost, s)
			continue
		}
		m.around(x, y, -1)
		*label = m.sets.swap(*label, s.from, s.to)
		m.around(x, y, 1)
		done++
		for dy := -1; dy <= 1; dy++ {
			for dx := -1; dx <= 1; dx++ {
				if nx, ny := x+dx, y+dy; (dx != 0 || dy != 0) && nx >= 0 && ny >= 0 && nx < m.w && ny < m.h {
					m.offer(q, ny*m.w+nx, s.to)
				}
			}
		}
	}
}

// cost returns what a change costs, lower is better.
func (m *Mosaic) cost(s swap) int32 {
	var cost int32
	for _, p := range m.cell(int(s.cell)) {
		switch p.class {
		case s.from:
			cost += p.amount
		case s.to:
			cost -= p.amount
		}
	}
	i := m.at(int(s.cell)%m.w, int(s.cell)/m.w)
	row := m.w + 2
	for _, k := range [8]int{i - row - 1, i - row, i - row + 1, i - 1, i + 1, i + row - 1, i + row, i + row + 1} {
		if l := m.labels[k]; l >= 0 {
			if m.sets.has(l, s.from) {
				cost += neighbour
			}
			if m.sets.has(l, s.to) {
				cost -= neighbour
			}
		}
	}
	return cost
}

// measure sums the areas of the classes as they are drawn.
func (m *Mosaic) measure() {
	m.drawn, m.sum = zeroed(m.drawn, m.classes), zeroed(m.sum, m.classes)
	for y := range m.h {
		for x := range m.w {
			m.count(m.labels[m.at(x, y)], coverage.Full)
		}
	}
	for y := 1; y < m.h; y++ {
		for x := 1; x < m.w; x++ {
			m.bend(x, y, 1)
		}
	}
}

func (m *Mosaic) count(label int32, area int64) {
	m.sets.each(label, func(c int32) {
		m.drawn[c] += area
		m.sum[m.group[c]] += area
	})
}

// around adds what a cell and its corners are drawn with, or takes it away.
func (m *Mosaic) around(x, y int, sign int64) {
	m.count(m.labels[m.at(x, y)], sign*coverage.Full)
	for _, v := range [4][2]int{{x, y}, {x + 1, y}, {x, y + 1}, {x + 1, y + 1}} {
		m.bend(v[0], v[1], sign)
	}
}

// bend adds what the corner of a lattice point gives to one label and takes from
// another.
func (m *Mosaic) bend(x, y int, sign int64) {
	if inner, outer, ok := m.bent(x, y); ok {
		m.count(inner, -sign*corner)
		m.count(outer, sign*corner)
	}
}

// bent tells whether a border has a bend at a lattice point that is cut off, and
// the labels of the one cell inside it and of the three outside. (x, y) is the
// upper left corner of that cell.
func (m *Mosaic) bent(x, y int) (inner, outer int32, ok bool) {
	i := m.at(x, y)
	a, b, c, d := m.labels[i-m.w-3], m.labels[i-m.w-2], m.labels[i-1], m.labels[i]
	var at int
	switch {
	case a == b && b == c && c != d:
		inner, outer, at = d, a, i
	case a == b && b == d && d != c:
		inner, outer, at = c, a, i-1
	case a == c && c == d && d != b:
		inner, outer, at = b, a, i-m.w-2
	case b == c && c == d && d != a:
		inner, outer, at = a, b, i-m.w-3
	default:
		return 0, 0, false
	}
	if inner == outside || outer == outside || m.island(at, outer) {
		return 0, 0, false
	}
	return inner, outer, true
}

// island tells whether all eight neighbours of a cell, by its index in labels,
// have a label.
func (m *Mosaic) island(i int, label int32) bool {
	row := m.w + 2
	for _, k := range [8]int{i - row - 1, i - row, i - row + 1, i - 1, i + 1, i + row - 1, i + row, i + row + 1} {
		if m.labels[k] != label {
			return false
		}
	}
	return true
}

// queue hands out swaps from the cheapest to the dearest, in steps of cost, those
// of one step in the order in which they came.
type queue struct {
	lists [buckets][]swap
	next  [buckets]int
	low   int
}

func (q *queue) reset() {
	for i := range q.lists {
		q.lists[i], q.next[i] = q.lists[i][:0], 0
	}
	q.low = buckets
}

func bucketOf(cost int32) int {
	return int(int64(min(max(cost, bucketMin), bucketMax)-bucketMin) * (buckets - 1) / (bucketMax - bucketMin))
}

func (q *queue) push(cost int32, s swap) {
	b := bucketOf(cost)
	q.lists[b] = append(q.lists[b], s)
	q.low = min(q.low, b)
}

// pop returns the next swap and its step.
func (q *queue) pop() (s swap, step int, ok bool) {
	for ; q.low < buckets; q.low++ {
		if b := q.low; q.next[b] < len(q.lists[b]) {
			q.next[b]++
			return q.lists[b][q.next[b]-1], b, true
		}
	}
	return swap{}, 0, false
}
