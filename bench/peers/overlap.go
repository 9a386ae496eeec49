package peers

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"

	"tuban/feature"
	"tuban/overlap"
)

// How far areas may lie apart. With edges that mean the same: GeographicLib adds
// strips that reach to the equator, which for small polygons is noise of about a
// thousandth of a square metre. As timed, PostGIS's edges are geodesics, which
// leave a line that is straight in longitude and latitude by L³·tan φ/12R m² on
// an edge of L metres: 0.01 m² on 100 m, 10 m² on 1 km; around a ring most of
// that cancels, in a strip between a long edge and many short ones it does not.
// What only one engine reports may be a rounding of 1 mm² where borders touch.
var (
	sameMeaning = tolerance{relative: 1e-6, constant: 1e-3, absent: 1e-6}
	asTimed     = tolerance{relative: 2e-3, constant: 1, absent: 1e-6}
)

const (
	ruleSame  = "1e-6 + 0.001 m²: edges mean the same"
	ruleTimed = "2e-3 + 1 m²: geodesic edges"
)

// overlapGoal is DESIGN 9's for one patch over the parcels.
const overlapGoal = 50

// overlap compares and measures single polygons over the parcels.
func (r *run) overlap(ctx context.Context) error {
	for _, set := range []*polygons{r.data.drawn, r.data.patches} {
		pairs, err := r.checkPairs(ctx, set)
		if err != nil {
			return err
		}
		questions := []question{sent(set, r.cfg.most(mostSingle))}
		if set == r.data.patches {
			questions = append(questions, stored(set, r.cfg.most(mostSingle)))
		}
		for _, q := range questions {
			if err := r.overlapRow(ctx, q, pairs); err != nil {
				return err
			}
		}
	}
	return nil
}

// question is a way to ask both engines about polygons, over the parcels.
type question struct {
	work    string
	patches []patch
	sql     func(method) string
	arg     func(i int) any // of the SQL
	ask     func(ctx context.Context, c *client, i int) error
}

// sent is the question that carries the polygon.
func sent(set *polygons, n int) question {
	patches := set.first(n)
	path := fmt.Sprintf("/overlap?layers=%s&detail=classes", parcelLayer)
	return question{
		work: "overlap: a " + set.kind + " sent along, areas by class", patches: patches,
		sql: func(m method) string { return m.overlapSent(parcelLayer) },
		arg: func(i int) any { return patches[i].ewkb },
		ask: func(ctx context.Context, c *client, i int) error { return c.do(ctx, path, patches[i].json) },
	}
}

// stored is the question that names a polygon of the data set.
func stored(set *polygons, n int) question {
	patches := set.first(n)
	return question{
		work: "overlap: a stored " + set.kind + ", areas by class", patches: patches,
		sql: func(m method) string { return m.overlapStored(parcelLayer, set.table) },
		arg: func(i int) any { return patches[i].id },
		ask: func(ctx context.Context, c *client, i int) error {
			return c.do(ctx, fmt.Sprintf("/collections/%s/items/%s/overlap?layers=%s&detail=classes", patchLayer, url.PathEscape(patches[i].id), parcelLayer), nil)
		},
	}
}

// overlapRow compares and measures one question.
func (r *run) overlapRow(ctx context.Context, k question, pairs *check) error {
	q := asked{cases: len(k.patches), args: func(i int) []any { return []any{k.arg(i)} }}
	var ways []way
	for _, m := range methods() {
		w := way{name: m.name, sql: k.sql(m)}
		m.straight = true
		w.same = k.sql(m)
		ways = append(ways, w)
	}
	best, err := r.bestWay(ctx, k.work, ways, q)
	if err != nil {
		return err
	}
	other, done, err := r.postgis(ctx, best, 1, q)
	if err != nil {
		return err
	}
	defer done()
	c := newClient(r.reply.Address)
	tuban := &side{name: "tuban", workers: 1, cases: len(k.patches), cpu: r.tuban.cpu, ask: func(ctx context.Context, _, i int) (int64, error) {
		err := k.ask(ctx, c, i)
		return int64(len(c.resp.Body())), err
	}}
	checks, found, err := r.checkClasses(ctx, k, best, c)
	if err != nil {
		return err
	}
	return r.measure(ctx, &row{work: k.work, against: "PostGIS", goal: overlapGoal, checks: append(checks, pairs), tuban: tuban, other: other,
		note: fmt.Sprintf("%.1f parcels each", float64(found)/float64(len(k.patches)))})
}

