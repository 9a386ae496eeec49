package kernel

import (
	"fmt"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/geom/overlay"
	"tuban/overlap"
)

// subject is a case made ready as the product does it.
type subject struct {
	c       *Case
	patches []*overlay.Shape
	parcels []*overlay.Shape
	kept    *overlap.Prepared  // the shapes that a layer keeps
	scratch []*overlay.Scratch // for the others, used again
}

// layer gives a case's parcels as a layer view does.
type layer []orb.Polygon

// Geometry returns a parcel.
func (l layer) Geometry(s feature.Slot) orb.Geometry { return l[s] }

// Layer is nil and ClassValue null: shapes have no use for them.
func (layer) Layer() *feature.Layer { return nil }

// ClassValue is null.
func (layer) ClassValue(feature.Slot) feature.Value { return feature.Value{} }

// Bound returns a parcel's box.
func (l layer) Bound(s feature.Slot) orb.Bound { return geom.Bound(l[s]) }

// NeedsRepair is false: the cases are valid.
func (layer) NeedsRepair(feature.Slot) bool { return false }

func newSubject(c *Case) (*subject, error) {
	s := &subject{c: c, patches: shapes(c.Patches, overlay.Prepare), parcels: shapes(c.Parcels, overlay.Prepare)}
	slots := make([]feature.Slot, len(c.Parcels))
	for i := range slots {
		slots[i] = feature.Slot(i)
	}
	kept, err := overlap.Shapes{}.Derive(nil, layer(c.Parcels), slots, nil)
	if err != nil {
		return nil, err
	}
	s.kept = kept.(*overlap.Prepared)
	s.scratch = make([]*overlay.Scratch, len(c.Pairs))
	for i := range s.scratch {
		s.scratch[i] = new(overlay.Scratch)
	}
	return s, nil
}

// areas measures every pair with both shapes ready.
func (s *subject) areas() (sum float64, err error) {
	for _, p := range s.c.Pairs {
		sum += overlay.Area(s.patches[p[0]], s.parcels[p[1]])
	}
	return sum, nil
}

// query measures every pair as an overlap query does: with the shape that the
// layer keeps, or with one prepared in scratch memory.
func (s *subject) query() (sum float64, err error) {
	for i, p := range s.c.Pairs {
		sum += overlay.Area(s.patches[p[0]], s.candidate(i, p[1]))
	}
	return sum, nil
}

func (s *subject) candidate(pair, parcel int) *overlay.Shape {
	if shape := s.kept.Shape(feature.Slot(parcel)); shape != nil {
		return shape
	}
	return s.scratch[pair].Prepare(s.c.Parcels[parcel], false)
}

// request is query with each patch checked and prepared first, as for a polygon
// from outside.
func (s *subject) request() (sum float64, err error) {
	last, q := -1, overlap.Query{}
	for i, p := range s.c.Pairs {
		if p[0] != last {
			last = p[0]
			if q, err = overlap.NewQuery("", s.c.Patches[last]); err != nil {
				return 0, fmt.Errorf("case %s, patch %d: %w", s.c.Name, last, err)
			}
		}
		sum += overlay.Area(q.Shape, s.candidate(i, p[1]))
	}
	return sum, nil
}
