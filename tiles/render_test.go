package tiles

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"tuban/feature"
	"tuban/geom"
	"tuban/tiles/mvt"
)

var city = Address{Z: 14, X: 12511, Y: 6411} // holds 94.9 E, 36.4 N

func TestPolygonsCutToTheTile(t *testing.T) {
	tests := []struct {
		name  string
		rings [][][2]float64
		want  [][]mvt.Point // nil: nothing
	}{
		//  ┌─────┐  a box in the tile stays as it is, whichever way it runs
		{"inside", [][][2]float64{tileBox(10, 10, 30, 20)}, [][]mvt.Point{{{X: 10, Y: 10}, {X: 30, Y: 10}, {X: 30, Y: 20}, {X: 10, Y: 20}}}},
		{"inside, the other way round", [][][2]float64{{{10, 10}, {10, 20}, {30, 20}, {30, 10}}}, [][]mvt.Point{{{X: 10, Y: 10}, {X: 30, Y: 10}, {X: 30, Y: 20}, {X: 10, Y: 20}}}},
		{"all around the tile", [][][2]float64{tileBox(-5000, -5000, 9000, 9000)}, [][]mvt.Point{{{X: -64, Y: -64}, {X: 4160, Y: -64}, {X: 4160, Y: 4160}, {X: -64, Y: 4160}}}},
		{"the tile lies in its hole", [][][2]float64{tileBox(-9000, -9000, 9900, 9900), tileBox(-500, -500, 5000, 5000)}, nil},
		{"outside", [][][2]float64{tileBox(-500, 0, -65, 100)}, nil},
		{"past a corner, box and all", [][][2]float64{{{-300, 100}, {100, -300}, {-300, -300}}}, nil},
		{"over the west side", [][][2]float64{tileBox(-500, 100, 50, 200)}, [][]mvt.Point{{{X: -64, Y: 100}, {X: 50, Y: 100}, {X: 50, Y: 200}, {X: -64, Y: 200}}}},
		//  a comb over the north side falls into its teeth: no bridge along the border
		{"comb", [][][2]float64{{{100, 300}, {100, -400}, {900, -400}, {900, 300}, {800, 300}, {800, -300}, {200, -300}, {200, 300}}},
			[][]mvt.Point{{{X: 100, Y: -64}, {X: 200, Y: -64}, {X: 200, Y: 300}, {X: 100, Y: 300}}, {{X: 800, Y: -64}, {X: 900, Y: -64}, {X: 900, Y: 300}, {X: 800, Y: 300}}}},
		{"too small", [][][2]float64{tileBox(10.1, 10.1, 10.4, 10.4)}, nil},
		{"too thin", [][][2]float64{tileBox(10.1, 10, 10.4, 90)}, nil},
		{"two points", [][][2]float64{{{10, 10}, {300, 500}}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newMemory("dltb", feature.KindReference).add(polygon(city, tt.rings...))
			_, decoded := render(t, city, Options{}, l)
			got := decoded.Layer("dltb")
			if tt.want == nil {
				if got != nil {
					parts, _ := got.Features[0].Parts()
					t.Fatalf("got %v, want nothing", parts)
				}
				return
			}
			parts, err := got.Features[0].Parts()
			if err != nil || len(parts) != len(tt.want) {
				t.Fatalf("got %v, %v, want %v", parts, err, tt.want)
			}
			for i := range parts {
				if !sameRing(parts[i], tt.want[i]) {
					t.Errorf("ring %d is %v, want %v", i, parts[i], tt.want[i])
				}
			}
		})
	}
}

// sameRing compares rings wherever they start.
func sameRing(a, b []mvt.Point) bool {
	for i := range b {
		if slices.Equal(a, append(slices.Clone(b[i:]), b[:i]...)) {
			return true
		}
	}
	return false
}

