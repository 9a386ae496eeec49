package flatgeobuf

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// geometryType is the type of a geometry in header.fbs.
type geometryType byte

// The geometry types that features can have here.
const (
	geomUnknown geometryType = iota
	geomPoint
	geomLineString
	geomPolygon
	geomMultiPoint
	geomMultiLineString
	geomMultiPolygon
	geomCollection
	geomTriangle geometryType = 17
)

func (t geometryType) String() string {
	names := [...]string{"Unknown", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
		"GeometryCollection", "CircularString", "CompoundCurve", "CurvePolygon", "MultiCurve", "MultiSurface", "Curve",
		"Surface", "PolyhedralSurface", "TIN", "Triangle"}
	if int(t) < len(names) {
		return names[t]
	}
	return fmt.Sprintf("type %d", byte(t))
}

// The fields of the Geometry table.
const (
	geomEnds = iota
	geomXY
	geomZ
	geomM
	geomT
	geomTM
	geomType
	geomParts
)

// maxDepth bounds collections inside collections.
const maxDepth = 8

// decoder turns the Geometry tables of one feature into a geometry.
type decoder struct {
	*message
	row   int64
	extra bool // dropped ordinates were met
	ring  int  // rings, lines and points so far, for places
}

// geometry decodes a table. A table that doesn't say its type has the one that
// the header or its parent implies. It returns nil for an empty geometry.
func (d *decoder) geometry(t table, implied geometryType, depth int) (orb.Geometry, error) {
	kind := geometryType(d.byteField(t, geomType))
	if kind == geomUnknown {
		kind = implied
	}
	for f := geomZ; f <= geomTM; f++ {
		if _, ok := d.field(t, f); ok {
			d.extra = true
		}
	}
	switch kind {
	case geomPoint:
		return d.point(t)
	case geomMultiPoint:
		points, err := d.vertices(t)
		if err != nil || len(points) == 0 {
			return nil, err
		}
		return orb.MultiPoint(points), nil
	case geomLineString:
		points, err := d.vertices(t)
		if err != nil || len(points) == 0 {
			return nil, err
		}
		return orb.LineString(points), nil
	case geomMultiLineString:
		return d.multiLine(t)
	case geomPolygon, geomTriangle:
		p, err := d.polygon(t)
		if err != nil || len(p) == 0 {
			return nil, err
		}
		return p, nil
	case geomMultiPolygon:
		return d.multiPolygon(t)
	case geomCollection:
		return d.collection(t, depth)
	}
	return nil, feature.NewRowError(d.row, "geometry of %s is not supported", kind)
}

func (d *decoder) point(t table) (orb.Geometry, error) {
	xy, _ := d.vectorField(t, geomXY, 8)
	if d.err == nil && len(xy) >= 16 && math.IsNaN(float(xy)) && math.IsNaN(float(xy[8:])) {
		return nil, nil // how writers put an empty point
	}
	points, err := d.points(xy)
	if err != nil || len(points) == 0 {
		return nil, err
	}
	if len(points) > 1 {
		return nil, feature.NewRowError(d.row, "a Point of %d vertices", len(points))
	}
	return points[0], nil
}

func (d *decoder) vertices(t table) ([]orb.Point, error) {
	xy, _ := d.vectorField(t, geomXY, 8)
	return d.points(xy)
}

// points decodes pairs of doubles; each call is one ring, line or point.
func (d *decoder) points(xy []byte) ([]orb.Point, error) {
	if d.err != nil {
		return nil, d.err
	}
	if len(xy)%16 != 0 {
		return nil, d.bad(-1, "%d ordinates are no pairs", len(xy)/8)
	}
	points := make([]orb.Point, len(xy)/16)
	for i := range points {
		p := orb.Point{float(xy[16*i:]), float(xy[16*i+8:])}
		if math.IsNaN(p[0]-p[0]) || math.IsNaN(p[1]-p[1]) { // NaN or infinite
			return nil, d.bad(i, "the coordinate (%v, %v) is not a number", p[0], p[1])
		}
		points[i] = p
	}
	d.ring++
	return points, nil
}

func (d *decoder) bad(vertex int, format string, args ...any) error {
	return &feature.RowError{Row: d.row, Ring: d.ring, Vertex: vertex, Err: fmt.Errorf(format, args...)}
}

// runs decodes a vector of vertices that is cut at ends; without ends it is one
// run. Empty runs are left out.
func (d *decoder) runs(t table) ([][]orb.Point, error) {
	xy, _ := d.vectorField(t, geomXY, 8)
	ends, _ := d.vectorField(t, geomEnds, 4)
	if d.err != nil {
		return nil, d.err
	}
	if len(ends) == 0 {
		if len(xy) == 0 {
			return nil, nil
		}
		points, err := d.points(xy)
		return [][]orb.Point{points}, err
	}
	var runs [][]orb.Point
	from := 0
	for i := 0; i < len(ends); i += 4 {
		end := int64(binary.LittleEndian.Uint32(ends[i:])) * 16
		if end < int64(from) || end > int64(len(xy)) {
			return nil, d.bad(-1, "it ends at vertex %d of %d, the one before at %d", end/16, len(xy)/16, from/16)
		}
		if int(end) > from {
			points, err := d.points(xy[from:end])
			if err != nil {
				return nil, err
			}
			runs = append(runs, points)
		}
		from = int(end)
	}
	if from != len(xy) {
		return nil, d.bad(-1, "%d ordinates belong to no ring", (len(xy)-from)/8)
	}
	return runs, nil
}

func (d *decoder) multiLine(t table) (orb.Geometry, error) {
	runs, err := d.runs(t)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	m := make(orb.MultiLineString, len(runs))
	for i, r := range runs {
		m[i] = r
	}
	return m, nil
}

func (d *decoder) polygon(t table) (orb.Polygon, error) {
	runs, err := d.runs(t)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	p := make(orb.Polygon, len(runs))
	for i, r := range runs {
		p[i] = r
	}
	return p, nil
}

func (d *decoder) multiPolygon(t table) (orb.Geometry, error) {
	var m orb.MultiPolygon
	err := d.tables(t, geomParts, func(part table) error {
		p, err := d.polygon(part)
		if err == nil && len(p) > 0 {
			m = append(m, p)
		}
		for f := geomZ; f <= geomTM; f++ {
			if _, ok := d.field(part, f); ok {
				d.extra = true
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(m) == 0 { // nothing, or a writer that put one polygon without parts
		p, err := d.polygon(t)
		if err != nil || len(p) == 0 {
			return nil, err
		}
		return orb.MultiPolygon{p}, nil
	}
	return m, nil
}

func (d *decoder) collection(t table, depth int) (orb.Geometry, error) {
	if depth >= maxDepth {
		return nil, feature.NewRowError(d.row, "collections are nested more than %d deep", maxDepth)
	}
	var c orb.Collection
	err := d.tables(t, geomParts, func(part table) error {
		g, err := d.geometry(part, geomUnknown, depth+1)
		if err == nil && g != nil {
			c = append(c, g)
		}
		return err
	})
	if err != nil || len(c) == 0 {
		return nil, err
	}
	return c, nil
}
