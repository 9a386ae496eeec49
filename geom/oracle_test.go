package geom

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/paulmach/orb"
)

// bruteNeedsRepair finds in exact rationals, slab by slab between all vertices
// and crossings, whether the winding numbers of each part and of all together
// are everywhere 0 or 1. It shares nothing with Validate but the orientation of
// whole rings, which it takes in rationals, too.
func bruteNeedsRepair(g orb.MultiPolygon) bool {
	type edge struct {
		part, sign     int
		ax, ay, bx, by *big.Rat
	}
	rat := func(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }
	var edges []edge
	var xs []*big.Rat
	for part, p := range g {
		for i, r := range p {
			area, distinct := new(big.Rat), map[orb.Point]bool{}
			for k, a := range r {
				b := r[(k+1)%len(r)]
				area.Add(area, new(big.Rat).Sub(new(big.Rat).Mul(rat(a[0]), rat(b[1])), new(big.Rat).Mul(rat(b[0]), rat(a[1]))))
				distinct[a] = true
			}
			if len(distinct) < 3 {
				continue
			}
			sign := 1
			if area.Sign() < 0 {
				sign = -1
			}
			if i > 0 {
				sign = -sign
			}
			for k, a := range r {
				b := r[(k+1)%len(r)]
				xs = append(xs, rat(a[0]))
				if a[0] == b[0] {
					continue
				}
				if a[0] > b[0] {
					edges = append(edges, edge{part, -sign, rat(b[0]), rat(b[1]), rat(a[0]), rat(a[1])})
				} else {
					edges = append(edges, edge{part, sign, rat(a[0]), rat(a[1]), rat(b[0]), rat(b[1])})
				}
			}
		}
	}
	slope := func(e edge) *big.Rat {
		return new(big.Rat).Quo(new(big.Rat).Sub(e.by, e.ay), new(big.Rat).Sub(e.bx, e.ax))
	}
	at := func(e edge, x *big.Rat) *big.Rat {
		y := new(big.Rat).Sub(x, e.ax)
		return y.Add(y.Mul(y, slope(e)), e.ay)
	}
	for i, e := range edges {
		for _, f := range edges[:i] {
			d := new(big.Rat).Sub(slope(e), slope(f))
			if d.Sign() == 0 {
				continue
			}
			x := new(big.Rat).Sub(at(f, new(big.Rat)), at(e, new(big.Rat)))
			xs = append(xs, x.Quo(x, d))
		}
	}
	slices.SortFunc(xs, (*big.Rat).Cmp)
	type hit struct {
		y          *big.Rat
		part, sign int
	}
	for i := 1; i < len(xs); i++ {
		if xs[i].Cmp(xs[i-1]) == 0 {
			continue
		}
		mid := new(big.Rat).Add(xs[i], xs[i-1])
		mid.Quo(mid, big.NewRat(2, 1))
		var hits []hit
		for _, e := range edges {
			if e.ax.Cmp(mid) < 0 && mid.Cmp(e.bx) < 0 {
				hits = append(hits, hit{at(e, mid), e.part, e.sign})
			}
		}
		slices.SortFunc(hits, func(a, b hit) int { return a.y.Cmp(b.y) })
		w, total := make([]int, len(g)), 0
		for k, h := range hits {
			w[h.part] += h.sign
			total += h.sign
			if k+1 < len(hits) && hits[k+1].y.Cmp(h.y) == 0 {
				continue
			}
			if total < 0 || total > 1 || slices.Min(w) < 0 || slices.Max(w) > 1 {
				return true
			}
		}
	}
	return false
}

// bruteOrient is Orient2D in rationals.
func bruteOrient(a, b, c orb.Point) int {
	d := func(p, q float64) *big.Rat {
		return new(big.Rat).Sub(new(big.Rat).SetFloat64(p), new(big.Rat).SetFloat64(q))
	}
	l := new(big.Rat).Mul(d(a[0], c[0]), d(b[1], c[1]))
	return l.Cmp(new(big.Rat).Mul(d(a[1], c[1]), d(b[0], c[0])))
}

// bruteLocate follows the definition: on a ring, else the parity of the edges
// that a ray going up meets, all in rationals.
func bruteLocate(g orb.MultiPolygon, p orb.Point) Location {
	best := Outside
	for _, poly := range g {
		inside, on := false, false
		for _, r := range poly {
			for k, a := range r {
				b := r[(k+1)%len(r)]
				if a == p || b == p {
					on = true
				}
				if a[0] > b[0] {
					a, b = b, a
				}
				side := bruteOrient(a, b, p)
				if side == 0 && a[0] <= p[0] && p[0] <= b[0] && cmp.Compare(a[1], p[1])*cmp.Compare(b[1], p[1]) <= 0 {
					on = true
				}
				if a[0] <= p[0] && p[0] < b[0] && side < 0 {
					inside = !inside
				}
			}
		}
		switch {
		case on:
			best = max(best, Boundary)
		case inside:
			best = Inside
		}
	}
	return best
}
