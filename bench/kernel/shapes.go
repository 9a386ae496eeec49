package kernel

import (
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"
)

// Where the shapes lie: coordinates need all their digits there.
const lon, lat = 106.5, 29.5

// metre is a metre in degrees, about: sizes here need be no better.
const metre = 1 / 111_000.0

// outline returns a ring of n vertices about a centre: a few bends and a little
// unevenness, as parcels and patches have, star-shaped and so without crossings.
// size is the mean distance from the centre.
func outline(r *rand.Rand, n int, centre orb.Point, size float64) orb.Ring {
	var swing, turn [5]float64
	for k := range swing {
		swing[k], turn[k] = 0.25*r.Float64()/float64(k+1), 2*math.Pi*r.Float64()
	}
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		a := 2 * math.Pi * (float64(i) + 0.8*r.Float64()) / float64(n)
		d := 1 + 0.04*(r.Float64()-0.5)
		for k := range swing {
			d += swing[k] * math.Sin(float64(k+2)*a+turn[k])
		}
		ring = append(ring, orb.Point{centre[0] + size*d*math.Cos(a), centre[1] + size*d*math.Sin(a)})
	}
	return append(ring, ring[0])
}

// sawTooth returns a star of n/2 teeth, a tenth of its size deep, turned by a part
// of a tooth.
func sawTooth(n int, centre orb.Point, size, turn float64) orb.Ring {
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		a := 2 * math.Pi * (float64(i) + turn) / float64(n)
		d := size
		if i%2 == 1 {
			d *= 0.9
		}
		ring = append(ring, orb.Point{centre[0] + d*math.Cos(a), centre[1] + d*math.Sin(a)})
	}
	return append(ring, ring[0])
}

// coast returns a ring of n vertices whose bends look alike at all scales.
func coast(n int, centre orb.Point, size float64) orb.Ring {
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		a := 2 * math.Pi * float64(i) / float64(n)
		d := size
		for k, f := 1.0, 3.0; f < float64(n)/8; k, f = k+1, math.Round(f*2.1) {
			d += 0.3 * size / f * math.Sin(f*a+k)
		}
		ring = append(ring, orb.Point{centre[0] + d*math.Cos(a), centre[1] + d*math.Sin(a)})
	}
	return append(ring, ring[0])
}

// region returns a polygon of 100,000 vertices: a coast of 80,000 and 40 holes of
// 500.
func region(r *rand.Rand) orb.Polygon {
	const size = 0.4
	p := orb.Polygon{coast(80_000, orb.Point{lon, lat}, size)}
	for i := range 40 {
		a := 2 * math.Pi * float64(i) / 40
		d := size * [...]float64{0.25, 0.4}[i%2]
		hole := outline(r, 500, orb.Point{lon + d*math.Cos(a), lat + d*math.Sin(a)}, 0.01*size)
		for j, k := 0, len(hole)-1; j < k; j, k = j+1, k-1 { // holes run clockwise
			hole[j], hole[k] = hole[k], hole[j]
		}
		p = append(p, hole)
	}
	return p
}

// tessellation is a grid of parcels that share their bent borders, vertex for
// vertex.
type tessellation struct {
	n     int // parcels along a side
	steps int // edges along a side of a parcel
	cell  float64
	at    orb.Point
	bend  func(i, j, along, step int) float64 // part of the most that is safe
}

func newTessellation(seed uint64, n, steps int, cell float64) *tessellation {
	return &tessellation{n: n, steps: steps, cell: cell, at: orb.Point{lon, lat}, bend: func(i, j, along, step int) float64 {
		r := rand.New(rand.NewPCG(seed, uint64(((i*(n+1)+j)*2+along)*steps+step)))
		return 2*r.Float64() - 1
	}}
}

// side returns the vertices from grid corner (i, j) to the next one along x (0)
// or y (1), without the last. A vertex leaves the straight line by less than its
// distance from either corner, so that sides never meet but in corners.
func (t *tessellation) side(i, j, along int) []orb.Point {
	points := make([]orb.Point, t.steps)
	for s := range t.steps {
		u := float64(s) / float64(t.steps)
		off := 0.3 * min(u, 1-u) * t.bend(i, j, along, s)
		x, y := u, off
		if along == 1 {
			x, y = off, u
		}
		points[s] = orb.Point{t.at[0] + t.cell*(float64(i)+x), t.at[1] + t.cell*(float64(j)+y)}
	}
	return points
}

// block returns the outline of the parcels from (i, j), w wide and high.
func (t *tessellation) block(i, j, w int) orb.Polygon {
	var ring orb.Ring
	back := func(points []orb.Point, end orb.Point) {
		ring = append(ring, end)
		for k := len(points) - 1; k > 0; k-- {
			ring = append(ring, points[k])
		}
	}
	corner := func(i, j int) orb.Point { return t.side(i, j, 0)[0] }
	for k := range w {
		ring = append(ring, t.side(i+k, j, 0)...)
	}
	for k := range w {
		ring = append(ring, t.side(i+w, j+k, 1)...)
	}
	for k := w - 1; k >= 0; k-- {
		back(t.side(i+k, j+w, 0), corner(i+k+1, j+w))
	}
	for k := w - 1; k >= 0; k-- {
		back(t.side(i, j+k, 1), corner(i, j+k+1))
	}
	return orb.Polygon{append(ring, ring[0])}
}

// parcels returns all parcels, row by row.
func (t *tessellation) parcels() []orb.Polygon {
	var all []orb.Polygon
	for j := range t.n {
		for i := range t.n {
			all = append(all, t.block(i, j, 1))
		}
	}
	return all
}

// centre is the middle of the tessellation.
func (t *tessellation) centre() orb.Point {
	half := t.cell * float64(t.n) / 2
	return orb.Point{t.at[0] + half, t.at[1] + half}
}
