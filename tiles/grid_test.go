package tiles

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"tuban/feature"
	"tuban/internal/check"
	"tuban/tiles/mvt"
)

// TestGridExamples: DOMAIN 7.3 has the tiles of 94.9 E, 36.4 N as Tianditu
// numbers them; its level of the degree grid is our zoom + 1.
func TestGridExamples(t *testing.T) {
	p := orb.Point{94.9, 36.4}
	for _, tt := range []struct {
		level, x, y uint32
		grid        Grid
	}{
		{10, 781, 400, WebMercatorQuad}, {14, 12511, 6411, WebMercatorQuad}, {17, 100088, 51289, WebMercatorQuad},
		{10, 781, 152, CGCS2000Quad}, {14, 12511, 2439, CGCS2000Quad}, {17, 100088, 19515, CGCS2000Quad}, {17, 100088, 19515, WorldCRS84Quad},
	} {
		a := Address{Z: uint8(tt.level), X: tt.x, Y: tt.y, Grid: tt.grid}
		if tt.grid.Degrees() {
			a.Z--
		}
		if !a.Valid() || !a.Bound().Contains(p) {
			t.Errorf("%s %s does not hold the point: %v", tt.grid, a, a.Bound())
		}
		if c := tt.grid.Cover(p.Bound(), a.Z); !c.Contains(a) {
			t.Errorf("%s %s is not in the cover %+v", tt.grid, a, c)
		}
	}
	// Tianditu: level L has 2^L × 2^(L-1) tiles of 1.40625/2^L degrees a pixel.
	for level := 1; level <= 18; level++ {
		z := uint8(level - 1)
		columns, rows := CGCS2000Quad.Size(z)
		b := Address{Z: z, Grid: CGCS2000Quad}.Bound()
		if columns != 1<<level || rows != 1<<(level-1) || b.Min[0] != -180 || b.Max[1] != 90 || (b.Max[0]-b.Min[0])/256 != 1.40625/math.Pow(2, float64(level)) || b.Max[1]-b.Min[1] != b.Max[0]-b.Min[0] {
			t.Errorf("level %d: %d × %d, %v", level, columns, rows, b)
		}
	}
	if CGCS2000Quad.MaxZoom() != 17 {
		t.Error("Tianditu's deepest level is 18")
	}
}