func TestSharedBorderAcrossTiles(t *testing.T) {
	// One border runs through both tiles; where both draw it, it is the same.
	east := Address{Z: city.Z, X: city.X + 1, Y: city.Y}
	p := polygon(city, [][2]float64{{3900.3, 500.2}, {4140.7, 900.9}, {4059.2, 1300.4}, {4300, 1700}, {3000, 1800}})
	l := newMemory("dltb", feature.KindReference).add(p)
	_, a := render(t, city, Options{}, l)
	_, b := render(t, east, Options{}, l)
	left, _ := a.Layer("dltb").Features[0].Parts()
	right, _ := b.Layer("dltb").Features[0].Parts()
	both := 0
	for _, p := range left[0] {
		if p.X > extent-Buffer && p.X < extent+Buffer {
			if !slices.Contains(right[0], mvt.Point{X: p.X - extent, Y: p.Y}) {
				t.Errorf("%v is not in the tile to the east: %v", p, right[0])
			}
			both++
		}
	}
	if both < 2 {
		t.Errorf("only %d points in both tiles", both)
	}
}

// TestAnyPolygonBecomesValid: bow-ties, spikes, slivers, holes anywhere, parts
// that overlap, at any size. (render validates each tile.)
func TestAnyPolygonBecomesValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([]float64{3, 40, 900, 6000}).Draw(t, "size")
		step := rapid.SampledFrom([]float64{0.001, 0.25, 1}).Draw(t, "step") // on a lattice, so that points meet
		coordinate := rapid.Custom(func(t *rapid.T) float64 {
			return math.Round(rapid.Float64Range(-size, size).Draw(t, "c")/step) * step
		})
		var g orb.MultiPolygon
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			var rings [][][2]float64
			for range rapid.IntRange(1, 3).Draw(t, "rings") {
				var r [][2]float64
				for range rapid.IntRange(1, 12).Draw(t, "points") {
					r = append(r, [2]float64{2000 + coordinate.Draw(t, "x"), 2000 + coordinate.Draw(t, "y")})
				}
				rings = append(rings, r)
			}
			g = append(g, polygon(city, rings...))
		}
		l := newMemory("tbpatch", feature.KindPatch, "state").add(g, feature.StringValue("open"))
		l.features[0].NeedsRepair = rapid.Bool().Draw(t, "told") // valid even when nobody said so
		_, decoded := render(t, city, Options{}, l)
		frame := newFrame(city)
		drawn := decoded.Layer("tbpatch")
		if inside := geom.IntersectsBound(g, frame.box); inside != (drawn != nil) || drawn != nil && len(drawn.Features) != 1 {
			t.Fatalf("the patch meets the tile: %v, it is drawn: %+v", inside, drawn)
		}
	})
}

func TestProperties(t *testing.T) {
	l := newMemory("dltb", feature.KindReference, "id", "DLBM", "area", "n", "ok", "list", "none")
	l.layer.ClassField = "DLBM"
	l.add(polygon(city, tileBox(0, 0, 100, 100)), feature.StringValue("of the file"), feature.StringValue("0102"),
		feature.FloatValue(7), feature.IntValue(-3), feature.BoolValue(true), feature.JSONValue(`[1,2]`), feature.Value{})
	l.features[0].Number = 77
	tests := []struct {
		name string
		opt  Options
		want map[string]any
	}{
		{"all", Options{}, map[string]any{"id": "dltb-1", "DLBM": "0102", "area": 7.0, "n": int64(-3), "ok": true, "list": "[1,2]"}},
		{"some", Options{Properties: []string{"n", "id", "unknown"}}, map[string]any{"id": "dltb-1", "n": int64(-3)}},
		{"none", Options{Properties: []string{}}, map[string]any{"id": "dltb-1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, decoded := render(t, city, tt.opt, l)
			layer := decoded.Layer("dltb")
			if got := layer.Properties(&layer.Features[0]); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if layer.Features[0].ID != 77 || layer.Extent != 4096 {
				t.Errorf("id %d, extent %d", layer.Features[0].ID, layer.Extent)
			}
		})
	}
}

