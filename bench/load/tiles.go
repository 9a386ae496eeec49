package load

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"tuban/bench"
	"tuban/tiles"
)

// What tiles are asked for.
const (
	WalkMix = "walk"  // as users move through a map (Ground.Walk), all zooms at once
	ZoomMix = "zooms" // random tiles near the places, one zoom after another (Ground.Zoom)
)

// What the server's cache holds.
const (
	Cold = "cold" // nothing: each address is asked once, and a hit is an error
	Hot  = "hot"  // everything: each address was asked before, and a miss is an error
)

// TilesConfig is a load of tiles.
type TilesConfig struct {
	Config
	Mix    string // WalkMix or ZoomMix
	Zooms  []int  // of ZoomMix; none is all from MinZoom to MaxZoom
	Number int    // most different tiles: of a walk, or of each zoom
	Cache  string // Cold, Hot, or "" for as it comes
	// Once asks for each address once at most, without saying anything of caches.
	Once bool
}

// tilesRate is the rate where none is given, a second.
const tilesRate = 100

// Tiles measures tiles.
func Tiles(ctx context.Context, cfg TilesConfig, progress bench.Progress) (_ *bench.Report, err error) {
	if cfg.Cache == Cold && cfg.foreign() {
		return nil, fmt.Errorf("%w: nothing shows from outside that another server's cache is cold; ask for each address once instead, which the report then says", ErrConfig)
	}
	t := &tileRun{cfg: &cfg, load: cfg.load(tilesRate), once: cfg.Once || cfg.Cache == Cold}
	if t.once {
		cfg.Warm = 0
	}
	t.session, err = newSession(ctx, &cfg.Config, needs{title: "Tiles over HTTP", load: t.load, unnamed: true, noCache: cfg.Cache == Cold}, progress)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	if err := t.prepare(); err != nil {
		return nil, err
	}
	if err := t.check(ctx); err != nil {
		return nil, err
	}
	if err := t.ready(ctx); err != nil {
		return nil, err
	}
	measure := t.walk
	if cfg.Mix == ZoomMix {
		measure = t.zooms
	}
	if err := measure(ctx); err != nil {
		return nil, err
	}
	if err := t.judgeCache(); err != nil {
		return nil, err
	}
	return t.report, nil
}

// tileRun is one measurement of tiles.
type tileRun struct {
	*session
	cfg     *TilesConfig
	load    Load
	once    bool
	adapter *adapter // of a foreign server
	mixes   []tileMix
	checker *tileChecker // of a tuban server
	counted fetches      // of the cache, while something was timed
}

// tileMix is a list of tiles that is measured in one go.
type tileMix struct {
	name  string
	tiles []tiles.Address
	warm  []tiles.Address // others of the kind, for the warm-up
}

// prepare makes the lists of tiles.
func (t *tileRun) prepare() error {
	if t.api == nil {
		var err error
		if t.adapter, err = newAdapter(&t.cfg.Config, "z", "x", "y", "-y"); err != nil {
			return err
		}
	}
	take := First
	if t.once {
		take = Distinct
	}
	seed, number := t.cfg.Seed, t.cfg.Number
	switch t.cfg.Mix {
	case WalkMix, "":
		t.mixes = []tileMix{{WalkMix, take(t.ground.Walk(seed), number), First(t.ground.Walk(seed+1), number)}}
		t.set("mix", fmt.Sprintf("%d tiles of users' walks through z%d–z%d", len(t.mixes[0].tiles), MinZoom, MaxZoom))
	case ZoomMix:
		zooms := t.cfg.Zooms
		if len(zooms) == 0 {
			for z := MinZoom; z <= MaxZoom; z++ {
				zooms = append(zooms, z)
			}
		}
		for _, z := range zooms {
			if z < 0 || z > tiles.MaxZoom {
				return fmt.Errorf("%w: zoom %d", ErrConfig, z)
			}
			zoom := uint8(z)
			t.mixes = append(t.mixes, tileMix{"z" + strconv.Itoa(z), take(t.ground.Zoom(seed, zoom), number), First(t.ground.Zoom(seed+1, zoom), number)})
		}
		t.set("mix", fmt.Sprintf("up to %d tiles of each zoom, near data; duration and warm-up are of each zoom", number))
	default:
		return fmt.Errorf("%w: mix %q: give %s or %s", ErrConfig, t.cfg.Mix, WalkMix, ZoomMix)
	}
	return nil
}

