package geojson

import "tuban/feature"

// featureDraft is what a Feature object has said so far.
type featureDraft struct {
	typed, located, described, identified, named bool
	feature                                      feature.Feature
}

// feature reads the Feature object at pos. The feature is not to be used when
// the row has failed.
func (p *parser) feature() (feature.Feature, error) {
	var d featureDraft
	from := p.here()
	if p.peek() != '{' {
		return d.feature, p.failHere("%s stands where a Feature should")
	}
	if err := p.enter(); err != nil {
		return d.feature, err
	}
	for first := true; ; first = false {
		ok, err := p.member(first)
		if err != nil {
			return d.feature, err
		}
		if !ok {
			p.finishFeature(&d, from)
			return d.feature, nil
		}
		if err := p.featureMember(&d); err != nil {
			return d.feature, err
		}
	}
}

func (p *parser) featureMember(d *featureDraft) (err error) {
	switch string(p.key) {
	case "type":
		p.twice(&d.typed)
		from := p.here()
		t, err := p.typeText()
		if err == nil && t != "Feature" {
			p.fail(from, "the type is %s, not \"Feature\"%s", quote([]byte(t)), caseHint(t))
		}
		return err
	case "id":
		p.twice(&d.identified)
		d.feature.ID, err = p.id()
		return err
	case "geometry":
		p.twice(&d.located)
		if p.peek() == 'n' {
			return p.skip()
		}
		p.push("geometry")
		d.feature.Geometry, err = p.geometry()
		p.pop()
		return err
	case "properties":
		p.twice(&d.described)
		if p.bare {
			return p.skip()
		}
		p.push("properties")
		d.feature.Properties, err = p.properties()
		p.pop()
		return err
	case "crs":
		p.twice(&d.named)
		return p.innerCRS()
	}
	return p.skip()
}

func (p *parser) finishFeature(d *featureDraft, from int64) {
	switch {
	case p.bad != nil:
	case !d.typed:
		p.fail(from, `the object has no "type"`)
	case !d.located:
		p.fail(from, `the Feature has no "geometry" (a feature without one says null)`)
	case !d.described:
		p.note(noteNoProperties)
	}
}

// id reads the value of a member "id" as text.
func (p *parser) id() (feature.ID, error) {
	p.push("id")
	defer p.pop()
	from := p.here()
	var id string
	switch c := p.peek(); {
	case c == '"':
		chars, reason, err := p.text()
		if err != nil {
			return "", err
		}
		if reason != nil {
			p.fail(from, "the id is %v", reason)
		}
		id = string(chars)
	case c == '-' || '0' <= c && c <= '9':
		text, ok, err := p.numberToken()
		if err != nil {
			return "", err
		}
		if !ok {
			p.fail(from, "the id is -Infinity, not a text or a number")
			return "", nil
		}
		id = feature.ParseNumber(string(text)).String()
	case c == 'n':
		if err := p.skip(); err != nil {
			return "", err
		}
	default:
		return "", p.failHere("the id is %s, not a text or a number")
	}
	if id == "" {
		p.note(noteNoID)
	}
	if len(id) > feature.MaxIDBytes {
		p.fail(from, "the id is %d bytes long; at most %d are allowed", len(id), feature.MaxIDBytes)
	}
	return feature.ID(id), nil
}

// maxProperties is the most properties that one feature may have.
const maxProperties = 1 << 16

// properties reads the value of a member "properties".
func (p *parser) properties() (feature.Properties, error) {
	switch p.peek() {
	case 'n':
		return nil, p.skip()
	case '{':
	default:
		return nil, p.failHere(`"properties" is %s, not an object or null`)
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	var props feature.Properties
	var known map[string]bool // names so far, once they are many
	for first := true; ; first = false {
		ok, err := p.member(first)
		if !ok || err != nil {
			return props, err
		}
		name := p.name()
		if has(props, name, &known) {
			p.fail(p.here(), "property %s stands twice", quote(p.key))
		}
		if len(props) == maxProperties {
			p.failLimit(LimitProperties, maxProperties)
		}
		if p.bad != nil {
			if err := p.skip(); err != nil {
				return props, err
			}
			continue
		}
		p.push(name)
		v, err := p.value()
		p.pop()
		if err != nil {
			return props, err
		}
		props = append(props, feature.Property{Name: name, Value: v})
	}
}
