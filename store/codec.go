package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// The body of a blob of features, all integers varint (uvarint; numbers and
// integer values zigzag):
//
//	header      n features, n names, n points, n lines, n polygons,
//	            n properties, length of records, length of text; then the
//	            names: length and bytes each
//	records     n times: number minus the number before, flags (1 needs repair,
//	            2 area follows), area as 8 bytes, length of id, geometry, count
//	            of properties, and for each: name's index, kind, value
//	coordinates the x of all points, then the y, in planes (codec_planes.go)
//	text        ids and text values in the order of the records
//
// A geometry is a type byte and its counts: nothing for nil, Point and Bound
// (two points); points for MultiPoint, LineString and Ring; lines and the points
// of each for MultiLineString and Polygon; polygons and each polygon's for
// MultiPolygon; members and each geometry for Collection. A value is nothing for
// null, one byte for a boolean, a varint, 8 bytes, or the length of its text.
// Coordinates and numbers keep every bit; nil and empty slices are one. The
// version of a feature is not in the body: the key or the load has it.

// The geometry types of a record.
const (
	geomNil = iota
	geomPoint
	geomMultiPoint
	geomLineString
	geomMultiLineString
	geomPolygon
	geomMultiPolygon
	geomRing
	geomCollection
	geomBound
)

const (
	flagRepair = 1 << 0
	flagArea   = 1 << 1
)

// maxDepth bounds the nesting of collections.
const maxDepth = 16

// encoder writes bodies; it keeps its buffers and serves one goroutine.
type encoder struct {
	records, text, names, body []byte
	x, y                       []uint64 // bits of the coordinates
	index                      map[string]uint64
	lines, polys, props        uint64
}

// encode returns the body of fs, valid until the next call.
func (e *encoder) encode(fs []feature.Feature) ([]byte, error) {
	e.reset()
	before := feature.Number(0)
	for i := range fs {
		f := &fs[i]
		e.records = binary.AppendVarint(e.records, int64(f.Number-before))
		before = f.Number
		if err := e.feature(f); err != nil {
			return nil, fmt.Errorf("store: feature %d (%q): %w", f.Number, f.ID, err)
		}
	}
	b := e.body[:0]
	for _, u := range []uint64{
		uint64(len(fs)), uint64(len(e.index)), uint64(len(e.x)), e.lines, e.polys, e.props,
		uint64(len(e.records)), uint64(len(e.text)),
	} {
		b = binary.AppendUvarint(b, u)
	}
	b = append(append(b, e.names...), e.records...)
	b = appendPlanes(appendPlanes(b, e.x), e.y)
	e.body = append(b, e.text...)
	return e.body, nil
}

func (e *encoder) reset() {
	const keep = 16 << 20
	if cap(e.body) > keep { // a giant came by
		*e = encoder{}
	}
	if e.index == nil {
		e.index = map[string]uint64{}
	}
	clear(e.index)
	e.records, e.text, e.names = e.records[:0], e.text[:0], e.names[:0]
	e.x, e.y = e.x[:0], e.y[:0]
	e.lines, e.polys, e.props = 0, 0, 0
}

func (e *encoder) feature(f *feature.Feature) error {
	if math.IsNaN(f.Area) || math.IsInf(f.Area, 0) || f.Area < 0 {
		return assertion("area %v", f.Area)
	}
	flags := byte(0)
	if f.NeedsRepair {
		flags |= flagRepair
	}
	if math.Float64bits(f.Area) != 0 {
		flags |= flagArea
	}
	e.records = append(e.records, flags)
	if flags&flagArea != 0 {
		e.records = binary.LittleEndian.AppendUint64(e.records, math.Float64bits(f.Area))
	}
	e.addText(string(f.ID))
	if err := e.geometry(f.Geometry, 0); err != nil {
		return err
	}
	e.count(len(f.Properties))
	e.props += uint64(len(f.Properties))
	for i := range f.Properties {
		if err := e.property(&f.Properties[i]); err != nil {
			return err
		}
	}
	return nil
}

func (e *encoder) count(n int) { e.records = binary.AppendUvarint(e.records, uint64(n)) }

func (e *encoder) addText(s string) {
	e.count(len(s))
	e.text = append(e.text, s...)
}

func (e *encoder) property(p *feature.Property) error {
	i, ok := e.index[p.Name]
	if !ok {
		i = uint64(len(e.index))
		e.index[p.Name] = i
		e.names = append(binary.AppendUvarint(e.names, uint64(len(p.Name))), p.Name...)
	}
	e.records = binary.AppendUvarint(e.records, i)
	kind := p.Value.Kind()
	e.records = append(e.records, byte(kind))
	switch kind {
	case feature.Null:
	case feature.Bool:
		b := byte(0)
		if p.Value.Bool() {
			b = 1
		}
		e.records = append(e.records, b)
	case feature.Int:
		e.records = binary.AppendVarint(e.records, p.Value.Int())
	case feature.Float:
		e.records = binary.LittleEndian.AppendUint64(e.records, math.Float64bits(p.Value.Float()))
	case feature.String, feature.JSON:
		e.addText(p.Value.Text())
	default:
		return assertion("property %q has a value of kind %d", p.Name, kind)
	}
	return nil
}

func (e *encoder) coordinates(ps []orb.Point) {
	for _, p := range ps {
		e.x = append(e.x, math.Float64bits(p[0]))
		e.y = append(e.y, math.Float64bits(p[1]))
	}
}

func (e *encoder) line(ps []orb.Point) {
	e.count(len(ps))
	e.coordinates(ps)
}

func (e *encoder) polygon(p orb.Polygon) {
	e.count(len(p))
	e.lines += uint64(len(p))
	for _, r := range p {
		e.line(r)
	}
}

var errTooDeep = errors.New("collections nested too deeply")

func (e *encoder) geometry(g orb.Geometry, depth int) error {
	tag := func(t byte) { e.records = append(e.records, t) }
	switch g := g.(type) {
	case nil:
		tag(geomNil)
	case orb.Point:
		tag(geomPoint)
		e.coordinates([]orb.Point{g})
	case orb.Bound:
		tag(geomBound)
		e.coordinates([]orb.Point{g.Min, g.Max})
	case orb.MultiPoint:
		tag(geomMultiPoint)
		e.line(g)
	case orb.LineString:
		tag(geomLineString)
		e.line(g)
	case orb.Ring:
		tag(geomRing)
		e.line(g)
	case orb.MultiLineString:
		tag(geomMultiLineString)
		e.count(len(g))
		e.lines += uint64(len(g))
		for _, l := range g {
			e.line(l)
		}
	case orb.Polygon:
		tag(geomPolygon)
		e.polygon(g)
	case orb.MultiPolygon:
		tag(geomMultiPolygon)
		e.count(len(g))
		e.polys += uint64(len(g))
		for _, p := range g {
			e.polygon(p)
		}
	case orb.Collection:
		if depth == maxDepth {
			return errTooDeep
		}
		tag(geomCollection)
		e.count(len(g))
		for _, m := range g {
			if err := e.geometry(m, depth+1); err != nil {
				return err
			}
		}
	default:
		return assertion("geometry of type %T", g)
	}
	return nil
}
