package tiles

import (
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"tuban/feature"
)

// TestTessellationStaysWhole: polygons that share all their borders and cover a
// tile cover it after snapping, without a gap and without an overlap, whatever
// their size; those that vanish leave no gap either.
func TestTessellationStaysWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.IntRange(3, MaxZoom).Draw(t, "z")
		addr := Address{Z: uint8(z), X: uint32(rapid.IntRange(0, 1<<z-1).Draw(t, "x")), Y: uint32(rapid.IntRange(1<<z/8, 1<<z*7/8-1).Draw(t, "y"))}
		l := newMemory("dltb", feature.KindReference)
		for _, p := range tessellation(t, addr) {
			l.add(p)
			l.features[len(l.features)-1].NeedsRepair = false
		}
		tile, decoded := render(t, addr, Options{MaxBytes: 1 << 30}, l)
		if a := area2(t, decoded.Layer("dltb")); a != full {
			t.Fatalf("twice the area is %d, %d too much; %v", a, a-full, tile.Generalised)
		}
	})
}

// tessellation returns polygons that cover the buffered square of a tile: a grid
// whose lines are shaken and broken, in cells of random width and height, much
// below a unit in places, with some cells joined.
func tessellation(t *rapid.T, addr Address) []orb.Polygon {
	lines := func(name string) []float64 {
		at := []float64{-200}
		sizes := rapid.SampledFrom([][]float64{{0.02, 0.3, 2000}, {1, 3, 2000}, {20, 300}, {0.7, 500, 1500}, {0.004, 0.01, 3000}}).Draw(t, name)
		for n := 0; at[len(at)-1] < extent+200 && n < 14; n++ {
			at = append(at, at[len(at)-1]+rapid.SampledFrom(sizes).Draw(t, "size")*rapid.Float64Range(0.5, 1.5).Draw(t, "factor"))
		}
		return append(at, at[len(at)-1]+9000)
	}
	xs, ys := lines("columns"), lines("rows")
	shake := rapid.Float64Range(0, 0.3).Draw(t, "shake")
	node := make(map[[2]int]orb.Point)
	gap := func(at []float64, i int) float64 {
		if i == 0 || i == len(at)-1 {
			return 0
		}
		return min(at[i+1]-at[i], at[i]-at[i-1])
	}
	for i, x := range xs {
		for j, y := range ys {
			dx := gap(xs, i) * shake * rapid.Float64Range(-1, 1).Draw(t, "dx")
			dy := gap(ys, j) * shake * rapid.Float64Range(-1, 1).Draw(t, "dy")
			node[[2]int{i, j}] = lonLat(addr, x+dx, y+dy)
		}
	}
	var out []orb.Polygon
	for i := 0; i+1 < len(xs); i++ {
		for j := 0; j+1 < len(ys); j++ {
			ring := orb.Ring{node[[2]int{i, j}], node[[2]int{i + 1, j}], node[[2]int{i + 1, j + 1}], node[[2]int{i, j + 1}]}
			if rapid.Bool().Draw(t, "split") {
				out = append(out, orb.Polygon{{ring[0], ring[1], ring[2], ring[0]}}, orb.Polygon{{ring[2], ring[3], ring[0], ring[2]}})
			} else {
				out = append(out, orb.Polygon{append(ring, ring[0])})
			}
		}
	}
	return out
}
