package coverage

import (
	"math"

	"github.com/paulmach/orb"

	"tuban/geom"
	"tuban/geom/mercator"
	"tuban/geom/overlay"
	"tuban/tiles/snap"
)

// Rings visits the rings of what a geometry covers, and whether each is a hole in
// it. Of one that needs repair they are the outlines of trapezoids that make up
// the same (package overlay).
func Rings(g orb.Geometry, needsRepair bool, visit func(r orb.Ring, hole bool)) {
	if needsRepair && geom.IsAreal(g) {
		for _, t := range overlay.Decompose([]orb.MultiPolygon{overlay.Polygons(g)}) {
			visit(orb.Ring{{t.X0, t.Bottom[0]}, {t.X1, t.Bottom[1]}, {t.X1, t.Top[1]}, {t.X0, t.Top[0]}}, false)
		}
		return
	}
	switch g := g.(type) {
	case orb.Polygon:
		for i, r := range g {
			visit(r, i > 0)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			for i, r := range p {
				visit(r, i > 0)
			}
		}
	}
}

// side is the number of steps in the side of the projection's square.
const side = 1 << (Leaf + stepBits)

// projection brings places into the square that the cells divide.
type projection struct {
	// unit returns the place in the unit square, y growing to the south.
	unit func(orb.Point) (x, y float64)
	// bend returns by how much, in sides of the square, an edge that is straight
	// in longitude and latitude departs from a straight line.
	bend func(p, q orb.Point) float64
}

// webMercator is the square that WebMercatorQuad divides.
func webMercator() projection { return projection{mercator.Unit, mercatorBend} }

// mercatorBend is Δφ²/8·(tan φ/cos φ) on the sphere of radius 1/2π, with the
// worst latitude φ of the edge.
func mercatorBend(p, q orb.Point) float64 {
	const rad = math.Pi / 180
	if p[0] == q[0] {
		return 0
	}
	phi := min(max(math.Abs(p[1]), math.Abs(q[1])), 85.5) * rad
	dphi := (q[1] - p[1]) * rad
	return dphi * dphi / (16 * math.Pi) * math.Tan(phi) / math.Cos(phi)
}

// Edges that depart from a straight line by more than 1/8 of a leaf cell are
// divided, into at most mostPieces.
const (
	straight   = 1.0 / (8 << Leaf)
	mostPieces = 1 << 12
	// shortEdge is the difference of latitude, in degrees, below which no edge
	// departs so far: at 85.5 degrees north an edge of 0.01 departs by 1e-7.
	shortEdge = 1e-2
)

// append appends a ring in steps. The same edge gives the same points in both
// directions.
func (p *projection) append(dst []snap.Fine, r orb.Ring) []snap.Fine {
	for i, q := range r {
		if i > 0 && math.Abs(q[1]-r[i-1][1]) > shortEdge {
			dst = p.pieces(dst, r[i-1], q)
		}
		dst = append(dst, p.place(q))
	}
	return dst
}

// pieces appends the points within an edge that bends.
func (p *projection) pieces(dst []snap.Fine, a, b orb.Point) []snap.Fine {
	n := int(min(math.Ceil(math.Sqrt(p.bend(a, b)/straight)), mostPieces))
	for i := 1; i < n; i++ {
		c, d, k := a, b, i
		if c[0] > d[0] {
			c, d, k = d, c, n-i
		}
		t := float64(k) / float64(n)
		dst = append(dst, p.place(orb.Point{c[0] + float64(t*(d[0]-c[0])), c[1] + float64(t*(d[1]-c[1]))}))
	}
	return dst
}

// place returns a place in steps, pressed into the square.
func (p *projection) place(at orb.Point) snap.Fine {
	x, y := p.unit(at)
	return snap.Fine{X: step(x), Y: step(y)}
}

func step(v float64) int32 { return int32(math.Floor(min(max(v, 0), 1)*side + 0.5)) }

// anchor returns the leaf cell of the middle of a box.
func (p *projection) anchor(b orb.Bound) (x, y int32) {
	x0, y0 := p.unit(b.LeftTop())
	x1, y1 := p.unit(b.RightBottom())
	cell := func(v float64) int32 { return int32(min(max(v, 0)*(1<<Leaf), 1<<Leaf-1)) }
	return cell((x0 + x1) / 2), cell((y0 + y1) / 2)
}

// Anchor returns the tile of a zoom in which the middle of a box lies.
func Anchor(b orb.Bound, z uint8) (x, y uint32) {
	p := webMercator()
	cx, cy := p.anchor(b)
	return uint32(cx) >> (Leaf - z), uint32(cy) >> (Leaf - z)
}
