package tiles

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"tuban/feature"
)

// TestMerged: one feature a class, which covers what its polygons cover, once;
// neighbours of a class lose their border, those of two share it. Patches are not
// merged.
//
//	a a a b b b     and every a twice: 20 squares of two pixels in a row
func TestMerged(t *testing.T) {
	l := newMemory("dltb", feature.KindReference, "class", "owner")
	l.layer.ClassField = "class"
	squares := newMemory("tbpatch", feature.KindPatch)
	for i := range 20 {
		x := float64(96 + 32*i)
		p := polygon(city, tileBox(x, 96, x+32, 128))
		squares.add(p)
		class := feature.IntValue(7)
		if i >= 10 {
			class = feature.Value{}
		}
		l.add(p, class, feature.StringValue("someone"))
		if i < 10 {
			l.add(p, class)
		}
	}
	for _, derived := range []bool{false, true} {
		if derived {
			l.derive()
		}
		tile, decoded := render(t, city, Options{MaxBytes: 1500}, l, squares)
		drawn := decoded.Layer("dltb")
		want := []map[string]any{{"merged": true, "count": int64(10)}, {"class": int64(7), "merged": true, "count": int64(20)}}
		from, to := []float64{416, 96}, []float64{736, 416}
		for i := range want {
			f := &drawn.Features[i]
			rings, err := f.Parts()
			if err != nil || len(rings) != 1 || len(drawn.Features) != 2 || f.HasID {
				t.Fatalf("%+v, %v", drawn.Features, err)
			}
			if got := drawn.Properties(f); !reflect.DeepEqual(got, want[i]) {
				t.Errorf("got %v, want %v", got, want[i])
			}
			var b orb.MultiPoint
			for _, p := range rings[0] {
				b = append(b, orb.Point{float64(p.X), float64(p.Y)})
			}
			if lo, hi := b.Bound().Min, b.Bound().Max; lo != (orb.Point{from[i], 96}) || hi != (orb.Point{to[i], 128}) || featureArea2(t, f) < 2*320*32-2*pixel*pixel {
				t.Errorf("class %d is drawn as %v", i, rings)
			}
		}
		if len(decoded.Layer("tbpatch").Features) != 20 || tile.Header() != "dltb=30" {
			t.Errorf("%d patches, header %s", len(decoded.Layer("tbpatch").Features), tile.Header())
		}
		told := decoded.Layer(generalisedName)
		if got := told.Properties(&told.Features[0]); fmt.Sprint(got) != "map[dltb:30 dltb:grid:256 dltb:merged:30 dltb:reduced:true]" {
			t.Errorf("the tile tells %v", got)
		}
	}
}

// TestAnyPolygonsMerge: polygons that cross each other anyhow, whole layers of
// them, give valid tiles whatever the size (render validates each).
func TestAnyPolygonsMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.SampledFrom([]float64{3, 40, 900, 6000}).Draw(t, "size")
		l := newMemory("dltb", feature.KindReference, "class")
		l.layer.ClassField = "class"
		for range rapid.IntRange(1, 30).Draw(t, "features") {
			var r [][2]float64
			x, y := rapid.Float64Range(0, size).Draw(t, "x"), rapid.Float64Range(0, size).Draw(t, "y")
			for range rapid.IntRange(3, 8).Draw(t, "points") {
				r = append(r, [2]float64{x + rapid.Float64Range(-size/4, size/4).Draw(t, "dx"), y + rapid.Float64Range(-size/4, size/4).Draw(t, "dy")})
			}
			l.add(polygon(city, r), feature.IntValue(rapid.Int64Range(0, 2).Draw(t, "class")))
			l.features[len(l.features)-1].NeedsRepair = rapid.Bool().Draw(t, "told")
		}
		limit := rapid.IntRange(200, 1500).Draw(t, "limit")
		if tile, _ := render(t, city, Options{MaxBytes: limit}, l); len(tile.Data) > limit {
			t.Fatalf("%d bytes, at most %d are allowed", len(tile.Data), limit)
		}
	})
}

// TestMergedTessellationStaysWhole: a tessellation covers the tile without gap or
// overlap when it is merged, and on coarser grids too.
func TestMergedTessellationStaysWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newMemory("dltb", feature.KindReference, "class")
		l.layer.ClassField = "class"
		for _, p := range tessellation(t, city) {
			l.add(p, feature.IntValue(rapid.Int64Range(0, 4).Draw(t, "class")))
			l.features[len(l.features)-1].NeedsRepair = false
		}
		tile, decoded := render(t, city, Options{MaxBytes: rapid.IntRange(300, 4000).Draw(t, "limit")}, l)
		a := area2(t, decoded.Layer("dltb"))
		for _, n := range tile.Generalised {
			if n.Dropped > 0 && a < full {
				return
			}
		}
		if a != full {
			t.Fatalf("twice the area is %d, %d too much; %+v", a, a-full, tile.Generalised)
		}
	})
}
