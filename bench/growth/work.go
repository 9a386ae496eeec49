package growth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tuban/bench"
)

// work is one kind of work at one size: a pass answers every query once.
type work struct {
	name     string
	answers  int
	features float64 // a mean answer's
	vertices float64 // of the parcels; of a tile, those drawn
	bytes    float64 // 0 where an answer has none
	zoom     float64 // 0 where an answer has none
	goal     float64 // the most that ten times the polygons may cost more; 0 is none
	pass     func() error
	// perVertex holds growth against the vertices of an answer, where answers with
	// as many features have not as many vertices.
	perVertex bool

	cost  bench.Spread // CPU seconds of an answer
	ratio bench.Spread // of that to a reference
}

// size is what the growth of the work is held against.
func (w *work) size() float64 {
	if w.perVertex {
		return w.vertices
	}
	return 1
}

// least is how long a round lasts at least: CPU time has steps.
const least = 40 * time.Millisecond

// reference is how often bench.Reference is done in a round.
const reference = 4000

var errNoAnswer = errors.New("there are no places for its queries")

// time runs rounds of the work and of the reference in turns. The first pass,
// which finds caches cold, is not counted.
func (w *work) time(ctx context.Context, rounds int) error {
	if w.answers == 0 {
		return errNoAnswer
	}
	if err := w.pass(); err != nil {
		return err
	}
	r, err := bench.Alternate(ctx, rounds, nil,
		bench.Engine{Name: w.name, Round: func(ctx context.Context) (bench.Cost, error) {
			passes := 0
			c, err := spent(func() error {
				for began := time.Now(); passes == 0 || time.Since(began) < least; passes++ {
					if err := errors.Join(w.pass(), ctx.Err()); err != nil {
						return err
					}
				}
				return nil
			})
			c.Answers = int64(passes * w.answers)
			return c, err
		}},
		bench.Engine{Name: "reference", Round: func(context.Context) (bench.Cost, error) {
			return spent(func() error {
				if v := bench.Reference(reference); v < 0 {
					return fmt.Errorf("the reference is %v", v)
				}
				return nil
			})
		}})
	if err != nil {
		return err
	}
	w.cost = r.Samples(0, bench.Cost.CPUPer).Spread()
	w.ratio = r.Ratios(0, 1, bench.Cost.CPUPer).Spread()
	return nil
}
