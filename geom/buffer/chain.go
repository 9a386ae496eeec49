package buffer

import (
	"math"

	"github.com/paulmach/orb"

	"tuban/geom"
)

// longest is up to how many degrees an edge has one strip.
const longest = 0.05

// chain is a closed walk along a border with the outside on its right; a line is
// walked there and back. place says where in the geometry a vertex is.
type chain struct {
	points []orb.Point // the first one is not repeated
	place  []int       // index of the vertex in its ring or line
	part   int
	ring   int
}

// newChain returns the walk along a list of points without its repetitions, with
// long edges cut, closed or there and back.
func newChain(points []orb.Point, part, ring int, closed bool) chain {
	c := chain{part: part, ring: ring}
	for i, p := range points {
		if n := len(c.points); n == 0 || c.points[n-1] != p {
			c.add(p, i)
		}
	}
	if n := len(c.points); closed && n > 1 && c.points[0] == c.points[n-1] {
		c.points, c.place = c.points[:n-1], c.place[:n-1]
	}
	if closed {
		c.to(c.points[0], c.place[0])
		c.points, c.place = c.points[:len(c.points)-1], c.place[:len(c.place)-1]
		return c
	}
	for i := len(c.points) - 2; i > 0; i-- {
		c.points, c.place = append(c.points, c.points[i]), append(c.place, c.place[i])
	}
	return c
}

func (c *chain) add(p orb.Point, place int) {
	if len(c.points) == 0 {
		c.points, c.place = append(c.points, p), append(c.place, place)
		return
	}
	c.to(p, place)
}

// to appends an edge, in pieces if it is long; the pieces of an edge are the same
// from both ends.
func (c *chain) to(p orb.Point, place int) {
	from := c.points[len(c.points)-1]
	n := int(math.Ceil(max(math.Abs(p[0]-from[0]), math.Abs(p[1]-from[1])) / longest))
	for i := 1; i < n; i++ {
		c.points, c.place = append(c.points, between(from, p, i, n)), append(c.place, place)
	}
	c.points, c.place = append(c.points, p), append(c.place, place)
}

func between(a, b orb.Point, i, n int) orb.Point {
	if b[0] < a[0] || b[0] == a[0] && b[1] < a[1] {
		a, b, i = b, a, n-i
	}
	t := float64(i) / float64(n)
	return orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
}

// reversed returns the walk the other way around.
func (c chain) reversed() chain {
	r := chain{part: c.part, ring: c.ring}
	for i := len(c.points) - 1; i >= 0; i-- {
		r.points, r.place = append(r.points, c.points[i]), append(r.place, c.place[i])
	}
	return r
}

// left tells whether the walk runs counter-clockwise; flat that it encloses
// nothing that float64 can tell.
func (c chain) left() (left, flat bool) {
	sum, size := 0.0, 0.0
	o := c.points[0]
	for i, p := range c.points {
		q := c.points[(i+1)%len(c.points)]
		sum += (p[0]-o[0])*(q[1]-o[1]) - (q[0]-o[0])*(p[1]-o[1])
		size += math.Abs(p[0]-o[0])*math.Abs(q[1]-o[1]) + math.Abs(q[0]-o[0])*math.Abs(p[1]-o[1])
	}
	return sum > 0, math.Abs(sum) <= 1e-12*size
}

// refused says why nothing can be grown at a vertex.
func (c chain) refused(i int, reason string) error {
	p := c.points[i]
	return &geom.CoordinateError{Part: c.part, Ring: c.ring, Vertex: c.place[i], Lon: p[0], Lat: p[1], Reason: reason}
}
