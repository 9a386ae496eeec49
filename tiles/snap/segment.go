package snap

import (
	"math"
	"slices"
)

// segment is a fine segment directed to the right (or up, if vertical), so that
// both directions of a border are treated alike.
type segment struct {
	a, b   Fine
	dx, dy int64 // dx >= 0
}

// orient returns the segment of a and b, and whether it runs from b to a.
func orient(a, b Fine) (s segment, reversed bool) {
	if a.X > b.X || a.X == b.X && a.Y > b.Y {
		a, b, reversed = b, a, true
	}
	return segment{a, b, int64(b.X - a.X), int64(b.Y - a.Y)}, reversed
}

// meets tells exactly whether the closed segment meets the cell of p, which
// holds its lower and left sides but not its upper and right ones.
//
// With the segment as a + t·d, each side of the cell bounds t from one
// direction. Intervals that meet pairwise have a common t, so it is enough to
// compare each lower bound with each upper one by cross-multiplication.
func (s *segment) meets(p Point) bool {
	x0, y0 := p.X*Sub-Sub/2, p.Y*Sub-Sub/2
	x1, y1 := x0+Sub, y0+Sub
	if s.a.X >= x1 || s.b.X < x0 {
		return false
	}
	if s.dy >= 0 {
		if s.a.Y >= y1 || s.b.Y < y0 {
			return false
		}
		if s.dy == 0 || s.dx == 0 {
			return true
		}
		return int64(x0-s.a.X)*s.dy < int64(y1-s.a.Y)*s.dx &&
			int64(y0-s.a.Y)*s.dx < int64(x1-s.a.X)*s.dy
	}
	if s.b.Y >= y1 || s.a.Y < y0 {
		return false
	}
	if s.dx == 0 {
		return true
	}
	return int64(x0-s.a.X)*-s.dy <= int64(s.a.Y-y0)*s.dx &&
		int64(s.a.Y-y1)*s.dx < int64(x1-s.a.X)*-s.dy
}

// sort puts cells that the segment meets into the order in which it meets them:
// both coordinates change in one direction only.
func (s *segment) sort(cells []Point) {
	if len(cells) < 2 {
		return
	}
	sign := int32(1)
	if s.dy < 0 {
		sign = -1
	}
	slices.SortFunc(cells, func(p, q Point) int { return int(p.X + sign*p.Y - q.X - sign*q.Y) })
}

// span returns grid columns between which the segment runs while it is in the
// grid rows y0 to y1. They may be too wide, never too narrow.
func (s *segment) span(y0, y1 int32) (x0, x1 int32) {
	at := func(y float64) float64 { // x of the segment in fine steps
		t := (y - float64(s.a.Y)) / float64(s.dy)
		return float64(s.a.X) + min(max(t, 0), 1)*float64(s.dx)
	}
	if s.dy == 0 {
		return s.a.Round().X, s.b.Round().X
	}
	u, v := at(float64(y0)*Sub-Sub), at(float64(y1)*Sub+Sub)
	return int32(math.Floor(min(u, v)/Sub)) - 1, int32(math.Ceil(max(u, v)/Sub)) + 1
}

// crossing returns the grid point of the cell in which two segments properly
// cross: each has its ends strictly on different sides of the other. Segments
// that only touch do so at a vertex, whose cell is hot anyway.
func crossing(s, t *segment) (Point, bool) {
	side := func(l *segment, f Fine) int64 {
		return l.dx*int64(f.Y-l.a.Y) - l.dy*int64(f.X-l.a.X)
	}
	a, b := side(t, s.a), side(t, s.b)
	if a == 0 || b == 0 || (a > 0) == (b > 0) {
		return Point{}, false
	}
	c, d := side(s, t.a), side(s, t.b)
	if c == 0 || d == 0 || (c > 0) == (d > 0) {
		return Point{}, false
	}
	// The crossing is s.a + d·num/den. |den| < 2^42, so that all products stay
	// below 2^63 for coordinates within Max.
	num, den := a, a-b
	if den < 0 {
		num, den = -num, -den
	}
	round := func(from, delta int64) int32 {
		return int32(floorDiv((from+Sub/2)*den+delta*num, Sub*den))
	}
	return Point{round(int64(s.a.X), s.dx), round(int64(s.a.Y), s.dy)}, true
}

// floorDiv returns ⌊a/b⌋ for b > 0.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
