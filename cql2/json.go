package cql2

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"tuban/feature"
)

// ParseJSON reads CQL2 JSON. The error is an *Error with a pointer.
func ParseJSON(text []byte) (*Filter, error) {
	if len(text) > MaxBytes {
		return nil, &Error{Reason: "it is longer than 256 KiB"}
	}
	if i := invalidUTF8(string(text)); i >= 0 {
		return nil, &Error{Reason: "it is not UTF-8"}
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, &Error{Reason: "it is not JSON: " + err.Error()}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, &Error{Reason: "the JSON goes on after its end"}
	}
	j := &jsonParser{}
	e, err := j.boolean(v, place{pointer: "/"})
	if err != nil {
		return nil, err
	}
	return newFilter("", e), nil
}

// jsonParser reads decoded JSON.
type jsonParser struct {
	builder
	depth int
}

// at returns the place of a member of an array or object.
func (p place) member(name string) place {
	return place{pointer: strings.TrimSuffix(p.pointer, "/") + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)}
}

func (p place) item(i int) place { return p.member("args").member(strconv.Itoa(i)) }

// call returns the operator and arguments of an object, "" if it is none.
func call(v any) (op string, args []any) {
	m, ok := v.(map[string]any)
	if !ok {
		return "", nil
	}
	op, _ = m["op"].(string)
	args, _ = m["args"].([]any)
	return op, args
}

func (j *jsonParser) boolean(v any, at place) (*expr, error) {
	if j.depth++; j.depth > MaxDepth {
		return nil, at.bad("", "it is nested deeper than %d levels", MaxDepth)
	}
	defer func() { j.depth-- }()
	if b, ok := v.(bool); ok {
		return j.constant(literal{class: classBool, value: feature.BoolValue(b), at: at})
	}
	name, args := call(v)
	name = strings.ToLower(name)
	wanted, known := arity[name]
	switch {
	case name == "":
		return nil, at.bad("", "a condition is an object with op and args, or true or false")
	case !known:
		return nil, at.member("op").bad("", "%q is not supported here", short(name))
	case wanted > 0 && len(args) != wanted, wanted < 0 && len(args) < -wanted:
		return nil, at.member("args").bad("", "%s has %d arguments", name, len(args))
	}
	switch name {
	case "and", "or":
		return j.logic(name, args, at)
	case "not":
		k, err := j.boolean(args[0], at.item(0))
		if err != nil {
			return nil, err
		}
		return &expr{op: opNot, kids: []*expr{k}}, nil
	case "s_intersects":
		return j.intersects(args, at)
	}
	return j.condition(name, args, at)
}

// arity is how many arguments an operator has, at least where it is negative.
var arity = map[string]int{
	"and": -2, "or": -2, "not": 1, "s_intersects": 2, "like": 2, "in": 2, "between": 3, "isnull": 1,
	"=": 2, "<>": 2, "<": 2, "<=": 2, ">": 2, ">=": 2,
}

func (j *jsonParser) logic(name string, args []any, at place) (*expr, error) {
	e := &expr{op: opAnd}
	if name == "or" {
		e.op = opOr
	}
	for i, a := range args {
		k, err := j.boolean(a, at.item(i))
		if err != nil {
			return nil, err
		}
		e.kids = append(e.kids, k)
	}
	return e, nil
}

func (j *jsonParser) condition(name string, args []any, at place) (*expr, error) {
	left, err := j.operand(args[0], at.item(0))
	if err != nil {
		return nil, err
	}
	switch name {
	case "isnull":
		return j.null(left)
	case "like":
		s, ok := args[1].(string)
		if !ok {
			return nil, at.item(1).bad("", "the pattern is a string")
		}
		return j.isLike(left, newPattern(s))
	case "in":
		list, ok := args[1].([]any)
		if !ok || len(list) == 0 {
			return nil, at.item(1).bad("", "the list is an array of one literal or more")
		}
		operands, err := j.operands(list, at.item(1), func(p place, i int) place { return p.member(strconv.Itoa(i)) })
		if err != nil {
			return nil, err
		}
		return j.in(left, operands)
	}
	rest, err := j.operands(args[1:], at, func(p place, i int) place { return p.item(i + 1) })
	if err != nil {
		return nil, err
	}
	if name == "between" {
		return j.between(left, rest[0], rest[1])
	}
	for r, text := range relationText {
		if text == name {
			return j.compare(left, relation(r), rest[0])
		}
	}
	return nil, at.bad("", "%q is no operator", name) // not reached: arity has no others
}

func (j *jsonParser) operands(list []any, at place, where func(place, int) place) ([]operand, error) {
	out := make([]operand, 0, min(len(list), MaxLiterals+1))
	for i, v := range list {
		if i > MaxLiterals {
			return nil, at.bad("", "the list is longer than %d", MaxLiterals)
		}
		o, err := j.operand(v, where(at, i))
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

// operand reads a property or a scalar literal.
func (j *jsonParser) operand(v any, at place) (operand, error) {
	switch v := v.(type) {
	case string:
		return operand{lit: literal{class: classText, value: feature.StringValue(v), at: at}}, nil
	case bool:
		return operand{lit: literal{class: classBool, value: feature.BoolValue(v), at: at}}, nil
	case json.Number:
		n, ok := numberValue(v.String())
		if !ok {
			return operand{}, at.bad("", "%s is beyond the range of numbers", short(v.String()))
		}
		return operand{lit: literal{class: classNumber, value: n, at: at}}, nil
	case map[string]any:
		if name, ok := v["property"].(string); ok && name != "" {
			return operand{isProperty: true, prop: property{name, at}}, nil
		}
		for _, kind := range []string{"date", "timestamp"} {
			text, ok := v[kind].(string)
			if !ok {
				continue
			}
			l, reason := instantLiteral(text, kind == "date")
			if l.at = at; reason != "" {
				return operand{}, at.bad("", "%s", reason)
			}
			return operand{lit: l}, nil
		}
		if name, _ := call(v); name != "" {
			return operand{}, at.bad("", "%s is not supported here", short(name))
		}
	}
	return operand{}, at.bad("", "a property or a literal is expected")
}

func (j *jsonParser) intersects(args []any, at place) (*expr, error) {
	for i, a := range args {
		o, err := j.operand(a, at.item(i))
		if err != nil || !o.isProperty {
			continue
		}
		r, err := j.region(args[1-i], at.item(1-i))
		if err != nil {
			return nil, err
		}
		return j.meets(o.prop, r)
	}
	return nil, at.bad("", "s_intersects compares a property with a geometry")
}
