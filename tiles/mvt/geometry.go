package mvt

import "encoding/binary"

// Geometry writes the commands of one feature's geometry. The zero value is
// ready; Reset makes it ready again and keeps its memory.
type Geometry struct {
	buf  []byte
	x, y int32
}

// Reset empties g.
func (g *Geometry) Reset() { g.buf, g.x, g.y = g.buf[:0], 0, 0 }

// Rebase starts a new geometry behind the bytes written so far, so that one
// Geometry may hold the commands of many features end to end. It returns the
// offset at which the new one begins.
func (g *Geometry) Rebase() int {
	g.x, g.y = 0, 0
	return len(g.buf)
}

// Bytes returns the commands written since Reset, valid until the next call.
func (g *Geometry) Bytes() []byte { return g.buf }

// Points writes a point or a multipoint. No points write nothing.
func (g *Geometry) Points(pts ...Point) {
	if len(pts) == 0 {
		return
	}
	g.command(moveTo, len(pts))
	for _, p := range pts {
		g.step(p)
	}
}

// Line writes one line. Its points must be at least two and no two in a row
// the same.
func (g *Geometry) Line(pts []Point) {
	g.command(moveTo, 1)
	g.step(pts[0])
	g.command(lineTo, len(pts)-1)
	for _, p := range pts[1:] {
		g.step(p)
	}
}

// Ring writes one ring, whose first point is not repeated at its end. It must
// have at least three points, no two in a row the same, and already run the
// right way round: see the package comment.
func (g *Geometry) Ring(pts []Point) {
	g.Line(pts)
	g.command(closePath, 1)
}

func (g *Geometry) command(id, count int) {
	g.buf = binary.AppendUvarint(g.buf, uint64(count)<<3|uint64(id))
}

func (g *Geometry) step(p Point) {
	g.buf = binary.AppendUvarint(g.buf, uint64(zigzag32(p.X-g.x)))
	g.buf = binary.AppendUvarint(g.buf, uint64(zigzag32(p.Y-g.y)))
	g.x, g.y = p.X, p.Y
}

func zigzag32(v int32) uint32   { return uint32(v<<1) ^ uint32(v>>31) }
func unzigzag32(u uint32) int32 { return int32(u>>1) ^ -int32(u&1) }
func zigzag64(v int64) uint64   { return uint64(v<<1) ^ uint64(v>>63) }
func unzigzag64(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// AppendPoint appends the commands of a single point.
func AppendPoint(dst []byte, p Point) []byte {
	g := Geometry{buf: dst}
	g.Points(p)
	return g.buf
}
