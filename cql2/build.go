package cql2

import (
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
)

// builder makes expressions for both encodings and counts what they hold.
type builder struct {
	source   string // of text
	terms    int
	literals int
	vertices int
}

// term counts a condition.
func (b *builder) term(at place) error {
	if b.terms++; b.terms > MaxTerms {
		return at.bad(b.source, "it has more than %d conditions", MaxTerms)
	}
	return nil
}

// fold is a condition between literals.
func (b *builder) fold(at place, holds bool) (*expr, error) {
	return &expr{op: opConst, not: !holds, at: at}, b.term(at)
}

func (b *builder) constant(l literal) (*expr, error) { return b.fold(l.at, l.value.Bool()) }

func (b *builder) compare(left operand, r relation, right operand) (*expr, error) {
	if !left.isProperty && !right.isProperty {
		l, m := left.lit, right.lit
		if l.class != m.class {
			return nil, m.at.bad(b.source, "%s and %s cannot be compared", l.class, m.class)
		}
		return b.fold(l.at, r.holds(compareLiterals(l, m)))
	}
	if !left.isProperty {
		left, right, r = right, left, r.flipped()
	}
	e := &expr{op: opCompare, relation: r, at: left.prop.at, prop: left.prop, lit: right.lit}
	if right.isProperty {
		e.other = &right.prop
	}
	return e, b.term(e.at)
}

func (b *builder) null(left operand) (*expr, error) {
	if !left.isProperty {
		return b.fold(left.lit.at, false)
	}
	return &expr{op: opNull, at: left.prop.at, prop: left.prop}, b.term(left.prop.at)
}

func (b *builder) isLike(left operand, p pattern) (*expr, error) {
	if !left.isProperty {
		if left.lit.class != classText {
			return nil, left.lit.at.bad(b.source, "LIKE needs text, not %s", left.lit.class)
		}
		return b.fold(left.lit.at, p.match(left.lit.value.Text()))
	}
	return &expr{op: opLike, at: left.prop.at, prop: left.prop, like: p}, b.term(left.prop.at)
}

func (b *builder) in(left operand, list []operand) (*expr, error) {
	if !left.isProperty {
		return nil, left.lit.at.bad(b.source, "IN needs a property, not a literal")
	}
	e := &expr{op: opIn, at: left.prop.at, prop: left.prop}
	for i := range list {
		if list[i].isProperty {
			return nil, list[i].prop.at.bad(b.source, "a list holds literals, not properties")
		}
		if b.literals++; b.literals > MaxLiterals {
			return nil, list[i].lit.at.bad(b.source, "its lists hold more than %d literals", MaxLiterals)
		}
		e.list = append(e.list, list[i].lit)
	}
	return e, b.term(e.at)
}

// between is two comparisons, as the standard has it.
func (b *builder) between(left, low, high operand) (*expr, error) {
	from, err := b.compare(left, atLeast, low)
	if err != nil {
		return nil, err
	}
	to, err := b.compare(left, atMost, high)
	if err != nil {
		return nil, err
	}
	return &expr{op: opAnd, kids: []*expr{from, to}}, nil
}

// meets is S_INTERSECTS of a property with a geometry.
func (b *builder) meets(prop property, r *region) (*expr, error) {
	return &expr{op: opIntersects, at: prop.at, prop: prop, area: r}, b.term(prop.at)
}

// vertex counts a position and checks it.
func (b *builder) vertex(at place, p orb.Point) error {
	if b.vertices++; b.vertices > MaxVertices {
		return at.bad(b.source, "its geometry has more than %d positions", MaxVertices)
	}
	if err := geom.CheckCoordinates(p); err != nil {
		reason := "is not a number"
		switch {
		case math.Abs(p[0]) > 180:
			reason = "longitude is beyond ±180"
		case math.Abs(p[1]) > 90:
			reason = "latitude is beyond ±90"
		}
		return at.bad(b.source, "the position %v %v: %s; the order is longitude, latitude", p[0], p[1], reason)
	}
	return nil
}

// numberValue reads a number. Whole numbers of int64 are integers however they
// are written, so that 1, 1.0 and 1e0 are one.
func numberValue(text string) (feature.Value, bool) {
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return feature.IntValue(i), true
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return feature.Value{}, false
	}
	if f == math.Trunc(f) && f >= -(1<<63) && f < 1<<63 {
		return feature.IntValue(int64(f)), true
	}
	return feature.FloatValue(f), true
}
