// Package overlay measures what two polygonal geometries have in common.
//
// The area of A∩B is a sum over pairs of edges, with no intersection points
// stored, no topology and no tolerance: for edges e of A and f of B with signs
// s (the sign of dx, along rings that run counter-clockwise around the inside),
//
//	area(A∩B) = Σ_e Σ_f s_e·s_f ∫ (q(min(e, f)) − q(y0)) dx
//
// over the x that both edges span, where y0 is any latitude not above the
// common box and q is the area of the strip below a latitude per unit of
// longitude: the latitude itself on the plane, the authalic function on the
// ellipsoid. q grows with latitude, so q(min) is the min of the q's. Shared,
// collinear and touching edges are not special cases.
//
// A tree over consecutive edges (the chain tree) lets a chain that lies wholly
// above another act as its chord, so that a pair costs what lies near the other
// border, times a logarithm.
//
// Whether two polygons overlap or only touch is decided on the plane of
// longitude and latitude by exact predicates (see touch.go), not by the sign of
// a rounded sum.
//
// The geometry of an intersection or a difference, on demand, comes from a sweep
// over slabs between vertices and crossings (sweep.go), whose covered parts are
// outlined (outline.go) and traced to rings (rings.go). It is checked against
// the area before it is given.
//
// Coordinates are longitude and latitude in degrees; edges are straight in
// that plane. Rings are read-only and may be shared with the caller. A Shape
// is immutable and safe for concurrent use.
package overlay
