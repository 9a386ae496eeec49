package overlay

import (
	"math"
	"math/big"

	"github.com/paulmach/orb"
)

// ExactPlaneArea returns the area of a∩b in square units of the coordinates,
// exactly: the pair sum in rational numbers. Rings are taken as Prepare takes
// them when nothing needs repair. It is slow, about 1 µs a pair of edges that
// share some x, and allocates freely; it is the yardstick of the rest.
func ExactPlaneArea(a, b orb.MultiPolygon) *big.Rat {
	x := exact{shift: exponent(a, b)}
	e, f := x.edges(a), x.edges(b)
	for i := range e {
		for j := range f {
			x.pair(&e[i], &f[j])
		}
	}
	terms := x.crossings
	for _, g := range [][]exactEdge{e, f} {
		for i := range g {
			if g[i].sum.Sign() != 0 {
				terms = append(terms, new(big.Rat).SetFrac(&g[i].sum, g[i].dx))
			}
		}
	}
	total := sumOf(terms)
	// Lengths were counted in 2^-shift, and every term twice.
	unit := new(big.Int).Lsh(big.NewInt(1), uint(2*x.shift+1))
	return total.Quo(total, new(big.Rat).SetInt(unit))
}

// exact holds one exact pair sum over integer multiples of 2^-shift.
type exact struct {
	shift     int
	crossings []*big.Rat
}

// exactEdge is an edge from left to right. sum collects numerators over dx of
// twice the areas below it.
type exactEdge struct {
	x0, x1, y0, y1 float64 // x range and y range
	xl, xr, yl, dx *big.Int
	dy             *big.Int
	sign           int64
	sum            big.Int
}

// exponent returns how many binary places the coordinates need.
func exponent(mps ...orb.MultiPolygon) int {
	places := 0
	see := func(v float64) {
		if v == 0 {
			return
		}
		frac, exp := math.Frexp(v)
		bits := 53
		for m := uint64(math.Abs(frac) * (1 << 53)); m&1 == 0; m >>= 1 {
			bits--
		}
		places = max(places, bits-exp)
	}
	for _, mp := range mps {
		for _, p := range mp {
			for _, r := range p {
				for _, v := range r {
					see(v[0])
					see(v[1])
				}
			}
		}
	}
	return places
}

func (x *exact) int(v float64) *big.Int {
	f := new(big.Float).SetPrec(4300).SetFloat64(v)
	i, _ := f.SetMantExp(f, x.shift).Int(nil)
	return i
}

// edges returns the edges of mp that have a width.
func (x *exact) edges(mp orb.MultiPolygon) []exactEdge {
	var out []exactEdge
	for _, p := range mp {
		for i, r := range p {
			pts := closed(r)
			if len(pts) < 4 {
				continue
			}
			turn := int64(exactShoelace(pts))
			if i > 0 {
				turn = -turn
			}
			for k := 1; k < len(pts); k++ {
				l, r, s := pts[k-1], pts[k], turn
				if l[0] > r[0] {
					l, r, s = r, l, -s
				}
				if l[0] == r[0] || s == 0 {
					continue
				}
				e := exactEdge{x0: l[0], x1: r[0], y0: min(l[1], r[1]), y1: max(l[1], r[1]), sign: s}
				e.xl, e.xr, e.yl = x.int(l[0]), x.int(r[0]), x.int(l[1])
				e.dx = new(big.Int).Sub(e.xr, e.xl)
				e.dy = new(big.Int).Sub(x.int(r[1]), e.yl)
				out = append(out, e)
			}
		}
	}
	return out
}

// num returns dx·y(x).
func (e *exactEdge) num(x *big.Int) *big.Int {
	v := new(big.Int).Sub(x, e.xl)
	v.Mul(v, e.dy)
	return v.Add(v, new(big.Int).Mul(e.yl, e.dx))
}

// addBelow adds sign times twice the area below e from l to r.
func (e *exactEdge) addBelow(l, r *big.Int, sign int64) {
	v := e.num(l)
	v.Add(v, e.num(r))
	v.Mul(v, new(big.Int).Sub(r, l))
	e.sum.Add(&e.sum, v.Mul(v, big.NewInt(sign)))
}

func (x *exact) pair(e, f *exactEdge) {
	if e.x0 >= f.x1 || f.x0 >= e.x1 {
		return
	}
	l, r := e.xl, e.xr
	if f.x0 > e.x0 {
		l = f.xl
	}
	if f.x1 < e.x1 {
		r = f.xr
	}
	sign := e.sign * f.sign
	switch {
	case e.y1 <= f.y0:
		e.addBelow(l, r, sign)
		return
	case f.y1 <= e.y0:
		f.addBelow(l, r, sign)
		return
	}
	dl, dr := gap(e, f, l), gap(e, f, r)
	lower := e
	if dl.Sign() > 0 || dl.Sign() == 0 && dr.Sign() > 0 {
		lower = f
	}
	lower.addBelow(l, r, sign)
	if dl.Sign()*dr.Sign() >= 0 {
		return
	}
	// They cross: past the crossing the other is lower, by a triangle whose
	// doubled area is w·dr²/(dxe·dxf·|dr−dl|).
	n := new(big.Int).Mul(dr, dr)
	n.Mul(n, new(big.Int).Sub(r, l))
	n.Mul(n, big.NewInt(-sign))
	d := new(big.Int).Sub(dr, dl)
	d.Abs(d).Mul(d, e.dx).Mul(d, f.dx)
	x.crossings = append(x.crossings, new(big.Rat).SetFrac(n, d))
}

// gap returns e(x)−f(x), times both dx.
func gap(e, f *exactEdge, x *big.Int) *big.Int {
	u, v := e.num(x), f.num(x)
	return u.Sub(u.Mul(u, f.dx), v.Mul(v, e.dx))
}

// sumOf adds fractions two by two, so that denominators grow late.
func sumOf(terms []*big.Rat) *big.Rat {
	if len(terms) == 0 {
		return new(big.Rat)
	}
	for len(terms) > 1 {
		half := (len(terms) + 1) / 2
		for i := half; i < len(terms); i++ {
			terms[i-half].Add(terms[i-half], terms[i])
		}
		terms = terms[:half]
	}
	return terms[0]
}
