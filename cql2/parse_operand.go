package cql2

import (
	"strings"

	"tuban/feature"
)

// refused names what the standard has and this package has not.
var refused = map[string]string{
	"CASEI": "CASEI", "ACCENTI": "ACCENTI", "INTERVAL": "intervals",
}

// operand reads a property or a scalar literal.
func (p *parser) operand() (operand, error) {
	t := p.tok
	switch t.kind {
	case tokString:
		return p.literal(literal{class: classText, value: feature.StringValue(unescape(t.text)), at: t.at})
	case tokQuoted:
		return p.property(t)
	case tokNumber:
		return p.number("")
	case tokName:
		return p.word()
	}
	if t.is("+") || t.is("-") {
		if err := p.advance(); err != nil {
			return operand{}, err
		}
		if p.tok.kind == tokNumber {
			return p.number(t.text)
		}
	}
	return operand{}, p.unexpected("a property or a literal")
}

func (p *parser) literal(l literal) (operand, error) {
	return operand{lit: l}, p.advance()
}

func (p *parser) number(sign string) (operand, error) {
	v, ok := numberValue(sign + p.tok.text)
	if !ok {
		return operand{}, p.tok.at.bad(p.source, "%s is beyond the range of numbers", p.tok)
	}
	return p.literal(literal{class: classNumber, value: v, at: p.tok.at})
}

func (p *parser) property(t token) (operand, error) {
	return operand{isProperty: true, prop: property{t.text, t.at}}, p.advance()
}

// word reads what begins with a word: a boolean, a date or time, a property.
func (p *parser) word() (operand, error) {
	t := p.tok
	switch {
	case t.is("TRUE"), t.is("FALSE"):
		return p.literal(literal{class: classBool, value: feature.BoolValue(t.is("TRUE")), at: t.at})
	case isKeyword(t.text) && !t.is("DATE") && !t.is("TIMESTAMP"):
		if what, ok := refused[strings.ToUpper(t.text)]; ok {
			return operand{}, t.at.bad(p.source, "%s is not supported", what)
		}
		if isRelation(t.text) {
			return operand{}, t.at.bad(p.source, "%s is not supported; S_INTERSECTS is", strings.ToUpper(t.text))
		}
		return operand{}, p.unexpected("a property or a literal (a property of that name is written in double quotes)")
	}
	if err := p.advance(); err != nil {
		return operand{}, err
	}
	if !p.tok.is("(") {
		return operand{isProperty: true, prop: property{t.text, t.at}}, nil
	}
	if !t.is("DATE") && !t.is("TIMESTAMP") {
		return operand{}, t.at.bad(p.source, "functions are not supported: %s", t)
	}
	if err := p.advance(); err != nil {
		return operand{}, err
	}
	if p.tok.kind != tokString {
		return operand{}, p.unexpected("a date or time in single quotes")
	}
	l, reason := instantLiteral(unescape(p.tok.text), t.is("DATE"))
	if l.at = t.at; reason != "" {
		return operand{}, p.tok.at.bad(p.source, "%s", reason)
	}
	if err := p.advance(); err != nil {
		return operand{}, err
	}
	return operand{lit: l}, p.expect(")")
}

func instantLiteral(text string, isDate bool) (l literal, reason string) {
	l.class = classTime
	if isDate {
		l.class = classDate
	}
	l.when, reason = newInstant(text, isDate)
	return l, reason
}

// isRelation tells whether a word is one of the standard's spatial, temporal or
// array relations.
func isRelation(word string) bool {
	return len(word) > 2 && word[1] == '_' && strings.ContainsAny(word[:1], "SsTtAa") && isKeyword(word)
}

// isKeyword tells whether a word cannot stand as a name without quotes.
func isKeyword(word string) bool {
	switch strings.ToUpper(word) {
	case "AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "TRUE", "FALSE", "DIV",
		"DATE", "TIMESTAMP", "INTERVAL", "CASEI", "ACCENTI", "BBOX",
		"POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION",
		"S_INTERSECTS", "S_EQUALS", "S_DISJOINT", "S_TOUCHES", "S_WITHIN", "S_OVERLAPS", "S_CROSSES", "S_CONTAINS",
		"T_AFTER", "T_BEFORE", "T_CONTAINS", "T_DISJOINT", "T_DURING", "T_EQUALS", "T_FINISHEDBY", "T_FINISHES",
		"T_INTERSECTS", "T_MEETS", "T_METBY", "T_OVERLAPPEDBY", "T_OVERLAPS", "T_STARTEDBY", "T_STARTS",
		"A_EQUALS", "A_CONTAINS", "A_CONTAINEDBY", "A_OVERLAPS":
		return true
	}
	return false
}
