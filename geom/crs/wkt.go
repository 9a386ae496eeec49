package crs

import (
	"errors"
	"strconv"
	"strings"
)

// node is an element of well-known text, KEYWORD[value, value, CHILD[…], …], in
// either version and with either bracket.
type node struct {
	key    string   // upper case
	values []string // strings without their quotes, numbers and bare words
	kids   []*node
}

// What a coordinate system's text may hold, at most: generous, but bounded.
const (
	maxWKTDepth = 24
	maxWKTNodes = 2000
)

var errNotWKT = errors.New("not well-known text")

// looksLikeWKT: a word, then a bracket.
func looksLikeWKT(text string) bool {
	i := strings.IndexFunc(text, func(r rune) bool { return !isWord(r) })
	if i <= 0 {
		return false
	}
	rest := strings.TrimSpace(text[i:])
	return strings.HasPrefix(rest, "[") || strings.HasPrefix(rest, "(")
}

func isWord(r rune) bool {
	return r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// parseWKT parses one element; what follows it is ignored.
func parseWKT(text string) (*node, error) {
	p := wktParser{text: text}
	n, err := p.element(0)
	if err != nil {
		return nil, err
	}
	return n, nil
}

type wktParser struct {
	text  string
	at    int
	nodes int
}

func (p *wktParser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// peek returns the next byte that isn't white space, 0 at the end.
func (p *wktParser) peek() byte {
	if p.space(); p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *wktParser) word() string {
	start := p.at
	for p.at < len(p.text) && strings.IndexByte(",[]()\" \t\r\n", p.text[p.at]) < 0 {
		p.at++
	}
	return p.text[start:p.at]
}

func (p *wktParser) element(depth int) (*node, error) {
	if p.nodes++; depth > maxWKTDepth || p.nodes > maxWKTNodes {
		return nil, errNotWKT
	}
	p.space()
	n := &node{key: strings.ToUpper(p.word())}
	if c := p.peek(); n.key == "" || c != '[' && c != '(' {
		return nil, errNotWKT
	}
	p.at++
	for {
		switch c := p.peek(); {
		case c == ']' || c == ')':
			p.at++
			return n, nil
		case c == ',':
			p.at++
		case c == '"':
			s, err := p.quoted()
			if err != nil {
				return nil, err
			}
			n.values = append(n.values, s)
		case c == 0 || c == '[' || c == '(':
			return nil, errNotWKT
		default:
			if err := p.wordOrElement(n, depth); err != nil {
				return nil, err
			}
		}
	}
}

// wordOrElement reads a number or word, or a child if a bracket follows it.
func (p *wktParser) wordOrElement(n *node, depth int) error {
	start := p.at
	word := p.word()
	if c := p.peek(); c != '[' && c != '(' {
		n.values = append(n.values, word)
		return nil
	}
	p.at = start
	kid, err := p.element(depth + 1)
	if err != nil {
		return err
	}
	n.kids = append(n.kids, kid)
	return nil
}

// quoted reads a string; a doubled quote stands for one.
func (p *wktParser) quoted() (string, error) {
	var s strings.Builder
	for p.at++; p.at < len(p.text); p.at++ {
		if p.text[p.at] != '"' {
			s.WriteByte(p.text[p.at])
			continue
		}
		if p.at+1 < len(p.text) && p.text[p.at+1] == '"' {
			s.WriteByte('"')
			p.at++
			continue
		}
		p.at++
		return s.String(), nil
	}
	return "", errNotWKT
}

// name returns the first value, "" for a nil node.
func (n *node) name() string {
	if n == nil || len(n.values) == 0 {
		return ""
	}
	return n.values[0]
}

// number returns a value as a number.
func (n *node) number(i int) (float64, bool) {
	if n == nil || i >= len(n.values) {
		return 0, false
	}
	v, err := strconv.ParseFloat(n.values[i], 64)
	return v, err == nil
}

// kid returns the first child with one of the keywords, nil if there is none.
func (n *node) kid(keys ...string) *node {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		for _, key := range keys {
			if k.key == key {
				return k
			}
		}
	}
	return nil
}

// epsg returns the code of the element's own AUTHORITY or ID, 0 if it has none.
func (n *node) epsg() int {
	id := n.kid("AUTHORITY", "ID")
	if id == nil || len(id.values) < 2 || !strings.EqualFold(id.values[0], "EPSG") {
		return 0
	}
	code, err := strconv.Atoi(id.values[1])
	if err != nil {
		return 0
	}
	return code
}
