package overlay

import (
	"slices"

	"github.com/paulmach/orb"

	"tuban/geom"
)

// overlapping decides exactly whether the interiors of two shapes meet; it is
// asked only where the area is lost in rounding noise, mostly of shapes that
// touch.
//
// If the interiors meet, take a component of what they share. Either its
// border holds a point of both shapes' borders: then there two edges cross, or
// an end of an edge lies on an edge of the other, and the sectors around that
// point tell (local). Or its border is one of a single shape, inside the other:
// then the sectors around a vertex of it tell. So it is enough to look at
// crossings, at touching vertices, and at one vertex of every ring. Edges that
// are no border at all (spikes, seams between parts) cancel in the sectors;
// where one has been met, all vertices are looked at.
func overlapping(a, b *Shape) bool {
	if a.repaired || b.repaired {
		return false
	}
	t := toucher{a: a, b: b}
	t.box = orb.Bound{
		Min: orb.Point{max(a.bound.Min[0], b.bound.Min[0]), max(a.bound.Min[1], b.bound.Min[1])},
		Max: orb.Point{min(a.bound.Max[0], b.bound.Max[0]), min(a.bound.Max[1], b.bound.Max[1])},
	}
	if t.near(a.rootNode(), b.rootNode()) || t.ringsInside(a, b, &t.ringsA) || t.ringsInside(b, a, &t.ringsB) {
		return true
	}
	return t.seam && (t.anyVertex(a) || t.anyVertex(b))
}

type toucher struct {
	a, b *Shape
	box  orb.Bound // the common box
	seam bool      // an edge that is no border was met
	// Some of the rings that touch the other shape.
	ringsA, ringsB [4]*ring
	seen           [8]orb.Point
	next           int
}

// near looks at all pairs of edges of two chains that come together.
func (t *toucher) near(e, f *node) bool {
	if !nodesTouch(e, f) || !t.inBox(e) || !t.inBox(f) {
		return false
	}
	if e.leaf() && f.leaf() {
		return t.leaves(e, f)
	}
	if f.leaf() || !e.leaf() && (e.x1-e.x0)+(e.y1-e.y0) >= (f.x1-f.x0)+(f.y1-f.y0) {
		kids := t.a.children(e)
		for i := range kids {
			if t.near(&kids[i], f) {
				return true
			}
		}
		return false
	}
	kids := t.b.children(f)
	for i := range kids {
		if t.near(e, &kids[i]) {
			return true
		}
	}
	return false
}

func nodesTouch(e, f *node) bool {
	return e.x0 <= f.x1 && f.x0 <= e.x1 && e.y0 <= f.y1 && f.y0 <= e.y1
}

func (t *toucher) inBox(n *node) bool {
	return n.x0 <= t.box.Max[0] && t.box.Min[0] <= n.x1 && n.y0 <= t.box.Max[1] && t.box.Min[1] <= n.y1
}

func (t *toucher) leaves(e, f *node) bool {
	a, b := &t.a.rings[e.ring], &t.b.rings[f.ring]
	for i := e.first; i < e.first+e.n; i++ {
		for j := f.first; j < f.first+f.n; j++ {
			if segmentBoxesTouch(a.pts[i], a.pts[i+1], b.pts[j], b.pts[j+1]) && t.edges(edge{a, i}, edge{b, j}) {
				return true
			}
		}
	}
	return false
}

func segmentBoxesTouch(a, b, c, d orb.Point) bool {
	return min(a[0], b[0]) <= max(c[0], d[0]) && min(c[0], d[0]) <= max(a[0], b[0]) &&
		min(a[1], b[1]) <= max(c[1], d[1]) && min(c[1], d[1]) <= max(a[1], b[1])
}

// edge is the edge of a ring that begins at vertex i, in delivered order.
type edge struct {
	r *ring
	i int32
}

// edges looks at an edge of a and an edge of b.
func (t *toucher) edges(e, f edge) bool {
	e0, e1, f0, f1 := e.r.pts[e.i], e.r.pts[e.i+1], f.r.pts[f.i], f.r.pts[f.i+1]
	if e0 == e1 || f0 == f1 {
		return false
	}
	o0, o1 := geom.Orient2D(e0, e1, f0), geom.Orient2D(e0, e1, f1)
	if o0*o1 > 0 {
		return false
	}
	o2, o3 := geom.Orient2D(f0, f1, e0), geom.Orient2D(f0, f1, e1)
	if o0*o1 < 0 && o2*o3 < 0 {
		return t.crossing(e0, e1, f0, f1)
	}
	// The end of an edge is the beginning of the next, which is looked at, too.
	return o0 == 0 && f0 != e1 && between(e0, e1, f0) && t.touch(f0, e, f) ||
		o2 == 0 && e0 != f0 && e0 != f1 && between(f0, f1, e0) && t.touch(e0, e, f)
}

// touch looks at a point p that lies on both edges. If the wedges on the inner
// side of the two rings that pass there have nothing in common, neither has
// anything more that other passes of the rings take away from them; else all
// that goes through p decides.
func (t *toucher) touch(p orb.Point, e, f edge) bool {
	t.met(&t.ringsA, e.r)
	t.met(&t.ringsB, f.r)
	u, v := e.pass(p), f.pass(p)
	if !u.flat(p) && !v.flat(p) && !u.reaches(p, v.out) && !v.reaches(p, u.out) {
		return false
	}
	return t.local(p)
}

// met notes that a ring touches the other shape.
func (t *toucher) met(rings *[4]*ring, r *ring) {
	for i := range rings {
		if rings[i] == r {
			return
		}
		if rings[i] == nil {
			rings[i] = r
			return
		}
	}
}

