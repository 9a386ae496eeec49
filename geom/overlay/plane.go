package overlay

import "github.com/paulmach/orb"

// PlaneArea returns the area of a∩b in square units of the coordinates, within
// 1e-12 of the smaller polygon's area: the float sum where its error bound
// allows (nearly always), else the exact one. Invalid rings must be repaired
// before (Decompose).
func PlaneArea(a, b orb.MultiPolygon) float64 {
	p, q := PreparePlane(a, false), PreparePlane(b, false)
	area, bound := measured(p, q)
	if bound <= 1e-12*min(p.area, q.area) {
		if area > bound || bound > 0 && overlapping(p, q) {
			return max(area, 0)
		}
		return 0
	}
	v, _ := ExactPlaneArea(a, b).Float64()
	return v
}
