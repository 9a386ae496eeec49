package server

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

type grownResult struct {
	ID      *string
	AreaM2  float64  `json:"area_m2"`
	BufferM *float64 `json:"buffer_m"`
	OwnM2   *float64 `json:"own_area_m2"`
	Layers  []struct {
		CoveredM2   float64 `json:"covered_m2"`
		UncoveredM2 float64 `json:"uncovered_m2"`
		Features    []struct{ ID string }
	}
}

func grownOf(t *testing.T, body []byte) grownResult {
	t.Helper()
	var o struct{ Results []grownResult }
	if err := json.Unmarshal(body, &o); err != nil || len(o.Results) != 1 {
		t.Fatalf("%v: %.300s", err, body)
	}
	return o.Results[0]
}

// A grown polygon reaches the neighbours; its area and its own are told.
func TestBuffer(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(3)
	inner := square(95+2./512, 36.5+2./512, 1./512) // 175 m wide, 350 m from the border of b0
	plain := g.want(200, "POST", "/overlap?layers=dltb", inner, "Content-Type", typeJSON).body
	if p := grownOf(t, plain); p.BufferM != nil || p.OwnM2 != nil || strings.Contains(string(plain), "buffer") {
		t.Errorf("without buffer_m: %s", plain)
	}
	own := grownOf(t, plain).AreaM2
	for _, c := range []struct {
		metres string
		b      float64
		want   string
	}{{"10", 10, "b0"}, {"300", 300, "b0,b1"}, {"1.5e3", 1500, "b0,b1,b2"}} {
		r := grownOf(t, g.want(200, "POST", "/overlap?layers=dltb&buffer_m="+c.metres, inner, "Content-Type", typeJSON).body)
		var ids []string
		for _, f := range r.Layers[0].Features {
			ids = append(ids, f.ID)
		}
		width, height := 1./512*89490, 1./512*110970.0 // near enough to metres
		want := own + 2*(width+height)*c.b + math.Pi*c.b*c.b
		if got := strings.Join(ids, ","); got != c.want || *r.BufferM != c.b || *r.OwnM2 != own || math.Abs(r.AreaM2/want-1) > 2e-3 {
			t.Errorf("%s m: %s of %v m², own %v; want %s of %v m², own %v", c.metres, got, r.AreaM2, *r.OwnM2, c.want, want, own)
		}
		if d := r.Layers[0].CoveredM2 + r.Layers[0].UncoveredM2 - r.AreaM2; math.Abs(d) > 1e-6 {
			t.Errorf("%s m: covered and uncovered miss the area by %v", c.metres, d)
		}
	}
	for name, geometry := range map[string]string{
		"a point": `{"type":"Point","coordinates":[95.004,36.504]}`, "points": `{"type":"MultiPoint","coordinates":[[95.004,36.504],[95.0041,36.504]]}`,
		"a line": `{"type":"LineString","coordinates":[[95.004,36.504],[95.005,36.505]]}`,
	} {
		r := grownOf(t, g.want(200, "POST", "/overlap?layers=dltb&buffer_m=20", geometry, "Content-Type", typeJSON).body)
		if r.AreaM2 < 1256*0.999 || *r.OwnM2 != 0 || r.Layers[0].CoveredM2 != r.AreaM2 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	item := grownOf(t, g.want(200, "GET", "/collections/dltb/items/b0/overlap?layers=dltb&buffer_m=5", "").body)
	if len(item.Layers[0].Features) != 2 || *item.ID != "b0" || *item.BufferM != 5 {
		t.Errorf("an item: %+v", item)
	}
	g.want(201, "POST", "/collections/patch/items", featureJSON("pt", `{"type":"Point","coordinates":[95.004,36.504]}`, `{}`), "Content-Type", typeGeoJSON)
	if r := grownOf(t, g.want(200, "GET", "/collections/patch/items/pt/overlap?layers=dltb&buffer_m=5", "").body); r.AreaM2 < 78 || r.AreaM2 > 79 {
		t.Errorf("an item that is a point: %+v", r)
	}
	rows := []string{inner, `{"type":"Point","coordinates":[95.004,36.504]}`, `{"type":"Point","coordinates":[180,36.504]}`, featureJSON("none", "null", "{}")}
	lines := g.batch("layers=dltb&buffer_m=20", strings.Join(rows, "\n"))
	single := string(g.want(200, "POST", "/overlap?layers=dltb&buffer_m=20", inner, "Content-Type", typeJSON).body)
	if want := `{"row":1,"seq":5,` + strings.TrimPrefix(strings.TrimSuffix(single, "]}"), `{"seq":5,"results":[{`); lines[0].text != want {
		t.Errorf("batch %s\nsingle %s", lines[0].text, want)
	}
	if lines[1].Error != nil || lines[2].Error.Code != "geometry-refused" || lines[3].Error.Code != "not-a-polygon" {
		t.Errorf("%v", lines)
	}
}

func TestBufferRefusals(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	for _, v := range []string{"0", "-1", "50001", "x", "NaN", "Inf", "", "1e9", "0x10"} {
		t.Run(v, func(t *testing.T) {
			a := g.want(400, "POST", "/overlap?layers=dltb&buffer_m="+v, square(95, 36.5, 0.1), "Content-Type", typeJSON)
			var p problem
			if err := json.Unmarshal(a.body, &p); err != nil || len(p.Errors) != 1 || p.Errors[0].Parameter != "buffer_m" {
				t.Errorf("%s", a.body)
			}
		})
	}
	var points strings.Builder
	for i := range 3000 {
		points.WriteString("[" + itoa(i%170) + "," + itoa(i/170) + "],")
	}
	for _, c := range []struct {
		name, geometry string
		status         int
		code           string
	}{
		{"antimeridian", square(179.5, 1, 0.5), 422, "geometry-refused"},
		{"pole", `{"type":"Point","coordinates":[1,89.95]}`, 422, "geometry-refused"},
		{"out of range", `{"type":"Point","coordinates":[1,91]}`, 422, "geometry-refused"},
		{"two points", `{"type":"Polygon","coordinates":[[[95,36],[95,37],[95,36]]]}`, 422, "not-a-polygon"},
		{"no rings", `{"type":"Polygon","coordinates":[]}`, 422, "not-a-polygon"},
		{"no points", `{"type":"LineString","coordinates":[]}`, 422, "not-a-polygon"},
		{"too many", `{"type":"MultiPoint","coordinates":[` + strings.TrimSuffix(points.String(), ",") + `]}`, 413, "too-many"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := g.want(c.status, "POST", "/overlap?layers=dltb&buffer_m=100", c.geometry, "Content-Type", typeJSON)
			if code := a.json(t)["code"]; code != c.code {
				t.Errorf("%v, want %s: %s", code, c.code, a.body)
			}
		})
	}
}
