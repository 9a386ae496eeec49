package server

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
)

type nearbyAnswer struct {
	Seq    int
	Layers []struct {
		Layer, Vintage string
		Features       []struct {
			ID, Class, Name, Group string
			Metres                 float64 `json:"distance_m"`
			Lon, Lat               float64
		}
	}
}

func TestNearest(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(5)
	cases := []struct{ name, query, want string }{
		{"inside", "lon=95.001&lat=36.501&layers=dltb", "b0 0"},
		{"border, the first by id", "lon=95.0078125&lat=36.501&layers=dltb", "b0 0"},
		{"border, both", "lon=95.0078125&lat=36.501&layers=dltb&k=2", "b0 0, b1 0"},
		{"south of it", "lon=95.001&lat=36.499&layers=dltb&k=1", "b0 110"},
		{"west of it", "lon=94.99&lat=36.501&layers=dltb&k=2", "b0 895, b1 1595"},
		{"within a distance", "lon=94.99&lat=36.501&layers=dltb&k=9&max_m=1000", "b0 895"},
		{"nothing so near", "lon=94.99&lat=36.501&layers=dltb&max_m=10", ""},
		{"all layers", "lon=95.001&lat=36.501", "b0 0; p1 414"},
		{"all of it", "lon=95.001&lat=36.501&layers=dltb&k=1000", "b0 0, b1 610, b2 1310, b3 2010, b4 2710"},
		{"beyond everything", "lon=0&lat=0", "; "},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var at nearbyAnswer
			if err := json.Unmarshal(g.want(200, "GET", "/nearest?"+c.query, "").body, &at); err != nil {
				t.Fatal(err)
			}
			var layers []string
			for _, l := range at.Layers {
				var fs []string
				for _, f := range l.Features {
					fs = append(fs, f.ID+" "+strconv.FormatFloat(math.Floor(f.Metres), 'f', 0, 64))
				}
				layers = append(layers, strings.Join(fs, ", "))
			}
			if got := strings.Join(layers, "; "); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	var at nearbyAnswer
	if err := json.Unmarshal(g.want(200, "GET", "/nearest?lon=95.012&lat=36.499&layers=dltb", "").body, &at); err != nil {
		t.Fatal(err)
	}
	if f := at.Layers[0].Features[0]; f.Name != "水浇地" || f.Class != "0102" || f.Group != "耕地" || math.Abs(f.Lon-95.012) > 1e-9 || f.Lat != 36.5 || at.Seq != 4 || at.Layers[0].Vintage != "base" {
		t.Errorf("%+v", at)
	}
}

func TestNearestRefusals(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	for _, c := range []struct {
		query, parameter string
		status           int
	}{
		{"lat=1", "lon", 400}, {"lon=1", "lat", 400}, {"lon=x&lat=1", "lon", 400}, {"lon=NaN&lat=1", "lon", 400}, {"lon=1&lat=Inf", "lat", 400}, {"lon=181&lat=1", "lon", 400},
		{"lon=1&lat=-90.5", "lat", 400}, {"lon=1&lat=1&k=0", "k", 400}, {"lon=1&lat=1&k=-1", "k", 400}, {"lon=1&lat=1&k=1.5", "k", 400}, {"lon=1&lat=1&k=1001", "k", 400},
		{"lon=1&lat=1&k=99999999999999999999", "k", 400}, {"lon=1&lat=1&max_m=-1", "max_m", 400}, {"lon=1&lat=1&max_m=1e7", "max_m", 400}, {"lon=1&lat=1&max_m=far", "max_m", 400},
		{"lon=1&lat=1&layers=none", "layers", 404}, {"lon=1&lat=1&layers=", "layers", 400}, {"lon=1&lat=1&radius=5", "radius", 400}, {"lon=1&lat=1&lat=2", "lat", 400},
	} {
		t.Run(c.query, func(t *testing.T) {
			a := g.want(c.status, "GET", "/nearest?"+c.query, "")
			var p problem
			if err := json.Unmarshal(a.body, &p); err != nil || len(p.Errors) != 1 || p.Errors[0].Parameter != c.parameter {
				t.Errorf("%s", a.body)
			}
		})
	}
}

// Many points are answered as one by one, in order, in one answer or line by line.
func TestLocateMany(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(3)
	points := [][2]float64{{95.001, 36.501}, {95.0078125, 36.501}, {95, 36.5}, {0, 0}, {95.005, 36.505}}
	single := make([]string, len(points))
	var multi, features, rows []string
	for i, p := range points {
		at := "[" + strconv.FormatFloat(p[0], 'f', -1, 64) + "," + strconv.FormatFloat(p[1], 'f', -1, 64) + "]"
		multi = append(multi, at)
		point := `{"type":"Point","coordinates":` + at + `}`
		features = append(features, featureJSON("q"+itoa(i), point, `{}`))
		rows = append(rows, point)
		a := string(g.want(200, "GET", "/locate?lon="+strings.Replace(strings.Trim(at, "[]"), ",", "&lat=", 1), "").body)
		single[i] = strings.TrimPrefix(a, `{"seq":4,`)
	}
	check := func(name, body, id string) {
		t.Helper()
		var want []string
		for i, s := range single {
			of := `null`
			if id != "" {
				of = `"` + strings.Replace(id, "#", itoa(i), 1) + `"`
			}
			want = append(want, `{"id":`+of+`,`+s)
		}
		if got := string(g.want(200, "POST", "/locate", body, "Content-Type", typeGeoJSON).body); got != `{"seq":4,"results":[`+strings.Join(want, ",")+"]}" {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, strings.Join(want, ","))
		}
	}
	check("MultiPoint", `{"type":"MultiPoint","coordinates":[`+strings.Join(multi, ",")+`]}`, "")
	check("a feature", featureJSON("m", `{"type":"MultiPoint","coordinates":[`+strings.Join(multi, ",")+`]}`, `{}`), "m")
	check("FeatureCollection", `{"type":"FeatureCollection","features":[`+strings.Join(features, ",")+`]}`, "q#")
	lines := strings.Split(strings.TrimSpace(string(g.want(200, "POST", "/locate", strings.Join(rows, "\n"), "Content-Type", typeNDJSON).body)), "\n")
	for i, s := range single {
		if want := `{"row":` + itoa(i+1) + `,"seq":4,"id":null,` + s; lines[i] != want {
			t.Errorf("line %d: %s, want %s", i+1, lines[i], want)
		}
	}
	schema := g.api.Components.Schemas["locatedRow"].Value
	body := g.want(200, "POST", "/locate?layers=dltb", rows[0]+"\n"+square(1, 1, 1)+"\n"+`{"type":"MultiPoint","coordinates":[[1,1],[2,2]]}`+"\n{\n"+`{"type":"Point","coordinates":[181,0]}`+"\n"+rows[1], "Content-Type", typeNDJSON).body
	var codes []string
	for line := range strings.Lines(string(body)) {
		var v any
		var l batchLine
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		if err := schema.VisitJSON(v); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		if l.Error != nil {
			codes = append(codes, l.Error.Code)
		} else {
			codes = append(codes, "ok")
		}
	}
	if got := strings.Join(codes, " "); got != "ok not-a-point not-a-point bad-json geometry-refused ok" {
		t.Errorf("rows: %s", got)
	}
}

