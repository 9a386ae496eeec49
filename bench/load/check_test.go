package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"tuban/tiles/mvt"
)

// wantWrong wants a run to end with a wrong answer, and without a report.
func wantWrong(t *testing.T, report any, err error, reason string) {
	t.Helper()
	var wrong *WrongError
	if !errors.As(err, &wrong) || !strings.Contains(err.Error(), reason) {
		t.Errorf("the lie went through, or was taken for another (%q wanted): %v", reason, err)
	}
	if fmt.Sprint(report) != "<nil>" {
		t.Errorf("there is a report: %v", report)
	}
}

// change changes the first number behind a JSON key.
func change(body []byte, key string, by func(float64) float64) []byte {
	re := regexp.MustCompile(`"` + key + `":([0-9.e+-]+)`)
	at := re.FindSubmatchIndex(body)
	if at == nil {
		return nil
	}
	f, err := strconv.ParseFloat(string(body[at[2]:at[3]]), 64)
	if err != nil {
		return nil
	}
	return bytes.Join([][]byte{body[:at[2]], []byte(number(by(f))), body[at[3]:]}, nil)
}

// TestLiesAboutOverlaps has a server tell lies of every kind that a check names.
func TestLiesAboutOverlaps(t *testing.T) {
	t.Parallel()
	more := func(f float64) float64 { return f*1.000001 + 0.01 }
	for _, c := range []struct {
		name, reason string
		lie          func([]byte) []byte
	}{
		{"not JSON", "cannot be read", func([]byte) []byte { return []byte("{") }},
		{"no result", "results for one polygon", func([]byte) []byte { return []byte(`{"seq":1,"results":[]}`) }},
		{"another's result", "results for one polygon", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"results":[{"id":"`), []byte(`"results":[{"id":"x`), 1)
		}},
		{"covered", "is not the area", func(b []byte) []byte { return change(b, "covered_m2", more) }},
		{"summed", "summed is", func(b []byte) []byte { return change(b, "summed_m2", more) }},
		{"everything left out", "overlap the polygon", func(b []byte) []byte {
			area := regexp.MustCompile(`"area_m2":([0-9.]+)`).FindSubmatch(b)[1]
			b = regexp.MustCompile(`"covered_m2":[0-9.e-]+,"uncovered_m2":[0-9.e-]+,"summed_m2":[0-9.e-]+`).ReplaceAll(b, []byte(`"covered_m2":0,"uncovered_m2":`+string(area)+`,"summed_m2":0`))
			b = regexp.MustCompile(`"classes":\[[^\]]*\]`).ReplaceAll(b, []byte(`"classes":[]`))
			return regexp.MustCompile(`"features":\[[^\]]*\]`).ReplaceAll(b, []byte(`"features":[]`))
		}},
		{"a feature's name", "does not overlap", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"features":[{"id":"`), []byte(`"features":[{"id":"no`), 1)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := liar(t, theTown(t), func(path string, body []byte) []byte {
				if path != "/overlap" {
					return nil
				}
				return c.lie(body)
			})
			cfg := OverlapConfig{Config: quick(url), Number: 20, Detail: "features"}
			cfg.Layers = []string{"dltb"}
			report, err := Overlap(t.Context(), cfg, nil)
			wantWrong(t, report, err, c.reason)
		})
	}
}

// TestLiesAboutAnArea shifts an area from one feature to another, so that all
// sums come out: only the sweep finds it.
func TestLiesAboutAnArea(t *testing.T) {
	t.Parallel()
	re := regexp.MustCompile(`("class":"[^"]*","area_m2":)([0-9.e+-]+)(,"share_of_query")`)
	url := liar(t, theTown(t), func(path string, body []byte) []byte {
		if path != "/overlap" {
			return nil
		}
		n, places := 0, re.FindAllSubmatchIndex(body, -1)
		if len(places) < 2 {
			return nil
		}
		return re.ReplaceAllFunc(body, func(m []byte) []byte {
			part := re.FindSubmatch(m)
			f, _ := strconv.ParseFloat(string(part[2]), 64)
			switch n++; n {
			case 1:
				f += 0.5
			case len(places):
				f -= 0.5
			}
			return bytes.Join([][]byte{part[1], []byte(number(f)), part[3]}, nil)
		})
	})
	cfg := OverlapConfig{Config: quick(url), Number: 60, Detail: "features"}
	cfg.Layers, cfg.Sample = []string{"dltb"}, 60
	report, err := Overlap(t.Context(), cfg, nil)
	wantWrong(t, report, err, "where the sweep finds")
}

