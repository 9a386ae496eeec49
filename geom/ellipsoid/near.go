package ellipsoid

import (
	"math"

	"github.com/paulmach/orb"
)

// Near bounds distances from a point, from below, on a plane: longitudes and
// latitudes are scaled by what a degree is at least, anywhere within reach. A
// way of metres s ≤ reach from the point to a place Δλ, Δφ away has
//
//	s = ∫ √((M dφ)² + (N cosφ dλ)²) ≥ √((min M·Δφ)² + (min N cosφ·Δλ)²)
//
// with the minima over the latitudes that such a way can come to. So a place
// whose bound is above reach is farther than reach; else the bound holds. The
// scaling keeps straight edges straight, which makes the bound of an edge that
// of a segment on the plane. Near the point it is close: 1e-4 too low at 1 km.
type Near struct {
	p           orb.Point
	east, north float64 // metres for a degree, at least
	reach       float64
}

// rounding makes up for the rounding of a bound.
const rounding = 1 - 1e-12

// NearTo returns the bounds of distances from p up to reach metres.
func NearTo(p orb.Point, reach float64) Near {
	const least = A * (1 - E2) // the least M
	band := reach / least * (180 / math.Pi)
	lat := math.Abs(p[1])
	north, _ := Radii(max(0, lat-band))
	n := Near{p: p, north: north * (math.Pi / 180) * rounding, reach: reach}
	if top := lat + band; top < 90 {
		_, east := Radii(top)
		n.east = east * (math.Pi / 180) * rounding
	}
	return n
}

// Box returns a lower bound of the distance to a box of longitudes and
// latitudes.
func (n *Near) Box(x0, y0, x1, y1 float64) float64 {
	y := max(0, y0-n.p[1], n.p[1]-y1)
	x := max(0, x0-n.p[0], n.p[0]-x1)
	if x > 0 { // around the other way?
		x = max(0, min(x, x0+360-n.p[0], n.p[0]+360-x1))
	}
	return math.Sqrt(n.east*n.east*x*x + n.north*n.north*y*y)
}

// Edge returns a lower bound of the distance to the edge ab, and where on it,
// from 0 to 1, the plane has it. The edge is taken as it lies towards the point:
// see Closest.
func (n *Near) Edge(a, b orb.Point) (bound, t float64) {
	shift := 0.0
	if d := (a[0]+b[0])/2 - n.p[0]; d > 180 {
		shift = -360
	} else if d < -180 {
		shift = 360
	}
	ax, ay := (a[0]+shift-n.p[0])*n.east, (a[1]-n.p[1])*n.north
	ex, ey := (b[0]-a[0])*n.east, (b[1]-a[1])*n.north
	if size := ex*ex + ey*ey; size > 0 {
		t = max(0, min(1, -(ax*ex+ay*ey)/size))
	}
	x, y := ax+t*ex, ay+t*ey
	return math.Sqrt(x*x+y*y) * rounding, t
}

// Closest returns the distance from p to the nearest place of the edge ab, which
// is straight in longitude and latitude, and that place; t is where to begin to
// look for it. The edge must be short, at most 1° or so, for the distance along
// it to have one minimum; and p not on the other side of the globe.
//
// There the way meets the edge at a right angle: the derivative of the distance
// along the edge is the cosine of the angle between them. Each step goes by how
// far the foot is along the edge as if the ground were plane. The rest is below
// 1e-12 of the distance, as an error of o metres along the edge makes one of
// o²/2s in the distance.
func Closest(p, a, b orb.Point, t float64) (metres float64, at orb.Point) {
	var d Distance
	for range 20 {
		at = along(a, b, t)
		if d = Inverse(p, at); d.Metres == 0 {
			return 0, at
		}
		north, east := Radii(at[1])
		ex, ey := (b[0]-a[0])*(math.Pi/180)*east, (b[1]-a[1])*(math.Pi/180)*north
		size := ex*ex + ey*ey
		if size == 0 {
			break
		}
		sin, cos := math.Sincos(d.To)
		step := -d.Metres * (ex*sin + ey*cos) / size
		next := max(0, min(1, t+step))
		moved := math.Abs(next-t) * math.Sqrt(size)
		if moved <= 1e-7*d.Metres+1e-10 && (next == t || 0 < next && next < 1) {
			break
		}
		t = next
	}
	return d.Metres, at
}

// along returns the place at t of the edge ab; the ends are the ends to the bit.
func along(a, b orb.Point, t float64) orb.Point {
	switch t {
	case 0:
		return a
	case 1:
		return b
	}
	return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
}

// Chords bounds distances to edges from below by straight lines through the
// ground: some 3 parts in a million too low at 50 km, where Near.Edge may be
// half a percent, for the price of two sines and cosines.
type Chords struct {
	p      [3]float64
	last   orb.Point
	lastAt [3]float64
}

// ChordsFrom returns the bounds of distances from p.
func ChordsFrom(p orb.Point) Chords {
	c := Chords{p: space(p), last: p}
	c.lastAt = c.p
	return c
}

// space returns where a place of the ellipsoid is, in metres from the middle.
func space(p orb.Point) [3]float64 {
	cosLat, sinLat := cosSin(p[1])
	sinLon, cosLon := math.Sincos(p[0] * (math.Pi / 180))
	n := A / math.Sqrt(1-E2*sinLat*sinLat)
	return [3]float64{n * cosLat * cosLon, n * cosLat * sinLon, n * (1 - E2) * sinLat}
}

// Edge returns a lower bound of the distance to the edge ab of at most 1°. It
// costs less where it goes on from the edge of the last call.
//
// A way over the ground is no shorter than the straight line. The edge curves by
// at most 1/M + tanφ/N and so leaves its own chord by at most an eighth of that
// times its length squared.
func (c *Chords) Edge(a, b orb.Point) float64 {
	if b == c.last {
		a, b = b, a
	}
	u, v := c.lastAt, space(b)
	if a != c.last {
		u = space(a)
	}
	c.last, c.lastAt = b, v
	var ee, eu, uu float64
	for i := range u {
		e, w := v[i]-u[i], u[i]-c.p[i]
		ee += e * e
		eu += e * w
		uu += w * w
	}
	t := 0.0
	if ee > 0 {
		t = max(0, min(1, -eu/ee))
	}
	const least = A * (1 - E2)
	tan := math.Abs(math.Tan(max(math.Abs(a[1]), math.Abs(b[1])) * (math.Pi / 180)))
	return math.Sqrt(max(0, uu+t*(2*eu+t*ee)))*rounding - 1.01*ee/8/least*(1+tan) - 1e-8
}
