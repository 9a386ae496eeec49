package geojson

import (
	"fmt"
	"strings"
)

// SyntaxError is text that is not JSON. Offset counts bytes from 0; Line and
// Column count from 1, columns in bytes.
type SyntaxError struct {
	Offset int64
	Line   int
	Column int
	Reason string
}

// Error returns "not JSON at line L, column C (byte N): reason".
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not JSON at line %d, column %d (byte %d): %s", e.Line, e.Column, e.Offset, e.Reason)
}

// ValueError is JSON that is not the GeoJSON it should be. Path is a JSON
// pointer (RFC 6901) from the document's root; Part, Ring and Vertex count from
// 0 within the geometry and are -1 where they don't apply; Offset is the byte
// where the value stands.
type ValueError struct {
	Path   string
	Part   int
	Ring   int
	Vertex int
	Offset int64
	Reason string
}

// Error returns "reason, at /path (byte N)".
func (e *ValueError) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("%s (byte %d)", e.Reason, e.Offset)
	}
	return fmt.Sprintf("%s, at %s (byte %d)", e.Reason, e.Path, e.Offset)
}

// The things that a LimitError counts.
const (
	LimitDepth      = "levels of nesting"
	LimitVertices   = "vertices"
	LimitFeatures   = "features"
	LimitProperties = "properties in one feature"
	LimitBytes      = "bytes in one feature"
)

// LimitError is input beyond a limit: more than Limit of What. Offset is the
// byte where it was noticed.
type LimitError struct {
	What   string
	Limit  int64
	Offset int64
}

// Error returns "more than N of what (byte M)".
func (e *LimitError) Error() string {
	return fmt.Sprintf("more than %d %s (byte %d)", e.Limit, e.What, e.Offset)
}

// quote returns text for an error message: quoted, and cut when long.
func quote(text []byte) string {
	const most = 40
	if len(text) > most {
		return fmt.Sprintf("%q…", strings.ToValidUTF8(string(text[:most]), ""))
	}
	return fmt.Sprintf("%q", text)
}

// pointerEscape escapes a name for a JSON pointer.
var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")
