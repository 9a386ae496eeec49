package overlay

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"
	sf "github.com/peterstace/simplefeatures/geom"

	"tuban/geom"
	"tuban/geom/ellipsoid"
)

func wkt(t testing.TB, text string) orb.MultiPolygon {
	t.Helper()
	g, err := sf.UnmarshalWKT(text, sf.NoValidate{})
	if err != nil {
		t.Fatal(err)
	}
	return fromSimple(g)
}

func square(x, y, size float64) orb.Ring {
	return orb.Ring{{x, y}, {x + size, y}, {x + size, y + size}, {x, y + size}, {x, y}}
}

// The golden vectors of DOMAIN 7.5.
func TestGoldenAreas(t *testing.T) {
	t1 := orb.Ring{{94.9, 36.4}, {94.901, 36.4}, {94.901, 36.401}, {94.9, 36.401}, {94.9, 36.4}}
	hole := orb.Ring{{94.9003, 36.4003}, {94.9003, 36.4006}, {94.9006, 36.4006}, {94.9006, 36.4003}, {94.9003, 36.4003}}
	for _, c := range []struct {
		name string
		g    orb.Polygon
		want float64
	}{
		{"T1", orb.Polygon{t1}, 9954.3104},
		{"T1 hole", orb.Polygon{hole}, 895.8885},
		{"T1 less hole", orb.Polygon{t1, hole}, 9058.4219},
		{"T2", orb.Polygon{{{94.9, 36.4}, {94.903, 36.4005}, {94.9012, 36.4031}, {94.9, 36.4}}}, 43300.8669},
		{"T3", orb.Polygon{{{92.44, 34.22}, {92.45, 34.22}, {92.45, 34.23}, {92.44, 34.23}, {92.44, 34.22}}}, 1022081.8456},
		{"T4", orb.Polygon{{{94.499, 36.4}, {94.5, 36.4}, {94.5, 36.401}, {94.499, 36.401}, {94.499, 36.4}}}, 9954.3104},
		{"T5", orb.Polygon{{{96, 36.4}, {96.001, 36.4}, {96.001, 36.401}, {96, 36.401}, {96, 36.4}}}, 9954.3104},
	} {
		s := Prepare(c.g, false)
		if math.Abs(s.Area()-c.want) > 1e-4 {
			t.Errorf("%s: area %.5f, want %.4f", c.name, s.Area(), c.want)
		}
		if a := Area(s, s); math.Abs(a-s.Area()) > 1e-13*s.Area() {
			t.Errorf("%s: area with itself %.9f, own area %.9f", c.name, a, s.Area())
		}
		if a := ellipsoid.Area(c.g); math.Abs(a-s.Area()) > 1e-12*a {
			t.Errorf("%s: area %.9f, ellipsoid.Area %.9f", c.name, s.Area(), a)
		}
	}
	both := Area(Prepare(orb.Polygon{t1}, false), Prepare(orb.Polygon{hole}, false))
	if math.Abs(both-895.8885) > 1e-4 {
		t.Errorf("T1 with its hole's place: %.5f", both)
	}
}

