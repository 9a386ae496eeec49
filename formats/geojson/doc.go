// Package geojson reads and writes GeoJSON (RFC 7946, and the crs member of
// the 2008 format): files as a stream of rows, request bodies with limits, and
// single objects.
//
// A Reader holds one feature at a time, whatever the size of the file. What is
// wrong with one feature costs that row only; text that is not JSON ends the
// file, with byte, line and column. Nothing is repaired: rings stay unclosed,
// windings as they are, numbers equal strconv.ParseFloat to the last bit. What
// the reader leaves out (third ordinates, the shell of a GeometryCollection of
// one) it says in Schema().Notes.
//
// Members may stand in any order, also features before type and coordinates
// before type.
package geojson
