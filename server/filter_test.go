package server

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tuban/tiles"
	"tuban/tiles/mvt"
)

// ids returns the ids of the features on a page, and numberMatched.
func (g *rig) ids(path string) (ids []string, matched int, next string) {
	g.t.Helper()
	var p struct {
		NumberMatched int
		Features      []struct {
			ID         string
			Properties map[string]any
		}
		Links []link
	}
	if err := json.Unmarshal(g.want(200, "GET", path, "").body, &p); err != nil {
		g.t.Fatal(err)
	}
	for _, f := range p.Features {
		ids = append(ids, f.ID)
	}
	for _, l := range p.Links {
		if l.Rel == "next" {
			next = strings.TrimPrefix(l.Href, "http://tuban.test")
		}
	}
	return ids, p.NumberMatched, next
}

func TestItemsFilter(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(20) // b0 … b19 from 95 E, 1/128 degree each
	g.want(201, "POST", "/collections/dltb/items", featureJSON("", "null", `{"BSM":"blank","DLBM":"0103"}`), "Content-Type", typeGeoJSON)
	for _, tt := range []struct {
		filter string
		want   string
	}{
		{`n < 3`, "b0 b1 b2"}, {`DLBM = '0102' AND n BETWEEN 3 AND 7`, "b3 b5 b7"}, {`n IN (19,4) OR BSM LIKE '%1' AND n > 1`, "b4 b11 b19"},
		{`n IS NULL`, "blank"}, {`geometry IS NULL`, "blank"}, {`NOT n >= 1`, "b0"}, {`id = 'b7'`, "b7"}, {`FALSE`, ""},
		{`S_INTERSECTS(geometry,POINT(95.01 36.501))`, "b1"}, {`S_INTERSECTS(geometry,BBOX(95,36,95.001,37)) OR n = 9`, "b0 b9"},
		{`S_INTERSECTS(geometry,LINESTRING(95.001 36.501,95.0225 36.501)) AND DLBM = '0101'`, "b0 b2"},
	} {
		ids, matched, next := g.ids("/collections/dltb/items?filter=" + url.QueryEscape(tt.filter))
		if got := strings.Join(ids, " "); got != tt.want || matched != len(ids) || next != "" {
			t.Errorf("%s: %s (%d, %q), want %s", tt.filter, got, matched, next, tt.want)
		}
	}
	// With a bbox both must hold; pages go on with the filter.
	if ids, matched, _ := g.ids("/collections/dltb/items?bbox=95,36.5,95.02,36.51&filter=" + url.QueryEscape("DLBM = '0102'")); strings.Join(ids, " ") != "b1" || matched != 1 {
		t.Errorf("bbox and filter: %v, %d", ids, matched)
	}
	for _, filter := range []string{"n >= 10", "n >= 10 AND S_INTERSECTS(geometry,BBOX(94,36,97,37))"} {
		var all []string
		for next := "/collections/dltb/items?limit=4&filter=" + url.QueryEscape(filter); next != ""; {
			var ids []string
			var matched int
			if ids, matched, next = g.ids(next); matched != 10 || len(ids) > 4 {
				t.Fatalf("a page of %v, %d matched", ids, matched)
			}
			all = append(all, ids...)
		}
		if got := strings.Join(all, " "); got != "b10 b11 b12 b13 b14 b15 b16 b17 b18 b19" {
			t.Errorf("%s: pages give %s", filter, got)
		}
	}
	js := `{"op":"and","args":[{"op":"<","args":[{"property":"n"},5]},{"op":"=","args":[{"property":"DLBM"},"0101"]}]}`
	if ids, _, _ := g.ids("/collections/dltb/items?filter-lang=cql2-json&filter=" + url.QueryEscape(js)); strings.Join(ids, " ") != "b0 b2 b4" {
		t.Errorf("JSON: %v", ids)
	}
}

