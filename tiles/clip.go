package tiles

import "github.com/paulmach/orb"

// clipper cuts rings and lines to a box. It keeps its working memory.
type clipper struct {
	box  orb.Bound
	a, b []orb.Point
}

// outside tells beyond which sides of the box a point lies, a bit each.
func (c *clipper) outside(p orb.Point) (bits uint8) {
	if p[0] < c.box.Min[0] {
		bits = 1
	} else if p[0] > c.box.Max[0] {
		bits = 2
	}
	if p[1] < c.box.Min[1] {
		bits |= 4
	} else if p[1] > c.box.Max[1] {
		bits |= 8
	}
	return bits
}

// ring returns the points of a ring cut to the box, without a repeated end,
// valid until the next call. Where the ring lies outside it is pressed onto the
// box's border: each point moves straight to the nearest one of the box, so
// that how often the ring winds around a place within the box stays the same.
// Runs along the border that this leaves are the mender's business.
func (c *clipper) ring(r orb.Ring) []orb.Point {
	pts := openRing(r)
	if len(pts) == 0 {
		return nil
	}
	pts = c.skipRuns(pts)
	var all uint8
	for _, p := range pts {
		all |= c.outside(p)
	}
	if all == 0 {
		return pts
	}
	if all&3 != 0 {
		c.b = press(c.b[:0], pts, 0, c.box.Min[0], c.box.Max[0])
		c.a, c.b = c.b, c.a
		pts = c.a
	}
	if all&12 != 0 {
		c.b = press(c.b[:0], pts, 1, c.box.Min[1], c.box.Max[1])
		c.a, c.b = c.b, c.a
		pts = c.a
	}
	return pts
}

// openRing returns the points of a ring without the repeated first one.
func openRing(r orb.Ring) []orb.Point {
	for len(r) > 1 && r[0] == r[len(r)-1] {
		r = r[:len(r)-1]
	}
	return r
}

// skipRuns leaves out points whose two neighbours lie beyond the same side of
// the box as they do: the triangle between the three is outside.
func (c *clipper) skipRuns(pts []orb.Point) []orb.Point {
	c.a = append(c.a[:0], pts[0])
	last, here := c.outside(pts[0]), uint8(0)
	if len(pts) > 1 {
		here = c.outside(pts[1])
	}
	for i := 1; i < len(pts); i++ {
		next := uint8(0)
		if i+1 < len(pts) {
			next = c.outside(pts[i+1])
		}
		if last&here&next == 0 {
			c.a = append(c.a, pts[i])
			last = here
		}
		here = next
	}
	return c.a
}

// press appends the closed chain of points with one coordinate pressed into lo
// to hi: a point at each crossing of the two lines, others moved onto them.
// Chains that stay on one of the lines are shortened.
func press(dst, pts []orb.Point, axis int, lo, hi float64) []orb.Point {
	prev := pts[len(pts)-1]
	for _, p := range pts {
		from, to := prev[axis], p[axis]
		first, second := lo, hi
		if from > to {
			first, second = hi, lo
		}
		for _, line := range [2]float64{first, second} {
			if from < line && line < to || to < line && line < from {
				dst = appendPressed(dst, crossing(prev, p, axis, line), axis, lo, hi)
			}
		}
		prev = p
		p[axis] = min(max(to, lo), hi)
		dst = appendPressed(dst, p, axis, lo, hi)
	}
	return dst
}

// appendPressed appends p, in place of the last point where p, that and the one
// before it lie on the same one of the two lines.
func appendPressed(dst []orb.Point, p orb.Point, axis int, lo, hi float64) []orb.Point {
	n := len(dst)
	if n > 0 && dst[n-1] == p {
		return dst
	}
	if v := p[axis]; n > 1 && (v == lo || v == hi) && dst[n-1][axis] == v && dst[n-2][axis] == v {
		if dst[n-2] == p {
			return dst[:n-1]
		}
		dst[n-1] = p
		return dst
	}
	return append(dst, p)
}

// crossing returns where the edge from p to q crosses a line of the other axis.
// It is the same point for both directions of the edge, to the bit.
func crossing(p, q orb.Point, axis int, line float64) orb.Point {
	if p[axis] > q[axis] {
		p, q = q, p
	}
	other := 1 - axis
	t := (line - p[axis]) / (q[axis] - p[axis])
	v := p[other] + float64(t*(q[other]-p[other]))
	v = min(max(v, min(p[other], q[other])), max(p[other], q[other]))
	var x orb.Point
	x[axis], x[other] = line, v
	return x
}

// line visits the pieces of a line within the box; their points are valid until
// visit returns.
func (c *clipper) line(l orb.LineString, visit func([]orb.Point)) {
	c.a = c.a[:0]
	flush := func() {
		if len(c.a) > 1 {
			visit(c.a)
		}
		c.a = c.a[:0]
	}
	for i := 0; i+1 < len(l); i++ {
		p, q, ok := c.segment(l[i], l[i+1])
		if !ok {
			flush()
			continue
		}
		if len(c.a) == 0 || c.a[len(c.a)-1] != p {
			flush()
			c.a = append(c.a, p)
		}
		c.a = append(c.a, q)
	}
	flush()
}

// segment returns the part of an edge within the box, and whether there is one.
func (c *clipper) segment(p, q orb.Point) (orb.Point, orb.Point, bool) {
	for axis, lines := range [2][2]float64{{c.box.Min[0], c.box.Max[0]}, {c.box.Min[1], c.box.Max[1]}} {
		lo, hi := lines[0], lines[1]
		if max(p[axis], q[axis]) < lo || min(p[axis], q[axis]) > hi {
			return p, q, false
		}
		a, b := p, q
		p, q = inside(a, b, axis, lo, hi), inside(b, a, axis, lo, hi)
	}
	return p, q, true
}

// inside returns p, or where the edge p→q enters lo to hi.
func inside(p, q orb.Point, axis int, lo, hi float64) orb.Point {
	switch {
	case p[axis] < lo:
		return crossing(p, q, axis, lo)
	case p[axis] > hi:
		return crossing(p, q, axis, hi)
	}
	return p
}
