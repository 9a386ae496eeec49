package server

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tuban/internal/check"
	"tuban/tiles"
)

func TestTileMatrixSets(t *testing.T) {
	g := newRig(t, Options{})
	var list struct {
		TileMatrixSets []struct {
			ID, URI, CRS string
			Links        []link
		}
	}
	if err := json.Unmarshal(g.want(200, "GET", "/tileMatrixSets", "").body, &list); err != nil {
		t.Fatal(err)
	}
	if len(list.TileMatrixSets) != 3 {
		t.Fatalf("%+v", list)
	}
	for _, s := range list.TileMatrixSets {
		var got tileMatrixSet
		if err := json.Unmarshal(g.want(200, "GET", strings.TrimPrefix(s.Links[0].Href, "http://tuban.test"), "").body, &got); err != nil {
			t.Fatal(err)
		}
		if got.ID != s.ID || got.URI != s.URI || got.CRS != s.CRS {
			t.Errorf("%+v, listed as %+v", got, s)
		}
	}
	g.want(404, "GET", "/tileMatrixSets/EuropeanETRS89_LAEAQuad", "")
	c := g.want(200, "GET", "/tileMatrixSets/CGCS2000Quad", "").body
	var set tileMatrixSet
	if err := json.Unmarshal(c, &set); err != nil {
		t.Fatal(err)
	}
	if set.URI != "http://tuban.test/tileMatrixSets/CGCS2000Quad" || set.CRS != crs4490 || set.TileMatrices[0].PointOfOrigin != [2]float64{90, -180} || set.OrderedAxes[0] != "Lat" || len(set.TileMatrices) != 18 {
		t.Errorf("%.600s", c)
	}
	for z, m := range set.TileMatrices { // Tianditu: 1.40625/2^L degrees a pixel at level L
		if m.ID != fmt.Sprint(z) || m.CellSize != 1.40625/math.Pow(2, float64(z+1)) {
			t.Errorf("%+v", m)
		}
	}
}

