package peers

import (
	"fmt"
	"math"
	"strings"
	"time"

	"tuban/bench"
)

// report puts the results together.
func (r *run) report(env bench.Environment) *bench.Report {
	env.DataHash = r.data.hash
	env.Settings = append([]bench.Setting{
		{Name: "size", Value: fmt.Sprintf("%s, %d parcels, %d patches", r.cfg.Size.Name, r.cfg.Size.Parcels, r.cfg.Size.Patches)},
		{Name: "seed", Value: fmt.Sprint(r.cfg.Seed)},
		{Name: "rounds", Value: fmt.Sprint(r.cfg.Rounds)},
		{Name: "window", Value: r.cfg.Window.String()},
	}, append(r.db.versions, r.settings...)...)
	out := &bench.Report{Title: "tuban beside PostGIS", Environment: env}
	out.Tables = append(out.Tables, r.ratios(), r.waiting(), r.compared())
	if len(r.trials) > 0 {
		out.Tables = append(out.Tables, r.tried())
	}
	out.Note("Ratios are other ÷ tuban, of each round; in brackets the quartiles. CPU is user and system time of all processes of the engine, without the client, per answer.")
	out.Note("One client, closed loop, on the same %d cores; connections as the row says, else one. Wall times hold the client's share and whatever else the machine did.", env.Cores)
	out.Note("tuban answers over HTTP and JSON from a process of its own, tile cache off but for the warm tile, request log off; PostGIS over a unix socket with prepared statements and binary values, log off. Tiles are not compressed, the warm tile is.")
	out.Note("Both hold all data in memory (PostgreSQL prewarmed). Loading both took %s, opening the directory %s.", elapsed(r.data.took), elapsed(r.reply.Opened))
	if r.cfg.Tile38 == "" && r.cfg.wants(Locate) {
		out.Note("Tile38 was not measured: name its program with --tile38.")
	}
	return out
}

// ratios is the table of the claims.
func (r *run) ratios() bench.Table {
	t := bench.Table{Title: "Ratios", Columns: []bench.Column{
		{Name: "work"}, {Name: "against"}, {Name: "answers a round", Unit: bench.Count},
		{Name: "tuban, CPU an answer", Unit: bench.Seconds}, {Name: "other, CPU an answer", Unit: bench.Seconds},
		{Name: "CPU", Unit: bench.Ratio}, {Name: "wall", Unit: bench.Ratio}, {Name: "goal is of"}, {Name: "goal", Unit: bench.Ratio},
	}}
	for _, w := range r.rows {
		if w.rounds == nil {
			t.Add(w.work, w.against, nil, nil, nil, nil, nil, nil, "answers differ")
			continue
		}
		cpu, wall := w.rounds.Ratios(1, 0, bench.Cost.CPUPer), w.rounds.Ratios(1, 0, bench.Cost.WallPer)
		of, figure := "CPU", cpu.Median()
		if w.wall {
			of, figure = "wall", wall.Median()
		}
		var goal any
		if w.goal > 0 {
			goal = bench.AtLeast(w.goal, figure)
		} else {
			of = ""
		}
		t.Add(w.work, w.against, w.rounds.Costs[0][0].Answers,
			w.rounds.Samples(0, bench.Cost.CPUPer).Spread(), w.rounds.Samples(1, bench.Cost.CPUPer).Spread(), cpu.Spread(), wall.Spread(), of, goal)
		if w.note != "" {
			t.Notes = append(t.Notes, w.work+": "+w.note+".")
		}
	}
	return t
}

// waiting is the table of what a client sees.
func (r *run) waiting() bench.Table {
	t := bench.Table{Title: "Waiting, and bytes an answer", Columns: []bench.Column{
		{Name: "work"}, {Name: "tuban p50", Unit: bench.Seconds}, {Name: "tuban p99", Unit: bench.Seconds},
		{Name: "other p50", Unit: bench.Seconds}, {Name: "other p99", Unit: bench.Seconds},
		{Name: "tuban", Unit: bench.PerSecond}, {Name: "other", Unit: bench.PerSecond},
		{Name: "tuban, bytes", Unit: bench.Bytes}, {Name: "other, bytes", Unit: bench.Bytes},
	}}
	for _, w := range r.rows {
		if w.rounds == nil {
			continue
		}
		cells := []any{w.work}
		for _, s := range []*side{w.tuban, w.other} {
			if s == nil {
				cells = append(cells, nil, nil)
				continue
			}
			cells = append(cells, s.took.Median(), s.took.Quantile(0.99))
		}
		for _, figure := range []func(bench.Cost) float64{perSecond, bytesEach} {
			cells = append(cells, w.rounds.Samples(0, figure).Median(), w.rounds.Samples(1, figure).Median())
		}
		t.Add(cells...)
	}
	return t
}

func perSecond(c bench.Cost) float64 { return 1 / c.WallPer() }

func bytesEach(c bench.Cost) float64 {
	if c.Bytes == 0 {
		return math.NaN()
	}
	return float64(c.Bytes) / float64(c.Answers)
}

// compared is the table of what was compared before.
func (r *run) compared() bench.Table {
	t := bench.Table{Title: "Answers, compared before anything was timed", Columns: []bench.Column{
		{Name: "what"}, {Name: "cases", Unit: bench.Count}, {Name: "values", Unit: bench.Count}, {Name: "may differ by"},
		{Name: "largest difference, of that", Unit: bench.Share}, {Name: "verdict"},
	}}
	for _, c := range r.checks {
		t.Add(c.what, c.cases, c.compared, c.rule, c.worst, c.verdict())
		if c.at != "" {
			t.Notes = append(t.Notes, fmt.Sprintf("%s: the largest difference is at %s.", c.what, c.at))
		}
	}
	return t
}

// tried is the table of the ways to write the SQL.
func (r *run) tried() bench.Table {
	t := bench.Table{Title: "PostGIS's ways, one pass each", Columns: []bench.Column{
		{Name: "work"}, {Name: "way"}, {Name: "CPU an answer", Unit: bench.Seconds}, {Name: "chosen"},
	}}
	for _, k := range r.trials {
		t.Add(k.row, k.way, k.perCPU, choose(k.chosen, "yes", ""))
		if math.IsNaN(k.perCPU) && !strings.Contains(strings.Join(t.Notes, ""), "time limit") {
			t.Notes = append(t.Notes, "No figure: past the time limit, which is several times what the best way took.")
		}
	}
	return t
}

// elapsed shows a duration in tenths of a second.
func elapsed(d time.Duration) string { return d.Round(100 * time.Millisecond).String() }
