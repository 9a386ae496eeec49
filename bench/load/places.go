package load

import (
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// Ground is what a workload knows of the data that it asks for.
type Ground struct {
	Bounds orb.Bound
	// Places are where the data is: users look at these.
	Places []orb.Point
	// Patches are polygons to lay over layers; there may be none.
	Patches []feature.Feature
}

// metresPerDegree is that of latitude, roughly: it only sizes what is drawn.
const metresPerDegree = 111_320

// offset returns a point some metres east and north of another.
func offset(p orb.Point, east, north float64) orb.Point {
	return orb.Point{p[0] + east/(metresPerDegree*math.Cos(p[1]*math.Pi/180)), p[1] + north/metresPerDegree}
}

// nearBy is how far from a place its surroundings reach, in metres.
const nearBy = 2000

// Points returns n points of a seed, in turn near a place and anywhere within
// the bounds (only that, where there are no places), rounded to 1e-7°.
func (g *Ground) Points(seed uint64, n int) []orb.Point {
	rng := stream(seed, streamPoints)
	points := make([]orb.Point, n)
	for i := range points {
		p := g.anywhere(rng)
		if i%2 == 0 && len(g.Places) > 0 {
			p = g.near(rng, nearBy)
		}
		points[i] = orb.Point{math.Round(p[0]*1e7) / 1e7, math.Round(p[1]*1e7) / 1e7}
	}
	return points
}

func (g *Ground) anywhere(rng *rand.Rand) orb.Point {
	b := g.Bounds
	return orb.Point{b.Min[0] + rng.Float64()*(b.Max[0]-b.Min[0]), b.Min[1] + rng.Float64()*(b.Max[1]-b.Min[1])}
}

// near returns a point within some metres of a random place, east and north
// each; without places it is anywhere.
func (g *Ground) near(rng *rand.Rand, metres float64) orb.Point {
	if len(g.Places) == 0 {
		return g.anywhere(rng)
	}
	p := g.Places[rng.IntN(len(g.Places))]
	return offset(p, (2*rng.Float64()-1)*metres, (2*rng.Float64()-1)*metres)
}

// Steps returns n polygons of a seed as a classifier of images draws them:
// outlines in steps of 10 m, 3 to 39 pixels wide, of 300 to 300,000 m², near the
// places.
func (g *Ground) Steps(seed uint64, n int) []feature.Feature {
	const pixel, least, most = 10, 3, 40
	rng := stream(seed, streamSteps)
	fs := make([]feature.Feature, n)
	for i := range fs {
		columns, rows := least+rng.IntN(most-least), least+rng.IntN(most-least)
		ring := stepRing(rng, g.near(rng, nearBy), pixel, columns, rows)
		fs[i] = feature.Feature{ID: feature.ID("step-" + strconv.Itoa(i+1)), Geometry: orb.Polygon{ring}}
	}
	return fs
}

// stepRing returns the outline of columns of pixels that stand side by side,
// counter-clockwise and closed. The lower and the upper edge wander from column
// to column; any two neighbours share a stretch of side, so that the ring is
// simple.
func stepRing(rng *rand.Rand, centre orb.Point, pixel float64, columns, rows int) orb.Ring {
	low, high := make([]int, columns), make([]int, columns)
	lo, hi := -rows/2, rows-rows/2
	for i := range columns {
		if i > 0 {
			lo, hi = wander(rng, lo, hi, rows)
		}
		low[i], high[i] = lo, hi
	}
	var ring orb.Ring
	add := func(x, y int) {
		p := offset(centre, float64(x-columns/2)*pixel, float64(y)*pixel)
		ring = append(ring, orb.Point{math.Round(p[0]*1e9) / 1e9, math.Round(p[1]*1e9) / 1e9})
	}
	corner := func(x int, left, right int, there bool) {
		if !there || left != right { // else the edge runs straight on
			add(x, left)
			if there {
				add(x, right)
			}
		}
	}
	for i := range columns { // eastward below
		if i == 0 {
			corner(0, low[0], 0, false)
		}
		if i+1 < columns {
			corner(i+1, low[i], low[i+1], true)
		} else {
			corner(columns, low[i], 0, false)
		}
	}
	for i := columns - 1; i >= 0; i-- { // westward above
		if i == columns-1 {
			corner(columns, high[i], 0, false)
		}
		if i > 0 {
			corner(i, high[i], high[i-1], true)
		} else {
			corner(0, high[0], 0, false)
		}
	}
	return append(ring, ring[0])
}

// wander moves both ends of a column by up to two pixels, keeping a stretch of
// the old column beside the new one, and some height.
func wander(rng *rand.Rand, lo, hi, rows int) (int, int) {
	for {
		l, h := lo+rng.IntN(5)-2, hi+rng.IntN(5)-2
		if max(l, lo) < min(h, hi) && h-l >= 1 && h-l <= 2*rows {
			return l, h
		}
	}
}
