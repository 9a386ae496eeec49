package overlay

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

func TestGeometryOfRandomShapes(t *testing.T) {
	r := seeded(t)
	for range 150 {
		k, l := r.IntN(shapeKinds), r.IntN(shapeKinds)
		both, rest := cutUp(t, randomShape(r, k), randomShape(r, l), 0)
		if k < firstOnGrid && l < firstOnGrid {
			valid(t, both)
			valid(t, rest)
		}
	}
}

// Kinds of random shapes; from firstOnGrid on they have corners and sides in
// common.
const (
	firstOnGrid = 4
	shapeKinds  = 6
)

// randomShape returns something within some 400 m of one place: a star, one
// with a hole, a tangle, scattered stars, or blocks on a grid that touch often.
func randomShape(r *rand.Rand, kind int) orb.MultiPolygon {
	x, y := 106.5+0.002*r.Float64(), 29.5+0.002*r.Float64()
	size := 0.0005 + 0.002*r.Float64()
	switch kind {
	case 0:
		return orb.MultiPolygon{{star(r, 5+r.IntN(200), x, y, size)}}
	case 1: // a star keeps clear of a third of its size about its centre
		return orb.MultiPolygon{{star(r, 20+r.IntN(200), x, y, size), star(r, 3+r.IntN(40), x, y, 0.2*size)}}
	case 2:
		ring := make(orb.Ring, 0, 12)
		for range 4 + r.IntN(7) {
			ring = append(ring, orb.Point{x + size*r.Float64(), y + size*r.Float64()})
		}
		return orb.MultiPolygon{{append(ring, ring[0])}}
	case 3:
		var mp orb.MultiPolygon
		for range 2 + r.IntN(5) {
			mp = append(mp, orb.Polygon{star(r, 5+r.IntN(40), x+size*r.Float64(), y+size*r.Float64(), size/2)})
		}
		return mp
	case firstOnGrid: // a coarse grid: many shared corners, sides and collinear edges
		ring := make(orb.Ring, 0, 12)
		for range 4 + r.IntN(7) {
			ring = append(ring, orb.Point{106.5 + 0.0005*float64(r.IntN(6)), 29.5 + 0.0005*float64(r.IntN(6))})
		}
		return orb.MultiPolygon{{append(ring, ring[0])}}
	}
	var mp orb.MultiPolygon
	for range 1 + r.IntN(9) {
		mp = append(mp, orb.Polygon{square(106.5+0.0005*float64(r.IntN(5)), 29.5+0.0005*float64(r.IntN(5)), 0.0005*float64(1+r.IntN(2)))})
	}
	return mp
}

// Differences from several, that overlap one another.
func TestDifferenceFromMany(t *testing.T) {
	r := seeded(t)
	for range 40 {
		a := randomShape(r, r.IntN(shapeKinds))
		p := Prepare(a, broken(a))
		var bs []*Shape
		for range 1 + r.IntN(6) {
			b := randomShape(r, r.IntN(shapeKinds))
			bs = append(bs, Prepare(b, broken(b)))
		}
		rest, err := Difference(p, bs)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := sound(t, rest), p.Area()-UnionArea(p, bs); math.Abs(got-want) > 1e-9*p.Area()+1e-6 {
			t.Fatalf("%.9f m², want %.9f", got, want)
		}
		again, err := Difference(p, bs)
		if err != nil || !orb.Equal(rest, again) {
			t.Fatal("not the same twice")
		}
	}
}

// FuzzGeometry cuts two polygons of a few rings on a small grid.
func FuzzGeometry(f *testing.F) {
	f.Add([]byte{0, 0, 9, 0, 9, 9, 0, 9, 255, 2, 2, 2, 5, 5, 5}, []byte{3, 3, 12, 3, 12, 12})
	f.Add([]byte{0, 0, 9, 9, 9, 0, 0, 9}, []byte{0, 0, 9, 0, 9, 9, 0, 9})
	f.Add([]byte{}, []byte{1, 1})
	f.Add([]byte{0, 0, 3, 1, 6, 2, 9, 3, 0, 9}, []byte{0, 0, 9, 3, 6, 0})
	f.Fuzz(func(t *testing.T, u, v []byte) {
		if len(u)+len(v) > 200 {
			return
		}
		// Edges of 20 km that run over one another: their slivers count.
		a, b := gridPolygon(u), gridPolygon(v)
		cutUp(t, a, b, rounding(a)+rounding(b))
	})
}

// rounding returns how many m² a border covers that is as wide as the spacing
// of coordinates.
func rounding(p orb.Polygon) float64 {
	sum := 0.0
	for _, r := range p {
		for i, v := range r {
			u := r[(i+len(r)-1)%len(r)]
			sum += (math.Abs(v[0]-u[0]) + math.Abs(v[1]-u[1])) * spacing(v)
		}
	}
	return sum * metresPerDegree * metresPerDegree
}

func BenchmarkGeometry(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 7))
	zone := orb.Polygon{coast(100_000, 106.5, 29.5, 0.5)}
	edge := zone[0][0]
	for _, c := range []struct {
		name string
		a, b orb.Polygon
	}{
		{"50x60", orb.Polygon{star(r, 50, 106.5, 29.5, 0.001)}, orb.Polygon{star(r, 60, 106.5005, 29.5003, 0.001)}},
		{"300 m x zone", orb.Polygon{star(r, 200, edge[0], edge[1], 0.0015)}, zone},
		{"zone x 300 m", zone, orb.Polygon{star(r, 200, edge[0], edge[1], 0.0015)}},
	} {
		p, q := Prepare(c.a, false), Prepare(c.b, false)
		b.Run("intersection/"+c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Intersection(p, q); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("difference/"+c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Difference(p, []*Shape{q}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