// request returns the request for a tile, in the row of its zoom.
func (t *tileRun) request(a tiles.Address) Request {
	var r Request
	if t.api != nil {
		r = *t.api.Get("/mvt/" + joined(t.layers) + "/" + a.String())
	} else {
		r = t.adapter.request(func(name string) string {
			switch name {
			case "z":
				return strconv.Itoa(int(a.Z))
			case "x":
				return strconv.FormatUint(uint64(a.X), 10)
			case "y":
				return strconv.FormatUint(uint64(a.Y), 10)
			}
			return strconv.FormatUint(1<<a.Z-1-uint64(a.Y), 10)
		})
	}
	r.Group = int(a.Z)
	return r
}

// reading returns what is driven for a list of tiles: a row for each zoom.
func (t *tileRun) reading(list []tiles.Address) *reading {
	r := &reading{load: t.load, once: t.once, groups: make([]string, tiles.MaxZoom+1), requests: make([]Request, len(list))}
	for z := range r.groups {
		r.groups[z] = "z" + strconv.Itoa(z)
	}
	for i, a := range list {
		r.requests[i] = t.request(a)
	}
	return r
}

// check checks a sample of tiles of all mixes. Where the server's cache must
// stay cold and is not ours to leave out, it takes others than those measured.
func (t *tileRun) check(ctx context.Context) error {
	var from []tiles.Address
	for i := range t.mixes {
		from = append(from, t.mixes[i].tiles...)
	}
	if t.cfg.Cache == Cold && t.cfg.Target != "" {
		measured := map[tiles.Address]bool{}
		for _, a := range from {
			measured[a] = true
		}
		others := filter(t.ground.Walk(t.cfg.Seed+2), func(a tiles.Address) bool { return !measured[a] })
		from = First(others, t.cfg.Sample)
	}
	if t.api != nil {
		return t.checkOwn(ctx, from)
	}
	return t.checkForeign(ctx, from)
}

// filter leaves out what keep does not want, and ends when it has wanted nothing
// for long.
func filter(seq iter.Seq[tiles.Address], keep func(tiles.Address) bool) iter.Seq[tiles.Address] {
	const patience = 1_000_000
	return func(yield func(tiles.Address) bool) {
		refused := 0
		for a := range seq {
			if refused++; refused > patience {
				return
			}
			if keep(a) {
				if refused = 0; !yield(a) {
					return
				}
			}
		}
	}
}

func (t *tileRun) checkOwn(ctx context.Context, from []tiles.Address) (err error) {
	if t.checker, err = newTileChecker(ctx, t.api, t.collections()); err != nil {
		return err
	}
	full := 0
	one := func(i int) error {
		r := t.request(from[i])
		ans, err := t.api.Fetch(ctx, &r)
		if err != nil {
			return err
		}
		full += min(1, len(ans.Body))
		return wrong(&r, nil, t.checker.check(ctx, from[i], ans.Body))
	}
	if err := t.sample(ctx, "tiles", len(from), one); err != nil {
		return err
	}
	return notAllEmpty(len(from), &full, one)
}

// notAllEmpty wants a tile with something in it: where none was in the sample it
// goes on.
func notAllEmpty(n int, full *int, check func(i int) error) error {
	const most = 500
	for i := 0; *full == 0; i++ {
		if i == min(n, most) {
			return &WrongError{"tiles", "all that were checked are empty"}
		}
		if err := check(i); err != nil {
			return err
		}
	}
	return nil
}

// checkForeign decodes a sample of tiles. What they break of the rules is told,
// not refused: they are what that server gives.
func (t *tileRun) checkForeign(ctx context.Context, from []tiles.Address) error {
	full, broken, first := 0, 0, error(nil)
	one := func(i int) error {
		r := t.request(from[i])
		ans, err := t.client.Fetch(ctx, &r)
		if err != nil {
			return err
		}
		if _, _, err := readTile(ans.Body); err != nil {
			return wrong(&r, nil, err)
		}
		full += min(1, len(ans.Body))
		if err := firstViolation(ans.Body); err != nil {
			if broken++; first == nil {
				first = fmt.Errorf("%s: %w", &r, err)
			}
		}
		return nil
	}
	if err := t.sample(ctx, "tiles", len(from), one); err != nil {
		return err
	}
	if err := notAllEmpty(len(from), &full, one); err != nil {
		return err
	}
	if broken > 0 {
		t.report.Note("%d of the checked tiles break rules of MVT 2.1; the first: %v.", broken, first)
	}
	t.report.Note("Checked tiles could be decoded; whether all features are in them was not checked.")
	return nil
}

// addresses returns the different tiles of all mixes.
func (t *tileRun) addresses() []tiles.Address {
	var all []tiles.Address
	for i := range t.mixes {
		all = append(all, t.mixes[i].tiles...)
	}
	return Distinct(slices.Values(all), len(all))
}
