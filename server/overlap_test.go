package server

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

type overlapAnswer struct {
	Seq     int
	Results []struct {
		ID     *string
		AreaM2 float64 `json:"area_m2"`
		AreaMu float64 `json:"area_mu"`
		Layers []struct {
			Layer, Vintage string
			CoveredM2      float64 `json:"covered_m2"`
			UncoveredM2    float64 `json:"uncovered_m2"`
			Truncated      bool
			Classes        []struct {
				Class, Name string
				AreaM2      float64 `json:"area_m2"`
				Count       int
			}
			Features []struct {
				ID       string
				AreaM2   float64 `json:"area_m2"`
				Geometry json.RawMessage
			}
			Uncovered json.RawMessage
		}
	}
	Warnings []queryWarning
}

func (g *rig) overlap(method, path, body string) overlapAnswer {
	g.t.Helper()
	var o overlapAnswer
	if err := json.Unmarshal(g.want(200, method, path, body, "Content-Type", typeGeoJSON).body, &o); err != nil {
		g.t.Fatal(err)
	}
	return o
}

func TestOverlap(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(4)
	half := square(95+1./256, 36.5, 1./128) // half on b0, half on b1
	o := g.overlap("POST", "/overlap?layers=dltb,patch", half)
	r := o.Results[0]
	l := r.Layers[0]
	if o.Seq != 4 || r.ID != nil || math.Abs(r.AreaMu-r.AreaM2*3/2000) > 1e-9*r.AreaMu || l.Layer != "dltb" || l.Vintage != "base" || len(l.Classes) != 2 || l.Classes[0].Name != "水田" || len(l.Features) != 2 {
		t.Fatalf("answer %+v", o)
	}
	if math.Abs(l.CoveredM2-r.AreaM2) > 1e-6 || math.Abs(l.Classes[0].AreaM2-r.AreaM2/2) > 1e-6 {
		t.Errorf("covered %v of %v, classes %+v", l.CoveredM2, r.AreaM2, l.Classes)
	}
	if o := g.overlap("POST", "/overlap?layers=dltb&detail=classes", half); len(o.Results[0].Layers[0].Features) != 0 {
		t.Error("detail=classes lists features")
	}
	if o := g.overlap("POST", "/overlap?layers=dltb&limit=1", half); !o.Results[0].Layers[0].Truncated || len(o.Results[0].Layers[0].Features) != 1 || len(o.Results[0].Layers[0].Classes) != 2 {
		t.Errorf("limit: %+v", o)
	}
	if o := g.overlap("POST", "/overlap?layers=dltb&geometry=intersection", half); !strings.Contains(string(o.Results[0].Layers[0].Features[0].Geometry), "MultiPolygon") {
		t.Errorf("intersection: %+v", o)
	}
	if o := g.overlap("POST", "/overlap?layers=patch&geometry=uncovered", half); !strings.Contains(string(o.Results[0].Layers[0].Uncovered), "MultiPolygon") {
		t.Errorf("uncovered: %+v", o)
	}
	many := `{"type":"FeatureCollection","features":[` + featureJSON("q1", half, `{}`) + `,` + featureJSON("q2", square(0, 0, 1), `{}`) + `]}`
	if o := g.overlap("POST", "/overlap?layers=dltb", many); len(o.Results) != 2 || *o.Results[0].ID != "q1" || *o.Results[1].ID != "q2" || o.Results[1].Layers[0].CoveredM2 != 0 {
		t.Errorf("many: %+v", o)
	}
	bow := `{"type":"Polygon","coordinates":[[[95,36.5],[95.01,36.51],[95.01,36.5],[95,36.51],[95,36.5]]]}`
	if o := g.overlap("POST", "/overlap?layers=dltb", bow); len(o.Warnings) != 1 || len(o.Warnings[0].Problems) == 0 {
		t.Errorf("bow-tie: %+v", o)
	}
	item := g.overlap("GET", "/collections/patch/items/p1/overlap?layers=dltb", "")
	if *item.Results[0].ID != "p1" || len(item.Results[0].Layers[0].Features) != 2 {
		t.Errorf("stored: %+v", item)
	}
}

func TestOverlapRefusals(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	g.want(201, "POST", "/collections/patch/items", featureJSON("pt", `{"type":"Point","coordinates":[1,1]}`, `{}`), "Content-Type", typeGeoJSON)
	body := square(1, 1, 1)
	cases := []struct {
		name, path, body string
		status           int
		code             string
	}{
		{"no layers", "/overlap", body, 400, "invalid-parameter"},
		{"no such layer", "/overlap?layers=none", body, 404, "no-such-layer"},
		{"detail", "/overlap?layers=dltb&detail=x", body, 400, "invalid-parameter"},
		{"geometry", "/overlap?layers=dltb&geometry=x", body, 400, "invalid-parameter"},
		{"geometry without features", "/overlap?layers=dltb&geometry=intersection&detail=classes", body, 400, "invalid-parameter"},
		{"sliver", "/overlap?layers=dltb&sliver_m2=-1", body, 400, "invalid-parameter"},
		{"limit", "/overlap?layers=dltb&limit=0", body, 400, "invalid-parameter"},
		{"filter", "/overlap?layers=dltb&filter.dltb=x", body, 400, "bad-filter"},
		{"filter of another layer", "/overlap?layers=dltb&filter.patch=n%3D1", body, 400, "invalid-parameter"},
		{"as of", "/overlap?layers=dltb&as_of=99", body, 400, "invalid-parameter"},
		{"a point", "/overlap?layers=dltb", `{"type":"Point","coordinates":[1,1]}`, 422, "not-a-polygon"},
		{"out of range", "/overlap?layers=dltb", square(179.9, 1, 1), 422, "geometry-refused"},
		{"no JSON", "/overlap?layers=dltb", `{"type":`, 400, "bad-json"},
		{"no GeoJSON", "/overlap?layers=dltb", `{"type":"Polygon","coordinates":[["a"]]}`, 400, "bad-geojson"},
		{"empty", "/overlap?layers=dltb", ` `, 400, "bad-json"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := g.do("POST", c.path, c.body, "Content-Type", typeJSON)
			if code := a.json(t)["code"]; a.status != c.status || code != c.code {
				t.Errorf("%d %v, want %d %s: %s", a.status, code, c.status, c.code, a.body)
			}
		})
	}
	g.want(415, "POST", "/overlap?layers=dltb", body, "Content-Type", "text/plain")
	g.want(422, "GET", "/collections/patch/items/pt/overlap?layers=dltb", "")
	g.want(404, "GET", "/collections/patch/items/none/overlap?layers=dltb", "")
}

func TestLocate(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(3)
	cases := []struct{ name, query, want string }{
		{"interior", "lon=95.001&lat=36.501&layers=dltb", "b0"},
		{"border belongs to both", "lon=95.0078125&lat=36.501&layers=dltb", "b0,b1"},
		{"corner", "lon=95&lat=36.5&layers=dltb", "b0"},
		{"all layers", "lon=95.005&lat=36.505", "b0,p1"},
		{"nothing", "lon=0&lat=0", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var at struct {
				Layers []struct{ Features []struct{ ID, Name string } }
			}
			if err := json.Unmarshal(g.want(200, "GET", "/locate?"+c.query, "").body, &at); err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, l := range at.Layers {
				for _, f := range l.Features {
					ids = append(ids, f.ID)
				}
			}
			if got := strings.Join(ids, ","); got != c.want {
				t.Errorf("%s: %s, want %s", c.query, got, c.want)
			}
		})
	}
}
