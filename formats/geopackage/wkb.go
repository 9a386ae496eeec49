package geopackage

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// parser reads well-known binary: OGC 06-103r4 (ISO codes 1000, 2000, 3000 for Z,
// M, ZM) and the extended form with flag bits and SRID. Every count is checked
// against the bytes that are left before anything is allocated. (The decoder of
// orb takes neither Z nor M.)
type parser struct {
	buf   []byte
	at    int
	extra bool
	ring  int // rings, lines and points so far, for places
}

// The geometry codes without dimension.
const (
	wkbPoint = iota + 1
	wkbLineString
	wkbPolygon
	wkbMultiPoint
	wkbMultiLineString
	wkbMultiPolygon
	wkbCollection
	wkbTriangle = 17
)

func codeName(code uint32) string {
	names := [...]string{"Geometry", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon",
		"GeometryCollection", "CircularString", "CompoundCurve", "CurvePolygon", "MultiCurve", "MultiSurface", "Curve",
		"Surface", "PolyhedralSurface", "TIN", "Triangle"}
	if int64(code) < int64(len(names)) {
		return names[code]
	}
	return fmt.Sprintf("code %d", code)
}

// maxDepth bounds collections inside collections.
const maxDepth = 8

// shape is what the head of a geometry says.
type shape struct {
	order  binary.ByteOrder
	code   uint32
	stride int // bytes of a vertex
}

func (w *parser) short(what string) error {
	return fmt.Errorf("the geometry ends inside %s at byte %d of %d", what, w.at, len(w.buf))
}

// bad is an error with the place of a vertex; the row is filled in later.
func (w *parser) bad(vertex int, format string, args ...any) error {
	return &feature.RowError{Ring: w.ring, Vertex: vertex, Err: fmt.Errorf(format, args...)}
}

func (w *parser) head() (shape, error) {
	if len(w.buf)-w.at < 5 {
		return shape{}, w.short("a type")
	}
	s := shape{order: binary.BigEndian}
	switch w.buf[w.at] {
	case 0:
	case 1:
		s.order = binary.LittleEndian
	default:
		return shape{}, fmt.Errorf("the geometry has byte order %d at byte %d", w.buf[w.at], w.at)
	}
	code := s.order.Uint32(w.buf[w.at+1:])
	w.at += 5
	z, m := code&0x80000000 != 0, code&0x40000000 != 0 // extended
	if code&0x20000000 != 0 {                          // extended: an SRID follows
		if len(w.buf)-w.at < 4 {
			return shape{}, w.short("an SRID")
		}
		w.at += 4
	}
	code &= 0x1fffffff
	if code >= 4000 {
		return shape{}, fmt.Errorf("the geometry has the unknown type %d", code)
	}
	ordinates := 2
	if dim := code / 1000; z || dim == 1 || dim == 3 {
		ordinates++
	}
	if dim := code / 1000; m || dim >= 2 {
		ordinates++
	}
	w.extra = w.extra || ordinates > 2
	s.code, s.stride = code%1000, 8*ordinates
	return s, nil
}

// count reads a count of things that take at least size bytes each.
func (w *parser) count(s shape, size int, what string) (int, error) {
	if len(w.buf)-w.at < 4 {
		return 0, w.short("a count of " + what)
	}
	n := int64(s.order.Uint32(w.buf[w.at:]))
	w.at += 4
	if n*int64(size) > int64(len(w.buf)-w.at) {
		return 0, fmt.Errorf("the geometry claims %d %s at byte %d, where %d bytes are left", n, what, w.at-4, len(w.buf)-w.at)
	}
	return int(n), nil
}

