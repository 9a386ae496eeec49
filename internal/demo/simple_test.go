package demo

import (
	"fmt"
	"math"
	"math/big"
	"sort"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// TestRingsAreSimple looks at every pair of edges of every ring that could
// meet, in all layers: none cross or touch, shells wind counter-clockwise and
// holes clockwise, holes lie inside.
func TestRingsAreSimple(t *testing.T) {
	for _, seed := range []uint64{1, 5} {
		c := New(seed, reduced(1500))
		for _, s := range c.Layers() {
			t.Run(fmt.Sprintf("seed=%d/%s", seed, s.Layer.ID), func(t *testing.T) {
				each(t, s, func(f feature.Feature) {
					for _, p := range polygons(f.Geometry) {
						simple(t, f.ID, p)
					}
				})
			})
		}
	}
}

func simple(t *testing.T, id feature.ID, p orb.Polygon) {
	t.Helper()
	var segments []segment
	for k, r := range p {
		if len(r) < 4 || r[0] != r[len(r)-1] {
			t.Fatalf("%s ring %d: %d points, closed %v", id, k, len(r), r[0] == r[len(r)-1])
		}
		if a := signedArea(r); (a > 0) != (k == 0) {
			t.Fatalf("%s ring %d winds the wrong way: %g", id, k, a)
		}
		if k > 0 && !holds(p[0], r[0]) {
			t.Fatalf("%s: hole %d lies outside", id, k)
		}
		for i := 1; i < len(r); i++ {
			segments = append(segments, segment{r[i-1], r[i], k, i, len(r) - 1})
		}
	}
	sort.Slice(segments, func(i, j int) bool { return segments[i].left() < segments[j].left() })
	for i, s := range segments {
		for _, o := range segments[i+1:] {
			if o.left() > s.right() {
				break
			}
			if s.meets(o) {
				t.Fatalf("%s: edges %v and %v meet", id, s, o)
			}
		}
	}
}

type segment struct {
	a, b        orb.Point
	ring, i, of int
}

func (s segment) left() float64  { return min(s.a[0], s.b[0]) }
func (s segment) right() float64 { return max(s.a[0], s.b[0]) }

// meets says whether two edges share a point other than the vertex between two
// that follow each other.
func (s segment) meets(o segment) bool {
	if s.a == s.b {
		return true
	}
	if max(s.a[1], s.b[1]) < min(o.a[1], o.b[1]) || max(o.a[1], o.b[1]) < min(s.a[1], s.b[1]) {
		return false
	}
	if s.ring == o.ring {
		switch (o.i - s.i + s.of) % s.of {
		case 1:
			return s.b != o.a || folds(s.a, s.b, o.b)
		case s.of - 1:
			return o.b != s.a || folds(o.a, o.b, s.b)
		}
	}
	p, q := side(s.a, s.b, o.a), side(s.a, s.b, o.b)
	u, v := side(o.a, o.b, s.a), side(o.a, o.b, s.b)
	return p*q <= 0 && u*v <= 0
}

// folds says whether the path a, b, c turns back onto itself.
func folds(a, b, c orb.Point) bool {
	return side(a, b, c) == 0 && (a[0]-b[0])*(c[0]-b[0])+(a[1]-b[1])*(c[1]-b[1]) > 0
}

// side is the exact side of c seen from a→b.
func side(a, b, c orb.Point) int {
	d := (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
	if math.Abs(d) > 1e-13 {
		if d > 0 {
			return 1
		}
		return -1
	}
	r := func(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }
	sub := func(x, y float64) *big.Rat { return r(x).Sub(r(x), r(y)) }
	l := sub(b[0], a[0])
	l.Mul(l, sub(c[1], a[1]))
	k := sub(b[1], a[1])
	return l.Cmp(k.Mul(k, sub(c[0], a[0])))
}

func holds(r orb.Ring, p orb.Point) bool {
	in := false
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(p[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			in = !in
		}
	}
	return in
}
