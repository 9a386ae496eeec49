package overlay

import (
	"math"
	"math/big"

	"github.com/paulmach/orb"
)

// Shape is a polygonal geometry prepared for measuring: chain trees over its
// rings as delivered, or over the trapezoids of its repaired form. A Shape is
// immutable and safe for concurrent use. It shares the rings' memory with the
// geometry it was made from.
type Shape struct {
	kind     kind
	repaired bool
	rings    []ring
	nodes    []node // level over level; the last one is the root
	bound    orb.Bound
	area     float64
	source   orb.MultiPolygon // what a repaired form was made from
}

// Prepare returns the measuring form of a polygon or multipolygon; any other
// geometry, or nil, gives an empty shape of area 0. Orientation does not
// matter: the first ring of a polygon is its shell, the others are holes.
// Duplicate points, spikes and rings that touch need nothing. needsRepair says
// that rings cross, holes lie outside or parts overlap (geom.Problem): then
// the shape is what the even-odd rule makes of each polygon, and the union of
// those. O(n); with repair see Decompose.
func Prepare(g orb.Geometry, needsRepair bool) *Shape {
	s := new(Shape)
	s.build(Polygons(g), needsRepair)
	return s
}

// PreparePlane is Prepare with areas in square units of the coordinates, as
// if they were plane ones: for tests against exact results.
func PreparePlane(g orb.Geometry, needsRepair bool) *Shape {
	s := &Shape{kind: onPlane}
	s.build(Polygons(g), needsRepair)
	return s
}

// Polygons returns g as a multipolygon that shares its memory; nil when g is
// neither a polygon nor a multipolygon.
func Polygons(g orb.Geometry) orb.MultiPolygon {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}
	case orb.MultiPolygon:
		return g
	case orb.Ring:
		return orb.MultiPolygon{{g}}
	case orb.Bound:
		return orb.MultiPolygon{g.ToPolygon()}
	}
	return nil
}

// Bound returns the bounding box of the shape's rings. The box of an empty
// shape is empty (orb.Bound.IsEmpty).
func (s *Shape) Bound() orb.Bound { return s.bound }

// Area returns the shape's own area: m² from Prepare, square units from
// PreparePlane. It is never negative.
func (s *Shape) Area() float64 { return s.area }

// Repaired tells whether the shape is a repaired form.
func (s *Shape) Repaired() bool { return s.repaired }

// build fills an empty s.
func (s *Shape) build(mp orb.MultiPolygon, needsRepair bool) {
	if needsRepair {
		s.repaired = true
		s.source = append(s.source[:0], mp...)
		s.buildTrapezoids(Decompose([]orb.MultiPolygon{mp}))
	} else {
		s.buildRings(mp)
	}
	s.finish()
}

func (s *Shape) buildRings(mp orb.MultiPolygon) {
	edges, rings := 0, 0
	for _, p := range mp {
		for _, r := range p {
			edges += len(r)
			rings++
		}
	}
	s.grow(edges, rings)
	var fixed [16]int32
	roots := fixed[:0]
	for part, p := range mp {
		for i, r := range p {
			pts := closed(r)
			if len(pts) < 4 {
				continue // fewer than three distinct points enclose nothing
			}
			roots = append(roots, s.addRing(pts, part, i > 0))
		}
	}
	s.groupRings(roots)
}

// grow makes room for the trees of so many edges in so many rings.
func (s *Shape) grow(edges, rings int) {
	n := edges/3 + 3*rings + 8
	if cap(s.nodes) < n {
		s.nodes = make([]node, 0, n)
	}
	if cap(s.rings) < rings {
		s.rings = make([]ring, 0, rings)
	}
}

func (s *Shape) finish() {
	root := s.rootNode()
	if root == nil {
		s.bound = orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{-1, -1}}
		return
	}
	s.bound = orb.Bound{Min: orb.Point{root.x0, root.y0}, Max: orb.Point{root.x1, root.y1}}
	if s.area = -root.s * s.kind.unit(); s.area > 0 {
		return
	}
	// Flat, or so thin that rounding ate it; the two must not look the same.
	s.area = 0
	for i := range s.rings {
		if r := &s.rings[i]; !r.hole && exactShoelace(r.pts) != 0 {
			s.area = math.SmallestNonzeroFloat64
			return
		}
	}
}

// closed returns the ring's vertices with the first repeated at the end; on a
// copy only when it is not there.
func closed(r orb.Ring) []orb.Point {
	if len(r) > 0 && r[0] != r[len(r)-1] {
		return append(append(make([]orb.Point, 0, len(r)+1), r...), r[0])
	}
	return r
}

// clockwise tells the direction of a ring from the integral of its root,
// exactly: where rounding could have decided the sign, the shoelace sum is
// done with as many bits as it takes.
func (s *Shape) clockwise(root *node, pts []orb.Point) bool {
	var m measure
	m.reset(s.kind, root.y0, root.y1-root.y0)
	noise := 64 * epsilon * m.at(root.y1-root.y0) * float64(root.size)
	if math.Abs(root.s) > noise {
		return root.s > 0
	}
	return exactShoelace(pts) < 0
}

// exactShoelace returns the sign of the area of a closed ring: +1 when it runs
// counter-clockwise; 0 when a coordinate is no number.
func exactShoelace(pts []orb.Point) int {
	for _, p := range pts {
		if math.IsNaN(p[0]-p[0]) || math.IsNaN(p[1]-p[1]) {
			return 0
		}
	}
	const bits = 4300 // enough for any sum of products of float64
	x := func(v float64) *big.Float { return new(big.Float).SetPrec(bits).SetFloat64(v) }
	sum, t := x(0), x(0)
	for i := 1; i < len(pts); i++ {
		p, q := pts[i-1], pts[i]
		sum.Add(sum, t.Mul(x(p[0]), x(q[1])))
		sum.Sub(sum, t.Mul(x(q[0]), x(p[1])))
	}
	return sum.Sign()
}

// Scratch prepares shapes in memory that it uses again. The zero value is
// ready. It is not safe for concurrent use.
type Scratch struct{ shape Shape }

// Prepare is like the function Prepare; the shape lives until the next call.
// It allocates nothing once the scratch has grown, except for repairs and
// unclosed rings.
func (c *Scratch) Prepare(g orb.Geometry, needsRepair bool) *Shape {
	c.Release()
	s := &c.shape
	switch g := g.(type) {
	case orb.Polygon:
		one := [1]orb.Polygon{g}
		s.build(one[:], needsRepair)
	default:
		s.build(Polygons(g), needsRepair)
	}
	return s
}

// Release lets go of the last geometry; its shape is empty from then on.
func (c *Scratch) Release() {
	s := &c.shape
	clear(s.rings)
	clear(s.source)
	*s = Shape{rings: s.rings[:0], nodes: s.nodes[:0], source: s.source[:0]}
	s.finish()
}
