package index

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tuban/feature"
)

type box struct {
	b orb.Bound
	s feature.Slot
}

// TestAgainstBruteForce runs random inserts, deletes and copies and compares
// every search, on the live tree and on old copies, with a plain list.
func TestAgainstBruteForce(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	tree := New()
	var live []box
	type snapshot struct {
		tree *Tree
		live []box
	}
	var old []snapshot
	for step := range 3000 {
		switch k := r.IntN(10); {
		case k < 7 || len(live) == 0:
			x, y := r.Float64()*360-180, r.Float64()*180-90
			b := box{orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + r.Float64(), y + r.Float64()}}, feature.Slot(step)}
			tree.Insert(b.b, b.s)
			live = append(live, b)
		default:
			i := r.IntN(len(live))
			tree.Delete(live[i].b, live[i].s)
			live = slices.Delete(live, i, i+1)
		}
		if step%300 == 0 {
			old = append(old, snapshot{tree.Copy(), slices.Clone(live)})
		}
	}
	old = append(old, snapshot{tree, live})
	for i, snap := range old {
		if snap.tree.Len() != len(snap.live) {
			t.Fatalf("copy %d: %d boxes, want %d", i, snap.tree.Len(), len(snap.live))
		}
		for range 50 {
			x, y := r.Float64()*360-180, r.Float64()*180-90
			q := orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + 20*r.Float64(), y + 20*r.Float64()}}
			checkSearch(t, snap.tree, snap.live, q)
		}
		for _, b := range snap.live[:min(50, len(snap.live))] { // a corner is enough to be found
			checkSearch(t, snap.tree, snap.live, orb.Bound{Min: b.b.Max, Max: b.b.Max})
			checkSearch(t, snap.tree, snap.live, orb.Bound{Min: b.b.Min, Max: b.b.Min})
		}
	}
}

// checkSearch wants every true hit, and nothing that is off by more than the
// rounding of a float32 at 180°.
func checkSearch(t *testing.T, tree *Tree, live []box, q orb.Bound) {
	t.Helper()
	got := map[feature.Slot]bool{}
	tree.Search(q, func(s feature.Slot) bool {
		if got[s] {
			t.Fatalf("slot %d visited twice", s)
		}
		got[s] = true
		return true
	})
	for _, b := range live {
		hit := b.b.Intersects(q)
		if hit && !got[b.s] {
			t.Fatalf("search %v misses %v", q, b.b)
		}
		if !hit && got[b.s] && !b.b.Pad(4e-5).Intersects(q) {
			t.Fatalf("search %v finds %v", q, b.b)
		}
		delete(got, b.s)
	}
	if len(got) > 0 {
		t.Fatalf("search %v finds slots that are not there: %v", q, got)
	}
}

func TestSearchStops(t *testing.T) {
	tree := New()
	for i := range 100 {
		tree.Insert(orb.Bound{Max: orb.Point{1, 1}}, feature.Slot(i))
	}
	n := 0
	tree.Search(orb.Bound{Max: orb.Point{1, 1}}, func(feature.Slot) bool { n++; return n < 3 })
	if n != 3 {
		t.Fatalf("visited %d, want 3", n)
	}
}
