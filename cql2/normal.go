package cql2

import (
	"bytes"
	"cmp"
	"slices"

	"tuban/feature"
)

// normalise returns the normal form of an expression or of its negation: NOT
// stands only before conditions that have no opposite, AND and OR alternate,
// their terms are in the order of their texts, without repetition; equalities of
// one property joined by OR (and inequalities joined by AND) are one list. All of
// that holds in three-valued logic too.
func normalise(e *expr, negate bool) *expr {
	switch e.op {
	case opNot:
		return normalise(e.kids[0], !negate)
	case opAnd, opOr:
		return normaliseTerms(e, negate)
	case opCompare:
		return normaliseCompare(e, negate)
	case opIn:
		return newList(e.prop, e.list, e.not != negate)
	}
	n := *e
	n.not = e.not != negate
	if text, ok := e.like.plain(); ok && e.op == opLike {
		return newList(e.prop, []literal{{class: classText, value: feature.TextValue(text)}}, n.not)
	}
	return &n
}

func normaliseCompare(e *expr, negate bool) *expr {
	n := *e
	if negate {
		n.relation = n.relation.negated()
	}
	switch {
	case n.other != nil && (n.other.name < n.prop.name || n.other.name == n.prop.name && n.relation >= greater):
		left := n.prop
		n.prop, n.other = *n.other, &left
		n.relation = n.relation.flipped()
	case n.other == nil && (n.relation == equal || n.relation == unequal):
		return newList(n.prop, []literal{n.lit}, n.relation == unequal)
	}
	return &n
}

// newList returns the normal form of IN: sorted, no literal twice. One of a
// single literal is written as a comparison.
func newList(p property, list []literal, not bool) *expr {
	list = slices.Clone(list)
	slices.SortFunc(list, compareLiterals)
	list = slices.CompactFunc(list, func(a, b literal) bool { return compareLiterals(a, b) == 0 })
	return &expr{op: opIn, not: not, at: p.at, prop: p, list: list}
}

// compareLiterals orders literals by class and then by value.
func compareLiterals(a, b literal) int {
	if c := cmp.Compare(a.class, b.class); c != 0 {
		return c
	}
	switch a.class {
	case classDate, classTime:
		return compareInstants(a.when, b.when)
	}
	c, _ := compareValues(a.value, b.value)
	return c
}

func normaliseTerms(e *expr, negate bool) *expr {
	o := e.op
	if negate {
		o = opAnd + opOr - o
	}
	terms := gather(nil, o, e.kids, negate)
	kept, absorbed := make([]*expr, 0, len(terms)), false
	for _, t := range terms {
		if t.op != opConst {
			kept = append(kept, t)
		} else if t.not == (o == opAnd) { // FALSE AND …, TRUE OR …
			absorbed = true
		}
	}
	if absorbed {
		return &expr{op: opConst, not: o == opAnd}
	}
	kept = sorted(joinLists(kept, o))
	switch len(kept) {
	case 0:
		return &expr{op: opConst, not: o == opOr}
	case 1:
		return kept[0]
	}
	return &expr{op: o, kids: kept}
}

// gather appends the normal terms of an AND or OR, those of inner ones of the
// same kind among them.
func gather(dst []*expr, o op, kids []*expr, negate bool) []*expr {
	for _, k := range kids {
		if n := normalise(k, negate); n.op == o {
			dst = append(dst, n.kids...)
		} else {
			dst = append(dst, n)
		}
	}
	return dst
}

// joinLists makes one list of those of the same property: IN joined by OR, NOT
// IN joined by AND.
func joinLists(terms []*expr, o op) []*expr {
	first := map[string]int{}
	out := terms[:0]
	joined := map[int][]literal{}
	for _, t := range terms {
		if t.op != opIn || t.not != (o == opAnd) {
			out = append(out, t)
			continue
		}
		i, ok := first[t.prop.name]
		if !ok {
			first[t.prop.name] = len(out)
			out = append(out, t)
			continue
		}
		if joined[i] == nil {
			joined[i] = slices.Clone(out[i].list)
		}
		joined[i] = append(joined[i], t.list...)
	}
	for i, list := range joined {
		out[i] = newList(out[i].prop, list, out[i].not)
	}
	return out
}

// sorted returns terms by their texts, without repetition.
func sorted(terms []*expr) []*expr {
	type texted struct {
		text []byte
		term *expr
	}
	all := make([]texted, len(terms))
	for i, t := range terms {
		all[i] = texted{appendText(nil, t), t}
	}
	slices.SortFunc(all, func(a, b texted) int { return bytes.Compare(a.text, b.text) })
	all = slices.CompactFunc(all, func(a, b texted) bool { return bytes.Equal(a.text, b.text) })
	out := terms[:0]
	for _, t := range all {
		out = append(out, t.term)
	}
	return out
}
