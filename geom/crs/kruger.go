package crs

import (
	"math"

	"tuban/geom/ellipsoid"
)

// The transverse Mercator projection of the CGCS2000 ellipsoid by Krüger's
// series in the third flattening n, to n⁶ (Krüger 1912; coefficients as in
// Karney, "Transverse Mercator with an accuracy of a few nanometers", 2011,
// equations 35 and 36). Scale 1 on the central meridian, Gauss-Krüger's.

const (
	n1 = ellipsoid.F / (2 - ellipsoid.F)
	n2 = n1 * n1
	n3 = n2 * n1
	n4 = n3 * n1
	n5 = n4 * n1
	n6 = n5 * n1

	// rectifying is the radius of the sphere whose meridians are as long as the
	// ellipsoid's.
	rectifying = ellipsoid.A / (1 + n1) * (1 + n2/4 + n4/64 + n6/256)
)

var eccentricity = math.Sqrt(ellipsoid.E2)

var alpha = [6]float64{
	n1/2 - n2*2/3 + n3*5/16 + n4*41/180 - n5*127/288 + n6*7891/37800,
	n2*13/48 - n3*3/5 + n4*557/1440 + n5*281/630 - n6*1983433/1935360,
	n3*61/240 - n4*103/140 + n5*15061/26880 + n6*167603/181440,
	n4*49561/161280 - n5*179/168 + n6*6601661/7257600,
	n5*34729/80640 - n6*3418889/1995840,
	n6 * 212378941 / 319334400,
}

var beta = [6]float64{
	n1/2 - n2*2/3 + n3*37/96 - n4*1/360 - n5*81/512 + n6*96199/604800,
	n2*1/48 + n3*1/15 - n4*437/1440 + n5*46/105 - n6*1118711/3870720,
	n3*17/480 - n4*37/840 - n5*209/4480 + n6*5569/90720,
	n4*4397/161280 - n5*11/504 - n6*830251/7257600,
	n5*4583/161280 - n6*108847/3991680,
	n6 * 20648693 / 638668800,
}

// krugerForward returns metres east of the central meridian and north of the
// equator, for degrees east of that meridian and of latitude.
func krugerForward(dlon, lat float64) (east, north float64) {
	tau := math.Tan(lat * (math.Pi / 180))
	sinL, cosL := math.Sincos(dlon * (math.Pi / 180))
	tauC := conformal(tau)
	xi := math.Atan2(tauC, cosL)
	eta := math.Asinh(sinL / math.Hypot(tauC, cosL))
	dXi, dEta := krugerSum(&alpha, xi, eta)
	return rectifying * (eta + dEta), rectifying * (xi + dXi)
}

// krugerInverse is the inverse of krugerForward.
func krugerInverse(east, north float64) (dlon, lat float64) {
	xi, eta := north/rectifying, east/rectifying
	dXi, dEta := krugerSum(&beta, xi, eta)
	xi, eta = xi-dXi, eta-dEta
	sinX, cosX := math.Sincos(xi)
	sinhE := math.Sinh(eta)
	tau := geographic(sinX / math.Hypot(sinhE, cosX))
	return math.Atan2(sinhE, cosX) * (180 / math.Pi), math.Atan(tau) * (180 / math.Pi)
}

// krugerSum returns Σ c_j sin(2jξ)cosh(2jη) and Σ c_j cos(2jξ)sinh(2jη), the
// parts of Σ c_j sin(2jζ) for the complex ζ = ξ+iη, by Clenshaw's recurrence.
func krugerSum(c *[6]float64, xi, eta float64) (dXi, dEta float64) {
	sin2, cos2 := math.Sincos(2 * xi)
	sinh2, cosh2 := math.Sinh(2*eta), math.Cosh(2*eta)
	s, co := complex(sin2*cosh2, cos2*sinh2), complex(cos2*cosh2, -sin2*sinh2)
	var b1, b2 complex128
	for j := 5; j >= 0; j-- {
		b1, b2 = complex(c[j], 0)+2*co*b1-b2, b1
	}
	sum := s * b1
	return real(sum), imag(sum)
}

// conformal returns the tangent of the conformal latitude.
func conformal(tau float64) float64 {
	sigma := math.Sinh(eccentricity * math.Atanh(eccentricity*tau/math.Hypot(1, tau)))
	return tau*math.Hypot(1, sigma) - sigma*math.Hypot(1, tau)
}

// geographic is the inverse of conformal, by Newton's method, which squares the
// error at each step: after one below 1e-9 there is nothing left to gain.
func geographic(tauC float64) float64 {
	tau := tauC / (1 - ellipsoid.E2)
	if math.Abs(tauC) > 1e8 { // at the pole the steps would overflow
		return tau
	}
	for range 4 {
		c := conformal(tau)
		step := (tauC - c) / math.Hypot(1, c) *
			(1 + (1-ellipsoid.E2)*tau*tau) / ((1 - ellipsoid.E2) * math.Hypot(1, tau))
		tau += step
		if math.Abs(step) < 1e-9*(1+math.Abs(tau)) {
			break
		}
	}
	return tau
}
