package overlap

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/geom/overlay"
)

// ErrNotAreal reports a query geometry that is neither a Polygon nor a
// MultiPolygon, or that has no ring with three distinct points.
var ErrNotAreal = errors.New("not a polygon")

// Query is a polygon to be measured.
type Query struct {
	ID    string // given back with the result
	Shape *overlay.Shape
	// Problems is what is wrong with the geometry as delivered. It is measured
	// all the same: unclosed rings are closed, crossing ones read by the
	// even-odd rule.
	Problems []geom.Problem
}

// NewQuery checks and prepares a polygon that came from outside. The error
// wraps ErrNotAreal, is a *geom.CoordinateError with the place, or geom.ErrTangled. A feature
// that the data set holds needs no check: see Stored.
func NewQuery(id string, g orb.Geometry) (Query, error) {
	if !geom.IsAreal(g) {
		kind := "no geometry"
		if g != nil {
			kind = g.GeoJSONType()
		}
		return Query{}, fmt.Errorf("%w: %s", ErrNotAreal, kind)
	}
	if err := geom.CheckCoordinates(g); err != nil {
		return Query{}, err
	}
	g, problems, repair, err := geom.Examine(g)
	if err != nil {
		return Query{}, err
	}
	if !geom.HasRing(g) {
		return Query{}, fmt.Errorf("%w: no ring has three distinct points", ErrNotAreal)
	}
	return Query{ID: id, Shape: overlay.Prepare(g, repair), Problems: problems}, nil
}

// Stored returns the query of a feature that a layer holds.
func Stored(l Layer, s feature.Slot) Query {
	shape := prepared(l, s)
	if shape == nil {
		shape = overlay.Prepare(l.Geometry(s), l.NeedsRepair(s))
	}
	return Query{ID: string(l.ID(s)), Shape: shape}
}
