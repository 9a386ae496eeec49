package load

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Path points at values in the JSON answers of some server, all those that a
// list of steps leads to: "results.*.features.*.area" takes the member results,
// every element of that, and so on. "" points at the answer itself.
type Path struct{ steps []string }

// ParsePath reads a path: names of members and '*' for every element of an
// array, with dots between.
func ParsePath(text string) (Path, error) {
	if text == "" {
		return Path{}, nil
	}
	steps := strings.Split(text, ".")
	for i, s := range steps {
		if s == "" {
			return Path{}, fmt.Errorf("%q is no path: step %d is empty", text, i+1)
		}
	}
	return Path{steps}, nil
}

// Values returns what the path points at in a JSON text, in order; nothing where
// a member is missing. The error is that of JSON, or names a step at which there
// is no object or array to go into.
func (p Path) Values(text []byte) ([]any, error) {
	var root any
	if err := json.Unmarshal(text, &root); err != nil {
		return nil, fmt.Errorf("the answer is not JSON: %w", err)
	}
	at := []any{root}
	for _, step := range p.steps {
		var next []any
		for _, v := range at {
			found, err := enter(v, step)
			if err != nil {
				return nil, err
			}
			next = append(next, found...)
		}
		at = next
	}
	return at, nil
}

func enter(v any, step string) ([]any, error) {
	if step == "*" {
		list, ok := v.([]any)
		if !ok {
			return nil, fmt.Errorf("the answer has no array where the path says '*': %T", v)
		}
		return list, nil
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the answer has no object with a member %q: %T", step, v)
	}
	if member, ok := object[step]; ok {
		return []any{member}, nil
	}
	return nil, nil
}

// Sum returns the sum of the numbers that the path points at.
func (p Path) Sum(text []byte) (float64, error) {
	values, err := p.Values(text)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for _, v := range values {
		f, ok := v.(float64)
		if !ok {
			return 0, fmt.Errorf("the path leads to %T, not to a number", v)
		}
		sum += f
	}
	return sum, nil
}
