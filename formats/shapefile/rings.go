package shapefile

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"tuban/geom"
)

// nestingBudget bounds the steps of one record's ring grouping, to about a
// second: what is beyond it is grouped by the order of the rings alone.
const nestingBudget = 1 << 30

// exactCost is what one exact orientation may cost in steps of the budget.
const exactCost = 256

// candidateCost is what one ring whose box covers another may cost to find and
// to sort.
const candidateCost = 64

// ring is a part of a Polygon shape.
type ring struct {
	points []orb.Point
	bound  orb.Bound
	// area is twice the signed area on the plane, positive counter-clockwise;
	// 0 for a ring that encloses nothing.
	area float64
}

// polygon groups the rings of one record; see the package comment.
func (s *shapes) polygon(row int64, runs [][]orb.Point) orb.Geometry {
	switch len(runs) {
	case 0:
		return nil
	case 1: // the winding of a single ring means nothing
		return orb.Polygon{orb.Ring(runs[0])}
	}
	n := nesting{rings: measure(runs), budget: nestingBudget}
	owner, ok := n.byWinding()
	if !ok {
		s.notes.count(noteWinding, row)
		owner = n.byContainment()
	}
	if n.budget < 0 {
		s.notes.count(noteIntricate, row)
	}
	return assemble(n.rings, owner)
}

func measure(runs [][]orb.Point) []ring {
	rings := make([]ring, len(runs))
	for i, run := range runs {
		rings[i] = ring{points: run, bound: orb.LineString(run).Bound(), area: doubleArea(run)}
	}
	return rings
}

// doubleArea is the shoelace sum about the first vertex, which keeps the
// products small where coordinates are large.
func doubleArea(run []orb.Point) float64 {
	var sum float64
	o := run[0]
	for i := 1; i < len(run); i++ {
		a, b := run[i-1], run[i]
		sum += (a[0]-o[0])*(b[1]-o[1]) - (b[0]-o[0])*(a[1]-o[1])
	}
	return sum
}

// assemble builds the geometry: owner[i] is i for a shell, else the shell whose
// hole ring i is. Shells and holes keep the order of the file.
func assemble(rings []ring, owner []int) orb.Geometry {
	var m orb.MultiPolygon
	at := make([]int, len(rings))
	for i, r := range rings {
		if owner[i] == i {
			at[i] = len(m)
			m = append(m, orb.Polygon{r.points})
		}
	}
	for i, r := range rings {
		if o := owner[i]; o != i {
			m[at[o]] = append(m[at[o]], r.points)
		}
	}
	if len(m) == 1 {
		return m[0]
	}
	return m
}

// nesting finds which ring lies in which.
type nesting struct {
	rings  []ring
	budget int
}

// byWinding gives each counter-clockwise ring to the smallest clockwise ring
// around it. It returns false when one has none, or when no ring is clockwise:
// then winding does not tell shells from holes. A ring that encloses nothing
// goes to the shell around it, else it stands alone.
func (n *nesting) byWinding() (owner []int, ok bool) {
	var shells []int
	for i, r := range n.rings {
		if r.area < 0 {
			shells = append(shells, i)
		}
	}
	if len(shells) == 0 {
		return nil, false
	}
	boxes := packBoxes(n.rings, shells)
	owner = make([]int, len(n.rings))
	last := shells[0]
	for i, r := range n.rings {
		owner[i] = i
		if r.area < 0 {
			last = i
			continue
		}
		switch o := n.around(i, boxes); {
		case o >= 0:
			owner[i] = o
		case n.budget < 0:
			owner[i] = last
		case r.area > 0:
			return nil, false
		}
	}
	return owner, true
}

// byContainment makes rings at even depth shells and at odd depth holes of the
// ring around them.
func (n *nesting) byContainment() []int {
	owner := make([]int, len(n.rings))
	all := make([]int, len(n.rings))
	for i := range all {
		all[i] = i
	}
	boxes := packBoxes(n.rings, all)
	// Larger rings first, so that the ring around one has its depth already.
	slices.SortStableFunc(all, func(a, b int) int {
		return cmp.Compare(math.Abs(n.rings[b].area), math.Abs(n.rings[a].area))
	})
	depth := make([]int, len(n.rings))
	for _, i := range all {
		owner[i] = i
		if o := n.around(i, boxes); o >= 0 {
			if depth[i] = depth[o] + 1; depth[i]%2 == 1 {
				owner[i] = o
			}
		}
	}
	return owner
}

// around returns the smallest ring of boxes that contains ring i, -1 if none
// does or the budget is spent.
func (n *nesting) around(i int, boxes *boxTree) int {
	if n.budget < 0 {
		return -1
	}
	r := &n.rings[i]
	var candidates []int
	boxes.covering(r.bound, func(o int) bool {
		n.budget -= candidateCost
		if o != i && n.larger(o, i) {
			candidates = append(candidates, o)
		}
		return n.budget >= 0
	})
	slices.SortFunc(candidates, func(a, b int) int {
		if n.larger(a, b) {
			return 1
		}
		return -1
	})
	for _, o := range candidates {
		if n.contains(n.rings[o].points, r.points) {
			return o
		}
		if n.budget < 0 {
			return -1
		}
	}
	return -1
}

// larger orders rings by area; equal ones by their place, so that of two
// identical rings only one contains the other.
func (n *nesting) larger(a, b int) bool {
	if c := cmp.Compare(math.Abs(n.rings[a].area), math.Abs(n.rings[b].area)); c != 0 {
		return c > 0
	}
	return a < b
}

// contains reports whether inner lies in outer by its first vertex that is not
// on outer's boundary, else by the middle of its edges; an inner ring wholly on
// the boundary lies in it.
func (n *nesting) contains(outer, inner []orb.Point) bool {
	for _, p := range inner {
		if side := n.locate(outer, p); side != 0 {
			return side > 0
		}
	}
	for i := 1; i < len(inner); i++ {
		a, b := inner[i-1], inner[i]
		if side := n.locate(outer, orb.Point{a[0] + (b[0]-a[0])/2, a[1] + (b[1]-a[1])/2}); side != 0 {
			return side > 0
		}
	}
	return true
}

// locate returns +1, 0 or -1 for a point inside, on or outside a ring by the
// even-odd rule, exactly. An unclosed ring is read as closed.
func (n *nesting) locate(run []orb.Point, p orb.Point) int {
	inside := false
	a := run[len(run)-1]
	n.budget -= len(run)
	for _, b := range run {
		if (a[1] > p[1]) != (b[1] > p[1]) {
			switch {
			case a[0] > p[0] && b[0] > p[0]:
				inside = !inside
			case a[0] >= p[0] || b[0] >= p[0]:
				n.budget -= exactCost
				up := 1
				if a[1] > b[1] {
					up = -1
				}
				switch geom.Orient2D(a, b, p) * up {
				case 0:
					return 0
				case 1: // p is left of the edge taken upwards
					inside = !inside
				}
			}
		}
		if b == p || a[1] == p[1] && b[1] == p[1] && min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) {
			return 0
		}
		a = b
	}
	if n.budget < 0 {
		return -1
	}
	if inside {
		return 1
	}
	return -1
}
