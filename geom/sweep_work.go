package geom

import (
	"errors"
	"slices"

	"github.com/paulmach/orb"
)

// SweepWork tells what it costs to cut a geometry into pieces along its own
// crossings: a sweep has a slab between any two neighbouring xs of vertices and
// crossings, and looks in each slab at the edges over it. It returns the sum of
// these edges, by which a ring of n random points is n³ and a sound one little
// more than n; counting ends once limit is passed. Cost: n log n, and a step for
// each pair of edges that is looked at, at most limit of them.
func SweepWork(g orb.Geometry, limit int64) int64 {
	if _, bad := badCoordinate(g); bad {
		return 0
	}
	v := validators.Get().(*validator)
	defer validators.Put(v)
	v.reset(1)
	if v.load(g); v.root < 0 {
		return 0
	}
	xs := make([]float64, 0, len(v.pts))
	starts, ends := make([]float64, 0, len(v.pts)), make([]float64, 0, len(v.pts))
	for i := range v.rings {
		r := &v.rings[i]
		for k := r.start; k < r.end; k++ {
			a, b := v.pts[k][0], v.pts[k+1][0]
			xs, starts, ends = append(xs, a), append(starts, min(a, b)), append(ends, max(a, b))
		}
	}
	slices.Sort(xs)
	xs = slices.Compact(xs)
	rank := func(sorted []float64, x float64) int64 {
		i, _ := slices.BinarySearch(sorted, x)
		return int64(i)
	}
	var work int64
	for i := range starts {
		if work += rank(xs, ends[i]) - rank(xs, starts[i]) + 1; work > limit {
			return work
		}
	}
	slices.Sort(starts)
	slices.Sort(ends)
	v.pairs(v.root, func(e, _, f, _ int32) bool {
		work++
		a, b, c, d := v.pts[e], v.pts[e+1], v.pts[f], v.pts[f+1]
		if how, _ := Meet(a, b, c, d); how == Crossing {
			x := crossingX(a, b, c, d)
			work += rank(starts, x) - rank(ends, x)
		}
		return work <= limit
	})
	return work
}

// crossingX returns about where two edges that cross do so.
func crossingX(a, b, c, d orb.Point) float64 {
	ux, uy, vx, vy := b[0]-a[0], b[1]-a[1], d[0]-c[0], d[1]-c[1]
	return a[0] + ux*((c[0]-a[0])*vy-(c[1]-a[1])*vx)/(ux*vy-uy*vx)
}

// MaxSweepWork is the most work (SweepWork) that measuring one geometry with
// crossing rings may take: a second or two. The tangled real ones known need a
// fourth of it at most.
const MaxSweepWork = 50_000_000

// ErrTangled reports rings that cross themselves or each other too often to be
// measured in reasonable time.
var ErrTangled = errors.New("the rings cross or cover each other too often to be measured in reasonable time: mend the geometry where it was made")

// CheckTangle returns nil, or ErrTangled. Only geometry that needs repair wants
// the check; sound geometry is measured without a sweep.
func CheckTangle(g orb.Geometry) error {
	if SweepWork(g, MaxSweepWork) > MaxSweepWork {
		return ErrTangled
	}
	return nil
}
