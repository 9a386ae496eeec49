package kernel

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"tuban/bench"
	"tuban/geom"
)

// Config says what to measure and how long.
type Config struct {
	Seed   uint64
	Rounds int           // alternating rounds; at least 1
	Round  time.Duration // how long a round of one engine takes, about
	Only   string        // measure only the cases whose name begins so
}

// rival is another engine with a case's operands built.
type rival interface {
	name() string
	areas(into []float64) error // of every pair, in square degrees
	close()
}

var errNoCase = errors.New("no case of that name")

// Run checks and times every case. A pair that is not right is a *WrongError.
func Run(ctx context.Context, cfg Config, progress bench.Progress) (*bench.Report, error) {
	env := bench.Here(ctx, bench.Setting{Name: "seed", Value: fmt.Sprint(cfg.Seed)},
		bench.Setting{Name: "rounds", Value: fmt.Sprint(cfg.Rounds)}, bench.Setting{Name: "a round", Value: cfg.Round.String()})
	progress.Say("make the cases", 0, -1)
	cases := Cases(cfg.Seed, cfg.Only)
	if len(cases) == 0 {
		return nil, fmt.Errorf("%w: %q", errNoCase, cfg.Only)
	}
	r := &bench.Report{Title: "Areas of polygon pairs", Environment: env}
	t := &tables{}
	t.begin()
	for i := range cases {
		c := &cases[i]
		progress.Say(c.Name, int64(i), int64(len(cases)))
		if err := t.measure(ctx, cfg, c); err != nil {
			return nil, err
		}
	}
	t.end(r)
	return r, nil
}

// tables are the tables of the report while they grow.
type tables struct {
	cost, ratio, right bench.Table
	rival              string
}

func (t *tables) begin() {
	t.cost = bench.Table{Title: "CPU time of a pair", Columns: []bench.Column{{Name: "case"}, {Name: "area", Unit: bench.Seconds},
		{Name: "query", Unit: bench.Seconds}, {Name: "request", Unit: bench.Seconds}, {Name: "allocations: area", Unit: bench.Number},
		{Name: "query", Unit: bench.Number}, {Name: "request", Unit: bench.Number}}}
	t.ratio = bench.Table{Title: "GEOS over tuban", Columns: []bench.Column{{Name: "case"}, {Name: "GEOS", Unit: bench.Seconds},
		{Name: "over area", Unit: bench.Ratio}, {Name: "goal", Unit: bench.Ratio}, {Name: "over query", Unit: bench.Ratio}, {Name: "over request", Unit: bench.Ratio}}}
	t.right = bench.Table{Title: "Checked before", Columns: []bench.Column{{Name: "case"}, {Name: "what"}, {Name: "pairs", Unit: bench.Count},
		{Name: "overlap", Unit: bench.Count}, {Name: "vertices a pair", Unit: bench.Number}, {Name: "worst error", Unit: bench.Scientific},
		{Name: "limit", Unit: bench.Scientific}, {Name: "GEOS's worst error", Unit: bench.Scientific}}}
}

// measure checks one case, then times it.
func (t *tables) measure(ctx context.Context, cfg Config, c *Case) error {
	s, err := newSubject(c)
	if err != nil {
		return err
	}
	other, err := newRival(c)
	if err != nil {
		return err
	}
	if other != nil {
		defer other.close()
		t.rival = other.name()
	}
	if err := t.check(ctx, s, other); err != nil {
		return err
	}
	engines := []bench.Engine{timed("area", s, s.areas, cfg.Round), timed("query", s, s.query, cfg.Round), timed("request", s, s.request, cfg.Round)}
	if other != nil {
		into := make([]float64, len(c.Pairs))
		engines = append(engines, timed(other.name(), s, func() (float64, error) { return 0, other.areas(into) }, cfg.Round))
	}
	runtime.GC() // what the check left behind is not to be swept while others are timed
	rounds, err := bench.Alternate(ctx, cfg.Rounds, nil, engines...)
	if err != nil {
		return err
	}
	row := []any{c.Name}
	for i := range 3 {
		row = append(row, rounds.Samples(i, bench.Cost.CPUPer).Median())
	}
	for _, f := range []func() (float64, error){s.areas, s.query, s.request} {
		row = append(row, allocations(f, len(c.Pairs)))
	}
	t.cost.Add(row...)
	if other != nil {
		over := func(i int) bench.Spread { return rounds.Ratios(3, i, bench.Cost.CPUPer).Spread() }
		var goal any
		if c.Goal > 0 {
			goal = bench.AtLeast(c.Goal, over(0).Median)
		}
		t.ratio.Add(c.Name, rounds.Samples(3, bench.Cost.CPUPer).Median(), over(0), goal, over(1), over(2))
	}
	return nil
}