func TestLiesAboutPoints(t *testing.T) {
	t.Parallel()
	for name, lie := range map[string]func([]byte) []byte{
		"nothing found": func(b []byte) []byte {
			return regexp.MustCompile(`"features":\[[^\]]*\]`).ReplaceAll(b, []byte(`"features":[]`))
		},
		"another id": func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte(`"features":[{"id":"`), []byte(`"features":[{"id":"x`))
		},
		"one twice": func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte(`"features":[{`), []byte(`"features":[{"id":"x"},{`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := liar(t, theTown(t), func(path string, body []byte) []byte {
				if path != "/locate" {
					return nil
				}
				return lie(body)
			})
			report, err := Locate(t.Context(), LocateConfig{Config: quick(url), Number: 50}, nil)
			wantWrong(t, report, err, "hold the point")
		})
	}
}

// withoutFeature returns a tile of one layer without its last feature.
func withoutFeature(body []byte) []byte {
	tile, err := mvt.Decode(body)
	if err != nil || len(tile.Layers) == 0 {
		return nil
	}
	l := tile.Layers[0]
	b := mvt.NewLayerBuilder(l.Name)
	for i := range l.Features[:len(l.Features)-1] {
		var g mvt.Geometry
		parts, err := l.Features[i].Parts()
		if err != nil {
			return nil
		}
		for _, p := range parts {
			g.Ring(p)
		}
		b.Feature(l.Features[i].ID, mvt.Polygons, g.Bytes())
	}
	out := b.AppendTo(nil)
	if out == nil {
		out = []byte{}
	}
	return out
}

func TestLiesAboutTiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, reason string
		lie          func([]byte) []byte
	}{
		{"cut off", "breaks a rule", func(b []byte) []byte { return b[:len(b)-1] }},
		{"empty", "stands for 0 features", func([]byte) []byte { return []byte{} }},
		{"a feature left out", "stands for", withoutFeature},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := liar(t, theTown(t), func(path string, body []byte) []byte {
				if !strings.HasPrefix(path, "/mvt/") || len(body) == 0 {
					return nil
				}
				return c.lie(body)
			})
			cfg := TilesConfig{Config: quick(url), Mix: ZoomMix, Zooms: []int{13}, Number: 40}
			cfg.Layers, cfg.Sample = []string{"dltb"}, 40
			report, err := Tiles(t.Context(), cfg, nil)
			wantWrong(t, report, err, c.reason)
		})
	}
}

// TestLiesAboutEdits serves tiles from before the edit: at once, and only once
// the load has begun.
func TestLiesAboutEdits(t *testing.T) {
	t.Parallel()
	for _, from := range []int64{1, 30} {
		t.Run("from fetch "+strconv.FormatInt(from, 10), func(t *testing.T) {
			var fetches atomic.Int64
			var old atomic.Pointer[[]byte]
			url := liar(t, newTown(t, 1<<20), func(path string, body []byte) []byte {
				if !strings.HasPrefix(path, "/mvt/tuban/16/") || fetches.Add(1) < from {
					return nil
				}
				if was := old.Load(); was != nil {
					return *was
				}
				body = bytes.Clone(body)
				old.Store(&body)
				return nil
			})
			cfg := EditConfig{Config: quick(url), Features: 8, Probe: 1, ReadRate: 50, Readers: 2, Write: true}
			report, err := Edit(t.Context(), cfg, nil)
			wantWrong(t, report, err, "not in the tile")
		})
	}
}

func TestLiesAboutBatches(t *testing.T) {
	t.Parallel()
	for name, lie := range map[string]func([]byte) []byte{
		"one left out": func(b []byte) []byte { return append(b[:bytes.LastIndex(b, []byte(`,{"id":"`))], "]}"...) },
		"order": func(b []byte) []byte {
			return regexp.MustCompile(`"results":\[\{"id":"`).ReplaceAll(b, []byte(`"results":[{"id":"z`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := liar(t, theTown(t), func(path string, body []byte) []byte {
				if path != "/overlap" {
					return nil
				}
				return lie(body)
			})
			cfg := BatchConfig{Config: quick(url), Number: 20, Size: 5, Detail: "features"}
			cfg.Layers = []string{"yjjbnt"}
			report, err := Batch(t.Context(), cfg, nil)
			wantWrong(t, report, err, "result")
		})
	}
}

// TestSameClasses finds answers by class and by feature that differ.
func TestSameClasses(t *testing.T) {
	ctx := context.Background()
	c, err := NewClient(theTown(t), 1, quick("").Timeout, "")
	if err != nil {
		t.Fatal(err)
	}
	api := &API{c}
	q := plain().Steps(1, 1)
	g, err := api.Items(ctx, "tuban", nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	q[0].Geometry = g[0].Geometry
	answer := func(detail string) []byte {
		r := overlapRequest(api, []string{"dltb"}, q, detail)
		ans, err := api.Fetch(ctx, &r)
		if err != nil {
			t.Fatal(err)
		}
		return ans.Body
	}
	fine, coarse := answer("features"), answer("classes")
	if err := sameClasses(fine, coarse); err != nil {
		t.Error(err)
	}
	if err := sameClasses(fine, change(coarse, "summed_m2", func(f float64) float64 { return f + 1e-6 })); err == nil {
		t.Error("a sum that differs goes through")
	}
}
