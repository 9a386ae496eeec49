package geom

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// CoordinateError is a coordinate that no place on Earth has.
type CoordinateError struct {
	Part, Ring, Vertex int
	Lon, Lat           float64
	Reason             string
}

// Error names the place and the reason.
func (e *CoordinateError) Error() string {
	return fmt.Sprintf("part %d, ring %d, vertex %d: coordinate (%v, %v): %s",
		e.Part, e.Ring, e.Vertex, e.Lon, e.Lat, e.Reason)
}

// CheckCoordinates returns a *CoordinateError for the first coordinate of g
// that is NaN, infinite, or outside longitudes ±180 and latitudes ±90. For
// lines, Ring counts the lines of a multi-line; members of a collection are
// counted as parts.
func CheckCoordinates(g orb.Geometry) error {
	var bad error
	eachLine(g, func(part, ring int, points []orb.Point, _ bool) bool {
		for i, p := range points {
			if reason := coordinateFault(p); reason != "" {
				bad = &CoordinateError{Part: part, Ring: ring, Vertex: i, Lon: p[0], Lat: p[1], Reason: reason}
				return false
			}
		}
		return true
	})
	return bad
}

func coordinateFault(p orb.Point) string {
	switch {
	case !finite(p):
		return "not a finite number"
	case math.Abs(p[0]) > 180:
		return "longitude outside -180 to 180"
	case math.Abs(p[1]) > 90:
		return "latitude outside -90 to 90"
	}
	return ""
}

func finite(p orb.Point) bool {
	// Inf-Inf and NaN-NaN are NaN
	return p[0]-p[0] == 0 && p[1]-p[1] == 0
}

// eachLine visits the point lists of a geometry until visit returns false;
// areal says that the list is a ring of a polygon.
func eachLine(g orb.Geometry, visit func(part, ring int, points []orb.Point, areal bool) bool) {
	part := 0
	var walk func(g orb.Geometry) bool
	walk = func(g orb.Geometry) bool {
		switch g := g.(type) {
		case orb.Point:
			one := [1]orb.Point{g}
			part++
			return visit(part-1, 0, one[:], false)
		case orb.MultiPoint:
			part++
			return visit(part-1, 0, g, false)
		case orb.LineString:
			part++
			return visit(part-1, 0, g, false)
		case orb.MultiLineString:
			part++
			for i, l := range g {
				if !visit(part-1, i, l, false) {
					return false
				}
			}
		case orb.Ring:
			part++
			return visit(part-1, 0, g, true)
		case orb.Bound:
			return walk(g.ToRing())
		case orb.Polygon:
			part++
			for i, r := range g {
				if !visit(part-1, i, r, true) {
					return false
				}
			}
		case orb.MultiPolygon:
			for _, p := range g {
				if !walk(p) {
					return false
				}
			}
		case orb.Collection:
			for _, m := range g {
				if !walk(m) {
					return false
				}
			}
		}
		return true
	}
	walk(g)
}

// Close returns g with its rings closed, and a RingUnclosed problem for each
// that was not. g itself is returned when all are closed; otherwise the result
// shares the rings that were.
func Close(g orb.Geometry) (orb.Geometry, []Problem) {
	problems := unclosed(g)
	if len(problems) == 0 {
		return g, nil
	}
	return closed(g), problems
}

func unclosed(g orb.Geometry) (problems []Problem) {
	eachLine(g, func(part, ring int, points []orb.Point, areal bool) bool {
		if areal && isOpen(points) {
			problems = append(problems, unclosedProblem(part, ring, points))
		}
		return true
	})
	return problems
}

func unclosedProblem(part, ring int, points []orb.Point) Problem {
	last := len(points) - 1
	return Problem{
		Code:   RingUnclosed,
		Place:  Place{part, ring, last, points[last][0], points[last][1]},
		Detail: "the last point is not the first; the ring is read as closed",
	}
}

func isOpen(points []orb.Point) bool {
	return len(points) > 0 && (len(points) == 1 || points[0] != points[len(points)-1])
}

func closed(g orb.Geometry) orb.Geometry {
	switch g := g.(type) {
	case orb.Ring:
		if isOpen(g) {
			return append(slices.Clip(slices.Clone(g)), g[0])
		}
	case orb.Polygon:
		c := slices.Clone(g)
		for i, r := range c {
			c[i] = closed(r).(orb.Ring)
		}
		return c
	case orb.MultiPolygon:
		c := slices.Clone(g)
		for i, p := range c {
			c[i] = closed(p).(orb.Polygon)
		}
		return c
	case orb.Collection:
		c := slices.Clone(g)
		for i, m := range c {
			c[i] = closed(m)
		}
		return c
	}
	return g
}