// TestTileMatrixSetsAreAsRegistered compares the definitions with OGC's register.
func TestTileMatrixSetsAreAsRegistered(t *testing.T) {
	g := newRig(t, Options{})
	near := func(a, b float64) bool { return math.Abs(a/b-1) < 1e-9 }
	for _, id := range []string{"WebMercatorQuad", "WorldCRS84Quad"} {
		text, err := os.ReadFile(check.Data(t, "suites/tilematrixsets/"+id+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var want, got tileMatrixSet
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(g.want(200, "GET", "/tileMatrixSets/"+id, "").body, &got); err != nil {
			t.Fatal(err)
		}
		if got.ID != want.ID || got.Title != want.Title || got.URI != want.URI || got.CRS != want.CRS || got.ScaleSet != want.ScaleSet || !slices.Equal(got.OrderedAxes, want.OrderedAxes) || len(got.TileMatrices) != len(want.TileMatrices) {
			t.Errorf("%s: %+v", id, got)
		}
		for i, w := range want.TileMatrices {
			m := got.TileMatrices[i]
			if m.ID != w.ID || !near(m.ScaleDenominator, w.ScaleDenominator) || !near(m.CellSize, w.CellSize) || !near(m.PointOfOrigin[0], w.PointOfOrigin[0]) || !near(m.PointOfOrigin[1], w.PointOfOrigin[1]) ||
				m.TileWidth != w.TileWidth || m.TileHeight != w.TileHeight || m.MatrixWidth != w.MatrixWidth || m.MatrixHeight != w.MatrixHeight {
				t.Errorf("%s: %+v, registered %+v", id, m, w)
			}
		}
	}
}

// TestTilesets: from the landing page and a collection, links lead to the tiles,
// row before column; these are the tiles of /mvt.
func TestTilesets(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(20)
	follow := func(path, rel string) string {
		t.Helper()
		var page struct{ Links []link }
		if err := json.Unmarshal(g.want(200, "GET", path, "").body, &page); err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(page.Links, func(l link) bool { return l.Rel == rel })
		if i < 0 {
			t.Fatalf("%s has no link %s", path, rel)
		}
		return strings.TrimPrefix(page.Links[i].Href, "http://tuban.test")
	}
	for start, mvtPath := range map[string]string{"/": "/mvt/dltb,patch/", "/collections/dltb": "/mvt/dltb/"} {
		var list struct{ Tilesets []tileset }
		if err := json.Unmarshal(g.want(200, "GET", follow(start, relTilesets), "").body, &list); err != nil {
			t.Fatal(err)
		}
		if len(list.Tilesets) != 3 {
			t.Fatalf("%+v", list)
		}
		for i, entry := range list.Tilesets {
			grid := tiles.Grids()[i]
			self := strings.TrimPrefix(entry.Links[0].Href, "http://tuban.test")
			var ts tileset
			if err := json.Unmarshal(g.want(200, "GET", self, "").body, &ts); err != nil {
				t.Fatal(err)
			}
			item := ts.Links[slices.IndexFunc(ts.Links, func(l link) bool { return l.Rel == "item" })]
			if !item.Templated || item.Type != typeTile || ts.GridURI != entry.GridURI || ts.DataType != "vector" || len(ts.Limits) != int(grid.MaxZoom())+1 || ts.Bounds == nil || len(ts.Layers) == 0 {
				t.Fatalf("%s: %+v", self, ts)
			}
			for _, lim := range ts.Limits {
				row, col := (lim.MinTileRow+lim.MaxTileRow)/2, (lim.MinTileCol+lim.MaxTileCol)/2
				path := strings.NewReplacer("http://tuban.test", "", "{tileMatrix}", lim.TileMatrix, "{tileRow}", fmt.Sprint(row), "{tileCol}", fmt.Sprint(col)).Replace(item.Href)
				a := g.want(200, "GET", path, "")
				b := g.do("GET", fmt.Sprintf("%s%s/%d/%d?tms=%s", mvtPath, lim.TileMatrix, col, row, grid), "")
				if string(a.body) != string(b.body) || a.header.Get("ETag") != b.header.Get("ETag") || a.header.Get("Content-Type") != typeTile {
					t.Errorf("%s: %d bytes, by /mvt %d", path, len(a.body), len(b.body))
				}
			}
		}
	}
}

// TestMatrixTileLimits: empty tiles are 200 within the limits and 404 outside;
// layers have limits of their own.
func TestMatrixTileLimits(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	g.want(201, "PUT", "/collections/zone", `{"min_zoom":6,"max_zoom":9}`, "Content-Type", typeJSON)
	g.want(200, "GET", "/collections/zone/tiles/WebMercatorQuad/3/1/1", "") // nothing anywhere: no limits
	for _, lon := range []float64{90, 100} {
		g.want(201, "POST", "/collections/zone/items", featureJSON(fmt.Sprint(lon), square(lon, 36, 0.1), `{}`), "Content-Type", typeGeoJSON)
	}
	for _, tt := range []struct {
		grid        tiles.Grid
		first, last string
	}{{tiles.WebMercatorQuad, "6", "9"}, {tiles.CGCS2000Quad, "5", "8"}} {
		var ts tileset
		if err := json.Unmarshal(g.want(200, "GET", "/collections/zone/tiles/"+tt.grid.String(), "").body, &ts); err != nil {
			t.Fatal(err)
		}
		if n := len(ts.Limits); n != 4 || ts.Limits[0].TileMatrix != tt.first || ts.Limits[3].TileMatrix != tt.last || ts.Layers[0].MinTileMatrix != tt.first || ts.Layers[0].MaxTileMatrix != tt.last {
			t.Fatalf("%s: %+v", tt.grid, ts)
		}
		lim := ts.Limits[3]
		tile := func(z string, row, col uint32) string {
			return fmt.Sprintf("/collections/zone/tiles/%s/%s/%d/%d", tt.grid, z, row, col)
		}
		if a := g.want(200, "GET", tile(lim.TileMatrix, lim.MinTileRow, lim.MinTileCol), ""); len(a.body) == 0 {
			t.Errorf("%s: the first tile is empty", tt.grid)
		}
		middle := tile(lim.TileMatrix, lim.MinTileRow, (lim.MinTileCol+lim.MaxTileCol)/2)
		if a := g.want(200, "GET", middle, ""); len(a.body) != 0 || a.header.Get("OATiles-hint") != "empty" {
			t.Errorf("%s has %d bytes", middle, len(a.body))
		}
		g.want(404, "GET", tile(lim.TileMatrix, lim.MinTileRow-1, lim.MinTileCol), "")
		g.want(404, "GET", tile(lim.TileMatrix, lim.MinTileRow, lim.MaxTileCol+1), "")
		g.want(404, "GET", tile("2", 1, 1), "")
		g.want(204, "GET", fmt.Sprintf("/mvt/zone/2/1/1?tms=%s", tt.grid), "")
	}
}

// TestMatrixTileRefusals: what is out of range is 400 or 404 with its parameter.
func TestMatrixTileRefusals(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	for _, tt := range []struct {
		path, parameter string
		status          int
	}{
		{"/collections/dltb/tiles/WebMercatorQuad/31/0/0", "tileMatrix", 400}, {"/collections/dltb/tiles/CGCS2000Quad/18/0/0", "tileMatrix", 400}, {"/collections/dltb/tiles/WebMercatorQuad/x/0/0", "tileMatrix", 400},
		{"/collections/dltb/tiles/WebMercatorQuad/0/1/0", "tileRow", 400}, {"/collections/dltb/tiles/CGCS2000Quad/0/1/0", "tileRow", 400}, {"/collections/dltb/tiles/CGCS2000Quad/0/0/2", "tileCol", 400},
		{"/collections/dltb/tiles/CGCS2000Quad/3/8/15", "tileRow", 400}, {"/collections/dltb/tiles/CGCS2000Quad/3/7/16", "tileCol", 400}, {"/collections/dltb/tiles/WebMercatorQuad/1/99999999999999999999/0", "tileRow", 400},
		{"/collections/dltb/tiles/nothing/0/0/0", "tileMatrixSetId", 404}, {"/collections/nothing/tiles/CGCS2000Quad/0/0/0", "collectionId", 404}, {"/collections/dltb/tiles/nothing", "tileMatrixSetId", 404},
		{"/tiles/CGCS2000Quad/0/0/0?collections=dltb,dltb", "collections", 400}, {"/tiles/CGCS2000Quad/0/0/0?collections=none", "collections", 404}, {"/tiles?collections=none", "collections", 404}, {"/tiles/CGCS2000Quad?collections=", "collections", 400},
		{"/mvt/dltb/3/0/0?tms=nothing", "tms", 400}, {"/mvt/dltb/3/0/8?tms=CGCS2000Quad", "y", 400}, {"/mvt/dltb/18/0/0?tms=CGCS2000Quad", "z", 400}, {"/mvt/dltb/31/0/0", "z", 400},
		{"/mvt/" + strings.TrimSuffix(strings.Repeat("dltb,", 500), ",") + "/3/0/0", "layers", 400}, {"/mvt/dltb,dltb@base/3/0/0", "layers", 400}, {"/mvt/dltb/3/0/0?tms=CGCS2000Quad&tms=CGCS2000Quad", "tms", 400},
	} {
		a := g.want(tt.status, "GET", tt.path, "")
		var p problem
		if err := json.Unmarshal(a.body, &p); err != nil {
			t.Fatal(err)
		}
		if len(p.Errors) != 1 || p.Errors[0].Parameter != tt.parameter || len(a.body) > 1200+len(tt.path) {
			t.Errorf("%.80s: %s", tt.path, a.body)
		}
	}
	if n := g.s.opt.Tiles.Stats().Misses; n != 0 {
		t.Errorf("%d tiles were made", n)
	}
	g.want(414, "GET", "/tiles/CGCS2000Quad/0/0/0?collections="+strings.Repeat("x,", 8000/2+200), "")
}

// TestDatasetTile: collections chooses layers, tiles of all have all.
func TestDatasetTile(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(20)
	a := tileOf(tiles.CGCS2000Quad, orb.Bound{Min: orb.Point{95.004, 36.504}, Max: orb.Point{95.005, 36.505}}, 12)
	path := fmt.Sprintf("/tiles/CGCS2000Quad/%d/%d/%d", a.Z, a.Y, a.X)
	if ids, _ := g.shown("patch", path); len(ids) != 1 {
		t.Errorf("all: %v", ids)
	}
	if ids, _ := g.shown("patch", path+"?collections=dltb"); ids != nil {
		t.Errorf("dltb: %v", ids)
	}
	some, _ := g.shown("dltb", path+"?collections=dltb&filter="+url.QueryEscape("n = 1"))
	if strings.Join(some, " ") != "b1" {
		t.Errorf("filtered: %v", some)
	}
	if ids, _ := g.shown("patch", path+"?collections=patch,dltb&filter.dltb="+url.QueryEscape("n = 1")); len(ids) != 1 {
		t.Errorf("filter of the other layer: %v", ids)
	}
}

func TestConformanceOfTiles(t *testing.T) {
	g := newRig(t, Options{})
	api := loadAPI(t)
	suffixes := map[string]bool{}
	for _, item := range api.Paths.Map() {
		for _, op := range item.Operations() {
			for _, s := range []string{".dataset.vector.getTile", ".dataset.vector.getTileSet", ".dataset.vector.getTileSetsList", ".collection.vector.getTile", ".collection.vector.getTileSet", ".collection.vector.getTileSetsList"} {
				suffixes[s] = suffixes[s] || strings.HasSuffix(op.OperationID, s)
			}
		}
	}
	for s, has := range suffixes {
		if !has {
			t.Errorf("no operation is named …%s", s)
		}
	}
	body := string(g.want(200, "GET", "/conformance", "").body)
	for _, class := range []string{"ogcapi-tiles-1/1.0/conf/core", "ogcapi-tiles-1/1.0/conf/oas30", "cql2/1.0/conf/cql2-text"} {
		if !strings.Contains(body, class+`"`) {
			t.Errorf("%s is not declared", class)
		}
	}
}
