package overlap

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/paulmach/orb"
	sf "github.com/peterstace/simplefeatures/geom"

	"tuban/feature"
	"tuban/geom/overlay"
	"tuban/internal/check"
)

// layerOf reads a GeoJSON file of polygons.
func layerOf(t testing.TB, id feature.LayerID, name string) *fake {
	raw, err := os.ReadFile(check.Data(t, name))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Features []struct{ Geometry json.RawMessage }
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	f := &fake{desc: feature.Layer{ID: id}, derived: map[string]any{}}
	var slots []feature.Slot
	for i, one := range file.Features {
		g, err := sf.UnmarshalGeoJSON(one.Geometry, sf.NoValidate{})
		if err != nil {
			t.Fatal(err)
		}
		mp := polygons(g, plain)
		slots = append(slots, feature.Slot(len(f.features)))
		f.features = append(f.features, fakeFeature{feature.ID(fmt.Sprint(i)), feature.Number(i + 1), "", mp, crossed(mp)})
	}
	if f.derived[shapesName], err = (Shapes{}).Derive(nil, f, slots, nil); err != nil {
		t.Fatal(err)
	}
	return f
}

// Cambridge's zoning districts, open spaces and the 500-year flood plain: each
// pair against the intersection that another engine made.
func TestCambridge(t *testing.T) {
	zoning := layerOf(t, "zoning", "cadastre/cambridge_CDD_ZoningDistricts.geojson")
	flood := layerOf(t, "flood", "cadastre/cambridge_FEMA_FloodPlains500Year.geojson")
	open := layerOf(t, "open", "cadastre/cambridge_RECREATION_OpenSpace.geojson")
	for _, l := range []*fake{flood, open} {
		mine, theirs := 0.0, 0.0
		pairs := 0
		for s := range zoning.features {
			if l == open && s%4 > 0 {
				continue // the other engine takes its time
			}
			q := Stored(zoning, feature.Slot(s))
			r, err := Measure(q, []Layer{l}, DefaultOptions())
			if err != nil {
				t.Fatal(err)
			}
			zone := simple(zoning.features[s].geom.(orb.MultiPolygon))
			for _, f := range r.Layers[0].Features {
				var n int
				if _, err := fmt.Sscan(string(f.ID), &n); err != nil {
					t.Fatal(err)
				}
				g, err := sf.Intersection(zone, simple(l.features[n].geom.(orb.MultiPolygon)))
				if err != nil {
					t.Fatal(err)
				}
				pairs++
				mine += f.AreaM2
				theirs += overlay.Prepare(polygons(g, plain), false).Area()
			}
		}
		if pairs < 80 || math.Abs(mine-theirs) > 1e-9*theirs {
			t.Errorf("zoning × %s: %d pairs, %.6f m², the other engine %.6f", l.desc.ID, pairs, mine, theirs)
		}
		t.Logf("zoning × %s: %d pairs, %.6f m², the other engine %.6f", l.desc.ID, pairs, mine, theirs)
	}
}

func simple(mp orb.MultiPolygon) sf.Geometry {
	var polys []sf.Polygon
	for _, p := range mp {
		var rings []sf.LineString
		for _, r := range p {
			var xys []float64
			for _, v := range r {
				xys = append(xys, v[0], v[1])
			}
			rings = append(rings, sf.NewLineStringXY(xys...))
		}
		polys = append(polys, sf.NewPolygon(rings))
	}
	return sf.NewMultiPolygon(polys).AsGeometry()
}