// Pairs whose interiors do or do not meet, however it looks to floats.
func TestOverlaps(t *testing.T) {
	const unit = "POLYGON((0 0,4 0,4 4,0 4,0 0))"
	for _, c := range []struct {
		name, a, b string
		want       bool
	}{
		{"apart", unit, "POLYGON((5 0,9 0,9 4,5 4,5 0))", false},
		{"shared side", unit, "POLYGON((4 0,8 0,8 4,4 4,4 0))", false},
		{"part of a side", unit, "POLYGON((4 1,8 1,8 3,4 3,4 1))", false},
		{"corner to corner", unit, "POLYGON((4 4,8 4,8 8,4 8,4 4))", false},
		{"corner on a side", unit, "POLYGON((4 2,8 0,8 4,4 2))", false},
		{"identical", unit, unit, true},
		{"identical, other start and direction", unit, "POLYGON((4 4,4 0,0 0,0 4,4 4))", true},
		{"inside", unit, "POLYGON((1 1,2 1,2 2,1 2,1 1))", true},
		{"inside, sharing a side", unit, "POLYGON((0 1,2 1,2 2,0 2,0 1))", true},
		{"inside, touching with corners", unit, "POLYGON((2 0,4 2,2 4,0 2,2 0))", true},
		{"in the hole", "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,3 1,3 3,1 3,1 1))", "POLYGON((1 1,3 1,3 3,1 3,1 1))", false},
		{"in the hole, corners on it", "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,3 1,3 3,1 3,1 1))", "POLYGON((2 1,3 2,2 3,1 2,2 1))", false},
		{"hole touching the shell", "POLYGON((0 0,4 0,4 4,0 4,0 0),(0 2,2 1,2 3,0 2))", "POLYGON((0 2,-2 1,-2 3,0 2))", false},
		{"through a shared vertex into it", unit, "POLYGON((4 4,2 1,3 1,4 4))", true},
		{"through a shared vertex past it", unit, "POLYGON((4 4,9 5,5 9,4 4))", false},
		{"two lobes meeting in a point, b between", "POLYGON((0 0,2 2,0 4,4 4,2 2,4 0,0 0))", "POLYGON((2 2,0 3,0 1,2 2))", false},
		{"spike into b", "POLYGON((0 0,4 0,4 2,8 2,4 2,4 4,0 4,0 0))", "POLYGON((5 0,9 0,9 4,5 4,5 0))", false},
		{"spike through b", "POLYGON((0 0,4 0,4 2,20 2,4 2,4 4,0 4,0 0))", "POLYGON((5 0,9 0,9 4,5 4,5 0))", false},
		{"spike with a vertex in b, touching b", "POLYGON((0 0,4 0,4 2,6 2,9 2,6 2,4 2,4 4,0 4,0 0))", "POLYGON((4 0,8 0,8 4,4 4,4 0))", false},
		{"seam between parts across b", "MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0)),((4 0,8 0,8 4,4 4,4 0)))", "POLYGON((3 1,5 1,5 2,3 2,3 1))", true},
		{"b inside, its corners on the seam", "MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0)),((4 0,8 0,8 4,4 4,4 0)))", "POLYGON((4 1,5 2,4 3,3 2,4 1))", true},
		{"bridge to an island inside b", "POLYGON((0 0,4 0,4 2,10 2,10 1,12 1,12 3,10 3,10 2,4 2,4 4,0 4,0 0))", "POLYGON((6 0,20 0,20 4,6 4,6 0))", true},
		{"bridge across b to an island beyond", "POLYGON((0 0,4 0,4 2,10 2,10 1,12 1,12 3,10 3,10 2,4 2,4 4,0 4,0 0))", "POLYGON((6 0,9 0,9 4,6 4,6 0))", false},
		{"needle across by an ulp", "POLYGON((0 0,4 0,4.000000000000001 2,4 4,0 4,0 0))", "POLYGON((4 0,8 0,8 4,4 4,4 0))", true},
		{"needle short by an ulp", "POLYGON((0 0,4 0,3.9999999999999996 2,4 4,0 4,0 0))", "POLYGON((4 0,8 0,8 4,4 4,4 0))", false},
		{"sides on one slanting line", "POLYGON((0 0,3 1,0 2,0 0))", "POLYGON((0 0,9 3,9 0,0 0))", false},
		{"flat ring", unit, "POLYGON((1 1,2 2,3 3,1 1))", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := wkt(t, c.a), wkt(t, c.b)
			for _, d := range [][2]float64{{0, 0}, {74.9, 36.4}, {-71.1, 42.37}} {
				for _, turned := range []bool{false, true} {
					ma, mb := moved(a, d, turned), moved(b, d, turned)
					exact := ExactPlaneArea(ma, mb).Sign() > 0
					if d == [2]float64{} && exact != c.want {
						t.Fatalf("the exact area says %v, the table %v", exact, c.want)
					}
					if got := overlapping2(Prepare(ma, false), Prepare(mb, false)); got != exact {
						t.Errorf("moved by %v, turned %v: predicates say %v, exact area %v", d, turned, got, exact)
					}
					if got := Overlaps(Prepare(mb, false), Prepare(ma, false)); got != exact {
						t.Errorf("moved by %v, turned %v: Overlaps %v, exact area %v", d, turned, got, exact)
					}
					if got := Area(Prepare(ma, false), Prepare(mb, false)); got > 0 != exact {
						t.Errorf("moved by %v, turned %v: area %g, exact sign %v", d, turned, got, exact)
					}
				}
			}
		})
	}
}

