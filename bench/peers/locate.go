package peers

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// locateGoal is DESIGN 9's, of throughput.
const locateGoal = 3

// lookups returns the points that are looked up: most near parcels, where the
// map is dense, the rest anywhere within the parcels' box.
func (d *data) lookups(seed uint64, n int) []orb.Point {
	r := rand.New(rand.NewPCG(seed, 2))
	list := make([]orb.Point, n)
	for i := range list {
		if r.Float64() < 0.7 {
			c := d.boxes[r.IntN(len(d.boxes))].Center()
			list[i] = orb.Point{c[0] + 0.002*(r.Float64()-0.5), c[1] + 0.002*(r.Float64()-0.5)}
			continue
		}
		list[i] = orb.Point{d.extent.Min[0] + r.Float64()*(d.extent.Max[0]-d.extent.Min[0]), d.extent.Min[1] + r.Float64()*(d.extent.Max[1]-d.extent.Min[1])}
	}
	return list
}

// locate compares and measures point look-ups.
func (r *run) locate(ctx context.Context) error {
	const work = "locate: which parcel holds a point"
	at := r.data.lookups(r.cfg.Seed, r.cfg.most(points))
	paths := make([]string, len(at))
	for i, p := range at {
		paths[i] = fmt.Sprintf("/locate?lon=%v&lat=%v&layers=%s", p[0], p[1], parcelLayer)
	}
	q := asked{cases: len(at), args: func(i int) []any { return []any{at[i][0], at[i][1]} }}
	best, err := r.bestWay(ctx, work, []way{
		{name: "the features", sql: locate(parcelLayer, false)},
		{name: "polygons cut by ST_Subdivide", sql: locate(parcelLayer, true)},
	}, q)
	if err != nil {
		return err
	}
	checked, err := r.checkLocate(ctx, work, best, at, paths)
	if err != nil {
		return err
	}
	for _, n := range []int{1, parallel} {
		other, done, err := r.postgis(ctx, best, n, q)
		if err != nil {
			return err
		}
		clients := newClients(r.reply.Address, n)
		tuban := &side{name: "tuban", workers: n, cases: len(at), cpu: r.tuban.cpu, ask: func(ctx context.Context, w, i int) (int64, error) {
			return clients[w].size(ctx, paths[i], nil)
		}}
		w := &row{work: work, against: "PostGIS", checks: []*check{checked}, tuban: tuban, other: other}
		if n > 1 {
			w.work, w.goal, w.wall = fmt.Sprintf("%s, %d connections", work, n), locateGoal, true
		}
		err = r.measure(ctx, w)
		done()
		if err != nil {
			return err
		}
	}
	if r.cfg.Tile38 == "" {
		return nil
	}
	return r.locateTile38(ctx, at, paths)
}

func (r *run) checkLocate(ctx context.Context, work string, best way, at []orb.Point, paths []string) (*check, error) {
	out := r.newCheck(work, "the same ids")
	conns, err := r.db.workers(ctx, 1, best)
	if err != nil {
		return nil, err
	}
	defer closeAll(conns)
	c := newClient(r.reply.Address)
	for i, p := range at {
		r.progress.Say(work+": compare", int64(i), int64(len(at)))
		if err := c.do(ctx, paths[i], nil); err != nil {
			return nil, err
		}
		ours, err := locatedIDs(c.resp.Body())
		if err != nil {
			return nil, err
		}
		rows, err := conns[0].Query(ctx, "q", p[0], p[1])
		if err != nil {
			return nil, err
		}
		var theirs []string
		var id, class string
		if _, err := pgx.ForEachRow(rows, []any{&id, &class}, func() error { theirs = append(theirs, id); return nil }); err != nil {
			return nil, err
		}
		out.sets(fmt.Sprint("point ", p), ours, theirs)
	}
	return out, nil
}

// locatedIDs reads the ids in an answer to /locate about one layer.
func locatedIDs(text []byte) ([]string, error) {
	var a struct {
		Layers []struct {
			Features []struct{ ID string }
		}
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, fmt.Errorf("answer of /locate: %w", err)
	}
	if len(a.Layers) != 1 {
		return nil, fmt.Errorf("answer of /locate: %d layers", len(a.Layers))
	}
	ids := make([]string, len(a.Layers[0].Features))
	for i, f := range a.Layers[0].Features {
		ids[i] = f.ID
	}
	return ids, nil
}
