package peers

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"tuban/tiles"
)

// zoom is one row of tiles: how many are asked for, and DESIGN 9's goal.
type zoom struct {
	z, most int
	goal    float64
}

func zooms() []zoom {
	return []zoom{{6, 4, 50}, {8, 16, 50}, {10, 80, 0}, {12, 150, 25}, {14, 200, 25}, {16, 200, 25}}
}

// addresses returns different tiles of a zoom, most of them where parcels are.
func (d *data) addresses(z, most int, seed uint64) []tiles.Address {
	r := rand.New(rand.NewPCG(seed, 100+uint64(z)))
	seen := map[tiles.Address]bool{}
	var list []tiles.Address
	for range 20 * most {
		p := orb.Point{d.extent.Min[0] + r.Float64()*(d.extent.Max[0]-d.extent.Min[0]), d.extent.Min[1] + r.Float64()*(d.extent.Max[1]-d.extent.Min[1])}
		if r.Float64() < 0.7 {
			p = d.boxes[r.IntN(len(d.boxes))].Center()
		}
		if a := addressOf(p, z); !seen[a] {
			seen[a] = true
			list = append(list, a)
		}
		if len(list) == most {
			break
		}
	}
	return list
}

// addressOf returns the tile of a zoom that a place lies in.
func addressOf(p orb.Point, z int) tiles.Address {
	n := math.Exp2(float64(z))
	lat := p[1] * math.Pi / 180
	x := n * (p[0] + 180) / 360
	y := n * (1 - math.Asinh(math.Tan(lat))/math.Pi) / 2
	last := n - 1
	return tiles.Address{Z: uint8(z), X: uint32(min(max(x, 0), last)), Y: uint32(min(max(y, 0), last))}
}

// tiles compares and measures tiles of the parcels with all properties: zoom by
// zoom, then as a user asks for them. tuban has no tile cache at this address, so
// that every tile is made anew.
func (r *run) tiles(ctx context.Context) error {
	var checks []*check
	lists := map[int][]tiles.Address{}
	for _, z := range zooms() {
		lists[z.z] = r.data.addresses(z.z, r.cfg.most(z.most), r.cfg.Seed)
		work := fmt.Sprintf("tile z%d, cold, all properties", z.z)
		list, paths := lists[z.z], tilePaths(lists[z.z])
		checked, generalised, err := r.checkTiles(ctx, work, list, paths)
		if err != nil {
			return err
		}
		w := &row{work: work, goal: z.goal}
		if generalised > 0 {
			w.note = fmt.Sprintf("tuban generalises %d of %d to keep 500 kB", generalised, len(list))
		}
		if generalised < len(list) {
			w.checks = []*check{checked}
			checks = append(checks, checked)
		}
		if err := r.tileRow(ctx, w, list, 1); err != nil {
			return err
		}
	}
	w := &row{work: fmt.Sprintf("a user's mix of tiles z6–z16, cold, %d connections", parallel), goal: mixGoal, wall: true, checks: checks,
		note: "the goal is against pg_tileserv, which asks PostgreSQL for the same and adds its own"}
	return r.tileRow(ctx, w, mixture(lists, r.cfg.Seed), parallel)
}

// mixGoal is DESIGN 9's for a user's mix, of throughput.
const mixGoal = 75

// mixture returns tiles as a user's map asks for them, as in the baseline: in
// random order, most of them of high zooms.
func mixture(lists map[int][]tiles.Address, seed uint64) []tiles.Address {
	const size = 400
	r := rand.New(rand.NewPCG(seed, 4))
	var mix []tiles.Address
	for _, z := range []struct {
		z     int
		share float64
	}{{6, 0.02}, {8, 0.08}, {10, 0.15}, {12, 0.25}, {14, 0.3}, {16, 0.2}} {
		for range int(z.share * size) {
			mix = append(mix, lists[z.z][r.IntN(len(lists[z.z]))])
		}
	}
	r.Shuffle(len(mix), func(i, j int) { mix[i], mix[j] = mix[j], mix[i] })
	return mix
}

func tilePaths(list []tiles.Address) []string {
	paths := make([]string, len(list))
	for i, a := range list {
		paths[i] = fmt.Sprintf("/mvt/%s/%s", parcelLayer, a)
	}
	return paths
}

// tileRow measures a list of tiles over so many connections.
func (r *run) tileRow(ctx context.Context, w *row, list []tiles.Address, workers int) error {
	q := asked{cases: len(list), args: func(i int) []any { return []any{int32(list[i].Z), int32(list[i].X), int32(list[i].Y)} }}
	other, done, err := r.postgis(ctx, way{sql: tile(&r.data.parcels.Layer)}, workers, q)
	if err != nil {
		return err
	}
	defer done()
	clients, paths := newClients(r.reply.Address, workers), tilePaths(list)
	w.against, w.other = "PostGIS", other
	w.tuban = &side{name: "tuban", workers: workers, cases: len(list), cpu: r.tuban.cpu, ask: func(ctx context.Context, k, i int) (int64, error) {
		return clients[k].size(ctx, paths[i], nil)
	}}
	return r.measure(ctx, w)
}

// checkTiles compares the tiles that tuban does not generalise, and returns how
// many it does.
func (r *run) checkTiles(ctx context.Context, work string, list []tiles.Address, paths []string) (out *check, generalised int, err error) {
	conns, err := r.db.workers(ctx, 1, way{sql: tile(&r.data.parcels.Layer)})
	if err != nil {
		return nil, 0, err
	}
	defer closeAll(conns)
	c := newClient(r.reply.Address)
	out = &check{what: work, rule: "the same ids and properties; area within √2 units of the border; what is thinner than a unit may be missing"}
	for i, a := range list {
		r.progress.Say(work+": compare", int64(i), int64(len(list)))
		if err := c.do(ctx, paths[i], nil); err != nil {
			return nil, 0, err
		}
		ours, err := readTile(c.resp.Body(), string(parcelLayer))
		if err != nil {
			return nil, 0, fmt.Errorf("tuban, tile %s: %w", a, err)
		}
		if ours.different {
			generalised++
			continue
		}
		var body []byte
		if err := conns[0].QueryRow(ctx, "q", int32(a.Z), int32(a.X), int32(a.Y)).Scan(&body); err != nil {
			return nil, 0, err
		}
		theirs, err := readTile(body, string(parcelLayer))
		if err != nil {
			return nil, 0, fmt.Errorf("PostGIS, tile %s: %w", a, err)
		}
		out.pictures("tile "+a.String(), ours, theirs)
	}
	if generalised < len(list) {
		r.checks = append(r.checks, out)
	}
	return out, generalised, nil
}
