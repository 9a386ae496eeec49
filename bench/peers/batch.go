package peers

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"tuban/overlap"
)

// batchGoal is DESIGN 9's for all patches over all layers.
const batchGoal = 50

// parallelPlan makes the planner use parallel workers wherever it can.
var parallelPlan = []string{"set parallel_setup_cost = 0", "set parallel_tuple_cost = 0", "set min_parallel_table_scan_size = 0", "set min_parallel_index_scan_size = 0"}

// batch compares and measures all polygons of a kind over all layers: one
// request, and one SQL statement.
func (r *run) batch(ctx context.Context) error {
	for _, set := range []*polygons{r.data.drawn, r.data.patches} {
		if err := r.batchRow(ctx, set); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) batchRow(ctx context.Context, set *polygons) error {
	work := fmt.Sprintf("batch: %d × %s over %d layers, areas by class", len(set.list), set.kind, len(r.data.reference))
	var ways []way
	for _, m := range methods()[1:] { // intersecting every pair takes minutes with large polygons
		w := way{name: m.name + "; default plan", sql: m.batch(r.data.reference, set.table)}
		m.straight = true
		w.same = m.batch(r.data.reference, set.table)
		forced := w
		forced.name, forced.settings = m.name+"; parallel plan forced", parallelPlan
		ways = append(ways, w, forced)
	}
	q := asked{cases: 1, weight: len(set.list), args: func(int) []any { return nil }}
	best, err := r.bestWay(ctx, work, ways, q)
	if err != nil {
		return err
	}
	body := collection(set.list)
	c := newClient(r.reply.Address)
	path := "/overlap?layers=" + names(r.data.reference)
	checks, found, err := r.checkBatch(ctx, work, set, best, c, path, body)
	if err != nil {
		return err
	}
	other, done, err := r.postgis(ctx, best, 1, q)
	if err != nil {
		return err
	}
	defer done()
	tuban := &side{name: "tuban", workers: 1, cases: 1, weight: len(set.list), cpu: r.tuban.cpu, ask: func(ctx context.Context, _, _ int) (int64, error) {
		return c.size(ctx, path+"&detail=classes", body)
	}}
	return r.measure(ctx, &row{work: work, against: "PostGIS", goal: batchGoal, checks: checks, tuban: tuban, other: other,
		note: fmt.Sprintf("%.1f features each", float64(found)/float64(len(set.list)))})
}

// collection returns the patches as one GeoJSON body.
func collection(patches []patch) []byte {
	body := []byte(`{"type":"FeatureCollection","features":[`)
	for i, p := range patches {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, p.json...)
	}
	return append(body, "]}"...)
}

// checkBatch compares the sums by class of every polygon and layer. tuban's
// timed answer unites features that overlap each other, which no SQL here does;
// its sums of features are what is compared, and its classes must be theirs. It
// also returns how many features tuban found in all.
func (r *run) checkBatch(ctx context.Context, work string, set *polygons, best way, c *client, path string, body []byte) (checks []*check, found int, err error) {
	r.progress.Say(work+": compare", 0, -1)
	results, err := r.batchResults(ctx, c, path, body)
	if err != nil {
		return nil, 0, err
	}
	united, err := r.batchResults(ctx, c, path+"&detail=classes", body)
	if err != nil {
		return nil, 0, err
	}
	if len(results) != len(set.list) || len(united) != len(set.list) {
		return nil, 0, fmt.Errorf("%d and %d results for %d polygons", len(results), len(united), len(set.list))
	}
	conns, err := r.db.workers(ctx, 1, best)
	if err != nil {
		return nil, 0, err
	}
	defer closeAll(conns)
	same, timed := r.newCheck(work, ruleSame), r.newCheck(work+", as timed", ruleTimed)
	for _, v := range []struct {
		check *check
		sql   string
		tol   tolerance
	}{{same, best.same, sameMeaning}, {timed, "q", asTimed}} {
		theirs, err := batchAreas(ctx, conns[0], v.sql)
		if err != nil {
			return nil, 0, err
		}
		for i := range results {
			for k := range results[i].Layers {
				l := &results[i].Layers[k]
				v.check.areas(fmt.Sprintf("%s, layer %s", results[i].ID, l.Layer), sumsOf(l), theirs[results[i].ID+"\x00"+string(l.Layer)], v.tol)
			}
		}
	}
	for i := range results {
		for k := range results[i].Layers {
			l := &results[i].Layers[k]
			found += len(l.Features)
			same.united(fmt.Sprintf("%s, layer %s", results[i].ID, l.Layer), sumsOf(l), united[i].Layers[k].Classes)
		}
	}
	return []*check{same, timed}, found, nil
}

func (r *run) batchResults(ctx context.Context, c *client, path string, body []byte) ([]overlap.Result, error) {
	if err := c.do(ctx, path, body); err != nil {
		return nil, err
	}
	return overlap.ParseResults(c.resp.Body())
}

// sumsOf adds a layer's features by class.
func sumsOf(l *overlap.LayerResult) map[string]float64 {
	sums := map[string]float64{}
	for _, f := range l.Features {
		sums[f.Class] += f.AreaM2
	}
	return sums
}

// united checks that an answer by class has the classes of the features, each
// with no more than their sum.
func (c *check) united(where string, sums map[string]float64, classes []overlap.ClassArea) {
	if len(classes) == 0 && len(sums) == 1 { // a layer without classes
		if _, ok := sums[""]; ok {
			return
		}
	}
	if len(classes) != len(sums) {
		c.fault("%s: %d classes, of the features %d", where, len(classes), len(sums))
		return
	}
	for _, k := range classes {
		if sum, ok := sums[k.Class]; !ok || !(k.AreaM2 > 0 && k.AreaM2 <= sum*(1+1e-9)+1e-6) {
			c.fault("%s, class %s: %v m² united, %v m² as a sum", where, k.Class, k.AreaM2, sum)
		}
	}
}

// batchAreas reads the rows (layer, patch, class, area, count), by patch and
// layer.
func batchAreas(ctx context.Context, conn *pgx.Conn, sql string) (map[string]map[string]float64, error) {
	rows, err := conn.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	found := map[string]map[string]float64{}
	var layer, patch, class string
	var area float64
	var count int64
	_, err = pgx.ForEachRow(rows, []any{&layer, &patch, &class, &area, &count}, func() error {
		key := patch + "\x00" + layer
		if found[key] == nil {
			found[key] = map[string]float64{}
		}
		found[key][class] = area
		return nil
	})
	return found, err
}
