package cql2

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The limits of a filter. What is larger is refused with an Error.
const (
	MaxBytes    = 256 << 10 // of text or JSON
	MaxTerms    = 1000      // conditions
	MaxLiterals = 10_000    // literals in lists, all together
	MaxVertices = 20_000    // of geometry, all together
	MaxDepth    = 64        // of parentheses, NOT and collections
)

// Error is what is wrong with a filter, and where.
type Error struct {
	Column  int    // of text, in characters from 1; 0 for JSON
	Pointer string // of JSON (RFC 6901)
	Reason  string
}

// Error names the place and the reason.
func (e *Error) Error() string {
	if e.Column > 0 {
		return fmt.Sprintf("column %d: %s", e.Column, e.Reason)
	}
	if e.Pointer != "" {
		return e.Pointer + ": " + e.Reason
	}
	return "the filter: " + e.Reason
}

// place is where something stands in a filter: a byte of its text, or a pointer
// into its JSON, whose root is "/".
type place struct {
	offset  int
	pointer string
}

// bad returns the error at a place of a filter's text.
func (p place) bad(text string, format string, args ...any) *Error {
	e := &Error{Pointer: strings.TrimSuffix(p.pointer, "/"), Reason: fmt.Sprintf(format, args...)}
	if p.pointer == "" {
		e.Column = utf8.RuneCountInString(text[:min(p.offset, len(text))]) + 1
	}
	return e
}

// short cuts a text for a message.
func short(s string) string {
	const most = 40
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
