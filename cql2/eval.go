package cql2

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"tuban/feature"
)

// truth is a value of three-valued logic: AND is min, OR is max.
type truth int8

const (
	isFalse truth = iota
	isUnknown
	isTrue
)

func truthOf(b bool) truth {
	if b {
		return isTrue
	}
	return isFalse
}

// eval evaluates an expression in normal form.
func eval(e *expr, r Reader, s feature.Slot) truth {
	switch e.op {
	case opConst:
		return truthOf(!e.not)
	case opAnd:
		t := isTrue
		for _, k := range e.kids {
			if t = min(t, eval(k, r, s)); t == isFalse {
				break
			}
		}
		return t
	case opOr:
		t := isFalse
		for _, k := range e.kids {
			if t = max(t, eval(k, r, s)); t == isTrue {
				break
			}
		}
		return t
	}
	t := condition(e, r, s)
	if e.not {
		t = isTrue - t
	}
	return t
}

// condition evaluates one condition, its negation aside.
func condition(e *expr, r Reader, s feature.Slot) truth {
	switch e.op {
	case opIntersects:
		b := r.Bound(s)
		if b.IsEmpty() {
			return isUnknown // no geometry
		}
		return truthOf(e.area.bound.Intersects(b) && e.area.meets(r.Geometry(s), b))
	case opNull:
		if e.prop.name == geometryName {
			return truthOf(r.Bound(s).IsEmpty())
		}
		return truthOf(valueOf(r, s, e.prop.name).Kind() == feature.Null)
	}
	v := valueOf(r, s, e.prop.name)
	switch {
	case v.Kind() == feature.Null:
		return isUnknown
	case e.op == opLike:
		if v.Kind() != feature.String {
			return isUnknown
		}
		return truthOf(e.like.match(v.Text()))
	case e.op == opIn:
		return inList(v, e.list)
	}
	var c int
	var ok bool
	if e.other != nil {
		c, ok = compareValues(v, valueOf(r, s, e.other.name))
	} else {
		c, ok = compareLiteral(v, &e.lit)
	}
	if !ok {
		return isUnknown
	}
	return truthOf(e.relation.holds(c))
}

func valueOf(r Reader, s feature.Slot, name string) feature.Value {
	if name == idName {
		return feature.TextValue(string(r.ID(s)))
	}
	v, _ := r.Value(s, name)
	return v
}

// inList looks a value up in the literals of a list, which are sorted. A literal
// that the value cannot be compared with makes the answer unknown, unless
// another one is equal.
func inList(v feature.Value, list []literal) truth {
	own := classOf(v)
	if own == classText && list[len(list)-1].class > classText {
		return inInstants(v, list)
	}
	_, found := slices.BinarySearchFunc(list, v, func(l literal, v feature.Value) int {
		if c := cmp.Compare(l.class, own); c != 0 {
			return c
		}
		c, _ := compareValues(l.value, v)
		return c
	})
	if found {
		return isTrue
	}
	if list[0].class != own || list[len(list)-1].class != own {
		return isUnknown
	}
	return isFalse
}

// inInstants looks a text up among literals of which some are dates or times.
func inInstants(v feature.Value, list []literal) truth {
	t := isFalse
	for i := range list {
		c, ok := compareLiteral(v, &list[i])
		switch {
		case !ok:
			t = max(t, isUnknown)
		case c == 0:
			return isTrue
		}
	}
	return t
}

// compareLiteral compares a value with a literal; ok tells whether it can be.
func compareLiteral(v feature.Value, l *literal) (c int, ok bool) {
	if l.class != classDate && l.class != classTime {
		return compareValues(v, l.value)
	}
	if v.Kind() != feature.String {
		return 0, false
	}
	t, ok := parseInstant(v.Text())
	return compareInstants(t, l.when), ok
}

// compareValues compares two values of one class; ok tells whether they are.
func compareValues(a, b feature.Value) (c int, ok bool) {
	own := classOf(a)
	if own != classOf(b) {
		return 0, false
	}
	switch own {
	case classBool:
		return cmp.Compare(boolRank(a), boolRank(b)), true
	case classNumber:
		return compareNumbers(a, b), true
	case classText:
		return strings.Compare(a.Text(), b.Text()), true
	}
	return 0, false
}

func boolRank(v feature.Value) int {
	if v.Bool() {
		return 1
	}
	return 0
}

// compareNumbers compares exactly, also an integer with a float.
func compareNumbers(a, b feature.Value) int {
	aInt, bInt := a.Kind() == feature.Int, b.Kind() == feature.Int
	switch {
	case aInt && bInt:
		return cmp.Compare(a.Int(), b.Int())
	case aInt:
		return compareIntFloat(a.Int(), b.Float())
	case bInt:
		return -compareIntFloat(b.Int(), a.Float())
	}
	return cmp.Compare(a.Float()+0, b.Float()+0)
}

func compareIntFloat(i int64, f float64) int {
	switch {
	case f >= 1<<63:
		return -1
	case f < -(1 << 63):
		return 1
	}
	whole := math.Floor(f)
	if c := cmp.Compare(i, int64(whole)); c != 0 {
		return c
	}
	return cmp.Compare(whole, f)
}
