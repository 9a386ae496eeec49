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
		name            string
		max             int
		reduced         []bool // dltb, tbpatch
		merged, dropped bool   // some of dltb
		allMarked       bool   // marks of patches that could be drawn
	}{
		{"all fits", size, []bool{false, false}, false, false, false},
		{"reference properties", size - 1, []bool{true, false}, false, false, false},
		{"patch properties too", 62_000, []bool{true, true}, false, false, false},
		{"reference polygons too", 60_000, []bool{true, true}, true, false, false},
		{"reference features too", 20_000, []bool{true, true}, true, true, false},
		{"patches as marks", 6_000, []bool{true, true}, true, true, true},
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
			if a.Reduced != tt.reduced[0] || b.Reduced != tt.reduced[1] || a.Merged > 0 != tt.merged ||
				a.Dropped > 0 != tt.dropped || b.Marked > 100 != tt.allMarked {
				t.Errorf("%d bytes: %+v", len(tile.Data), tile.Generalised)
			}
			if b.Merged > 0 || b.Dropped > 0 || b.Collapsed > 0 {
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

// squares returns 500 apart from each other, with sides of 10 to 109 units, each
// of its own class or all of one.
func squares(classes bool) (l *memory, side []int64) {
	l = newMemory("dltb", feature.KindReference, "class")
	if classes {
		l.layer.ClassField = "class"
	}
	for i := range 500 {
		x, y := float64(i%25)*160, float64(i/25)*160
		side = append(side, int64(10+(i*37)%100))
		s := float64(side[i])
		l.add(polygon(city, tileBox(x, y, x+s, y+s)), feature.IntValue(int64(i)))
	}
	return l, side
}

// TestSmallestAreMerged: of a reference layer that does not fit the smallest
// merge, and no more than need be.
func TestSmallestAreMerged(t *testing.T) {
	l, side := squares(false)
	tile, decoded := render(t, city, Options{MaxBytes: 14_000}, l)
	drawn := decoded.Layer("dltb")
	alone := 0
	for i := range drawn.Features {
		if f := &drawn.Features[i]; f.HasID {
			alone++
			if s := side[f.ID-1]; s < 64 {
				t.Errorf("a square of side %d is not merged", s)
			}
		}
	}
	var all int64
	for _, s := range side {
		all += 2 * s * s
	}
	if a := area2(t, drawn); a != all || alone < 200 || len(tile.Data) < 10_000 {
		t.Errorf("twice the area is %d instead of %d; %d drawn alone in %d bytes", a, all, alone, len(tile.Data))
	}
	requireAllTold(t, drawn, tile.Generalised[0], 500)
}

// TestLargestAreKept: where merging does not help the smallest go.
func TestLargestAreKept(t *testing.T) {
	l, side := squares(true)
	tile, decoded := render(t, city, Options{MaxBytes: 8000}, l)
	kept := decoded.Layer("dltb")
	smallest := int64(1 << 62)
	for i := range kept.Features {
		smallest = min(smallest, side[kept.Properties(&kept.Features[i])["class"].(int64)])
	}
	larger := 0
	for _, s := range side {
		if s > smallest+1<<coarsestGrid { // sides are rounded before the choice
			larger++
		}
	}
	if larger > len(kept.Features) || len(kept.Features) < 100 {
		t.Errorf("%d kept, %d are larger than the smallest of them", len(kept.Features), larger)
	}
	requireAllTold(t, kept, tile.Generalised[0], 500)
}
