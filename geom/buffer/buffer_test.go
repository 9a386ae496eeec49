package buffer

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tuban/geom"
	"tuban/geom/ellipsoid"
	"tuban/geom/overlay"
)

func grow(t testing.TB, g orb.Geometry, metres float64) (orb.MultiPolygon, *overlay.Shape) {
	t.Helper()
	g, _, repair, err := geom.Examine(g)
	if err != nil {
		t.Fatal(err)
	}
	mp, err := Grow(g, repair, metres)
	if err != nil {
		t.Fatalf("%v m around %.300v: %v", metres, g, err)
	}
	if problems := geom.Validate(mp, 3); len(problems) > 0 {
		t.Fatalf("%v m around %.300v: %v", metres, g, problems)
	}
	return mp, overlay.Prepare(mp, false)
}

// rectangle is one of so many metres at a place, true to about 1e-7.
func rectangle(lon, lat, width, height float64) orb.Ring {
	north, east := ellipsoid.Radii(lat)
	dx, dy := width/east*180/math.Pi/2, height/north*180/math.Pi/2
	return orb.Ring{{lon - dx, lat - dy}, {lon + dx, lat - dy}, {lon + dx, lat + dy}, {lon - dx, lat + dy}, {lon - dx, lat - dy}}
}

// inscribed is the area of the polygon in a circle of radius 1 with a point at
// each step.
var inscribed = halfCircle * math.Sin(step)

// TestFormulas compares areas with those of squares with rounded corners, discs,
// and lines with round ends, on ground that is nearly plane.
func TestFormulas(t *testing.T) {
	for _, lat := range []float64{0, 36.4, -60} {
		square := rectangle(95, lat, 400, 300)
		reversed := square.Clone()
		reversed.Reverse()
		mid := orb.Point{95, lat}
		_, east := ellipsoid.Radii(lat)
		line := orb.LineString{mid, {95 + 500/east*180/math.Pi, lat}}
		for _, b := range []float64{0.1, 1, 50, 400} {
			for _, c := range []struct {
				name string
				g    orb.Geometry
				want float64
			}{
				{"rectangle", orb.Polygon{square}, 400*300 + 2*(400+300)*b + inscribed*b*b},
				{"clockwise", orb.Polygon{reversed}, 400*300 + 2*(400+300)*b + inscribed*b*b},
				{"ring", orb.MultiPolygon{{square, rectangle(95, lat, 200, 100)}}, 400*300 + 2*(400+300)*b + inscribed*b*b - max(0, 200-2*b)*max(0, 100-2*b)},
				{"point", mid, inscribed * b * b},
				{"line", line, 1000*b + inscribed*b*b},
				{"line of one point", orb.LineString{mid, mid}, inscribed * b * b},
				{"twice the same", orb.MultiPoint{mid, mid}, inscribed * b * b},
				{"a part within", orb.MultiPolygon{{square}, {rectangle(95, lat, 100, 100)}}, 400*300 + 2*(400+300)*b + inscribed*b*b},
			} {
				_, s := grow(t, c.g, b)
				if d := s.Area()/c.want - 1; math.Abs(d) > 2e-6 {
					t.Errorf("%s at %v° by %v m: %.6f m², want %.6f (%.2g)", c.name, lat, b, s.Area(), c.want, d)
				}
			}
		}
	}
}

// star is a random ring around a place, its size in degrees.
func star(r *rand.Rand, lon, lat, size float64, n int, rough float64) orb.Ring {
	var ring orb.Ring
	for k := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(n))
		d := size * (1 - rough*r.Float64())
		ring = append(ring, orb.Point{lon + d*cos, lat + d*sin})
	}
	return append(ring, ring[0])
}

