//go:build race

package ellipsoid

// raceEnabled: the race detector slows big.Float 40
// times, and nothing here runs in parallel.
const raceEnabled = true
