package overlay

import (
	"github.com/paulmach/orb"

	"tuban/geom"
	"tuban/geom/ellipsoid"
)

// Union returns the geometry of what any of some polygons covers, each read by
// the even-odd rule, as Intersection gives it: valid polygons with the vertices
// of the input that are on the border, crossings rounded. Coordinates are finite numbers. Its area is checked
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
	r := unionOf(polys)
	r.area, r.whole = s.area, s.area
	return outlined(r)
}

func unionOf(polys orb.MultiPolygon) request {
	groups := make([][]orb.Ring, len(polys))
	for i, p := range polys {
		groups[i] = p
	}
	return request{op: difference, name: "union", box: geom.Bound(polys), a: groups}
}

// few is how many polygons Merge joins in one sweep.
const few = 32

// Merge is Union for many valid polygons of which those that follow one another
// lie near one another, as a step on the way to a Union: it joins neighbours
// first, so that what they have in common goes before it can cross what is
// farther down the list. It makes sure only that each step's area is between
// that of the greatest part and that of all together.
func Merge(polys orb.MultiPolygon) (orb.MultiPolygon, error) {
	if len(polys) > few {
		a, err := Merge(polys[:len(polys)/2])
		if err != nil {
			return nil, err
		}
		b, err := Merge(polys[len(polys)/2:])
		if err != nil {
			return nil, err
		}
		polys = append(a, b...)
	}
	if len(polys) < 2 {
		return polys, nil
	}
	greatest, all := 0.0, 0.0
	for _, p := range polys {
		area := ellipsoid.Area(p)
		greatest, all = max(greatest, area), all+area
	}
	r := unionOf(polys)
	for care := tidy; care <= slabwise; care++ {
		mp, err := r.sweep(care)
		if err != nil {
			continue
		}
		if area := ellipsoid.Area(mp); area >= greatest*(1-1e-6)-1e-3 && area <= all*(1+1e-6)+1e-3 {
			return mp, nil
		}
	}
	return Union(polys) // with what there is to say against it
}
