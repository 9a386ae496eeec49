package ellipsoid

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/tidwall/geodesic"
)

// byKarney finds the distance from p to the edge ab by GeographicLib's
// algorithm: the best of many places, then a golden section around it.
func byKarney(p, a, b orb.Point) float64 {
	karney := geodesic.NewEllipsoid(A, F)
	at := func(t float64) (d float64) {
		q := along(a, b, t)
		karney.Inverse(p[1], p[0], q[1], q[0], &d, nil, nil)
		return d
	}
	const n = 64
	best := 0
	for i := range n + 1 {
		if at(float64(i)/n) < at(float64(best)/n) {
			best = i
		}
	}
	lo, hi := max(0, float64(best-1)/n), min(1, float64(best+1)/n)
	const golden = 0.6180339887498949
	for range 60 {
		if u, v := hi-golden*(hi-lo), lo+golden*(hi-lo); at(u) < at(v) {
			hi = v
		} else {
			lo = u
		}
	}
	return min(at((lo+hi)/2), at(0), at(1))
}

// TestClosest: edges of 1 m to 1° at distances of 1 mm to 1,000 km, at
// latitudes where longitudes still are some metres long.
func TestClosest(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	worst := 0.0
	for range 1500 {
		p := orb.Point{r.Float64()*360 - 180, r.Float64()*160 - 80}
		away := math.Pow(10, r.Float64()*9-3)
		a := Direct(p, r.Float64()*7, away)
		size := math.Pow(10, r.Float64()*5-5)
		b := orb.Point{a[0] + (r.Float64()*2-1)*size, max(-90, min(90, a[1]+(r.Float64()*2-1)*size))}
		if k := r.IntN(10); k < 2 {
			b[k] = a[k] // along a meridian or a parallel
		}
		if math.Hypot(a[0]-b[0], a[1]-b[1]) > 1 {
			continue
		}
		near := NearTo(p, 1.2e6)
		bound, start := near.Edge(a, b)
		got, _ := Closest(p, a, b, start)
		want := byKarney(p, a, b)
		allowed := 1e-8 + 1e-11*want
		if d := math.Abs(got - want); !(d <= allowed) {
			t.Fatalf("%v to %v–%v: %.12g m, want %.12g, off by %.3g", p, a, b, got, want, d)
		} else {
			worst = max(worst, d/allowed)
		}
		if want < 1.2e6 && (bound > want+1e-8 || near.Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])) > bound*(1+1e-9)+1e-9) {
			t.Fatalf("%v to %v–%v: bound %v, box %v, distance %v", p, a, b, bound, near.Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])), want)
		}
		tight := NearTo(p, want*1.001+1e-6)
		if bound, _ := tight.Edge(a, b); bound > want+1e-8 {
			t.Fatalf("%v to %v–%v: tight bound %v, distance %v", p, a, b, bound, want)
		} else if want < 1000 && want > 1 && math.Abs(p[1]) < 60 && bound < want*(1-1e-3) {
			t.Fatalf("%v to %v–%v: the bound %v of %v is loose", p, a, b, bound, want)
		}
		chords := ChordsFrom(p)
		chords.Edge(b, a)
		if bound := chords.Edge(a, b); bound > want || math.Abs(p[1]) < 60 && size < 1e-3 && want < 5e4 && bound < want*(1-1e-5)-0.01 {
			t.Fatalf("%v to %v–%v: bound %v by the chord, distance %v", p, a, b, bound, want)
		}
	}
	t.Logf("worst %.2f of 10 nm + 1e-11 of the distance", worst)
}

func TestNearAcrossTheAntimeridian(t *testing.T) {
	near := NearTo(orb.Point{179.99, 10}, 1e5)
	if d := near.Box(-179.99, 10, -179.98, 10.01); d > 2192 || d < 2100 {
		t.Error(d)
	}
	if d, _ := near.Edge(orb.Point{-179.99, 9}, orb.Point{-179.99, 11}); d > 2192 || d < 2100 {
		t.Error(d)
	}
	if d := near.Box(-180, -90, 180, 90); d != 0 {
		t.Error(d)
	}
}

func BenchmarkClosest(b *testing.B) {
	b.ReportAllocs()
	p, u, v := orb.Point{95, 36.4}, orb.Point{95.001, 36.4007}, orb.Point{95.002, 36.3999}
	near := NearTo(p, 1000)
	for b.Loop() {
		_, t := near.Edge(u, v)
		Closest(p, u, v, t)
	}
}
