package jobs

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"tuban/engine"
	"tuban/feature"
	"tuban/internal/check"
	"tuban/overlap"
)

// pair is a query and a feature, by their places in their files.
type pair struct{ query, feature feature.Number }

// readFixture reads areas by PostGIS; testdata/postgis/make.sh made them.
func readFixture(t *testing.T, name string) map[pair]float64 {
	t.Helper()
	f, err := os.Open("testdata/postgis/" + name + ".csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[pair]float64{}
	for _, r := range rows[1:] {
		q, err1 := strconv.ParseUint(r[0], 10, 64)
		f, err2 := strconv.ParseUint(r[1], 10, 64)
		a, err3 := strconv.ParseFloat(r[2], 64)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(r)
		}
		out[pair{feature.Number(q), feature.Number(f)}] = a
	}
	return out
}

// TestOverlapEqualsPostGIS lays real polygons over real layers and compares
// every pair with PostGIS: 1e-9 of the smaller polygon, and 1e-6 m² for what
// GEOS's own coordinates are worth.
func TestOverlapEqualsPostGIS(t *testing.T) {
	for _, c := range []struct{ name, query, layer string }{
		{"cambridge_zoning_x_parcels_fy2014", "cadastre/cambridge_CDD_ZoningDistricts.geojson", "cadastre/cambridge_parcels_fy2014.shp.zip"},
		{"liechtenstein_buildings_2013_x_landuse_2021", "osm/liechtenstein_20130803.gpkg#building", "osm/liechtenstein_20211028.gpkg#landuse"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := openEngine(t)
			for name, file := range map[feature.LayerID]string{"query": c.query, "layer": c.layer} {
				path, inner, _ := strings.Cut(file, "#")
				path = check.Data(t, path)
				if inner != "" {
					path += "#" + inner
				}
				mustRun(t, e, Import{Files: []string{path}, Layer: name})
			}
			comparePairs(t, e.View(), readFixture(t, c.name))
		})
	}
}

func comparePairs(t *testing.T, v *engine.View, want map[pair]float64) {
	ql, _ := v.Layer("query")
	l, _ := v.Layer("layer")
	numbers := map[feature.ID]feature.Slot{}
	l.Ascend(0, func(s feature.Slot) bool {
		numbers[l.ID(s)] = s
		return true
	})
	pairs, beyond, worst := 0, 0, 0.0
	seen := map[pair]bool{}
	ql.Ascend(0, func(s feature.Slot) bool {
		r, err := overlap.Measure(overlap.Stored(ql, s), []overlap.Layer{l}, overlap.DefaultOptions())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Layers[0].Features {
			p := pair{ql.Number(s), l.Number(numbers[f.ID])}
			seen[p] = true
			smaller := min(r.AreaM2, l.Area(numbers[f.ID]))
			d := math.Abs(f.AreaM2 - want[p])
			if d > 1e-9*smaller+1e-6 {
				t.Errorf("pair %v: %.9f m², PostGIS %.9f, off by %.3g of %.1f m²", p, f.AreaM2, want[p], d, smaller)
			}
			pairs++
			if d > 1e-9*smaller {
				beyond++
			}
			worst = max(worst, d/smaller)
		}
		return true
	})
	for p, a := range want {
		if !seen[p] && a > 1e-6 {
			t.Errorf("pair %v: PostGIS has %.9f m², we have none", p, a)
		}
	}
	t.Logf("%d pairs (PostGIS %d); worst difference %.3g of the smaller polygon; %d beyond 1e-9 of it (all within 1e-9 + 1e-6 m²)", pairs, len(want), worst, beyond)
}

