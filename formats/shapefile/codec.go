package shapefile

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// textState says how a text decoded.
type textState int

const (
	textGood textState = iota
	textCut            // the column ended inside a character
	textInvalid
)

// codec decodes the texts of a .dbf. It is not safe for concurrent use.
type codec struct {
	name string
	dec  *encoding.Decoder // nil for UTF-8
	wide bool              // two bytes a character even for ASCII
}

// cell decodes the bytes of a text column, without the padding at its end.
func (c *codec) cell(b []byte) (string, textState) {
	if c.wide {
		s, state := c.decode(b[:len(b)&^1], false)
		return strings.TrimRight(s, " \x00"), state
	}
	text := trimPadding(b)
	return c.decode(text, len(text) == len(b))
}

// trimPadding drops trailing blanks, and a NUL with what follows it: some
// writers end texts with a NUL and leave old bytes behind.
func trimPadding(b []byte) []byte {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return bytes.TrimRight(b, " ")
}

// fieldName decodes a column name: up to 10 (sometimes 11) bytes, ended by NUL,
// often cut inside a character.
func (c *codec) fieldName(raw []byte) string {
	if c.wide {
		s, _ := c.decode(raw[:10], false)
		return strings.Trim(s, " \x00\ufeff\ufffd")
	}
	if i := bytes.IndexByte(raw, 0); i >= 0 {
		raw = raw[:i]
	}
	s, _ := c.decode(raw, true)
	return strings.TrimSpace(s)
}

// decode decodes b. Where full says that the text fills its column, a broken
// character at the end is taken as cut by the writer and left out.
func (c *codec) decode(b []byte, full bool) (string, textState) {
	if ascii(b) && !c.wide {
		return string(b), textGood
	}
	if c.dec == nil {
		return decodeUTF8(b, full)
	}
	s, bad := c.try(b)
	if !bad {
		return s, textGood
	}
	for cut := 1; full && cut <= 3 && cut < len(b); cut++ {
		if s, bad := c.try(b[:len(b)-cut]); !bad {
			return strings.TrimRight(s, " "), textCut
		}
	}
	return s, textInvalid
}

func (c *codec) try(b []byte) (s string, bad bool) {
	c.dec.Reset()
	out, err := c.dec.Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(out), "\uFFFD"), true
	}
	return string(out), bytes.Contains(out, []byte("\uFFFD"))
}

func decodeUTF8(b []byte, full bool) (string, textState) {
	if utf8.Valid(b) {
		return string(b), textGood
	}
	if full {
		if head := cutRune(b); utf8.Valid(head) {
			return strings.TrimRight(string(head), " "), textCut
		}
	}
	return strings.ToValidUTF8(string(b), "\uFFFD"), textInvalid
}

// cutRune returns b without an incomplete UTF-8 character at its end.
func cutRune(b []byte) []byte {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return b[:i]
			}
			break
		}
	}
	return b
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}
