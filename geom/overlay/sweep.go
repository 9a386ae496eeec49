package overlay

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// operation says what a sweep takes as covered, from two sets of groups of
// rings. A point is in a set when it is inside an odd number of times in any
// of its groups.
type operation uint8

const (
	union        operation = iota // in the first set; there is no second
	intersection                  // in both
	difference                    // in the first, not in the second
)

// sweep goes from left to right over the slabs between neighbouring x of
// vertices and crossings, so that a rounding error stays in its slab. In a
// slab edges do not cross but for rounding; they are ordered in its middle.
type sweep struct {
	op     operation
	edges  []sweepEdge
	set    []uint8 // of each group
	xs     []float64
	posts  []orb.Point // ends of edges along a meridian, which have no slab
	active []activeEdge
	odd    []bool // of each group, while going up
	depth  [2]int // of each set: its groups that are odd
	border []int32
}

// covers takes what a sweep finds, slab by slab.
type covers interface {
	// cover is told the edges that bound what is covered from lo to hi, bottom
	// and top in turn, going up. Slabs follow one another; the last one is empty
	// and has no width. border is only lent.
	cover(w *sweep, lo, hi float64, border []int32)
}

// sweepEdge is an edge with some width, from left to right.
type sweepEdge struct {
	l, r  orb.Point
	slope float64
	group int32
	// What who takes the slabs notes:
	slab  int32   // the last slab that it bounds; 0 for none
	place int32   // of trapezoids: the top edge; of outlines: where it is in that slab
	since float64 // where it began to bound
}

func (e *sweepEdge) at(x float64) float64 { return e.l[1] + (x-e.l[0])*e.slope }

// exactly returns the edge's y at x, rounded once.
func (e *sweepEdge) exactly(x float64) float64 {
	switch x {
	case e.l[0]:
		return e.l[1]
	case e.r[0]:
		return e.r[1]
	}
	y := offsetAt(e.l[0], e.l[1], e.r[0], e.r[1], x, 0)
	return max(min(e.l[1], e.r[1]), min(y, max(e.l[1], e.r[1])))
}

type activeEdge struct {
	edge int32
	y    float64 // in the middle of the slab
}

// add adds groups of rings to a set.
func (w *sweep) add(groups [][]orb.Ring, set uint8) {
	for _, rings := range groups {
		g := int32(len(w.set))
		w.set = append(w.set, set)
		for _, r := range rings {
			pts := closed(r)
			if len(pts) < 4 {
				continue
			}
			for i := 1; i < len(pts); i++ {
				w.addEdge(pts[i-1], pts[i], g)
			}
		}
	}
}

func (w *sweep) addEdge(l, r orb.Point, group int32) {
	if l[0] > r[0] {
		l, r = r, l
	}
	if l[0] < r[0] {
		w.edges = append(w.edges, sweepEdge{l: l, r: r, slope: (r[1] - l[1]) / (r[0] - l[0]), group: group})
		w.xs = append(w.xs, l[0], r[0])
	} else if w.op != union && l != r {
		w.posts = append(w.posts, l, r)
	}
}

// run sweeps from x0 to x1; slabs that reach beyond are taken whole.
func (w *sweep) run(to covers, x0, x1 float64) {
	w.odd = make([]bool, len(w.set))
	slices.SortFunc(w.edges, func(a, b sweepEdge) int {
		return cmp.Or(cmp.Compare(a.l[0], b.l[0]), cmp.Compare(a.l[1], b.l[1]), cmp.Compare(a.slope, b.slope))
	})
	w.addCrossings()
	slices.Sort(w.xs)
	w.xs = slices.Compact(w.xs)
	next := 0
	for i := 1; i < len(w.xs); i++ {
		lo, hi := w.xs[i-1], w.xs[i]
		w.active = slices.DeleteFunc(w.active, func(a activeEdge) bool { return w.edges[a.edge].r[0] <= lo })
		for ; next < len(w.edges) && w.edges[next].l[0] <= lo; next++ {
			w.active = append(w.active, activeEdge{edge: int32(next)})
		}
		w.border = w.border[:0]
		if hi > x0 && lo < x1 {
			w.order(lo + (hi-lo)/2)
			w.goUp()
		}
		to.cover(w, lo, hi, w.border)
	}
	if n := len(w.xs); n > 0 {
		to.cover(w, w.xs[n-1], w.xs[n-1], nil)
	}
}

// order sorts the active edges by their height at x. They mostly are sorted.
func (w *sweep) order(x float64) {
	for i := range w.active {
		a := &w.active[i]
		a.y = w.edges[a.edge].at(x)
	}
	for i := 1; i < len(w.active); i++ {
		a := w.active[i]
		j := i
		for ; j > 0 && (w.active[j-1].y > a.y || w.active[j-1].y == a.y && w.active[j-1].edge > a.edge); j-- {
			w.active[j] = w.active[j-1]
		}
		w.active[j] = a
	}
}

// goUp collects the edges where a slab changes between covered and not.
func (w *sweep) goUp() {
	covered := false
	for _, a := range w.active {
		g := w.edges[a.edge].group
		if w.odd[g] = !w.odd[g]; w.odd[g] {
			w.depth[w.set[g]]++
		} else {
			w.depth[w.set[g]]--
		}
		if now := w.covered(); now != covered {
			covered = now
			w.border = append(w.border, a.edge)
		}
	}
}

func (w *sweep) covered() bool {
	switch w.op {
	case intersection:
		return w.depth[0] > 0 && w.depth[1] > 0
	case difference:
		return w.depth[0] > 0 && w.depth[1] == 0
	}
	return w.depth[0] > 0
}