// farthest returns how far the border of a buffer is from the border of what it
// was made of: the least and greatest distance of its vertices and of the middles
// of its edges.
func farthest(g orb.Geometry, mp orb.MultiPolygon) (least, greatest float64) {
	least = math.Inf(1)
	geom.EachEdge(mp, func(a, b orb.Point) {
		for _, p := range []orb.Point{a, {(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}} {
			near, chords, d := ellipsoid.NearTo(p, 2*Max), ellipsoid.ChordsFrom(p), math.Inf(1)
			for range 2 {
				geom.EachEdge(g, func(u, v orb.Point) {
					if bound, t := near.Edge(u, v); bound < d && chords.Edge(u, v) < d {
						m, _ := ellipsoid.Closest(p, u, v, t)
						d = min(d, m)
					}
				})
			}
			least, greatest = min(least, d), max(greatest, d)
		}
	})
	return least, greatest
}

// TestWidth: whatever the polygon, its size and place, each place on the border of
// the buffer is the width away, but for the arcs.
func TestWidth(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	worstIn, worstOut := 0.0, 0.0
	for range 60 {
		lat := r.Float64()*140 - 70
		size := math.Pow(10, -4+3.3*r.Float64())
		var g orb.Geometry = orb.Polygon{star(r, 95, lat, size, 3+r.IntN(60), r.Float64()*0.9)}
		switch r.IntN(4) {
		case 0:
			g = orb.Polygon{star(r, 95, lat, size, 40, 0.2), star(r, 95, lat, size/2, 20, 0.5)}
		case 1:
			g = orb.LineString(star(r, 95, lat, size, 3+r.IntN(20), 0.9)[1:])
		}
		metres := min(Max, math.Pow(10, 5*r.Float64()))
		mp, s := grow(t, g, metres)
		least, greatest := farthest(g, mp)
		in, out := 1-least/metres, greatest/metres-1
		worstIn, worstOut = max(worstIn, in), max(worstOut, out)
		cos := math.Cos(lat * math.Pi / 180)
		if in > 5.6e-4 || out > 2.5e-7/(cos*cos) {
			t.Errorf("%v m around a %s of %v° at latitude %v: the border is from %v to %v m away", metres, g.GeoJSONType(), size, lat, least, greatest)
		}
		own := overlay.Prepare(g, false)
		if got := overlay.Area(own, s); math.Abs(got-own.Area()) > 1e-9*own.Area()+1e-6 {
			t.Errorf("%v m around a polygon of %v m²: only %v m² of it are in the buffer", metres, own.Area(), got)
		}
	}
	t.Logf("short by %.3g, beyond by %.2g of the width at most", worstIn, worstOut)
}

// Wider is larger, and holds the narrower.
func TestMonotone(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 10 {
		g := orb.Polygon{star(r, 95, 36, 0.01, 30, 0.8)}
		last := overlay.Prepare(g, false)
		for _, b := range []float64{0.01, 1, 3, 100, 1000, 5000} {
			_, s := grow(t, g, b)
			if s.Area() <= last.Area() || math.Abs(overlay.Area(s, last)-last.Area()) > 1e-9*last.Area() {
				t.Errorf("%v m: %v m² after %v, of which it holds %v", b, s.Area(), last.Area(), overlay.Area(s, last))
			}
			last = s
		}
	}
}

// Rings that cross are grown as they are measured: by the even-odd rule, and as
// the union of parts.
func TestRepaired(t *testing.T) {
	bow := orb.Polygon{{{95, 36}, {95.01, 36.01}, {95.01, 36}, {95, 36.01}, {95, 36}}}
	halves := orb.MultiPolygon{{{{95, 36}, {95.005, 36.005}, {95, 36.01}, {95, 36}}}, {{{95.01, 36}, {95.01, 36.01}, {95.005, 36.005}, {95.01, 36}}}}
	_, a := grow(t, bow, 100)
	_, b := grow(t, halves, 100)
	if math.Abs(a.Area()/b.Area()-1) > 1e-9 {
		t.Errorf("bow-tie %v, its halves %v", a.Area(), b.Area())
	}
	_, c := grow(t, orb.MultiPolygon{{rectangle(95, 36, 400, 300)}, {rectangle(95.001, 36, 400, 300)}}, 20)
	if _, d := grow(t, orb.MultiPolygon{{rectangle(95.001, 36, 400, 300)}, {rectangle(95, 36, 400, 300)}}, 20); math.Abs(c.Area()/d.Area()-1) > 1e-12 {
		t.Errorf("%v and %v", c.Area(), d.Area())
	}
}

func TestRefusals(t *testing.T) {
	var bad *geom.CoordinateError
	for _, c := range []struct {
		name string
		g    orb.Geometry
		b    float64
	}{
		{"antimeridian", orb.Polygon{rectangle(179.99, 10, 100, 100)}, 5000}, {"antimeridian, west", orb.Point{-179.999, 0}, 5000},
		{"pole", orb.Point{0, 89.8}, 50_000}, {"at the pole", orb.Point{0, -90}, 1},
	} {
		if _, err := Grow(c.g, false, c.b); !errors.As(err, &bad) || bad.Reason == "" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	many := make(orb.MultiPoint, 20_000)
	for i := range many {
		many[i] = orb.Point{float64(i) / 1000, 0}
	}
	if _, err := Grow(many, false, 1); !errors.Is(err, ErrTooMany) {
		t.Error(err)
	}
	for _, g := range []orb.Geometry{nil, orb.MultiPoint{}, orb.Collection{}, orb.Polygon{}, orb.LineString{}} {
		if mp, err := Grow(g, false, 1); len(mp) > 0 || err != nil {
			t.Errorf("%v: %v %v", g, mp, err)
		}
	}
}

func BenchmarkGrow(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		name   string
		n      int
		size   float64
		metres float64
	}{{"n=60, 300 m by 5m", 60, 0.002, 5}, {"n=60, 300 m by 500m", 60, 0.002, 500}, {"n=1000, 3 km by 50m", 1000, 0.02, 50}, {"n=1000, 3 km by 5km", 1000, 0.02, 5000}, {"n=5000, 30 km by 100m", 5000, 0.2, 100}} {
		g := orb.Polygon{star(r, 95, 36, c.size, c.n, 0.1)}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Grow(g, false, c.metres); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
