package shapefile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// shapeType is the type code of a record or of a file.
type shapeType uint32

// The shape types; +10 has Z (and M), +20 has M.
const (
	shapeNull       shapeType = 0
	shapePoint      shapeType = 1
	shapePolyLine   shapeType = 3
	shapePolygon    shapeType = 5
	shapeMultiPoint shapeType = 8
	shapeMultiPatch shapeType = 31
)

// flat returns the type without Z and M, and whether it had them; false when it
// is no type that a feature can be made of.
func (t shapeType) flat() (base shapeType, extra, ok bool) {
	base, extra = t, t > 10
	if t < 30 && extra {
		base = t % 10
	}
	switch base {
	case shapePoint, shapePolyLine, shapePolygon, shapeMultiPoint:
		return base, extra, true
	case shapeNull:
		return base, false, t == shapeNull
	}
	return base, extra, false
}

func (t shapeType) String() string {
	names := map[shapeType]string{
		shapeNull: "Null", shapePoint: "Point", shapePolyLine: "PolyLine", shapePolygon: "Polygon",
		shapeMultiPoint: "MultiPoint", shapeMultiPatch: "MultiPatch",
	}
	base, _, ok := t.flat()
	switch {
	case ok && t > 20:
		return names[base] + "M"
	case ok && t > 10:
		return names[base] + "Z"
	case names[t] != "":
		return names[t]
	}
	return fmt.Sprintf("shape type %d", uint32(t))
}

var errShort = errors.New("the record is too short for what it claims to hold")

// shapes turns record contents into geometries.
type shapes struct{ notes *notes }

// geometry decodes the content of record row; nil for a Null shape and for a
// shape without any vertex.
func (s *shapes) geometry(row int64, b []byte) (orb.Geometry, error) {
	if len(b) < 4 {
		return nil, feature.NewRowError(row, "the record has %d bytes, too few for a shape type", len(b))
	}
	t := shapeType(binary.LittleEndian.Uint32(b))
	base, extra, ok := t.flat()
	if !ok {
		return nil, feature.NewRowError(row, "%s is not supported", t)
	}
	if extra {
		s.notes.count(noteExtra, row)
	}
	var g orb.Geometry
	var err error
	switch base {
	case shapeNull:
		return nil, nil
	case shapePoint:
		g, err = point(row, b[4:])
	case shapeMultiPoint:
		g, err = multiPoint(row, b[4:])
	default:
		g, err = s.parted(row, base, b[4:])
	}
	if errors.Is(err, errShort) {
		return nil, feature.NewRowError(row, "%s of %d bytes: %w", t, len(b), err)
	}
	return g, err
}

func point(row int64, b []byte) (orb.Geometry, error) {
	points, err := vertices(row, 0, b, 1)
	if err != nil {
		return nil, err
	}
	return points[0], nil
}

func multiPoint(row int64, b []byte) (orb.Geometry, error) {
	if len(b) < 36 {
		return nil, errShort
	}
	points, err := vertices(row, 0, b[36:], binary.LittleEndian.Uint32(b[32:]))
	if err != nil || len(points) == 0 {
		return nil, err
	}
	return orb.MultiPoint(points), nil
}

// parted decodes a PolyLine or Polygon: box, part count, vertex count, the
// first vertex of each part, vertices.
func (s *shapes) parted(row int64, base shapeType, b []byte) (orb.Geometry, error) {
	if len(b) < 40 {
		return nil, errShort
	}
	parts, points := binary.LittleEndian.Uint32(b[32:]), binary.LittleEndian.Uint32(b[36:])
	if uint64(len(b)-40) < 4*uint64(parts)+16*uint64(points) {
		return nil, errShort
	}
	starts, body := b[40:40+4*parts], b[40+4*parts:]
	var runs [][]orb.Point
	for i := range parts {
		from, to := binary.LittleEndian.Uint32(starts[4*i:]), points
		if i+1 < parts {
			to = binary.LittleEndian.Uint32(starts[4*i+4:])
		}
		if from > to || to > points || i == 0 && from != 0 {
			return nil, &feature.RowError{Row: row, Ring: int(i), Vertex: -1,
				Err: fmt.Errorf("part %d runs from vertex %d to %d of %d", i, from, to, points)}
		}
		if from == to {
			s.notes.count(noteEmptyPart, row)
			continue
		}
		run, err := vertices(row, int(i), body[16*from:], to-from)
		if err != nil {
			return nil, err
		}
		runs = append(runs, run)
	}
	if parts == 0 && points > 0 {
		return nil, feature.NewRowError(row, "%d vertices belong to no part", points)
	}
	if base == shapePolygon {
		return s.polygon(row, runs), nil
	}
	return lines(runs), nil
}

func lines(runs [][]orb.Point) orb.Geometry {
	switch len(runs) {
	case 0:
		return nil
	case 1:
		return orb.LineString(runs[0])
	}
	m := make(orb.MultiLineString, len(runs))
	for i, run := range runs {
		m[i] = run
	}
	return m
}

// vertices decodes n vertices. It allocates only for vertices that are there.
func vertices(row int64, ring int, b []byte, n uint32) ([]orb.Point, error) {
	if uint64(len(b)) < 16*uint64(n) {
		return nil, errShort
	}
	points := make([]orb.Point, n)
	for i := range points {
		p := orb.Point{
			math.Float64frombits(binary.LittleEndian.Uint64(b[16*i:])),
			math.Float64frombits(binary.LittleEndian.Uint64(b[16*i+8:])),
		}
		if !finite(p[0]) || !finite(p[1]) {
			return nil, &feature.RowError{Row: row, Ring: ring, Vertex: i,
				Err: fmt.Errorf("the coordinate (%v, %v) is not a number", p[0], p[1])}
		}
		points[i] = p
	}
	return points, nil
}

func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
