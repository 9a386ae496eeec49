package geom

import "github.com/paulmach/orb"

// Place is where in a geometry something is: part (0 for a polygon), ring
// (0 is the shell) and vertex count from 0; Lon and Lat are the spot itself,
// which for a crossing lies on the edge that begins at Vertex.
type Place struct {
	Part   int     `json:"part"`
	Ring   int     `json:"ring"`
	Vertex int     `json:"vertex"`
	Lon    float64 `json:"lon"`
	Lat    float64 `json:"lat"`
}

// ProblemCode says what kind of problem a geometry has.
type ProblemCode string

// What Validate finds. The first group spoils nothing that is measured.
const (
	BadCoordinate ProblemCode = "bad-coordinate"      // NaN or infinite: nothing else was looked at
	RingUnclosed  ProblemCode = "ring-unclosed"       // the last point is not the first; read as closed
	RingTooFew    ProblemCode = "ring-too-few-points" // fewer than 3 distinct points: encloses nothing
	DuplicatePt   ProblemCode = "duplicate-point"     // a point given twice in a row
	Spike         ProblemCode = "spike"               // the ring turns back on the edge it came by
	SelfTouch     ProblemCode = "self-touch"          // the ring meets itself without crossing
	SharedEdge    ProblemCode = "shared-edge"         // two rings, or two parts, have a stretch of border in common
	InteriorSplit ProblemCode = "interior-split"      // rings touch so that they cut the interior in two
	WrongWinding  ProblemCode = "wrong-winding"       // RFC 7946: shells counter-clockwise, holes clockwise

	SelfCrossing ProblemCode = "self-crossing" // the ring crosses itself
	RingOverlap  ProblemCode = "ring-overlap"  // the ring runs over itself or around a place twice
	HoleOutside  ProblemCode = "hole-outside"  // a hole is not wholly within its shell
	HolesOverlap ProblemCode = "holes-overlap" // two holes of a polygon overlap
	PartsOverlap ProblemCode = "parts-overlap" // two parts of a multipolygon overlap
)

// Problem is one thing that Validate found, and where.
type Problem struct {
	Code ProblemCode `json:"code"`
	Place
	Detail string `json:"detail,omitempty"`
}

// NeedsRepair reports whether the problem makes the geometry's rings, taken
// with their signs (shells +1, holes -1), differ from the region that they
// stand for (even-odd within a polygon, the union of the parts of a
// multipolygon). Such a geometry is measured through a repaired form.
func (p Problem) NeedsRepair() bool {
	switch p.Code {
	case SelfCrossing, RingOverlap, HoleOutside, HolesOverlap, PartsOverlap:
		return true
	}
	return false
}

// IsAreal reports whether g is a Polygon or a MultiPolygon.
func IsAreal(g orb.Geometry) bool {
	switch g.(type) {
	case orb.Polygon, orb.MultiPolygon:
		return true
	}
	return false
}

// VertexCount returns the number of coordinate pairs that g holds, closing
// points included.
func VertexCount(g orb.Geometry) int {
	n := 0
	switch g := g.(type) {
	case orb.Point:
		return 1
	case orb.MultiPoint:
		return len(g)
	case orb.LineString:
		return len(g)
	case orb.Ring:
		return len(g)
	case orb.MultiLineString:
		for _, l := range g {
			n += len(l)
		}
	case orb.Polygon:
		for _, r := range g {
			n += len(r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			n += VertexCount(p)
		}
	case orb.Collection:
		for _, p := range g {
			n += VertexCount(p)
		}
	}
	return n
}
