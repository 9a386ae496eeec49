package overlap

import (
	"errors"
	"fmt"
	"io"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/formats/shapefile"
	"tuban/geom"
	"tuban/geom/ellipsoid"
	"tuban/internal/check"
)

// parcelsOf reads a shapefile in longitude and latitude.
func parcelsOf(t testing.TB, id feature.LayerID, name string) *fake {
	in, err := shapefile.Open(check.Data(t, name), shapefile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	f := &fake{desc: feature.Layer{ID: id}, derived: map[string]any{}}
	var slots []feature.Slot
	for {
		row, err := in.Next()
		if err == io.EOF {
			break
		}
		if bad := (*feature.RowError)(nil); errors.As(err, &bad) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		g, _ := geom.Close(row.Feature.Geometry)
		if !geom.IsAreal(g) {
			continue
		}
		slots = append(slots, feature.Slot(len(f.features)))
		f.features = append(f.features, fakeFeature{feature.ID(fmt.Sprint(row.Row)), feature.Number(row.Row), "", g, crossed(g)})
	}
	if f.derived[shapesName], err = (Shapes{}).Derive(nil, f, slots, nil); err != nil {
		t.Fatal(err)
	}
	return f
}

// indexed is a layer whose search looks at boxes made once.
type indexed struct {
	*fake
	bounds []orb.Bound
	areas  []float64
}

func newIndexed(f *fake) *indexed {
	x := &indexed{fake: f}
	for s := range f.features {
		x.bounds = append(x.bounds, f.features[s].geom.Bound())
		x.areas = append(x.areas, f.Area(feature.Slot(s)))
	}
	return x
}

func (x *indexed) Bound(s feature.Slot) orb.Bound { return x.bounds[s] }
func (x *indexed) Area(s feature.Slot) float64    { return x.areas[s] }
func (x *indexed) Search(b orb.Bound, visit func(feature.Slot) bool) {
	for s := range x.bounds {
		if x.bounds[s].Intersects(b) && !visit(feature.Slot(s)) {
			return
		}
	}
}

// Geometry of every zoning district with open spaces, flood plains and 13,000
// parcels, and what each of these leaves of it: all are made, need no repair,
// and have the areas that go with them.
func TestCambridgeGeometry(t *testing.T) {
	zoning := layerOf(t, "zoning", "cadastre/cambridge_CDD_ZoningDistricts.geojson")
	for _, l := range []*fake{
		layerOf(t, "flood", "cadastre/cambridge_FEMA_FloodPlains500Year.geojson"),
		layerOf(t, "open", "cadastre/cambridge_RECREATION_OpenSpace.geojson"),
		parcelsOf(t, "parcels", "cadastre/cambridge_parcels_fy2014.shp.zip"),
	} {
		layer := newIndexed(l)
		pairs, vertices := 0, 0
		sum, worst := 0.0, 0.0
		agree := func(what string, g orb.MultiPolygon, want, smaller float64) {
			t.Helper()
			if problems := geom.Validate(g, 1); len(problems) > 0 {
				t.Errorf("%s: %+v", what, problems)
			}
			d := math.Abs(ellipsoid.Area(g) - want)
			worst = max(worst, d)
			if d > 1e-9*smaller+1e-6 {
				t.Errorf("%s: %.9f m², its geometry %.9f", what, want, ellipsoid.Area(g))
			}
			vertices += geom.VertexCount(g)
		}
		for s := range zoning.features {
			if raceEnabled && s%8 > 0 {
				continue
			}
			q := Stored(zoning, feature.Slot(s))
			for _, kind := range []Geometry{Intersection, Uncovered} {
				opt := DefaultOptions()
				opt.Geometry = kind
				r, err := Measure(q, []Layer{layer}, opt)
				if err != nil {
					t.Errorf("zone %d, geometry %d: %v", s, kind, err)
					continue
				}
				one := r.Layers[0]
				if kind == Uncovered {
					agree(fmt.Sprintf("zone %d less %s", s, l.desc.ID), one.Uncovered, one.UncoveredM2, r.AreaM2)
					continue
				}
				for _, f := range one.Features {
					agree(fmt.Sprintf("zone %d with %s %s", s, l.desc.ID, f.ID), f.Geometry, f.AreaM2, min(r.AreaM2, f.AreaM2/f.ShareOfFeature))
					pairs++
					sum += f.AreaM2
				}
			}
		}
		t.Logf("%s: %d pairs, %.3f m², %d vertices, worst difference %.2g m²", l.desc.ID, pairs, sum, vertices, worst)
		if pairs < 80 && !raceEnabled {
			t.Errorf("%s: only %d pairs", l.desc.ID, pairs)
		}
	}
}
