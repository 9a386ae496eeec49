//go:build race

package geom

// raceEnabled: the race detector slows Validate, which runs no goroutines, 30
// times; bounds on time mean nothing then.
const raceEnabled = true
