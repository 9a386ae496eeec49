package server

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// Filters and the past are the same row by row as in single calls; one filter
// serves all the goroutines of a batch.
func TestBatchFiltersAndThePast(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(20)
	g.want(204, "DELETE", "/collections/dltb/items/b3", "", "If-Match", "*")
	rows := patches(200)
	for _, query := range []string{
		"layers=dltb&filter=" + url.QueryEscape(`DLBM = '0102' OR n IN (1,2,4)`),
		"layers=dltb,patch&filter.dltb=" + url.QueryEscape(`BSM LIKE 'b1%' AND S_INTERSECTS(geometry,BBOX(95,36,95.1,37))`),
		"layers=dltb&as_of=3", "layers=dltb&valid_on=2026-01-01",
	} {
		for i, l := range g.batch(query, strings.Join(rows, "\n")) {
			body := string(g.want(200, "POST", "/overlap?"+query, rows[i], "Content-Type", typeGeoJSON).body)
			seq, rest, _ := strings.Cut(strings.TrimPrefix(body, `{"seq":`), `,"results":[{`)
			if want := `{"row":` + itoa(i+1) + `,"seq":` + seq + `,` + strings.TrimSuffix(rest, "]}"); l.text != want {
				t.Fatalf("%s, row %d:\n%s\nsingle call\n%s", query, i+1, l.text, want)
			}
		}
	}
	g.want(400, "POST", "/overlap/batch?layers=dltb&filter=none%3D1", rows[0], "Content-Type", typeNDJSON)
	var at nearbyAnswer
	path := "/nearest?lon=95.001&lat=36.501&layers=dltb&k=3&filter=" + url.QueryEscape(`DLBM = '0102'`)
	for query, want := range map[string]string{"": "b1 b5 b7", "&as_of=4": "b1 b3 b5"} {
		if err := json.Unmarshal(g.want(200, "GET", path+query, "").body, &at); err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, f := range at.Layers[0].Features {
			ids = append(ids, f.ID)
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("nearest%s: %s, want %s", query, got, want)
		}
	}
	lines := string(g.want(200, "POST", "/locate?layers=dltb&filter=n%3D0", `{"type":"Point","coordinates":[95.001,36.501]}`+"\n"+`{"type":"Point","coordinates":[95.009,36.501]}`, "Content-Type", typeNDJSON).body)
	if n := strings.Count(lines, `"id":"b`); n != 1 {
		t.Errorf("located %d: %s", n, lines)
	}
}
