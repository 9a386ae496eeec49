package index

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// grid returns n boxes that fill the unit square, row by row, each a little over
// its cell as parcels' boxes are.
func grid(n int) []orb.Bound {
	side := int(math.Sqrt(float64(n)))
	cell := 1 / float64(side)
	boxes := make([]orb.Bound, 0, side*side)
	for i := range side * side {
		x, y := float64(i%side)*cell, float64(i/side)*cell
		boxes = append(boxes, orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + 1.1*cell, y + 1.1*cell}})
	}
	return boxes
}

func treeOf(boxes []orb.Bound) *Tree {
	t := New()
	for i, b := range boxes {
		t.Insert(b, feature.Slot(i))
	}
	return t
}

// BenchmarkSearch finds about as many boxes at every size: 9, or 121.
func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{1000, 100_000, 1_000_000} {
		tree := treeOf(grid(n))
		for _, found := range []int{9, 121} {
			b.Run(fmt.Sprintf("n=%d/found=%d", n, found), func(b *testing.B) {
				r := rand.New(rand.NewPCG(1, 1))
				d := (math.Sqrt(float64(found)) - 1) / math.Sqrt(float64(n))
				hits := 0
				b.ReportAllocs()
				for b.Loop() {
					x, y := (1-d)*r.Float64(), (1-d)*r.Float64()
					tree.Search(orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + d, y + d}}, func(feature.Slot) bool { hits++; return true })
				}
				b.ReportMetric(float64(hits)/float64(b.N), "found/op")
			})
		}
	}
}

// BenchmarkInsert builds a tree: in the order of the boxes, as opening a data set
// does, and shuffled.
func BenchmarkInsert(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		boxes := grid(n)
		shuffled := append([]orb.Bound(nil), boxes...)
		rand.New(rand.NewPCG(1, 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		for name, list := range map[string][]orb.Bound{"in order": boxes, "shuffled": shuffled} {
			b.Run(fmt.Sprintf("n=%d/%s", n, name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					treeOf(list)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(list)), "ns/box")
			})
		}
	}
}

// BenchmarkEdit replaces one box in a tree whose copy a view holds, and makes the
// next copy: what a commit of one feature does. It copies the nodes on its path.
func BenchmarkEdit(b *testing.B) {
	for _, n := range []int{1000, 100_000, 1_000_000} {
		boxes := grid(n)
		tree := treeOf(boxes)
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			view := tree.Copy()
			b.ReportAllocs()
			for b.Loop() {
				i := r.IntN(len(boxes))
				tree.Delete(boxes[i], feature.Slot(i))
				tree.Insert(boxes[i], feature.Slot(i))
				view = tree.Copy()
			}
			if view.Len() != len(boxes) {
				b.Errorf("%d boxes, want %d", view.Len(), len(boxes))
			}
		})
	}
}