func TestLocateManyRefusals(t *testing.T) {
	g := newRig(t, Options{Limits: Limits{Points: 8}})
	g.fill(1)
	for _, c := range []struct {
		name, query, body string
		status            int
		code              string
	}{
		{"a polygon", "", square(1, 1, 1), 422, "not-a-point"},
		{"no geometry", "", `{"type":"Feature","geometry":null,"properties":{}}`, 422, "not-a-point"},
		{"out of range", "", `{"type":"MultiPoint","coordinates":[[1,1],[1,91]]}`, 422, "geometry-refused"},
		{"too many", "", `{"type":"MultiPoint","coordinates":[[1,1],[1,9],[1,2],[1,3],[1,4],[1,5],[1,6],[1,7],[1,8]]}`, 413, "too-many"},
		{"no JSON", "", `{"type"`, 400, "bad-json"},
		{"no such layer", "?layers=x", `{"type":"Point","coordinates":[1,1]}`, 404, "no-such-layer"},
		{"unknown parameter", "?lon=1", `{"type":"Point","coordinates":[1,1]}`, 400, "unknown-parameter"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := g.want(c.status, "POST", "/locate"+c.query, c.body, "Content-Type", typeJSON)
			if code := a.json(t)["code"]; code != c.code {
				t.Errorf("%v, want %s", code, c.code)
			}
		})
	}
	if a := g.want(200, "POST", "/locate", `{"type":"MultiPoint","coordinates":[]}`, "Content-Type", typeJSON); string(a.body) != `{"seq":4,"results":[]}` {
		t.Errorf("no points: %s", a.body)
	}
}
