package load

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tuban/bench"
	"tuban/internal/demo"
)

// look prints a report and wants rows of answers without errors.
func look(t *testing.T, report *bench.Report, err error, wants ...string) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := report.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	if err := report.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "Errors:") {
		t.Errorf("there were errors:\n%s", b.String())
	}
	for _, w := range wants {
		if !strings.Contains(b.String(), w) {
			t.Errorf("the report lacks %q:\n%s", w, b.String())
		}
	}
	if len(report.Tables) == 0 || len(report.Tables[0].Rows) == 0 {
		t.Fatalf("the report has no rows:\n%s", b.String())
	}
	return b.String()
}

func TestOverlap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		edit  func(*OverlapConfig)
		wants []string
	}{
		{"patches", func(*OverlapConfig) {}, []string{"60 patches", "checked 4 answers", "Open load", "open, 400/s even"}},
		{"by class", func(c *OverlapConfig) { c.Detail = "classes"; c.Poisson = true }, []string{"detail classes", "Poisson"}},
		{"steps, closed", func(c *OverlapConfig) { c.Queries, c.Max, c.Rate = Steps, true, 0 }, []string{"100 steps", "Closed load", "closed, 4 connections"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := OverlapConfig{Config: quick(theTown(t)), Number: 100, Detail: "features"}
			c.edit(&cfg)
			report, err := Overlap(t.Context(), cfg, nil)
			look(t, report, err, c.wants...)
			if n := report.Tables[0].Rows[0][1].(int64); n == 0 || !cfg.Max && !cfg.Poisson && n != 60 { // 400/s for 150 ms
				t.Errorf("%d answers", n)
			}
		})
	}
}

func TestLocate(t *testing.T) {
	t.Parallel()
	report, err := Locate(t.Context(), LocateConfig{Config: quick(theTown(t)), Number: 200}, nil)
	look(t, report, err, "200, half of them within 2 km", "memory before")
}

func TestBatch(t *testing.T) {
	t.Parallel()
	cfg := BatchConfig{Config: quick(theTown(t)), Number: 45, Size: 20, Detail: "classes"}
	cfg.Rate = 20
	report, err := Batch(t.Context(), cfg, nil)
	look(t, report, err, "20 patches", "polygons a second", "20 in a body")
}

func TestTiles(t *testing.T) {
	few := quick(theTown(t))
	few.Layers = []string{"yjjbnt", "tuban"}
	t.Run("walk", func(t *testing.T) {
		report, err := Tiles(t.Context(), TilesConfig{Config: few, Mix: WalkMix, Number: 500}, nil)
		look(t, report, err, "as it comes", "| all ", "tile cache:")
	})
	t.Run("zooms", func(t *testing.T) {
		report, err := Tiles(t.Context(), TilesConfig{Config: quick(theTown(t)), Mix: ZoomMix, Zooms: []int{6, 14}, Number: 20}, nil)
		look(t, report, err, "| z6 ", "| z14 ", "CPU per answer")
	})
	t.Run("hot", func(t *testing.T) {
		report, err := Tiles(t.Context(), TilesConfig{Config: few, Mix: WalkMix, Number: 100, Cache: Hot}, nil)
		look(t, report, err, "cache hot", " 0 made")
	})
	t.Run("cold without a cache", func(t *testing.T) {
		report, err := Tiles(t.Context(), TilesConfig{Config: quick(newTown(t, 0)), Mix: ZoomMix, Zooms: []int{12, 13}, Number: 20, Cache: Cold}, nil)
		look(t, report, err, "cache cold", "keeps no tiles", "warm-up 0s")
	})
}

// TestColdIsCold has the cache hold some of the tiles before: the run must not
// be called cold. With a cache too small to be hot it must not be called hot.
func TestColdIsCold(t *testing.T) {
	t.Parallel()
	town := newTown(t, 256<<20)
	cfg := TilesConfig{Config: quick(town), Mix: WalkMix, Number: 60, Cache: Cold}
	cfg.Layers = []string{"yjjbnt"}
	report, err := Tiles(t.Context(), cfg, nil)
	look(t, report, err, "cache cold", "0 there")
	report, err = Tiles(t.Context(), cfg, nil)
	if !errors.Is(err, errCache) || report != nil {
		t.Errorf("the second run is called cold, too: %v", err)
	}
	cfg.Cache = Hot
	cfg.Target = newTown(t, 16<<10)
	report, err = Tiles(t.Context(), cfg, nil)
	if !errors.Is(err, errCache) || report != nil {
		t.Errorf("a run is called hot with a cache of 16 kB: %v", err)
	}
}

