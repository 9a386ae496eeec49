package overlap

import (
	"cmp"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	sf "github.com/peterstace/simplefeatures/geom"

	"tuban/feature"
	"tuban/geom"
	"tuban/geom/overlay"
)

// fake is a layer in a slice. Slots are handed out in an order of their own,
// unlike numbers.
type fake struct {
	desc     feature.Layer
	features []fakeFeature
	derived  map[string]any
}

type fakeFeature struct {
	id     feature.ID
	number feature.Number
	class  string
	geom   orb.Geometry
	repair bool
}

func (f *fake) Layer() *feature.Layer                { return &f.desc }
func (f *fake) Vintage() feature.Vintage             { return "2023" }
func (f *fake) Geometry(s feature.Slot) orb.Geometry { return f.features[s].geom }
func (f *fake) NeedsRepair(s feature.Slot) bool      { return f.features[s].repair }
func (f *fake) ID(s feature.Slot) feature.ID         { return f.features[s].id }
func (f *fake) Number(s feature.Slot) feature.Number { return f.features[s].number }
func (f *fake) Bound(s feature.Slot) orb.Bound       { return f.features[s].geom.Bound() }
func (f *fake) Class(s feature.Slot) string          { return f.features[s].class }
func (f *fake) ClassValue(s feature.Slot) feature.Value {
	return feature.StringValue(f.features[s].class)
}
func (f *fake) Derived(name string) any { return f.derived[name] }
func (f *fake) Area(s feature.Slot) float64 {
	return overlay.Prepare(f.features[s].geom, f.features[s].repair).Area()
}

// Search visits all that could meet b, and some more, backwards.
func (f *fake) Search(b orb.Bound, visit func(feature.Slot) bool) {
	for s := len(f.features) - 1; s >= 0; s-- {
		if f.features[s].geom.Bound().Pad(1e-5).Intersects(b) && !visit(feature.Slot(s)) {
			return
		}
	}
}

// Nearest sorts all.
func (f *fake) Nearest(bound func(orb.Bound) float64, visit func(s feature.Slot, least float64) bool) {
	type far struct {
		s     feature.Slot
		least float64
	}
	var all []far
	for s := range f.features {
		all = append(all, far{feature.Slot(s), bound(f.features[s].geom.Bound().Pad(1e-5))})
	}
	slices.SortFunc(all, func(a, b far) int { return cmp.Compare(a.least, b.least) })
	for _, a := range all {
		if !visit(a.s, a.least) {
			return
		}
	}
}

// add adds a feature given as WKT in units of 1/1000 degree from 95 E, 36 N.
func (f *fake) add(t testing.TB, id, class, text string) {
	g := read(t, text)
	n := feature.Number(len(f.features) + 1)
	f.features = append(f.features, fakeFeature{feature.ID(id), n, class, g, crossed(g)})
}

func read(t testing.TB, text string) orb.Geometry {
	t.Helper()
	g, err := sf.UnmarshalWKT(text, sf.NoValidate{})
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case g.IsPoint():
		xy, _ := g.MustAsPoint().XY()
		return place(xy)
	case g.IsLineString():
		var l orb.LineString
		seq := g.MustAsLineString().Coordinates()
		for i := range seq.Length() {
			l = append(l, place(seq.GetXY(i)))
		}
		return l
	}
	return polygons(g, place)
}

func place(xy sf.XY) orb.Point { return orb.Point{95 + xy.X/1000, 36 + xy.Y/1000} }
func plain(xy sf.XY) orb.Point { return orb.Point{xy.X, xy.Y} }

func polygons(g sf.Geometry, at func(sf.XY) orb.Point) orb.MultiPolygon {
	var mp orb.MultiPolygon
	for _, part := range g.Dump() {
		if !part.IsPolygon() {
			continue
		}
		var p orb.Polygon
		for _, line := range part.MustAsPolygon().DumpRings() {
			var r orb.Ring
			seq := line.Coordinates()
			for i := range seq.Length() {
				r = append(r, at(seq.GetXY(i)))
			}
			p = append(p, r)
		}
		mp = append(mp, p)
	}
	return mp
}

func crossed(g orb.Geometry) bool {
	return slices.ContainsFunc(geom.Validate(g, 0), geom.Problem.NeedsRepair)
}

func query(t testing.TB, id, text string) Query {
	t.Helper()
	q, err := NewQuery(id, read(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func areaOf(t testing.TB, text string) float64 {
	g := read(t, text)
	return overlay.Prepare(g, crossed(g)).Area()
}
