// Package buffer makes the polygon of all places within so many metres of a
// geometry, measured along the ellipsoid.
//
// Nothing is projected. From each vertex the offset points are those at the
// distance itself, by the geodesic across each edge's direction there; between
// two edges that turn away from the outside, an arc of such points. Along the
// outside of an edge lies a strip, from the edge to its offset; the buffer is
// the union of the geometry and its strips (overlay.Union), so that what
// overlaps counts once and holes close as they should.
//
// Errors, relative to the buffer's width b:
//   - arcs have a point every 3.75° and lie within the true ones: at most
//     1-cos(1.875°) = 0.054 % of b is missing in the middle between two;
//   - edges longer than 0.05° (some 5 km) are cut there, and the straight offset
//     of a piece is off the true one by up to 2.5e-7/cos²φ;
//   - geodesics are good to 1e-11 (package ellipsoid), crossings to the spacing
//     of coordinates.
//
// So the buffer is short of b by at most 0.055 %, and never wider by more than
// 1e-6 of it up to latitudes of 60°, 1e-5 up to 80°.
package buffer
