package geojson

import (
	"strings"

	"github.com/paulmach/orb"
)

// text kept back until the object's type is known.
type kept struct {
	raw    []byte
	offset int64
}

// keep steps over the value at pos and keeps its text.
func (p *parser) keep() (kept, error) {
	p.here()
	from, own := p.hold()
	err := p.skip()
	p.release(own)
	if err != nil {
		return kept{}, err
	}
	return kept{p.copyHeld(from), from}, nil
}

// within runs read over kept text.
func (p *parser) within(k kept, read func() error) error {
	outer := p.scanner
	p.scanner = scanner{buf: k.raw, end: len(k.raw), base: k.offset, mark: -1, rowStart: -1,
		depth: outer.depth, maxDepth: outer.maxDepth, nonFinite: outer.nonFinite}
	err := read()
	p.scanner = outer
	return err
}

// geometryDraft is what a geometry object has said so far.
type geometryDraft struct {
	kind                          kind
	typed, located, nested, named bool
	coordinates, geometries       kept // kept because the type was not known yet
	read                          bool // geometry holds the result
	geometry                      orb.Geometry
}

// geometry reads the geometry object at pos. It may be nil (null is not one:
// the caller has seen to that), and is not to be used when the row has failed.
func (p *parser) geometry() (orb.Geometry, error) {
	from := p.here()
	if p.peek() != '{' {
		return nil, p.failHere("%s stands where a geometry object should")
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	var d geometryDraft
	for first := true; ; first = false {
		ok, err := p.member(first)
		if err != nil {
			return nil, err
		}
		if !ok {
			return p.finishGeometry(&d, from)
		}
		if err := p.geometryMember(&d); err != nil {
			return nil, err
		}
	}
}

func (p *parser) geometryMember(d *geometryDraft) (err error) {
	switch string(p.key) {
	case "type":
		p.twice(&d.typed)
		from := p.here()
		t, err := p.typeText()
		if d.kind = kindOf(t); err == nil && d.kind == noKind {
			p.fail(from, "%s is no geometry type%s", quote([]byte(t)), caseHint(t))
		}
		return err
	case "coordinates":
		p.twice(&d.located)
		switch d.kind {
		case noKind:
			d.coordinates, err = p.keep()
		case collection:
			return p.skip()
		default:
			d.geometry, err = p.coordinates(d.kind)
			d.read = true
		}
		return err
	case "geometries":
		p.twice(&d.nested)
		switch d.kind {
		case noKind:
			d.geometries, err = p.keep()
		case collection:
			d.geometry, err = p.collection()
			d.read = true
		default:
			return p.skip()
		}
		return err
	case "crs":
		p.twice(&d.named)
		return p.innerCRS()
	}
	return p.skip()
}

// finishGeometry reads what was kept back, once the object is known.
func (p *parser) finishGeometry(d *geometryDraft, from int64) (orb.Geometry, error) {
	switch {
	case d.read || p.bad != nil:
		return d.geometry, nil
	case d.kind == noKind:
		p.fail(from, `the geometry has no "type"`)
		return nil, nil
	case d.kind == collection && d.nested:
		err := p.within(d.geometries, func() (err error) {
			d.geometry, err = p.collection()
			return err
		})
		return d.geometry, err
	case d.kind == collection:
		p.fail(from, `the GeometryCollection has no "geometries"`)
		return nil, nil
	case !d.located:
		p.fail(from, `the %s has no "coordinates"`, d.kind)
		return nil, nil
	}
	err := p.within(d.coordinates, func() (err error) {
		d.geometry, err = p.coordinates(d.kind)
		return err
	})
	return d.geometry, err
}

// collection reads the value of a member "geometries": one geometry is taken
// out of its shell, none is no geometry, several are refused.
func (p *parser) collection() (orb.Geometry, error) {
	from := p.here()
	if p.peek() != '[' {
		return nil, p.failHere(`"geometries" is %s, not an array`)
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	p.push("geometries")
	defer p.pop()
	var only orb.Geometry
	var types []string
	for n := int64(0); ; n++ {
		ok, err := p.elem(n == 0)
		if err != nil {
			return nil, err
		}
		if !ok {
			return p.unwrap(only, types, n, from), nil
		}
		p.pushIndex(n)
		g, err := p.geometry()
		p.pop()
		if err != nil {
			return nil, err
		}
		if only = g; len(types) < 5 && g != nil {
			types = append(types, g.GeoJSONType())
		}
	}
}

func (p *parser) unwrap(only orb.Geometry, types []string, n, from int64) orb.Geometry {
	switch n {
	case 0:
		p.note(noteEmptyGeometry)
		return nil
	case 1:
		p.note(noteUnwrapped)
		return only
	}
	p.fail(from, "a GeometryCollection of %d geometries (%s): a feature has one geometry, so split it or make it a Multi type",
		n, strings.Join(types, ", "))
	return nil
}

// caseHint adds what was probably meant by a type in the wrong case.
func caseHint(t string) string {
	for _, name := range append([]string{"Feature", "FeatureCollection"}, kindNames[1:]...) {
		if t != name && strings.EqualFold(t, name) {
			return ": types are case-sensitive, write \"" + name + "\""
		}
	}
	return ""
}
