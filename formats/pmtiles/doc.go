// Package pmtiles writes and reads PMTiles version 3 archives of gzipped vector
// tiles: one file from which any static host can serve a pyramid by ranges.
//
// An archive is a header of 127 bytes, a root directory that ends within the
// first 16,384 bytes, JSON metadata, leaf directories where the root alone would
// be too long, and the tiles. A tile's id is its place along the Hilbert curve of
// its zoom, after all tiles of the zooms above; the archives written here are
// clustered: tiles lie in the order of their ids, and equal ones are kept once.
//
// Writing takes hours for a large pyramid, so that it can be interrupted: tiles
// are collected in a folder NAME.partial beside the archive, whose log says what
// is safely there, and the archive appears under its name only when it is whole.
//
// Source: https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
package pmtiles
