package ellipsoid

import "math"

// SquareMetres turns an integral of Series.Mean over longitude, in degrees,
// into m²: a²/2 · π/180.
const SquareMetres = A * A / 2 * (math.Pi / 180)

// Series is the Taylor series of q(base+u) - q(base) in u, degrees of latitude
// from a base latitude. It is a value without pointers; a copy is a Series.
//
// q itself is the sum over k of 2(1-e²)·w[k]/(2k+1)·sin((2k+1)φ) (see
// harmonics), so every derivative is at hand:
//
//	q⁽ⁿ⁺¹⁾(φ) = 2(1-e²) Σ_k w[k]·(2k+1)ⁿ·cos((2k+1)φ + n·π/2).
type Series struct {
	base   float64
	degree int
	// d[k-1] = c_k/(k+1), c_k being the coefficient of uᵏ.
	d [maxDegree]float64
}

// maxDegree is enough for a window of 150°, whose coefficients come near the
// smallest floats.
const maxDegree = 96

// harmonics are the w[k] of
//
//	g(φ) = cosφ/(1-e² sin²φ)² = Σ_k w[k]·cos((2k+1)φ).
//
// They fall by about 1/600 from one to the next; TestHarmonics checks them
// against g itself in high precision.
var harmonics = makeHarmonics()

const harmonicCount = 8

// makeHarmonics sums the binomial series g = Σ_j (j+1) e²ʲ sin²ʲφ cosφ. With
// z = exp(iφ), sin²ʲφ·cosφ has at the frequency 2k+1 the weight
// (-1)ᵏ/4ʲ·(C(2j,j-k) - C(2j,j-k-1)).
func makeHarmonics() (w [harmonicCount]float64) {
	const terms = harmonicCount + 16 // the rest is below 1e-40
	scale := 1.0                     // (e²/4)ʲ
	for j := range terms {
		c := 1.0 // C(2j, i)
		var row [terms + 1]float64
		for i := 0; i <= j; i++ {
			row[i] = c
			c = c * float64(2*j-i) / float64(i+1)
		}
		for k := 0; k < harmonicCount && k <= j; k++ {
			v := row[j-k]
			if k < j {
				v -= row[j-k-1]
			}
			if k%2 == 1 {
				v = -v
			}
			w[k] += float64(j+1) * scale * v
		}
		scale *= E2 / 4
	}
	return w
}

// growth[n] bounds the term of degree n+1: Σ_k |w[k]|(2k+1)ⁿ/(n+1)!.
// ratio[n] is the greatest growth[m+1]/growth[m] from m = n on.
var growth, ratio = makeGrowth()

func makeGrowth() (growth, ratio [maxDegree]float64) {
	const long = 160
	var g [long]float64
	power := harmonics
	factorial := 1.0
	for n := range g {
		factorial *= float64(n + 1)
		for k := range power {
			g[n] += math.Abs(power[k]) / factorial
			power[k] *= float64(2*k + 1)
		}
		if n >= 148 { // (n+1)! leaves the range of floats; the terms fall long before
			g[n] = 0
		}
	}
	worst := 0.0
	for n := long - 2; n >= 0; n-- {
		if g[n] > 0 {
			worst = max(worst, g[n+1]/g[n])
		}
		if n < maxDegree {
			growth[n], ratio[n] = g[n], worst
		}
	}
	return growth, ratio
}