// geometry reads one geometry; only is the code that a parent asks for, 0 for
// any. It returns nil for an empty one.
func (w *parser) geometry(only uint32, depth int) (orb.Geometry, error) {
	s, err := w.head()
	if err != nil {
		return nil, err
	}
	if only != 0 && s.code != only {
		return nil, fmt.Errorf("a %s holds a %s", codeName(only+3), codeName(s.code))
	}
	switch s.code {
	case wkbPoint:
		return w.point(s)
	case wkbLineString:
		points, err := w.points(s)
		if err != nil || len(points) == 0 {
			return nil, err
		}
		return orb.LineString(points), nil
	case wkbPolygon, wkbTriangle:
		return w.polygon(s)
	case wkbMultiPoint, wkbMultiLineString, wkbMultiPolygon:
		return w.multi(s, s.code-3)
	case wkbCollection:
		if depth >= maxDepth {
			return nil, fmt.Errorf("collections are nested more than %d deep", maxDepth)
		}
		return w.collection(s, depth)
	}
	return nil, fmt.Errorf("a geometry of %s is not supported", codeName(s.code))
}

func (w *parser) ordinate(s shape, at int) float64 {
	return math.Float64frombits(s.order.Uint64(w.buf[at:]))
}

func (w *parser) point(s shape) (orb.Geometry, error) {
	if len(w.buf)-w.at < s.stride {
		return nil, w.short("a vertex")
	}
	p := orb.Point{w.ordinate(s, w.at), w.ordinate(s, w.at+8)}
	if math.IsNaN(p[0]) && math.IsNaN(p[1]) { // an empty point
		w.at += s.stride
		return nil, nil
	}
	points, err := w.run(s, 1)
	if err != nil {
		return nil, err
	}
	return points[0], nil
}

// points reads a count and that many vertices.
func (w *parser) points(s shape) ([]orb.Point, error) {
	n, err := w.count(s, s.stride, "vertices")
	if err != nil {
		return nil, err
	}
	return w.run(s, n)
}

// run reads n vertices that are there.
func (w *parser) run(s shape, n int) ([]orb.Point, error) {
	points := make([]orb.Point, n)
	for i := range points {
		p := orb.Point{w.ordinate(s, w.at), w.ordinate(s, w.at+8)}
		if math.IsNaN(p[0]-p[0]) || math.IsNaN(p[1]-p[1]) { // NaN or infinite
			return nil, w.bad(i, "the coordinate (%v, %v) is not a number", p[0], p[1])
		}
		points[i] = p
		w.at += s.stride
	}
	w.ring++
	return points, nil
}

func (w *parser) polygon(s shape) (orb.Geometry, error) {
	n, err := w.count(s, 4, "rings")
	if err != nil {
		return nil, err
	}
	var p orb.Polygon
	for range n {
		points, err := w.points(s)
		if err != nil {
			return nil, err
		}
		if len(points) > 0 {
			p = append(p, points)
		}
	}
	if len(p) == 0 {
		return nil, nil
	}
	return p, nil
}

// multi reads a collection of geometries of one code.
func (w *parser) multi(s shape, code uint32) (orb.Geometry, error) {
	n, err := w.count(s, 5, "parts")
	if err != nil {
		return nil, err
	}
	var points orb.MultiPoint
	var lines orb.MultiLineString
	var polygons orb.MultiPolygon
	for range n {
		g, err := w.geometry(code, 0)
		if err != nil {
			return nil, err
		}
		switch g := g.(type) {
		case orb.Point:
			points = append(points, g)
		case orb.LineString:
			lines = append(lines, g)
		case orb.Polygon:
			polygons = append(polygons, g)
		}
	}
	switch {
	case len(points) > 0:
		return points, nil
	case len(lines) > 0:
		return lines, nil
	case len(polygons) > 0:
		return polygons, nil
	}
	return nil, nil
}

func (w *parser) collection(s shape, depth int) (orb.Geometry, error) {
	n, err := w.count(s, 5, "parts")
	if err != nil {
		return nil, err
	}
	var c orb.Collection
	for range n {
		g, err := w.geometry(0, depth+1)
		if err != nil {
			return nil, err
		}
		if g != nil {
			c = append(c, g)
		}
	}
	if len(c) == 0 {
		return nil, nil
	}
	return c, nil
}
