package ellipsoid

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/tidwall/geodesic"
)

// TestGeodesic compares with GeographicLib's algorithm: distances from 1 mm to
// 5,000 km at all latitudes.
func TestGeodesic(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	karney := geodesic.NewEllipsoid(A, F)
	worst, worstTurn, worstPlace := 0.0, 0.0, 0.0
	for i := range 60_000 {
		lat := r.Float64()*178 - 89
		if i%20 == 0 {
			lat = []float64{0, 90, -90, 36.4, 45}[i/20%5]
		}
		p := orb.Point{r.Float64()*360 - 180, lat}
		azimuth, metres := r.Float64()*360-180, math.Pow(10, r.Float64()*9.7-3)
		if i%7 == 0 {
			azimuth = float64(r.IntN(8)-4) * 45
		}
		var q orb.Point
		karney.Direct(p[1], p[0], azimuth, metres, &q[1], &q[0], nil)
		var want, from, to float64
		karney.Inverse(p[1], p[0], q[1], q[0], &want, &from, &to)
		got := Inverse(p, q)
		allowed := 5e-9 + 1e-11*metres
		if d := math.Abs(got.Metres - want); !(d <= allowed) {
			t.Fatalf("from %v to %v: %.12g m, want %.12g, off by %.3g", p, q, got.Metres, want, d)
		} else {
			worst = max(worst, d/allowed)
		}
		if metres > 1 && math.Abs(p[1]) < 89.9 && math.Abs(q[1]) < 89.9 {
			for _, a := range [][2]float64{{got.From, from}, {got.To, to}} {
				d := math.Abs(math.Remainder(a[0]-a[1]*math.Pi/180, 2*math.Pi))
				if worstTurn = max(worstTurn, d); d > 1e-6 {
					t.Fatalf("from %v to %v: azimuth %v, want %v", p, q, a[0], a[1]*math.Pi/180)
				}
			}
		}
		back := Direct(p, azimuth*math.Pi/180, metres)
		if math.Abs(p[1]) < 90 {
			var off float64
			karney.Inverse(back[1], back[0], q[1], q[0], &off, nil, nil)
			if worstPlace = max(worstPlace, off/allowed); !(off <= 2*allowed) {
				t.Fatalf("%.6g m from %v towards %v°: off by %.3g m", metres, p, azimuth, off)
			}
		}
	}
	t.Logf("worst distance %.2f, place %.2f of 5 nm + 1e-11 of the length; azimuth %.2g", worst, worstPlace, worstTurn)
}

func TestGeodesicEnds(t *testing.T) {
	for _, p := range []orb.Point{{0, 0}, {180, 0}, {95, 36}, {12, 90}, {-180, -90}} {
		if d := Inverse(p, p); d.Metres != 0 {
			t.Errorf("%v to itself: %v", p, d)
		}
		if q := Direct(p, 1, 0); math.Hypot(q[0]-p[0], q[1]-p[1]) > 1e-13 && math.Abs(p[1]) < 90 {
			t.Errorf("0 m from %v is %v", p, q)
		}
	}
	if d := Inverse(orb.Point{179.9, 0}, orb.Point{-179.9, 0}); math.Abs(d.Metres-22263.8982) > 1e-4 {
		t.Errorf("across the antimeridian: %v", d)
	}
	if a, b := Inverse(orb.Point{1, 2}, orb.Point{3, 4}), Inverse(orb.Point{3, 4}, orb.Point{1, 2}); math.Abs(a.Metres-b.Metres) > 2e-9 {
		t.Errorf("there %v, back %v", a, b)
	}
	north, east := Radii(0)
	if math.Abs(north-6335439.327) > 1e-3 || east != A {
		t.Error(north, east)
	}
}

func BenchmarkInverse(b *testing.B) {
	b.ReportAllocs()
	p, q := orb.Point{95, 36.4}, orb.Point{95.001, 36.4007}
	for b.Loop() {
		Inverse(p, q)
	}
}
