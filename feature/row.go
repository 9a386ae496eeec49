package feature

import "fmt"

// Row is one record of a file as a format reader gives it: the feature in the
// file's own coordinates, and the record's place (counted from 1).
type Row struct {
	Row     int64
	Feature Feature
}

// Schema is what a file says of itself before its first row. CRS is the file's
// own words for its coordinate system ("" when it says nothing): "EPSG:4490",
// an OGC URN or URI, or the WKT of a .prj. Count is -1 when unknown.
type Schema struct {
	Layer    string  // the layer's name inside the file, if it has one
	Fields   []Field // in file order; empty for formats that have none
	CRS      string
	Count    int64
	Encoding string   // of attribute text, as decided: "utf-8", "gbk", …
	Notes    []string // what the reader decided or found odd, for the user
}

// RowError is one row that a reader could not give: the rest of the file can
// still be read. Ring and Vertex count from 0 and are -1 where they don't apply.
type RowError struct {
	Row    int64
	Ring   int
	Vertex int
	Err    error
}

// NewRowError returns a RowError without ring and vertex.
func NewRowError(row int64, format string, args ...any) *RowError {
	return &RowError{Row: row, Ring: -1, Vertex: -1, Err: fmt.Errorf(format, args...)}
}

// Error returns "row R, ring N, vertex M: reason".
func (e *RowError) Error() string {
	s := fmt.Sprintf("row %d", e.Row)
	if e.Ring >= 0 {
		s += fmt.Sprintf(", ring %d", e.Ring)
	}
	if e.Vertex >= 0 {
		s += fmt.Sprintf(", vertex %d", e.Vertex)
	}
	return s + ": " + e.Err.Error()
}

// Unwrap returns the reason.
func (e *RowError) Unwrap() error { return e.Err }
