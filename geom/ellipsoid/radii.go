package ellipsoid

import "math"

// Radii returns, at a latitude in degrees, how many metres a radian of latitude
// and a radian of longitude are: the meridian's radius of curvature, and the
// parallel's radius.
func Radii(lat float64) (north, east float64) {
	cos, sin := cosSin(lat)
	w := 1 - E2*sin*sin
	root := math.Sqrt(w)
	return A * (1 - E2) / (w * root), A * cos / root
}
