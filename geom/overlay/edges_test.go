package overlay

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
)

// TestEdges: within endless reach all edges of all rings come, each once; within
// a short one those near a place come and most others don't.
func TestEdges(t *testing.T) {
	circle := func(x, y, r float64, n int) orb.Ring {
		ring := make(orb.Ring, 0, n+1)
		for i := range n {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			ring = append(ring, orb.Point{x + r*cos, y + r*sin})
		}
		return append(ring, ring[0])
	}
	mp := orb.MultiPolygon{{circle(1, 1, 1, 1000), circle(1, 1, 0.5, 301)}, {circle(4, 4, 1, 3)}}
	s := Prepare(mp, false)
	seen := map[[2]orb.Point]int{}
	nowhere := func(_, _, _, _ float64) float64 { return 0 }
	endless := func() float64 { return math.Inf(1) }
	s.Edges(nowhere, endless, func(a, b orb.Point) { seen[[2]orb.Point{a, b}]++ })
	for _, p := range mp {
		for _, r := range p {
			for i := 1; i < len(r); i++ {
				if seen[[2]orb.Point{r[i-1], r[i]}] != 1 {
					t.Fatalf("edge %v–%v: %d times", r[i-1], r[i], seen[[2]orb.Point{r[i-1], r[i]}])
				}
			}
		}
	}
	if len(seen) != 1304 {
		t.Errorf("%d edges", len(seen))
	}
	n := 0
	s.Edges(func(x0, _, _, _ float64) float64 { return x0 }, func() float64 { return 0.01 }, func(_, _ orb.Point) { n++ })
	if n < 40 || n > 120 {
		t.Errorf("%d edges left of 0.01", n)
	}
	first := orb.Point{}
	s.Edges(func(_, y0, _, _ float64) float64 { return y0 }, func() float64 { return 9 }, func(a, _ orb.Point) {
		if first == (orb.Point{}) {
			first = a
		}
	})
	if first[1] > 0.01 {
		t.Errorf("the first edge is at %v, not at the bottom", first)
	}
	new(Shape).Edges(nowhere, endless, func(_, _ orb.Point) { t.Error("an edge of nothing") })
}