// TestGridsAreAsRegistered compares sizes with OGC's registry.
func TestGridsAreAsRegistered(t *testing.T) {
	for _, g := range []Grid{WebMercatorQuad, WorldCRS84Quad} {
		text, err := os.ReadFile(check.Data(t, "suites/tilematrixsets/"+g.String()+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var set struct {
			TileMatrices []struct {
				ID                        string
				MatrixWidth, MatrixHeight uint32
			}
		}
		if err := json.Unmarshal(text, &set); err != nil || len(set.TileMatrices) < 19 {
			t.Fatal(err, len(set.TileMatrices))
		}
		for z := uint8(0); z <= g.MaxZoom(); z++ {
			m := set.TileMatrices[z]
			if columns, rows := g.Size(z); m.ID != fmt.Sprint(z) || m.MatrixWidth != columns || m.MatrixHeight != rows {
				t.Errorf("%s %d: %d × %d, registered %+v", g, z, columns, rows, m)
			}
		}
	}
}

func TestParseGrid(t *testing.T) {
	for _, g := range Grids() {
		if got, ok := ParseGrid(g.String()); !ok || got != g {
			t.Errorf("%s: %v, %v", g, got, ok)
		}
	}
	for _, id := range []string{"", "webmercatorquad", "no grid", "CGCS2000"} {
		if g, ok := ParseGrid(id); ok {
			t.Errorf("%q is %s", id, g)
		}
	}
	for _, tt := range []struct{ z, x, y, part string }{{"17", "262143", "131071", ""}, {"18", "0", "0", "z"}, {"31", "0", "0", "z"}, {"0", "1", "0", ""}, {"0", "2", "0", "x"}, {"0", "0", "1", "y"}, {"1", "3", "2", "y"}} {
		a, err := ParseAddress(CGCS2000Quad, tt.z, tt.x, tt.y)
		if e, _ := err.(*AddressError); tt.part == "" && (err != nil || !a.Valid() || a.Grid != CGCS2000Quad) || tt.part != "" && (e == nil || e.Part != tt.part) {
			t.Errorf("%+v: %v, %v", tt, a, err)
		}
	}
}

// drawAddress returns a tile away from the poles.
func drawAddress(t *rapid.T) Address {
	g := rapid.SampledFrom(Grids()).Draw(t, "grid")
	z := uint8(rapid.IntRange(3, int(g.MaxZoom())).Draw(t, "z"))
	columns, rows := g.Size(z)
	return Address{Z: z, X: rapid.Uint32Range(0, columns-1).Draw(t, "x"), Y: rapid.Uint32Range(rows/8, rows*7/8-1).Draw(t, "y"), Grid: g}
}

// TestGridsShowTheSame: a small box lies in the tiles of all grids, at the place
// where the grid has it, and in no tile outside the grid's cover.
func TestGridsShowTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := drawAddress(t)
		x, y := rapid.Float64Range(0, extent-300).Draw(t, "u"), rapid.Float64Range(0, extent-300).Draw(t, "v")
		p := polygon(at, tileBox(x, y, x+250, y+250))
		l := newMemory("patch", feature.KindPatch).add(p)
		for _, g := range Grids() {
			z := min(at.Z, g.MaxZoom())
			shown := 0
			g.Cover(p.Bound(), z).Each(func(a Address) bool {
				_, decoded := render(t, a, Options{}, l)
				d := decoded.Layer("patch")
				if d == nil {
					return true
				}
				shown++
				f := newFrame(a)
				parts, err := d.Features[0].Parts()
				if err != nil {
					t.Fatal(err)
				}
				for _, q := range parts[0] {
					lon, lat := f.lonLat(float64(q.X), float64(q.Y))
					slack := 1 * (f.own.Max[0] - f.own.Min[0]) / extent
					if !p.Bound().Pad(slack).Contains(orb.Point{lon, lat}) {
						t.Fatalf("%s %s: a vertex at %v, %v, the box is %v", g, a, lon, lat, p.Bound())
					}
				}
				return true
			})
			if shown == 0 {
				t.Fatalf("%s shows nothing at zoom %d", g, z)
			}
		}
	})
}

// TestGridsShowAll: the tiles of a zoom together show every feature, in every
// grid.
func TestGridsShowAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newMemory("patch", feature.KindPatch)
		around := drawAddress(t)
		all := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
		for range rapid.IntRange(1, 12).Draw(t, "features") {
			x, y := rapid.Float64Range(-4000, 8000).Draw(t, "u"), rapid.Float64Range(-4000, 8000).Draw(t, "v")
			w := rapid.SampledFrom([]float64{0.1, 30, 900}).Draw(t, "w")
			p := polygon(around, tileBox(x, y, x+w, y+w))
			l.add(p)
			all = all.Union(p.Bound())
		}
		if all.Min[0] < -180 || all.Max[0] > 180 {
			return
		}
		for _, g := range Grids() {
			shown := map[uint64]bool{}
			g.Cover(all, min(around.Z, g.MaxZoom())).Each(func(a Address) bool {
				_, decoded := render(t, a, Options{}, l)
				if d := decoded.Layer("patch"); d != nil {
					for _, f := range d.Features {
						shown[f.ID] = true
					}
				}
				return true
			})
			if len(shown) != len(l.features) {
				t.Fatalf("%s shows %d of %d features", g, len(shown), len(l.features))
			}
		}
	})
}

