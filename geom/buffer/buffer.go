package buffer

import (
	"errors"

	"github.com/paulmach/orb"

	"tuban/geom/overlay"
)

// Max is the greatest width, in metres.
const Max = 50_000

// maxPoints bounds the offset points of one geometry: some seconds of work.
const maxPoints = 150_000

// metresPerDegree is at least how long a degree of latitude is.
const metresPerDegree = 110_574

// ErrTooMany reports a geometry whose buffer has too many points.
var ErrTooMany = errors.New("too many vertices to be grown")

// Grow returns what is within so many metres of a geometry: polygons with what
// they cover, lines, points and collections of them. Rings are closed; repair
// says that they cross or overlap (geom.Examine). Coordinates are in range and
// metres above 0, at most Max. The result is valid, and holds the geometry but
// for the rounding of coordinates. An error is a *geom.CoordinateError where the
// buffer crosses the antimeridian or comes near to a pole, ErrTooMany, or an
// *overlay.OutlineError. Cost: some 40 µs a vertex, 200 where the border is jagged
// at the scale of the width.
func Grow(g orb.Geometry, repair bool, metres float64) (orb.MultiPolygon, error) {
	w := grower{metres: metres, repair: repair}
	if err := w.add(g); err != nil {
		return nil, err
	}
	outside, err := overlay.Merge(w.parts)
	if err != nil {
		return nil, err
	}
	return overlay.Union(append(w.own, outside...))
}

// grower collects what a buffer is the union of.
type grower struct {
	metres float64
	repair bool
	parts  orb.MultiPolygon // strips and circles, in the order of the borders
	own    orb.MultiPolygon // the polygons themselves, their long edges cut
	part   int
	points int
}

func (w *grower) add(g orb.Geometry) error {
	switch g := g.(type) {
	case orb.Point:
		return w.line([]orb.Point{g})
	case orb.MultiPoint:
		for _, p := range g {
			if err := w.line([]orb.Point{p}); err != nil {
				return err
			}
		}
	case orb.LineString:
		return w.line(g)
	case orb.MultiLineString:
		for _, l := range g {
			if err := w.line(l); err != nil {
				return err
			}
		}
	case orb.Polygon:
		return w.polygon(g)
	case orb.MultiPolygon:
		for _, p := range g {
			if err := w.polygon(p); err != nil {
				return err
			}
		}
	case orb.Collection:
		for _, m := range g {
			if err := w.add(m); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *grower) line(points []orb.Point) error {
	if len(points) == 0 {
		return nil
	}
	c := newChain(points, w.part, 0, false)
	w.part++
	return w.strips(c)
}

// polygon adds a polygon, and strips along its outside; along both sides where
// it is not plain which one that is.
func (w *grower) polygon(p orb.Polygon) error {
	own := make(orb.Polygon, 0, len(p))
	for i, r := range p {
		if len(r) == 0 {
			continue
		}
		c := newChain(r, w.part, i, true)
		own = append(own, append(orb.Ring(c.points), c.points[0]))
		left, flat := c.left()
		both := w.repair || flat
		if hole := i > 0; !both && left == hole {
			c = c.reversed()
		}
		if err := w.strips(c); err != nil {
			return err
		}
		if both && len(c.points) > 1 {
			if err := w.strips(c.reversed()); err != nil {
				return err
			}
		}
	}
	w.part++
	w.own = append(w.own, own)
	return nil
}
