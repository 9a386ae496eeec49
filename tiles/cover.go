package tiles

import (
	"math"

	"github.com/paulmach/orb"
)

// Range is a rectangle of tiles of one zoom of a grid, its last column and row included.
// A Range with MaxX < MinX is empty.
type Range struct {
	Z                      uint8
	MinX, MinY, MaxX, MaxY uint32
	Grid                   Grid
}

// Cover returns the tiles of a zoom whose buffered square meets b: those that a
// change within b can alter. Along the edges it may hold a tile too many.
func (g Grid) Cover(b orb.Bound, z uint8) Range {
	const slack = (Buffer + 0.25) / extent
	columns, rows := g.Size(z)
	w, h := float64(columns), float64(rows)
	x0, y0 := g.unit(b.LeftTop())
	x1, y1 := g.unit(b.RightBottom())
	x0, y0, x1, y1 = x0*w-slack, y0*h-slack, x1*w+slack, y1*h+slack
	if !(x0 <= x1 && y0 <= y1) || x1 < 0 || y1 < 0 || x0 >= w || y0 >= h {
		return Range{Z: z, MinX: 1, MinY: 1, Grid: g}
	}
	low := func(v float64) uint32 { return uint32(max(0, math.Floor(v))) }
	high := func(v, n float64) uint32 { return uint32(min(n-1, math.Floor(v))) }
	return Range{Z: z, MinX: low(x0), MinY: low(y0), MaxX: high(x1, w), MaxY: high(y1, h), Grid: g}
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
	return a.Grid == r.Grid && a.Z == r.Z && r.MinX <= a.X && a.X <= r.MaxX && r.MinY <= a.Y && a.Y <= r.MaxY
}

// Each visits the tiles row by row until visit returns false.
func (r Range) Each(visit func(Address) bool) {
	for i := range r.Len() {
		w := int(r.MaxX-r.MinX) + 1
		if !visit(Address{Z: r.Z, X: r.MinX + uint32(i%w), Y: r.MinY + uint32(i/w), Grid: r.Grid}) {
			return
		}
	}
}
