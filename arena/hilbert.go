package arena

import "github.com/paulmach/orb"

// HilbertKey returns the place of a box's centre on a Hilbert curve of order 32
// over longitude ±180° and latitude ±90°: features near on the ground are near
// by key. The empty bound has key 0. Cost: 32 steps.
func HilbertKey(b orb.Bound) uint64 {
	if b.IsEmpty() {
		return 0
	}
	x := grid((b.Min[0] + b.Max[0]) / 2 / 360)
	y := grid((b.Min[1] + b.Max[1]) / 2 / 180)
	var key uint64
	for s := uint32(1) << 31; s > 0; s >>= 1 {
		var rx, ry uint32
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		key = key<<2 | uint64(3*rx^ry)
		if ry == 0 { // turn the quadrant
			if rx == 1 {
				x, y = ^x, ^y
			}
			x, y = y, x
		}
	}
	return key
}

// grid maps -0.5…0.5 to 0…2³²-1, clamping.
func grid(v float64) uint32 {
	g := (v + 0.5) * (1 << 32)
	return uint32(max(0, min(g, 1<<32-1)))
}