// TestOverlayGivesOneAnswer compares the ways to ask: a file, a layer, NDJSON,
// CSV, and single calls.
func TestOverlayGivesOneAnswer(t *testing.T) {
	e := openEngine(t)
	zoning := check.Data(t, "cadastre/cambridge_CDD_ZoningDistricts.geojson")
	mustRun(t, e, Import{Files: []string{zoning}, Layer: "zoning", ClassField: "ZONE_TYPE"})
	mustRun(t, e, Import{Files: []string{check.Data(t, "cadastre/cambridge_RECREATION_OpenSpace.geojson")}, Layer: "open"})
	v := e.View()
	z, _ := v.Layer("zoning")
	open, _ := v.Layer("open")
	overlay := func(format string) (*Overlay, *bytes.Buffer) {
		return &Overlay{Layers: []overlap.Layer{z, open}, Options: overlap.DefaultOptions(), Format: format}, &bytes.Buffer{}
	}
	byFile, file := overlay("ndjson")
	r, err := byFile.File(context.Background(), check.Data(t, "cadastre/cambridge_RECREATION_OpenSpace.geojson"), file)
	if err != nil || r.Queries != 276 || r.Refused != 0 {
		t.Fatal(r, err)
	}
	byLayer, layer := overlay("ndjson")
	if _, err := byLayer.Layer(context.Background(), open, layer); err != nil {
		t.Fatal(err)
	}
	// The file's features have no ids of their own; the layer's are numbers.
	fileLines, layerLines := strings.Split(file.String(), "\n"), strings.Split(layer.String(), "\n")
	if len(fileLines) != len(layerLines) {
		t.Fatalf("%d and %d lines", len(fileLines), len(layerLines))
	}
	for i := range fileLines {
		a, b := afterID(fileLines[i]), afterID(layerLines[i])
		if a != b {
			t.Fatalf("line %d:\nfile  %s\nlayer %s", i+1, a, b)
		}
	}
	byCSV, table := overlay("csv")
	if _, err := byCSV.Layer(context.Background(), open, table); err != nil {
		t.Fatal(err)
	}
	compareCSV(t, table.String(), layerLines)
}

func afterID(line string) string {
	_, rest, _ := strings.Cut(line, `"area_m2"`)
	return rest
}

// compareCSV wants Σ area_m2 of the table's rows to be the sum of summed_m2.
func compareCSV(t *testing.T, table string, lines []string) {
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]float64{}
	for _, r := range rows[1:] {
		a, err := strconv.ParseFloat(r[9], 64)
		if err != nil {
			t.Fatal(r)
		}
		sums[r[0]+" "+r[2]] += a
	}
	n := 0
	for _, line := range lines {
		if line == "" {
			continue
		}
		var r struct {
			ID     string
			Layers []struct {
				Layer    string
				SummedM2 float64 `json:"summed_m2"`
			}
		}
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		for _, l := range r.Layers {
			n++
			if got := sums[r.ID+" "+l.Layer]; math.Abs(got-l.SummedM2) > 1e-9*l.SummedM2 {
				t.Errorf("%s %s: CSV sums to %v, JSON has %v", r.ID, l.Layer, got, l.SummedM2)
			}
		}
	}
	if n != 552 {
		t.Errorf("%d layer results, want 2 × 276", n)
	}
}

// TestOverlayBadRows goes on after rows that are no polygons.
func TestOverlayBadRows(t *testing.T) {
	e := openEngine(t)
	name := t.TempDir() + "/rows.geojsonl"
	text := `{"type":"Feature","id":"a","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},"properties":{}}
{"type":"Feature","id":"p","geometry":{"type":"Point","coordinates":[0,0]},"properties":{}}
{"type":"Feature","id":"broken
{"type":"Feature","id":"far","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,91],[0,0]]]},"properties":{}}
{"type":"Feature","id":"b","geometry":{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,0]]]},"properties":{}}
`
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	mustRun(t, e, Import{Files: []string{name}, Layer: "l", SkipRefused: true})
	l, _ := e.View().Layer("l")
	o := &Overlay{Layers: []overlap.Layer{l}, Options: overlap.DefaultOptions(), Format: "ndjson"}
	var out bytes.Buffer
	r, err := o.File(context.Background(), name, &out)
	if err != nil || r.Queries != 2 || r.Refused != 3 {
		t.Fatalf("%+v, %v", r, err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, want := range []string{`{"id":"a"`, `{"error":`, `{"error":`, `{"error":`, `{"id":"b"`} {
		if !strings.HasPrefix(lines[i], want) {
			t.Errorf("line %d is %.80s…, want %s", i+1, lines[i], want)
		}
	}
}
