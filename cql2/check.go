package cql2

import (
	"slices"
	"strings"

	"tuban/feature"
)

// Check tells whether a filter fits a layer's fields: every property is one, and
// is compared with what its type can equal. The error is an *Error with the
// place. Fields of type any take every comparison.
func (f *Filter) Check(l *feature.Layer) error {
	c := checker{f.source, l}
	if err := c.check(f.parsed); err != nil {
		return err
	}
	return nil
}

type checker struct {
	source string
	layer  *feature.Layer
}

func (c *checker) check(e *expr) *Error {
	for _, k := range e.kids {
		if err := c.check(k); err != nil {
			return err
		}
	}
	switch e.op {
	case opConst, opAnd, opOr, opNot:
		return nil
	case opIntersects:
		if e.prop.name != geometryName {
			return e.prop.at.bad(c.source, "S_INTERSECTS needs the property geometry, not %q", short(e.prop.name))
		}
		return nil
	case opNull:
		if e.prop.name == geometryName {
			return nil
		}
	}
	t, err := c.field(e.prop)
	if err != nil {
		return err
	}
	switch {
	case e.op == opLike && t != feature.FieldString && t != feature.FieldAny:
		return e.prop.at.bad(c.source, "%s is of type %s; LIKE needs text", e.prop.name, t)
	case e.op == opCompare && e.other != nil:
		return c.compatible(e.prop, t, *e.other)
	case e.op == opCompare:
		return c.comparable(e.prop, t, e.lit)
	case e.op == opIn:
		for _, l := range e.list {
			if err := c.comparable(e.prop, t, l); err != nil {
				return err
			}
		}
	}
	return nil
}

// field returns the type of a property.
func (c *checker) field(p property) (feature.FieldType, *Error) {
	switch p.name {
	case idName:
		return feature.FieldString, nil
	case geometryName:
		return "", p.at.bad(c.source, "geometry is compared by S_INTERSECTS or IS NULL only")
	}
	i := slices.IndexFunc(c.layer.Fields, func(f feature.Field) bool { return f.Name == p.name })
	if i < 0 {
		return "", p.at.bad(c.source, "layer %s has no property %q; it has %s", c.layer.ID, short(p.name), c.names())
	}
	return c.layer.Fields[i].Type, nil
}

// names lists the properties of the layer, the first of them if they are many.
func (c *checker) names() string {
	const most = 40
	names := []string{idName, geometryName}
	for _, f := range c.layer.Fields {
		if len(names) == most {
			names = append(names, "…")
			break
		}
		if f.Name != idName && f.Name != geometryName {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ", ")
}

// comparable tells whether a field can equal a literal.
func (c *checker) comparable(p property, t feature.FieldType, l literal) *Error {
	var fits bool
	switch t {
	case feature.FieldAny:
		fits = true
	case feature.FieldString:
		fits = l.class == classText || l.class == classDate || l.class == classTime
	case feature.FieldInteger, feature.FieldNumber:
		fits = l.class == classNumber
	case feature.FieldBoolean:
		fits = l.class == classBool
	}
	if fits {
		return nil
	}
	hint := ""
	if t == feature.FieldString {
		hint = "; write text in single quotes"
	}
	return l.at.bad(c.source, "%s is of type %s and cannot be compared with %s%s", p.name, t, l.class, hint)
}

// compatible tells whether two fields can be equal.
func (c *checker) compatible(p property, t feature.FieldType, q property) *Error {
	u, err := c.field(q)
	if err != nil {
		return err
	}
	number := func(t feature.FieldType) bool { return t == feature.FieldInteger || t == feature.FieldNumber }
	if t == u || t == feature.FieldAny || u == feature.FieldAny || number(t) && number(u) {
		return nil
	}
	return q.at.bad(c.source, "%s is of type %s and %s of type %s: they cannot be compared", p.name, t, q.name, u)
}
