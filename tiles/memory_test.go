package tiles

import (
	"fmt"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/tiles/coverage"
	"tuban/tiles/mvt"
)

// memory is a layer in memory; slots count its features.
type memory struct {
	layer    feature.Layer
	features []feature.Feature
	bounds   []orb.Bound
	pyramid  *coverage.Pyramid // see derive
}

func newMemory(id feature.LayerID, kind feature.Kind, fields ...string) *memory {
	m := &memory{layer: feature.Layer{ID: id, Kind: kind, MaxZoom: feature.MaxZoom}}
	for _, f := range fields {
		m.layer.MergeField(f, feature.FieldAny)
	}
	return m
}

// add adds a feature with the next number; values go with the layer's fields.
func (m *memory) add(g orb.Geometry, values ...feature.Value) *memory {
	n := feature.Number(len(m.features) + 1)
	f := feature.Feature{ID: feature.ID(fmt.Sprintf("%s-%d", m.layer.ID, n)), Number: n, Geometry: g, NeedsRepair: true}
	for i, v := range values {
		f.Properties = append(f.Properties, feature.Property{Name: m.layer.Fields[i].Name, Value: v})
	}
	b := orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{0, 0}}
	if g != nil {
		b = boundOf(g)
	}
	m.features, m.bounds = append(m.features, f), append(m.bounds, b)
	return m
}

// boundOf returns the box of all rings; orb's takes the first one only.
func boundOf(g orb.Geometry) orb.Bound {
	switch g := g.(type) {
	case orb.Polygon:
		b := g[0].Bound()
		for _, r := range g {
			b = b.Union(r.Bound())
		}
		return b
	case orb.MultiPolygon:
		b := boundOf(g[0])
		for _, p := range g {
			b = b.Union(boundOf(p))
		}
		return b
	}
	return g.Bound()
}

func (m *memory) Layer() *feature.Layer { return &m.layer }

func (m *memory) Search(b orb.Bound, visit func(feature.Slot) bool) {
	for i := len(m.features) - 1; i >= 0; i-- { // not in the order of numbers
		if m.features[i].Geometry != nil && m.bounds[i].Intersects(b) && !visit(feature.Slot(i)) {
			return
		}
	}
}

func (m *memory) Geometry(s feature.Slot) orb.Geometry { return m.features[s].Geometry }
func (m *memory) Bound(s feature.Slot) orb.Bound       { return m.bounds[s] }
func (m *memory) ID(s feature.Slot) feature.ID         { return m.features[s].ID }
func (m *memory) Number(s feature.Slot) feature.Number { return m.features[s].Number }
func (m *memory) NeedsRepair(s feature.Slot) bool      { return m.features[s].NeedsRepair }
func (m *memory) Derived(string) any                   { return m.pyramid }
func (m *memory) ClassValue(s feature.Slot) feature.Value {
	v, _ := m.features[s].Properties.Get(m.layer.ClassField)
	return v
}
func (m *memory) EachProperty(s feature.Slot, visit func(int, feature.Value)) {
	for i, p := range m.features[s].Properties {
		visit(i, p.Value)
	}
}

// derive gives the layer the pyramid that it has in a data set.
func (m *memory) derive() *memory {
	var all []feature.Slot
	for i := range m.features {
		all = append(all, feature.Slot(i))
	}
	p, err := coverage.Pyramids{}.Derive(nil, m, all, nil)
	if err != nil {
		panic(err)
	}
	m.pyramid = p.(*coverage.Pyramid)
	return m
}

// replace gives a feature another shape. Its slot stays, so that a pyramid must
// forget it while it has the old one.
func (m *memory) replace(i int, g orb.Geometry) {
	edit := func(added, removed []feature.Slot) {
		if m.pyramid != nil {
			p, err := coverage.Pyramids{}.Derive(m.pyramid, m, added, removed)
			if err != nil {
				panic(err)
			}
			m.pyramid = p.(*coverage.Pyramid)
		}
	}
	edit(nil, []feature.Slot{feature.Slot(i)})
	m.features[i].Geometry, m.bounds[i] = g, boundOf(g)
	edit([]feature.Slot{feature.Slot(i)}, nil)
}

// tester is *testing.T and *rapid.T.
type tester interface {
	Helper()
	Fatalf(string, ...any)
}

// render renders a tile, validates it and decodes it; twice, for the answer must
// not change.
func render(t tester, addr Address, opt Options, layers ...Layer) (Tile, *mvt.Tile) {
	t.Helper()
	tile, err := Render(layers, addr, opt)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if v := mvt.Validate(tile.Data); v != nil {
		t.Fatalf("tile %s: %d violations, the first: %v", addr, len(v), v[0])
	}
	decoded, err := mvt.Decode(tile.Data)
	if err != nil {
		t.Fatalf("%v", err)
	}
	again, err := Render(layers, addr, opt)
	if err != nil || string(again.Data) != string(tile.Data) {
		t.Fatalf("tile %s differs when rendered again", addr)
	}
	return tile, decoded
}

// area2 returns twice the area of a layer's polygons.
func area2(t tester, l *mvt.Layer) (sum int64) {
	t.Helper()
	if l == nil {
		return 0
	}
	for i := range l.Features {
		if l.Features[i].Type == mvt.Polygons {
			sum += featureArea2(t, &l.Features[i])
		}
	}
	return sum
}

func featureArea2(t tester, f *mvt.Feature) (sum int64) {
	t.Helper()
	rings, err := f.Parts()
	if err != nil {
		t.Fatalf("%v", err)
	}
	for _, r := range rings {
		for i, p := range r {
			q := r[(i+1)%len(r)]
			sum += int64(p.X)*int64(q.Y) - int64(q.X)*int64(p.Y)
		}
	}
	return sum
}

// full is twice the area of the buffered square.
const full = 2 * (extent + 2*Buffer) * (extent + 2*Buffer)

// lonLat returns the place of a tile coordinate.
func lonLat(a Address, x, y float64) orb.Point {
	f := newFrame(a)
	lon, lat := f.lonLat(x, y)
	return orb.Point{lon, lat}
}

// polygon returns a polygon given in tile coordinates, closed.
func polygon(a Address, rings ...[][2]float64) orb.Polygon {
	var p orb.Polygon
	for _, r := range rings {
		var ring orb.Ring
		for _, xy := range r {
			ring = append(ring, lonLat(a, xy[0], xy[1]))
		}
		p = append(p, append(ring, ring[0]))
	}
	return p
}

func tileBox(x0, y0, x1, y1 float64) [][2]float64 {
	return [][2]float64{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
}

var _ Layer = (*memory)(nil)
var _ tester = (*testing.T)(nil)
