package jobs

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/geom/crs"
)

// guessRows is how many rows of a file without a coordinate system are looked
// at to say what it may be.
const guessRows = 1000

// CRSError reports a file whose coordinate system is missing, unknown or not
// the one that its coordinates are in.
type CRSError struct {
	File string
	Err  error
}

// Error names the file and the reason.
func (e *CRSError) Error() string { return e.File + ": " + e.Err.Error() }

// Unwrap returns the reason.
func (e *CRSError) Unwrap() error { return e.Err }

// decideCRS returns the coordinate system of a file: the one that the caller
// names, else the one that the file names, else its format's default.
func decideCRS(s *source, named string) (crs.CRS, error) {
	fail := func(err error) (crs.CRS, error) { return crs.CRS{}, &CRSError{s.path, err} }
	text := named
	if text == "" {
		text = s.Schema().CRS
	}
	if text == "" {
		text = s.format.defaultCRS
	}
	if text == "" {
		advice := crs.Guess(firstBound(s))
		return fail(fmt.Errorf("the file does not say which coordinate system it is in (no .prj): %s", advice))
	}
	c, err := crs.Parse(text)
	if err != nil {
		return fail(err)
	}
	return c, nil
}

// firstBound returns the box of the first rows, for a guess. The reader is used
// up by it.
func firstBound(s *source) orb.Bound {
	all := geom.EmptyBound
	for range guessRows {
		row, err := s.Next()
		if err == io.EOF {
			break
		}
		if err == nil {
			all = geom.Union(all, geom.Bound(row.Feature.Geometry))
		}
	}
	return all
}

// toLonLat returns the feature with its geometry in EPSG:4490. The error, a
// *geom.CoordinateError, says what is odd about coordinates that cannot be in
// the system c, and where they begin.
func toLonLat(c crs.CRS, f feature.Feature) (feature.Feature, error) {
	b := geom.Bound(f.Geometry)
	if b.IsEmpty() {
		return f, nil
	}
	if odd := c.Suspect(b); odd != "" {
		return f, suspicious(f.Geometry, strings.TrimSpace(odd))
	}
	if !c.IsGeographic() {
		f.Geometry = mapPoints(f.Geometry, c.ToLonLat)
	}
	return f, nil
}

// suspicious places a suspicion: at the first coordinate that is no longitude
// and latitude, else at the first of all.
func suspicious(g orb.Geometry, reason string) error {
	var bad *geom.CoordinateError
	if errors.As(geom.CheckCoordinates(g), &bad) {
		bad.Reason = reason
		return bad
	}
	return &geom.CoordinateError{Lon: geom.Bound(g).Min[0], Lat: geom.Bound(g).Min[1], Reason: reason}
}

// mapPoints returns a copy of a geometry with every point mapped.
func mapPoints(g orb.Geometry, to func(orb.Point) orb.Point) orb.Geometry {
	points := func(ps []orb.Point) []orb.Point {
		out := make([]orb.Point, len(ps))
		for i, p := range ps {
			out[i] = to(p)
		}
		return out
	}
	polygon := func(p orb.Polygon) orb.Polygon {
		out := make(orb.Polygon, len(p))
		for i, r := range p {
			out[i] = points(r)
		}
		return out
	}
	switch t := g.(type) {
	case orb.Point:
		return to(t)
	case orb.MultiPoint:
		return orb.MultiPoint(points(t))
	case orb.LineString:
		return orb.LineString(points(t))
	case orb.MultiLineString:
		out := make(orb.MultiLineString, len(t))
		for i, l := range t {
			out[i] = points(l)
		}
		return out
	case orb.Ring:
		return orb.Ring(points(t))
	case orb.Polygon:
		return polygon(t)
	case orb.MultiPolygon:
		out := make(orb.MultiPolygon, len(t))
		for i, p := range t {
			out[i] = polygon(p)
		}
		return out
	case orb.Collection:
		out := make(orb.Collection, len(t))
		for i, m := range t {
			out[i] = mapPoints(m, to)
		}
		return out
	}
	return g
}
