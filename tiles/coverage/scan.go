package coverage

import (
	"cmp"
	"slices"

	"tuban/tiles/snap"
)

// Full is the amount that stands for a whole cell: twice its area in steps of
// 1/128 of its side.
const Full = 2 << (2 * stepBits)

// stepBits is the logarithm of the steps in the side of a leaf cell.
const stepBits = 7

// Span is a run of cells of one row, X1 not included, that are covered whole.
type Span struct{ Y, X0, X1 int32 }

// Part is a cell that is covered in part; Amount is between 0 and Full.
type Part struct{ Y, X, Amount int32 }

// Scanner finds how much of each cell one polygon covers. Rings go in by Ring,
// then Scan tells. It keeps its working memory.
type Scanner struct {
	bits      uint
	area2     int64 // twice that of the rings, in steps²
	crossings []crossing
	parts     []Part
	spans     []Span
}

// crossing is what edges do in one cell: cover is how far they go down, area is
// twice the area between them and the cell's left side, both in steps.
type crossing struct {
	y, x  int32
	cover int32
	area  int64
}

// Begin starts a polygon whose points come in steps of which a cell's side has
// 1<<bits, at least 1<<7.
func (s *Scanner) Begin(bits uint) {
	s.bits, s.area2 = bits, 0
	s.crossings = s.crossings[:0]
}

// Ring adds a ring, whichever way it runs: a shell, whose inside is covered, or a
// hole in what is. The first point may be repeated at the end.
func (s *Scanner) Ring(pts []snap.Fine, hole bool) {
	if len(pts) < 3 {
		return
	}
	area, sign := twiceArea(pts), int32(1)
	if area > 0 != hole {
		sign = -1
	}
	if area = abs(area); hole {
		area = -area
	}
	s.area2 += area
	prev := pts[len(pts)-1]
	for _, p := range pts {
		s.edge(prev, p, sign)
		prev = p
	}
}

// edge walks along an edge from top to bottom, row by row.
func (s *Scanner) edge(p, q snap.Fine, sign int32) {
	if p.Y == q.Y {
		return
	}
	if p.Y > q.Y {
		p, q, sign = q, p, -sign
	}
	dx, dy := int64(q.X-p.X), int64(q.Y-p.Y)
	at := p
	for row := p.Y >> s.bits; at.Y < q.Y; row++ {
		to := q
		if y := (row + 1) << s.bits; y < q.Y {
			to = snap.Fine{X: p.X + int32(floorDiv(dx*int64(y-p.Y), dy)), Y: y}
		}
		s.row(row, at, to, sign)
		at = to
	}
}

// row walks along the part of an edge in one row, cell by cell.
func (s *Scanner) row(row int32, p, q snap.Fine, sign int32) {
	size, at := int32(1)<<s.bits, p
	dx, dy := int64(q.X-p.X), int64(q.Y-p.Y)
	col := p.X >> s.bits
	if q.X < p.X {
		for col = (p.X - 1) >> s.bits; q.X < col<<s.bits; col-- {
			x := col << s.bits
			y := p.Y + int32(int64(x-p.X)*dy/dx)
			s.cross(row, col, sign*(y-at.Y), at.X-x)
			at = snap.Fine{X: x, Y: y}
		}
	} else {
		for ; q.X > (col+1)<<s.bits; col++ {
			x := (col + 1) << s.bits
			y := p.Y + int32(int64(x-p.X)*dy/dx)
			s.cross(row, col, sign*(y-at.Y), at.X-col<<s.bits+size)
			at = snap.Fine{X: x, Y: y}
		}
	}
	s.cross(row, col, sign*(q.Y-at.Y), at.X+q.X-2*(col<<s.bits))
}

// cross notes an edge in a cell: how far it goes down, and the sum of the
// distances of its ends from the cell's left side.
func (s *Scanner) cross(y, x, cover, left int32) {
	area := int64(cover) * int64(left)
	if n := len(s.crossings); n > 0 && s.crossings[n-1].x == x && s.crossings[n-1].y == y {
		s.crossings[n-1].cover += cover
		s.crossings[n-1].area += area
		return
	}
	s.crossings = append(s.crossings, crossing{y, x, cover, area})
}

// floorDiv returns ⌊a/b⌋ for b > 0.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Scan returns the cells that the rings added since Begin cover, row by row and
// from left to right, valid until the next call: those in part, and runs of whole
// ones. What is covered twice, by rings that cross, counts once. Cost: O(n log n)
// in the cells that edges pass.
func (s *Scanner) Scan() ([]Part, []Span) {
	slices.SortFunc(s.crossings, func(a, b crossing) int {
		if a.y != b.y {
			return cmp.Compare(a.y, b.y)
		}
		return cmp.Compare(a.x, b.x)
	})
	s.parts, s.spans = s.parts[:0], s.spans[:0]
	whole := int64(2) << s.bits << s.bits
	for i := 0; i < len(s.crossings); {
		y, cover := s.crossings[i].y, int64(0)
		for i < len(s.crossings) && s.crossings[i].y == y {
			x, area := s.crossings[i].x, cover<<(s.bits+1)
			for ; i < len(s.crossings) && s.crossings[i].y == y && s.crossings[i].x == x; i++ {
				c := &s.crossings[i]
				area += int64(c.cover)<<(s.bits+1) - c.area
				cover += int64(c.cover)
			}
			s.cell(y, x, min(max(area, 0), whole), whole)
			if i < len(s.crossings) && s.crossings[i].y == y {
				s.run(y, x+1, s.crossings[i].x, min(max(cover<<(s.bits+1), 0), whole), whole)
			}
		}
	}
	return s.parts, s.spans
}

// run adds cells that no edge goes up or down in: all alike, and whole unless an
// edge passes along them.
func (s *Scanner) run(y, x0, x1 int32, area, whole int64) {
	if area == whole {
		s.span(y, x0, x1)
		return
	}
	for x := x0; x < x1 && area > 0; x++ {
		s.cell(y, x, area, whole)
	}
}

// cell adds one cell that edges pass.
func (s *Scanner) cell(y, x int32, area, whole int64) {
	if area == whole {
		s.span(y, x, x+1)
		return
	}
	shift := 2 * (s.bits - stepBits)
	if amount := int32((area + int64(1)<<shift>>1) >> shift); amount > 0 {
		s.parts = append(s.parts, Part{y, x, amount})
	}
}

func (s *Scanner) span(y, x0, x1 int32) {
	if x0 >= x1 {
		return
	}
	if n := len(s.spans); n > 0 && s.spans[n-1].Y == y && s.spans[n-1].X1 == x0 {
		s.spans[n-1].X1 = x1
		return
	}
	s.spans = append(s.spans, Span{y, x0, x1})
}