// TestGridTessellation: a tessellation stays whole in grids of degrees too.
func TestGridTessellation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := drawAddress(t)
		at.Grid = CGCS2000Quad
		at.Z = min(at.Z, at.Grid.MaxZoom())
		columns, rows := at.Grid.Size(at.Z)
		at.X, at.Y = min(at.X, columns-1), min(at.Y, rows-1)
		l := newMemory("dltb", feature.KindReference)
		for _, p := range tessellation(t, at) {
			l.add(p)
			l.features[len(l.features)-1].NeedsRepair = false
		}
		tile, decoded := render(t, at, Options{MaxBytes: 1 << 30}, l)
		if a := area2(t, decoded.Layer("dltb")); a != full {
			t.Fatalf("twice the area is %d, %d too much; %v", a, a-full, tile.Generalised)
		}
		same := at
		same.Grid = WorldCRS84Quad
		if other, _ := render(t, same, Options{MaxBytes: 1 << 30}, l); string(other.Data) != string(tile.Data) {
			t.Fatal("the two grids of degrees differ")
		}
	})
}

// TestGridCover: also along the edges of the grid of degrees, what a tile shows
// is in the cover.
func TestGridCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := uint8(rapid.IntRange(0, 17).Draw(t, "z"))
		columns, rows := CGCS2000Quad.Size(z)
		at := Address{Z: z, X: rapid.Uint32Range(0, columns-1).Draw(t, "x"), Y: rapid.Uint32Range(0, rows-1).Draw(t, "y"), Grid: CGCS2000Quad}
		edge := rapid.SampledFrom([]float64{-Buffer, -Buffer - 0.4, -Buffer + 0.4, 0, extent, extent + Buffer, extent + Buffer + 0.4})
		x, y := edge.Draw(t, "u"), edge.Draw(t, "v")
		w := rapid.Float64Range(0, 300).Draw(t, "w")
		p := polygon(at, tileBox(x, y, x+w, y+w))
		l := newMemory("tbpatch", feature.KindPatch).add(p)
		cover := CGCS2000Quad.Cover(p.Bound(), z)
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				a := Address{Z: z, X: at.X + uint32(dx), Y: at.Y + uint32(dy), Grid: CGCS2000Quad}
				if !a.Valid() {
					continue
				}
				tile, err := Render([]Layer{l}, a, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if tile.Data != nil && !cover.Contains(a) {
					t.Fatalf("%s shows the feature, the cover is %+v", a, cover)
				}
			}
		}
	})
}

// TestDegreeEdgesAreStraight: in a grid of degrees a long edge stays one edge.
func TestDegreeEdgesAreStraight(t *testing.T) {
	l := newMemory("zone", feature.KindAdmin).add(orb.Polygon{{{0, 0}, {80, 70}, {0, 70}, {0, 0}}})
	_, decoded := render(t, Address{X: 1, Grid: WorldCRS84Quad}, Options{}, l)
	parts, err := decoded.Layer("zone").Features[0].Parts()
	if err != nil || len(parts) != 1 || len(parts[0]) != 3 {
		t.Fatalf("%v, %v", parts, err)
	}
	for i, want := range []mvt.Point{{X: 0, Y: 2048}, {X: 0, Y: 455}, {X: 1820, Y: 455}} { // 4096/180 units a degree
		if !slices.Contains(parts[0], want) {
			t.Errorf("vertex %d, %v, is not in %v", i, want, parts[0])
		}
	}
}

// TestZoomsOfLayersAreScales: a layer that begins at zoom 8 begins at zoom 7 in
// a grid of degrees, where tiles have the same resolution.
func TestZoomsOfLayersAreScales(t *testing.T) {
	p := orb.Point{94.9, 36.4}
	l := newMemory("dltb", feature.KindReference).add(orb.Polygon{{{94, 36}, {95, 36}, {95, 37}, {94, 37}, {94, 36}}})
	l.layer.MinZoom, l.layer.MaxZoom = 8, 10
	for _, g := range Grids() {
		var zooms []int
		for z := uint8(0); z <= g.MaxZoom(); z++ {
			g.Cover(p.Bound(), z).Each(func(a Address) bool {
				if tile, _ := render(t, a, Options{}, l); tile.Data != nil {
					zooms = append(zooms, int(z))
				}
				return false
			})
		}
		want := []int{8, 9, 10}
		if g.Degrees() {
			want = []int{7, 8, 9}
		}
		if !slices.Equal(zooms, want) {
			t.Errorf("%s: zooms %v, want %v", g, zooms, want)
		}
	}
}

