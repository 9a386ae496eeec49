// Package ellipsoid measures areas on the CGCS2000 ellipsoid of regions whose
// edges are straight lines in longitude and latitude.
//
// # Formulas
//
// With M and N the radii of curvature, the area element at latitude φ is
//
//	M·N·cosφ dφ dλ = a²(1-e²)·g(φ) dφ dλ,   g(φ) = cosφ/(1-e² sin²φ)².
//
// With the authalic function q, dq/dφ = 2(1-e²)·g(φ), the area below a line
// φ(λ) and above a base latitude φ0 is
//
//	S = a²/2 · ∫ (q(φ(λ)) - q(φ0)) dλ,
//
// and a ring's area is the sum of that over its edges, signed by direction.
// Along a straight edge φ runs evenly, so the integral of one edge is its Δλ
// times the mean of q - q(φ0) over the edge's latitudes: Series.Mean.
//
// Nothing here depends on the size of the numbers far away: latitudes are
// taken relative to a base within the polygon, so a polygon of 1 m is measured
// as well as one of 100 km.
package ellipsoid

// The CGCS2000 ellipsoid.
const (
	A  = 6378137.0         // semi-major axis, metres
	F  = 1 / 298.257222101 // flattening
	E2 = F * (2 - F)       // first eccentricity, squared
	B  = A * (1 - F)       // semi-minor axis, metres
)
