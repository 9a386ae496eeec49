package overlay

import (
	"cmp"
	"math"

	"github.com/paulmach/orb"
)

// Area returns the area of a∩b: m² for shapes from Prepare, square units for
// shapes from PreparePlane (both of one kind). It is 0 exactly when the
// interiors do not meet, never negative, and the same to the bit when a and b
// change places.
//
// Its error is a few ε of the area of the common box: for a patch and a parcel
// that is below 1e-14 of the smaller. Cost: what lies near the other's border,
// times a logarithm; no allocation.
func Area(a, b *Shape) float64 {
	area, bound := measured(a, b)
	switch {
	case area > bound:
		return area
	case bound == 0 || !overlapping(a, b):
		return 0
	}
	// A real overlap as small as the noise: the true value is within bound of
	// the sum.
	area = max((area+bound)/2, math.SmallestNonzeroFloat64)
	return min(area, a.area, b.area)
}

// Overlaps tells whether the interiors of a and b meet: exactly, however thin
// the overlap, for shapes as delivered. Where one of them is a repaired form,
// whose cut points are rounded, an overlap counts when its area is more than
// the rounding could have made.
func Overlaps(a, b *Shape) bool {
	area, bound := measured(a, b)
	return area > bound || bound > 0 && overlapping(a, b)
}

// measured returns the pair sum in the shapes' unit and a bound of its error;
// both 0 when the boxes have no area in common or one shape encloses nothing.
func measured(a, b *Shape) (area, bound float64) {
	if !boxesMeet(&a.bound, &b.bound) || a.area == 0 || b.area == 0 {
		return 0, 0
	}
	if after(a, b) {
		a, b = b, a
	}
	var d dual
	area, bound = d.sum(a, b)
	if a.repaired || b.repaired {
		bound += d.cutNoise()
	}
	unit := a.kind.unit()
	return min(area*unit, a.area, b.area), bound * unit
}

// cutNoise bounds what rounding the cut points of repaired forms may have moved
// within the common box: their borders there by the spacing of coordinates.
func (d *dual) cutNoise() float64 {
	l := lengths{x0: d.x0, y0: d.y0, x1: d.x1, y1: d.y1, across: d.x1 - d.x0 + d.height}
	border := 0.0
	for _, s := range [2]*Shape{d.a, d.b} {
		if s.repaired {
			border += l.most(s, s.rootNode())
		}
	}
	farthest := max(math.Abs(d.x0), math.Abs(d.x1), math.Abs(d.y0), math.Abs(d.y1))
	return 2 * epsilon * farthest * border * d.m.at(d.height) / d.height
}

// boxesMeet tells whether two boxes have more than a line in common. Empty
// shapes have an inverted box.
func boxesMeet(a, b *orb.Bound) bool {
	return max(a.Min[0], b.Min[0]) < min(a.Max[0], b.Max[0]) &&
		max(a.Min[1], b.Min[1]) < min(a.Max[1], b.Max[1])
}

// after orders two shapes by what they are, so that sums do not depend on
// which is named first.
func after(a, b *Shape) bool {
	if c := cmp.Or(
		cmp.Compare(a.bound.Min[0], b.bound.Min[0]),
		cmp.Compare(a.bound.Min[1], b.bound.Min[1]),
		cmp.Compare(a.bound.Max[0], b.bound.Max[0]),
		cmp.Compare(a.bound.Max[1], b.bound.Max[1]),
		cmp.Compare(a.area, b.area),
		cmp.Compare(len(a.nodes), len(b.nodes)),
	); c != 0 {
		return c > 0
	}
	for i := range min(len(a.rings), len(b.rings)) {
		p, q := a.rings[i].pts, b.rings[i].pts
		for j := range min(len(p), len(q)) {
			if c := cmp.Or(cmp.Compare(p[j][0], q[j][0]), cmp.Compare(p[j][1], q[j][1])); c != 0 {
				return c > 0
			}
		}
	}
	return false
}
