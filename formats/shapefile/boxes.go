package shapefile

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// fanout is how many boxes a node of a boxTree holds.
const fanout = 16

// boxTree answers which rings' boxes cover a box. It is packed once by
// sort-tile-recursion (Leutenegger, Edgington and Lopez 1997) and kept flat,
// level by level.
type boxTree struct {
	ids    []int
	levels [][]orb.Bound // levels[0] are the boxes of ids; each next one a sixteenth
}

func packBoxes(rings []ring, ids []int) *boxTree {
	t := &boxTree{ids: slices.Clone(ids)}
	byX := func(a, b int) int { return cmp.Compare(center(rings[a].bound, 0), center(rings[b].bound, 0)) }
	byY := func(a, b int) int { return cmp.Compare(center(rings[a].bound, 1), center(rings[b].bound, 1)) }
	slices.SortFunc(t.ids, byX)
	leaves := (len(ids) + fanout - 1) / fanout
	slab := fanout * int(math.Ceil(math.Sqrt(float64(leaves))))
	for from := 0; from < len(t.ids); from += slab {
		slices.SortFunc(t.ids[from:min(from+slab, len(t.ids))], byY)
	}
	level := make([]orb.Bound, len(t.ids))
	for i, id := range t.ids {
		level[i] = rings[id].bound
	}
	t.levels = append(t.levels, level)
	for len(level) > fanout {
		up := make([]orb.Bound, 0, (len(level)+fanout-1)/fanout)
		for node := range slices.Chunk(level, fanout) {
			b := node[0]
			for _, c := range node[1:] {
				b = b.Union(c)
			}
			up = append(up, b)
		}
		t.levels = append(t.levels, up)
		level = up
	}
	return t
}

func center(b orb.Bound, axis int) float64 { return b.Min[axis]/2 + b.Max[axis]/2 }

// covering visits the rings whose box covers b until visit returns false.
func (t *boxTree) covering(b orb.Bound, visit func(id int) bool) {
	top := len(t.levels) - 1
	t.visit(top, 0, len(t.levels[top]), b, visit)
}

func (t *boxTree) visit(level, from, to int, b orb.Bound, visit func(id int) bool) bool {
	boxes := t.levels[level]
	for i := from; i < min(to, len(boxes)); i++ {
		if !covers(boxes[i], b) {
			continue
		}
		if level == 0 {
			if !visit(t.ids[i]) {
				return false
			}
		} else if !t.visit(level-1, i*fanout, (i+1)*fanout, b, visit) {
			return false
		}
	}
	return true
}

func covers(a, b orb.Bound) bool {
	return a.Min[0] <= b.Min[0] && a.Min[1] <= b.Min[1] && a.Max[0] >= b.Max[0] && a.Max[1] >= b.Max[1]
}
