package mosaic

// Point is a place in half cells from the upper left corner of the raster.
type Point struct{ X, Y int32 }

// ring is a border of one part of the cells that show a class: its points are a
// range of Mosaic.points.
type ring struct {
	from, to int
	next     int32 // of the same part: index in Mosaic.rings, 0 at the end
}

// rings are those of a 4-connected part of a region, the shell first.
type rings struct {
	first, last int32 // in Mosaic.rings
	next        int32 // part of the same label: index in Mosaic.pieces, 0 at the end
}

// The sides of a cell in the order in which a shell passes them, and where a step
// along each leads. With y down, shells run as MVT wants them: to the right along
// the top side, then down.
const (
	top = iota
	right
	bottom
	left
)

var steps = [4][2]int{top: {1, 0}, right: {0, 1}, bottom: {-1, 0}, left: {0, -1}}

// trace finds the rings around the parts of a region: cells next to each other
// with the same value, none where that is 0 or less. They are listed by value.
func (m *Mosaic) trace(region []int32, values int) {
	m.number(region)
	m.seen = zeroed(m.seen, len(region))
	m.lists = zeroed(m.lists, values)
	for y := range m.h {
		for x := range m.w {
			i := m.at(x, y)
			if region[i] <= 0 {
				continue
			}
			for side := range 4 {
				if m.seen[i]>>side&1 == 0 && region[i+m.beside(side)] != region[i] {
					m.walk(region, x, y, side)
				}
			}
		}
	}
}

// number numbers the parts of a region from 1 on, in the order of their first
// cells, in m.of.
func (m *Mosaic) number(region []int32) {
	m.of = zeroed(m.of, len(region))
	up := append(m.up[:0], 0) // of a part: one with a lower number that it belongs to, or itself
	root := func(p int32) int32 {
		for up[p] != p {
			up[p] = up[up[p]]
			p = up[p]
		}
		return p
	}
	for y := range m.h {
		for x := range m.w {
			i := m.at(x, y)
			over, before := i-m.w-2, i-1
			switch {
			case region[over] == region[i] && region[before] == region[i]:
				a, b := root(m.of[over]), root(m.of[before])
				m.of[i] = min(a, b)
				up[max(a, b)] = min(a, b)
			case region[over] == region[i]:
				m.of[i] = m.of[over]
			case region[before] == region[i]:
				m.of[i] = m.of[before]
			default:
				m.of[i] = int32(len(up))
				up = append(up, m.of[i])
			}
		}
	}
	for i, p := range m.of {
		m.of[i] = root(p)
	}
	m.up = up
	m.pieces = zeroed(m.pieces, len(up))
}

// zeroed returns a slice of n zero values, in the memory of s if that is enough.
func zeroed[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// beside returns how far the neighbour beyond a side is in labels.
func (m *Mosaic) beside(side int) int {
	return [4]int{top: -m.w - 2, right: 1, bottom: m.w + 2, left: -1}[side]
}

// list is a linked list of parts.
type list struct{ first, last int32 }

// walk follows a border from one side of a cell until it comes back, and adds its
// rings. It turns towards the cell where others across the corner are alike.
func (m *Mosaic) walk(region []int32, x, y, side int) {
	m.chain = m.chain[:0]
	i := m.at(x, y)
	value, part := region[i], m.of[i]
	for m.seen[i]>>side&1 == 0 {
		m.seen[i] |= 1 << side
		m.pass(x, y, side)
		ahead := steps[side]
		next := i + ahead[0] + ahead[1]*(m.w+2)
		switch {
		case region[next] != value: // turn around this cell
			side = (side + 1) % 4
		case region[next+m.beside(side)] != value: // straight on
			x, y, i = x+ahead[0], y+ahead[1], next
		default: // around the corner
			i = next + m.beside(side)
			out := steps[(side+3)%4]
			x, y = x+ahead[0]+out[0], y+ahead[1]+out[1]
			side = (side + 3) % 4
		}
	}
	m.split(value, part)
}

// pass appends the middle of a side of a cell and, where borders keep it,
// the corner at its end. An island's sides have no middle.
func (m *Mosaic) pass(x, y, side int) {
	// The side's end, in lattice points.
	ex, ey := x, y
	switch side {
	case top:
		ex++
	case right:
		ex, ey = ex+1, ey+1
	case bottom:
		ey++
	}
	m.chain = append(m.chain, Point{int32(2*ex - steps[side][0]), int32(2*ey - steps[side][1])})
	if !m.smooth(ex, ey) {
		m.chain = append(m.chain, Point{int32(2 * ex), int32(2 * ey)})
	}
}

// smooth tells whether borders leave out a lattice point: where one passes
// straight on, or makes a bend that is cut off.
func (m *Mosaic) smooth(x, y int) bool {
	i := m.at(x, y)
	a, b, c, d := m.labels[i-m.w-3], m.labels[i-m.w-2], m.labels[i-1], m.labels[i]
	if a == b && c == d || a == c && b == d {
		return true
	}
	_, _, ok := m.bent(x, y)
	return ok
}

// split makes rings of the chain, which is cut where it passes a lattice point
// twice.
func (m *Mosaic) split(value, part int32) {
	m.walks++
	open := m.open[:0]
	for _, p := range m.chain {
		if (p.X|p.Y)&1 == 0 {
			at := &m.passed[int(p.Y/2)*(m.w+1)+int(p.X/2)]
			if k := at.index; at.walk == m.walks && k < len(open) && open[k] == p {
				m.ring(open[k:], value, part)
				open = open[:k]
			}
			*at = visit{m.walks, len(open)}
		}
		open = append(open, p)
	}
	m.ring(open, value, part)
	m.open = open
}

// visit is when a walk passed a lattice point: as which one of its open points.
type visit struct{ walk, index int }

// ring adds a ring without the points where it goes straight on, but for those
// where other borders end.
func (m *Mosaic) ring(pts []Point, value, part int32) {
	r := ring{from: len(m.points)}
	a := pts[len(pts)-1]
	for i, p := range pts {
		b := pts[(i+1)%len(pts)]
		if (p.X|p.Y)&1 == 0 && m.junction(p) || int64(p.X-a.X)*int64(b.Y-p.Y) != int64(p.Y-a.Y)*int64(b.X-p.X) {
			m.points = append(m.points, p)
		}
		a = p
	}
	r.to = len(m.points)
	n, piece := int32(len(m.rings)), &m.pieces[part]
	switch {
	case piece.first == 0:
		l := &m.lists[value]
		if l.first == 0 {
			l.first = part
		} else {
			m.pieces[l.last].next = part
		}
		l.last = part
		piece.first, piece.last = n, n
	case area2(m.points[r.from:]) > 0: // a hole was cut off before
		r.next, piece.first = piece.first, n
	default:
		m.rings[piece.last].next, piece.last = n, n
	}
	m.rings = append(m.rings, r)
}

// area2 returns twice the area of a ring, negative for a hole.
func area2(pts []Point) (sum int64) {
	a := pts[len(pts)-1]
	for _, p := range pts {
		sum += int64(a.X)*int64(p.Y) - int64(p.X)*int64(a.Y)
		a = p
	}
	return sum
}

// junction tells whether more than two borders end at a lattice point.
func (m *Mosaic) junction(p Point) bool {
	i := m.at(int(p.X/2), int(p.Y/2))
	a, b, c, d := m.labels[i-m.w-3], m.labels[i-m.w-2], m.labels[i-1], m.labels[i]
	n := 0
	for _, differ := range [4]bool{a != b, b != d, d != c, c != a} {
		if differ {
			n++
		}
	}
	return n > 2
}