// overlapping2 asks the predicates whatever the sum says.
func overlapping2(a, b *Shape) bool {
	return boxesMeet(&a.bound, &b.bound) && overlapping(a, b)
}

// moved returns mp shifted and scaled down to parcel size, x and y exchanged
// when turned.
func moved(mp orb.MultiPolygon, by [2]float64, turned bool) orb.MultiPolygon {
	out := mp.Clone()
	for _, p := range out {
		for _, r := range p {
			for i := range r {
				if by != [2]float64{} {
					r[i] = orb.Point{by[0] + r[i][0]/4096, by[1] + r[i][1]/4096}
				}
				if turned {
					r[i][0], r[i][1] = r[i][1], r[i][0]
				}
			}
		}
	}
	return out
}

// seeded returns a generator and prints its seed if the test fails.
func seeded(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	})
	return rand.New(rand.NewPCG(seed, 1))
}

// star returns a star-shaped ring of n vertices about a centre.
func star(r *rand.Rand, n int, x, y, size float64) orb.Ring {
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		a := 2 * math.Pi * (float64(i) + 0.9*r.Float64()) / float64(n)
		d := size * (0.3 + 0.7*r.Float64())
		ring = append(ring, orb.Point{x + d*math.Cos(a), y + d*math.Sin(a)})
	}
	return append(ring, ring[0])
}

// blocky returns a star whose vertices lie on a coarse grid, so that sides and
// corners of two of them often meet. It may be invalid; ok tells.
func blocky(r *rand.Rand, n int) (mp orb.MultiPolygon, ok bool) {
	ring := star(r, n, 8, 8, 7)
	for i := range ring {
		ring[i] = orb.Point{math.Round(ring[i][0]), math.Round(ring[i][1])}
	}
	ring[len(ring)-1] = ring[0]
	ring = orb.Ring(slices.Compact(ring))
	if len(ring) < 4 {
		return nil, false
	}
	mp = orb.MultiPolygon{{ring}}
	return mp, toSimple(mp).Validate() == nil
}

func toSimple(mp orb.MultiPolygon) sf.Geometry {
	var polys []sf.Polygon
	for _, p := range mp {
		var rings []sf.LineString
		for _, r := range p {
			xys := make([]float64, 0, 2*len(r))
			for _, v := range closed(r) {
				xys = append(xys, v[0], v[1])
			}
			rings = append(rings, sf.NewLineStringXY(xys...))
		}
		polys = append(polys, sf.NewPolygon(rings))
	}
	return sf.NewMultiPolygon(polys).AsGeometry()
}

func TestOverlapsOnAGridProperty(t *testing.T) {
	r := seeded(t)
	touching := 0
	for range 1500 {
		a, ok := blocky(r, 3+r.IntN(9))
		b, ok2 := blocky(r, 3+r.IntN(9))
		if !ok || !ok2 {
			continue
		}
		dx, dy := float64(r.IntN(15)-7), float64(r.IntN(15)-7)
		for i := range b[0][0] {
			b[0][0][i][0] += dx
			b[0][0][i][1] += dy
		}
		exact := ExactPlaneArea(a, b)
		p, q := PreparePlane(a, false), PreparePlane(b, false)
		if got := overlapping2(p, q); got != (exact.Sign() > 0) {
			t.Fatalf("predicates say %v, exact area %v\n%v\n%v", got, exact, a, b)
		}
		if exact.Sign() == 0 {
			touching++
		}
		want, _ := exact.Float64()
		if got := Area(p, q); math.Abs(got-want) > 1e-12*min(p.Area(), q.Area()) || (got > 0) != (want > 0) {
			t.Fatalf("area %v, exact %v\n%v\n%v", got, want, a, b)
		}
	}
	if touching < 50 {
		t.Errorf("only %d touching pairs", touching)
	}
}

