package cql2

import (
	"strings"

	"github.com/paulmach/orb"
)

// intersects reads S_INTERSECTS(property, geometry), or the other way round.
func (p *parser) intersects() (*expr, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var prop *property
	var area *region
	for i := range 2 {
		at := p.tok
		switch {
		case p.tok.kind == tokName && isGeometryWord(p.tok.text) && area == nil:
			r, err := p.region()
			if err != nil {
				return nil, err
			}
			area = r
		case (p.tok.kind == tokQuoted || p.tok.kind == tokName && !isKeyword(p.tok.text)) && prop == nil:
			o, err := p.operand()
			if err != nil {
				return nil, err
			}
			prop = &o.prop
		case p.tok.kind == tokQuoted || p.tok.kind == tokName:
			return nil, at.at.bad(p.source, "S_INTERSECTS compares a property with a geometry in WKT, or BBOX")
		default:
			return nil, p.unexpected("a property, WKT or BBOX")
		}
		if err := p.expect([]string{",", ")"}[i]); err != nil {
			return nil, err
		}
	}
	return p.meets(*prop, area)
}

func isGeometryWord(word string) bool {
	switch strings.ToUpper(word) {
	case "BBOX", "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON", "GEOMETRYCOLLECTION":
		return true
	}
	return false
}

// region reads a geometry literal.
func (p *parser) region() (*region, error) {
	if p.tok.is("BBOX") {
		return p.bbox()
	}
	g, err := p.geometry()
	if err != nil {
		return nil, err
	}
	return newRegion(g), nil
}

func (p *parser) bbox() (*region, error) {
	at := p.tok.at
	if err := p.advance(); err != nil {
		return nil, err
	}
	var v []float64
	err := p.list(func() error {
		f, err := p.coordinate()
		v = append(v, f)
		return err
	})
	if err != nil {
		return nil, err
	}
	return p.boxRegion(at, v)
}

// boxRegion checks the numbers of a BBOX: four, or six with heights, which are
// ignored.
func (b *builder) boxRegion(at place, v []float64) (*region, error) {
	if len(v) != 4 && len(v) != 6 {
		return nil, at.bad(b.source, "BBOX has %d numbers; give west, south, east, north (or six, with heights)", len(v))
	}
	half := len(v) / 2
	lo, hi := orb.Point{v[0], v[1]}, orb.Point{v[half], v[half+1]}
	for _, c := range []orb.Point{lo, hi} {
		if err := b.vertex(at, c); err != nil {
			return nil, err
		}
	}
	if lo[1] > hi[1] {
		return nil, at.bad(b.source, "BBOX: the southern latitude %v is north of the northern %v", lo[1], hi[1])
	}
	return newBoxRegion(lo, hi), nil
}

// list reads items in parentheses with commas between.
func (p *parser) list(item func() error) error {
	if err := p.expect("("); err != nil {
		return err
	}
	for {
		if err := item(); err != nil {
			return err
		}
		if more, err := p.accept(","); err != nil || !more {
			if err == nil {
				err = p.expect(")")
			}
			return err
		}
	}
}

func (p *parser) coordinate() (float64, error) {
	sign := ""
	if p.tok.is("-") || p.tok.is("+") {
		sign = p.tok.text
		if err := p.advance(); err != nil {
			return 0, err
		}
	}
	if p.tok.kind != tokNumber {
		return 0, p.unexpected("a number")
	}
	v, ok := numberValue(sign + p.tok.text)
	if !ok {
		return 0, p.tok.at.bad(p.source, "%s is beyond the range of numbers", p.tok)
	}
	return v.Float(), p.advance()
}

// position reads x y, and perhaps a height, which is ignored.
func (p *parser) position() (orb.Point, error) {
	at := p.tok.at
	var q orb.Point
	for i := range q {
		f, err := p.coordinate()
		if err != nil {
			return q, err
		}
		q[i] = f
	}
	if !p.tok.is(",") && !p.tok.is(")") {
		if _, err := p.coordinate(); err != nil {
			return q, err
		}
	}
	return q, p.vertex(at, q)
}

func (p *parser) positions() (ps []orb.Point, err error) {
	err = p.list(func() error {
		q, err := p.position()
		ps = append(ps, q)
		return err
	})
	return ps, err
}

func (p *parser) lineString() (orb.LineString, error) {
	at := p.tok.at
	ps, err := p.positions()
	if err == nil && len(ps) < 2 {
		err = at.bad(p.source, "a line has two positions or more")
	}
	return ps, err
}

func (p *parser) polygon() (g orb.Polygon, err error) {
	err = p.list(func() error {
		at := p.tok.at
		ps, err := p.positions()
		if err != nil {
			return err
		}
		if reason := ringFault(ps); reason != "" {
			return at.bad(p.source, "%s", reason)
		}
		g = append(g, ps)
		return nil
	})
	return g, err
}

// ringFault tells why positions are no ring, "" if they are one.
func ringFault(ps []orb.Point) string {
	switch {
	case len(ps) < 4:
		return "a ring has four positions or more, the last like the first"
	case ps[0] != ps[len(ps)-1]:
		return "the ring is not closed: its last position is not its first"
	}
	return ""
}

// multiPoint takes positions with or without parentheses of their own.
func (p *parser) multiPoint() (g orb.MultiPoint, err error) {
	err = p.list(func() error {
		own, err := p.accept("(")
		if err != nil {
			return err
		}
		q, err := p.position()
		if err != nil {
			return err
		}
		g = append(g, q)
		if own {
			err = p.expect(")")
		}
		return err
	})
	return g, err
}

// geometry reads WKT.
func (p *parser) geometry() (orb.Geometry, error) {
	word := p.tok
	if word.kind != tokName || !isGeometryWord(word.text) || word.is("BBOX") {
		return nil, p.unexpected("WKT")
	}
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	if err := p.advance(); err != nil {
		return nil, err
	}
	if _, err := p.accept("Z"); err != nil {
		return nil, err
	}
	if p.tok.is("EMPTY") {
		return nil, word.at.bad(p.source, "an empty geometry meets nothing")
	}
	switch strings.ToUpper(word.text) {
	case "POINT":
		at := p.tok.at
		ps, err := p.positions()
		if err == nil && len(ps) != 1 {
			err = at.bad(p.source, "a point has one position")
		}
		if err != nil {
			return nil, err
		}
		return orb.Point(ps[0]), nil
	case "LINESTRING":
		return p.lineString()
	case "POLYGON":
		return p.polygon()
	case "MULTIPOINT":
		return p.multiPoint()
	case "MULTILINESTRING":
		return listOf[orb.MultiLineString](p, p.lineString)
	case "MULTIPOLYGON":
		return listOf[orb.MultiPolygon](p, p.polygon)
	}
	return listOf[orb.Collection](p, p.geometry)
}

// listOf reads the members of a geometry of many parts.
func listOf[M ~[]G, G any](p *parser, member func() (G, error)) (all M, err error) {
	err = p.list(func() error {
		g, err := member()
		all = append(all, g)
		return err
	})
	return all, err
}
