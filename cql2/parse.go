package cql2

import (
	"strings"
	"unicode/utf8"
)

// Parse reads CQL2 text. The error is an *Error.
func Parse(text string) (*Filter, error) {
	if len(text) > MaxBytes {
		return nil, &Error{Reason: "it is longer than 256 KiB"}
	}
	if i := invalidUTF8(text); i >= 0 {
		return nil, place{offset: i}.bad(text, "the text is not UTF-8 here")
	}
	p := &parser{builder: builder{source: text}, lex: lexer{text: text}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind == tokEnd {
		return nil, &Error{Reason: "it is empty"}
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokEnd {
		return nil, p.unexpected("AND, OR or the end")
	}
	return newFilter(text, e), nil
}

// invalidUTF8 returns the byte where a text stops being UTF-8, -1 if it is.
func invalidUTF8(s string) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// parser reads text by recursive descent, one token ahead.
type parser struct {
	builder
	lex   lexer
	tok   token
	depth int
}

func (p *parser) advance() (err error) {
	p.tok, err = p.lex.next()
	return err
}

// unexpected returns the error of a token in place of what was wanted.
func (p *parser) unexpected(wanted string) *Error {
	if p.tok.kind == tokSign && strings.Contains("+-*/^%", p.tok.text) || p.tok.is("div") {
		return p.tok.at.bad(p.source, "arithmetic (%s) is not supported", p.tok)
	}
	return p.tok.at.bad(p.source, "%s stands where %s is expected", p.tok, wanted)
}

// accept goes on if the token is a word or sign.
func (p *parser) accept(word string) (bool, error) {
	if !p.tok.is(word) {
		return false, nil
	}
	return true, p.advance()
}

// expect goes on if the token is a word or sign, and fails if it is not.
func (p *parser) expect(word string) error {
	if !p.tok.is(word) {
		return p.unexpected(word)
	}
	return p.advance()
}

// deeper enters one more level; the caller counts it down.
func (p *parser) deeper() error {
	if p.depth++; p.depth > MaxDepth {
		return p.tok.at.bad(p.source, "it is nested deeper than %d levels", MaxDepth)
	}
	return nil
}

func (p *parser) or() (*expr, error) { return p.chain("OR", opOr, p.and) }

func (p *parser) and() (*expr, error) { return p.chain("AND", opAnd, p.not) }

// chain reads terms with a word between.
func (p *parser) chain(word string, o op, term func() (*expr, error)) (*expr, error) {
	first, err := term()
	if err != nil || !p.tok.is(word) {
		return first, err
	}
	e := &expr{op: o, kids: []*expr{first}}
	for p.tok.is(word) {
		if err := p.advance(); err != nil {
			return nil, err
		}
		k, err := term()
		if err != nil {
			return nil, err
		}
		e.kids = append(e.kids, k)
	}
	return e, nil
}

func (p *parser) not() (*expr, error) {
	if !p.tok.is("NOT") {
		return p.primary()
	}
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	if err := p.advance(); err != nil {
		return nil, err
	}
	k, err := p.not()
	if err != nil {
		return nil, err
	}
	return &expr{op: opNot, kids: []*expr{k}}, nil
}

func (p *parser) primary() (*expr, error) {
	switch {
	case p.tok.is("("):
		return p.parenthesised()
	case p.tok.is("S_INTERSECTS"):
		return p.intersects()
	}
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	return p.condition(left)
}

func (p *parser) parenthesised() (*expr, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	if err := p.advance(); err != nil {
		return nil, err
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	return e, p.expect(")")
}

// condition reads what follows the first operand.
func (p *parser) condition(left operand) (*expr, error) {
	if p.tok.kind == tokSign {
		for r, text := range relationText {
			if p.tok.text != text {
				continue
			}
			if err := p.advance(); err != nil {
				return nil, err
			}
			right, err := p.operand()
			if err != nil {
				return nil, err
			}
			return p.compare(left, relation(r), right)
		}
	}
	if !left.isProperty && left.lit.class == classBool {
		return p.constant(left.lit)
	}
	if p.tok.is("IS") {
		return p.isNull(left)
	}
	not, err := p.accept("NOT")
	if err != nil {
		return nil, err
	}
	var e *expr
	switch {
	case p.tok.is("LIKE"):
		e, err = p.likeClause(left)
	case p.tok.is("IN"):
		e, err = p.inClause(left)
	case p.tok.is("BETWEEN"):
		e, err = p.betweenClause(left)
	default:
		return nil, p.unexpected("a comparison, LIKE, IN, BETWEEN or IS NULL")
	}
	if not && err == nil {
		e = &expr{op: opNot, kids: []*expr{e}}
	}
	return e, err
}

func (p *parser) isNull(left operand) (*expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	not, err := p.accept("NOT")
	if err != nil {
		return nil, err
	}
	if err := p.expect("NULL"); err != nil {
		return nil, err
	}
	e, err := p.null(left)
	if not && err == nil {
		e = &expr{op: opNot, kids: []*expr{e}}
	}
	return e, err
}

func (p *parser) likeClause(left operand) (*expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind != tokString {
		return nil, p.unexpected("a pattern in single quotes")
	}
	e, err := p.isLike(left, unescapePattern(p.tok.text))
	if err != nil {
		return nil, err
	}
	return e, p.advance()
}

func (p *parser) inClause(left operand) (*expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var list []operand
	for {
		o, err := p.operand()
		if err != nil {
			return nil, err
		}
		if list = append(list, o); len(list) > MaxLiterals {
			return nil, p.tok.at.bad(p.source, "the list is longer than %d", MaxLiterals)
		}
		if more, err := p.accept(","); err != nil || !more {
			if err == nil {
				err = p.expect(")")
			}
			if err != nil {
				return nil, err
			}
			return p.in(left, list)
		}
	}
}

func (p *parser) betweenClause(left operand) (*expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	low, err := p.operand()
	if err != nil {
		return nil, err
	}
	if err := p.expect("AND"); err != nil {
		return nil, err
	}
	high, err := p.operand()
	if err != nil {
		return nil, err
	}
	return p.between(left, low, high)
}
