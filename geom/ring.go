package geom

import (
	"math"
	"math/big"

	"github.com/paulmach/orb"
)

// Orientation returns the sign of a ring's area in the plane, exactly: orb.CCW
// (+1), orb.CW (-1), or 0 when the area is nil. The ring may be open. For a ring
// that crosses itself it is the sign of the sum of its lobes.
func Orientation(r orb.Ring) orb.Orientation {
	if len(r) < 3 {
		return 0
	}
	// Twice the area about the first point. Each product carries a relative
	// error of at most 3ε+O(ε²) (two differences, one product), each of the at
	// most 2n additions one of ε of the magnitudes summed so far: together
	// less than (2n+6)ε times the sum of magnitudes.
	o := r[0]
	var area, magnitude float64
	for i := 1; i+1 < len(r); i++ {
		ax, ay := r[i][0]-o[0], r[i][1]-o[1]
		bx, by := r[i+1][0]-o[0], r[i+1][1]-o[1]
		p, q := float64(ax*by), float64(ay*bx)
		area += p - q
		magnitude += math.Abs(p) + math.Abs(q)
	}
	bound := float64(2*len(r)+6) * epsilon * magnitude
	if math.Abs(area) > bound && magnitude > orientFloor && magnitude <= math.MaxFloat64 {
		return orb.Orientation(sign(area))
	}
	return orientationExact(r)
}

// orientationExact sums the products of the shoelace formula without rounding:
// products of float64 range from 2^-2148 to 2^2048, so 4,300 bits hold any sum.
func orientationExact(r orb.Ring) orb.Orientation {
	for _, p := range r {
		if !finite(p) {
			return 0
		}
	}
	sum := new(big.Float).SetPrec(4300)
	var a, b, product big.Float
	product.SetPrec(106)
	prev := r[len(r)-1]
	for _, p := range r {
		sum.Add(sum, product.Mul(a.SetFloat64(prev[0]), b.SetFloat64(p[1])))
		sum.Sub(sum, product.Mul(a.SetFloat64(p[0]), b.SetFloat64(prev[1])))
		prev = p
	}
	return orb.Orientation(sum.Sign())
}