func TestItemsProperties(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	for query, want := range map[string]string{"n": `{"n":0}`, "n,DLBM": `{"DLBM":"0101","n":0}`, "": `{}`, "id": `{}`} {
		body := string(g.want(200, "GET", "/collections/dltb/items?properties="+query, "").body)
		if !strings.Contains(body, `"properties":`+want) || !strings.Contains(body, `"id":"b0"`) {
			t.Errorf("properties=%s: %s", query, body)
		}
	}
	g.want(400, "GET", "/collections/dltb/items?properties=n,nothing", "")
}

// TestFilterRefusals: the answer says what is wrong and where.
func TestFilterRefusals(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	at := "/mvt/dltb,patch/13/" + strings.TrimPrefix(inner(t, g, 13).String(), "13/")
	for _, tt := range []struct {
		path, query       string
		parameter, detail string
		column            int
	}{
		{"/collections/dltb/items", "filter=n = ", "filter", "the end", 5},
		{"/collections/dltb/items", "filter=地类 = 1", "filter", "no property", 1},
		{"/collections/dltb/items", "filter=n = '1'", "filter", "integer", 5},
		{"/collections/dltb/items", "filter-lang=sql&filter=n = 1", "filter-lang", "cql2-text", 0},
		{"/collections/dltb/items", `filter-lang=cql2-json&filter={"op":"=","args":[{"property":"zz"},1]}`, "filter", "no property", 0},
		{"/collections/dltb/items", "filter=" + strings.Repeat("(", 1000), "filter", "nested deeper", 65},
		{at, "filter=n = 1", "filter", "layer patch has no property", 1},
		{at, "filter.zone=n = 1", "filter.zone", "not among those asked for", 0},
		{at, "filter.dltb=n =", "filter.dltb", "the end", 4},
		{at, "properties=nothing", "properties", "nothing", 0},
		{at, "min_area_px=-1", "min_area_px", "pixels", 0},
		{"/locate", "lon=95&lat=36&layers=dltb&filter=x = 1", "filter", "no property", 1},
		{"/locate", "lon=95&lat=36&filter=n = 1", "filter", "layer patch", 1},
		{"/collections/patch/items/p1/overlap", "layers=dltb&filter=x = 1", "filter", "no property", 1},
		{"/mvt/dltb.json", "filter=x = 1", "filter", "no property", 1},
	} {
		var query []string
		for pair := range strings.SplitSeq(tt.query, "&") {
			name, value, _ := strings.Cut(pair, "=")
			query = append(query, name+"="+url.QueryEscape(value))
		}
		a := g.want(400, "GET", tt.path+"?"+strings.Join(query, "&"), "")
		var p problem
		if err := json.Unmarshal(a.body, &p); err != nil {
			t.Fatal(err)
		}
		if len(p.Errors) != 1 || p.Errors[0].Parameter != tt.parameter || p.Errors[0].Column != tt.column || !strings.Contains(p.Errors[0].Detail, tt.detail) || len(a.body) > 1500 {
			t.Errorf("%s?%.80s: %s", tt.path, tt.query, a.body)
		}
	}
	g.want(414, "GET", "/collections/dltb/items?filter="+strings.TrimSuffix(strings.Repeat("n=1%20OR%20", 1200), "%20OR%20"), "")
	g.want(431, "GET", "/collections/dltb/items?filter="+strings.TrimSuffix(strings.Repeat("n=1%20OR%20", 10_000), "%20OR%20"), "")
	g.want(400, "GET", "/collections/dltb/items?filter-crs=x", "")
	g.want(400, "GET", "/collections?filter=n%3D1", "")
}

