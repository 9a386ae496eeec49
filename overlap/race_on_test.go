//go:build race

package overlap

// raceEnabled: the race detector slows geometry, which runs no goroutines, some
// ten times; a part of the real data will do.
const raceEnabled = true
