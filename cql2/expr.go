package cql2

import "tuban/feature"

// op is what an expression does.
type op uint8

const (
	opConst op = iota
	opAnd
	opOr
	opNot
	opCompare
	opIn
	opLike
	opNull
	opIntersects
)

// relation is a comparison's operator.
type relation uint8

const (
	equal relation = iota
	unequal
	less
	atMost
	greater
	atLeast
)

var relationText = [...]string{"=", "<>", "<", "<=", ">", ">="}

// negated returns the relation that holds where r does not.
func (r relation) negated() relation {
	return [...]relation{unequal, equal, atLeast, greater, atMost, less}[r]
}

// flipped returns the relation of the sides exchanged.
func (r relation) flipped() relation {
	return [...]relation{equal, unequal, greater, atLeast, less, atMost}[r]
}

// holds tells whether the relation holds of a three-way comparison.
func (r relation) holds(c int) bool {
	switch r {
	case equal:
		return c == 0
	case unequal:
		return c != 0
	case less:
		return c < 0
	case atMost:
		return c <= 0
	case greater:
		return c > 0
	}
	return c >= 0
}

// expr is an expression: as parsed, with places, or in normal form.
type expr struct {
	op       op
	relation relation // opCompare
	not      bool     // opConst: FALSE; opIn, opLike, opNull, opIntersects: negated
	at       place
	prop     property  // what a condition looks at
	other    *property // opCompare: the right side, if that is a property
	lit      literal   // opCompare: the right side, if it is not
	list     []literal // opIn; sorted in normal form
	like     pattern
	area     *region
	kids     []*expr
}

// property names what a condition looks at.
type property struct {
	name string
	at   place
}

// The names that are no fields.
const (
	idName       = "id"
	geometryName = "geometry"
)

// class sorts values into those that can be compared.
type class uint8

const (
	classNull class = iota
	classBool
	classNumber
	classText
	classDate
	classTime
	classOther
)

func (c class) String() string {
	return [...]string{"null", "a boolean", "a number", "text", "a date", "a timestamp", "no scalar"}[c]
}

func classOf(v feature.Value) class {
	switch v.Kind() {
	case feature.Null:
		return classNull
	case feature.Bool:
		return classBool
	case feature.Int, feature.Float:
		return classNumber
	case feature.String:
		return classText
	}
	return classOther
}

// literal is a constant of a filter.
type literal struct {
	class class
	value feature.Value // boolean, number or text
	when  instant       // date or timestamp
	at    place
}

// operand is one side of a condition while it is parsed.
type operand struct {
	isProperty bool
	prop       property
	lit        literal
}
