package cql2

import (
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// appendText appends the text of an expression in normal form.
func appendText(dst []byte, e *expr) []byte {
	switch e.op {
	case opConst:
		if e.not {
			return append(dst, "FALSE"...)
		}
		return append(dst, "TRUE"...)
	case opAnd, opOr:
		return appendTerms(dst, e)
	case opIntersects:
		if e.not {
			dst = append(dst, "NOT "...)
		}
		dst = appendName(append(dst, "S_INTERSECTS("...), e.prop.name)
		return append(append(append(dst, ','), e.area.text...), ')')
	}
	dst = appendName(dst, e.prop.name)
	switch e.op {
	case opCompare:
		dst = append(append(append(dst, ' '), relationText[e.relation]...), ' ')
		if e.other != nil {
			return appendName(dst, e.other.name)
		}
		return appendLiteral(dst, e.lit)
	case opIn:
		return appendList(dst, e)
	case opLike:
		if e.not {
			dst = append(dst, " NOT"...)
		}
		return appendPattern(append(dst, " LIKE "...), e.like)
	}
	if e.not {
		return append(dst, " IS NOT NULL"...)
	}
	return append(dst, " IS NULL"...)
}

func appendTerms(dst []byte, e *expr) []byte {
	word := " OR "
	if e.op == opAnd {
		word = " AND "
	}
	for i, k := range e.kids {
		if i > 0 {
			dst = append(dst, word...)
		}
		if e.op == opAnd && k.op == opOr {
			dst = append(appendText(append(dst, '('), k), ')')
			continue
		}
		dst = appendText(dst, k)
	}
	return dst
}

func appendList(dst []byte, e *expr) []byte {
	if len(e.list) == 1 {
		relation := " = "
		if e.not {
			relation = " <> "
		}
		return appendLiteral(append(dst, relation...), e.list[0])
	}
	if e.not {
		dst = append(dst, " NOT"...)
	}
	dst = append(dst, " IN ("...)
	for i, l := range e.list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendLiteral(dst, l)
	}
	return append(dst, ')')
}

// appendName appends a property name, in quotes where it needs them.
func appendName(dst []byte, name string) []byte {
	plain := !isKeyword(name)
	for i, r := range name {
		plain = plain && (nameStart(r) || i > 0 && namePart(r))
	}
	if plain {
		return append(dst, name...)
	}
	dst = append(dst, '"')
	dst = append(dst, strings.ReplaceAll(name, `"`, `""`)...)
	return append(dst, '"')
}

func appendLiteral(dst []byte, l literal) []byte {
	switch l.class {
	case classBool:
		if l.value.Bool() {
			return append(dst, "TRUE"...)
		}
		return append(dst, "FALSE"...)
	case classNumber:
		return l.value.AppendJSON(dst)
	case classDate:
		return append(append(append(dst, "DATE('"...), l.when.text()...), "')"...)
	case classTime:
		return append(append(append(dst, "TIMESTAMP('"...), l.when.text()...), "')"...)
	}
	dst = append(dst, '\'')
	for i := 0; i < len(l.value.Text()); i++ {
		dst = appendEscaped(dst, rune(l.value.Text()[i]), l.value.Text()[i:i+1])
	}
	return append(dst, '\'')
}

// appendEscaped appends a byte or character of a text literal.
func appendEscaped(dst []byte, r rune, as string) []byte {
	switch r {
	case '\'':
		return append(dst, "''"...)
	case '\\':
		return append(dst, `\\`...)
	}
	return append(dst, as...)
}

func appendPattern(dst []byte, p pattern) []byte {
	dst = append(dst, '\'')
	for _, r := range p {
		switch r {
		case anyRun:
			dst = append(dst, '%')
		case anyRune:
			dst = append(dst, '_')
		case '%', '_':
			dst = append(dst, '\\', byte(r))
		default:
			dst = appendEscaped(dst, r, string(utf8.AppendRune(nil, r)))
		}
	}
	return append(dst, '\'')
}

// wkt appends a geometry.
func wkt(dst []byte, g orb.Geometry) []byte {
	switch g := g.(type) {
	case orb.Point:
		return append(appendPosition(append(dst, "POINT("...), g), ')')
	case orb.LineString:
		return appendPositions(append(dst, "LINESTRING"...), g)
	case orb.Polygon:
		return appendParts(append(dst, "POLYGON"...), g, appendRing)
	case orb.MultiPoint:
		return appendPositions(append(dst, "MULTIPOINT"...), g)
	case orb.MultiLineString:
		return appendParts(append(dst, "MULTILINESTRING"...), g, appendLine)
	case orb.MultiPolygon:
		return appendParts(append(dst, "MULTIPOLYGON"...), g, func(dst []byte, p orb.Polygon) []byte {
			return appendParts(dst, p, appendRing)
		})
	case orb.Collection:
		return appendParts(append(dst, "GEOMETRYCOLLECTION"...), g, wkt)
	}
	return dst
}

func appendRing(dst []byte, r orb.Ring) []byte       { return appendPositions(dst, r) }
func appendLine(dst []byte, l orb.LineString) []byte { return appendPositions(dst, l) }

func appendPositions[P ~[]orb.Point](dst []byte, ps P) []byte {
	return appendParts(dst, ps, appendPosition)
}

func appendPosition(dst []byte, p orb.Point) []byte {
	return appendNumber(append(appendNumber(dst, p[0]), ' '), p[1])
}

func appendNumber(dst []byte, f float64) []byte {
	return feature.AppendFloat(dst, f+0) // -0 becomes 0
}

func appendParts[T any](dst []byte, parts []T, one func([]byte, T) []byte) []byte {
	dst = append(dst, '(')
	for i, p := range parts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = one(dst, p)
	}
	return append(dst, ')')
}
