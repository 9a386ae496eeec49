package cql2

import (
	"github.com/paulmach/orb"

	"tuban/geom"
)

// region is a geometry literal, ready to be compared with features.
type region struct {
	text     string
	bound    orb.Bound
	boxes    []orb.Bound // of BBOX; else geometry
	geometry orb.Geometry
	segments [][2]orb.Point
	corners  []orb.Point // one of each line, ring and point
}

func newRegion(g orb.Geometry) *region {
	r := &region{text: string(wkt(nil, g)), bound: geom.Bound(g), geometry: g}
	eachChain(g, func(ps []orb.Point) bool {
		for i := 1; i < len(ps); i++ {
			r.segments = append(r.segments, [2]orb.Point{ps[i-1], ps[i]})
		}
		r.corners = append(r.corners, ps[0])
		return true
	})
	return r
}

// newBoxRegion returns the region of a BBOX; where west is east of east it
// crosses the antimeridian.
func newBoxRegion(lo, hi orb.Point) *region {
	text := appendNumber(append(appendNumber([]byte("BBOX("), lo[0]), ','), lo[1])
	text = appendNumber(append(appendNumber(append(text, ','), hi[0]), ','), hi[1])
	r := &region{text: string(append(text, ')'))}
	if lo[0] <= hi[0] {
		r.boxes = []orb.Bound{{Min: lo, Max: hi}}
	} else {
		r.boxes = []orb.Bound{{Min: lo, Max: orb.Point{180, hi[1]}}, {Min: orb.Point{-180, lo[1]}, Max: hi}}
	}
	r.bound = geom.EmptyBound
	for _, b := range r.boxes {
		r.bound = geom.Union(r.bound, b)
	}
	return r
}

// meets tells whether a geometry and the region have a point in common, borders
// included; exactly. Polygons are read by the even-odd rule, their parts as a
// union. b is the geometry's box. The cost grows with the vertices of the
// geometry times the edges of the region that meet its box.
func (r *region) meets(g orb.Geometry, b orb.Bound) bool {
	if !r.bound.Intersects(b) {
		return false
	}
	for _, box := range r.boxes {
		if box.Intersects(b) && geom.IntersectsBound(g, box) {
			return true
		}
	}
	if r.geometry == nil {
		return false
	}
	// Where no borders meet, each chain lies wholly on one side of the other's.
	met := false
	eachChain(g, func(ps []orb.Point) bool {
		met = r.crosses(ps, b) || geom.Locate(r.geometry, ps[0]) != geom.Outside
		return !met
	})
	if met {
		return true
	}
	for _, p := range r.corners {
		if b.Contains(p) && geom.Locate(g, p) != geom.Outside {
			return true
		}
	}
	return false
}

// crosses tells whether an edge of the region meets an edge of a chain; b is a
// box around the chain.
func (r *region) crosses(ps []orb.Point, b orb.Bound) bool {
	for i := range r.segments {
		p, q := r.segments[i][0], r.segments[i][1]
		if max(p[0], q[0]) < b.Min[0] || min(p[0], q[0]) > b.Max[0] || max(p[1], q[1]) < b.Min[1] || min(p[1], q[1]) > b.Max[1] {
			continue
		}
		for k := 1; k < len(ps); k++ {
			if m, _ := geom.Meet(p, q, ps[k-1], ps[k]); m != geom.Apart {
				return true
			}
		}
	}
	return false
}

// eachChain visits the rings, lines and points of a geometry until visit returns
// false. Rings are closed.
func eachChain(g orb.Geometry, visit func([]orb.Point) bool) bool {
	switch g := g.(type) {
	case orb.Point:
		return visit([]orb.Point{g})
	case orb.MultiPoint:
		for i := range g {
			if !visit(g[i : i+1]) {
				return false
			}
		}
	case orb.LineString:
		return len(g) == 0 || visit(g)
	case orb.MultiLineString:
		for _, l := range g {
			if !eachChain(l, visit) {
				return false
			}
		}
	case orb.Polygon:
		for _, r := range g {
			if len(r) > 0 && !visit(r) {
				return false
			}
		}
	case orb.MultiPolygon:
		for _, p := range g {
			if !eachChain(p, visit) {
				return false
			}
		}
	case orb.Collection:
		for _, m := range g {
			if !eachChain(m, visit) {
				return false
			}
		}
	}
	return true
}
