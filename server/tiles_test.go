package server

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"tuban/tiles"
)

// inner is a tile within the squares that fill makes.
func inner(t testing.TB, g *rig, z uint8) tiles.Address {
	t.Helper()
	l, ok := g.e.View().Layer("dltb")
	if !ok {
		t.Fatal("no layer")
	}
	b, _ := l.Extent()
	c := tiles.WebMercatorQuad.Cover(b, z)
	return tiles.Address{Z: z, X: (c.MinX + c.MaxX) / 2, Y: (c.MinY + c.MaxY) / 2}
}

func TestTile(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(20)
	at := inner(t, g, 13)
	path := "/mvt/dltb,patch/" + at.String()
	a := g.want(200, "GET", path, "")
	if a.header.Get("Content-Type") != typeTile || a.header.Get("Cache-Control") != "no-cache" || a.header.Get("ETag") == "" || !strings.Contains(a.header.Get("Vary"), "Accept-Encoding") || seqOf(a) != 4 {
		t.Errorf("headers %v", a.header)
	}
	for _, suffix := range []string{".mvt", ".pbf"} {
		if b := g.want(200, "GET", path+suffix, ""); string(b.body) != string(a.body) {
			t.Errorf("%s is another tile", suffix)
		}
	}
	z := g.want(200, "GET", path, "", "Accept-Encoding", "gzip")
	if z.header.Get("Content-Encoding") != "gzip" || string(z.body) != string(a.body) || z.header.Get("ETag") == a.header.Get("ETag") {
		t.Errorf("gzip: %v", z.header)
	}
	for _, enc := range []string{"", "gzip"} {
		tag := map[string]string{"": a.header.Get("ETag"), "gzip": z.header.Get("ETag")}[enc]
		if n := g.want(304, "GET", path, "", "If-None-Match", tag, "Accept-Encoding", enc); n.header.Get("ETag") != tag {
			t.Errorf("304 with %v", n.header)
		}
	}
	g.want(204, "GET", "/mvt/dltb/10/0/0", "")
	raw := g.want(200, "GET", path, "", "Accept-Encoding", "gzip, br, zstd")
	d, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if plain, err := d.DecodeAll(raw.body, nil); err != nil || raw.header.Get("Content-Encoding") != "zstd" || string(plain) != string(a.body) {
		t.Errorf("zstd: %v, %v", err, raw.header)
	}
	g.want(200, "GET", "/mvt/dltb@base/"+at.String(), "")
	g.want(200, "HEAD", path, "")
}

func TestTileRefusals(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	for path, parameter := range map[string]string{
		"/mvt/dltb/19/0/0": "z", "/mvt/dltb/x/0/0": "z", "/mvt/dltb/3/8/0": "x", "/mvt/dltb/3/0/8": "y", "/mvt/dltb/3/0/-1": "y", "/mvt/dltb/3/0/1.png": "y",
		"/mvt/dltb/3/00/1": "x", "/mvt/dltb@1999/3/0/1": "layers", "/mvt/dltb,dltb/3/0/1": "layers", "/mvt/dltb,/3/0/1": "layers",
	} {
		var p problem
		if err := json.Unmarshal(g.want(400, "GET", path, "").body, &p); err != nil {
			t.Fatal(err)
		}
		if len(p.Errors) != 1 || p.Errors[0].Parameter != parameter {
			t.Errorf("%s: %+v", path, p)
		}
	}
	g.want(404, "GET", "/mvt/none/3/0/1", "")
	g.want(400, "GET", "/mvt/dltb/3/0/1?as_of=99", "")
}

// A patch too small to be drawn becomes a mark, and the header says so.
func TestTileTellsWhatItGeneralised(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	g.want(201, "POST", "/collections/patch/items", featureJSON("tiny", square(95, 36.5, 1e-7), `{}`), "Content-Type", typeGeoJSON)
	a := g.want(200, "GET", "/mvt/dltb,patch/"+inner(t, g, 6).String(), "")
	if got := a.header.Get("Tuban-Generalised"); !strings.Contains(got, "patch=") || !strings.Contains(string(a.body), "tuban:generalised") {
		t.Errorf("told as %q", got)
	}
}

