package store

import (
	"math"

	"github.com/paulmach/orb"

	"tuban/geom"
)

// maxBoxes is the number of boxes that a commit keeps of what it touched.
const maxBoxes = 16

// boxes covers what it was given with at most maxBoxes boxes. When there are
// more, the two whose union is least larger are merged. Adding costs
// O(maxBoxes²).
type boxes []orb.Bound

func (b *boxes) add(box orb.Bound) {
	if box.IsEmpty() || !finite(box) {
		return
	}
	for _, have := range *b {
		if covers(have, box) {
			return
		}
	}
	*b = append(*b, box)
	if len(*b) > maxBoxes {
		b.merge()
	}
}

func (b *boxes) merge() {
	s := *b
	bi, bj, best := 0, 1, math.Inf(1)
	for i := range s {
		for j := i + 1; j < len(s); j++ {
			if g := size(geom.Union(s[i], s[j])) - size(s[i]) - size(s[j]); g < best {
				bi, bj, best = i, j, g
			}
		}
	}
	s[bi] = geom.Union(s[bi], s[bj])
	s[bj] = s[len(s)-1]
	*b = s[:len(s)-1]
}

// size is half a box's perimeter, which points and lines have too.
func size(b orb.Bound) float64 { return b.Max[0] - b.Min[0] + b.Max[1] - b.Min[1] }

func covers(a, b orb.Bound) bool {
	return a.Min[0] <= b.Min[0] && a.Min[1] <= b.Min[1] && a.Max[0] >= b.Max[0] && a.Max[1] >= b.Max[1]
}

// finite tells that JSON can hold b; coordinates are checked before they come
// here, but a summary must never fail a commit.
func finite(b orb.Bound) bool {
	s := b.Min[0] + b.Min[1] + b.Max[0] + b.Max[1]
	return !math.IsNaN(s) && !math.IsInf(s, 0)
}
