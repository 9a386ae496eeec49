package overlay

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"

	"tuban/geom"
)

// addCrossings adds the x of all points where two edges cross inside both.
// Edges are sorted by their left end. Boxes of runs of edges are compared
// first: a tree over the edges in the order of a space-filling curve, joined
// with itself.
func (w *sweep) addCrossings() {
	if len(w.edges) < 2 {
		return
	}
	j := joiner{w: w}
	j.build()
	j.self(len(j.boxes) - 1)
}

// box is the box of an edge or of a run of children; n is 0 for an edge.
type box struct {
	x0, y0, x1, y1 float64
	first, n       int32
	key            uint32 // where an edge is along a space-filling curve
}

type joiner struct {
	w     *sweep
	boxes []box // edges first, then level over level
}

func (j *joiner) build() {
	all := node{x0: j.w.edges[0].l[0], x1: j.w.edges[0].r[0], y0: j.w.edges[0].l[1], y1: j.w.edges[0].l[1]}
	for i := range j.w.edges {
		e := &j.w.edges[i]
		b := box{x0: e.l[0], x1: e.r[0], y0: min(e.l[1], e.r[1]), y1: max(e.l[1], e.r[1]), first: int32(i)}
		all.x1, all.y0, all.y1 = max(all.x1, b.x1), min(all.y0, b.y0), max(all.y1, b.y1)
		j.boxes = append(j.boxes, b)
	}
	for i := range j.boxes {
		b := &j.boxes[i]
		b.key = morton(&all, &node{x0: b.x0, x1: b.x1, y0: b.y0, y1: b.y1})
	}
	slices.SortFunc(j.boxes, func(a, b box) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.first, b.first)) })
	const fan = 8
	for start, end := 0, len(j.boxes); end-start > 1; start, end = end, len(j.boxes) {
		for i := start; i < end; i += fan {
			b := j.boxes[i]
			b.first, b.n = int32(i), int32(min(fan, end-i))
			for _, k := range j.boxes[i : i+int(b.n)] {
				b.x0, b.x1 = min(b.x0, k.x0), max(b.x1, k.x1)
				b.y0, b.y1 = min(b.y0, k.y0), max(b.y1, k.y1)
			}
			j.boxes = append(j.boxes, b)
		}
	}
}

func (j *joiner) self(i int) {
	b := j.boxes[i]
	for k := b.first; k < b.first+b.n; k++ {
		j.self(int(k))
		for l := k + 1; l < b.first+b.n; l++ {
			j.both(k, l)
		}
	}
}

func (j *joiner) both(k, l int32) {
	a, b := &j.boxes[k], &j.boxes[l]
	if a.x0 >= b.x1 || b.x0 >= a.x1 || a.y0 > b.y1 || b.y0 > a.y1 {
		return
	}
	switch {
	case a.n == 0 && b.n == 0:
		j.edges(&j.w.edges[a.first], &j.w.edges[b.first])
	case b.n == 0 || a.n > 0 && (a.x1-a.x0)+(a.y1-a.y0) >= (b.x1-b.x0)+(b.y1-b.y0):
		for i := a.first; i < a.first+a.n; i++ {
			j.both(i, l)
		}
	default:
		for i := b.first; i < b.first+b.n; i++ {
			j.both(k, i)
		}
	}
}

// edges adds the x of a proper crossing. Ends that touch are events anyway.
func (j *joiner) edges(e, f *sweepEdge) {
	if e.l == f.l || e.r == f.r || e.l == f.r || e.r == f.l {
		return
	}
	if geom.Orient2D(e.l, e.r, f.l)*geom.Orient2D(e.l, e.r, f.r) >= 0 ||
		geom.Orient2D(f.l, f.r, e.l)*geom.Orient2D(f.l, f.r, e.r) >= 0 {
		return
	}
	// Cut the two at the ends of the x they share; heights there are relative
	// to e, so nothing large cancels.
	lo, hi := max(e.l[0], f.l[0]), min(e.r[0], f.r[0])
	dl, dr := apart(e, f, lo), apart(e, f, hi)
	x := lo
	if dl != dr {
		x = lo + (hi-lo)*(dl/(dl-dr))
	}
	j.w.xs = append(j.w.xs, max(lo, min(x, hi)))
}

// apart returns f(x)−e(x).
func apart(e, f *sweepEdge, x float64) float64 {
	base := orb.Point{x, e.exactly(x)}
	return offsetAt(f.l[0], f.l[1], f.r[0], f.r[1], x, base[1]) -
		offsetAt(e.l[0], e.l[1], e.r[0], e.r[1], x, base[1])
}