// After a write is acknowledged the next fetch shows it, and a tile elsewhere
// keeps its bytes and its ETag.
func TestTilesAreFresh(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(20)
	at := inner(t, g, 12)
	near, far := "/mvt/patch/"+at.String(), "/mvt/dltb/"+at.String()
	b := at.Bound()
	before := g.want(200, "GET", far, "").header.Get("ETag")
	last := g.do("GET", near, "").header.Get("ETag")
	for i := range 10 {
		body := featureJSON(fmt.Sprint("new", i), square(b.Min[0]+0.001*float64(i), b.Min[1]+0.01, 0.002), `{}`)
		g.want(201, "POST", "/collections/patch/items", body, "Content-Type", typeGeoJSON)
		a := g.want(200, "GET", near, "", "If-None-Match", last)
		if !strings.Contains(string(a.body), fmt.Sprint("new", i)) {
			t.Fatalf("edit %d is not in the tile", i)
		}
		last = a.header.Get("ETag")
	}
	if after := g.want(200, "GET", far, "").header.Get("ETag"); after != before {
		t.Errorf("a tile of another layer changed: %s, %s", before, after)
	}
}

func TestTileJSONAndStyles(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(3)
	g.want(201, "PUT", "/collections/county", `{"kind":"admin","max_zoom":12}`, "Content-Type", typeJSON)
	var tj tileJSON
	if err := json.Unmarshal(g.want(200, "GET", "/mvt/dltb,patch,county.json", "", "X-Forwarded-Proto", "https", "X-Forwarded-Prefix", "/t").body, &tj); err != nil {
		t.Fatal(err)
	}
	if len(tj.Tiles) != 1 || tj.Tiles[0] != "https://tuban.test/t/mvt/dltb,patch,county/{z}/{x}/{y}" || len(tj.Layers) != 3 || tj.MaxZoom != 18 || tj.Layers[2].MaxZoom != 12 || tj.Bounds == nil {
		t.Errorf("TileJSON %+v", tj)
	}
	if f := tj.Layers[0].Fields; f["id"] != "String" || f["DLBM"] != "String" || f["n"] != "Number" {
		t.Errorf("fields %v", f)
	}
	var style struct {
		Version int
		Sources map[string]struct{ Type, URL string }
		Layers  []struct {
			ID, Type, Source string
			SourceLayer      string `json:"source-layer"`
			Paint            map[string]any
		}
	}
	if err := json.Unmarshal(g.want(200, "GET", "/styles/default.json", "").body, &style); err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, l := range style.Layers {
		if l.Type != "background" && (style.Sources[l.Source].URL != "http://tuban.test/mvt/"+l.SourceLayer+".json" || style.Sources[l.Source].Type != "vector") {
			t.Errorf("layer %s has source %+v", l.ID, style.Sources[l.Source])
		}
		if l.Type == "line" || l.Type == "background" {
			order = append(order, l.ID)
		}
	}
	if got := strings.Join(order, " "); got != "background dltb:line patch:line county:line" {
		t.Errorf("drawn in the order %s", got)
	}
	if paint := fmt.Sprint(style.Layers[1].Paint["fill-color"]); !strings.Contains(paint, "0101 #ffee88 0102 #ffdd66") {
		t.Errorf("classes are painted %s", paint)
	}
	g.want(200, "GET", "/styles/dltb.json", "")
	g.want(404, "GET", "/styles/none.json", "")
	if body := g.want(200, "GET", "/styles/default.json", "").body; strings.Contains(string(body), "glyphs") {
		t.Error("a style without text needs no glyphs")
	}
}

func FuzzTileAddress(f *testing.F) {
	for _, s := range [][3]string{{"3", "1", "2"}, {"18", "262143", "262143.mvt"}, {"-1", "x", ".pbf"}, {"", "", ".mvt.mvt"}} {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, z, x, y string) {
		addr, err := tileAddress(tiles.WebMercatorQuad, z, x, y)
		if err == nil && !addr.Valid() {
			t.Fatalf("%q/%q/%q: %v", z, x, y, addr)
		}
	})
}