func TestPointsAndLines(t *testing.T) {
	l := newMemory("places", feature.KindAdmin)
	l.add(lonLat(city, 5, 7)).add(orb.MultiPoint{lonLat(city, 5, 7), lonLat(city, -500, 7), lonLat(city, 8, 9)}).add(lonLat(city, 5, -70))
	l.add(orb.LineString{lonLat(city, -500, 100), lonLat(city, 50, 100), lonLat(city, 50.2, 100.2), lonLat(city, 50, -500), lonLat(city, 60, -500), lonLat(city, 60, 5)})
	l.add(orb.LineString{lonLat(city, 5, 5), lonLat(city, 5.2, 5.1)}).add(nil)
	tile, decoded := render(t, city, Options{}, l)
	want := [][][]mvt.Point{{{{X: 5, Y: 7}}}, {{{X: 5, Y: 7}, {X: 8, Y: 9}}}, {{{X: -64, Y: 100}, {X: 50, Y: 100}, {X: 50, Y: -64}}, {{X: 60, Y: -64}, {X: 60, Y: 5}}}}
	layer := decoded.Layer("places")
	if len(layer.Features) != len(want) {
		t.Fatalf("%d features", len(layer.Features))
	}
	for i := range want {
		if got, err := layer.Features[i].Parts(); err != nil || !reflect.DeepEqual(got, want[i]) {
			t.Errorf("feature %d: %v, %v, want %v", i, got, err, want[i])
		}
	}
	if got := tile.Header(); got != "places=1" { // the line of half a unit
		t.Errorf("header %q", got)
	}
}

func TestCollapsed(t *testing.T) {
	reference := newMemory("dltb", feature.KindReference)
	patches := newMemory("tbpatch", feature.KindPatch, "kind", "state", "unit")
	patches.layer.ClassField = "kind"
	for i := range 10 {
		x := float64(i) * 100
		p := polygon(city, tileBox(x+0.1, 50.1, x+0.3, 50.3))
		reference.add(p)
		patches.add(p, feature.StringValue("1"), feature.StringValue("open"), feature.IntValue(int64(i)))
	}
	reference.add(polygon(city, tileBox(-30.4, 7, -30.2, 7.2))) // in the buffer only: not missed
	patches.add(polygon(city, tileBox(-300, 7, -67, 8)))        // outside
	tile, decoded := render(t, city, Options{}, reference, patches)
	want := []Note{{Layer: "dltb", Collapsed: 10}, {Layer: "tbpatch", Marked: 10}}
	if !reflect.DeepEqual(tile.Generalised, want) {
		t.Errorf("told %+v, want %+v", tile.Generalised, want)
	}
	if got := tile.Header(); got != "dltb=10,tbpatch=10" {
		t.Errorf("header %q", got)
	}
	marks := decoded.Layer("tbpatch")
	if len(marks.Features) != 10 {
		t.Fatalf("%d marks", len(marks.Features))
	}
	wantMark := map[string]any{"id": "tbpatch-4", "kind": "1", "state": "open", "mark": true, "count": int64(1)}
	if got := marks.Properties(&marks.Features[3]); !reflect.DeepEqual(got, wantMark) || marks.Features[3].ID != 4 {
		t.Errorf("mark %v, want %v", got, wantMark)
	}
	if parts, err := marks.Features[3].Parts(); err != nil || parts[0][0] != (mvt.Point{X: 300, Y: 50}) {
		t.Errorf("mark at %v, %v", parts, err)
	}
	told := decoded.Layer(generalisedName)
	if got := told.Properties(&told.Features[0]); fmt.Sprint(got) != "map[dltb:10 dltb:collapsed:10 tbpatch:10 tbpatch:marked:10]" {
		t.Errorf("the tile tells %v", got)
	}
}

func TestRenderRefuses(t *testing.T) {
	l := newMemory("dltb", feature.KindReference)
	for _, a := range []Address{{Z: 19}, {Z: 3, X: 8}, {Z: 3, Y: 8}, {Z: 255}, {Z: 18, Grid: CGCS2000Quad}, {Grid: 3}, {Z: 3, Y: 8, Grid: CGCS2000Quad}} {
		if _, err := Render([]Layer{l}, a, Options{}); !errors.Is(err, ErrBadAddress) {
			t.Errorf("%s: %v", a, err)
		}
	}
	if _, err := Render([]Layer{l, l}, city, Options{}); !errors.Is(err, ErrRepeatedLayer) {
		t.Errorf("%v", err)
	}
}

