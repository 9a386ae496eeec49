//go:build !race

package ellipsoid

const raceEnabled = false
