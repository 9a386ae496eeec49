package overlay

import "math"

// metresPerDegree is above the length of a degree of latitude or longitude
// anywhere on the ellipsoid.
const metresPerDegree = 111_700

// Narrow tells whether a∩b, whose area in m² is given, is narrower than width
// metres: whether its area is less than half the length of its border times
// width, as that of a strip is. The border is measured only where a bound of
// its length leaves it open. Borders that both run along on the same side count
// for both.
func Narrow(a, b *Shape, area, width float64) bool {
	if width <= 0 || area <= 0 || !boxesMeet(&a.bound, &b.bound) {
		return false
	}
	allowed := 2 * area / width
	box := common(&a.bound, &b.bound)
	l := lengths{
		x0: box.Min[0], y0: box.Min[1], x1: box.Max[0], y1: box.Max[1],
		across: (box.Max[0] - box.Min[0]) + (box.Max[1] - box.Min[1]),
	}
	if (l.most(a, a.rootNode())+l.most(b, b.rootNode()))*metresPerDegree <= allowed {
		return false
	}
	sin, cos := math.Sincos((box.Min[1] + box.Max[1]) / 2 * (math.Pi / 180))
	w := 1 - eccentricity*sin*sin
	l.mx = semiMajor * math.Pi / 180 * cos / math.Sqrt(w)
	l.my = semiMajor * math.Pi / 180 * (1 - eccentricity) / (w * math.Sqrt(w))
	l.e, l.f = a, b
	sum := l.inside(a.rootNode(), b.rootNode())
	l.e, l.f = b, a
	sum += l.inside(b.rootNode(), a.rootNode())
	return sum > allowed
}

// lengths adds up how much of the border of e lies inside f.
type lengths struct {
	e, f           *Shape
	x0, y0, x1, y1 float64 // the common box
	across         float64 // no edge has more within the box, by axes
	mx, my         float64 // metres per degree
}

func (l *lengths) outside(n *node) bool {
	return n.x1 < l.x0 || n.x0 > l.x1 || n.y1 < l.y0 || n.y0 > l.y1
}

// most returns a bound, in degrees, of the border of s within the box.
func (l *lengths) most(s *Shape, n *node) float64 {
	if l.outside(n) {
		return 0
	}
	if n.leaf() {
		return min(float64(n.size), float64(n.n)*l.across)
	}
	if n.x0 >= l.x0 && n.x1 <= l.x1 && n.y0 >= l.y0 && n.y1 <= l.y1 {
		return float64(n.size)
	}
	sum := 0.0
	kids := s.children(n)
	for i := range kids {
		sum += l.most(s, &kids[i])
	}
	return sum
}

// inside is a pair sum like the area's: a point is inside f as often as edges
// of f above it run leftward, less those that run rightward. Nodes outside the
// common box add up to nothing; they are left out everywhere, or nowhere.
func (l *lengths) inside(n, o *node) float64 {
	if l.outside(n) || o.x1 < n.x0 || o.x0 > n.x1 || o.y1 < n.y0 {
		return 0
	}
	if o.y0 > n.y1 {
		if o.px == o.qx {
			return 0
		}
		return l.over(n, o.px, o.qx)
	}
	sum := 0.0
	if n.leaf() && o.leaf() {
		pts, sign := l.f.edges(o), l.f.sign(o)
		for i := 1; i < len(pts); i++ {
			p, q := pts[i-1], pts[i]
			if sign < 0 {
				p, q = q, p
			}
			sum += l.leaf(n, p, q)
		}
		return sum
	}
	if o.leaf() || !n.leaf() && (n.x1-n.x0)+(n.y1-n.y0) >= (o.x1-o.x0)+(o.y1-o.y0) {
		kids := l.e.children(n)
		for i := range kids {
			sum += l.inside(&kids[i], o)
		}
		return sum
	}
	kids := l.f.children(o)
	for i := range kids {
		sum += l.inside(n, &kids[i])
	}
	return sum
}

// over returns the length of the edges of n below a chord from x = p to q.
func (l *lengths) over(n *node, p, q float64) float64 {
	lo, hi := min(p, q), max(p, q)
	if n.x1 < lo || n.x0 > hi || l.outside(n) {
		return 0
	}
	sum := 0.0
	if n.leaf() {
		high := math.Inf(1)
		return l.leaf(n, [2]float64{p, high}, [2]float64{q, high})
	}
	kids := l.e.children(n)
	for i := range kids {
		sum += l.over(&kids[i], p, q)
	}
	return sum
}

// leaf returns the length of the parts of n's edges below the edge p→q,
// negative when that runs rightward. What lies on the edge counts when the
// inside of e is below it there.
func (l *lengths) leaf(n *node, p, q [2]float64) float64 {
	if p[0] == q[0] {
		return 0
	}
	sign := 1.0
	if p[0] < q[0] {
		sign = -1
	} else {
		p, q = q, p
	}
	pts, turn := l.e.edges(n), l.e.sign(n)
	sum := 0.0
	for i := 1; i < len(pts); i++ {
		u, v := pts[i-1], pts[i]
		if turn < 0 {
			u, v = v, u
		}
		if u[0] == v[0] {
			sum += l.vertical(u, v, p, q)
		} else {
			sum += l.sloping(u, v, p, q)
		}
	}
	return sign * sum
}

// vertical returns how much of an edge u→v along a meridian lies below p→q,
// seen from just inside e.
func (l *lengths) vertical(u, v, p, q [2]float64) float64 {
	x := u[0]
	leftward := v[1] > u[1] // the inside of e is on the left of u→v
	if leftward && (x <= p[0] || x > q[0]) || !leftward && (x < p[0] || x >= q[0]) {
		return 0
	}
	y := p[1]
	if p[1] != q[1] {
		y += (q[1] - p[1]) * ((x - p[0]) / (q[0] - p[0]))
	}
	lo, hi := min(u[1], v[1]), max(u[1], v[1])
	return max(0, min(hi, y)-lo) * l.my
}

// sloping returns how much of an edge u→v lies below p→q, seen from just
// inside e.
func (l *lengths) sloping(u, v, p, q [2]float64) float64 {
	below := v[0] < u[0] // the inside of e is below it
	if below {
		u, v = v, u
	}
	xl, xr := max(u[0], p[0]), min(v[0], q[0])
	if xl >= xr {
		return 0
	}
	slope := (v[1] - u[1]) / (v[0] - u[0])
	length := (xr - xl) * math.Hypot(l.mx, slope*l.my)
	if math.IsInf(p[1], 1) {
		return length
	}
	other := (q[1] - p[1]) / (q[0] - p[0])
	gap := func(x float64) float64 { // how far the edge p→q is above
		if x == v[0] && x == q[0] {
			return q[1] - v[1]
		}
		return (p[1] - u[1]) + (x-p[0])*other - (x-u[0])*slope
	}
	gl, gr := gap(xl), gap(xr)
	switch {
	case gl == 0 && gr == 0:
		if !below {
			return 0
		}
		return length
	case gl >= 0 && gr >= 0:
		return length
	case gl <= 0 && gr <= 0:
		return 0
	}
	return length * max(gl, gr) / (max(gl, gr) - min(gl, gr))
}
