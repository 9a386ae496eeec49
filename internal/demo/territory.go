package demo

import (
	"math"

	"github.com/paulmach/orb"
)

// corners are the invented corners of the territory's two parts in degrees,
// counter-clockwise and not closed: the main body, and the exclave on the
// plateau in the south-west.
var corners = [2][]orb.Point{
	{
		{91.94, 36.42}, {92.26, 35.98}, {92.70, 35.62}, {93.30, 35.60}, {93.72, 35.36}, {94.22, 35.22}, {94.62, 35.42},
		{95.16, 35.42}, {95.44, 35.80}, {95.86, 36.02}, {95.80, 36.48}, {95.76, 36.74}, {95.84, 37.08}, {95.50, 37.40},
		{95.02, 37.42}, {94.58, 37.86}, {93.96, 37.74}, {93.58, 37.54}, {93.04, 37.56}, {92.58, 37.30}, {92.36, 36.98},
		{91.98, 36.78},
	},
	{
		{89.46, 33.72}, {89.92, 33.40}, {90.42, 33.32}, {90.86, 33.12}, {91.42, 33.04}, {91.96, 33.12}, {92.40, 33.06},
		{92.72, 33.42}, {92.82, 33.78}, {92.96, 34.12}, {92.78, 34.56}, {92.30, 34.66}, {91.92, 34.88}, {91.30, 34.72},
		{90.88, 34.84}, {90.34, 34.68}, {89.98, 34.28}, {89.56, 34.16},
	},
}

// The frame holds the territory with room around it, in metres.
const (
	frameWest, frameEast   = -510_000.0, 110_000.0
	frameSouth, frameNorth = -395_000.0, 185_000.0
)

// territory returns the corners of both parts in metres, with a wandering
// border between them. It is the same for every seed.
func territory() [2][]orb.Point {
	var parts [2][]orb.Point
	for i, part := range corners {
		ring := make([]orb.Point, len(part))
		for k, p := range part {
			ring[k] = orb.Point{(p[0] - centreLon) * metresLon, (p[1] - centreLat) * metresLat}
		}
		for round := range 2 {
			r := newRandom(2024, streamTerritory, i*8+round)
			ring = wander(ring, &r)
		}
		parts[i] = ring
	}
	return parts
}

// wander puts a vertex aside the middle of each side.
func wander(ring []orb.Point, r *random) []orb.Point {
	var out []orb.Point
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		aside, along := r.between(-0.16, 0.16), r.between(0.4, 0.6)
		dx, dy := b[0]-a[0], b[1]-a[1]
		out = append(out, a, orb.Point{a[0] + along*dx - aside*dy, a[1] + along*dy + aside*dx})
	}
	return out
}

// border is a piece of the territory's border.
type border struct{ a, b orb.Point }

// shortestBorder is the length in metres below which a piece of border that a
// cut leaves over is not followed.
const shortestBorder = 60.0

// newGround returns the mesh of the frame, cut along the border of the
// territory; what lies outside the territory is void and is never cut again.
func newGround() *mesh {
	m := newMesh([]orb.Point{{frameWest, frameSouth}, {frameEast, frameSouth}, {frameEast, frameNorth}, {frameWest, frameNorth}})
	parts := territory()
	var sides []border
	for _, ring := range parts {
		for i, a := range ring {
			sides = append(sides, border{a, ring[(i+1)%len(ring)]})
		}
	}
	m.carve(0, sides)
	m.void = make([]bool, m.faces())
	for f := range m.void {
		c := m.shape(int32(f)).centre
		m.void[f] = !around(parts[0], c) && !around(parts[1], c)
	}
	return m
}

// carve cuts a face along the sides that lie in it, each piece along those that
// lie in the piece.
func (m *mesh) carve(f int32, sides []border) {
	for len(sides) > 0 {
		k := longest(sides)
		l, part, ok := m.along(f, sides[k])
		sides[k] = sides[len(sides)-1]
		sides = sides[:len(sides)-1]
		if !ok {
			continue
		}
		near, far := divide(sides, l)
		m.carve(part, far)
		sides = near
	}
}

// along cuts face f along a side, or nearly so where a vertex is in the way.
func (m *mesh) along(f int32, s border) (line, int32, bool) {
	length := math.Hypot(s.b[0]-s.a[0], s.b[1]-s.a[1])
	n := orb.Point{(s.b[1] - s.a[1]) / length, (s.a[0] - s.b[0]) / length}
	at := n[0]*s.a[0] + n[1]*s.a[1]
	for _, shift := range [...]float64{0, 3, -3, 7, -7, 15, -15, 31, -31} {
		l := line{n, at + shift*clearance}
		if part, ok := m.cut(f, l, clearance); ok {
			return l, part, true
		}
	}
	return line{}, 0, false
}

func longest(sides []border) int {
	best, at := 0.0, 0
	for i, s := range sides {
		if d := math.Hypot(s.b[0]-s.a[0], s.b[1]-s.a[1]); d > best {
			best, at = d, i
		}
	}
	return at
}

// divide returns the pieces of the sides on the near and on the far side of l.
func divide(sides []border, l line) (near, far []border) {
	put := func(s border, d float64) {
		if math.Hypot(s.b[0]-s.a[0], s.b[1]-s.a[1]) < shortestBorder {
			return
		}
		if d > 0 {
			far = append(far, s)
		} else {
			near = append(near, s)
		}
	}
	for _, s := range sides {
		d, e := l.distance(s.a), l.distance(s.b)
		if d*e >= 0 {
			put(s, d+e)
			continue
		}
		t := d / (d - e)
		p := orb.Point{s.a[0] + t*(s.b[0]-s.a[0]), s.a[1] + t*(s.b[1]-s.a[1])}
		put(border{s.a, p}, d)
		put(border{p, s.b}, e)
	}
	return near, far
}

// around says whether p lies inside a ring that is not closed.
func around(ring []orb.Point, p orb.Point) bool {
	in := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(p[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			in = !in
		}
	}
	return in
}
