//go:build race

package growth

// raceEnabled: the race detector slows geometry, which runs no goroutines, some
// ten times; the large cases are left to the run without it.
const raceEnabled = true
