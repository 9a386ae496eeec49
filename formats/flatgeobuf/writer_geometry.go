package flatgeobuf

import (
	"fmt"
	"math"

	flatbuffers "github.com/google/flatbuffers/go"
	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
)

// kindOf returns the format's type of a geometry; geomUnknown for nil and for
// what it has no type for.
func kindOf(g orb.Geometry) geometryType {
	switch g.(type) {
	case orb.Point:
		return geomPoint
	case orb.MultiPoint:
		return geomMultiPoint
	case orb.LineString:
		return geomLineString
	case orb.MultiLineString:
		return geomMultiLineString
	case orb.Polygon:
		return geomPolygon
	case orb.MultiPolygon:
		return geomMultiPolygon
	case orb.Collection:
		return geomCollection
	}
	return geomUnknown
}

// extent is what a geometry takes.
type extent struct {
	box             orb.Bound
	vertices, parts int // parts are rings, lines, points, polygons and collections
}

// examine measures a geometry. The error is a *feature.RowError with the place,
// rings counted as the Reader counts them.
func examine(g orb.Geometry, row int64) (extent, error) {
	x := examiner{extent: extent{box: geom.EmptyBound}, row: row}
	err := x.geometry(g, 0)
	return x.extent, err
}

type examiner struct {
	extent
	row  int64
	ring int
}

func (x *examiner) geometry(g orb.Geometry, depth int) error {
	x.parts++
	switch g := g.(type) {
	case nil:
		return nil
	case orb.Point:
		return x.run([]orb.Point{g})
	case orb.MultiPoint:
		return x.run(g)
	case orb.LineString:
		return x.run(g)
	case orb.MultiLineString:
		return eachOf(g, func(l orb.LineString) error { return x.run(l) })
	case orb.Polygon:
		return eachOf(g, func(r orb.Ring) error { return x.run(r) })
	case orb.MultiPolygon:
		return eachOf(g, func(p orb.Polygon) error { return x.geometry(p, depth) })
	case orb.Collection:
		if depth == maxDepth {
			return feature.NewRowError(x.row, "collections are nested more than %d deep", maxDepth)
		}
		return eachOf(g, func(p orb.Geometry) error { return x.geometry(p, depth+1) })
	}
	return feature.NewRowError(x.row, "a geometry of type %s has no place in the format", g.GeoJSONType())
}

// eachOf calls visit until its first error.
func eachOf[T any](list []T, visit func(T) error) error {
	for _, v := range list {
		if err := visit(v); err != nil {
			return err
		}
	}
	return nil
}

func (x *examiner) run(points []orb.Point) error {
	for i, p := range points {
		if math.IsNaN(p[0]-p[0]) || math.IsNaN(p[1]-p[1]) { // NaN or infinite
			return &feature.RowError{Row: x.row, Ring: x.ring, Vertex: i, Err: fmt.Errorf("the coordinate (%v, %v): %w", p[0], p[1], errNoFinite)}
		}
		x.box = x.box.Extend(p)
	}
	x.parts++
	x.ring++
	x.vertices += len(points)
	return nil
}

// appendGeometry writes a Geometry table that names its type, and returns its
// place. The geometry has been examined.
func appendGeometry(b *flatbuffers.Builder, g orb.Geometry) flatbuffers.UOffsetT {
	var ends, xy, parts flatbuffers.UOffsetT
	switch g := g.(type) {
	case orb.Point:
		xy = appendRuns(b, [][]orb.Point{{g}})
	case orb.MultiPoint:
		xy = appendRuns(b, [][]orb.Point{g})
	case orb.LineString:
		xy = appendRuns(b, [][]orb.Point{g})
	case orb.MultiLineString:
		ends, xy = appendEnds(b, g), appendRuns(b, g)
	case orb.Polygon:
		ends, xy = appendEnds(b, g), appendRuns(b, g)
	case orb.MultiPolygon:
		parts = appendParts(b, g)
	case orb.Collection:
		parts = appendParts(b, g)
	}
	b.StartObject(geomParts + 1)
	b.PrependUOffsetTSlot(geomEnds, ends, 0)
	b.PrependUOffsetTSlot(geomXY, xy, 0)
	b.PrependByteSlot(geomType, byte(kindOf(g)), 0)
	b.PrependUOffsetTSlot(geomParts, parts, 0)
	return b.EndObject()
}

func appendParts[G orb.Geometry](b *flatbuffers.Builder, list []G) flatbuffers.UOffsetT {
	tables := make([]flatbuffers.UOffsetT, len(list))
	for i, g := range list {
		tables[i] = appendGeometry(b, g)
	}
	return b.CreateVectorOfTables(tables)
}

// appendRuns writes the ordinates of runs of vertices, one behind the other. A
// builder works from the end.
func appendRuns[R ~[]orb.Point](b *flatbuffers.Builder, runs []R) flatbuffers.UOffsetT {
	n := 0
	for _, r := range runs {
		n += 2 * len(r)
	}
	b.StartVector(8, n, 8)
	for i := len(runs) - 1; i >= 0; i-- {
		for k := len(runs[i]) - 1; k >= 0; k-- {
			b.PlaceFloat64(runs[i][k][1])
			b.PlaceFloat64(runs[i][k][0])
		}
	}
	return b.EndVector(n)
}

// appendEnds writes where each run ends; one run needs no telling.
func appendEnds[R ~[]orb.Point](b *flatbuffers.Builder, runs []R) flatbuffers.UOffsetT {
	if len(runs) < 2 {
		return 0
	}
	end := 0
	for _, r := range runs {
		end += len(r)
	}
	b.StartVector(4, len(runs), 4)
	for i := len(runs) - 1; i >= 0; i-- {
		b.PlaceUint32(uint32(end))
		end -= len(runs[i])
	}
	return b.EndVector(len(runs))
}