// checkClasses compares the answers by class, as timed and with edges that mean
// the same. It also returns how many parcels tuban found in all.
func (r *run) checkClasses(ctx context.Context, k question, best way, c *client) (checks []*check, found int, err error) {
	same, timed := r.newCheck(k.work, ruleSame), r.newCheck(k.work+", as timed", ruleTimed)
	conns, err := r.db.workers(ctx, 1, best)
	if err != nil {
		return nil, 0, err
	}
	defer closeAll(conns)
	for i, p := range k.patches {
		r.progress.Say(k.work+": compare", int64(i), int64(len(k.patches)))
		if err := k.ask(ctx, c, i); err != nil {
			return nil, 0, err
		}
		results, err := overlap.ParseResults(c.resp.Body())
		if err != nil || len(results) != 1 || len(results[0].Layers) != 1 {
			return nil, 0, fmt.Errorf("%s: %d results, %w", p.id, len(results), err)
		}
		ours := map[string]float64{}
		for _, class := range results[0].Layers[0].Classes {
			ours[class.Class] = class.AreaM2
			found += class.Count
		}
		for _, v := range []struct {
			check *check
			sql   string
			tol   tolerance
		}{{same, best.same, sameMeaning}, {timed, "q", asTimed}} {
			theirs, err := classAreas(ctx, conns[0], v.sql, k.arg(i))
			if err != nil {
				return nil, 0, fmt.Errorf("%s: %w", p.id, err)
			}
			v.check.areas(p.id, ours, theirs, v.tol)
		}
	}
	return []*check{same, timed}, found, nil
}

// classAreas reads the rows (class, area, count) of a statement.
func classAreas(ctx context.Context, conn *pgx.Conn, sql string, arg any) (map[string]float64, error) {
	rows, err := conn.Query(ctx, sql, arg)
	if err != nil {
		return nil, err
	}
	found := map[string]float64{}
	var class string
	var area float64
	var count int64
	_, err = pgx.ForEachRow(rows, []any{&class, &area, &count}, func() error {
		found[class] += area
		return nil
	})
	return found, err
}

// checkPairs compares the areas of all pairs of some polygons and the features
// of all layers, with edges that mean the same.
func (r *run) checkPairs(ctx context.Context, set *polygons) (*check, error) {
	out := r.newCheck("overlap: every pair of a "+set.kind+" and a feature, all layers", ruleSame)
	statements := make([]string, len(r.data.reference))
	for i, l := range r.data.reference {
		statements[i] = method{straight: true}.byFeature(l, set.table)
	}
	c := newClient(r.reply.Address)
	path := "/overlap?layers=" + names(r.data.reference)
	patches := set.first(r.cfg.most(mostPairs))
	for i, p := range patches {
		r.progress.Say(out.what+": compare", int64(i), int64(len(patches)))
		if err := c.do(ctx, path, p.json); err != nil {
			return nil, err
		}
		results, err := overlap.ParseResults(c.resp.Body())
		if err != nil || len(results) != 1 || len(results[0].Layers) != len(statements) {
			return nil, fmt.Errorf("%s: %d results, %w", p.id, len(results), err)
		}
		for k, sql := range statements {
			ours := map[string]float64{}
			for _, f := range results[0].Layers[k].Features {
				ours[string(f.ID)] = f.AreaM2
			}
			theirs, err := pairAreas(ctx, r.db.conn, sql, p.id)
			if err != nil {
				return nil, fmt.Errorf("%s, layer %s: %w", p.id, r.data.reference[k], err)
			}
			out.areas(fmt.Sprintf("%s, layer %s", p.id, r.data.reference[k]), ours, theirs, sameMeaning)
		}
	}
	return out, nil
}

// pairAreas reads the rows (feature, area) of a statement.
func pairAreas(ctx context.Context, conn *pgx.Conn, sql string, patch string) (map[string]float64, error) {
	rows, err := conn.Query(ctx, sql, patch)
	if err != nil {
		return nil, err
	}
	found := map[string]float64{}
	var id string
	var area float64
	_, err = pgx.ForEachRow(rows, []any{&id, &area}, func() error {
		found[id] = area
		return nil
	})
	return found, err
}

// newCheck adds a comparison to the report.
func (r *run) newCheck(what, rule string) *check {
	c := &check{what: what, rule: rule}
	r.checks = append(r.checks, c)
	return c
}

func names(layers []feature.LayerID) string {
	list := make([]string, len(layers))
	for i, l := range layers {
		list[i] = string(l)
	}
	return strings.Join(list, ",")
}