func TestAreaProperties(t *testing.T) {
	r := seeded(t)
	for range 60 {
		x, y := 94+r.Float64(), 36+r.Float64()
		size := math.Pow(10, -5+5.5*r.Float64())             // 1 m to 3°
		a := orb.Polygon{star(r, 8+r.IntN(300), x, y, size)} // holds its centre
		b := orb.Polygon{star(r, 3+r.IntN(300), x+size*(r.Float64()-0.5), y+size*(r.Float64()-0.5), size*(0.2+r.Float64()))}
		p, q := Prepare(a, false), Prepare(b, false)
		small := min(p.Area(), q.Area())
		ab := Area(p, q)
		near := func(what string, got, want float64) {
			t.Helper()
			if math.Abs(got-want) > 1e-12*small {
				t.Fatalf("%s: %.12g, want %.12g (smaller area %g)", what, got, want, small)
			}
		}
		if ab != Area(q, p) {
			t.Fatal("not symmetric to the bit")
		}
		if ab < 0 || ab > small {
			t.Fatalf("area %g, smaller %g", ab, small)
		}
		near("with itself", Area(p, p), p.Area())
		near("reversed", Area(Prepare(reversed(a), false), q), ab)
		near("with duplicates and spikes", Area(Prepare(roughened(r, a), false), q), ab)
		left, right := cutStar(a[0], orb.Point{x, y}, 0, 1+r.IntN(len(a[0])-2))
		near("cut in two", Area(left, q)+Area(right, q), ab)

		pa, pb := orb.MultiPolygon{a}, orb.MultiPolygon{b}
		exact, _ := ExactPlaneArea(pa, pb).Float64()
		planeSmall := min(PreparePlane(a, false).Area(), PreparePlane(b, false).Area())
		if got := PlaneArea(pa, pb); math.Abs(got-exact) > 1e-12*planeSmall {
			t.Fatalf("plane area %g, exact %g", got, exact)
		}
	}
}

func reversed(p orb.Polygon) orb.Polygon {
	q := p.Clone()
	for _, r := range q {
		slices.Reverse(r)
	}
	return q
}

// roughened inserts duplicates and spikes, which enclose nothing.
func roughened(r *rand.Rand, p orb.Polygon) orb.Polygon {
	var out orb.Ring
	for _, v := range p[0] {
		out = append(out, v)
		switch r.IntN(4) {
		case 0:
			out = append(out, v)
		case 1:
			out = append(out, orb.Point{v[0] + 1e-4*r.Float64(), v[1] - 1e-4*r.Float64()}, v)
		}
	}
	return orb.Polygon{append(out, out[0])}
}

// cutStar cuts a star from its centre to two of its vertices.
func cutStar(ring orb.Ring, centre orb.Point, i, j int) (left, right *Shape) {
	n := len(ring) - 1
	part := func(from, to int) *Shape {
		out := orb.Ring{centre}
		for k := from; ; k = (k + 1) % n {
			out = append(out, ring[k])
			if k == to {
				return Prepare(append(out, centre), false)
			}
		}
	}
	return part(i, j), part(j, i)
}

// TestTessellation cuts the plane into quadrilaterals that share vertices and
// adds up what a patch has in common with each.
func TestTessellation(t *testing.T) {
	r := seeded(t)
	const n = 24
	var at [n + 1][n + 1]orb.Point
	for i := range at {
		for j := range at[i] {
			at[i][j] = orb.Point{106.5 + 0.001*(float64(i)+0.4*r.Float64()), 29.5 + 0.001*(float64(j)+0.4*r.Float64())}
		}
	}
	patch := Prepare(orb.Polygon{star(r, 2000, 106.512, 29.512, 0.009)}, false)
	sum := 0.0
	for i := range n {
		for j := range n {
			cell := orb.Polygon{{at[i][j], at[i+1][j], at[i+1][j+1], at[i][j+1], at[i][j]}}
			sum += Area(patch, Prepare(cell, false))
		}
	}
	if rel := math.Abs(sum-patch.Area()) / patch.Area(); rel > 1e-13 {
		t.Errorf("Σ over the cells is off by %.2g", rel)
	}
}

