package geojson

import (
	"strconv"

	"github.com/paulmach/orb"
)

// powersOfTen are exact in float64 (they would be up to 1e22).
var powersOfTen = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10,
	1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17}

// fastFloat reads a plain decimal number at the start of b whose digits, taken
// as an integer, are below 2⁵³ and that has at most 17 decimals: then the
// integer and the power of ten are exact, and their quotient is the correctly
// rounded value (Clinger 1990), which is what strconv.ParseFloat returns. n is
// the length read. ok is false for any other number, for what is not JSON and
// when b ends before it is clear where the number does.
func fastFloat(b []byte) (f float64, n int, ok bool) {
	i := 0
	negative := len(b) > 0 && b[0] == '-'
	if negative {
		i = 1
	}
	var m uint64
	first := i
	for i < len(b) && b[i]-'0' <= 9 {
		m = m*10 + uint64(b[i]-'0')
		i++
	}
	whole := i - first
	if whole == 0 || whole > 18 || whole > 1 && b[first] == '0' {
		return 0, 0, false
	}
	decimals := 0
	if i < len(b) && b[i] == '.' {
		i++
		from := i
		for i < len(b) && b[i]-'0' <= 9 {
			m = m*10 + uint64(b[i]-'0')
			i++
		}
		decimals = i - from
		if decimals == 0 || whole+decimals > 18 {
			return 0, 0, false
		}
	}
	if i == len(b) || m >= 1<<53 {
		return 0, 0, false
	}
	switch b[i] {
	case ',', ']', ' ', '\n', '\r', '\t':
	default:
		return 0, 0, false
	}
	f = float64(m) / powersOfTen[decimals]
	if negative {
		f = -f
	}
	return f, i, true
}

// float steps over the number at pos and returns its value, as
// strconv.ParseFloat has it; ok is false when it is beyond float64.
func (s *scanner) float() (f float64, ok bool, err error) {
	if f, n, ok := fastFloat(s.buf[s.pos:s.end]); ok {
		s.pos += n
		return f, true, nil
	}
	text, finite, err := s.numberToken()
	if err != nil || !finite {
		return 0, false, err
	}
	f, rangeErr := strconv.ParseFloat(string(text), 64)
	return f, rangeErr == nil, nil
}

// fastPosition reads "[x, y]" at the start of b when both are fastFloats. n is
// the length read.
func fastPosition(b []byte) (pt orb.Point, n int, ok bool) {
	if len(b) == 0 || b[0] != '[' {
		return pt, 0, false
	}
	i := spaces(b, 1)
	x, n, ok := fastFloat(b[i:])
	if !ok {
		return pt, 0, false
	}
	i = spaces(b, i+n)
	if i == len(b) || b[i] != ',' {
		return pt, 0, false
	}
	i = spaces(b, i+1)
	y, n, ok := fastFloat(b[i:])
	if !ok {
		return pt, 0, false
	}
	i = spaces(b, i+n)
	if i == len(b) || b[i] != ']' {
		return pt, 0, false
	}
	return orb.Point{x, y}, i + 1, true
}

func spaces(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}
