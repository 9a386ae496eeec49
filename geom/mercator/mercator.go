// Package mercator is the spherical "web" Mercator projection, EPSG:3857, in
// metres and in the unit square that tile addresses divide.
package mercator

import (
	"math"

	"github.com/paulmach/orb"
)

// Radius is the radius of the projection's sphere, in metres.
const Radius = 6378137.0

// Half is half the side of the square world, in metres: π·Radius.
const Half = math.Pi * Radius

// MaxLatitude is where the square world ends, in degrees: atan(sinh(π)).
const MaxLatitude = 85.05112877980659

// Forward returns metres east and north of a longitude and latitude in degrees.
// It is not clipped to the square; the poles lie at about ±2.4e8 m.
func Forward(p orb.Point) orb.Point {
	return orb.Point{
		Radius * (p[0] * (math.Pi / 180)),
		Radius * math.Asinh(math.Tan(p[1]*(math.Pi/180))),
	}
}

// Inverse returns the longitude and latitude in degrees of metres east and
// north.
func Inverse(p orb.Point) orb.Point {
	return orb.Point{
		p[0] / Radius * (180 / math.Pi),
		math.Atan(math.Sinh(p[1]/Radius)) * (180 / math.Pi),
	}
}

// Unit returns the place of a longitude and latitude in the unit square: (0, 0)
// is the north-west corner of the world, y grows south. Latitudes beyond
// ±MaxLatitude are taken as that; longitudes are not clipped. The error is a few
// 1e-16, far below a pixel of any zoom.
func Unit(p orb.Point) (x, y float64) {
	x = p[0]/360 + 0.5
	switch {
	case p[1] >= MaxLatitude:
		return x, 0
	case p[1] <= -MaxLatitude:
		return x, 1
	}
	s := math.Sin(p[1] * (math.Pi / 180))
	// asinh(tanφ) = atanh(sinφ) = ½ ln((1+s)/(1-s))
	return x, 0.5 - math.Log((1+s)/(1-s))/(4*math.Pi)
}

// FromUnit is the inverse of Unit within the square.
func FromUnit(x, y float64) orb.Point {
	return orb.Point{
		(x - 0.5) * 360,
		math.Atan(math.Sinh((0.5-y)*(2*math.Pi))) * (180 / math.Pi),
	}
}
