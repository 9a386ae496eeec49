package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tuban/tiles"
)

// TestSeed: every tile of the range is made once, and then none is made again;
// what is asked wrongly is told.
func TestSeed(t *testing.T) {
	dir := t.TempDir()
	must(t, "import", "--layer", "parcels", "--data", dir, writeFile(t, "parcels.geojsonl", someParcels))
	url, _ := startServer(t, "serve", dir)
	want := 0
	for z := range uint8(13) {
		want += tiles.WebMercatorQuad.Cover(orb.Bound{Min: orb.Point{94.9, 36}, Max: orb.Point{95.001, 36.401}}, z).Len()
	}
	for _, result := range []string{"miss", "hit"} {
		before := fetches(t, url, result)
		var sum seeded
		if err := json.Unmarshal([]byte(must(t, "--json", "seed", "parcels", "--server", url)), &sum); err != nil {
			t.Fatal(err)
		}
		if sum.Tiles+sum.Empty != want || sum.Tiles < 13 || sum.Bytes == 0 {
			t.Errorf("%+v, want %d tiles", sum, want)
		}
		if got := fetches(t, url, result) - before; got != want {
			t.Errorf("%d tiles are a %s, want %d", got, result, want)
		}
	}
	for args, says := range map[string]string{
		"nope":                           "no layer",
		"parcels --bbox 1,2,3":           "west,south,east,north",
		"parcels --bbox 3,2,1,4":         "west,south,east,north",
		"parcels --min-zoom 9":           "",
		"parcels --max-zoom 19":          "18",
		"parcels --parallel 0":           "1 to 256",
		"parcels --server http://[::1]x": "--server",
	} {
		parts := append([]string{"seed"}, strings.Fields(args)...)
		if !strings.Contains(args, "--server") {
			parts = append(parts, "--server", url)
		}
		code, out, errs := tuban(t, parts...)
		if (code == exitOK) != (says == "") || !strings.Contains(errs, says) {
			t.Errorf("seed %s: exit code %d\n%s%s", args, code, out, errs)
		}
	}
}

// fetches reads a counter of the tile cache from /metrics.
func fetches(t *testing.T, url, result string) (n int) {
	t.Helper()
	res, err := http.Get(url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, `tuban_tile_cache_fetches_total{result="`+result+`"} `); ok {
			if err := json.Unmarshal([]byte(rest), &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no counter of %q in\n%s", result, text)
	return 0
}
