package overlay

import (
	"fmt"
	"slices"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
)

// Intersection returns the geometry of a∩b: polygonal parts only, shells
// counter-clockwise and holes clockwise (RFC 7946), empty when only borders
// meet. Both are cut to the neighbourhood of their common box first, so that a
// huge zone costs what is near. Points where edges cross are rounded; areas are
// better taken from Area.
func Intersection(a, b *Shape) (orb.MultiPolygon, error) {
	if !Overlaps(a, b) {
		return nil, nil
	}
	box := grown(common(&a.bound, &b.bound))
	ga, err := a.simple(box)
	if err != nil {
		return nil, err
	}
	gb, err := b.simple(box)
	if err != nil {
		return nil, err
	}
	g, err := geom.Intersection(ga, gb)
	if err != nil {
		return nil, fmt.Errorf("overlay: intersection: %w", err)
	}
	return polygonal(g), nil
}

// Difference returns the geometry of a less all bs, as Intersection does.
func Difference(a *Shape, bs []*Shape) (orb.MultiPolygon, error) {
	ga, err := a.simple(grown(a.bound))
	if err != nil {
		return nil, err
	}
	var cover []geom.Geometry
	for _, b := range bs {
		if !Overlaps(a, b) {
			continue
		}
		gb, err := b.simple(grown(common(&a.bound, &b.bound)))
		if err != nil {
			return nil, err
		}
		cover = append(cover, gb)
	}
	if len(cover) == 0 {
		return polygonal(ga), nil
	}
	u, err := geom.UnionMany(cover)
	if err == nil {
		u, err = geom.Difference(ga, u)
	}
	if err != nil {
		return nil, fmt.Errorf("overlay: difference: %w", err)
	}
	return polygonal(u), nil
}

// grown returns a box somewhat larger than b, so that what happens on its
// border cannot be seen inside b.
func grown(b orb.Bound) orb.Bound {
	m := (b.Max[0]-b.Min[0]+b.Max[1]-b.Min[1])/16 + 1e-9
	return b.Pad(m)
}

// simple returns s inside box as a geometry of simplefeatures.
func (s *Shape) simple(box orb.Bound) (geom.Geometry, error) {
	var polys []geom.Polygon
	var rings []geom.LineString
	part := int32(-1)
	flush := func() {
		if len(rings) > 0 {
			polys = append(polys, geom.NewPolygon(rings))
		}
		rings = nil
	}
	cut := windowOf(s, box)
	slices.SortStableFunc(cut, func(a, b ring) int { // rings lie along a curve
		if a.part != b.part {
			return int(a.part) - int(b.part)
		}
		return boolInt(a.hole) - boolInt(b.hole)
	})
	for _, r := range cut {
		if r.part != part {
			flush()
			part = r.part
		}
		pts := clip(r.pts, box)
		if len(pts) < 4 || r.hole && len(rings) == 0 {
			continue
		}
		xys := make([]float64, 0, 2*len(pts))
		for _, p := range pts {
			xys = append(xys, p[0], p[1])
		}
		rings = append(rings, geom.NewLineString(geom.NewSequence(xys, geom.DimXY)))
	}
	flush()
	if !s.repaired {
		return geom.NewMultiPolygon(polys).AsGeometry(), nil
	}
	// Trapezoids share whole sides, so their union is exact.
	parts := make([]geom.Geometry, len(polys))
	for i, p := range polys {
		parts[i] = p.AsGeometry()
	}
	u, err := geom.UnionMany(parts)
	if err != nil {
		return geom.Geometry{}, fmt.Errorf("overlay: union of a repaired form: %w", err)
	}
	return u, nil
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// clip cuts a closed ring at the four sides of a box, one after the other
// (Sutherland and Hodgman). Pieces that the box separates stay joined along its
// border, which lies outside of what is asked for. It returns nil for nothing.
func clip(pts []orb.Point, box orb.Bound) []orb.Point {
	out := slices.Clone(pts)
	for side := range 4 {
		axis, limit, sign := side%2, box.Min[side%2], 1.0
		if side >= 2 {
			limit, sign = box.Max[axis], -1
		}
		in := func(p orb.Point) bool { return (p[axis]-limit)*sign >= 0 }
		var next []orb.Point
		for i := 1; i < len(out); i++ {
			p, q := out[i-1], out[i]
			if in(p) != in(q) {
				c := orb.Point{limit, limit}
				c[1-axis] = offsetAt(p[axis], p[1-axis], q[axis], q[1-axis], limit, 0)
				next = append(next, c)
			}
			if in(q) {
				next = append(next, q)
			}
		}
		if len(next) == 0 {
			return nil
		}
		if next[0] != next[len(next)-1] {
			next = append(next, next[0])
		}
		out = next
	}
	return slices.Compact(out)
}

// polygonal returns the polygons in g, wound by RFC 7946.
func polygonal(g geom.Geometry) orb.MultiPolygon {
	var mp orb.MultiPolygon
	for _, part := range g.ForceCCW().Dump() {
		if !part.IsPolygon() || part.IsEmpty() {
			continue
		}
		var p orb.Polygon
		for _, line := range part.MustAsPolygon().DumpRings() {
			seq := line.Coordinates()
			r := make(orb.Ring, seq.Length())
			for i := range r {
				xy := seq.GetXY(i)
				r[i] = orb.Point{xy.X, xy.Y}
			}
			p = append(p, r)
		}
		mp = append(mp, p)
	}
	return mp
}
