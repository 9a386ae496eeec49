package overlay

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// Clash is a pair of shapes, by their index, I < J, that overlap each other.
type Clash struct{ I, J int }

// Clashes returns which of the bs overlap one another, among those whose boxes
// meet inside the box of a, in no particular order; nil for a tessellation.
func Clashes(a *Shape, bs []*Shape) []Clash {
	if len(bs) < 2 {
		return nil
	}
	order := make([]int, len(bs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(bs[i].bound.Min[0], bs[j].bound.Min[0]), cmp.Compare(i, j))
	})
	var out []Clash
	for k, i := range order {
		box := common(&a.bound, &bs[i].bound)
		for _, j := range order[k+1:] {
			if bs[j].bound.Min[0] >= bs[i].bound.Max[0] {
				break
			}
			if boxesMeet(&box, &bs[j].bound) && Overlaps(bs[i], bs[j]) {
				out = append(out, Clash{min(i, j), max(i, j)})
			}
		}
	}
	return out
}

func common(a, b *orb.Bound) orb.Bound {
	return orb.Bound{
		Min: orb.Point{max(a.Min[0], b.Min[0]), max(a.Min[1], b.Min[1])},
		Max: orb.Point{min(a.Max[0], b.Max[0]), min(a.Max[1], b.Max[1])},
	}
}

// UnionArea returns the area of a ∩ (b1 ∪ b2 ∪ …), in the shapes' unit, exact
// also where the bs overlap one another.
func UnionArea(a *Shape, bs []*Shape) float64 {
	areas := make([]float64, len(bs))
	for i, b := range bs {
		areas[i] = Area(a, b)
	}
	return CoverArea(a, bs, areas, Clashes(a, bs), nil)
}

// CoverArea is UnionArea where areas[i] = Area(a, bs[i]) and the clashes of
// the bs are known; only the bs that include names count, all of them when it
// is nil. Where nothing clashes it is the plain sum, in the order of the bs.
// Those that do are cut into trapezoids together, as far as a's box reaches.
// It is never above the area of a, and equal to it where only the rounding of
// the sum, some 1e-15 of it for each term, stands between them.
func CoverArea(a *Shape, bs []*Shape, areas []float64, clashes []Clash, include func(int) bool) float64 {
	in := func(i int) bool { return areas[i] > 0 && (include == nil || include(i)) }
	var cluster []int // cluster[i] leads to the lowest index of i's cluster
	root := func(i int) int {
		for cluster[i] != i {
			i = cluster[i]
		}
		return i
	}
	for _, c := range clashes {
		if !in(c.I) || !in(c.J) {
			continue
		}
		if cluster == nil {
			cluster = make([]int, len(bs))
			for i := range cluster {
				cluster[i] = i
			}
		}
		i, j := root(c.I), root(c.J)
		cluster[max(i, j)] = min(i, j)
	}
	sum := 0.0
	for i := range bs {
		switch {
		case !in(i) || cluster != nil && root(i) != i:
		case cluster == nil:
			sum += areas[i]
		default:
			var members []int
			for j := i; j < len(bs); j++ {
				if in(j) && root(j) == i {
					members = append(members, j)
				}
			}
			sum += clusterArea(a, bs, areas, members)
		}
	}
	// Parts that add up to the whole, but for their rounding, are the whole.
	if rounding := 4 * epsilon * float64(8+len(bs)) * a.area; a.area-sum <= rounding {
		return a.area
	}
	return sum
}

// clusterArea returns the area of a within the union of some bs.
func clusterArea(a *Shape, bs []*Shape, areas []float64, members []int) float64 {
	if len(members) == 1 {
		return areas[members[0]]
	}
	least, most := 0.0, 0.0
	groups := make([][]orb.Ring, 0, len(members))
	for _, i := range members {
		least, most = max(least, areas[i]), most+areas[i]
		var rings []orb.Ring
		for _, r := range windowOf(bs[i], a.bound) {
			rings = append(rings, r.pts)
		}
		groups = append(groups, rings)
	}
	u := &Shape{kind: a.kind}
	u.buildTrapezoids(decompose(groups, a.bound.Min[0], a.bound.Max[0]))
	u.finish()
	area, _ := measured(a, u)
	return min(most, max(least, area))
}
