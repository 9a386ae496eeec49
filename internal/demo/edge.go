package demo

import (
	"math"

	"github.com/paulmach/orb"
)

// bends computes the bent form of the mesh's edges.
type bends struct {
	mesh    *mesh
	seed    uint64
	centres []orb.Point // of each face
	rough   []bool      // faces whose borders are natural, not laid out
	giant   []bool      // faces of the largest parcels, whose borders are finest
	units   []int32     // unit of each face
	spacing float64     // metres between the vertices of natural borders
}

// The share of the room between an edge and its triangles' sides that a bend
// may use, and the steepest bend of natural and of laid-out edges.
const (
	bendRoom   = 0.6
	bendRough  = 0.42
	bendNormal = 0.035
)

// giantSpacing is how much closer than elsewhere the vertices on the borders of
// the largest parcels are.
const giantSpacing = 0.2

// append appends the vertices of half-edge h, without its end, to ring. Both
// half-edges of a pair give the same vertices.
func (b *bends) append(ring orb.Ring, h int32) orb.Ring {
	canonical := h &^ 1
	from, to := b.mesh.start(canonical), b.mesh.end(canonical)
	heights := b.heights(canonical)
	n := len(heights)
	ring = append(ring, b.mesh.start(h))
	dx, dy := to[0]-from[0], to[1]-from[1]
	for i := range n {
		k := i
		if h != canonical {
			k = n - 1 - i
		}
		t := float64(k+1) / float64(n+1)
		ring = append(ring, orb.Point{from[0] + t*dx - heights[k]*dy, from[1] + t*dy + heights[k]*dx})
	}
	return ring
}

// heights returns how far each inner vertex of the edge lies to its left, as a
// share of the edge's length. The vertex at t is less than slope·min(t,1-t)
// away, which keeps it inside the triangles on both sides.
func (b *bends) heights(h int32) []float64 {
	m := b.mesh
	from, to := m.start(h), m.end(h)
	length := math.Hypot(to[0]-from[0], to[1]-from[1])
	natural := b.natural(m.face[h]) && b.natural(m.face[h^1])
	slope, spacing := bendNormal, 9*b.spacing
	if natural {
		slope, spacing = bendRough, b.spacing
		if b.fine(m.face[h], m.face[h^1]) {
			spacing *= giantSpacing
		}
	}
	slope = min(slope, b.room(h, from, to), b.room(h^1, to, from))
	n := int(length / spacing)
	if n < 1 && length > 60 {
		n = 1
	}
	n = min(n, 600)
	if slope*length < 0.05 || n == 0 {
		return nil
	}
	r := newRandom(b.seed, streamEdge, int(h))
	raw := displace(n, &r)
	for i := range raw {
		t := float64(i+1) / float64(n+1)
		raw[i] *= slope * min(t, 1-t)
	}
	return raw
}

// fine says that the border of two faces is that of a giant and not that of a unit.
func (b *bends) fine(f, g int32) bool {
	return f != outside && g != outside && b.giant[f] != b.giant[g] && b.units[f] == b.units[g]
}

func (b *bends) natural(f int32) bool { return f == outside || b.rough[f] }

// room returns the steepest slope that stays inside the triangle that h spans
// with the centroid of its face. Outside the frame there is no limit.
func (b *bends) room(h int32, from, to orb.Point) float64 {
	f := b.mesh.face[h]
	if f == outside {
		return math.Inf(1)
	}
	c := b.centres[f]
	dx, dy := to[0]-from[0], to[1]-from[1]
	lift := dx*(c[1]-from[1]) - dy*(c[0]-from[0]) // twice the triangle's area
	if lift <= 0 {
		return 0
	}
	room := math.Inf(1)
	if ahead := dx*(c[0]-from[0]) + dy*(c[1]-from[1]); ahead > 0 {
		room = lift / ahead
	}
	if back := dx*(to[0]-c[0]) + dy*(to[1]-c[1]); back > 0 {
		room = min(room, lift/back)
	}
	return bendRoom * room
}

// displace returns n values in [-1,1] that wander like a coast: midpoint
// displacement with halving steps.
func displace(n int, r *random) []float64 {
	v := make([]float64, n)
	var fill func(lo, hi int, a, b, step float64)
	fill = func(lo, hi int, a, b, step float64) { // inner indexes lo..hi-1
		if lo >= hi {
			return
		}
		mid := (lo + hi) / 2
		v[mid] = math.Max(-1, math.Min(1, (a+b)/2+step*r.between(-1, 1)))
		fill(lo, mid, a, v[mid], step*0.62)
		fill(mid+1, hi, v[mid], b, step*0.62)
	}
	fill(0, n, 0, 0, 0.8)
	return v
}
