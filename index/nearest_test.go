package index

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// TestNearest: all slots come, each once, by rising bounds, also from an old
// copy; and a visit that is enough ends it.
func TestNearest(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	tree, boxes := New(), map[feature.Slot]orb.Bound{}
	for i := range 2000 {
		x, y := r.Float64()*10, r.Float64()*10
		b := orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + r.Float64(), y + r.Float64()}}
		boxes[feature.Slot(i)] = b
		tree.Insert(b, feature.Slot(i))
	}
	old := tree.Copy()
	tree.Insert(orb.Bound{}, 9999)
	for range 20 {
		p := orb.Point{r.Float64() * 10, r.Float64() * 10}
		bound := func(b orb.Bound) float64 {
			return math.Hypot(max(0, b.Min[0]-p[0], p[0]-b.Max[0]), max(0, b.Min[1]-p[1], p[1]-b.Max[1]))
		}
		seen, last := map[feature.Slot]bool{}, 0.0
		old.Nearest(bound, func(s feature.Slot, least float64) bool {
			b, ok := boxes[s]
			if !ok || seen[s] || least < last || least > bound(b) || least < bound(b)-1e-5 {
				t.Fatalf("slot %d after %v: %v, its box is %v away", s, last, least, bound(b))
			}
			seen[s], last = true, least
			return true
		})
		if len(seen) != len(boxes) {
			t.Fatalf("%d slots of %d", len(seen), len(boxes))
		}
		n := 0
		old.Nearest(bound, func(feature.Slot, float64) bool { n++; return n < 5 })
		if n != 5 {
			t.Errorf("%d visits", n)
		}
	}
	New().Nearest(func(orb.Bound) float64 { return 0 }, func(feature.Slot, float64) bool { t.Error("a slot of an empty tree"); return true })
}
