package geojson

import "github.com/paulmach/orb"

// coordinates reads the value of a member "coordinates" at pos. The geometry
// is nil for an empty Point, and not to be used when the row has failed.
func (p *parser) coordinates(k kind) (g orb.Geometry, err error) {
	p.kind, p.inCoords, p.nAt = k, true, 0
	defer func() { p.inCoords = false }()
	switch k {
	case point:
		return p.pointCoordinates()
	case multiPoint:
		pts, err := p.positions()
		return orb.MultiPoint(pts), err
	case lineString:
		pts, err := p.positions()
		return orb.LineString(pts), err
	case multiLineString:
		lines := orb.MultiLineString{}
		err := p.list("lines", func() error {
			pts, err := p.positions()
			lines = append(lines, orb.LineString(pts))
			return err
		})
		return lines, err
	case polygon:
		return p.rings()
	}
	parts := orb.MultiPolygon{}
	err = p.list("polygons", func() error {
		rings, err := p.rings()
		parts = append(parts, rings)
		return err
	})
	return parts, err
}

func (p *parser) rings() (orb.Polygon, error) {
	rings := orb.Polygon{}
	err := p.list("rings", func() error {
		pts, err := p.positions()
		rings = append(rings, orb.Ring(pts))
		return err
	})
	return rings, err
}

// pointCoordinates reads one position; an empty array stands for no geometry
// (RFC 7946, 3.1).
func (p *parser) pointCoordinates() (orb.Geometry, error) {
	from := p.here()
	pt, n, err := p.position()
	if err != nil {
		return nil, err
	}
	if n == 0 {
		p.note(noteEmptyGeometry)
		return nil, nil
	}
	if n == 1 {
		p.fail(from, "a position has 1 number, not longitude and latitude")
	}
	return pt, p.count()
}

// list reads an array of what each reads. Elements count as vertices against
// the limit, so that empty ones can't fill the memory.
func (p *parser) list(of string, each func() error) error {
	if p.peek() != '[' {
		return p.failHere("%s stands where an array of " + of + " should: wrong nesting for a " + p.kind.String())
	}
	if err := p.enter(); err != nil {
		return err
	}
	level := p.nAt
	p.nAt++
	for i := 0; ; i++ {
		p.at[level] = i
		ok, err := p.elem(i == 0)
		if !ok || err != nil {
			p.nAt = level
			return err
		}
		if err := p.count(); err != nil {
			return err
		}
		if p.bad != nil {
			err = p.skip()
		} else {
			err = each()
		}
		if err != nil {
			return err
		}
	}
}

// count counts one vertex (or list element) of the row.
func (p *parser) count() error {
	if p.vertices++; p.vertices > p.maxVertices {
		p.failLimit(LimitVertices, p.maxVertices)
	}
	return nil
}

// positions reads an array of positions into new memory of just that size.
func (p *parser) positions() ([]orb.Point, error) {
	buf := p.positionsBuf[:0]
	err := p.list("positions", func() error {
		if pt, n, ok := fastPosition(p.buf[p.pos:p.end]); ok {
			p.pos += n
			buf = append(buf, pt)
			return nil
		}
		from := p.here()
		pt, n, err := p.position()
		switch {
		case n == 0:
			p.fail(from, "a position is empty")
		case n == 1:
			p.fail(from, "a position has 1 number, not longitude and latitude")
		}
		buf = append(buf, pt)
		return err
	})
	p.positionsBuf = buf
	pts := make([]orb.Point, len(buf))
	copy(pts, buf)
	return pts, err
}

// position reads one array of numbers and returns the first two and how many
// there were.
func (p *parser) position() (pt orb.Point, n int, err error) {
	if p.peek() != '[' {
		return pt, 2, p.failHere("%s stands where a position [longitude, latitude] should: wrong nesting for a " + p.kind.String())
	}
	if err := p.enter(); err != nil {
		return pt, 0, err
	}
	level := p.nAt
	p.nAt++
	for ; ; n++ {
		p.at[level] = n
		ok, err := p.elem(n == 0)
		if !ok || err != nil {
			p.nAt = level
			if n > 2 {
				p.note(noteExtraOrdinates)
			}
			return pt, n, err
		}
		f, err := p.ordinate()
		if err != nil {
			return pt, n, err
		}
		if n < 2 {
			pt[n] = f
		}
	}
}

// ordinate reads one number of a position.
func (p *parser) ordinate() (float64, error) {
	c := p.peek()
	switch {
	case c == '[':
		return 0, p.failHere("%s stands where a number should: nested too deep for a " + p.kind.String())
	case c == '"':
		from := p.here()
		chars, _, err := p.text()
		p.fail(from, "an ordinate is the text %s, not a number", quote(chars))
		return 0, err
	case c != '-' && (c < '0' || c > '9'):
		return 0, p.failHere("an ordinate is %s, not a number")
	}
	from, odd := p.here(), p.nonFinite
	f, ok, err := p.float()
	switch {
	case err != nil:
	case p.nonFinite != odd:
		p.fail(from, "an ordinate is -Infinity, not a number")
	case !ok:
		p.fail(from, "an ordinate is a number beyond float64 (±1.8e308)")
	}
	return f, err
}
