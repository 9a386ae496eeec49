package cql2

import (
	"encoding/json"
	"strconv"

	"github.com/paulmach/orb"
)

// region reads a bbox or a GeoJSON geometry.
func (j *jsonParser) region(v any, at place) (*region, error) {
	m, _ := v.(map[string]any)
	if list, ok := m["bbox"].([]any); ok && m["type"] == nil {
		numbers := make([]float64, 0, 6)
		for i, n := range list {
			f, ok := float(n)
			if !ok || i >= 6 {
				return nil, at.bad("", "bbox is an array of four or six numbers")
			}
			numbers = append(numbers, f)
		}
		return j.boxRegion(at, numbers)
	}
	g, err := j.geometry(m, at)
	if err != nil {
		return nil, err
	}
	return newRegion(g), nil
}

func float(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, ok := numberValue(n.String())
	return f.Float(), ok
}

// geometry reads GeoJSON.
func (j *jsonParser) geometry(m map[string]any, at place) (orb.Geometry, error) {
	if j.depth++; j.depth > MaxDepth {
		return nil, at.bad("", "it is nested deeper than %d levels", MaxDepth)
	}
	defer func() { j.depth-- }()
	kind, _ := m["type"].(string)
	if kind == "GeometryCollection" {
		return membersOf[orb.Collection](m["geometries"], at.member("geometries"), func(v any, at place) (orb.Geometry, error) {
			inner, _ := v.(map[string]any)
			return j.geometry(inner, at)
		})
	}
	coordinates, at := m["coordinates"], at.member("coordinates")
	switch kind {
	case "Point":
		return j.position(coordinates, at)
	case "MultiPoint":
		return membersOf[orb.MultiPoint](coordinates, at, j.position)
	case "LineString":
		return j.line(coordinates, at)
	case "MultiLineString":
		return membersOf[orb.MultiLineString](coordinates, at, j.line)
	case "Polygon":
		return j.polygon(coordinates, at)
	case "MultiPolygon":
		return membersOf[orb.MultiPolygon](coordinates, at, j.polygon)
	}
	return nil, at.bad("", "a GeoJSON geometry or a bbox is expected")
}

// membersOf reads the members of an array, which must not be empty.
func membersOf[M ~[]G, G any](v any, at place, member func(any, place) (G, error)) (M, error) {
	list, _ := v.([]any)
	if len(list) == 0 {
		return nil, at.bad("", "an array of one member or more is expected")
	}
	all := make(M, 0, len(list))
	for i, v := range list {
		g, err := member(v, at.member(strconv.Itoa(i)))
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	return all, nil
}

func (j *jsonParser) position(v any, at place) (orb.Point, error) {
	list, _ := v.([]any)
	var p orb.Point
	if len(list) != 2 && len(list) != 3 {
		return p, at.bad("", "a position is an array of two or three numbers")
	}
	for i := range p {
		f, ok := float(list[i])
		if !ok {
			return p, at.bad("", "a position is an array of two or three numbers")
		}
		p[i] = f
	}
	return p, j.vertex(at, p)
}

func (j *jsonParser) line(v any, at place) (orb.LineString, error) {
	l, err := membersOf[orb.LineString](v, at, j.position)
	if err == nil && len(l) < 2 {
		err = at.bad("", "a line has two positions or more")
	}
	return l, err
}

func (j *jsonParser) polygon(v any, at place) (orb.Polygon, error) {
	return membersOf[orb.Polygon](v, at, func(v any, at place) (orb.Ring, error) {
		r, err := membersOf[orb.Ring](v, at, j.position)
		if err == nil {
			if reason := ringFault(r); reason != "" {
				err = at.bad("", "%s", reason)
			}
		}
		return r, err
	})
}
