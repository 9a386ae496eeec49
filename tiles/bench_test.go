package tiles

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/internal/demo"
)

// parcels returns a layer of n·n parcels that share their borders and cover a
// tile, each with about vertices points and five properties.
func parcels(n, vertices int) *memory {
	r := rand.New(rand.NewPCG(1, 2))
	l := newMemory("dltb", feature.KindReference, "DLBM", "DLMC", "TBMJ", "QSDWMC", "year")
	l.layer.ClassField = "DLBM"
	cell := float64(extent) / float64(n)
	node := func(i, j int) [2]float64 {
		h := rand.New(rand.NewPCG(uint64(i), uint64(j)))
		return [2]float64{(float64(i) + 0.5*h.Float64()) * cell, (float64(j) + 0.5*h.Float64()) * cell}
	}
	side := func(out [][2]float64, a, b [2]float64) [][2]float64 { // without b
		for k := range max(vertices/4, 1) {
			t := float64(k) / float64(max(vertices/4, 1))
			wave := 0.04 * cell * math.Sin(9*math.Pi*t)
			out = append(out, [2]float64{a[0] + t*(b[0]-a[0]) + wave, a[1] + t*(b[1]-a[1]) + wave})
		}
		return out
	}
	for i := range n {
		for j := range n {
			a, b, c, d := node(i, j), node(i+1, j), node(i+1, j+1), node(i, j+1)
			l.add(polygon(city, side(side(side(side(nil, a, b), b, c), c, d), d, a)),
				feature.TextValue(fmt.Sprintf("%04d", r.IntN(40))), feature.TextValue(fmt.Sprint("地类", r.IntN(40))),
				feature.FloatValue(r.Float64()*1e4), feature.TextValue(fmt.Sprint("村", r.IntN(60))), feature.IntValue(int64(2000+r.IntN(24))))
			l.features[len(l.features)-1].NeedsRepair = false
		}
	}
	return l
}

func BenchmarkRender(b *testing.B) {
	for _, vertices := range []int{4, 16, 60} {
		l := parcels(45, vertices)
		b.Run(fmt.Sprintf("polygons=2025/vertices=%d", vertices), func(b *testing.B) {
			var tile Tile
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if tile, err = Render([]Layer{l}, city, Options{MaxBytes: 1 << 30}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(tile.Data)), "B/tile")
		})
	}
}

// BenchmarkRenderInside is a tile within one polygon of many vertices.
func BenchmarkRenderInside(b *testing.B) {
	var r orb.Ring
	for i := range 100_000 {
		a := 2 * math.Pi * float64(i) / 100_000
		r = append(r, orb.Point{94.9 + math.Cos(a), 36.4 + math.Sin(a)})
	}
	l := newMemory("zone", feature.KindAdmin).add(orb.Polygon{append(r, r[0])})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Render([]Layer{l}, city, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRenderCity is the densest tiles of the demo city by zoom, cold; with
// -long those of the larger cities too.
func BenchmarkRenderCity(b *testing.B) {
	sizes := []demo.Size{demo.Small()}
	if *long {
		sizes = append(sizes, demo.Middle(), demo.Large())
	}
	for _, size := range sizes {
		l := landOf(size)
		for z := uint8(6); z <= 15; z++ {
			at := WebMercatorQuad.Cover(orb.Bound{Min: places[0], Max: places[0]}, z)
			b.Run(fmt.Sprintf("parcels=%d/z=%d", size.Parcels, z), func(b *testing.B) {
				var tile Tile
				b.ReportAllocs()
				for b.Loop() {
					var err error
					if tile, err = Render([]Layer{l}, Address{Z: z, X: at.MinX, Y: at.MinY}, Options{}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(tile.Data)), "B/tile")
			})
		}
	}
}
