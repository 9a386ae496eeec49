package arena

import (
	"testing"

	"github.com/paulmach/orb"

	"tuban/geom"
)

// TestHilbertIsACurve checks on a coarse grid that the keys visit every cell
// once and that consecutive keys are neighbouring cells.
func TestHilbertIsACurve(t *testing.T) {
	const n = 16
	at := map[uint64][2]int{}
	for i := range n {
		for j := range n {
			p := orb.Point{(float64(i)+0.5)/n*360 - 180, (float64(j)+0.5)/n*180 - 90}
			at[HilbertKey(orb.Bound{Min: p, Max: p})>>(64-8)] = [2]int{i, j}
		}
	}
	if len(at) != n*n {
		t.Fatalf("%d cells, want %d", len(at), n*n)
	}
	for k := uint64(1); k < n*n; k++ {
		a, b := at[k-1], at[k]
		if d := abs(a[0]-b[0]) + abs(a[1]-b[1]); d != 1 {
			t.Fatalf("cells %d %v and %d %v are not neighbours", k-1, a, k, b)
		}
	}
	if HilbertKey(geom.EmptyBound) != 0 {
		t.Fatal("the empty bound has a key")
	}
}

func abs(i int) int { return max(i, -i) }
