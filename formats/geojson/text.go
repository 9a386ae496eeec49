package geojson

import (
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	errNotUTF8   = errors.New("text that is not UTF-8 (GBK?): convert the file to UTF-8")
	errSurrogate = errors.New(`text with half a surrogate pair (\uD800 to \uDFFF alone), which is no character`)
)

// text steps over the string that begins at pos and returns its characters,
// valid until the scanner moves on. The reason is not nil when the string is
// JSON but no text.
func (s *scanner) text() (chars []byte, reason, err error) {
	from, own := s.hold()
	escaped, err := s.skipString()
	s.release(own)
	if err != nil {
		return nil, nil, err
	}
	chars = s.held(from)
	chars = chars[1 : len(chars)-1]
	if !utf8.Valid(chars) {
		return chars, errNotUTF8, nil
	}
	if escaped {
		chars, reason = unescape(chars)
	}
	return chars, reason, nil
}

// unescape returns the characters of a checked JSON string in new memory.
func unescape(raw []byte) ([]byte, error) {
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			out = append(out, raw[i])
			continue
		}
		i++
		switch raw[i] {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r := hex4(raw[i+1:])
			i += 4
			if utf16.IsSurrogate(r) {
				if i+6 >= len(raw) || raw[i+1] != '\\' || raw[i+2] != 'u' {
					return raw, errSurrogate
				}
				if r = utf16.DecodeRune(r, hex4(raw[i+3:])); r == utf8.RuneError {
					return raw, errSurrogate
				}
				i += 6
			}
			out = utf8.AppendRune(out, r)
		default: // " \ /
			out = append(out, raw[i])
		}
	}
	return out, nil
}

func hex4(b []byte) (r rune) {
	for _, c := range b[:4] {
		v, _ := hexValue(c)
		r = r<<4 | rune(v)
	}
	return r
}

func hexValue(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
