package cql2

import "unicode/utf8"

// pattern is the pattern of LIKE: characters, and two wildcards that no text
// holds.
type pattern []rune

const (
	anyRun  rune = -1 // %
	anyRune rune = -2 // _
)

// add appends a character or wildcard; runs of % are one.
func (p pattern) add(r rune) pattern {
	if r == anyRun && len(p) > 0 && p[len(p)-1] == anyRun {
		return p
	}
	return append(p, r)
}

// newPattern reads a pattern as it stands in JSON: % and _ are wildcards, the
// backslash takes the meaning from the character after it.
func newPattern(s string) (p pattern) {
	escaped := false
	for _, r := range s {
		switch {
		case escaped:
			if r != '%' && r != '_' && r != '\\' {
				p = p.add('\\')
			}
			p, escaped = p.add(r), false
		case r == '\\':
			escaped = true
		case r == '%':
			p = p.add(anyRun)
		case r == '_':
			p = p.add(anyRune)
		default:
			p = p.add(r)
		}
	}
	if escaped {
		p = p.add('\\')
	}
	return p
}

// plain returns the only text that matches, if there is only one.
func (p pattern) plain() (string, bool) {
	for _, r := range p {
		if r < 0 {
			return "", false
		}
	}
	return string(p), true
}

// match tells whether a text matches, in at most len(p)·len(s) steps: of
// several runs only the last need be tried again.
func (p pattern) match(s string) bool {
	i, at := 0, 0
	again, from := -1, 0 // the pattern after the last run, and where in s it was tried
	for at < len(s) {
		r, n := utf8.DecodeRuneInString(s[at:])
		switch {
		case i < len(p) && p[i] == anyRun:
			i++
			again, from = i, at
		case i < len(p) && (p[i] == r || p[i] == anyRune):
			i++
			at += n
		case again >= 0:
			_, n = utf8.DecodeRuneInString(s[from:])
			from += n
			i, at = again, from
		default:
			return false
		}
	}
	return i == len(p) || i == len(p)-1 && p[i] == anyRun
}
