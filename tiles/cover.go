package tiles

import (
	"math"

	"github.com/paulmach/orb"

	"tuban/geom/mercator"
)

// Range is a rectangle of tiles of one zoom, its last column and row included.
// A Range with MaxX < MinX is empty.
type Range struct {
	Z                      uint8
	MinX, MinY, MaxX, MaxY uint32
}

// Cover returns the tiles of a zoom whose buffered square meets b: those that a
// change within b can alter. Along the edges it may hold a tile too many.
func Cover(b orb.Bound, z uint8) Range {
	const slack = (Buffer + 0.25) / extent
	n := float64(uint32(1) << z)
	x0, y0 := mercator.Unit(b.LeftTop())
	x1, y1 := mercator.Unit(b.RightBottom())
	x0, y0, x1, y1 = x0*n-slack, y0*n-slack, x1*n+slack, y1*n+slack
	if !(x0 <= x1 && y0 <= y1) || x1 < 0 || y1 < 0 || x0 >= n || y0 >= n {
		return Range{Z: z, MinX: 1, MinY: 1}
	}
	low := func(v float64) uint32 { return uint32(max(0, math.Floor(v))) }
	high := func(v float64) uint32 { return uint32(min(n-1, math.Floor(v))) }
	return Range{z, low(x0), low(y0), high(x1), high(y1)}
}

// Len returns the number of tiles.
func (r Range) Len() int {
	if r.MaxX < r.MinX || r.MaxY < r.MinY {
		return 0
	}
	return int(r.MaxX-r.MinX+1) * int(r.MaxY-r.MinY+1)
}

// Contains tells whether a tile is in the range.
func (r Range) Contains(a Address) bool {
	return a.Z == r.Z && r.MinX <= a.X && a.X <= r.MaxX && r.MinY <= a.Y && a.Y <= r.MaxY
}

// Each visits the tiles row by row until visit returns false.
func (r Range) Each(visit func(Address) bool) {
	for i := range r.Len() {
		w := int(r.MaxX-r.MinX) + 1
		if !visit(Address{r.Z, r.MinX + uint32(i%w), r.MinY + uint32(i/w)}) {
			return
		}
	}
}
