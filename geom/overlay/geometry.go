package overlay

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"tuban/geom"
)

// OutlineError says that a geometry was not made, rather than a wrong one:
// because a coordinate is no finite number, or because what was made does not
// have the area it must have, as happens with invalid rings that Prepare was
// not told about. Got and Want are areas in the shapes' unit.
type OutlineError struct {
	Op        string // "intersection" or "difference"
	Reason    string
	Got, Want float64
}

// Error describes what went wrong.
func (e *OutlineError) Error() string {
	if e.Got != e.Want {
		return fmt.Sprintf("overlay: no geometry of the %s: %s: %.9g, not %.9g", e.Op, e.Reason, e.Got, e.Want)
	}
	return fmt.Sprintf("overlay: no geometry of the %s: %s", e.Op, e.Reason)
}

// Intersection returns the geometry of a∩b: valid polygons, shells
// counter-clockwise and holes clockwise (RFC 7946), with the vertices that a
// and b have there. It is empty when only borders meet, or when all that the
// two have in common is thinner than the spacing of coordinates. Crossings are
// rounded; areas are better taken from Area. An error is an *OutlineError.
//
// Both are taken as far as they matter in their common box, so that a huge zone
// costs what is near: see Decompose.
func Intersection(a, b *Shape) (orb.MultiPolygon, error) {
	if a.endless() || b.endless() {
		return nil, errEndless("intersection")
	}
	area := Area(a, b)
	if area == 0 {
		return nil, nil
	}
	box := common(&a.bound, &b.bound)
	near := grown(box)
	return outlined(request{
		op: intersection, name: "intersection", kind: a.kind, box: box,
		a: a.groups(near), b: b.groups(near), area: area, whole: min(a.area, b.area),
	})
}

// Difference returns the geometry of a less all bs, as Intersection does.
func Difference(a *Shape, bs []*Shape) (orb.MultiPolygon, error) {
	if a.endless() || slices.ContainsFunc(bs, (*Shape).endless) {
		return nil, errEndless("difference")
	}
	if a.area == 0 {
		return nil, nil
	}
	r := request{
		op: difference, name: "difference", kind: a.kind, box: a.bound,
		a: a.groups(grown(a.bound)), area: a.area - UnionArea(a, bs), whole: a.area,
	}
	for _, b := range bs {
		if b.area > 0 && boxesMeet(&a.bound, &b.bound) {
			r.b = append(r.b, b.groups(grown(common(&a.bound, &b.bound)))...)
		}
	}
	return outlined(r)
}

// endless tells whether a coordinate is no finite number.
func (s *Shape) endless() bool {
	size := (s.bound.Max[0] - s.bound.Min[0]) + (s.bound.Max[1] - s.bound.Min[1])
	return math.IsNaN(size) || math.IsInf(size, 0)
}

func errEndless(op string) error {
	return &OutlineError{Op: op, Reason: "a coordinate is not a finite number"}
}

// grown returns a box somewhat larger than b, so that what happens on its
// border cannot be seen inside b.
func grown(b orb.Bound) orb.Bound {
	m := (b.Max[0]-b.Min[0]+b.Max[1]-b.Min[1])/16 + 1e-9
	return b.Pad(m)
}

// groups returns the rings of each polygon of s as far as they matter in a box.
func (s *Shape) groups(box orb.Bound) [][]orb.Ring {
	var out [][]orb.Ring
	if s.repaired {
		for _, p := range s.source {
			var rings []orb.Ring
			for _, r := range p {
				if pts := nearby(closed(r), box); len(pts) >= 4 {
					rings = append(rings, pts)
				}
			}
			out = append(out, rings)
		}
		return out
	}
	rings := windowOf(s, box)
	slices.SortStableFunc(rings, func(a, b ring) int { return int(a.part) - int(b.part) })
	for i, r := range rings {
		if i == 0 || r.part != rings[i-1].part {
			out = append(out, nil)
		}
		k := len(out) - 1
		out[k] = append(out[k], r.pts)
	}
	return out
}

// nearby is windowOf for a ring without a tree: what lies wholly beyond one
// side of the box becomes its chord. O(n).
func nearby(pts []orb.Point, box orb.Bound) []orb.Point {
	if len(pts) == 0 {
		return nil
	}
	sides := func(p orb.Point) int {
		return boolInt(p[0] <= box.Min[0]) | boolInt(p[0] >= box.Max[0])<<1 |
			boolInt(p[1] <= box.Min[1])<<2 | boolInt(p[1] >= box.Max[1])<<3
	}
	out := []orb.Point{pts[0]}
	run, last := 0, sides(pts[0]) // run: the sides that the last chord is beyond
	for _, p := range pts[1:] {
		here := sides(p)
		beyond := last & here
		if run&beyond != 0 {
			out[len(out)-1] = p
			run &= beyond
		} else {
			out = append(out, p)
			run = beyond
		}
		last = here
	}
	return out
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// request is one geometry to make. Groups are polygons: see sweep.
type request struct {
	op    operation
	name  string
	kind  kind
	box   orb.Bound
	a, b  [][]orb.Ring
	area  float64 // what it must have
	whole float64 // of the smaller input
}

// outlined makes the geometry of a request and makes sure of it. Pieces that
// follow their edges over several slabs may come to touch or cross by the
// rounding of their ends; then more care is taken.
func outlined(r request) (orb.MultiPolygon, error) {
	var mp orb.MultiPolygon
	var err error
	for care := tidy; care <= slabwise; care++ {
		if mp, err = r.sweep(care); err != nil {
			continue
		}
		problems := geom.Validate(mp, 1) // the first is one that needs repair, if any does
		if len(problems) == 0 || care == slabwise && !problems[0].NeedsRepair() {
			break
		}
		err = errors.New(problems[0].Detail)
	}
	if err != nil {
		return nil, &OutlineError{Op: r.name, Reason: err.Error()}
	}
	s := Shape{kind: r.kind}
	s.build(mp, false)
	allowed := 1e-6 * r.whole
	if r.kind == onEllipsoid {
		allowed += 1e-3
	}
	if !(math.Abs(s.area-r.area) <= allowed) {
		return nil, &OutlineError{Op: r.name, Reason: "its area does not agree", Got: s.area, Want: r.area}
	}
	return mp, nil
}

func (r *request) sweep(care care) (orb.MultiPolygon, error) {
	w := sweep{op: r.op}
	w.add(r.a, 0)
	w.add(r.b, 1)
	w.sortPosts()
	o := outline{care: care}
	w.run(&o, r.box.Min[0], r.box.Max[0])
	return o.polygons(&w)
}
