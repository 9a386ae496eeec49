package load

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// fetches are the counts of a tuban server's tile cache.
type fetches struct{ hits, made, joined float64 }

// errCache reports a run whose cache was not what the run is called.
var errCache = errors.New("the cache was not as asked for")

// cacheCounts reads the counts from /metrics. A server without a tile cache has
// none, which is as good as zero; one without tuban's metrics is an error. Of a
// foreign server nothing is known.
func (t *tileRun) cacheCounts(ctx context.Context) (fetches, error) {
	if t.api == nil {
		return fetches{}, nil
	}
	m, err := t.api.Counters(ctx)
	if err != nil {
		return fetches{}, err
	}
	if _, ok := m["tuban_seq"]; !ok {
		return fetches{}, fmt.Errorf("%w: /metrics does not tell", errCache)
	}
	count := func(result string) float64 { return m[`tuban_tile_cache_fetches_total{result="`+result+`"}`] }
	return fetches{count("hit"), count("miss"), count("joined")}, nil
}

// ready brings the cache into the state that the run asks for.
func (t *tileRun) ready(ctx context.Context) error {
	if t.cfg.Cache == Hot {
		if err := t.heat(ctx); err != nil {
			return err
		}
	}
	name := t.cfg.Cache
	switch {
	case name == "" && t.once:
		name = "unknown, each address once"
	case name == "":
		name = "as it comes"
	case name == Hot && t.api == nil:
		name = "each address was asked once before"
	}
	t.set("cache", name)
	return nil
}

// heat asks for every address once.
func (t *tileRun) heat(ctx context.Context) error {
	r := t.reading(t.addresses())
	r.once = true
	r.load = Load{Connections: t.cfg.Connections, Duration: time.Hour}
	_, _, _, err := t.run(ctx, r)
	return err
}

// judgeCache says what the cache did during the timing, and refuses a run that
// was not what it is called.
func (t *tileRun) judgeCache() error {
	c := t.counted
	switch {
	case t.api == nil:
	case t.cfg.Cache == Cold && c.hits+c.joined > 0:
		return fmt.Errorf("%w: %v of the answers came from the server's cache: not cold, so nothing is shown", errCache, c.hits+c.joined)
	case t.cfg.Cache == Hot && c.made+c.joined > 0:
		return fmt.Errorf("%w: %v of the tiles had to be made: not hot, so nothing is shown (is the cache too small?)", errCache, c.made+c.joined)
	case c == fetches{}:
		t.report.Note("The server keeps no tiles: every answer was made.")
	default:
		t.report.Note("The server's tile cache: %v there, %v made, %v waited for while another request made them.", c.hits, c.made, c.joined)
	}
	return nil
}
