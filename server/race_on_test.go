//go:build race

package server

// raceEnabled: the race detector slows a batch some twenty times; a tenth of
// the rows will do.
const raceEnabled = true
