package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/paulmach/orb"

	"tuban/tiles"
)

// seedCmd asks a server for a range of tiles, so that its cache has them.
type seedCmd struct {
	Server   string `help:"The running server." env:"TUBAN_SERVER" default:"http://127.0.0.1:8080" placeholder:"URL"`
	Token    string `help:"Token for --server." env:"TUBAN_TOKEN" placeholder:"T"`
	Layers   string `arg:"" help:"Layers of the tiles, in the order in which maps ask for them: dltb,tuban is another tile than tuban,dltb." placeholder:"LAYERS"`
	MinZoom  uint8  `help:"First zoom." default:"0"`
	MaxZoom  uint8  `help:"Last zoom." default:"12"`
	BBox     string `name:"bbox" help:"Only tiles that meet a box; default: all of the layers." placeholder:"W,S,E,N"`
	Encoding string `help:"Which finished bytes to warm: browsers ask for zstd or gzip." enum:"gzip,zstd,identity" default:"gzip"`
	Parallel int    `help:"Requests at a time." default:"4"`
}

// Help is shown by seed --help.
func (c *seedCmd) Help() string {
	return `Fetches every tile of a range once, low zooms first, so that the first visitor finds them ready.
Edits make single tiles stale, as always; the rest stays warm. How much the cache holds is a limit
of the server (see /metrics); low zooms are kept longest.

  tuban seed dltb
  tuban seed dltb,tuban --max-zoom 14 --bbox 94.7,36.2,95.1,36.6`
}

// seeded counts what a run has fetched.
type seeded struct {
	Tiles   int     `json:"tiles"` // with something in them
	Empty   int     `json:"empty"`
	Bytes   int64   `json:"bytes"` // as sent
	Slowest string  `json:"slowest,omitempty"`
	Longest float64 `json:"longest_s"`
}

// Run fetches the tiles.
func (c *seedCmd) Run(a *app) error {
	if c.MinZoom > c.MaxZoom || c.MaxZoom > tiles.MaxZoom {
		return usagef("--min-zoom %d and --max-zoom %d are not in order within 0 to %d", c.MinZoom, c.MaxZoom, tiles.MaxZoom)
	}
	if c.Parallel < 1 || c.Parallel > 256 {
		return usagef("--parallel %d is not within 1 to 256", c.Parallel)
	}
	r, err := newRemote(c.Server, c.Token)
	if err != nil {
		return err
	}
	box, err := c.box(a.ctx, r)
	if err != nil {
		return err
	}
	total := 0
	for z := c.MinZoom; z <= c.MaxZoom; z++ {
		total += tiles.WebMercatorQuad.Cover(box, z).Len()
	}
	p := a.newProgress("seed " + c.Layers)
	defer p.end()
	sum, err := c.fetchAll(a.ctx, r, box, func(done int) { p.update("tiles", int64(done), int64(total)) })
	if err != nil {
		return err
	}
	if a.json {
		return json.NewEncoder(a.stdout).Encode(sum)
	}
	_, err = fmt.Fprintf(a.stdout, "%d tiles and %d empty ones, %.1f MB as %s; the slowest, %s, took %.2f s\n",
		sum.Tiles, sum.Empty, float64(sum.Bytes)/1e6, c.Encoding, sum.Slowest, sum.Longest)
	return err
}

// box returns --bbox, else the bounds that the server tells of the layers.
func (c *seedCmd) box(ctx context.Context, r *remote) (b orb.Bound, err error) {
	res, err := r.do(ctx, http.MethodGet, "/mvt/"+url.PathEscape(c.Layers)+".json", "", nil)
	if err != nil {
		return b, err
	}
	defer res.Body.Close()
	var t struct{ Bounds []float64 }
	if err := json.NewDecoder(io.LimitReader(res.Body, maxAnswer)).Decode(&t); err != nil {
		return b, fmt.Errorf("%s: TileJSON: %w", r.base, err)
	}
	v := t.Bounds
	if c.BBox != "" {
		v = v[:0]
		for part := range strings.SplitSeq(c.BBox, ",") {
			n, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
			if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
				return b, usagef("--bbox %q: %q is not a number; give west,south,east,north in degrees", c.BBox, part)
			}
			v = append(v, n)
		}
		if len(v) != 4 || v[0] > v[2] || v[1] > v[3] {
			return b, usagef("--bbox %q: give west,south,east,north in degrees", c.BBox)
		}
	}
	if len(v) != 4 {
		return b, fmt.Errorf("the layers %s are empty: there is nothing to seed", c.Layers)
	}
	return orb.Bound{Min: orb.Point{v[0], v[1]}, Max: orb.Point{v[2], v[3]}}, nil
}

// fetchAll fetches the tiles zoom by zoom. The first error ends it.
func (c *seedCmd) fetchAll(ctx context.Context, r *remote, box orb.Bound, progress func(done int)) (sum seeded, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan tiles.Address)
	var mu sync.Mutex // guards sum
	var workers sync.WaitGroup
	for range c.Parallel {
		workers.Go(func() {
			for at := range todo {
				began := time.Now()
				n, err := c.fetch(ctx, r, at)
				if err != nil {
					cancel(fmt.Errorf("tile %s: %w", at, err))
					return
				}
				mu.Lock()
				sum.count(at, n, time.Since(began))
				progress(sum.Tiles + sum.Empty)
				mu.Unlock()
			}
		})
	}
	for z := c.MinZoom; z <= c.MaxZoom; z++ {
		tiles.WebMercatorQuad.Cover(box, z).Each(func(at tiles.Address) bool {
			select {
			case todo <- at:
				return true
			case <-ctx.Done():
				return false
			}
		})
	}
	close(todo)
	workers.Wait()
	return sum, context.Cause(ctx)
}

func (s *seeded) count(at tiles.Address, bytes int64, took time.Duration) {
	if s.Bytes += bytes; bytes > 0 {
		s.Tiles++
	} else {
		s.Empty++
	}
	if t := took.Seconds(); t > s.Longest {
		s.Longest, s.Slowest = t, at.String()
	}
}

// fetch gets one tile and returns the bytes that were sent.
func (c *seedCmd) fetch(ctx context.Context, r *remote, at tiles.Address) (int64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+"/mvt/"+url.PathEscape(c.Layers)+"/"+at.String(), nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", c.Encoding)
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	res, err := r.http.Do(req)
	if err != nil {
		return 0, fmt.Errorf("%s does not answer: %w", r.base, err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		return 0, problemOf(res)
	}
	return io.Copy(io.Discard, res.Body)
}
