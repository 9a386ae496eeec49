package tiles

import (
	"slices"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/tiles/mvt"
	"tuban/tiles/snap"
)

// finish writes the commands of a feature and adds its shape: its own, or for a
// patch of which nothing can be drawn a mark.
func (r *renderer) finish(p *picture, c *cut) {
	l := p.layer
	s := shape{slot: c.slot, number: l.Number(c.slot), from: r.geometry.Rebase()}
	g := l.Geometry(c.slot)
	switch g := g.(type) {
	case orb.Polygon, orb.MultiPolygon:
		s.kind = mvt.Polygons
		s.area2 = r.writePolygons(r.rings[c.from:c.to]) * int64(r.step) * int64(r.step)
	case orb.Point, orb.MultiPoint:
		s.kind = mvt.Points
		r.writePoints(g)
	case orb.LineString, orb.MultiLineString:
		s.kind = mvt.Lines
		r.writeLines(g)
	default:
		return
	}
	s.to = r.geometry.Rebase()
	s.at = r.markPoint(l.Bound(c.slot))
	if s.to == s.from {
		if s.kind == mvt.Points || !r.missed(p, c, g) {
			return
		}
		s.mark, s.kind = true, mvt.Points
	}
	r.shapes = append(r.shapes, s)
}

// missed tells whether a feature of which nothing is drawn needs a mark. If it
// is not of a patch layer it is noted as collapsed when it meets the
// tile's own square.
func (r *renderer) missed(p *picture, c *cut, g orb.Geometry) bool {
	if p.layer.Layer().Kind == feature.KindPatch {
		return geom.IntersectsBound(g, r.frame.box)
	}
	if geom.IntersectsBound(g, r.frame.own) {
		p.collapsed = append(p.collapsed, c.slot)
	}
	return false
}

// markPoint returns the middle of a feature's box, pressed into the buffered
// square.
func (r *renderer) markPoint(b orb.Bound) mvt.Point {
	lo, hi := r.frame.clamped(b.Min), r.frame.clamped(b.Max)
	return roundUnits((lo[0]+hi[0])/2, (lo[1]+hi[1])/2)
}

// writePolygons writes the valid form of a feature's rings and returns twice its
// area in cells of the grid.
func (r *renderer) writePolygons(rings []ring) int64 {
	if len(rings) == 0 {
		return 0
	}
	if len(rings) == 1 {
		pts := r.noder.AppendRing(r.points[:0], r.fine[rings[0].from:rings[0].to])
		r.points = pts
		if pts = snap.Unspiked(pts); len(pts) < 3 {
			return 0
		}
		if r.mender.Simple(pts) {
			area := snap.Area2(pts)
			if area < 0 {
				slices.Reverse(pts)
				area = -area
			}
			r.writeRing(pts)
			return area
		}
		return r.writeMended([][][]snap.Point{{pts}})
	}
	var parts [][][]snap.Point
	last := -1
	for _, g := range rings {
		if g.part != last {
			parts, last = append(parts, nil), g.part
		}
		k := len(parts) - 1
		parts[k] = append(parts[k], r.noder.AppendRing(nil, r.fine[g.from:g.to]))
	}
	return r.writeMended(parts)
}

func (r *renderer) writeMended(parts [][][]snap.Point) (area2 int64) {
	for _, polygon := range r.mender.Mend(parts) {
		for _, pts := range polygon {
			area2 += snap.Area2(pts)
			r.writeRing(pts)
		}
	}
	return area2
}

func (r *renderer) writeRing(pts []snap.Point) {
	r.line = r.line[:0]
	for _, p := range pts {
		r.line = append(r.line, mvt.Point{X: p.X * r.step, Y: p.Y * r.step})
	}
	r.geometry.Ring(r.line)
}

// writePoints writes the points that lie in the buffered square.
func (r *renderer) writePoints(g orb.Geometry) {
	r.line = r.line[:0]
	add := func(p orb.Point) {
		if r.clip.outside(p) == 0 {
			r.line = append(r.line, r.round(p))
		}
	}
	switch g := g.(type) {
	case orb.Point:
		add(g)
	case orb.MultiPoint:
		for _, p := range g {
			add(p)
		}
	}
	r.geometry.Points(r.line...)
}

// writeLines writes the pieces of lines within the buffered square that do not
// collapse to a point.
func (r *renderer) writeLines(g orb.Geometry) {
	piece := func(pts []orb.Point) {
		r.line = r.line[:0]
		for _, p := range pts {
			q := r.round(p)
			if n := len(r.line); n == 0 || r.line[n-1] != q {
				r.line = append(r.line, q)
			}
		}
		if len(r.line) > 1 {
			r.geometry.Line(r.line)
		}
	}
	switch g := g.(type) {
	case orb.LineString:
		r.clip.line(g, piece)
	case orb.MultiLineString:
		for _, l := range g {
			r.clip.line(l, piece)
		}
	}
}
