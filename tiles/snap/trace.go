package snap

import "slices"

// tracer joins edges with known insides into rings and polygons.
type tracer struct {
	byFrom []int32 // edges by the point they leave from
	walk   []int32 // edge → its walk, -1 before
	path   []Point
	joints []joint
}

// joint is a point of the path at which more than one ring meets.
type joint struct {
	p  Point
	at int // index in path
}

// walked is one closed walk along the inside of a face, cut into simple rings.
type walked struct {
	first int32 // its first edge in the order of compareEdges
	rings [][]Point
	shell int // index in rings, -1 if it has holes only
}

// from and to are the ends of an edge in the direction that has the inside on
// the left.
func (e *edge) from() Point {
	if e.above > 0 {
		return e.a
	}
	return e.b
}

func (e *edge) to() Point {
	if e.above > 0 {
		return e.b
	}
	return e.a
}

// polygons traces the faces that the edges bound. Edges are in the order of
// compareEdges; below tells which one is directly below each.
//
// Walking with the inside on the left and turning into the nearest edge stays
// on the border of one face. A walk that passes a point twice is cut there, so
// that each ring is simple. A walk without a shell runs around holes: directly
// below its lowest left corner lies another border of the same face.
func (t *tracer) polygons(edges []edge, below []int32) []Polygon {
	if len(edges) == 0 {
		return nil
	}
	t.prepare(edges)
	var walks []walked
	for i := range edges {
		if t.walk[i] < 0 {
			walks = append(walks, t.follow(edges, int32(i), int32(len(walks))))
		}
	}
	polygons := make([]Polygon, 0, len(walks))
	place := make([]int, len(walks)) // walk → polygon
	for i, w := range walks {
		place[i] = -1
		if w.shell >= 0 {
			place[i] = len(polygons)
			polygons = append(polygons, Polygon{w.rings[w.shell]})
		}
	}
	for i, w := range walks {
		home := i
		for place[home] < 0 {
			home = int(t.walk[below[walks[home].first]])
		}
		for k, r := range w.rings {
			if k != w.shell {
				polygons[place[home]] = append(polygons[place[home]], r)
			}
		}
	}
	return polygons
}

func (t *tracer) prepare(edges []edge) {
	t.byFrom, t.walk = t.byFrom[:0], t.walk[:0]
	for i := range edges {
		t.byFrom = append(t.byFrom, int32(i))
		t.walk = append(t.walk, -1)
	}
	slices.SortFunc(t.byFrom, func(i, j int32) int { return comparePoints(edges[i].from(), edges[j].from()) })
}

// leaving returns the edges that leave from p.
func (t *tracer) leaving(edges []edge, p Point) []int32 {
	lo, _ := slices.BinarySearchFunc(t.byFrom, p, func(i int32, p Point) int { return comparePoints(edges[i].from(), p) })
	hi := lo + 1
	for hi < len(t.byFrom) && edges[t.byFrom[hi]].from() == p {
		hi++
	}
	return t.byFrom[lo:hi]
}

// follow walks from an edge until it is back there.
func (t *tracer) follow(edges []edge, start, id int32) walked {
	w := walked{first: start, shell: -1}
	t.path, t.joints = t.path[:0], t.joints[:0]
	for i := start; t.walk[i] < 0; {
		t.walk[i] = id
		p := edges[i].from()
		out := t.leaving(edges, p)
		if len(out) > 1 {
			t.cut(&w, p)
			t.joints = append(t.joints, joint{p, len(t.path)})
		}
		t.path = append(t.path, p)
		next := t.leaving(edges, edges[i].to())
		i = nearest(edges, edges[i].from(), edges[i].to(), next)
	}
	w.add(t.path)
	return w
}

// cut takes the ring that p closes off the path.
func (t *tracer) cut(w *walked, p Point) {
	for k := len(t.joints) - 1; k >= 0; k-- {
		if t.joints[k].p != p {
			continue
		}
		w.add(t.path[t.joints[k].at:])
		t.path = t.path[:t.joints[k].at]
		t.joints = t.joints[:k]
		return
	}
}

func (w *walked) add(path []Point) {
	if Area2(path) > 0 {
		w.shell = len(w.rings)
	}
	w.rings = append(w.rings, slices.Clone(path))
}

// nearest returns the edge out of v that comes first when the direction back to
// u is turned clockwise: the inside lies between the two.
func nearest(edges []edge, u, v Point, out []int32) int32 {
	best := out[0]
	for _, i := range out[1:] {
		if clockwiseBefore(u, v, edges[i].to(), edges[best].to()) {
			best = i
		}
	}
	return best
}

// clockwiseBefore tells whether, turning clockwise around v from u, p is met
// before q.
func clockwiseBefore(u, v, p, q Point) bool {
	half := func(p Point) int { // 0: less than half a turn, 1: half, 2: more
		switch c := cross(v, u, p); {
		case c < 0:
			return 0
		case c == 0:
			return 1
		}
		return 2
	}
	if hp, hq := half(p), half(q); hp != hq {
		return hp < hq
	}
	return cross(v, p, q) < 0
}
