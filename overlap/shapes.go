package overlap

import (
	"github.com/tidwall/btree"

	"tuban/feature"
	"tuban/geom"
	"tuban/geom/overlay"
)

// shapesName is the key of Prepared among a layer's derived structures.
const shapesName = "overlap"

// bigVertices is from how many vertices on a feature's shape is kept. Smaller
// ones are prepared when they are asked for, which costs about what measuring
// them does; memory grows by some 24 bytes a vertex of the kept ones.
const bigVertices = 256

// Shapes keeps, beside each layer, the measuring forms of its large features
// and of those that need repair. It is an engine.Derived.
type Shapes struct{}

// Name returns the key of the derived structure.
func (Shapes) Name() string { return shapesName }

// Derive returns the *Prepared of the layer after slots were added and
// removed. It shares with prev all that did not change; readers of prev are not
// disturbed. Cost: the vertices of the added features.
func (Shapes) Derive(prev any, l feature.Geometries, added, removed []feature.Slot) (any, error) {
	old, _ := prev.(*Prepared)
	next := old
	edit := func() *btree.Map[feature.Slot, *overlay.Shape] {
		if next == old {
			next = new(Prepared)
			if old != nil {
				next.shapes = *old.shapes.Copy()
			}
		}
		return &next.shapes
	}
	for _, s := range added {
		g := l.Geometry(s)
		if !geom.IsAreal(g) {
			continue
		}
		if repair := l.NeedsRepair(s); repair || geom.VertexCount(g) > bigVertices {
			edit().Set(s, overlay.Prepare(g, repair))
		}
	}
	for _, s := range removed {
		if old.Shape(s) != nil || next.Shape(s) != nil {
			edit().Delete(s)
		}
	}
	if next == nil {
		next = new(Prepared)
	}
	return next, nil
}

// Prepared holds the ready shapes of one layer view. It is immutable.
type Prepared struct {
	shapes btree.Map[feature.Slot, *overlay.Shape]
}

// Shape returns the ready shape of a slot, nil if it has none. A nil Prepared
// has none.
func (p *Prepared) Shape(s feature.Slot) *overlay.Shape {
	if p == nil {
		return nil
	}
	shape, _ := p.shapes.Get(s)
	return shape
}

// Len returns how many shapes are kept.
func (p *Prepared) Len() int { return p.shapes.Len() }
