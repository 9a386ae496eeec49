package load

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tuban/bench"
)

// reading is a load of requests that change nothing.
type reading struct {
	requests []Request // sent in turn, from the first again after the last
	once     bool      // each at most once: the run ends after the last
	groups   []string
	load     Load
	accept   func(x *Exchange) error // looks at each answer, cheaply; nil takes all
}

// run drives a reading and returns what came of it, with what the server used.
func (s *session) run(ctx context.Context, r *reading) (*Outcome, usage, usage, error) {
	if len(r.requests) == 0 {
		return nil, usage{}, usage{}, fmt.Errorf("%w: no requests", ErrNoData)
	}
	l := r.load
	n := int64(len(r.requests))
	if r.once {
		l.Most = n
	}
	exchanges := make([]Exchange, max(1, l.Connections))
	group := func(i int64) int { return r.requests[i%n].Group }
	before := usageOf(s.pids)
	out, err := Drive(ctx, l, len(r.groups), group, func(_ context.Context, c *Call) {
		x, q := &exchanges[c.Worker], &r.requests[c.Index%n]
		err := s.client.Do(x, q)
		c.done(x, q.Group, err, r.accept)
	}, s.progress)
	if err != nil {
		return nil, usage{}, usage{}, err
	}
	after := usageOf(s.pids)
	if out.Answers() == 0 {
		return nil, before, after, fmt.Errorf("no good answer at all: %s", countErrors(out.Total().Errors))
	}
	return out, before, after, nil
}

// warm drives a reading without measuring.
func (s *session) warm(ctx context.Context, r *reading) error {
	if s.cfg.Warm <= 0 {
		return nil
	}
	s.progress.Say("warm-up", 0, -1)
	w := *r
	w.once = false
	w.load.Duration = s.cfg.Warm
	_, _, _, err := s.run(ctx, &w)
	return err
}

// countErrors lists errors with how often each came.
func countErrors(errs map[string]int64) string {
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(errs)) {
		parts = append(parts, fmt.Sprintf("%s × %d", what, errs[what]))
	}
	return strings.Join(parts, ", ")
}

// latencyColumns are those of every table of latencies, after the first.
func latencyColumns() []bench.Column {
	return []bench.Column{
		{Name: "answers", Unit: bench.Count}, {Name: "a second", Unit: bench.PerSecond}, {Name: "errors", Unit: bench.Count},
		{Name: "p50", Unit: bench.Seconds}, {Name: "p90", Unit: bench.Seconds}, {Name: "p99", Unit: bench.Seconds},
		{Name: "p99.9", Unit: bench.Seconds}, {Name: "max", Unit: bench.Seconds}, {Name: "sent", Unit: bench.Bytes},
	}
}

// latencyCells are the cells for latencyColumns. sent is bytes of a body.
func latencyCells(g *Group, o *Outcome) []any {
	var each any
	if g.Answers > 0 {
		each = float64(g.Bytes) / float64(g.Answers)
	}
	return []any{
		g.Answers, float64(g.Answers) / o.Elapsed.Seconds(), g.Failed(),
		g.Latency.Tail(0.5), g.Latency.Tail(0.9), g.Latency.Tail(0.99), g.Latency.Tail(0.999), g.Latency.Quantile(1), each,
	}
}

// serverTable says what the server used for the answers of a run.
func serverTable(before, after usage, o *Outcome) (bench.Table, bool) {
	t := bench.Table{Title: "The server", Columns: []bench.Column{
		{Name: "CPU per answer", Unit: bench.Seconds}, {Name: "CPU in use", Unit: bench.Number},
		{Name: "memory before", Unit: bench.Bytes}, {Name: "after", Unit: bench.Bytes}, {Name: "peak", Unit: bench.Bytes},
	}}
	if !before.known || !after.known {
		return t, false
	}
	answered := o.Answers() + o.Failed() - o.Unsent
	t.Add(perAnswer(before, after, answered), (after.cpu-before.cpu).Seconds()/o.Elapsed.Seconds(), before.rss, after.rss, after.peak)
	t.Notes = []string{"CPU in use: CPU seconds a second. Memory is resident memory (RSS); its peak is that since the server's start."}
	return t, true
}

// tell adds what must be known to read a run's latencies.
func (s *session) tell(l *Load, o *Outcome) {
	if l.Rate == 0 {
		s.report.Note("Closed load: each connection sent when its last answer had come. \"a second\" is the throughput; the latencies are those of that many at once, from sending.")
	} else {
		own := ""
		if o.Late.Count() > 0 {
			own = fmt.Sprintf(" This program was late itself by %s (p50) and %s (p99), which is in them.", milliseconds(o.Late.Quantile(0.5)), milliseconds(o.Late.Quantile(0.99)))
		}
		s.report.Note("Open load: latencies run from the moment a request was due, whether or not it could be sent then.%s", own)
	}
	if o.Unsent > 0 {
		s.report.Note("The server did not keep up: %d of %d requests were never sent. Their waiting is in the latencies, which would be longer still.", o.Unsent, o.Offered)
	}
	if errs := o.Total().Errors; len(errs) > 0 {
		s.report.Note("Errors: %s.", countErrors(errs))
	}
}

func milliseconds(seconds float64) string { return fmt.Sprintf("%.3f ms", 1000*seconds) }
