package ellipsoid

import (
	"math"

	"github.com/paulmach/orb"
)

// Area returns the area of a geometry in m²: of each polygon the area of its
// shell less that of its holes, whatever way they wind; of several parts the
// sum. Points and lines have none. It is meant for polygons that need no repair
// (geom.Problem.NeedsRepair): where a ring crosses itself, or rings or parts
// overlap, the number is that of the signed sums and not of the region.
func Area(g orb.Geometry) float64 {
	switch g := g.(type) {
	case orb.Polygon:
		var area float64
		for i, r := range g {
			if i == 0 {
				area = math.Abs(Ring(r))
			} else {
				area -= math.Abs(Ring(r))
			}
		}
		return area
	case orb.MultiPolygon:
		var area float64
		for _, p := range g {
			area += Area(p)
		}
		return area
	case orb.Ring:
		return math.Abs(Ring(g))
	case orb.Bound:
		return math.Abs(Ring(g.ToRing()))
	case orb.Collection:
		var area float64
		for _, p := range g {
			area += Area(p)
		}
		return area
	}
	return 0
}

// Ring returns the signed area of a ring in m²: positive when it runs
// counter-clockwise. The ring may be open; it is taken as closed.
func Ring(r orb.Ring) float64 {
	if len(r) < 3 {
		return 0
	}
	low, high := r[0][1], r[0][1]
	for _, p := range r {
		low, high = min(low, p[1]), max(high, p[1])
	}
	base, height := low, high-low
	if height > 20 { // rings of that size are no cadastre: halve the degree
		base, height = low+height/2, height/2
	}
	s := NewSeries(base, height)
	// Neumaier's sum: a long thin ring is the small rest of large terms.
	var sum, lost float64
	prev := r[len(r)-1]
	for _, p := range r {
		term := (prev[0] - p[0]) * s.Mean(prev[1]-base, p[1]-base)
		t := sum + term
		if math.Abs(sum) >= math.Abs(term) {
			lost += (sum - t) + term
		} else {
			lost += (term - t) + sum
		}
		sum, prev = t, p
	}
	return (sum + lost) * SquareMetres
}
