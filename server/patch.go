package server

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/formats/geojson"
)

// patch is a JSON merge patch (RFC 7396) of a Feature.
type patch struct {
	id          feature.ID
	clear       bool // properties: null
	set         feature.Properties
	unset       []string
	hasGeometry bool
	geometry    orb.Geometry
}

// objectType returns the member "type" of a JSON object; it reads no further
// than that.
func objectType(body []byte) (string, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return "", badJSON(cmp.Or(err, errors.New("it is no object")))
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return "", badJSON(err)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return "", badJSON(err)
		}
		var kind string
		if name == "type" && json.Unmarshal(value, &kind) == nil {
			return kind, nil
		}
	}
	return "", nil
}

func badJSON(err error) *problem {
	return newProblem(http.StatusBadRequest, "bad-json", "the body cannot be read as JSON: %v", err)
}

// parsePatch reads a patch. Members other than id, type, geometry and
// properties are refused: nothing keeps them.
func (r *request) parsePatch(body []byte) (patch, error) {
	if err := checkDepth(body, r.limits.Depth); err != nil {
		return patch{}, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return patch{}, badJSON(err)
	}
	if members == nil {
		return patch{}, newProblem(http.StatusBadRequest, "bad-patch", "the patch is null; send an object with properties or geometry")
	}
	var p patch
	for name, raw := range members {
		if err := p.member(name, raw); err != nil {
			return patch{}, err
		}
	}
	return p, nil
}

func (p *patch) member(name string, raw json.RawMessage) error {
	refuse := func(format string, args ...any) error {
		q := newProblem(http.StatusBadRequest, "bad-patch", format, args...)
		return q.with(wrong{Pointer: "/" + name, Detail: q.Detail})
	}
	switch name {
	case "type":
		if string(raw) != `"Feature"` {
			return refuse("type must stay Feature")
		}
	case "id":
		v, err := feature.ParseValue(raw)
		if err != nil || v.Kind() == feature.Null {
			return refuse("the id of a feature cannot be unset")
		}
		p.id = feature.ID(v.String())
	case "geometry":
		p.hasGeometry = true
		g, err := geojson.ParseGeometry(raw)
		if string(raw) != "null" && err != nil {
			return err
		}
		p.geometry = g
	case "properties":
		return p.properties(raw, refuse)
	case "links", "area_m2", "version", "warnings", "seq": // of an answer, sent back
	default:
		return refuse("a Feature has no member %q here; attributes belong into properties", shorten(name))
	}
	return nil
}

func (p *patch) properties(raw json.RawMessage, refuse func(string, ...any) error) error {
	if string(raw) == "null" {
		p.clear = true
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return refuse("properties must be an object or null")
	}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return badJSON(err)
		}
		name, ok := t.(string)
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil || !ok {
			return refuse("properties cannot be read")
		}
		v, err := feature.ParseValue(value)
		switch {
		case err != nil:
			return refuse("property %q: %v", shorten(name), err)
		case v.Kind() == feature.Null:
			p.unset = append(p.unset, name)
		default:
			p.set = append(p.set, feature.Property{Name: name, Value: v})
		}
	}
	return nil
}

// apply returns now as the patch makes it.
func (p *patch) apply(now feature.Feature) feature.Feature {
	next := feature.Feature{ID: p.id, Geometry: now.Geometry}
	if p.hasGeometry {
		next.Geometry = p.geometry
	}
	gone := map[string]bool{}
	for _, name := range p.unset {
		gone[name] = true
	}
	for _, old := range now.Properties {
		if !p.clear && !gone[old.Name] {
			next.Properties = append(next.Properties, old)
		}
	}
	for _, s := range p.set {
		was, _ := next.Properties.Get(s.Name)
		next.Properties = next.Properties.Set(s.Name, mergeValue(was, s.Value))
	}
	return next
}

// mergeValue is RFC 7396 for one property: objects meet member by member,
// anything else is replaced.
func mergeValue(was, by feature.Value) feature.Value {
	if !isObject(by) {
		return by
	}
	target := map[string]json.RawMessage{}
	if isObject(was) {
		// Values of kind JSON are valid JSON.
		_ = json.Unmarshal([]byte(was.Text()), &target)
	}
	var members map[string]json.RawMessage
	_ = json.Unmarshal([]byte(by.Text()), &members)
	for name, raw := range members {
		v, err := feature.ParseValue(raw)
		if err != nil || v.Kind() == feature.Null {
			delete(target, name)
			continue
		}
		old, err := feature.ParseValue(target[name])
		if err != nil {
			old = feature.Value{}
		}
		target[name] = mergeValue(old, v).AppendJSON(nil)
	}
	merged, err := json.Marshal(target)
	if err != nil { // raw messages that were read as JSON
		panic(err)
	}
	return feature.JSONValue(string(merged))
}

func isObject(v feature.Value) bool {
	return v.Kind() == feature.JSON && strings.HasPrefix(v.Text(), "{")
}

// checkDepth refuses JSON that nests deeper than a limit.
func checkDepth(body []byte, most int) error {
	depth, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > most {
				return newProblem(http.StatusBadRequest, "too-deep", "the JSON nests deeper than %d levels", most)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}