// TestEdit wants edits shown, and everything as it was afterwards.
func TestEdit(t *testing.T) {
	t.Parallel()
	town := newTown(t, 256<<20)
	before := allPatches(t, town)
	cfg := EditConfig{Config: quick(town), Features: 10, Probe: 3, ReadRate: 100, Readers: 2, Write: true}
	cfg.Rate, cfg.Duration = 100, 400*time.Millisecond
	report, err := Edit(t.Context(), cfg, nil)
	text := look(t, report, err, "PATCH → its tile shows it", "overlap queries elsewhere", "first time, alone", "beside edits", "field BZ")
	if strings.Contains(text, "no row of first reads") {
		t.Error("the first reads were not cold")
	}
	for i := range rowPutShown + 1 {
		if n := report.Tables[0].Rows[i][1].(int64); n < 5 {
			t.Errorf("%v: %d answers", report.Tables[0].Rows[i][0], n)
		}
	}
	if after := allPatches(t, town); after != before {
		t.Error("the features are not as they were")
	}
}

// TestEditInterrupted ends a run in the midst of its edits.
func TestEditInterrupted(t *testing.T) {
	t.Parallel()
	town := newTown(t, 256<<20)
	before := allPatches(t, town)
	cfg := EditConfig{Config: quick(town), Features: 10, Probe: 3, ReadRate: 50, Readers: 2, Write: true}
	cfg.Rate, cfg.Duration, cfg.Warm = 100, 300*time.Millisecond, 0
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changed := false
	report, err := Edit(ctx, cfg, func(stage string, done, _ int64) {
		if stage == "readers alone" { // every feature has been edited once by then
			changed = allPatches(t, town) != before
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || report != nil || !changed {
		t.Errorf("%v, %v, features were changed: %v", report, err, changed)
	}
	if after := allPatches(t, town); after != before {
		t.Error("the features are not as they were")
	}
}

func allPatches(t *testing.T, town string) string {
	t.Helper()
	c, err := NewClient(town, 1, time.Minute, "")
	if err != nil {
		t.Fatal(err)
	}
	ans, err := c.Fetch(t.Context(), c.Get("/collections/tuban/items?limit=1000"))
	if err != nil {
		t.Fatal(err)
	}
	text, _, _ := strings.Cut(string(ans.Body), `"timeStamp"`)
	return text
}

// TestForeign measures the town as if it were another server, by templates, and
// checks its answers against the city in memory.
func TestForeign(t *testing.T) {
	t.Parallel()
	city, err := NewCity(t.Context(), hamletSeed, hamlet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	overlap := func(answer string) OverlapConfig {
		cfg := OverlapConfig{Config: quick(theTown(t) + "/overlap?layers={layers}"), Number: 50}
		cfg.Foreign = Foreign{City: city, Body: `{"type":"Feature","id":"{id}","properties":{},"geometry":{geometry}}`, Answer: answer, Tolerance: 1e-6}
		cfg.Layers = []string{"dltb", "yjjbnt"}
		return cfg
	}
	report, err := Overlap(t.Context(), overlap("results.*.layers.*.features.*.area_m2"), nil)
	look(t, report, err, "checked 4 answers")
	report, err = Overlap(t.Context(), overlap("results.*.layers.*.covered_m2"), nil)
	look(t, report, err) // nothing covers twice here
	report, err = Overlap(t.Context(), overlap("results.*.area_m2"), nil)
	wantWrong(t, report, err, "demo city's features come to")
	report, err = Overlap(t.Context(), overlap(""), nil)
	look(t, report, err, "NOT checked")

	locate := LocateConfig{Config: quick(theTown(t) + "/locate?lon={lon}&lat={lat}&layers={layers}"), Number: 50}
	locate.Foreign = Foreign{City: city, Answer: "layers.*.features.*.id"}
	report, err = Locate(t.Context(), locate, nil)
	look(t, report, err, "checked 4 answers")
	locate.Foreign.Answer = "layers.*.layer"
	report, err = Locate(t.Context(), locate, nil)
	wantWrong(t, report, err, "hold the point")

	tile := TilesConfig{Config: quick(theTown(t) + "/mvt/dltb/{z}/{x}/{y}"), Mix: ZoomMix, Zooms: []int{14}, Number: 50, Once: true}
	tile.Foreign = Foreign{City: city}
	report, err = Tiles(t.Context(), tile, nil)
	look(t, report, err, "unknown, each address once", "could be decoded")
	tile.Cache = Cold
	if _, err := Tiles(t.Context(), tile, nil); !errors.Is(err, ErrConfig) {
		t.Errorf("another server's tiles are called cold: %v", err)
	}
	tile.Cache, tile.Target = "", theTown(t)+"/{z}/{x}/{y}/collections"
	if _, err := Tiles(t.Context(), tile, nil); err == nil {
		t.Error("a server without tiles is measured")
	}
	tile.Target = theTown(t) + "/collections?f={z}{x}{y}"
	if _, err := Tiles(t.Context(), tile, nil); err == nil {
		t.Error("a server that refuses everything is measured")
	}
}

func TestBadConfig(t *testing.T) {
	ctx := t.Context()
	for name, run := range map[string]func(c Config) error{
		"rate and max": func(c Config) error { c.Max = true; return second(Locate(ctx, LocateConfig{Config: c}, nil)) },
		"no target":    func(c Config) error { c.Target = ""; return second(Locate(ctx, LocateConfig{Config: c}, nil)) },
		"no address":   func(c Config) error { c.Target = "8080"; return second(Locate(ctx, LocateConfig{Config: c}, nil)) },
		"no such layer": func(c Config) error {
			c.Layers = []string{"x"}
			return second(Locate(ctx, LocateConfig{Config: c}, nil))
		},
		"encoding":  func(c Config) error { c.Coding = "lz4"; return second(Locate(ctx, LocateConfig{Config: c}, nil)) },
		"no bounds": func(c Config) error { c.Target += "/{lon}"; return second(Locate(ctx, LocateConfig{Config: c}, nil)) },
		"zoom": func(c Config) error {
			return second(Tiles(ctx, TilesConfig{Config: c, Mix: ZoomMix, Zooms: []int{19}}, nil))
		},
		"mix":     func(c Config) error { return second(Tiles(ctx, TilesConfig{Config: c, Mix: "x"}, nil)) },
		"queries": func(c Config) error { return second(Overlap(ctx, OverlapConfig{Config: c, Queries: "x"}, nil)) },
		"edits not allowed": func(c Config) error {
			return second(Edit(ctx, EditConfig{Config: c, Features: 9, Probe: 1, ReadRate: 1, Readers: 1}, nil))
		},
		"too few features": func(c Config) error {
			return second(Edit(ctx, EditConfig{Config: c, Features: 2, Probe: 1, ReadRate: 1, Readers: 1, Write: true}, nil))
		},
		"batch of none": func(c Config) error { return second(Batch(ctx, BatchConfig{Config: c}, nil)) },
		"no rounds":     func(Config) error { return second(Open(ctx, OpenConfig{Program: "x", Data: "x"}, nil)) },
		"no program":    func(Config) error { return second(Import(ctx, ImportConfig{Rounds: 1}, nil)) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := run(quick(theTown(t))); !errors.Is(err, ErrConfig) {
				t.Errorf("%v", err)
			}
		})
	}
}

func second(_ *bench.Report, err error) error { return err }

// TestCityIsTheTown compares the city in memory with the server's features.
func TestCityIsTheTown(t *testing.T) {
	size := hamlet()
	city, err := NewCity(t.Context(), hamletSeed, size, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewClient(theTown(t), 1, time.Minute, "gzip")
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range city.Layers() {
		box := plain().Bounds
		a, err := city.Items(t.Context(), layer, &box, 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		b, err := (&API{c}).Items(t.Context(), layer, &box, 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for _, f := range a {
			ids[string(f.ID)] = true
		}
		for _, f := range b {
			if !ids[string(f.ID)] {
				t.Errorf("layer %s: the city lacks %s", layer, f.ID)
			}
		}
	}
	hash, err := (&Own{Size: size, Seed: hamletSeed}).hash(t.Context())
	if err != nil || len(hash) != 64 {
		t.Errorf("hash %q, %v", hash, err)
	}
	if again, err := (&Own{Size: size, Seed: hamletSeed + 1}).hash(t.Context()); err != nil || again == hash {
		t.Errorf("another seed: hash %q, %v", again, err)
	}
	if none, err := (&Own{Size: demo.Size{}}).hash(t.Context()); err != nil || none != "" {
		t.Errorf("no size: hash %q, %v", none, err)
	}
}
