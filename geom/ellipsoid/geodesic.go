package ellipsoid

import (
	"math"

	"github.com/paulmach/orb"
)

// Geodesics by Vincenty's formulas (Survey Review XXIII, 1975), on the auxiliary
// sphere with reduced latitudes U. The series are good to about 1e-12 of the
// length; what is left is the spacing of coordinates, some nanometres. Points
// that are nearly opposite on the globe have no answer by this way (the
// iteration does not settle): it is for distances up to some thousand km.

// Distance is the shortest way between two places.
type Distance struct {
	Metres float64
	// Azimuths at the two ends, along the way from the first to the second,
	// clockwise from north, radians. 0 and π where a place is a pole.
	From, To float64
}

// reduced returns sine and cosine of the reduced latitude.
func reduced(lat float64) (sin, cos float64) {
	if math.Abs(lat) >= 90 {
		return math.Copysign(1, lat), 0
	}
	c, s := cosSin(lat)
	t := (1 - F) * s / c
	cos = 1 / math.Sqrt(1+t*t)
	return t * cos, cos
}

// Inverse returns the distance from p to q, degrees of longitude and latitude.
// It costs about 0.5 µs.
func Inverse(p, q orb.Point) Distance {
	sin1, cos1 := reduced(p[1])
	sin2, cos2 := reduced(q[1])
	l := math.Remainder(q[0]-p[0], 360) * (math.Pi / 180)
	rise := sin2*cos1 - cos2*sin1 // sin(U2-U1)
	lambda := l
	var w way
	var east, north float64
	for range 50 {
		sinL, cosL := math.Sincos(lambda)
		half := math.Sin(lambda / 2)
		// cosU1·sinU2 - sinU1·cosU2·cosλ without the difference of large numbers.
		east, north = cos2*sinL, rise+2*sin1*cos2*half*half
		w.sin = math.Hypot(east, north)
		w.cos = sin1*sin2 + cos1*cos2*cosL
		if w.sin == 0 {
			return Distance{}
		}
		w.sigma = math.Atan2(w.sin, w.cos)
		w.equator(cos1*cos2*sinL/w.sin, sin1*sin2)
		before := lambda
		lambda = l + w.longitude()
		if math.Abs(lambda-before) <= 1e-15*math.Abs(lambda) {
			break
		}
	}
	scale, correction := w.length()
	sinL, cosL := math.Sincos(lambda)
	return Distance{
		Metres: B * scale * (w.sigma - correction),
		From:   math.Atan2(east, north),
		To:     math.Atan2(cos1*sinL, cos1*sin2*cosL-sin1*cos2),
	}
}

// Direct returns the place that lies so many metres from p in the direction of
// an azimuth (radians clockwise from north). Its longitude may leave ±180.
func Direct(p orb.Point, azimuth, metres float64) orb.Point {
	sin1, cos1 := reduced(p[1])
	sinA, cosA := math.Sincos(azimuth)
	start := math.Atan2(sin1, cos1*cosA)
	var w way
	w.sinAlpha = cos1 * sinA
	w.cosSqAlpha = 1 - w.sinAlpha*w.sinAlpha
	w.sigma = metres / B
	for range 50 {
		w.sin, w.cos = math.Sincos(w.sigma)
		w.cos2m = math.Cos(2*start + w.sigma)
		scale, correction := w.length()
		before := w.sigma
		w.sigma = metres/(B*scale) + correction
		if math.Abs(w.sigma-before) <= 1e-16*(1+w.sigma) {
			break
		}
	}
	w.sin, w.cos = math.Sincos(w.sigma)
	w.cos2m = math.Cos(2*start + w.sigma)
	side := sin1*w.sin - cos1*w.cos*cosA
	lat := math.Atan2(sin1*w.cos+cos1*w.sin*cosA, (1-F)*math.Hypot(w.sinAlpha, side))
	lambda := math.Atan2(w.sin*sinA, cos1*w.cos-sin1*w.sin*cosA)
	return orb.Point{p[0] + (lambda-w.longitude())*(180/math.Pi), lat * (180 / math.Pi)}
}

// way is a stretch of a great circle on the auxiliary sphere.
type way struct {
	sigma, sin, cos float64 // its angle
	sinAlpha        float64 // of the azimuth where the circle crosses the equator
	cosSqAlpha      float64
	cos2m           float64 // of twice the angle from the equator to the middle
}

// equator sets where the circle crosses the equator; both is sinU1·sinU2.
func (w *way) equator(sinAlpha, both float64) {
	w.sinAlpha = sinAlpha
	w.cosSqAlpha = max(0, 1-sinAlpha*sinAlpha)
	w.cos2m = 0
	if w.cosSqAlpha > 0 {
		w.cos2m = max(-1, min(1, w.cos-2*both/w.cosSqAlpha))
	}
}

// longitude returns by how much the longitudes differ more on the sphere than on
// the ellipsoid (Vincenty's equations 10 and 11).
func (w *way) longitude() float64 {
	c := F / 16 * w.cosSqAlpha * (4 + F*(4-3*w.cosSqAlpha))
	return (1 - c) * F * w.sinAlpha * (w.sigma + c*w.sin*(w.cos2m+c*w.cos*(2*w.cos2m*w.cos2m-1)))
}

// length returns the factor A and the correction Δσ (equations 3, 4 and 6).
func (w *way) length() (scale, correction float64) {
	const second = E2 / (1 - E2)
	u := w.cosSqAlpha * second
	scale = 1 + u/16384*(4096+u*(u*(320-175*u)-768))
	b := u / 1024 * (256 + u*(u*(74-47*u)-128))
	m := w.cos2m
	return scale, b * w.sin * (m + b/4*(w.cos*(2*m*m-1)-b/6*m*(4*w.sin*w.sin-3)*(4*m*m-3)))
}
