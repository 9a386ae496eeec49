package overlay

import (
	"math"

	"github.com/paulmach/orb"
)

// dual is one run of the pair sum over two chain trees of the same kind.
type dual struct {
	a, b           *Shape
	x0, y0, x1, y1 float64 // the common box; y0 is the base line
	height         float64 // y1−y0
	m              measure
	noise          float64 // Σ of widths, for the bound of rounding errors
	ea, eb         [2 * fan]piece
}

// sum returns the area of a∩b in units of measure·degree, and a bound of its
// rounding error. The shapes' boxes must overlap in more than a line.
func (d *dual) sum(a, b *Shape) (area, bound float64) {
	d.a, d.b = a, b
	d.x0, d.x1 = max(a.bound.Min[0], b.bound.Min[0]), min(a.bound.Max[0], b.bound.Max[0])
	d.y0, d.y1 = max(a.bound.Min[1], b.bound.Min[1]), min(a.bound.Max[1], b.bound.Max[1])
	d.height = d.y1 - d.y0
	d.m.reset(a.kind, d.y0, d.height)
	d.noise = d.x1 - d.x0
	area = d.rec(a.rootNode(), b.rootNode())
	// Heights and widths within the box carry a few ε of its size each; the
	// factor leaves room for the sums inside chain nodes.
	return area, 32 * epsilon * d.noise * d.m.at(d.height)
}

// rec returns the pair sum of a chain e of a and a chain f of b.
func (d *dual) rec(e, f *node) float64 {
	if e.x0 >= f.x1 || f.x0 >= e.x1 || e.y1 <= d.y0 || f.y1 <= d.y0 ||
		e.x1 <= d.x0 || e.x0 >= d.x1 || f.x1 <= d.x0 || f.x0 >= d.x1 {
		return 0
	}
	// Where all of one chain is above all of the other, the min is the lower
	// one, and the signs of the upper one add up to those of its chord.
	if e.y0 >= f.y1 {
		return d.under(d.b, f, e.px, e.qx)
	}
	if f.y0 >= e.y1 {
		return d.under(d.a, e, f.px, f.qx)
	}
	if e.leaf() && f.leaf() {
		return d.pairs(e, f)
	}
	sum := 0.0
	if f.leaf() || !e.leaf() && (e.x1-e.x0)+(e.y1-e.y0) >= (f.x1-f.x0)+(f.y1-f.y0) {
		kids := d.a.children(e)
		for i := range kids {
			sum += d.rec(&kids[i], f)
		}
	} else {
		kids := d.b.children(f)
		for i := range kids {
			sum += d.rec(e, &kids[i])
		}
	}
	return sum
}

// under returns the integral of the strip function over the parts of a chain
// of s that lie over the chord from p to q, above the base line; negative when
// the chord runs leftward.
func (d *dual) under(s *Shape, n *node, p, q float64) float64 {
	switch {
	case p < q:
		return d.below(s, n, p, q)
	case q < p:
		return -d.below(s, n, q, p)
	}
	return 0
}

func (d *dual) below(s *Shape, n *node, lo, hi float64) float64 {
	if n.x1 <= lo || n.x0 >= hi || n.y1 <= d.y0 {
		return 0
	}
	if n.x0 >= lo && n.x1 <= hi && n.y0 >= d.y0 {
		d.noise += n.x1 - n.x0
		return n.s + d.m.at(n.y0-d.y0)*(n.qx-n.px)
	}
	sum := 0.0
	if n.leaf() {
		d.noise += min(n.x1, hi) - max(n.x0, lo)
		lo, hi = lo-d.x0, hi-d.x0
		for i := range d.cut(s, n, &d.ea) {
			e := &d.ea[i]
			if xl, xr := max(lo, e.xl), min(hi, e.xr); xl < xr {
				sum += e.sign * (xr - xl) * d.m.mean(e.at(xl), e.at(xr))
			}
		}
		return sum
	}
	kids := s.children(n)
	for i := range kids {
		sum += d.below(s, &kids[i], lo, hi)
	}
	return sum
}

// pairs returns the pair sum of two leaves, edge by edge.
func (d *dual) pairs(e, f *node) float64 {
	na := d.cut(d.a, e, &d.ea)
	if na == 0 {
		return 0
	}
	nb := d.cut(d.b, f, &d.eb)
	sum := 0.0
	for i := range na {
		for j := range nb {
			sum += d.pair(&d.ea[i], &d.eb[j])
		}
	}
	return sum
}

// pair returns the term of two edges: the integral below the lower one over
// the x they share. Where they cross, it is split at the crossing.
func (d *dual) pair(e, f *piece) float64 {
	xl, xr := max(e.xl, f.xl), min(e.xr, f.xr)
	if xl >= xr {
		return 0
	}
	w := xr - xl
	d.noise += w
	el, er, fl, fr := e.at(xl), e.at(xr), f.at(xl), f.at(xr)
	dl, dr := el-fl, er-fr
	var mean float64
	switch {
	case dl <= 0 && dr <= 0:
		mean = d.m.mean(el, er)
	case dl >= 0 && dr >= 0:
		mean = d.m.mean(fl, fr)
	default:
		t := dl / (dl - dr)
		yc := el + (er-el)*t
		if dl < 0 {
			mean = t*d.m.mean(el, yc) + (1-t)*d.m.mean(yc, fr)
		} else {
			mean = t*d.m.mean(fl, yc) + (1-t)*d.m.mean(yc, er)
		}
	}
	return e.sign * f.sign * w * mean
}

