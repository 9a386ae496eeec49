package geom

import (
	"cmp"
	"slices"
	"sync"

	"github.com/paulmach/orb"
)

// Validate returns what is wrong with the rings of a Polygon or MultiPolygon
// (or those within a collection), at most limit problems (all if limit <= 0);
// nil for a sound geometry and for points and lines. Problems that need repair
// come first, duplicate points and winding last, each by place, so a limit never
// hides that there is one.
//
// Every decision is exact. The rings' edges are cut at no computed point: the
// winding number of the rings, taken with their signs, is found from
// orientations alone in every sector around each vertex where rings meet, and
// at one vertex of every ring that meets none. A geometry is sound to measure
// (no problem NeedsRepair) exactly when all these are 0 or 1, for each part by
// itself and for all parts together, and no edges cross. Edges that cancel out
// (spikes, a cut that runs back along itself) cross nothing.
//
// Cost: about n log n for n vertices plus a step for each pair of edges whose
// boxes meet. With a limit the search ends at the limit-th problem that needs
// repair; without one, rings made to cross everywhere have n² of them.
func Validate(g orb.Geometry, limit int) []Problem {
	v := validators.Get().(*validator)
	defer validators.Put(v)
	v.reset(limit)
	if p, bad := badCoordinate(g); bad {
		return []Problem{p}
	}
	v.load(g)
	v.search()
	return v.problems()
}

var validators = sync.Pool{New: func() any { return &validator{seen: map[orb.Point]bool{}} }}

// validator is the working memory of one Validate.
type validator struct {
	edgeTree
	orig   []int32 // of each point, its vertex in the ring as delivered
	shells []int32 // of each part, the index of its shell in rings, -1 if none
	parts  []int32 // of each part, the root of its rings, -1 if none
	root   int32

	limit   int
	repairs []Problem
	notes   []Problem
	trifles []Problem // duplicate points and winding: never in the way of others
	seen    map[orb.Point]bool
	halves  []halfEdge
	through []halfEdge
}

func (v *validator) reset(limit int) {
	v.pts, v.orig = v.pts[:0], v.orig[:0]
	v.rings, v.nodes, v.roots = v.rings[:0], v.nodes[:0], v.roots[:0]
	v.shells, v.parts = v.shells[:0], v.parts[:0]
	v.slabs, v.work = v.slabs[:0], 0
	v.limit, v.repairs, v.notes, v.trifles = limit, nil, nil, nil
	if len(v.seen) > 4096 { // clearing a large map costs as much as it is large
		v.seen = map[orb.Point]bool{}
	}
	clear(v.seen)
}

func badCoordinate(g orb.Geometry) (p Problem, bad bool) {
	eachLine(g, func(part, ring int, points []orb.Point, _ bool) bool {
		for i, c := range points {
			if !finite(c) {
				p = Problem{Code: BadCoordinate, Place: Place{part, ring, i, 0, 0}, Detail: "not a finite number"}
				bad = true
				return false
			}
		}
		return true
	})
	return p, bad
}

// report keeps a problem, and returns whether to go on looking.
func (v *validator) report(code ProblemCode, at Place, detail string) bool {
	p := Problem{Code: code, Place: at, Detail: detail}
	list := &v.notes
	switch {
	case p.NeedsRepair():
		list = &v.repairs
	case code == DuplicatePt || code == WrongWinding:
		list = &v.trifles
	}
	if v.limit <= 0 || len(*list) < v.limit {
		*list = append(*list, p)
	}
	return v.limit <= 0 || len(v.repairs) < v.limit
}

// problems returns what was reported, in order.
func (v *validator) problems() []Problem {
	byPlace := func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Ring, b.Ring),
			cmp.Compare(a.Vertex, b.Vertex), cmp.Compare(a.Code, b.Code))
	}
	var all []Problem
	for _, list := range [...][]Problem{v.repairs, v.notes, v.trifles} {
		slices.SortStableFunc(list, byPlace)
		all = append(all, list...)
	}
	if v.limit > 0 && len(all) > v.limit {
		all = all[:v.limit]
	}
	v.repairs, v.notes, v.trifles = nil, nil, nil
	return all
}

