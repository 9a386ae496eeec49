package cql2

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a token is.
type kind uint8

const (
	tokEnd    kind = iota
	tokName        // a word; keywords are words too
	tokQuoted      // a name in double quotes
	tokString      // the raw characters between single quotes
	tokNumber
	tokSign // a punctuation mark or operator
)

type token struct {
	kind kind
	text string
	at   place
}

// is tells whether the token is a keyword, in any case, or a sign.
func (t token) is(word string) bool {
	return t.kind == tokSign && t.text == word || t.kind == tokName && strings.EqualFold(t.text, word)
}

// String shows the token in a message.
func (t token) String() string {
	switch t.kind {
	case tokEnd:
		return "the end"
	case tokString:
		return "'" + short(t.text) + "'"
	case tokQuoted:
		return `"` + short(t.text) + `"`
	}
	return short(t.text)
}

// lexer splits a filter's text.
type lexer struct {
	text string
	at   int
}

// next returns the next token.
func (l *lexer) next() (token, error) {
	l.skipSpace()
	start := place{offset: l.at}
	if l.at == len(l.text) {
		return token{kind: tokEnd, at: start}, nil
	}
	rest := l.text[l.at:]
	switch c := rest[0]; {
	case c == '\'':
		return l.quoted(start)
	case c == '"':
		return l.name(start)
	case '0' <= c && c <= '9', c == '.' && len(rest) > 1 && '0' <= rest[1] && rest[1] <= '9':
		return l.take(tokNumber, start, numberLength(rest)), nil
	case strings.HasPrefix(rest, "<>"), strings.HasPrefix(rest, "<="), strings.HasPrefix(rest, ">="):
		return l.take(tokSign, start, 2), nil
	case strings.IndexByte("()<>=,+-*/^%", c) >= 0:
		return l.take(tokSign, start, 1), nil
	}
	n := 0
	for n < len(rest) {
		r, size := utf8.DecodeRuneInString(rest[n:])
		if !(nameStart(r) || n > 0 && namePart(r)) {
			break
		}
		n += size
	}
	if n == 0 {
		r, _ := utf8.DecodeRuneInString(rest)
		return token{}, start.bad(l.text, "the character %q cannot stand here", r)
	}
	return l.take(tokName, start, n), nil
}

func (l *lexer) take(k kind, at place, n int) token {
	l.at += n
	return token{k, l.text[l.at-n : l.at], at}
}

func (l *lexer) skipSpace() {
	for l.at < len(l.text) {
		r, n := utf8.DecodeRuneInString(l.text[l.at:])
		if !unicode.IsSpace(r) {
			return
		}
		l.at += n
	}
}

// quoted reads a text literal and returns what is between its quotes.
func (l *lexer) quoted(start place) (token, error) {
	for i := l.at + 1; i < len(l.text); i++ {
		switch l.text[i] {
		case '\\':
			i++
		case '\'':
			if i+1 < len(l.text) && l.text[i+1] == '\'' {
				i++
				continue
			}
			t := token{tokString, l.text[l.at+1 : i], start}
			l.at = i + 1
			return t, nil
		}
	}
	return token{}, start.bad(l.text, `the text has no closing quote (in it, write '' for a quote and \\ for a backslash)`)
}

// name reads a name in double quotes; "" in it is one.
func (l *lexer) name(start place) (token, error) {
	for i := l.at + 1; i < len(l.text); i++ {
		if l.text[i] != '"' {
			continue
		}
		if i+1 < len(l.text) && l.text[i+1] == '"' {
			i++
			continue
		}
		t := token{tokQuoted, strings.ReplaceAll(l.text[l.at+1:i], `""`, `"`), start}
		l.at = i + 1
		if t.text == "" {
			return t, start.bad(l.text, "the name is empty")
		}
		return t, nil
	}
	return token{}, start.bad(l.text, "the name has no closing quote")
}

// numberLength returns how many bytes of s are an unsigned number.
func numberLength(s string) int {
	i := 0
	run := func() {
		for i < len(s) && '0' <= s[i] && s[i] <= '9' {
			i++
		}
	}
	run()
	if i < len(s) && s[i] == '.' {
		i++
		run()
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		mark := i
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		digits := i
		if run(); i == digits {
			return mark
		}
	}
	return i
}

// nameStart tells whether a name may begin with r; the standard takes it from
// XML's names: colon, underscore and letters of all scripts.
func nameStart(r rune) bool {
	return r == ':' || r == '_' || r < utf8.RuneSelf && unicode.IsLetter(r) ||
		r >= 0xc0 && r <= 0x2ff && r != 0xd7 && r != 0xf7 || r >= 0x370 && r <= 0x1ffe && r != 0x37e ||
		r >= 0x200c && r <= 0x200d || r >= 0x2070 && r <= 0x218f || r >= 0x2c00 && r <= 0x2fef ||
		r >= 0x3001 && r <= 0xd7ff || r >= 0xf900 && r <= 0xfdcf || r >= 0xfdf0 && r < 0xfffd || r >= 0x10000 && r <= 0xeffff
}

// namePart tells whether a name may go on with r.
func namePart(r rune) bool {
	return nameStart(r) || r == '.' || '0' <= r && r <= '9' || r >= 0x300 && r <= 0x36f || r == 0x203f || r == 0x2040
}

// unescape returns the characters of a text literal.
func unescape(raw string) string {
	if strings.IndexByte(raw, '\'') < 0 && strings.IndexByte(raw, '\\') < 0 {
		return raw
	}
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == '\'' || c == '\\' && i+1 < len(raw) {
			i++
			if c = control(raw[i]); c == 0 {
				b.WriteByte('\\') // it escapes nothing
				c = raw[i]
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// control returns the character that a backslash and c stand for, 0 if none.
func control(c byte) byte {
	switch c {
	case '\'', '\\':
		return c
	case 'a':
		return '\a'
	case 'b':
		return '\b'
	case 't':
		return '\t'
	case 'n':
		return '\n'
	case 'v':
		return '\v'
	case 'f':
		return '\f'
	case 'r':
		return '\r'
	}
	return 0
}

// unescapePattern reads the raw characters of a pattern literal.
func unescapePattern(raw string) (p pattern) {
	for i := 0; i < len(raw); {
		r, n := utf8.DecodeRuneInString(raw[i:])
		i += n
		switch {
		case r == '%':
			p = p.add(anyRun)
		case r == '_':
			p = p.add(anyRune)
		case r == '\'' || r == '\\' && i < len(raw):
			e, n := utf8.DecodeRuneInString(raw[i:])
			i += n
			if c := rune(0); e < utf8.RuneSelf {
				if c = rune(control(byte(e))); c != 0 {
					e = c
				} else if e != '%' && e != '_' {
					p = p.add('\\')
				}
			} else {
				p = p.add('\\')
			}
			p = p.add(e)
		default:
			p = p.add(r)
		}
	}
	return p
}
