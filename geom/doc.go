// Package geom is the ground that geometry stands on: exact predicates,
// validity with places, point location and box tests, on orb's types.
//
// Coordinates are plain numbers, x (longitude) and y (latitude), and edges are
// straight between them. Every yes or no that this package gives is exact for
// the float64 coordinates as they are: there is no tolerance anywhere. The
// predicates take a float shortcut where its error bound allows and exact
// arithmetic where it doesn't.
//
// Geometry handed in is read only. Coordinates must not be NaN or infinite
// (CheckCoordinates tells); with such coordinates the functions still end and
// don't panic, but their answers mean nothing.
package geom