func TestZoomRange(t *testing.T) {
	tests := []struct {
		name     string
		kind     feature.Kind
		min, max int
		want     bool
	}{
		{"within", feature.KindReference, 14, 14, true},
		{"below", feature.KindReference, 15, 18, false},
		{"beyond", feature.KindAdmin, 0, 13, false},
		{"no limit", feature.KindReference, 0, 0, true},
		{"patches are never missing", feature.KindPatch, 15, 18, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newMemory("a", tt.kind).add(polygon(city, tileBox(0, 0, 100, 100)))
			l.layer.MinZoom, l.layer.MaxZoom = tt.min, tt.max
			if tile, _ := render(t, city, Options{}, l); (tile.Data != nil) != tt.want {
				t.Errorf("drawn: %v", tile.Data != nil)
			}
		})
	}
}

// TestEditsStayInTheirCover: after an edit, a tile that is in the cover of
// neither the old nor the new shape has the same bytes, and all tiles have the
// bytes that they have of a layer which never was otherwise.
func TestEditsStayInTheirCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newMemory("dltb", feature.KindReference, "class")
		l.layer.ClassField = "class"
		for _, p := range tessellation(t, city) {
			l.add(p, feature.IntValue(rapid.Int64Range(0, 3).Draw(t, "class")))
		}
		if rapid.Bool().Draw(t, "pyramid") {
			l.derive()
		}
		opt := Options{MaxBytes: rapid.SampledFrom([]int{0, 3000, 400}).Draw(t, "limit")}
		i := rapid.IntRange(0, len(l.features)-1).Draw(t, "edited")
		around := WebMercatorQuad.Cover(city.Bound(), city.Z-uint8(rapid.IntRange(0, 5).Draw(t, "up")))
		look := func() (all map[Address]string) {
			all = map[Address]string{}
			around.Each(func(a Address) bool {
				tile, err := Render([]Layer{l}, a, opt)
				if err != nil {
					t.Fatal(err)
				}
				all[a] = string(tile.Data)
				return true
			})
			return all
		}
		before := look()
		old := WebMercatorQuad.Cover(l.bounds[i], around.Z)
		x, y := rapid.Float64Range(-300, 4400).Draw(t, "x"), rapid.Float64Range(-300, 4400).Draw(t, "y")
		l.replace(i, polygon(city, tileBox(x, y, x+50, y+50)))
		changed := WebMercatorQuad.Cover(l.bounds[i], around.Z)
		after := look()
		for a, data := range after {
			if data != before[a] && !old.Contains(a) && !changed.Contains(a) {
				t.Fatalf("%s has changed, the cover is %+v and %+v", a, old, changed)
			}
		}
		if l.pyramid != nil {
			l.derive()
			for a, data := range look() {
				if data != after[a] {
					t.Fatalf("%s differs with a pyramid made anew", a)
				}
			}
		}
	})
}

// TestEdgesAreStraightInLonLat: a long edge follows its place on the map.
func TestEdgesAreStraightInLonLat(t *testing.T) {
	world := Address{}
	l := newMemory("zone", feature.KindAdmin).add(orb.Polygon{{{0, 0}, {80, 70}, {0, 70}, {0, 0}}})
	_, decoded := render(t, world, Options{}, l)
	parts, _ := decoded.Layer("zone").Features[0].Parts()
	f := newFrame(world)
	for _, tt := range []float64{0.3, 0.5, 0.9} {
		x, y := f.units(orb.Point{80 * tt, 70 * tt})
		near := math.Inf(1)
		for i, p := range parts[0] {
			q := parts[0][(i+1)%len(parts[0])]
			near = min(near, distance(x, y, p, q))
		}
		if near > 1 {
			t.Errorf("the border passes %.1f units from %v of the edge", near, tt)
		}
	}
}

func distance(x, y float64, p, q mvt.Point) float64 {
	dx, dy := float64(q.X-p.X), float64(q.Y-p.Y)
	t := ((x-float64(p.X))*dx + (y-float64(p.Y))*dy) / (dx*dx + dy*dy)
	t = min(max(t, 0), 1)
	return math.Hypot(x-float64(p.X)-t*dx, y-float64(p.Y)-t*dy)
}
