package kernel

import (
	"context"
	"fmt"
	"math"
	"math/big"

	"github.com/paulmach/orb"

	"tuban/geom/ellipsoid"
	"tuban/geom/overlay"
)

// tolerance is how far an area on the plane may be from the exact one, as a part
// of the smaller polygon's.
const tolerance = 1e-12

// The tolerance on the ellipsoid: a part of the smaller polygon's area, and m².
const (
	ellipsoidTolerance = 1e-9
	ellipsoidM2        = 1e-6
)

// WrongError is a pair whose area is not right. Nothing is timed then.
type WrongError struct {
	Case      string
	Pair      int
	What      string // what was compared
	Got, Want float64
	Allowed   float64
}

// Error names the case and the pair.
func (e *WrongError) Error() string {
	return fmt.Sprintf("case %s, pair %d: %s: the area is %v, not %v (allowed are %v)", e.Case, e.Pair, e.What, e.Got, e.Want, e.Allowed)
}

// exacts holds the exact area of every pair of a case, in square degrees, and
// the smaller polygon's.
type exacts struct {
	areas   []*big.Rat
	smaller []float64
}

// exactly measures every pair in rational numbers.
func exactly(ctx context.Context, c *Case) (exacts, error) {
	x := exacts{make([]*big.Rat, len(c.Pairs)), make([]float64, len(c.Pairs))}
	for i, p := range c.Pairs {
		if err := ctx.Err(); err != nil {
			return x, err
		}
		a, b := c.Patches[p[0]], c.Parcels[p[1]]
		x.areas[i] = overlay.ExactPlaneArea(orb.MultiPolygon{a}, orb.MultiPolygon{b})
		x.smaller[i] = min(overlay.PreparePlane(a, false).Area(), overlay.PreparePlane(b, false).Area())
	}
	return x, nil
}

// off returns how far an area is from the exact one of a pair, as a part of the
// smaller polygon's: the difference is taken before it is rounded.
func (x exacts) off(pair int, got float64) float64 {
	if math.IsNaN(got) || math.IsInf(got, 0) {
		return math.Inf(1)
	}
	d := new(big.Rat).SetFloat64(got)
	d.Sub(d, x.areas[pair])
	f, _ := d.Float64()
	return math.Abs(f) / x.smaller[pair]
}

// checkPlane compares areas, one for each pair, with the exact ones and returns
// the worst error. An area must be 0 where the exact one is, and only there.
func (x exacts) checkPlane(c *Case, areas []float64) (worst float64, err error) {
	for i, got := range areas {
		off := x.off(i, got)
		worst = max(worst, off)
		if off > tolerance || (got == 0) != (x.areas[i].Sign() == 0) {
			want, _ := x.areas[i].Float64()
			return worst, &WrongError{c.Name, i, "on the plane, against exact rationals", got, want, tolerance * x.smaller[i]}
		}
	}
	return worst, nil
}

// planeAreas measures every pair on the plane with the kernel.
func planeAreas(c *Case) []float64 {
	patches, parcels := shapes(c.Patches, overlay.PreparePlane), shapes(c.Parcels, overlay.PreparePlane)
	areas := make([]float64, len(c.Pairs))
	for i, p := range c.Pairs {
		areas[i] = overlay.Area(patches[p[0]], parcels[p[1]])
	}
	return areas
}

func shapes(polygons []orb.Polygon, prepare func(orb.Geometry, bool) *overlay.Shape) []*overlay.Shape {
	all := make([]*overlay.Shape, len(polygons))
	for i, p := range polygons {
		all[i] = prepare(p, false)
	}
	return all
}

// checkEllipsoid compares what is timed with the area of the geometry that the
// pair has in common, which another algorithm makes.
func (s *subject) checkEllipsoid() error {
	for i, p := range s.c.Pairs {
		a, b := s.patches[p[0]], s.parcels[p[1]]
		common, err := overlay.Intersection(a, b)
		if err != nil {
			return fmt.Errorf("case %s, pair %d: %w", s.c.Name, i, err)
		}
		want := 0.0
		if len(common) > 0 {
			want = ellipsoid.Area(common)
		}
		got, allowed := overlay.Area(a, b), ellipsoidTolerance*min(a.Area(), b.Area())+ellipsoidM2
		if math.Abs(got-want) > allowed {
			return &WrongError{s.c.Name, i, "on the ellipsoid, against the intersection's geometry", got, want, allowed}
		}
	}
	return nil
}
