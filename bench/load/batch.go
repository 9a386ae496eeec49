package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"tuban/bench"
	"tuban/feature"
	"tuban/overlap"
)

// BatchConfig is a load of overlap queries of many polygons in one body.
type BatchConfig struct {
	Config
	Queries string // Patches or Steps; "" is Patches where there are any
	Detail  string // "classes" or "features"
	Number  int    // most different polygons
	Size    int    // polygons in a body
}

// batchRate is the rate where none is given, a second.
const batchRate = 2

// Batch measures POST /overlap with many polygons in a body, on a tuban server.
func Batch(ctx context.Context, cfg BatchConfig, progress bench.Progress) (_ *bench.Report, err error) {
	if cfg.foreign() || cfg.Size < 1 {
		return nil, fmt.Errorf("%w: a batch is for a tuban server, and of one polygon at least", ErrConfig)
	}
	l := cfg.load(batchRate)
	s, err := newSession(ctx, &cfg.Config, needs{title: "Batches of overlap queries over HTTP", load: l, kinds: []feature.Kind{feature.KindReference}}, progress)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	queries, what, err := s.ground.queries(cfg.Queries, cfg.Seed, cfg.Number)
	if err != nil {
		return nil, err
	}
	r := &reading{groups: []string{what}, load: l}
	var bodies [][]feature.Feature
	for chunk := range slices.Chunk(queries, cfg.Size) {
		if len(chunk) == cfg.Size || len(bodies) == 0 { // a rest would be a smaller answer
			bodies = append(bodies, chunk)
			r.requests = append(r.requests, overlapRequest(s.api, s.layers, chunk, cfg.Detail))
		}
	}
	size := len(bodies[0])
	s.set("polygons", fmt.Sprintf("%d %s, %d vertices on average, %d in a body", len(queries), what, meanVertices(queries), size))
	s.set("detail", cfg.Detail)
	if err := s.checkBatches(ctx, r.requests, bodies, cfg.Detail); err != nil {
		return nil, err
	}
	if err := s.warm(ctx, r); err != nil {
		return nil, err
	}
	return s.timeBatches(ctx, r, size)
}

// checkBatches sends every body once: each must give a result for each polygon,
// in order. A sample of all polygons is then checked as single queries are.
func (s *session) checkBatches(ctx context.Context, requests []Request, bodies [][]feature.Feature, detail string) error {
	results := make([][]overlap.Result, len(bodies))
	for i := range bodies {
		s.progress.Say("sending each body", int64(i), int64(len(bodies)))
		q := overlapRequest(s.api, s.layers, bodies[i], "features")
		ans, err := s.api.Fetch(ctx, &q)
		if err != nil {
			return err
		}
		if results[i], err = overlap.ParseResults(ans.Body); err != nil {
			return wrong(&q, nil, err)
		}
		if len(results[i]) != len(bodies[i]) {
			return wrong(&q, nil, fmt.Errorf("%d results for %d polygons", len(results[i]), len(bodies[i])))
		}
		for k := range results[i] {
			if results[i][k].ID != string(bodies[i][k].ID) {
				return wrong(&q, nil, fmt.Errorf("result %d is of polygon %s, not %s", k+1, results[i][k].ID, bodies[i][k].ID))
			}
		}
		if detail == "classes" {
			less, err := s.api.Fetch(ctx, &requests[i])
			if err != nil {
				return err
			}
			if err := wrong(&requests[i], nil, sameClasses(ans.Body, less.Body)); err != nil {
				return err
			}
		}
	}
	size := len(bodies[0])
	return s.sample(ctx, "polygons", size*len(bodies), func(i int) error {
		q := &bodies[i/size][i%size]
		return wrong(&requests[i/size], q, checkOne(ctx, s.source, q, &results[i/size][i%size]))
	})
}

// timeBatches runs the bodies and tells what a body and what a polygon costs.
func (s *session) timeBatches(ctx context.Context, r *reading, size int) (*bench.Report, error) {
	out, before, after, err := s.run(ctx, r)
	if err != nil {
		return nil, err
	}
	columns := append([]bench.Column{{Name: "bodies of"}}, latencyColumns()...)
	columns = append(columns, bench.Column{Name: "polygons a second", Unit: bench.PerSecond}, bench.Column{Name: "CPU per polygon", Unit: bench.Seconds})
	t := bench.Table{Columns: columns}
	g := out.Total()
	polygons := out.Answers() * int64(size)
	cells := append([]any{strconv.Itoa(size) + " " + r.groups[0]}, latencyCells(&g, out)...)
	cpu := perAnswer(before, after, (out.Answers()+out.Failed()-out.Unsent)*int64(size))
	t.Add(append(cells, float64(polygons)/out.Elapsed.Seconds(), cpu)...)
	s.report.Tables = append(s.report.Tables, t)
	if u, ok := serverTable(before, after, out); ok {
		s.report.Tables = append(s.report.Tables, u)
	}
	s.tell(&r.load, out)
	return s.report, nil
}
