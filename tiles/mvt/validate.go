package mvt

import (
	"fmt"
	"unicode/utf8"
)

// Rule names a rule that a tile can break.
type Rule string

// The rules, by the sections of the specification.
const (
	RuleWire         Rule = "wire"           // the bytes are not the protocol buffer: cut off, trailing, wrong type
	RuleUnknownField Rule = "unknown-field"  // 2: a field that version 2 does not have
	RuleRepeated     Rule = "repeated-field" // a field that may stand once stands twice
	RuleVersion      Rule = "version"        // 4.1: present and 2
	RuleVersionFirst Rule = "version-first"  // 4.1: SHOULD be the first field
	RuleName         Rule = "name"           // 4.1: present, not empty, UTF-8
	RuleNameUnique   Rule = "name-unique"    // 4.1
	RuleExtent       Rule = "extent"         // 4.1: not 0
	RuleEmptyLayer   Rule = "empty-layer"    // 4.1: a layer SHOULD have a feature
	RuleKeyUnique    Rule = "key-unique"     // 4.1
	RuleValue        Rule = "value"          // 4.1: exactly one value of a known type
	RuleValueUnique  Rule = "value-unique"   // 4.1
	RuleIDUnique     Rule = "id-unique"      // 4.2: SHOULD be unique in its layer
	RuleType         Rule = "type"           // 4.2: present and known
	RuleTags         Rule = "tags"           // 4.4: pairs, within the dictionaries, each key once
	RuleGeometry     Rule = "geometry"       // 4.2, 4.3: present and following the grammar of its type
	RuleRepeatPoint  Rule = "repeated-point" // 4.3.3.2: LineTo SHOULD NOT stay in place
	RuleRingClosed   Rule = "ring-closed"    // 4.3.4.4: the last point must not repeat the first
	RuleRingArea     Rule = "ring-area"      // 4.3.4.4: no area
	RuleRingSimple   Rule = "ring-simple"    // 4.3.4.4: the ring crosses or touches itself
	RuleWinding      Rule = "winding"        // 4.3.4.4: the first ring is a hole
	RuleRingsCross   Rule = "rings-cross"    // 4.3.4.4: rings cross or run along each other
	RuleHole         Rule = "hole"           // 4.3.4.4: a hole leaves its exterior or lies in another hole
	RulePartsOverlap Rule = "parts-overlap"  // an exterior lies inside another polygon of the feature
)

// Violation is one broken rule. Feature counts the features of the layer and
// Ring the rings of the feature from 0; -1 where they don't apply.
type Violation struct {
	Rule    Rule
	Layer   string
	Feature int
	Ring    int
	Detail  string
}

// Error returns the violation as text.
func (v Violation) Error() string {
	s := string(v.Rule)
	if v.Layer != "" {
		s += fmt.Sprintf(", layer %q", v.Layer)
	}
	if v.Feature >= 0 {
		s += fmt.Sprintf(", feature %d", v.Feature)
	}
	if v.Ring >= 0 {
		s += fmt.Sprintf(", ring %d", v.Ring)
	}
	return s + ": " + v.Detail
}

// fatal tells whether a tile that breaks the rule can't be read for sure.
func (v *Violation) fatal() bool {
	switch v.Rule {
	case RuleWire, RuleVersion, RuleName, RuleValue, RuleTags, RuleType, RuleGeometry:
		return true
	}
	return false
}

// Validate returns what breaks the rules of MVT 2.1 in a tile, nil for a valid
// one. An empty tile is valid. Its polygon rules are exact; they cost O(n log n)
// for a feature of n vertices, plus the pairs of edges whose boxes meet and, for
// polygons with holes or several parts, holes × vertices.
func Validate(data []byte) []Violation {
	p := parser{}
	t := p.tile(data)
	names := map[string]bool{}
	for i := range t.Layers {
		l := &t.Layers[i]
		if names[l.Name] {
			p.report(RuleNameUnique, l.Name, -1, -1, "the name stands twice")
		}
		names[l.Name] = true
		p.checkLayer(l)
	}
	return p.found
}

// parser reads a tile as far as it can and notes what is wrong.
type parser struct{ found []Violation }

func (p *parser) report(r Rule, layer string, feature, ring int, format string, args ...any) {
	p.found = append(p.found, Violation{r, layer, feature, ring, fmt.Sprintf(format, args...)})
}

// checkLayer checks what can be seen only in the whole layer.
func (p *parser) checkLayer(l *Layer) {
	if len(l.Features) == 0 {
		p.report(RuleEmptyLayer, l.Name, -1, -1, "it has no features")
	}
	keys := map[string]bool{}
	for _, k := range l.Keys {
		if keys[k] {
			p.report(RuleKeyUnique, l.Name, -1, -1, "key %q stands twice", k)
		}
		keys[k] = true
		if !utf8.ValidString(k) {
			p.report(RuleWire, l.Name, -1, -1, "key %q is not UTF-8", k)
		}
	}
	values := map[any]bool{}
	for _, v := range l.Values {
		if values[v] {
			p.report(RuleValueUnique, l.Name, -1, -1, "value %v stands twice", v)
		}
		values[v] = true
		if s, ok := v.(string); ok && !utf8.ValidString(s) {
			p.report(RuleWire, l.Name, -1, -1, "value %q is not UTF-8", s)
		}
	}
	ids := map[uint64]bool{}
	for i := range l.Features {
		f := &l.Features[i]
		if f.HasID && ids[f.ID] {
			p.report(RuleIDUnique, l.Name, i, -1, "id %d stands twice", f.ID)
		}
		ids[f.ID] = f.HasID || ids[f.ID]
		p.checkTags(l, i)
		p.checkGeometry(l, i)
	}
}

func (p *parser) checkTags(l *Layer, i int) {
	tags := l.Features[i].Tags
	if len(tags)%2 == 1 {
		p.report(RuleTags, l.Name, i, -1, "%d numbers are not pairs", len(tags))
	}
	seen := map[uint32]bool{}
	for k := 0; k+1 < len(tags); k += 2 {
		if int64(tags[k]) >= int64(len(l.Keys)) || int64(tags[k+1]) >= int64(len(l.Values)) {
			p.report(RuleTags, l.Name, i, -1, "tag %d=%d points outside %d keys and %d values", tags[k], tags[k+1], len(l.Keys), len(l.Values))
		}
		if seen[tags[k]] {
			p.report(RuleTags, l.Name, i, -1, "key %d stands twice", tags[k])
		}
		seen[tags[k]] = true
	}
}

func (p *parser) checkGeometry(l *Layer, i int) {
	f := &l.Features[i]
	if f.Type == Unknown || len(f.Commands) == 0 {
		return
	}
	var c commands
	c.read(f.Type, f.Commands)
	if c.err != nil {
		p.report(RuleGeometry, l.Name, i, -1, "%v", c.err)
		return
	}
	for _, part := range c.repeat {
		p.report(RuleRepeatPoint, l.Name, i, part, "a LineTo stays in place")
	}
	if f.Type == Polygons {
		checkPolygons(c.parts, func(r Rule, ring int, format string, args ...any) {
			p.report(r, l.Name, i, ring, format, args...)
		})
	}
}