func TestOverlapFilter(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(8)
	body := square(95, 36.5, 0.04)
	all := g.overlap("POST", "/overlap?layers=dltb,patch", body).Results[0].Layers
	one := g.overlap("POST", "/overlap?layers=dltb,patch&filter.dltb="+url.QueryEscape("DLBM = '0102'"), body).Results[0].Layers
	if len(one[0].Classes) != 1 || one[0].Classes[0] != all[0].Classes[1] || one[0].CoveredM2 >= all[0].CoveredM2 {
		t.Errorf("filtered %+v of %+v", one[0], all[0])
	}
	if one[1].CoveredM2 != all[1].CoveredM2 || one[1].CoveredM2 == 0 {
		t.Errorf("the other layer: %+v, %+v", one[1], all[1])
	}
	both := g.overlap("POST", "/overlap?layers=dltb&filter="+url.QueryEscape("n < 4")+"&filter.dltb="+url.QueryEscape("DLBM = '0102'"), body).Results[0].Layers[0]
	var ids []string
	for _, f := range both.Features {
		ids = append(ids, f.ID)
	}
	slices.Sort(ids)
	if strings.Join(ids, " ") != "b1 b3" {
		t.Errorf("both filters leave %v", ids)
	}
	item := g.overlap("GET", "/collections/patch/items/p1/overlap?layers=dltb&filter="+url.QueryEscape("n = 1"), "").Results[0].Layers[0]
	if len(item.Features) != 1 || item.Features[0].ID != "b1" {
		t.Errorf("of an item: %+v", item)
	}
	at := "/locate?lon=95.0079&lat=36.501&layers=dltb"
	if got := string(g.want(200, "GET", at+"&filter="+url.QueryEscape("n = 0"), "").body); strings.Contains(got, `"b1"`) {
		t.Errorf("located %s", got)
	}
	if got := string(g.want(200, "GET", at, "").body); !strings.Contains(got, `"b1"`) {
		t.Errorf("located %s", got)
	}
}