// NewSeries returns the series about a base latitude, good for u from 0 to
// height, both in degrees; base+height is at most 90. Its degree is the lowest
// that leaves a truncation below 1e-16 of q(base+height) - q(base): 3 or 4 for
// a parcel, 8 for a window of 1°, 52 for 90°. Above 150° digits are lost (1e-10
// is left at 180°): take the middle as base there, for u may be negative, too,
// down to -height. Constructing one costs about 100 ns.
func NewSeries(base, height float64) Series {
	s := Series{base: base}
	cos, sin := cosSin(base)
	h := height * (math.Pi / 180)
	s.degree = degreeFor(h, cos, base, height)

	// even[k] and odd[k] are w[k](2k+1)ⁿ times cos and sin of (2k+1)φ, by the
	// recurrence cos((2k+1)φ) = 2cos2φ·cos((2k-1)φ) - cos((2k-3)φ).
	var even, odd [harmonicCount]float64
	twice := 2 * (cos - sin) * (cos + sin)
	c0, c1, s0, s1 := cos, cos, -sin, sin
	for k := range harmonics {
		even[k], odd[k] = harmonics[k]*c1, harmonics[k]*s1
		c0, c1 = c1, twice*c1-c0
		s0, s1 = s1, twice*s1-s0
	}
	scale := 2 * (1 - E2)
	for n := range s.degree {
		scale *= (math.Pi / 180) / float64(n+1)
		var sum float64
		terms := &even
		if n%2 == 1 {
			terms = &odd
		}
		for k := harmonicCount - 1; k >= 0; k-- {
			sum += terms[k]
			even[k] *= float64(2*k + 1)
			odd[k] *= float64(2*k + 1)
		}
		if n%4 == 1 || n%4 == 2 { // cos(x+nπ/2) is cos, -sin, -cos, sin
			sum = -sum
		}
		s.d[n] = sum * scale / float64(n+2)
	}
	return s
}

// cosSin returns cosine and sine of a latitude in degrees; the cosine is good
// to its last digits near the poles, too.
func cosSin(lat float64) (cos, sin float64) {
	if math.Abs(lat) <= 45 {
		sin, cos = math.Sincos(lat * (math.Pi / 180))
		return cos, sin
	}
	cos, sin = math.Sincos((90 - math.Abs(lat)) * (math.Pi / 180))
	return cos, math.Copysign(sin, lat)
}

// degreeFor returns the lowest degree N whose tail Σ_{n≥N} growth[n]·hⁿ⁺¹ is
// below 1e-16 of ∫g over the window, which is at least h(cosφ0+cosφ1)/2
// because the cosine is concave between the poles.
func degreeFor(h, cos, base, height float64) int {
	cosTop, _ := cosSin(max(-90, min(90, base+height)))
	allowed := 1e-16 * (cos + cosTop) / 2
	power := h
	for n := 1; n < maxDegree; n++ {
		if ratio[n]*h < 1 && growth[n]*power < allowed*(1-ratio[n]*h) {
			return n
		}
		power *= h
	}
	return maxDegree
}

// Base returns the base latitude, in degrees.
func (s *Series) Base() float64 { return s.base }

// Degree returns the degree of the polynomial.
func (s *Series) Degree() int { return s.degree }

// Q returns q(base+u) - q(base), u in degrees.
func (s *Series) Q(u float64) float64 { return s.Mean(u, u) }

// Mean returns the mean of q(base+t) - q(base) for t going evenly from u to v,
// degrees above the base. Times the edge's Δλ in degrees and SquareMetres it is
// the area, in m², between the edge and the base latitude. Mean(u, v) and
// Mean(v, u) are the same to the bit.
//
// The mean of tᵏ from u to v is h_k/(k+1), h_k being the sum of all products of
// k factors u and v. As h_k = (u+v)·h_{k-1} - uv·h_{k-2}, Clenshaw's backward
// recurrence sums the series in 4 operations a degree, and no antiderivatives
// are subtracted.
func (s *Series) Mean(u, v float64) float64 {
	sum, prod := u+v, u*v
	d := &s.d
	switch s.degree {
	case 1:
		return sum * d[0]
	case 2:
		return sum*(d[0]+sum*d[1]) - prod*d[1]
	case 3:
		b2 := d[1] + sum*d[2]
		return sum*(d[0]+sum*b2-prod*d[2]) - prod*b2
	case 4:
		b3 := d[2] + sum*d[3]
		b2 := d[1] + sum*b3 - prod*d[3]
		return sum*(d[0]+sum*b2-prod*b3) - prod*b2
	case 5:
		b4 := d[3] + sum*d[4]
		b3 := d[2] + sum*b4 - prod*d[4]
		b2 := d[1] + sum*b3 - prod*b4
		return sum*(d[0]+sum*b2-prod*b3) - prod*b2
	}
	var b1, b2 float64
	for k := s.degree - 1; k >= 0; k-- {
		b1, b2 = d[k]+sum*b1-prod*b2, b1
	}
	return sum*b1 - prod*b2
}
