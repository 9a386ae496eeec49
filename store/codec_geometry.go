package store

import (
	"fmt"

	"github.com/paulmach/orb"
)

// take returns the next n points.
func (d *decoder) take(n uint64) []orb.Point {
	if n > uint64(len(d.points)) {
		d.fail(errShort)
		return nil
	}
	ps := d.points[:n:n]
	d.points = d.points[n:]
	return ps
}

func (d *decoder) line() []orb.Point { return d.take(d.uvarint()) }

func (d *decoder) polygon() orb.Polygon {
	n := d.uvarint()
	from := len(d.rings)
	if n > uint64(cap(d.rings)-from) {
		d.fail(errShort)
		return nil
	}
	for i := uint64(0); i < n; i++ {
		d.rings = append(d.rings, d.line())
	}
	return orb.Polygon(d.rings[from:len(d.rings):len(d.rings)])
}

func (d *decoder) multiPolygon() orb.MultiPolygon {
	n := d.uvarint()
	from := len(d.polys)
	if n > uint64(cap(d.polys)-from) {
		d.fail(errShort)
		return nil
	}
	for i := uint64(0); i < n; i++ {
		d.polys = append(d.polys, d.polygon())
	}
	return orb.MultiPolygon(d.polys[from:len(d.polys):len(d.polys)])
}

// list reads the length of a list that gets memory of its own. Members take at
// least a byte of the records each, so all lists together have that many.
func (d *decoder) list() uint64 {
	n := d.uvarint()
	if n > d.room {
		d.fail(errShort)
		return 0
	}
	d.room -= n
	return n
}

func (d *decoder) multiLine() orb.MultiLineString {
	m := make(orb.MultiLineString, d.list())
	for i := range m {
		m[i] = d.line()
	}
	return m
}

func (d *decoder) collection(depth int) orb.Geometry {
	if depth == maxDepth {
		d.fail(errTooDeep)
		return nil
	}
	c := make(orb.Collection, d.list())
	for i := range c {
		c[i] = d.geometry(depth + 1)
	}
	return c
}

func (d *decoder) geometry(depth int) orb.Geometry {
	switch t := d.byte(); t {
	case geomNil:
		return nil
	case geomPoint:
		if ps := d.take(1); ps != nil {
			return ps[0]
		}
	case geomBound:
		if ps := d.take(2); ps != nil {
			return orb.Bound{Min: ps[0], Max: ps[1]}
		}
	case geomMultiPoint:
		return orb.MultiPoint(d.line())
	case geomLineString:
		return orb.LineString(d.line())
	case geomRing:
		return orb.Ring(d.line())
	case geomMultiLineString:
		return d.multiLine()
	case geomPolygon:
		return d.polygon()
	case geomMultiPolygon:
		return d.multiPolygon()
	case geomCollection:
		return d.collection(depth)
	default:
		d.fail(fmt.Errorf("geometry of type %d", t))
	}
	return nil
}
