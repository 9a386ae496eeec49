// Package feature is the vocabulary of tuban: what a layer, a feature, a
// property, a change and a commit are. It holds values and their encodings to
// JSON; it does no I/O and knows no index, no disk and no HTTP.
//
// Coordinates are longitude (x) and latitude (y) in EPSG:4490, in degrees,
// float64 exactly as delivered.
package feature
