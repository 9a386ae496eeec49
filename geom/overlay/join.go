package overlay

import (
	"github.com/paulmach/orb"

	"tuban/geom"
)

// Union returns the geometry of what any of some polygons covers, each read by
// the even-odd rule, as Intersection gives it: valid polygons with the vertices
// of the input that are on the border, crossings rounded. Its area is checked
// against that of a decomposition. An error is an *OutlineError. Cost: two or
// three sweeps over all edges.
func Union(polys orb.MultiPolygon) (orb.MultiPolygon, error) {
	s := Prepare(polys, true)
	if s.endless() {
		return nil, errEndless("union")
	}
	if s.area == 0 {
		return nil, nil
	}
	groups := make([][]orb.Ring, len(polys))
	for i, p := range polys {
		groups[i] = p
	}
	return outlined(request{
		op: difference, name: "union", kind: s.kind, box: geom.Bound(polys),
		a: groups, area: s.area, whole: s.area,
	})
}