// load takes the rings in, noting what is wrong with each by itself.
func (v *validator) load(g orb.Geometry) {
	last := -1
	eachLine(g, func(part, ring int, points []orb.Point, areal bool) bool {
		if !areal {
			return true
		}
		for last < part { // a part may have no ring
			last++
			v.shells = append(v.shells, -1)
		}
		v.loadRing(part, ring, points)
		return true
	})
	v.parts = append(v.parts[:0], v.shells...)
	for i := 0; i < len(v.rings); {
		j := i
		v.roots = v.roots[:0]
		for ; j < len(v.rings) && v.rings[j].part == v.rings[i].part; j++ {
			v.roots = append(v.roots, v.rings[j].root)
		}
		v.parts[v.rings[i].part] = v.group(v.roots)
		i = j
	}
	v.roots = v.roots[:0]
	for i := range v.parts {
		if root := v.parts[i]; root >= 0 {
			v.roots = append(v.roots, root)
		}
	}
	v.root = v.group(v.roots)
}

func (v *validator) loadRing(part, ring int, points []orb.Point) {
	if isOpen(points) {
		p := unclosedProblem(part, ring, points)
		v.report(p.Code, p.Place, p.Detail)
	}
	start := int32(len(v.pts))
	v.addDistinct(part, ring, points)
	if !threeDistinct(v.pts[start:]) {
		v.pts, v.orig = v.pts[:start], v.orig[:start]
		var at orb.Point
		if len(points) > 0 {
			at = points[0]
		}
		v.report(RingTooFew, Place{part, ring, 0, at[0], at[1]}, "fewer than 3 distinct points enclose nothing")
		return
	}
	area := Orientation(orb.Ring(v.pts[start:]))
	v.pts, v.orig = append(v.pts, v.pts[start]), append(v.orig, v.orig[start])

	sign := int8(1)
	if area < 0 {
		sign = -1
	}
	if ring == 0 {
		v.shells[part] = int32(len(v.rings))
	} else {
		sign = -sign
	}
	if ring == 0 && area < 0 || ring > 0 && area > 0 {
		detail := "the shell runs clockwise"
		if ring > 0 {
			detail = "the hole runs counter-clockwise"
		}
		v.report(WrongWinding, Place{part, ring, 0, points[0][0], points[0][1]}, detail)
	}
	index, end := int32(len(v.rings)), int32(len(v.pts)-1)
	v.rings = append(v.rings, treeRing{
		part: int32(part), ring: int32(ring), start: start, end: end, sign: sign, link: index,
		root: v.addRun(index, start, end),
	})
}

// addDistinct adds the points of a ring without repeats in a row; the closing
// point is no repeat, and is left out.
func (v *validator) addDistinct(part, ring int, points []orb.Point) {
	n := len(points)
	if n > 1 && !isOpen(points) {
		n--
	}
	start := len(v.pts)
	for i, p := range points[:n] {
		if len(v.pts) > start && p == v.pts[len(v.pts)-1] {
			v.report(DuplicatePt, Place{part, ring, i, p[0], p[1]}, "the same point as the one before")
			continue
		}
		v.pts, v.orig = append(v.pts, p), append(v.orig, int32(i))
	}
	for last := len(v.pts) - 1; last > start && v.pts[last] == v.pts[start]; last-- {
		v.report(DuplicatePt, Place{part, ring, int(v.orig[last]), v.pts[last][0], v.pts[last][1]}, "the first point again")
		v.pts, v.orig = v.pts[:last], v.orig[:last]
	}
}

// threeDistinct: repeats in a row are gone, so a third point differs from the
// first two, which differ.
func threeDistinct(pts []orb.Point) bool {
	for i := 2; i < len(pts); i++ {
		if pts[i] != pts[0] && pts[i] != pts[1] {
			return true
		}
	}
	return false
}

// search looks at every pair of edges, then at the rings that met none.
func (v *validator) search() {
	if v.root < 0 || !v.pairs(v.root, v.pair) {
		return
	}
	if len(v.rings) == 1 && v.rings[0].ring == 0 && len(v.seen) == 0 {
		return // a shell that doesn't meet itself
	}
	for i := range v.rings {
		r := &v.rings[i]
		// A vertex on a spike tells nothing of the ring: go on to the next.
		for k := r.start; k < r.end && !r.anchored; k++ {
			if !v.examine(v.pts[k]) {
				return
			}
		}
	}
}

// place returns the place of a point on an edge: the edge's vertex there, if it
// is one of its ends, else the vertex that the edge begins at.
func (v *validator) place(edge, ring int32, p orb.Point) Place {
	r := &v.rings[ring]
	at := edge
	if p == v.pts[edge+1] {
		at = edge + 1
		if at == r.end {
			at = r.start
		}
	}
	return Place{int(r.part), int(r.ring), int(v.orig[at]), p[0], p[1]}
}
