// Package kernel measures the area kernel in process: what a pair of polygons
// costs, beside GEOS when that is built in (build tag geos, cgo).
//
// Every pair is first measured on the plane and compared with the exact rational
// area, within 1e-12 of the smaller polygon, zero exactly where it is zero; and
// on the ellipsoid, as the product does, with the area of the intersection's
// geometry. Only then are pairs timed, in alternating rounds:
//
//	area     overlay.Area of two shapes that are ready. GEOS does the same: the
//	         intersection and its area, of geometries that are ready.
//	query    what an overlap query does with each candidate: the shape that the
//	         layer keeps, or overlay.Scratch.Prepare, then overlay.Area. The patch
//	         is ready.
//	request  the same, and before it overlap.NewQuery of the patch: its check and
//	         its shape, as for a polygon that came over HTTP.
package kernel
