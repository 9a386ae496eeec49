package engine

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/geom/ellipsoid"
	"tuban/geom/overlay"
)

// MaxVertices is the most vertices that one feature may have.
const MaxVertices = 5_000_000

// FeatureError is a feature that cannot be taken.
type FeatureError struct {
	Layer feature.LayerID
	ID    feature.ID
	Err   error
}

// Error names the layer, the id if there is one, and the reason.
func (e *FeatureError) Error() string {
	if e.ID == "" {
		return fmt.Sprintf("layer %s: %v", e.Layer, e.Err)
	}
	return fmt.Sprintf("layer %s, feature %q: %v", e.Layer, e.ID, e.Err)
}

// Unwrap returns the reason.
func (e *FeatureError) Unwrap() error { return e.Err }

// The reasons a feature's geometry or id is refused, beside *geom.CoordinateError.
var (
	ErrNoArea       = errors.New("no ring encloses anything: every ring has fewer than 3 distinct points")
	ErrEmpty        = errors.New("the geometry has no coordinates")
	ErrGeometryType = errors.New("this geometry type is not kept")
	ErrTooBig       = errors.New("the feature has too many vertices")
	ErrBadID        = errors.New("bad feature id")
)

// Ingest completes a feature the way every commit and load does: the id is the
// id field's value, else the one given; unclosed rings are closed; problems of
// the geometry are found, with their places; the area is measured. It changes
// only *f; the geometry that f pointed to stays as it was. The error is a
// *FeatureError.
func Ingest(layer *feature.Layer, f *feature.Feature) ([]geom.Problem, error) {
	refuse := func(err error) ([]geom.Problem, error) {
		return nil, &FeatureError{Layer: layer.ID, ID: f.ID, Err: err}
	}
	if v, ok := f.Properties.Get(layer.IDField); ok && layer.IDField != "" && v.Kind() != feature.Null {
		f.ID = feature.ID(v.String())
	}
	switch {
	case len(f.ID) > feature.MaxIDBytes:
		return refuse(fmt.Errorf("%w: longer than %d bytes", ErrBadID, feature.MaxIDBytes))
	case f.ID == "." || f.ID == "..":
		return refuse(fmt.Errorf("%w: %q means another place in a URL", ErrBadID, f.ID))
	}
	if err := checkGeometry(f.Geometry); err != nil {
		return refuse(err)
	}
	f.Area, f.NeedsRepair = 0, false
	if f.Geometry == nil {
		return nil, nil
	}
	closed, problems, repair, err := geom.Examine(f.Geometry)
	f.Geometry, f.NeedsRepair = closed, repair
	if !geom.IsAreal(closed) {
		return problems, nil
	}
	if !geom.HasRing(closed) {
		return refuse(ErrNoArea)
	}
	if err != nil {
		return refuse(err)
	}
	if f.NeedsRepair {
		f.Area = overlay.Prepare(closed, true).Area()
	} else {
		f.Area = ellipsoid.Area(closed)
	}
	return problems, nil
}

func checkGeometry(g orb.Geometry) error {
	switch g.(type) {
	case nil:
		return nil
	case orb.Point, orb.MultiPoint, orb.LineString, orb.MultiLineString, orb.Polygon, orb.MultiPolygon:
	default:
		return fmt.Errorf("%w: %s", ErrGeometryType, g.GeoJSONType())
	}
	switch n := geom.VertexCount(g); {
	case n == 0:
		return ErrEmpty
	case n > MaxVertices:
		return fmt.Errorf("%w: %d, at most %d", ErrTooBig, n, MaxVertices)
	}
	return geom.CheckCoordinates(g)
}
