package overlap

import (
	"errors"
	"fmt"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/geom/buffer"
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
	// Buffer is by how many metres the geometry was grown, and OwnM2 what its own
	// area is; 0 if it was not.
	Buffer, OwnM2 float64
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

// MaxBuffer is the greatest width of a buffer, in metres.
const MaxBuffer = buffer.Max

// NewGrown checks a geometry that came from outside and prepares what is within
// so many metres of it, above 0 and at most MaxBuffer. Points and lines will do,
// too. Errors are those of NewQuery and of buffer.Grow.
func NewGrown(id string, g orb.Geometry, metres float64) (Query, error) {
	if g == nil || geom.VertexCount(g) == 0 {
		return Query{}, fmt.Errorf("%w: no geometry", ErrNotAreal)
	}
	if !geom.IsAreal(g) {
		if err := geom.CheckCoordinates(g); err != nil {
			return Query{}, err
		}
		return grown(Query{ID: id}, g, false, metres)
	}
	q, err := NewQuery(id, g)
	if err != nil {
		return Query{}, err
	}
	closed, _ := geom.Close(g)
	return grown(q, closed, q.Shape.Repaired(), metres)
}

// StoredGrown returns the query of what is within so many metres of a feature
// that a layer holds. The error is of buffer.Grow.
func StoredGrown(l Layer, s feature.Slot, metres float64) (Query, error) {
	q := Query{ID: string(l.ID(s))}
	g := l.Geometry(s)
	if g == nil {
		return q, fmt.Errorf("%w: no geometry", ErrNotAreal)
	}
	if geom.IsAreal(g) {
		q = Stored(l, s)
	}
	return grown(q, g, l.NeedsRepair(s), metres)
}

func grown(q Query, g orb.Geometry, repair bool, metres float64) (Query, error) {
	mp, err := buffer.Grow(g, repair, metres)
	if err != nil {
		return Query{}, err
	}
	if q.Shape != nil {
		q.OwnM2 = q.Shape.Area()
	}
	q.Shape, q.Buffer = overlay.Prepare(mp, false), metres
	return q, nil
}

// Stored returns the query of a feature that a layer holds.
func Stored(l Layer, s feature.Slot) Query {
	shape := prepared(l, s)
	if shape == nil {
		shape = overlay.Prepare(l.Geometry(s), l.NeedsRepair(s))
	}
	return Query{ID: string(l.ID(s)), Shape: shape}
}
