package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// Cost is what one round of work cost.
type Cost struct {
	Answers int64         // how many answers the round gave; at least 1
	Wall    time.Duration // elapsed
	CPU     time.Duration // of the process (or processes) that did the work; 0 is not measured
	Bytes   int64         // of the answers; 0 is not measured
}

// WallPer returns elapsed seconds per answer.
func (c Cost) WallPer() float64 { return c.Wall.Seconds() / float64(c.Answers) }

// CPUPer returns CPU seconds per answer, NaN when CPU was not measured.
func (c Cost) CPUPer() float64 {
	if c.CPU == 0 {
		return math.NaN()
	}
	return c.CPU.Seconds() / float64(c.Answers)
}

// Engine is one of those compared. Round does the same work each time, checked
// before, and says what it cost.
type Engine struct {
	Name  string
	Round func(ctx context.Context) (Cost, error)
}

// Rounds are the costs of an alternating run: Costs[engine][round].
type Rounds struct {
	Names []string
	Costs [][]Cost
}

// errRounds reports a comparison of nothing.
var errRounds = errors.New("alternate: at least one round and one engine are needed")

// Alternate runs a round of each engine, again and again, so that whatever else
// the machine does meets all of them; who begins changes from round to round. It
// ends at the first error. The first round is no different from the others: warm
// up before, or count it.
func Alternate(ctx context.Context, rounds int, progress Progress, engines ...Engine) (*Rounds, error) {
	if rounds < 1 || len(engines) == 0 {
		return nil, errRounds
	}
	r := &Rounds{Names: make([]string, len(engines)), Costs: make([][]Cost, len(engines))}
	for i, e := range engines {
		r.Names[i], r.Costs[i] = e.Name, make([]Cost, rounds)
	}
	total := int64(rounds * len(engines))
	for n := range rounds {
		for k := range engines {
			i := (n + k) % len(engines)
			progress.Say(engines[i].Name, int64(n*len(engines)+k), total)
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			c, err := engines[i].Round(ctx)
			if err != nil {
				return nil, fmt.Errorf("%s, round %d: %w", engines[i].Name, n+1, err)
			}
			if c.Answers < 1 {
				return nil, fmt.Errorf("%s, round %d: it gave no answer", engines[i].Name, n+1)
			}
			r.Costs[i][n] = c
		}
	}
	progress.Say("rounds", total, total)
	return r, nil
}

// Samples returns one figure of every round of an engine, such as
// r.Samples(0, Cost.CPUPer).
func (r *Rounds) Samples(engine int, figure func(Cost) float64) Samples {
	s := make(Samples, 0, len(r.Costs[engine]))
	for _, c := range r.Costs[engine] {
		if v := figure(c); !math.IsNaN(v) {
			s = append(s, v)
		}
	}
	return s
}

// Ratios returns, for every round, the figure of one engine over that of
// another: r.Ratios(postgis, tuban, Cost.CPUPer) is how many times cheaper tuban
// was. Rounds without a figure, or with 0 below the line, are left out.
func (r *Rounds) Ratios(over, under int, figure func(Cost) float64) Samples {
	var s Samples
	for n := range r.Costs[over] {
		a, b := figure(r.Costs[over][n]), figure(r.Costs[under][n])
		if !math.IsNaN(a) && b > 0 {
			s = append(s, a/b)
		}
	}
	return s
}