// TestAgainstSimplefeatures measures the intersection that another engine made.
func TestAgainstSimplefeatures(t *testing.T) {
	r := seeded(t)
	for range 40 {
		size := 0.0002 + 0.01*r.Float64()
		a := orb.MultiPolygon{{star(r, 60, 106.5, 29.5, size)}}
		b := orb.MultiPolygon{{star(r, 50, 106.5+size*(r.Float64()-0.5), 29.5+size*(r.Float64()-0.5), size)}}
		g, err := sf.Intersection(toSimple(a), toSimple(b))
		if err != nil {
			t.Fatal(err)
		}
		want := ellipsoid.Area(fromSimple(g))
		p, q := Prepare(a, false), Prepare(b, false)
		if got := Area(p, q); math.Abs(got-want) > 2e-9*min(p.Area(), q.Area()) {
			t.Fatalf("area %.9f, their intersection %.9f", got, want)
		}
	}
}

// Holds agrees with geom.Locate, on vertices and sides, too.
func TestHolds(t *testing.T) {
	r := seeded(t)
	for range 300 {
		mp, ok := blocky(r, 3+r.IntN(12))
		if !ok {
			continue
		}
		s := Prepare(mp, false)
		for x := range 17 {
			for y := range 17 {
				p := orb.Point{float64(x), float64(y)}
				if got, want := s.Holds(p), geom.Locate(mp, p) != geom.Outside; got != want {
					t.Fatalf("%v: %v, want %v: %v", p, got, want, mp)
				}
			}
		}
	}
}

// coast returns a ring whose bends look alike at many scales.
func coast(n int, x, y, size float64) orb.Ring {
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		a := 2 * math.Pi * float64(i) / float64(n)
		d := size
		for k, f := 1.0, 3.0; f < float64(n)/8; k, f = k+1, math.Round(f*2.1) {
			d += 0.3 * size / f * math.Sin(f*a+k)
		}
		ring = append(ring, orb.Point{x + d*math.Cos(a), y + d*math.Sin(a)})
	}
	return append(ring, ring[0])
}

// neighbours returns two parcels that share a bent border of n vertices.
func neighbours(r *rand.Rand, n int) (left, right orb.Polygon) {
	border := make(orb.Ring, n)
	for i := range border {
		border[i] = orb.Point{106.5 + 0.0002*r.Float64(), 29.5 + 0.001*float64(i)/float64(n-1)}
	}
	l := append(slices.Clone(border), orb.Point{106.499, 29.501}, orb.Point{106.499, 29.5}, border[0])
	g := append(slices.Clone(border), orb.Point{106.502, 29.501}, orb.Point{106.502, 29.5}, border[0])
	return orb.Polygon{l}, orb.Polygon{g}
}

func BenchmarkArea(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 7))
	zone := orb.Polygon{coast(100_000, 106.5, 29.5, 0.5)}
	edge := zone[0][0]
	left, right := neighbours(r, 30)
	for _, c := range []struct {
		name string
		a, b orb.Polygon
	}{
		{"50x60", orb.Polygon{star(r, 50, 106.5, 29.5, 0.001)}, orb.Polygon{star(r, 60, 106.5005, 29.5003, 0.001)}},
		{"touching", left, right},
		{"identical 60", orb.Polygon{star(rand.New(rand.NewPCG(1, 1)), 60, 106.5, 29.5, 0.001)}, orb.Polygon{star(rand.New(rand.NewPCG(1, 1)), 60, 106.5, 29.5, 0.001)}},
		{"300 m x zone", orb.Polygon{star(r, 200, edge[0], edge[1], 0.0015)}, zone},
		{"3 km x zone", orb.Polygon{star(r, 200, edge[0], edge[1], 0.015)}, zone},
		{"inside zone", orb.Polygon{star(r, 200, 106.5, 29.5, 0.003)}, zone},
	} {
		p, q := Prepare(c.a, false), Prepare(c.b, false)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Area(p, q)
			}
		})
	}
}

func BenchmarkPrepare(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, n := range []int{10, 60, 2000, 100_000} {
		p := orb.Geometry(orb.Polygon{star(r, n, 106.5, 29.5, 0.01)})
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			var c Scratch
			b.ReportAllocs()
			for b.Loop() {
				c.Prepare(p, false)
			}
		})
	}
}
