package geom

import "github.com/paulmach/orb"

// maxExamined bounds how many problems Examine lists: rings made to cross
// themselves everywhere have as many as vertices squared. Those that decide how
// to measure come first.
const maxExamined = 100

// Examine prepares a geometry that came from outside, its coordinates checked,
// for being measured: unclosed rings are closed on a copy; problems are listed
// with their places (at most about a hundred); repair tells that areas must be
// measured through a repaired form. The error is ErrTangled, where that would
// take too long. Cost: that of Validate, and of SweepWork where repair is true.
func Examine(g orb.Geometry) (closed orb.Geometry, problems []Problem, repair bool, err error) {
	closed, problems = Close(g)
	problems = append(problems, Validate(closed, maxExamined)...)
	for _, p := range problems {
		repair = repair || p.NeedsRepair()
	}
	if repair {
		err = CheckTangle(closed)
	}
	return closed, problems, repair, err
}
