package overlap

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom/ellipsoid"
)

// MaxReach is the farthest that Nearest looks, in metres.
const MaxReach = 1e6

// Nearby is what is nearest to a point.
type Nearby struct {
	Lon, Lat float64
	Layers   []NearbyLayer // as asked for
}

// NearbyLayer lists the features of a layer that are nearest to a point, the
// nearest first; of those equally far, by id.
type NearbyLayer struct {
	Layer    feature.LayerID
	Vintage  feature.Vintage
	Features []Near
}

// Near is a feature near a point.
type Near struct {
	ID                 feature.ID
	Class, Name, Group string
	Metres             float64   // 0 when the feature holds the point
	At                 orb.Point // the nearest place of the feature
}

// Nearest returns, for each layer, the k features that are nearest to a point
// and at most reach metres away; reach is at most MaxReach. Distances are along
// the ellipsoid, to the nearest place of a polygon, whose edges are straight in
// longitude and latitude, within 10 nm + 1e-11 of the distance; 0 inside and on
// the border, which is decided exactly. Cost: the search for some more features
// than k, and for each its edges that are not plainly farther.
func Nearest(layers []Layer, lon, lat float64, k int, reach float64) Nearby {
	out := Nearby{Lon: lon, Lat: lat, Layers: make([]NearbyLayer, len(layers))}
	for i, l := range layers {
		s := nearestSearch{layer: l, p: orb.Point{lon, lat}, k: k, limit: min(reach, MaxReach)}
		s.tighten()
		l.Nearest(func(b orb.Bound) float64 {
			return s.near.Box(b.Min[0], b.Min[1], b.Max[0], b.Max[1])
		}, s.visit)
		desc := l.Layer()
		out.Layers[i] = NearbyLayer{Layer: desc.ID, Vintage: l.Vintage(), Features: s.best}
		for j := range s.best {
			if f := &s.best[j]; desc.ClassField != "" {
				c := desc.Class(f.Class)
				f.Name, f.Group = c.Name, c.Group
			}
		}
	}
	return out
}

// nearestSearch is the search in one layer.
type nearestSearch struct {
	layer Layer
	p     orb.Point
	k     int
	limit float64
	near  ellipsoid.Near
	best  []Near // in order, at most k
}

// reach returns what a feature must not be farther than.
func (s *nearestSearch) reach() float64 {
	if len(s.best) == s.k {
		return s.best[s.k-1].Metres
	}
	return s.limit
}

// tighten makes the bounds those of the present reach.
func (s *nearestSearch) tighten() { s.near = ellipsoid.NearTo(s.p, s.reach()) }

// visit looks at the next feature; false ends the search.
func (s *nearestSearch) visit(slot feature.Slot, least float64) bool {
	reach := s.reach()
	if least > reach {
		return false
	}
	b := s.layer.Bound(slot)
	if s.near.Box(b.Min[0], b.Min[1], b.Max[0], b.Max[1]) > reach { // float64 box: a little smaller
		return true
	}
	f := Near{At: s.p}
	if !holds(s.layer, slot, s.p) {
		f.Metres, f.At = s.distance(slot, reach)
	}
	if f.Metres > reach {
		return true
	}
	f.ID = s.layer.ID(slot)
	at, _ := slices.BinarySearchFunc(s.best, f, func(a, b Near) int {
		return cmp.Or(cmp.Compare(a.Metres, b.Metres), cmp.Compare(a.ID, b.ID))
	})
	if at == s.k {
		return true
	}
	if s.layer.Layer().ClassField != "" {
		f.Class = s.layer.Class(slot)
	}
	if len(s.best) == s.k {
		s.best = s.best[:s.k-1]
	}
	s.best = slices.Insert(s.best, at, f)
	if s.reach() < reach {
		s.tighten()
	}
	return true
}

// distance returns how far a feature that does not hold the point is, and the
// nearest place; more than reach when it is farther than that.
func (s *nearestSearch) distance(slot feature.Slot, reach float64) (float64, orb.Point) {
	d := edgeSearch{p: s.p, near: s.near, chords: ellipsoid.ChordsFrom(s.p), reach: reach, least: math.Inf(1), metres: math.Inf(1)}
	walk := edgesOf(s.layer, slot)
	// First the edge that seems nearest, then those that could be nearer.
	walk(d.far, func() float64 { return d.least }, d.seem)
	if d.least > reach {
		return d.metres, s.p
	}
	d.measure(d.edge[0], d.edge[1], d.t)
	d.near = ellipsoid.NearTo(s.p, d.most())
	walk(d.far, d.most, d.compare)
	return d.metres, d.at
}

// edgeSearch looks for the nearest place among edges.
type edgeSearch struct {
	p      orb.Point
	near   ellipsoid.Near
	chords ellipsoid.Chords
	reach  float64

	least float64 // the least bound of an edge, which it is of, and where on it
	edge  [2]orb.Point
	t     float64

	metres float64 // the least distance so far, and where
	at     orb.Point
}

func (d *edgeSearch) far(x0, y0, x1, y1 float64) float64 { return d.near.Box(x0, y0, x1, y1) }

// most returns what an edge must not be farther than.
func (d *edgeSearch) most() float64 { return min(d.reach, d.metres) }

// seem keeps the edge of the least bound.
func (d *edgeSearch) seem(a, b orb.Point) {
	if bound, t := d.near.Edge(a, b); bound < d.least {
		d.least, d.edge, d.t = bound, [2]orb.Point{a, b}, t
	}
}

// compare measures an edge that may be nearer.
func (d *edgeSearch) compare(a, b orb.Point) {
	if a == d.edge[0] && b == d.edge[1] {
		return
	}
	if bound, t := d.near.Edge(a, b); bound <= d.most() && d.chords.Edge(a, b) <= d.most() {
		d.measure(a, b, t)
	}
}

// measure takes the true distance to an edge.
func (d *edgeSearch) measure(a, b orb.Point, t float64) {
	m, at := ellipsoid.Closest(d.p, a, b, t)
	if m < d.metres || m == d.metres && comparePoints(at, d.at) < 0 {
		d.metres, d.at = m, at
	}
}

func comparePoints(a, b orb.Point) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
}
