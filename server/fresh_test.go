package server

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"tuban/feature"
	"tuban/tiles"
)

// TestTilesAreFreshInAllVariants: after each of many random edits, every tile of
// every grid, filter, choice of properties and coding is what a server without
// cache gives; where the bytes differ from before, the event has the tile, and a
// tile that it has not keeps its ETag.
func TestTilesAreFreshInAllVariants(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(12)
	plain := newRigOn(t, g.e, Options{}) // without cache
	events := g.events(t, "/events")
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	l, _ := g.e.View().Layer("dltb")
	extent, _ := l.Extent()
	variants := []string{"", "&filter.dltb=" + url.QueryEscape("n > 50"), "&filter.dltb=" + url.QueryEscape("DLBM = '0101' OR n IS NULL"), "&properties=n",
		"&min_area_px=20", "&filter=" + url.QueryEscape("S_INTERSECTS(geometry,BBOX(95.02,36,95.05,37))") + "&properties=DLBM"}
	type key struct {
		path, coding string
	}
	addresses := map[string]tiles.Address{}
	for _, grid := range tiles.Grids() {
		for _, z := range []uint8{0, 9, 12} {
			c := grid.Cover(extent, z)
			for range 2 {
				a := tiles.Address{Z: z, X: c.MinX + rnd.Uint32N(c.MaxX-c.MinX+1), Y: c.MinY + rnd.Uint32N(c.MaxY-c.MinY+1), Grid: grid}
				for _, v := range variants {
					addresses[fmt.Sprintf("/mvt/dltb,patch/%s?tms=%s%s", a, grid, v)] = a
				}
			}
		}
	}
	codings := []string{"", "gzip", "zstd"}
	tags, bodies := map[key]string{}, map[key]string{}
	look := func(touched func(tiles.Address) bool) {
		for path, a := range addresses {
			want := plain.do("GET", path, "")
			if want.status != 200 && want.status != 204 {
				t.Fatalf("%s: %d %s", path, want.status, want.body)
			}
			for _, coding := range codings {
				k := key{path, coding}
				got := g.do("GET", path, "", "Accept-Encoding", coding)
				body := string(unzstd(t, got))
				if got.status != want.status || body != string(want.body) {
					t.Fatalf("%s (%s) is stale: %d bytes, want %d", path, coding, len(body), len(want.body))
				}
				tag := got.header.Get("ETag")
				if had, ok := tags[k]; ok && !touched(a) && (had != tag || bodies[k] != body) {
					t.Fatalf("%s (%s) has changed and is not in the event", path, coding)
				}
				tags[k], bodies[k] = tag, body
			}
		}
	}
	look(nil)
	seen := g.e.View().Seq()
	for range 12 {
		id := fmt.Sprintf("b%d", rnd.IntN(12))
		at := "/collections/dltb/items/" + id
		lon := 95 + rnd.Float64()*0.09
		switch rnd.IntN(5) {
		case 0:
			g.do("DELETE", at, "", "If-Match", "*")
		case 1:
			g.do("PATCH", at, `{"geometry":`+square(lon, 36.5, 0.004)+`}`, "Content-Type", typeMergePatch, "If-Match", "*")
		case 2:
			g.do("POST", "/collections/dltb/items", featureJSON("", square(lon, 36.503, 0.003), fmt.Sprintf(`{"BSM":"b%d","DLBM":"0101"}`, rnd.IntN(100))), "Content-Type", typeGeoJSON)
		default:
			g.do("PATCH", at, fmt.Sprintf(`{"properties":{"n":%d,"DLBM":"010%d"}}`, rnd.IntN(100), rnd.IntN(3)), "Content-Type", typeMergePatch, "If-Match", "*")
		}
		look(touchedSince(t, events, &seen, g.e.View().Seq()))
	}
}

// touchedSince reads the events after the last one seen and returns what they touch.
func touchedSince(t *testing.T, events *sse, seen *feature.Seq, newest feature.Seq) func(tiles.Address) bool {
	t.Helper()
	var all []commitEvent
	for *seen < newest {
		e := events.named()
		var c commitEvent
		if err := json.Unmarshal([]byte(e.data), &c); err != nil {
			t.Fatal(err)
		}
		all, *seen = append(all, c), c.Seq
	}
	return func(a tiles.Address) bool {
		for _, c := range all {
			for _, l := range c.Layers {
				ranges := l.Tiles
				if a.Grid != tiles.WebMercatorQuad {
					ranges = l.Grids[a.Grid.String()]
				}
				for _, r := range ranges[fmt.Sprint(a.Z)] {
					if r[0] <= a.X && a.X <= r[2] && r[1] <= a.Y && a.Y <= r[3] {
						return true
					}
				}
			}
		}
		return false
	}
}

func unzstd(t *testing.T, a *answer) []byte {
	t.Helper()
	if a.header.Get("Content-Encoding") != "zstd" {
		return a.body
	}
	d, err := zstd.NewReader(strings.NewReader(string(a.body)))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	body, err := io.ReadAll(d)
	if err != nil {
		t.Fatal(err)
	}
	return body
}
