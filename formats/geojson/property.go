package geojson

import (
	"unicode/utf8"

	"tuban/feature"
)

// has reports whether a name is among props. From some length on it keeps the
// names in *known.
func has(props feature.Properties, name string, known *map[string]bool) bool {
	const many = 24
	if len(props) < many {
		_, ok := props.Get(name)
		return ok
	}
	if *known == nil {
		*known = make(map[string]bool, 2*many)
		for i := range props {
			(*known)[props[i].Name] = true
		}
	}
	ok := (*known)[name]
	(*known)[name] = true
	return ok
}

// name returns p.key as a string that rows share.
func (p *parser) name() string {
	const most, longest = 4096, 128
	if name, ok := p.names[string(p.key)]; ok {
		return name
	}
	name := string(p.key)
	if len(p.names) < most && len(name) <= longest {
		if p.names == nil {
			p.names = map[string]string{}
		}
		p.names[name] = name
	}
	return name
}

// value reads the value of a property.
func (p *parser) value() (feature.Value, error) {
	from := p.here()
	switch c := p.peek(); {
	case c == '"':
		chars, reason, err := p.text()
		if err != nil {
			return feature.Value{}, err
		}
		if reason != nil {
			p.fail(from, "the value is %v", reason)
			return feature.Value{}, nil
		}
		return feature.StringValue(string(chars)), nil
	case c == '{' || c == '[':
		return p.nestedValue()
	case c == '-' || '0' <= c && c <= '9':
		text, ok, err := p.numberToken()
		if err != nil {
			return feature.Value{}, err
		}
		if !ok {
			p.fail(from, "the value is -Infinity, which JSON does not have")
			return feature.Value{}, nil
		}
		return feature.ParseNumber(string(text)), nil
	}
	word, err := p.word()
	switch word {
	case "true", "false":
		return feature.BoolValue(word == "true"), err
	case "NaN", "Infinity":
		p.fail(from, "the value is %s, which JSON does not have", word)
	}
	return feature.Value{}, err
}

// nestedValue keeps an object or an array as JSON text.
func (p *parser) nestedValue() (feature.Value, error) {
	odd := p.nonFinite
	from, own := p.hold()
	err := p.skip()
	p.release(own)
	if err != nil {
		return feature.Value{}, err
	}
	raw := p.held(from)
	switch {
	case p.nonFinite != odd:
		p.fail(from, "the value holds NaN or Infinity, which JSON does not have")
		return feature.Value{}, nil
	case !utf8.Valid(raw):
		p.fail(from, "the value holds %v", errNotUTF8)
		return feature.Value{}, nil
	}
	v, err := feature.ParseValue(raw)
	if err != nil {
		p.fail(from, "the value cannot be kept: %v", err)
		return feature.Value{}, nil
	}
	return v, nil
}
