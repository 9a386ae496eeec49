package tiles

import (
	"tuban/feature"
	"tuban/geom"
	"tuban/tiles/coverage"
)

// A tile of many vertices has its polygons rounded to a coarser grid than that of
// its units, of cells of 2, 4 or 8: the last is half a pixel. All rings of the layer
// are rounded together, so that neighbours stay neighbours, and the corners of the
// cells are the same in all tiles of a zoom. What changes is near a border's points
// only.
const coarsest = pixel / 2

const (
	// manyVertices is what a layer may have in the tile's own square before it is
	// drawn on a grid of cells twice as wide, and again for twice as many.
	manyVertices = 60_000
	// A layer is merged at once if its features, and one more for so many vertices,
	// are too many: as it is, it would take too long and too many bytes. On maps of
	// the whole city that is soon, for they should be small.
	mostFeatures    = 3_000
	mostDeep        = 10_000
	featureVertices = 60
)

// load is how much of a layer lies in the tile's own square: the features that have
// the middle of their box there.
type load struct {
	features int
	vertices int64
}

// generalised returns the side of the cells that polygons are rounded to, in units,
// and whether they are merged without being drawn by themselves first.
func (n load) generalised(deep bool) (step int32, merged bool) {
	most := mostFeatures
	if deep {
		most = mostDeep
	}
	step = 1
	for limit := int64(manyVertices); n.vertices > limit && step < coarsest; limit *= 2 {
		step *= 2
	}
	return step, int64(n.features)+n.vertices/featureVertices > int64(most)
}

// load returns the load of a layer's polygons, from its pyramid if there is one.
// Otherwise it is found by looking at each feature, and these are returned as well.
func (r *renderer) load(l Layer) (n load, slots []feature.Slot) {
	if p := r.pyramid(l); p != nil && r.addr.Z <= coverage.Leaf-4 {
		tallies, vertices := p.Tile(r.addr.Z, r.addr.X, r.addr.Y)
		for _, t := range tallies {
			n.features += t.Features
		}
		n.vertices = vertices
		return n, nil
	}
	slots = r.find(l)
	for _, s := range slots {
		if g := l.Geometry(s); geom.IsAreal(g) && r.holds(l.Bound(s)) {
			n.features++
			n.vertices += int64(geom.VertexCount(g))
		}
	}
	return n, slots
}

// others tells whether a layer may have features that are no polygons.
func (r *renderer) others(l Layer) bool {
	p := r.pyramid(l)
	return p == nil || p.Others() > 0
}

// simplifyLargest rounds the polygons of reference and admin layers to coarser
// grids, the largest layer first, until the tile fits.
func (r *renderer) simplifyLargest(pl plan, fits func() bool) bool {
	for {
		p := r.largest(pl, func(p *picture) bool { return p.grid == 0 && p.step < coarsest && r.hasPolygons(p) })
		if p == nil {
			return false
		}
		p.step = min(4*p.step, coarsest)
		if r.drawShapes(p, r.find(p.layer), false); fits() {
			return true
		}
	}
}