// check compares every pair with what is exact and notes the worst error.
func (t *tables) check(ctx context.Context, s *subject, other rival) error {
	c := s.c
	exact, err := exactly(ctx, c)
	if err != nil {
		return err
	}
	worst, err := exact.checkPlane(c, planeAreas(c))
	if err != nil {
		return err
	}
	if err := s.checkEllipsoid(); err != nil {
		return err
	}
	overlap, vertices := 0, 0
	for i, p := range c.Pairs {
		if exact.areas[i].Sign() > 0 {
			overlap++
		}
		vertices += geom.VertexCount(c.Patches[p[0]]) + geom.VertexCount(c.Parcels[p[1]])
	}
	var theirs any
	if other != nil {
		areas, worst := make([]float64, len(c.Pairs)), 0.0
		if err := other.areas(areas); err != nil {
			return fmt.Errorf("case %s: %w", c.Name, err)
		}
		for i, a := range areas {
			worst = max(worst, exact.off(i, a))
		}
		theirs = worst
	}
	t.right.Add(c.Name, c.What, len(c.Pairs), overlap, float64(vertices)/float64(len(c.Pairs)), worst, tolerance, theirs)
	return nil
}

// timed returns an engine whose round measures all pairs of a case as often as
// fits into a duration, at least once.
func timed(name string, s *subject, all func() (float64, error), round time.Duration) bench.Engine {
	return bench.Engine{Name: s.c.Name + ", " + name, Round: func(context.Context) (bench.Cost, error) {
		began := time.Now()
		cpu, err := bench.SelfCPU()
		if err != nil {
			return bench.Cost{}, err
		}
		times, sum := int64(0), 0.0
		for times == 0 || time.Since(began) < round {
			one, err := all()
			if err != nil {
				return bench.Cost{}, err
			}
			sum += one
			times++
		}
		if math.IsNaN(sum) {
			return bench.Cost{}, errors.New("an area is no number")
		}
		after, err := bench.SelfCPU()
		return bench.Cost{Answers: times * int64(len(s.c.Pairs)), Wall: time.Since(began), CPU: after - cpu}, err
	}}
}

// allocations returns the heap allocations of a pair, over a few runs.
func allocations(all func() (float64, error), pairs int) float64 {
	const runs = 3
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		if _, err := all(); err != nil {
			return math.NaN()
		}
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(runs*pairs)
}

// end puts the tables into the report, with what the numbers are.
func (t *tables) end(r *bench.Report) {
	r.Tables = []bench.Table{t.right, t.cost}
	r.Note("area: overlay.Area of two ready shapes. query: what POST /overlap does with each candidate (the shape that the layer keeps, else its Prepare, then Area; the patch ready). request: query, and the patch's own check and Prepare, spread over its pairs. Hot caches, one thread, ellipsoidal m².")
	r.Note("Errors are on the plane against exact rationals, as parts of the smaller polygon; areas are 0 exactly where the exact ones are. The ellipsoidal areas that are timed agree with the intersection's geometry within 1e-9 of the smaller polygon + 1e-6 m².")
	if t.rival == "" {
		r.Note("GEOS is not built in. For the ratio: go run -tags geos ./cmd/tuban bench kernel (needs a C compiler and libgeos-dev).")
		return
	}
	t.ratio.Title = t.rival + " over tuban"
	r.Tables = append(r.Tables, t.ratio)
	r.Note("%s: intersection (OverlayNG) and its planar area, of geometries built beforehand, one thread, one call from Go for all pairs. The goals are for area (the median of the rounds' ratios; in brackets the quartiles): see bench/README.md.", t.rival)
}
