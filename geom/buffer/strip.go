package buffer

import (
	"math"

	"github.com/paulmach/orb"

	"tuban/geom/ellipsoid"
)

// step is the angle between the points of an arc, halfCircle of which make one.
const (
	halfCircle = 48
	step       = math.Pi / halfCircle
)

// widest is how far a strip turns before the next one begins: one that turned
// around could meet itself.
const widest = 2 * math.Pi / 3

// strips appends the polygons between a chain and its offset.
func (g *grower) strips(c chain) error {
	if len(c.points) == 1 {
		return g.circle(c)
	}
	n := len(c.points)
	at := func(i int) orb.Point { return c.points[i%n] }
	var base, off orb.Ring // of the strip, which begins anew when base is empty
	turned := 0.0
	end := func() {
		for i := len(off) - 1; i >= 0; i-- {
			base = append(base, off[i])
		}
		g.parts = append(g.parts, orb.Polygon{append(base, base[0])})
		base, off, turned = nil, nil, 0
	}
	for i := range n {
		from, to := at(i), at(i+1)
		if len(base) == 0 {
			p, err := g.offset(c, i, across(from, to, from))
			if err != nil {
				return err
			}
			base, off = append(base, from), append(off, p)
		}
		out, next := across(from, to, to), across(to, at(i+2), to)
		turn := math.Remainder(next-out, 2*math.Pi) // clockwise: towards the outside
		if turn > math.Pi-1e-9 {
			turn -= 2 * math.Pi // there and back: around the end
		}
		straight := math.Abs(turn)*g.metres < 1e-8
		if straight {
			out = next
		}
		p, err := g.offset(c, (i+1)%n, out)
		if err != nil {
			return err
		}
		base, off = append(base, to), append(off, p)
		switch {
		case straight:
		case turn > 0: // towards the outside: the next strip overlaps this one
			end()
			continue
		default:
			if off, err = g.arc(off, c, (i+1)%n, out, next, turn); err != nil {
				return err
			}
			turned -= turn
		}
		if turned > widest || len(base) > 32 {
			end()
		}
	}
	if len(base) > 0 {
		end()
	}
	return nil
}

// arc appends the points of an arc around a vertex after its first; the last one
// is at the azimuth to, where the next edge's offset begins to the bit.
func (g *grower) arc(off orb.Ring, c chain, i int, from, to, turn float64) (orb.Ring, error) {
	k := int(math.Ceil(-turn/step - 1e-9))
	for j := 1; j <= k; j++ {
		azimuth := to
		if j < k {
			azimuth = from + turn*float64(j)/float64(k)
		}
		p, err := g.offset(c, i, azimuth)
		if err != nil {
			return nil, err
		}
		off = append(off, p)
	}
	return off, nil
}

// circle appends the polygon around a point.
func (g *grower) circle(c chain) error {
	var ring orb.Ring
	for j := range 2 * halfCircle {
		p, err := g.offset(c, 0, -float64(j)*step)
		if err != nil {
			return err
		}
		ring = append(ring, p)
	}
	g.parts = append(g.parts, orb.Polygon{append(ring, ring[0])})
	return nil
}

// across returns the azimuth to the right of the edge ab at one of its ends.
func across(a, b, end orb.Point) float64 {
	north, east := ellipsoid.Radii(end[1])
	return math.Atan2(east*(b[0]-a[0]), north*(b[1]-a[1])) + math.Pi/2
}

// offset returns the place at the buffer's width from a vertex.
func (g *grower) offset(c chain, i int, azimuth float64) (orb.Point, error) {
	if g.points++; g.points > maxPoints {
		return orb.Point{}, ErrTooMany
	}
	v := c.points[i]
	if math.Abs(v[1])*metresPerDegree+g.metres > 89.9*metresPerDegree {
		return orb.Point{}, c.refused(i, "the buffer comes too near to a pole")
	}
	p := ellipsoid.Direct(v, azimuth, g.metres)
	if math.Abs(p[0]) > 180 {
		return orb.Point{}, c.refused(i, "the buffer crosses the antimeridian")
	}
	return p, nil
}