func TestPixelArea(t *testing.T) {
	for _, tt := range []struct {
		a    Address
		lat  float64
		want float64 // m²
	}{
		{Address{}, 0, 156543.034 * 156543.034}, {Address{Z: 14}, 60, 9.5546285 * 9.5546285 / 4},
		{Address{Z: 13, Grid: CGCS2000Quad}, 0, 9.5546285 * 9.5546285}, {Address{Z: 13, Grid: CGCS2000Quad}, 60, 9.5546285 * 9.5546285 / 2},
	} {
		if got := tt.a.Grid.PixelArea(tt.a.Z, tt.lat); math.Abs(got/tt.want-1) > 1e-6 {
			t.Errorf("%s %s at %v: %v m², want %v", tt.a.Grid, tt.a, tt.lat, got, tt.want)
		}
	}
}

// TestCacheOfGrids: a change takes tiles out of all grids, and the two grids of
// degrees share theirs.
func TestCacheOfGrids(t *testing.T) {
	c := NewCache(1 << 20)
	p := orb.Point{94.9, 36.4}
	keys := map[Grid]Key{
		WebMercatorQuad: {Layers: "dltb", Address: city, Params: "filter"},
		WorldCRS84Quad:  {Layers: "dltb", Address: Address{Z: 13, X: 12511, Y: 2439, Grid: WorldCRS84Quad}, Params: "filter"},
		CGCS2000Quad:    {Layers: "dltb", Address: Address{Z: 13, X: 12511, Y: 2439, Grid: CGCS2000Quad}, Params: "filter"},
	}
	far := Key{Layers: "dltb", Address: Address{Z: 13, X: 1, Y: 1, Grid: CGCS2000Quad}}
	fetch(t, c, far, 1, "far")
	fetch(t, c, keys[WebMercatorQuad], 1, "mercator")
	fetch(t, c, keys[WorldCRS84Quad], 1, "degrees")
	if got := fetch(t, c, keys[CGCS2000Quad], 1, "made again"); got != "degrees" {
		t.Errorf("CGCS2000Quad: %s", got)
	}
	if n := c.Stats().Tiles; n != 3 {
		t.Errorf("%d tiles", n)
	}
	c.Invalidate(2, []Touch{{Layer: "dltb", Bounds: []orb.Bound{p.Bound()}}})
	for g, k := range keys {
		if got := fetch(t, c, k, 2, "new"); got != "new" {
			t.Errorf("%s is stale: %s", g, got)
		}
	}
	if got := fetch(t, c, far, 2, "new"); got != "far" {
		t.Errorf("an untouched tile is made again: %s", got)
	}
}

func TestFiltered(t *testing.T) {
	l := newMemory("patch", feature.KindPatch)
	for i := range 6 {
		x := 100 + 500*float64(i)
		l.add(polygon(city, tileBox(x, 100, x+200, 300)))
	}
	_, decoded := render(t, city, Options{}, Filtered(l, func(s feature.Slot) bool { return s%3 == 1 }))
	var ids []uint64
	for _, f := range decoded.Layer("patch").Features {
		ids = append(ids, f.ID)
	}
	if !slices.Equal(ids, []uint64{2, 5}) {
		t.Errorf("features %v", ids)
	}
	if tile, _ := render(t, city, Options{}, Filtered(l, func(feature.Slot) bool { return false })); tile.Data != nil {
		t.Error("a tile of nothing has bytes")
	}
}