// piece is the part of an edge inside the common box, in coordinates relative
// to the box's lower left corner, from left to right. sign is that of the
// edge's direction.
type piece struct {
	xl, xr, yl, yr float64
	slope, sign    float64
}

func (e *piece) at(x float64) float64 {
	switch x {
	case e.xl:
		return e.yl
	case e.xr:
		return e.yr
	}
	return e.yl + (x-e.xl)*e.slope
}

func (e *piece) set(xl, yl, xr, yr, sign float64) {
	*e = piece{xl, xr, yl, yr, (yr - yl) / (xr - xl), sign}
}

// cut puts the edges of a leaf of s into out, as far as they lie in the x range
// of the common box and above its base line, and returns their number. What rises above the common box is drawn level at its top: only one
// of the two shapes reaches above it, so the min stays what it is.
func (d *dual) cut(s *Shape, n *node, out *[2 * fan]piece) int {
	pts, sign := s.edges(n), s.sign(n)
	lo, hi := d.x0, d.x1
	k := 0
	for i := 1; i < len(pts); i++ {
		l, r, sg := &pts[i-1], &pts[i], sign
		if l[0] > r[0] {
			l, r, sg = r, l, -sign
		}
		if l[0] >= hi || r[0] <= lo || l[0] == r[0] {
			continue
		}
		low, high := min(l[1], r[1]), max(l[1], r[1])
		switch {
		case high <= d.y0:
		case low >= d.y1:
			xl, xr := max(l[0], lo)-d.x0, min(r[0], hi)-d.x0
			k += put(out, k, xl, d.height, xr, d.height, sg)
		case l[0] >= lo && r[0] <= hi && low >= d.y0 && high <= d.y1:
			k += put(out, k, l[0]-d.x0, l[1]-d.y0, r[0]-d.x0, r[1]-d.y0, sg)
		default:
			k = d.trim(l, r, sg, out, k)
		}
	}
	return k
}

// put sets out[k] and returns 1, or 0 for a piece without width.
func put(out *[2 * fan]piece, k int, xl, yl, xr, yr, sign float64) int {
	if xl >= xr {
		return 0
	}
	out[k].set(xl, yl, xr, yr, sign)
	return 1
}

// trim cuts an edge that sticks out of the box and adds its one or two pieces
// to out. Cut points are found in double-double arithmetic, so that they are
// good to ε of the box, not of the edge.
func (d *dual) trim(l, r *orb.Point, sign float64, out *[2 * fan]piece, k int) int {
	lo, hi := d.x0, d.x1
	xl, yl := l[0]-d.x0, l[1]-d.y0
	if l[0] < lo {
		xl, yl = lo-d.x0, offsetAt(l[0], l[1], r[0], r[1], lo, d.y0)
	}
	xr, yr := r[0]-d.x0, r[1]-d.y0
	if r[0] > hi {
		xr, yr = hi-d.x0, offsetAt(l[0], l[1], r[0], r[1], hi, d.y0)
	}
	if yl <= 0 && yr <= 0 {
		return k
	}
	cross := func(y float64) float64 { // x where the edge reaches y
		return math.Max(xl, math.Min(xr, offsetAt(l[1], l[0], r[1], r[0], y, d.x0)))
	}
	if yl < 0 {
		xl, yl = cross(d.y0), 0
	} else if yr < 0 {
		xr, yr = cross(d.y0), 0
	}
	h := d.height
	switch {
	case yl >= h && yr >= h:
		return k + put(out, k, xl, h, xr, h, sign)
	case yl > h:
		c := cross(d.y1)
		k += put(out, k, xl, h, c, h, sign)
		return k + put(out, k, c, h, xr, yr, sign)
	case yr > h:
		c := cross(d.y1)
		k += put(out, k, xl, yl, c, h, sign)
		return k + put(out, k, c, h, xr, h, sign)
	}
	return k + put(out, k, xl, yl, xr, yr, sign)
}

// offsetAt returns the v of the line through (u1,v1) and (u2,v2) at u, less
// v0, rounded about once.
func offsetAt(u1, v1, u2, v2, u, v0 float64) float64 {
	if math.Abs(u-u1) > math.Abs(u-u2) {
		u1, v1, u2, v2 = u2, v2, u1, v1
	}
	du, dv := diff(u2, u1), diff(v2, v1)
	t := mul(diff(u, u1), dv)
	q := div(t, du)
	base := diff(v1, v0)
	s := add(base, q)
	return s.hi + s.lo
}

// pairOf is an unevaluated sum of two floats (double-double).
type pairOf struct{ hi, lo float64 }

// diff returns a−b exactly.
func diff(a, b float64) pairOf {
	d := a - b
	v := a - d
	return pairOf{d, (a - (d + v)) + (v - b)}
}

func twoSum(a, b float64) pairOf {
	s := a + b
	v := s - a
	return pairOf{s, (a - (s - v)) + (b - v)}
}

func mul(a, b pairOf) pairOf {
	p := a.hi * b.hi
	e := math.FMA(a.hi, b.hi, -p) + (a.hi*b.lo + a.lo*b.hi)
	return twoSum(p, e)
}

func div(a, b pairOf) pairOf {
	q := a.hi / b.hi
	r := math.FMA(-q, b.hi, a.hi) + (a.lo - q*b.lo)
	return twoSum(q, r/b.hi)
}

func add(a, b pairOf) pairOf {
	s := twoSum(a.hi, b.hi)
	return twoSum(s.hi, s.lo+a.lo+b.lo)
}