// wedge is the inner side of a ring at a point: counter-clockwise from the
// direction in which the ring goes on to that from which it came.
type wedge struct{ out, in orb.Point }

// pass returns the wedge of an edge's ring at a point of the edge.
func (e edge) pass(p orb.Point) wedge {
	pts := e.r.pts
	w := wedge{pts[e.i+1], pts[e.i]}
	if p == w.in {
		w.in = before(pts, int(e.i))
	} else if p == w.out {
		w.out = behind(pts, int(e.i)+1)
	}
	if e.r.flip {
		w.out, w.in = w.in, w.out
	}
	return w
}

// before returns the vertex before pts[i] in a closed ring that differs from
// it; behind the one after it. Some vertex differs: an edge has been seen.
func before(pts []orb.Point, i int) orb.Point {
	p := pts[i]
	for pts[i] == p {
		if i--; i < 0 {
			i = len(pts) - 2
		}
	}
	return pts[i]
}

func behind(pts []orb.Point, i int) orb.Point {
	p := pts[i]
	for pts[i] == p {
		if i++; i == len(pts) {
			i = 1
		}
	}
	return pts[i]
}

// flat tells whether the ring turns back at p.
func (w wedge) flat(p orb.Point) bool { return sameDirection(p, w.out, w.in) }

// reaches tells whether the direction from p to x lies in the wedge, its first
// side included, its second not.
func (w wedge) reaches(p, x orb.Point) bool {
	if sameDirection(p, w.out, x) {
		return true
	}
	if sameDirection(p, w.in, x) {
		return false
	}
	switch geom.Orient2D(p, w.out, w.in) {
	case 1:
		return geom.Orient2D(p, w.out, x) > 0 && geom.Orient2D(p, x, w.in) > 0
	case -1:
		return geom.Orient2D(p, w.in, x) <= 0 || geom.Orient2D(p, x, w.out) <= 0
	}
	return geom.Orient2D(p, w.out, x) > 0 // half a turn
}

func sameDirection(p, a, b orb.Point) bool {
	return a == b || quarter(p, a) == quarter(p, b) && geom.Orient2D(p, a, b) == 0
}

// between tells whether p, on the line of a and b, lies on the closed edge.
func between(a, b, p orb.Point) bool {
	return min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) &&
		min(a[1], b[1]) <= p[1] && p[1] <= max(a[1], b[1])
}

// crossing looks at the point where two edges cross inside both. If both are
// borders there, one of the four sectors belongs to both interiors.
func (t *toucher) crossing(e0, e1, f0, f1 orb.Point) bool {
	na, at := net(t.a, t.a.rootNode(), e0, e1, f0, f1)
	if at != nil {
		return t.local(*at)
	}
	nb, at := net(t.b, t.b.rootNode(), f0, f1, e0, e1)
	if at != nil {
		return t.local(*at)
	}
	if na != 0 && nb != 0 {
		return true
	}
	t.seam = true
	return false
}

// net counts the edges of s along the line e0→e1 through its crossing with the
// line f0→f1, by direction. If one of them ends in the crossing, that point is
// returned instead.
func net(s *Shape, n *node, e0, e1, f0, f1 orb.Point) (int, *orb.Point) {
	lo := orb.Point{max(min(e0[0], e1[0]), min(f0[0], f1[0])), max(min(e0[1], e1[1]), min(f0[1], f1[1]))}
	hi := orb.Point{min(max(e0[0], e1[0]), max(f0[0], f1[0])), min(max(e0[1], e1[1]), max(f0[1], f1[1]))}
	if n.x0 > hi[0] || n.x1 < lo[0] || n.y0 > hi[1] || n.y1 < lo[1] {
		return 0, nil
	}
	sum := 0
	if !n.leaf() {
		for i := range s.children(n) {
			k, at := net(s, &s.children(n)[i], e0, e1, f0, f1)
			if at != nil {
				return 0, at
			}
			sum += k
		}
		return sum, nil
	}
	pts := s.edges(n)
	for i := 1; i < len(pts); i++ {
		p, q := pts[i-1], pts[i]
		if p == q || geom.Orient2D(e0, e1, p) != 0 || geom.Orient2D(e0, e1, q) != 0 {
			continue
		}
		switch side, other := geom.Orient2D(f0, f1, p), geom.Orient2D(f0, f1, q); {
		case side == 0:
			return 0, &pts[i-1]
		case other == 0:
			return 0, &pts[i]
		case side*other < 0:
			sum += int(s.sign(n)) * side * geom.Orient2D(f0, f1, e0)
		}
	}
	return sum, nil
}

// ringsInside looks at one vertex of each ring of s that could lie inside o.
// Where a ring touches o it has been looked at already.
func (t *toucher) ringsInside(s, o *Shape, met *[4]*ring) bool {
	for i := range s.rings {
		if slices.Contains(met[:], &s.rings[i]) {
			continue
		}
		for _, p := range s.rings[i].pts {
			if !o.bound.Contains(p) {
				break // not inside o as a whole
			}
			found, border := t.sectors(p, s)
			if found {
				return true
			}
			if border {
				break
			}
		}
	}
	return false
}

// anyVertex looks at all vertices of s in the common box.
func (t *toucher) anyVertex(s *Shape) bool {
	for i := range s.rings {
		for _, p := range s.rings[i].pts {
			if t.box.Contains(p) && t.local(p) {
				return true
			}
		}
	}
	return false
}

// local tells whether the interiors meet near p.
func (t *toucher) local(p orb.Point) bool {
	for i := range min(t.next, len(t.seen)) {
		if t.seen[i] == p {
			return false
		}
	}
	t.seen[t.next%len(t.seen)] = p
	t.next++
	found, _ := t.sectors(p, nil)
	return found
}
