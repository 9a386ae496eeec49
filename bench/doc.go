// Package bench is the ground of the measuring bench: where a measurement was
// taken (Environment), how it is repeated and shown (Report), what a median and
// a spread are (Samples), and how engines are compared in one run (Alternate).
//
// The rules that every measurement here keeps: answers are checked before
// anything is timed; a claim is a ratio taken in alternating rounds of one run
// on one machine, with median and spread; CPU time is preferred to wall time,
// because other work on the machine does not move it much; nothing warm is
// called cold. The sub-packages hold what is measured:
//
//	bench/gen     the demo city as files
//	bench/kernel  areas of polygon pairs, against exact results and GEOS
//	bench/growth  cost per answer against the size of the data set
//	bench/guard   counts that must not grow, as a test
//	bench/load    open-loop load over HTTP
//	bench/peers   PostGIS beside tuban
//
// Each has a Config and Run(ctx, Config, Progress) (*Report, error); the command
// line binds flags to the Config.
package bench

// Progress is told now and then that done of total (-1 is unknown) is done in a
// stage. A nil Progress is silence: use Say.
type Progress func(stage string, done, total int64)

// Say calls p if it is there.
func (p Progress) Say(stage string, done, total int64) {
	if p != nil {
		p(stage, done, total)
	}
}
