package geom

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"
)

func randomRing(n int) orb.Polygon {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	ring := make(orb.Ring, n, n+1)
	for i := range ring {
		ring[i] = orb.Point{94.9 + r.Float64()*0.1, 36.4 + r.Float64()*0.1}
	}
	return orb.Polygon{append(ring, ring[0])}
}

// TestSweepWork: a sound polygon costs about its vertices, a tangle their cube;
// counting a tangle ends soon after the limit.
func TestSweepWork(t *testing.T) {
	const limit = 20_000_000
	square := orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}}}
	bowTie := orb.Polygon{{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}}
	if s, b := SweepWork(square, limit), SweepWork(bowTie, limit); s > 16 || b <= s-4 || b > 24 {
		t.Errorf("square %d, bow-tie %d", s, b)
	}
	if w := SweepWork(randomRing(100), limit); w < 10_000 || w > 1_000_000 {
		t.Errorf("100 random points: %d", w)
	}
	for _, n := range []int{2000, 20_000, 200_000} {
		start := time.Now()
		if w := SweepWork(randomRing(n), limit); w <= limit {
			t.Errorf("%d random points: %d", n, w)
		}
		t.Logf("%d random points: over the limit after %v", n, time.Since(start))
	}
	if w := SweepWork(orb.Point{1, 2}, limit); w != 0 {
		t.Errorf("a point: %d", w)
	}
}
