package load

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"tuban/bench"
	"tuban/feature"
	"tuban/geom"
	"tuban/tiles"
)

// The rows of reads.
const (
	readOverlap = iota
	readOutside
	readInside
)

func readRows() []string {
	return []string{"overlap queries elsewhere", "tiles elsewhere", "tiles that edits touch"}
}

// The zooms of the tiles that are read beside edits.
const (
	readMinZoom = 14
	readMaxZoom = 16
)

// prepareReads makes the reads: overlap queries and tiles away from what is
// edited, and tiles that edits touch, in turn.
func (e *editRun) prepareReads(ctx context.Context) error {
	var err error
	if e.readers, err = NewClient(e.base, e.cfg.Readers, e.cfg.Timeout, e.cfg.Coding); err != nil {
		return err
	}
	stop := e.readers.Watch(ctx)
	e.closers = append(e.closers, func() error { stop(); e.readers.Close(); return nil })
	inside, touched := e.insideTiles()
	overlaps, polygons := e.overlapsOutside()
	rows := [][]Request{overlaps, e.tileRequests(e.outsideTiles(touched), readOutside), e.tileRequests(inside, readInside)}
	most := 0
	for _, r := range rows {
		most = max(most, len(r))
	}
	e.reads = &reading{groups: readRows(), load: Load{
		Arrivals: Arrivals{Rate: e.cfg.ReadRate, Poisson: e.cfg.Poisson, Seed: e.cfg.Seed}, Connections: e.cfg.Readers,
		Duration: e.cfg.Duration, Grace: e.load.Grace}}
	for i := range most {
		for _, r := range rows {
			if len(r) > 0 {
				e.reads.requests = append(e.reads.requests, r[i%len(r)])
			}
		}
	}
	e.set("reads", e.reads.load.kind())
	e.check = func() error {
		if err := e.checkTiles(ctx, inside); err != nil || len(overlaps) == 0 {
			return err
		}
		return e.sample(ctx, "overlap queries", len(overlaps), func(i int) error {
			ans, err := e.api.Fetch(ctx, &overlaps[i])
			if err != nil {
				return err
			}
			return wrong(&overlaps[i], &polygons[i], checkOverlap(ctx, e.source, &polygons[i], ans.Body))
		})
	}
	return nil
}

// checkTiles checks a sample of the tiles that are read.
func (e *editRun) checkTiles(ctx context.Context, list []tiles.Address) error {
	checker, err := newTileChecker(ctx, e.api, e.collections())
	if err != nil {
		return err
	}
	requests := e.tileRequests(list, readInside)
	return e.sample(ctx, "tiles", len(list), func(i int) error {
		ans, err := e.api.Fetch(ctx, &requests[i])
		if err != nil {
			return err
		}
		return wrong(&requests[i], nil, checker.check(ctx, list[i], ans.Body))
	})
}

// insideTiles returns the tiles that the edited features lie in, in no
// particular order of zooms, and all that a change of them may touch.
func (e *editRun) insideTiles() (list []tiles.Address, touched map[tiles.Address]bool) {
	touched = map[tiles.Address]bool{}
	for _, t := range e.targets {
		for z := readMinZoom; z <= readMaxZoom; z++ {
			tiles.WebMercatorQuad.Cover(geom.Bound(t.was.Geometry), uint8(z)).Each(func(a tiles.Address) bool {
				if !touched[a] {
					touched[a] = true
					list = append(list, a)
				}
				return true
			})
		}
	}
	stream(e.cfg.Seed, streamEdit).Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
	return list, touched
}

// outsideTiles returns tiles near the data that no edit touches.
func (e *editRun) outsideTiles(touched map[tiles.Address]bool) []tiles.Address {
	const each = 100
	var list []tiles.Address
	for z := readMinZoom; z <= readMaxZoom; z++ {
		list = append(list, Distinct(filter(e.ground.Zoom(e.cfg.Seed, uint8(z)), func(a tiles.Address) bool { return !touched[a] }), each)...)
	}
	return list
}

func (e *editRun) tileRequests(list []tiles.Address, row int) []Request {
	requests := make([]Request, len(list))
	for i, a := range list {
		requests[i] = *e.api.Get("/mvt/" + joined(e.layers) + "/" + a.String())
		requests[i].Group = row
	}
	return requests
}

// overlapsOutside returns queries of patches and of random outlines that do not
// meet the box of any edited feature, on the reference layers.
func (e *editRun) overlapsOutside() (list []Request, asked []feature.Feature) {
	const most = 500
	boxes := make([]orb.Bound, len(e.targets))
	for i, t := range e.targets {
		boxes[i] = geom.Bound(t.was.Geometry)
	}
	polygons := slices.Concat(e.ground.Patches, e.ground.Steps(e.cfg.Seed, most))
	var layers []string
	for _, c := range e.collections() {
		if c.Kind == feature.KindReference {
			layers = append(layers, c.ID)
		}
	}
	if len(layers) == 0 {
		return nil, nil
	}
	for i := range polygons {
		b := geom.Bound(polygons[i].Geometry)
		if slices.ContainsFunc(boxes, b.Intersects) || len(list) == most {
			continue
		}
		one := []feature.Feature{{ID: polygons[i].ID, Geometry: polygons[i].Geometry}}
		r := overlapRequest(e.api, layers, one, "features")
		r.Group = readOverlap
		list, asked = append(list, r), append(asked, one[0])
	}
	return list, asked
}

// read runs reads.
func (e *editRun) read(ctx context.Context, r *reading, progress bench.Progress) (*Outcome, usage, usage, error) {
	s := *e.session
	s.client, s.progress = e.readers, progress
	return s.run(ctx, r)
}

// coldReads asks for the touched tiles for the first time, one after another. It
// returns nil where the server's cache held some of them already.
func (e *editRun) coldReads(ctx context.Context) (*Outcome, error) {
	counter := &tileRun{session: e.session}
	before, err := counter.cacheCounts(ctx)
	if err != nil {
		return nil, err
	}
	first := &reading{groups: e.reads.groups, once: true, load: Load{Connections: 1, Duration: e.cfg.Duration}}
	seen := map[string]bool{}
	for _, r := range e.reads.requests {
		if r.Group == readInside && !seen[r.URL] {
			seen[r.URL] = true
			first.requests = append(first.requests, r)
		}
	}
	if len(first.requests) == 0 {
		return nil, fmt.Errorf("%w: no tile draws what is edited", ErrNoData)
	}
	out, _, _, err := e.read(ctx, first, e.progress)
	if err != nil {
		return nil, err
	}
	after, err := counter.cacheCounts(ctx)
	if err != nil {
		return nil, err
	}
	if after.hits > before.hits || after.joined > before.joined {
		e.report.Note("There is no row of first reads: the server's cache held some of the tiles already.")
		return nil, nil
	}
	return out, nil
}
