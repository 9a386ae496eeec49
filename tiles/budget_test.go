package tiles

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tuban/feature"
	"tuban/tiles/mvt"
)

// patches returns a layer of n patches on a lattice, every third too small to be
// drawn.
func patches(addr Address, n int, side float64) *memory {
	l := newMemory("tbpatch", feature.KindPatch, "kind", "state", "remark")
	l.layer.ClassField = "kind"
	for i := range n {
		x, y := float64(i%60)*66, float64(i/60%60)*66
		s := side * float64(1+i%7)
		if i%3 == 0 {
			s = 0.2
		}
		l.add(polygon(addr, tileBox(x+0.1, y+0.1, x+0.1+s, y+0.1+s)), feature.StringValue(fmt.Sprint(i%4)),
			feature.StringValue([]string{"open", "checked", "closed"}[i%3]), feature.StringValue(strings.Repeat("长", i%20)))
	}
	return l
}

// TestSizeSteps: what is given up first, and that it is told.
func TestSizeSteps(t *testing.T) {
	reference := parcels(30, 8)
	drawn := patches(city, 300, 5)
	all, _ := render(t, city, Options{}, reference, drawn)
	size := len(all.Data)
	tests := []struct {
		name      string
		max       int
		reduced   []bool // dltb, tbpatch
		grid      int    // of dltb
		allMarked bool   // marks of patches that could be drawn
	}{
		{"all fits", size, []bool{false, false}, 0, false},
		{"reference properties", size - 1, []bool{true, false}, 0, false},
		{"patch properties too", 62_000, []bool{true, true}, 0, false},
		{"reference polygons too", 60_000, []bool{true, true}, 256, false},
		{"a coarser grid", 30_000, []bool{true, true}, 32, false},
		{"patches as marks", 10_000, []bool{true, true}, 16, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tile, decoded := render(t, city, Options{MaxBytes: tt.max}, reference, drawn)
			if len(tile.Data) > tt.max {
				t.Fatalf("%d bytes, at most %d are allowed", len(tile.Data), tt.max)
			}
			notes := map[feature.LayerID]Note{}
			for _, n := range tile.Generalised {
				notes[n.Layer] = n
			}
			a, b := notes["dltb"], notes["tbpatch"]
			if a.Reduced != tt.reduced[0] || b.Reduced != tt.reduced[1] || a.Grid != tt.grid || b.Marked > 100 != tt.allMarked {
				t.Errorf("%d bytes: %+v", len(tile.Data), tile.Generalised)
			}
			if a.Dropped > 0 || b.Merged > 0 || b.Dropped > 0 || b.Collapsed > 0 {
				t.Errorf("patches are missing: %+v", b)
			}
			requireAllPatches(t, decoded.Layer("tbpatch"), 300)
			requireAllTold(t, decoded.Layer("dltb"), a, 900)
		})
	}
}

// requireAllTold: features drawn, merged, collapsed and dropped are all there are.
func requireAllTold(t tester, l *mvt.Layer, n Note, want int) {
	t.Helper()
	alone, merged := 0, 0
	for i := 0; l != nil && i < len(l.Features); i++ {
		f := &l.Features[i]
		p := l.Properties(f)
		if p["merged"] == nil {
			alone++
			continue
		}
		merged += int(p["count"].(int64))
		if p["id"] != nil || f.HasID {
			t.Fatalf("a merged feature has an id: %v", p)
		}
	}
	if merged != n.Merged || alone+n.Count() != want {
		t.Fatalf("%d features are drawn and %d merged of %d; told: %+v", alone, merged, want, n)
	}
}

// requireAllPatches: drawn patches and the counts of the marks are all patches,
// and the states of merged marks are all told.
func requireAllPatches(t tester, l *mvt.Layer, want int) {
	t.Helper()
	got := 0
	for i := range l.Features {
		f := &l.Features[i]
		p := l.Properties(f)
		if p["mark"] == nil {
			got++
			continue
		}
		n := int(p["count"].(int64))
		got += n
		if (n > 1) != (p["id"] == nil) || (n > 1) != (p["states"] != nil) || (n > 1) == f.HasID {
			t.Fatalf("mark %v", p)
		}
	}
	if got != want {
		t.Fatalf("%d patches drawn or counted, want %d", got, want)
	}
}

// TestNoPatchIsEverMissing at any zoom and size, and a tile never exceeds it.
func TestNoPatchIsEverMissing(t *testing.T) {
	layers := map[int]*memory{}
	for _, n := range []int{1, 40, 700, 3600} {
		layers[n] = patches(city, n, 6)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{1, 40, 700, 3600}).Draw(t, "n")
		up := rapid.IntRange(0, 8).Draw(t, "up")
		limit := rapid.IntRange(400, 60_000).Draw(t, "limit")
		a := Address{Z: city.Z - uint8(up), X: city.X >> up, Y: city.Y >> up}
		tile, decoded := render(t, a, Options{MaxBytes: limit}, layers[n])
		if len(tile.Data) > limit {
			t.Fatalf("%d bytes, at most %d are allowed", len(tile.Data), limit)
		}
		requireAllPatches(t, decoded.Layer("tbpatch"), n)
	})
}
