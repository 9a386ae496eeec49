// Package geojsonseq reads and writes sequences of GeoJSON objects: newline
// delimited (GeoJSONL, NDJSON: one object a line) and RFC 8142 (each object
// after a record separator, U+001E, so that it may run over lines). Which of
// the two a file is, its first byte tells.
//
// A record holds a Feature or a bare geometry. A record that cannot be taken,
// broken JSON included, costs that row only; blank ones are stepped over. One
// record is in memory at a time.
package geojsonseq
