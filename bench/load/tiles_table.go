package load

import (
	"context"
	"fmt"
	"strconv"

	"tuban/bench"
)

// tileColumns are those of a table of tiles.
func tileColumns(more ...bench.Column) []bench.Column {
	list := append([]bench.Column{{Name: "zoom"}}, latencyColumns()...)
	list = append(list, bench.Column{Name: "uncompressed", Unit: bench.Bytes}, bench.Column{Name: "largest", Unit: bench.Bytes},
		bench.Column{Name: "features", Unit: bench.Number}, bench.Column{Name: "vertices", Unit: bench.Number})
	return append(list, more...)
}

// walk measures all zooms in one load.
func (t *tileRun) walk(ctx context.Context) error {
	r := t.reading(t.mixes[0].tiles)
	if err := t.warmTiles(ctx, &t.mixes[0]); err != nil {
		return err
	}
	out, before, after, err := t.timed(ctx, r)
	if err != nil {
		return err
	}
	table := bench.Table{Columns: tileColumns()}
	var all weight
	for z := range out.Groups {
		g := &out.Groups[z]
		if g.Answers+g.Failed() == 0 {
			continue
		}
		w, err := t.weigh(ctx, r, z, out.Offered)
		if err != nil {
			return err
		}
		all.add(w, g.Answers)
		table.Add(append(append([]any{r.groups[z]}, latencyCells(g, out)...), w.cells()...)...)
	}
	total := out.Total()
	table.Add(append(append([]any{"all"}, latencyCells(&total, out)...), all.cells()...)...)
	table.Notes = weightNotes()
	t.report.Tables = append(t.report.Tables, table)
	if u, ok := serverTable(before, after, out); ok {
		t.report.Tables = append(t.report.Tables, u)
	}
	t.tellOnce(r, out)
	t.tell(&r.load, out)
	return nil
}

// zooms measures one zoom after another.
func (t *tileRun) zooms(ctx context.Context) error {
	table := bench.Table{Columns: tileColumns(bench.Column{Name: "CPU per answer", Unit: bench.Seconds}), Notes: weightNotes()}
	sum := newCollector(1, t.load.Rate == 0).out
	for i := range t.mixes {
		m := &t.mixes[i]
		r := t.reading(m.tiles)
		if err := t.warmTiles(ctx, m); err != nil {
			return err
		}
		t.progress.Say(m.name, int64(i), int64(len(t.mixes)))
		out, before, after, err := t.timed(ctx, r)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		w, err := t.weigh(ctx, r, r.requests[0].Group, out.Offered)
		if err != nil {
			return err
		}
		g := out.Total()
		cells := append(append([]any{m.name}, latencyCells(&g, out)...), w.cells()...)
		table.Add(append(cells, perAnswer(before, after, out.Answers()+out.Failed()-out.Unsent))...)
		sum.take(out)
	}
	t.report.Tables = append(t.report.Tables, table)
	t.tell(&t.load, &sum)
	return nil
}

// warmTiles is the warm-up of a mix, with tiles of another seed, so that the
// server's cache is not filled with those that are measured. There is none where
// each tile is asked for once.
func (t *tileRun) warmTiles(ctx context.Context, m *tileMix) error {
	if t.once {
		return nil
	}
	return t.warm(ctx, t.reading(m.warm))
}

// take adds what is told of another run.
func (o *Outcome) take(more *Outcome) {
	o.Offered += more.Offered
	o.Unsent += more.Unsent
	o.Late.h.Merge(more.Late.h)
	for what, n := range more.Total().Errors {
		o.Groups[0].Errors[what] += n
	}
}

// timed is run; what the cache did meanwhile is added to t.counted.
func (t *tileRun) timed(ctx context.Context, r *reading) (*Outcome, usage, usage, error) {
	then, err := t.cacheCounts(ctx)
	if err != nil {
		return nil, usage{}, usage{}, err
	}
	out, before, after, err := t.run(ctx, r)
	if err != nil {
		return nil, before, after, err
	}
	now, err := t.cacheCounts(ctx)
	t.counted.hits += now.hits - then.hits
	t.counted.made += now.made - then.made
	t.counted.joined += now.joined - then.joined
	return out, before, after, err
}

// tellOnce says where a list of addresses ended before the time did.
func (t *tileRun) tellOnce(r *reading, out *Outcome) {
	if r.once && out.Offered == int64(len(r.requests)) {
		t.report.Note("Each address was asked once; all %d were, after %.1f s.", len(r.requests), out.Elapsed.Seconds())
	}
}

// weight is the content of a sample of tiles.
type weight struct {
	tiles                     int64
	bytes, features, vertices float64 // sums
	largest                   int
}

func weightNotes() []string {
	return []string{"Uncompressed bytes, features and vertices are means of a sample of up to " + strconv.Itoa(weighed) +
		" of a zoom's tiles, asked for again after the timing and decoded; largest is of the sample, uncompressed; sent is the mean body on the wire."}
}

// weighed is how many tiles of a zoom are decoded.
const weighed = 64

// weigh decodes some of the tiles of a zoom that were asked for.
func (t *tileRun) weigh(ctx context.Context, r *reading, zoom int, asked int64) (weight, error) {
	client := t.client
	if t.api != nil {
		client = t.api.Client
	}
	var w weight
	for i := range r.requests[:min(asked, int64(len(r.requests)))] {
		q := &r.requests[i]
		if q.Group != zoom {
			continue
		}
		if w.tiles == weighed {
			break
		}
		ans, err := client.Fetch(ctx, q)
		if err != nil {
			continue // it counts among the errors already, or comes from a limit of rate
		}
		_, c, err := readTile(ans.Body)
		if err != nil {
			return w, &WrongError{q.String(), err.Error()}
		}
		w.tiles++
		w.bytes, w.features, w.vertices = w.bytes+float64(c.bytes), w.features+float64(c.features), w.vertices+float64(c.vertices)
		w.largest = max(w.largest, c.bytes)
	}
	return w, ctx.Err()
}

// add adds the mean of a zoom's tiles as often as they were answered.
func (w *weight) add(z weight, answers int64) {
	if z.tiles == 0 {
		return
	}
	f := float64(answers) / float64(z.tiles)
	w.tiles += answers
	w.bytes, w.features, w.vertices = w.bytes+z.bytes*f, w.features+z.features*f, w.vertices+z.vertices*f
	w.largest = max(w.largest, z.largest)
}

// cells are the last columns of tileColumns.
func (w *weight) cells() []any {
	if w.tiles == 0 {
		return []any{nil, nil, nil, nil}
	}
	n := float64(w.tiles)
	return []any{w.bytes / n, w.largest, w.features / n, w.vertices / n}
}