// shown returns the ids that a tile shows, and the keys of its layer.
func (g *rig) shown(layer, path string) (ids []string, keys []string) {
	g.t.Helper()
	a := g.do("GET", path, "")
	if a.status != 200 && a.status != 204 {
		g.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	tile, err := mvt.Decode(a.body)
	if err != nil {
		g.t.Fatal(err)
	}
	l := tile.Layer(layer)
	if l == nil {
		return nil, nil
	}
	seen := map[string]bool{}
	for i := range l.Features {
		for key, value := range l.Properties(&l.Features[i]) {
			if !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
			if key == "id" {
				ids = append(ids, fmt.Sprint(value))
			}
		}
	}
	slices.Sort(keys)
	return ids, keys
}

// tileOf returns the tile that holds the middle of a box.
func tileOf(g tiles.Grid, b orb.Bound, z uint8) (a tiles.Address) {
	p := b.Center()
	g.Cover(p.Bound(), z).Each(func(c tiles.Address) bool {
		if a = c; c.Bound().Contains(p) {
			return false
		}
		return true
	})
	return a
}

// TestTileFilter: filters, properties and areas narrow a tile, in every grid, and
// equal filters share a cached tile.
func TestTileFilter(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(20)
	for _, grid := range tiles.Grids() {
		l, _ := g.e.View().Layer("dltb")
		b, _ := l.Extent()
		z := uint8(11)
		c := grid.Cover(b, z)
		path := func(query string) string {
			return fmt.Sprintf("/mvt/dltb/%d/%d/%d?tms=%s%s", z, (c.MinX+c.MaxX)/2, (c.MinY+c.MaxY)/2, grid, query)
		}
		all, keys := g.shown("dltb", path(""))
		if len(all) < 6 || strings.Join(keys, " ") != "BSM DLBM id n" {
			t.Fatalf("%s: %v, %v", grid, all, keys)
		}
		some, _ := g.shown("dltb", path("&filter="+url.QueryEscape("DLBM = '0102'")))
		if len(some) != len(all)/2 && len(some) != (len(all)+1)/2 {
			t.Errorf("%s: %v of %v", grid, some, all)
		}
		before := g.s.opt.Tiles.Stats()
		for _, equal := range []string{"'0102' = DLBM", "NOT DLBM <> '0102'", "DLBM IN ('0102')", " ( DLBM like '0102' ) "} {
			if got, _ := g.shown("dltb", path("&filter="+url.QueryEscape(equal))); !slices.Equal(got, some) {
				t.Errorf("%s: %v, want %v", equal, got, some)
			}
		}
		if after := g.s.opt.Tiles.Stats(); after.Misses != before.Misses || after.Hits != before.Hits+4 {
			t.Errorf("%s: equal filters do not share a tile: %+v, %+v", grid, before, after)
		}
		if got, _ := g.shown("dltb", path("&filter=TRUE")); !slices.Equal(got, all) {
			t.Errorf("TRUE: %v", got)
		}
		if after := g.s.opt.Tiles.Stats(); after.Misses != before.Misses {
			t.Error("the filter TRUE has a tile of its own")
		}
		for query, want := range map[string]string{"&properties=n": "id n", "&properties=": "id", "&properties=n,BSM": "BSM id n"} {
			if _, keys := g.shown("dltb", path(query)); strings.Join(keys, " ") != want {
				t.Errorf("%s %s: keys %v, want %s", grid, query, keys, want)
			}
		}
		if ids, _ := g.shown("dltb", path("&min_area_px=1e6")); ids != nil {
			t.Errorf("polygons of a million pixels: %v", ids)
		}
		if ids, _ := g.shown("dltb", path("&min_area_px=1")); !slices.Equal(ids, all) {
			t.Errorf("polygons of a pixel: %v", ids)
		}
	}
	patch := "/mvt/patch/" + inner(t, g, 12).String()
	if ids, _ := g.shown("patch", "/mvt/patch/"+inner(t, g, 7).String()+"?min_area_px=1e6"); len(ids) != 1 {
		t.Errorf("patches are never left out: %v (%s)", ids, patch)
	}
}

// TestFilteredTilesAreFresh: a feature that enters or leaves a filter by a change
// of a property does so in the next fetch, in every grid.
func TestFilteredTilesAreFresh(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(6)
	l, _ := g.e.View().Layer("dltb")
	s, _ := l.Find("b3")
	b := l.Bound(s)
	filter := "filter=" + url.QueryEscape("n > 100")
	var paths []string
	for _, grid := range tiles.Grids() {
		for _, z := range []uint8{0, 5, 9, 12} {
			paths = append(paths, fmt.Sprintf("/mvt/dltb/%s?tms=%s&%s", tileOf(grid, b, z), grid, filter))
		}
	}
	tags := map[string]string{}
	for round, n := range []int{500, 5, 501, 502, 1} {
		g.want(200, "PATCH", "/collections/dltb/items/b3", fmt.Sprintf(`{"properties":{"n":%d}}`, n), "Content-Type", typeMergePatch, "If-Match", "*")
		for i, path := range paths {
			a := g.do("GET", path, "")
			if want := map[bool]int{true: 200, false: 204}[n > 100]; i%4 == 3 && a.status != want {
				t.Errorf("round %d: %s: %d, want %d", round, path, a.status, want)
			}
			if tag := a.header.Get("ETag"); i%4 == 3 && tag == tags[path] {
				t.Errorf("round %d: %s keeps its ETag", round, path)
			} else {
				tags[path] = tag
			}
		}
	}
}

// TestFilterByPlace: the box of a filter spares the index work and hides nothing,
// also where a feature reaches from the box into a tile elsewhere.
func TestFilterByPlace(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(20)
	g.want(201, "POST", "/collections/dltb/items", featureJSON("", `{"type":"Polygon","coordinates":[[[90,36],[100,36],[100,36.1],[90,36.1],[90,36]]]}`, `{"BSM":"long"}`), "Content-Type", typeGeoJSON)
	place := func(lon, lat float64) orb.Bound { return orb.Point{lon, lat}.Bound() }
	for _, tt := range []struct {
		lon, lat float64
		filter   string
		want     string
	}{
		{99, 36.05, `S_INTERSECTS(geometry,POINT(90.5 36.05))`, "long"},
		{99, 36.05, `S_INTERSECTS(geometry,BBOX(80,30,81,40))`, ""},
		{99, 36.05, `S_INTERSECTS(geometry,POINT(90.5 36.05)) AND S_INTERSECTS(geometry,POINT(99.5 36.05))`, "long"},
		{95.012, 36.503, `S_INTERSECTS(geometry,POINT(95.012 36.503)) OR S_INTERSECTS(geometry,POINT(95.02 36.503))`, "b1 b2"},
		{95.02, 36.503, `S_INTERSECTS(geometry,BBOX(95.01,36.5,95.02,36.6))`, "b1 b2"},
	} {
		for _, grid := range tiles.Grids() {
			a := tileOf(grid, place(tt.lon, tt.lat), 11)
			ids, _ := g.shown("dltb", fmt.Sprintf("/mvt/dltb/%s?tms=%s&filter=%s", a, grid, url.QueryEscape(tt.filter)))
			slices.Sort(ids)
			if got := strings.Join(ids, " "); got != tt.want {
				t.Errorf("%s %s, %s: %s, want %s", grid, a, tt.filter, got, tt.want)
			}
		}
	}
}

// TestFiltersEndInTime: a filter that takes too long is 503, and nothing of it is
// kept.
func TestFiltersEndInTime(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(checkEvery + 10)
	path := "/mvt/dltb/" + inner(t, g, 11).String()
	g.s.limits.Work = time.Nanosecond
	filter := "?filter=" + url.QueryEscape("n >= 0")
	for _, p := range []string{path + filter, "/collections/dltb/items" + filter} {
		if code := g.want(503, "GET", p, "").json(t)["code"]; code != "timeout" && code != "busy" {
			t.Errorf("%s: %v", p, code)
		}
	}
	g.want(200, "GET", path, "")
	g.s.limits.Work = time.Minute
	if ids, _ := g.shown("dltb", path+filter); len(ids) < 3 {
		t.Errorf("after that: %v", ids)
	}
}

func TestTileJSONWithParameters(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(3)
	var tj tileJSON
	if err := json.Unmarshal(g.want(200, "GET", "/mvt/dltb.json?filter="+url.QueryEscape("n > 1")+"&properties=n", "").body, &tj); err != nil {
		t.Fatal(err)
	}
	if tj.Tiles[0] != "http://tuban.test/mvt/dltb/{z}/{x}/{y}?filter=n+%3E+1&properties=n" || tj.Layers[0].Fields["DLBM"] != "" || tj.Layers[0].Fields["n"] != "Number" {
		t.Errorf("%+v", tj)
	}
	l, _ := g.e.View().Layer("dltb")
	s, _ := l.Find("b2")
	at := strings.NewReplacer("{z}/{x}/{y}", tileOf(tiles.WebMercatorQuad, l.Bound(s), 13).String(), "http://tuban.test", "").Replace(tj.Tiles[0])
	if ids, keys := g.shown("dltb", at); strings.Join(ids, " ") != "b2" || strings.Join(keys, " ") != "id n" {
		t.Errorf("%s: %v, %v", at, ids, keys)
	}
	g.want(200, "GET", "/mvt/dltb.json?tms=WebMercatorQuad", "")
	for _, id := range []string{"CGCS2000Quad", "WorldCRS84Quad", "nothing"} {
		g.want(400, "GET", "/mvt/dltb.json?tms="+id, "")
	}
}

func TestQueryables(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	var s struct {
		ID         string `json:"$id"`
		Properties map[string]struct{ Type, Format string }
	}
	if err := json.Unmarshal(g.want(200, "GET", "/collections/dltb/queryables", "").body, &s); err != nil {
		t.Fatal(err)
	}
	if s.ID != "http://tuban.test/collections/dltb/queryables" || s.Properties["n"].Type != "integer" || s.Properties["geometry"].Format != "geometry-any" || s.Properties["id"].Type != "string" {
		t.Errorf("%+v", s)
	}
	for name, p := range s.Properties { // each may stand in a filter
		if p.Format == "" {
			g.want(200, "GET", "/collections/dltb/items?filter="+url.QueryEscape(`"`+name+`" IS NOT NULL`), "")
		}
	}
}
