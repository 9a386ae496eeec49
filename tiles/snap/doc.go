// Package snap brings polygons onto a grid of integers so that what comes out
// is valid and neighbours stay neighbours.
//
// Input are rings in fixed point: [Fine] coordinates, 1/[Sub] of a grid unit.
// A [Noder] does snap rounding (Hobby 1999; Guibas and Marimont 1998): the grid
// cell around each vertex, and around each crossing asked for, is hot; a segment
// becomes the chain of the hot cells that it passes through. All rings of a
// layer go through one Noder, so that a border that two of them share is
// changed in the same way on both sides, even where one has a vertex and the
// other has none. Which cells a segment meets is decided exactly.
//
// A [Mender] then makes the polygons of one feature valid: edges that run back
// over themselves cancel, rings are traced with the inside on their left, holes
// find their shell. A ring that is simple already is recognised first and kept.
//
// All predicates are exact in int64 as long as coordinates stay within ±[Max]
// grid units.
package snap

// Sub is the number of fine steps in a grid unit.
const Sub = 256

// Max is the largest absolute grid coordinate for which everything is exact:
// a crossing multiplies three coordinate differences in fine steps.
const Max = 4224

// Point is a point of the grid.
type Point struct{ X, Y int32 }

// Fine is a point in steps of 1/Sub of a grid unit.
type Fine struct{ X, Y int32 }

// Round returns the grid point whose cell holds f. A cell reaches from half a
// unit below its point, inclusive, to half a unit above, exclusive.
func (f Fine) Round() Point { return Point{(f.X + Sub/2) >> Bits, (f.Y + Sub/2) >> Bits} }

// Bits is the logarithm of Sub.
const Bits = 8

// Fine returns p in fine steps.
func (p Point) Fine() Fine { return Fine{p.X * Sub, p.Y * Sub} }

// less orders points by x, then y.
func less(a, b Point) bool { return a.X < b.X || a.X == b.X && a.Y < b.Y }

// cross returns twice the signed area of the triangle a, b, c: positive when c
// lies to the left of a→b with x to the right and y up.
func cross(a, b, c Point) int64 {
	return int64(b.X-a.X)*int64(c.Y-a.Y) - int64(b.Y-a.Y)*int64(c.X-a.X)
}

// Area2 returns twice the signed area of a ring by the surveyor's formula.
func Area2(ring []Point) int64 {
	var sum int64
	if len(ring) == 0 {
		return 0
	}
	prev := ring[len(ring)-1]
	for _, p := range ring {
		sum += int64(prev.X)*int64(p.Y) - int64(prev.Y)*int64(p.X)
		prev = p
	}
	return sum
}
