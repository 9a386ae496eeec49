package growth

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"tuban/bench"
	"tuban/feature"
	"tuban/geom/overlay"
	"tuban/overlap"
	"tuban/tiles"
	"tuban/tiles/mvt"
)

// overlapGoal is what ten times the polygons may cost an overlap query at most.
const overlapGoal = 1.3

// works makes the queries of every kind of work and checks their answers.
func (d *dataset) works(ctx context.Context, cfg Config, progress bench.Progress) ([]*work, error) {
	queries, err := d.queries(ctx, cfg.Queries, progress)
	if err != nil {
		return nil, err
	}
	progress.Say("find tiles", 0, -1)
	near, err := d.tiles(max(1, cfg.Queries/10))
	if err != nil {
		return nil, err
	}
	whole, err := d.wholeCity()
	if err != nil {
		return nil, err
	}
	locate, err := d.locate(cfg.Queries)
	if err != nil {
		return nil, err
	}
	measured, err := d.overlap(queries)
	if err != nil {
		return nil, err
	}
	return []*work{d.kernel(queries), measured, locate, near, whole}, nil
}

func (d *dataset) queries(ctx context.Context, n int, progress bench.Progress) ([]overlap.Query, error) {
	var made []overlap.Query
	for range 20 * n {
		if len(made) == n {
			break
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if q, ok := d.polygon(); ok {
			made = append(made, q)
			progress.Say("find queries", int64(len(made)), int64(n))
		}
	}
	return made, nil
}

// kernel is the areas alone of all parcels that may overlap each query: the
// layer's shape, or one prepared in scratch memory, as a query does it.
func (d *dataset) kernel(queries []overlap.Query) *work {
	w := &work{name: "kernel: a pair"}
	kept, _ := d.parcels.Derived(overlap.Shapes{}.Name()).(*overlap.Prepared)
	found := make([][]feature.Slot, len(queries))
	vertices := 0
	for i, q := range queries {
		found[i] = d.within(q.Shape.Bound())
		w.answers += len(found[i])
		vertices += d.vertices(found[i])
	}
	w.features, w.vertices = 1, float64(vertices)/float64(w.answers)
	var scratch overlay.Scratch
	w.pass = func() error {
		sum := 0.0
		for i, q := range queries {
			for _, s := range found[i] {
				shape := kept.Shape(s)
				if shape == nil {
					shape = scratch.Prepare(d.parcels.Geometry(s), d.parcels.NeedsRepair(s))
				}
				sum += overlay.Area(q.Shape, shape)
			}
		}
		if !(sum > 0) {
			return fmt.Errorf("the areas add up to %v", sum)
		}
		return nil
	}
	return w
}

// overlap is overlap.Measure with areas by class, the polygon ready. Checked: the
// parcels are a tessellation, so nothing counts twice, and what they do not cover
// lies outside.
func (d *dataset) overlap(queries []overlap.Query) (*work, error) {
	w := &work{name: "overlap: a polygon, areas by class", answers: len(queries), goal: overlapGoal}
	layers := []overlap.Layer{d.parcels}
	features, vertices := 0, 0
	for i, q := range queries {
		r, err := overlap.Measure(q, layers, overlap.Options{})
		if err != nil {
			return nil, err
		}
		l := r.Layers[0]
		allowed := 1e-9*r.AreaM2 + 1e-6
		if math.Abs(l.SummedM2-l.CoveredM2) > allowed || l.CoveredM2 > r.AreaM2+allowed {
			return nil, fmt.Errorf("query %d of %v m²: its parcels sum to %v m² and cover %v", i, r.AreaM2, l.SummedM2, l.CoveredM2)
		}
		features += len(l.Features)
		for _, f := range l.Features {
			if s, ok := d.parcels.Find(f.ID); ok {
				vertices += d.vertices([]feature.Slot{s})
			}
		}
	}
	w.features, w.vertices = float64(features)/float64(w.answers), float64(vertices)/float64(w.answers)
	w.pass = func() error {
		for _, q := range queries {
			if _, err := overlap.Measure(q, layers, overlap.Options{Detail: overlap.Classes}); err != nil {
				return err
			}
		}
		return nil
	}
	return w, nil
}

// locate is overlap.Locate of points. Checked against a ray cast of orb's.
func (d *dataset) locate(n int) (*work, error) {
	w := &work{name: "locate: a point", answers: n}
	points := make([]orb.Point, n)
	layers := []overlap.Layer{d.parcels}
	found := 0
	for i := range points {
		points[i] = d.place()
		got := overlap.Locate(layers, points[i][0], points[i][1]).Layers[0].Features
		want := 0
		for _, s := range d.within(orb.Bound{Min: points[i], Max: points[i]}) {
			g := d.parcels.Geometry(s)
			if p, ok := g.(orb.Polygon); ok && planar.PolygonContains(p, points[i]) || !ok && planar.MultiPolygonContains(g.(orb.MultiPolygon), points[i]) {
				want++
			}
		}
		if len(got) != want {
			return nil, fmt.Errorf("point %v lies in %d parcels, a ray cast says %d", points[i], len(got), want)
		}
		found += want
	}
	w.features = float64(found) / float64(n)
	w.pass = func() error {
		for _, p := range points {
			overlap.Locate(layers, p[0], p[1])
		}
		return nil
	}
	return w, nil
}

// tiles is the finished tiles at zooms where each has about as many parcels.
func (d *dataset) tiles(n int) (*work, error) {
	var list []tiles.Address
	for range 50 * n {
		if len(list) == n {
			break
		}
		if a, ok := d.tile(); ok {
			list = append(list, a)
		}
	}
	w, err := d.tileWork("tile, cold, gzip", list)
	if err != nil {
		return nil, err
	}
	w.perVertex = true // the deeper the zoom, the more of a parcel is drawn
	return w, nil
}

// wholeCity is the fullest tiles of zoom 8: the whole city in a few tiles, whose
// answers do not grow, while what lies under them does.
func (d *dataset) wholeCity() (*work, error) {
	const most = 3
	box, _ := d.parcels.Extent()
	var list []tiles.Address
	count := map[tiles.Address]int{}
	tiles.WebMercatorQuad.Cover(box, 8).Each(func(a tiles.Address) bool {
		count[a] = len(d.within(a.Bound()))
		list = append(list, a)
		return true
	})
	slices.SortStableFunc(list, func(a, b tiles.Address) int { return count[b] - count[a] })
	return d.tileWork("tile of zoom 8, cold, gzip", list[:min(most, len(list))])
}

// vertices returns how many are drawn in a tile.
func vertices(data []byte) (n int, err error) {
	t, err := mvt.Decode(data)
	if err != nil {
		return 0, err
	}
	for _, l := range t.Layers {
		for i := range l.Features {
			parts, err := l.Features[i].Parts()
			if err != nil {
				return 0, err
			}
			for _, p := range parts {
				n += len(p)
			}
		}
	}
	return n, nil
}

// tileWork is rendering and compressing tiles. Checked: they are valid and none is
// over the limit.
func (d *dataset) tileWork(name string, list []tiles.Address) (*work, error) {
	w := &work{name: name, answers: len(list)}
	layers := []tiles.Layer{d.parcels}
	render := func(a tiles.Address) (tiles.Tile, *tiles.Finished, error) {
		t, err := tiles.Render(layers, a, tiles.Options{})
		if err != nil {
			return t, nil, err
		}
		f, err := tiles.Finish(t, tiles.Gzip)
		return t, f, err
	}
	for _, a := range list {
		t, f, err := render(a)
		if err != nil {
			return nil, fmt.Errorf("tile %v: %w", a, err)
		}
		if bad := mvt.Validate(t.Data); len(bad) > 0 {
			return nil, fmt.Errorf("tile %v: %w", a, bad[0])
		}
		if len(t.Data) > tiles.MaxBytes || len(t.Data) == 0 {
			return nil, fmt.Errorf("tile %v has %d bytes", a, len(t.Data))
		}
		drawn, err := vertices(t.Data)
		if err != nil {
			return nil, fmt.Errorf("tile %v: %w", a, err)
		}
		w.features += float64(len(d.within(a.Bound()))) / float64(len(list))
		w.vertices += float64(drawn) / float64(len(list))
		w.bytes += float64(len(f.Body)) / float64(len(list))
		w.zoom += float64(a.Z) / float64(len(list))
	}
	w.pass = func() error {
		for _, a := range list {
			if _, _, err := render(a); err != nil {
				return err
			}
		}
		return nil
	}
	return w, nil
}
