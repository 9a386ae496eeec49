package ellipsoid

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// The oracle: areas by Romberg's quadrature of the closed form of q along each
// edge, in 256-bit floats (77 digits). It shares no formula with Series.
const oracleBits = 256

func num(v float64) *big.Float { return new(big.Float).SetPrec(oracleBits).SetFloat64(v) }

func parse(t testing.TB, s string) *big.Float {
	f, _, err := big.ParseFloat(s, 10, oracleBits, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

type bigOracle struct{ e2, e, radian, half *big.Float }

func newOracle(t testing.TB) bigOracle {
	f := new(big.Float).SetPrec(oracleBits).Quo(num(1), parse(t, "298.257222101"))
	e2 := new(big.Float).Mul(f, new(big.Float).Sub(num(2), f))
	pi := parse(t, "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798214808651")
	radian := new(big.Float).Quo(pi, num(180))
	half := new(big.Float).Mul(num(A*A), radian) // A is a whole number
	half.Quo(half, num(2))
	return bigOracle{e2: e2, e: new(big.Float).Sqrt(e2), radian: radian, half: half}
}

// q is (1-e²)·(s/(1-e²s²) + atanh(es)/e), s = sinφ, φ in degrees.
func (o bigOracle) q(deg *big.Float) *big.Float {
	mul := func(a, b *big.Float) *big.Float { return new(big.Float).Mul(a, b) }
	s := oddSeries(mul(deg, o.radian), func(k int64) *big.Float { // sine
		return new(big.Float).SetPrec(oracleBits).Quo(num(-1), num(float64((2*k)*(2*k+1))))
	})
	es := mul(o.e, s)
	atanh := oddSeries(es, func(k int64) *big.Float {
		return new(big.Float).SetPrec(oracleBits).Quo(num(float64(2*k-1)), num(float64(2*k+1)))
	})
	den := new(big.Float).Sub(num(1), mul(es, es))
	sum := new(big.Float).Add(new(big.Float).Quo(s, den), new(big.Float).Quo(atanh, o.e))
	return mul(sum, new(big.Float).Sub(num(1), o.e2))
}

// oddSeries sums x + x³·f(1) + x⁵·f(1)f(2) + … to the last bit.
func oddSeries(x *big.Float, factor func(k int64) *big.Float) *big.Float {
	sum, term, x2 := new(big.Float).Copy(x), new(big.Float).Copy(x), new(big.Float).Mul(x, x)
	for k := int64(1); term.Sign() != 0 && term.MantExp(nil) > sum.MantExp(nil)-oracleBits; k++ {
		term.Mul(term, x2)
		term.Mul(term, factor(k))
		sum.Add(sum, term)
	}
	return sum
}

// mean is the mean of q from latitude u to v.
func (o bigOracle) mean(u, v *big.Float) *big.Float {
	const levels = 6
	at := func(t float64) *big.Float {
		d := new(big.Float).Mul(new(big.Float).Sub(v, u), num(t))
		return o.q(d.Add(d, u))
	}
	var row [levels]*big.Float
	sum := new(big.Float).Add(at(0), at(1))
	sum.Quo(sum, num(2)) // trapezoid's sum of ordinates
	for k := range levels {
		n := 1 << k
		for i := 1; i < n; i += 2 {
			sum.Add(sum, at(float64(i)/float64(n)))
		}
		next := new(big.Float).Quo(sum, num(float64(n)))
		for j := range k { // row[j] becomes the j-th extrapolation
			p := num(float64(int64(1) << (2 * (j + 1))))
			better := new(big.Float).Mul(next, p)
			better.Sub(better, row[j])
			better.Quo(better, p.Sub(p, num(1)))
			row[j], next = next, better
		}
		row[k] = next
	}
	return row[levels-1]
}

// ring is the signed area in m².
func (o bigOracle) ring(r orb.Ring) *big.Float {
	total := num(0)
	for i, p := range r {
		n := r[(i+1)%len(r)]
		dx := new(big.Float).Sub(num(p[0]), num(n[0]))
		total.Add(total, dx.Mul(dx, o.mean(num(p[1]), num(n[1]))))
	}
	return total.Mul(total, o.half)
}

func TestRingAgainstQuadrature(t *testing.T) {
	if raceEnabled {
		t.Skip("too slow under the race detector")
	}
	o := newOracle(t)
	const seed = 7
	t.Log("seed", seed)
	rng := rand.New(rand.NewPCG(seed, seed))
	for _, size := range []float64{1e-5, 1e-4, 1e-3, 0.02, 0.3, 1, 5} { // degrees; 1e-5 is 1 m
		for _, at := range []orb.Point{{94.9, 36.4}, {-179, -60.3}, {10, 84.9}, {0, -size / 2}, {120, 89.99 - size}} {
			r := make(orb.Ring, 3+rng.IntN(5))
			for i := range r {
				r[i] = orb.Point{at[0] + size*rng.Float64(), at[1] + size*rng.Float64()}
			}
			want, _ := o.ring(r).Float64()
			got := Ring(r)
			// the relative part is of the area that the ring moves within
			scale := Area(r.Bound())
			if diff := got - want; diff > 1e-14*scale+1e-12 || diff < -1e-14*scale-1e-12 {
				t.Errorf("size %g at %v: %.12g m², want %.12g, off by %g", size, at, got, want, diff)
			}
		}
	}
}

func TestSeriesAgainstClosedForm(t *testing.T) {
	if raceEnabled {
		t.Skip("too slow under the race detector")
	}
	o := newOracle(t)
	for _, w := range []struct{ base, height float64 }{
		{36.4, 1e-5}, {36.4, 1e-3}, {36.4, 0.05}, {36.4, 1}, {36.4, 10}, {36.4, 53.6}, {-90, 90}, {-90, 120},
		{-1, 2}, {0, 90}, {89.9, 0.1}, {89.99999, 1e-5}, {-30, 60}, {45, 45}, {-90, 150},
	} {
		s := NewSeries(w.base, w.height)
		base := o.q(num(w.base))
		for _, t1 := range []float64{1.0 / 1024, 0.25, 0.5, 0.875, 1} {
			u := w.height * t1
			exact := new(big.Float).Sub(o.q(new(big.Float).Add(num(w.base), num(u))), base)
			want, _ := exact.Float64()
			if got := s.Q(u); abs(got-want) > 2e-15*want+1e-14*want*oneIf(w.height > 80) {
				t.Errorf("base %g height %g degree %d: Q(%g) = %g, want %g, off by %.2g of it",
					w.base, w.height, s.Degree(), u, got, want, (got-want)/want)
			}
		}
	}
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func abs(v float64) float64 { return max(v, -v) }
