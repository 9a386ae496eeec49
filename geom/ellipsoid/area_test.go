package ellipsoid

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/tidwall/geodesic"
)

func square(x, y, d float64) orb.Ring {
	return orb.Ring{{x, y}, {x + d, y}, {x + d, y + d}, {x, y + d}, {x, y}}
}

// DOMAIN 7.5, computed there by three independent ways.
func TestGoldenAreas(t *testing.T) {
	hole := orb.Ring{{94.9003, 36.4003}, {94.9003, 36.4006}, {94.9006, 36.4006}, {94.9006, 36.4003}, {94.9003, 36.4003}}
	t1 := orb.Ring{{94.9, 36.4}, {94.901, 36.4}, {94.901, 36.401}, {94.9, 36.401}, {94.9, 36.4}}
	for _, c := range []struct {
		name string
		g    orb.Geometry
		want float64
	}{
		{"T1", orb.Polygon{t1}, 9954.3104},
		{"T1 hole", orb.Polygon{hole}, 895.8885},
		{"T1 less its hole", orb.Polygon{t1, hole}, 9058.4219},
		{"T2", orb.Polygon{{{94.9, 36.4}, {94.903, 36.4005}, {94.9012, 36.4031}, {94.9, 36.4}}}, 43300.8669},
		{"T3", orb.Polygon{square(92.44, 34.22, 0.01)}, 1022081.8456},
		{"T4", orb.Polygon{square(94.499, 36.4, 0.001)}, 9954.3104},
		{"T5", orb.Polygon{square(96, 36.4, 0.001)}, 9954.3104},
		{"two parts", orb.MultiPolygon{{square(94.499, 36.4, 0.001)}, {square(96, 36.4, 0.001)}}, 2 * 9954.3104},
		{"a line", orb.LineString{{1, 2}, {3, 4}}, 0},
		{"nothing", orb.Polygon{}, 0},
		{"a ring of two points", orb.Polygon{{{1, 2}, {3, 4}, {1, 2}}}, 0},
	} {
		if got := Area(c.g); math.Abs(got-c.want) > 1e-4 {
			t.Errorf("%s: %.6f m², want %.4f", c.name, got, c.want)
		}
	}
}

// The whole ellipsoid: 4π·R², R the authalic radius 6371007.18091… of CGCS2000,
// here from the closed form of q at the pole.
func TestWholeEarth(t *testing.T) {
	e := math.Sqrt(E2)
	want := 2 * math.Pi * A * A * (1 + (1-E2)/e*math.Atanh(e))
	if got := Area(orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}); math.Abs(got/want-1) > 1e-14 {
		t.Errorf("%.3f m², want %.3f", got, want)
	}
}

func TestRingSign(t *testing.T) {
	r := square(94.9, 36.4, 0.001)
	fwd := Ring(r)
	slices.Reverse(r)
	if back := Ring(r); fwd <= 0 || back != -fwd {
		t.Errorf("counter-clockwise %g, clockwise %g", fwd, back)
	}
	if open := Ring(r[:4]); open != -fwd {
		t.Errorf("open ring %g, closed %g", open, -fwd)
	}
}

// Geodesics and lon/lat lines enclose nearly the same 100 m square.
func TestAgainstGeodesic(t *testing.T) {
	ell := geodesic.NewEllipsoid(A, F)
	for _, lat := range []float64{-60, 0.3, 22, 36.4, 53} {
		r := square(94.9, lat, 0.001)
		p := ell.PolygonInit(false)
		for _, c := range r[:4] {
			p.AddPoint(c[1], c[0])
		}
		var want float64
		p.Compute(false, true, &want, nil)
		if got := Ring(r); math.Abs(got/math.Abs(want)-1) > 2e-6 {
			t.Errorf("lat %g: %.4f m², geodesic %.4f", lat, got, want)
		}
	}
}

// w[k] against the constants of the survey rule (DOMAIN 7.4), which are the
// same numbers over (2k+1), with alternating signs.
func TestHarmonics(t *testing.T) {
	e2 := E2
	e4, e6, e8 := e2*e2, e2*e2*e2, e2*e2*e2*e2
	rule := []float64{
		1 + 3./6*e2 + 30./80*e4 + 35./112*e6 + 630./2304*e8,
		-3 * (1./6*e2 + 15./80*e4 + 21./112*e6 + 420./2304*e8),
		5 * (3./80*e4 + 7./112*e6 + 180./2304*e8),
		-7 * (1./112*e6 + 45./2304*e8),
		9 * (5. / 2304 * e8),
	}
	for k, want := range rule {
		if got := harmonics[k]; math.Abs(got-want) > 1.4e-11 { // e¹⁰: the rule stops at e⁸
			t.Errorf("w[%d] = %.15g, rule %.15g", k, got, want)
		}
	}
	for deg := -90.0; deg <= 90; deg += 7.5 {
		phi := deg * math.Pi / 180
		s := math.Sin(phi)
		want := math.Cos(phi) / ((1 - E2*s*s) * (1 - E2*s*s))
		var got float64
		for k, w := range harmonics {
			got += w * math.Cos(float64(2*k+1)*phi)
		}
		if math.Abs(got-want) > 1e-15 {
			t.Errorf("g(%g°) = %.17g, want %.17g", deg, got, want)
		}
	}
}

func TestSeriesDegree(t *testing.T) {
	for _, c := range []struct {
		base, height float64
		most         int
	}{{36.4, 0, 1}, {36.4, 1e-5, 3}, {36.4, 0.003, 4}, {36.4, 0.05, 5}, {36.4, 1, 8}, {36.4, 5, 11}, {-90, 90, 52}, {-90, 180, maxDegree}} {
		s := NewSeries(c.base, c.height)
		if s.Degree() > c.most {
			t.Errorf("base %g height %g: degree %d, want at most %d", c.base, c.height, s.Degree(), c.most)
		}
	}
}

// Mean must be the same to the bit in both directions, and each unrolled degree
// must be the same polynomial as the loop.
func TestMean(t *testing.T) {
	for _, height := range []float64{1e-9, 1e-6, 1e-4, 0.003, 0.05, 0.3, 1, 3, 20} {
		s := NewSeries(30, height)
		long := s
		long.degree = min(long.degree+4, maxDegree)
		for i := range 9 {
			u, v := height*float64(i)/8, height*float64((i*5)%9)/8
			m := s.Mean(u, v)
			if m != s.Mean(v, u) {
				t.Errorf("height %g: Mean(%g, %g) differs from its reverse", height, u, v)
			}
			if w := long.Mean(u, v); math.Abs(m-w) > 1e-15*w {
				t.Errorf("height %g degree %d: Mean(%g, %g) = %g, by the loop %g", height, s.degree, u, v, m, w)
			}
		}
	}
}

func BenchmarkMean(b *testing.B) {
	for _, h := range []float64{1e-5, 0.003, 0.05, 1} {
		s := NewSeries(36.4, h)
		b.Run("degree="+string(rune('0'+s.Degree())), func(b *testing.B) {
			b.ReportAllocs()
			var sum float64
			u := h / 3
			for b.Loop() {
				sum += s.Mean(u, h)
				u = h - u
			}
			_ = sum
		})
	}
}

func BenchmarkNewSeries(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		s := NewSeries(36.4, 0.003)
		_ = s.degree
	}
}
