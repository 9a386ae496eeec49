package arena

import (
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
)

// The geometry types of a slot, with a flag bit for NeedsRepair.
const (
	shapeNone uint8 = iota
	shapePoint
	shapeMultiPoint
	shapeLineString
	shapeMultiLineString
	shapePolygon
	shapeMultiPolygon

	repairFlag uint8 = 0x80
)

// blockPoints is how many coordinates a growing segment takes at a time, so
// that rings never move.
const blockPoints = 16 << 10

// segment is a run of slots. Slot i's rings are rings[ringEnd[i-1]:ringEnd[i]],
// its parts (multipolygons only) parts[partEnd[i-1]:partEnd[i]].
type segment struct {
	free    []orb.Point // what is left of the current block
	rings   []orb.Ring
	ringEnd []uint32
	parts   []orb.Polygon
	partEnd []uint32
	shape   []uint8
	bound   []orb.Bound
	area    []float64
	number  []feature.Number
	version []feature.Seq
	idEnd   []uint32
	ids     []byte
	cols    []column
	points  int64
}

// fork returns a segment that shares all slots of g and may grow apart from it.
func (g *segment) fork() *segment {
	f := *g
	f.cols = slices.Clone(g.cols)
	return &f
}

func (g *segment) grow(features, vertices, rings int) {
	g.free = make([]orb.Point, 0, vertices)
	g.rings = make([]orb.Ring, 0, rings)
	g.ringEnd = make([]uint32, 0, features)
	g.partEnd = make([]uint32, 0, features)
	g.shape = make([]uint8, 0, features)
	g.bound = make([]orb.Bound, 0, features)
	g.area = make([]float64, 0, features)
	g.number = make([]feature.Number, 0, features)
	g.version = make([]feature.Seq, 0, features)
	g.idEnd = make([]uint32, 0, features)
}

func (g *segment) add(f *feature.Feature, column func(string) int) error {
	if len(g.rings) > math.MaxUint32-1<<24 || len(g.ids) > math.MaxUint32-1<<16 {
		return ErrFull
	}
	shape, err := g.addGeometry(f.Geometry)
	if err != nil {
		return err
	}
	if f.NeedsRepair {
		shape |= repairFlag
	}
	i := len(g.number)
	for _, p := range f.Properties {
		c := column(p.Name)
		for len(g.cols) <= c {
			g.cols = append(g.cols, newColumn())
		}
		if err := g.cols[c].set(i, p.Value); err != nil {
			return fmt.Errorf("property %q: %w", p.Name, err)
		}
	}
	g.ringEnd = append(g.ringEnd, uint32(len(g.rings)))
	g.partEnd = append(g.partEnd, uint32(len(g.parts)))
	g.shape = append(g.shape, shape)
	g.bound = append(g.bound, geom.Bound(f.Geometry))
	g.area = append(g.area, f.Area)
	g.number = append(g.number, f.Number)
	g.version = append(g.version, f.Version)
	g.ids = append(g.ids, f.ID...)
	g.idEnd = append(g.idEnd, uint32(len(g.ids)))
	return nil
}

func (g *segment) addGeometry(geometry orb.Geometry) (uint8, error) {
	switch t := geometry.(type) {
	case nil:
		return shapeNone, nil
	case orb.Point:
		g.addRing(orb.Ring{t})
		return shapePoint, nil
	case orb.MultiPoint:
		g.addRing(orb.Ring(t))
		return shapeMultiPoint, nil
	case orb.LineString:
		g.addRing(orb.Ring(t))
		return shapeLineString, nil
	case orb.MultiLineString:
		for _, l := range t {
			g.addRing(orb.Ring(l))
		}
		return shapeMultiLineString, nil
	case orb.Polygon:
		for _, r := range t {
			g.addRing(r)
		}
		return shapePolygon, nil
	case orb.MultiPolygon:
		for _, p := range t {
			from := len(g.rings)
			for _, r := range p {
				g.addRing(r)
			}
			g.parts = append(g.parts, orb.Polygon(g.rings[from:len(g.rings):len(g.rings)]))
		}
		return shapeMultiPolygon, nil
	}
	return 0, fmt.Errorf("arena: geometry type %T", geometry)
}

// addRing copies the points of a ring to where they will lie.
func (g *segment) addRing(r orb.Ring) {
	if cap(g.free)-len(g.free) < len(r) {
		g.free = make([]orb.Point, 0, max(blockPoints, len(r)))
	}
	from := len(g.free)
	g.free = append(g.free, r...)
	g.rings = append(g.rings, orb.Ring(g.free[from:len(g.free):len(g.free)]))
	g.points += int64(len(r))
}

func span(ends []uint32, i int) (from, to uint32) {
	if i > 0 {
		from = ends[i-1]
	}
	return from, ends[i]
}

func (g *segment) id(i int) string {
	from, to := span(g.idEnd, i)
	return view(g.ids[from:to])
}

// view returns the bytes as a string without a copy. The bytes of an arena are
// written once, before the slot that they belong to can be seen.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func (g *segment) geometry(i int) orb.Geometry {
	from, to := span(g.ringEnd, i)
	rings := g.rings[from:to:to]
	switch g.shape[i] &^ repairFlag {
	case shapePoint:
		return rings[0][0]
	case shapeMultiPoint:
		return orb.MultiPoint(rings[0])
	case shapeLineString:
		return orb.LineString(rings[0])
	case shapeMultiLineString:
		lines := make(orb.MultiLineString, len(rings))
		for k, r := range rings {
			lines[k] = orb.LineString(r)
		}
		return lines
	case shapePolygon:
		return orb.Polygon(rings)
	case shapeMultiPolygon:
		from, to := span(g.partEnd, i)
		return orb.MultiPolygon(g.parts[from:to:to])
	}
	return nil
}

func (g *segment) bytes() (coordinates, properties, rest int64) {
	coordinates = g.points * 16
	for i := range g.cols {
		properties += g.cols[i].bytes()
	}
	n := int64(cap(g.number))
	rest = int64(cap(g.rings)+cap(g.parts))*24 + n*(4+4+1+32+8+8+8+4) + int64(cap(g.ids))
	return coordinates, properties, rest
}
