package geojson

import (
	"bytes"
	"fmt"
	"io"
)

const firstBuffer = 64 << 10

// scanner walks JSON text in a window over a reader, or in a slice (r nil).
// The window moves on as it is read; from a mark on it is kept and grows.
type scanner struct {
	r        io.Reader
	buf      []byte // the window is buf[:end]
	pos, end int
	base     int64 // offset of buf[0] in the input
	mark     int   // index in buf of the first byte to keep; -1: none
	err      error // what ended the input: io.EOF, a read error, a LimitError

	lines     int   // line feeds before buf[0]
	lineStart int64 // offset of the line that buf[0] is on

	depth     int // containers open at pos
	maxDepth  int
	rowStart  int64 // offset of the row whose length is limited; -1: none
	maxRow    int64
	nonFinite int // NaN and Infinity tokens met so far
}

func (s *scanner) offset() int64 { return s.base + int64(s.pos) }

// more makes the window longer and reports whether it could. It moves the
// window: indexes into buf change, offsets don't.
func (s *scanner) more() bool {
	if s.r == nil || s.err != nil {
		return false
	}
	s.discard()
	if s.rowStart >= 0 && s.base+int64(s.end)-s.rowStart > s.maxRow {
		s.err = &LimitError{What: LimitBytes, Limit: s.maxRow, Offset: s.rowStart}
		return false
	}
	if s.end == len(s.buf) {
		longer := make([]byte, max(firstBuffer, 2*len(s.buf)))
		copy(longer, s.buf[:s.end])
		s.buf = longer
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			s.err = err
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// discard drops what stands before the mark, or before pos.
func (s *scanner) discard() {
	keep := s.pos
	if s.mark >= 0 {
		keep = s.mark
	}
	if keep == 0 {
		return
	}
	gone := s.buf[:keep]
	if n := bytes.Count(gone, newline); n > 0 {
		s.lines += n
		s.lineStart = s.base + int64(bytes.LastIndexByte(gone, '\n')) + 1
	}
	copy(s.buf, s.buf[keep:s.end])
	s.end -= keep
	s.pos -= keep
	s.base += int64(keep)
	if s.mark >= 0 {
		s.mark = 0
	}
}

var newline = []byte{'\n'}

// hold keeps the window from pos on and returns the offset of pos, for held;
// own says that this call set the mark, so that release may lift it.
func (s *scanner) hold() (from int64, own bool) {
	if s.mark < 0 {
		s.mark = s.pos
		own = true
	}
	return s.offset(), own
}

// held returns the bytes from an offset that hold gave up to pos. They are
// valid until the scanner moves on.
func (s *scanner) held(from int64) []byte { return s.buf[from-s.base : s.pos] }

func (s *scanner) release(own bool) {
	if own {
		s.mark = -1
	}
}

// copyHeld returns held bytes that stay valid.
func (s *scanner) copyHeld(from int64) []byte {
	if s.r == nil {
		return s.held(from)
	}
	return bytes.Clone(s.held(from))
}

// peek skips white space and returns the next byte, 0 at the end of the input.
func (s *scanner) peek() byte {
	for {
		for s.pos < s.end {
			switch c := s.buf[s.pos]; c {
			case ' ', '\n', '\r', '\t':
				s.pos++
			default:
				return c
			}
		}
		if !s.more() {
			return 0
		}
	}
}

// here returns the offset of the next value.
func (s *scanner) here() int64 {
	s.peek()
	return s.offset()
}

// byteHere returns the byte at pos without skipping white space, 0 at the end.
func (s *scanner) byteHere() byte {
	if s.pos == s.end && !s.more() {
		return 0
	}
	return s.buf[s.pos]
}

func (s *scanner) atEnd() bool { return s.pos == s.end }

// syntax returns the error for what stands at pos: a read error or a limit if
// that ended the input, else a SyntaxError; want says what should stand here.
func (s *scanner) syntax(want string) error {
	if s.atEnd() {
		if limit, ok := s.err.(*LimitError); ok {
			return limit
		}
		if s.err != nil && s.err != io.EOF {
			return fmt.Errorf("read after byte %d: %w", s.offset(), s.err)
		}
		return s.syntaxError("the text ends here; expected " + want)
	}
	return s.syntaxError(fmt.Sprintf("found %s; expected %s", quote(s.buf[s.pos:s.pos+1]), want))
}

func (s *scanner) syntaxError(reason string) error {
	seen := s.buf[:s.pos]
	line, start := s.lines, s.lineStart
	if n := bytes.Count(seen, newline); n > 0 {
		line += n
		start = s.base + int64(bytes.LastIndexByte(seen, '\n')) + 1
	}
	return &SyntaxError{Offset: s.offset(), Line: line + 1, Column: int(s.offset()-start) + 1, Reason: reason}
}

// begin looks at the first bytes: it steps over a UTF-8 byte order mark
// (reported by bom) and names input that cannot be JSON text.
func (s *scanner) begin() (bom bool, err error) {
	for s.end < 4 && s.more() {
	}
	head := s.buf[:s.end]
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		s.pos = 3
		bom = true
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")),
		len(head) >= 2 && (head[0] == 0) != (head[1] == 0):
		return false, s.syntaxError("the text is UTF-16 or UTF-32; GeoJSON is UTF-8: convert it")
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return false, s.syntaxError("the input is gzip-compressed")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return false, s.syntaxError("the input is a zip archive")
	}
	if c := s.peek(); c == 0 && s.atEnd() && (s.err == nil || s.err == io.EOF) {
		return bom, s.syntaxError("the input is empty")
	} else if c == '<' {
		return bom, s.syntaxError("the input begins with '<': it is HTML or XML, not JSON")
	}
	return bom, nil
}

// trailing checks that only white space is left.
func (s *scanner) trailing() error {
	c := s.peek()
	switch {
	case !s.atEnd() && c == '{':
		return s.syntaxError("a second object follows the first: a sequence of objects, one a line, is GeoJSONL (.geojsonl, .geojsons)")
	case !s.atEnd():
		return s.syntaxError("text follows the end of the object: " + quote(s.buf[s.pos:s.pos+1]))
	case s.r != nil && s.err != io.EOF:
		return s.syntax("the end")
	}
	return nil
}
