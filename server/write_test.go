package server

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestOneFeatureFromPostToDelete(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	const item = "/collections/patch/items/a%2Fb"
	a := g.want(201, "POST", "/collections/patch/items", featureJSON("a/b", square(1, 1, 1), `{"state":"new","n":7.0,"big":123456789012345678901234567890}`), "Content-Type", typeGeoJSON)
	if a.header.Get("Location") != "http://tuban.test"+item || a.header.Get("ETag") != `"5"` || seqOf(a) != 5 {
		t.Errorf("POST: %v", a.header)
	}
	got := g.want(200, "GET", item, "")
	if !strings.Contains(string(got.body), `"big":123456789012345678901234567890`) || !strings.Contains(string(got.body), `"area_m2":`) {
		t.Errorf("GET: %s", got.body)
	}
	etag := got.header.Get("ETag")
	if etag != a.header.Get("ETag") {
		t.Errorf("ETag %s, POST said %s", etag, a.header.Get("ETag"))
	}
	g.want(304, "GET", item, "", "If-None-Match", etag)
	g.want(304, "GET", item, "", "If-None-Match", "W/"+etag)
	g.want(200, "GET", item, "", "If-None-Match", `"4"`)
	g.want(409, "POST", "/collections/patch/items", featureJSON("a/b", square(2, 2, 1), `{}`), "Content-Type", typeGeoJSON)

	replace := featureJSON("", square(3, 3, 1), `{"state":"judged"}`)
	g.want(428, "PUT", item, replace, "Content-Type", typeGeoJSON)
	g.want(412, "PUT", item, replace, "Content-Type", typeGeoJSON, "If-Match", `"1"`)
	g.want(412, "PUT", item, replace, "Content-Type", typeGeoJSON, "If-Match", "W/"+etag)
	g.want(400, "PUT", item, featureJSON("other", square(3, 3, 1), `{}`), "Content-Type", typeGeoJSON, "If-Match", etag)
	put := g.want(200, "PUT", item, replace, "Content-Type", typeGeoJSON, "If-Match", `"1", `+etag)
	if put.header.Get("ETag") != `"6"` || strings.Contains(string(put.body), "big") {
		t.Errorf("PUT: %v %s", put.header, put.body)
	}
	g.want(412, "PUT", item, replace, "Content-Type", typeGeoJSON, "If-Match", etag)
	g.want(404, "PUT", "/collections/patch/items/none", replace, "Content-Type", typeGeoJSON)
	g.want(412, "PUT", "/collections/patch/items/none", replace, "Content-Type", typeGeoJSON, "If-Match", "*")
	g.want(404, "PUT", "/collections/none/items/x", replace, "Content-Type", typeGeoJSON, "If-Match", "*")

	patched := g.want(200, "PATCH", item, `{"properties":{"state":null,"who":"张"},"geometry":`+square(4, 4, 1)+`}`, "Content-Type", typeMergePatch, "If-Match", "*")
	if p := patched.json(t)["properties"]; fmt.Sprint(p) != "map[who:张]" || !strings.Contains(string(patched.body), "[4,4]") {
		t.Errorf("PATCH: %s", patched.body)
	}
	g.want(428, "PATCH", item, `{}`, "Content-Type", typeMergePatch)
	g.want(400, "PATCH", item, `{"id":"other"}`, "Content-Type", typeMergePatch, "If-Match", "*")
	g.want(415, "PATCH", item, `{}`, "Content-Type", "text/plain", "If-Match", "*")

	g.want(428, "DELETE", item, "")
	g.want(412, "DELETE", item, "", "If-Match", etag)
	gone := g.want(204, "DELETE", item, "", "If-Match", patched.header.Get("ETag"))
	if seqOf(gone) != 8 || len(gone.body) != 0 {
		t.Errorf("DELETE: %v", gone.header)
	}
	g.want(404, "GET", item, "")
	g.want(404, "DELETE", item, "")
	g.want(412, "DELETE", item, "", "If-Match", "*")
}

// The id field is the identity: it cannot be changed or lost.
func TestIDFieldDoesNotChange(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(2)
	const item = "/collections/dltb/items/b0"
	for name, body := range map[string]string{
		"patched away": `{"properties":{"BSM":null}}`, "changed": `{"properties":{"BSM":"b9"}}`, "all unset": `{"properties":null}`, "other id": `{"id":"b1"}`,
	} {
		a := g.want(400, "PATCH", item, body, "Content-Type", typeMergePatch, "If-Match", "*")
		if a.json(t)["code"] != "id-change" {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	g.want(400, "PUT", item, featureJSON("b0", square(1, 1, 1), `{}`), "Content-Type", typeGeoJSON, "If-Match", "*")
	g.want(200, "PUT", item, featureJSON("", square(1, 1, 1), `{"BSM":"b0"}`), "Content-Type", typeGeoJSON, "If-Match", "*")
}

// Of many writers who read the same version exactly one wins each round.
func TestIfMatchAmongConcurrentWriters(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	const item, writers, rounds = "/collections/patch/items/p1", 8, 10
	for round := range rounds {
		etag := g.want(200, "GET", item, "").header.Get("ETag")
		var won, lost atomic.Int32
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				a := g.do("PATCH", item, fmt.Sprintf(`{"properties":{"round":%d,"writer":%d}}`, round, w), "Content-Type", typeMergePatch, "If-Match", etag)
				switch a.status {
				case 200:
					won.Add(1)
				case 412:
					lost.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || lost.Load() != writers-1 {
			t.Fatalf("round %d: %d won, %d lost", round, won.Load(), lost.Load())
		}
	}
}

func TestGeometryIsKeptAndWarnedOf(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	bowtie := `{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}`
	a := g.want(201, "POST", "/collections/patch/items", featureJSON("bow", bowtie, `{}`), "Content-Type", typeGeoJSON)
	var f struct {
		Geometry json.RawMessage
		Warnings []struct {
			Code     string
			Lon, Lat float64
		}
		Area float64 `json:"area_m2"`
	}
	if err := json.Unmarshal(a.body, &f); err != nil {
		t.Fatal(err)
	}
	if string(f.Geometry) != bowtie || len(f.Warnings) == 0 || f.Area <= 0 {
		t.Errorf("bow-tie: %s", a.body)
	}
	found := false
	for _, w := range f.Warnings {
		found = found || w.Code == "self-crossing" && w.Lon == 1 && w.Lat == 1
	}
	if !found {
		t.Errorf("the crossing at 1,1 is not told: %s", a.body)
	}
	for name, geometry := range map[string]string{
		"out of range": square(179.5, 0, 1),
		"no area":      `{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}`,
	} {
		a := g.want(422, "POST", "/collections/patch/items", featureJSON("x", geometry, `{}`), "Content-Type", typeGeoJSON)
		if a.json(t)["code"] != "geometry-refused" || a.json(t)["errors"] == nil {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

func TestManyFeaturesAreOneCommit(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	rows := []string{
		featureJSON("r1", square(1, 1, 1), `{}`),
		featureJSON("r2", square(200, 1, 1), `{}`),
		featureJSON("r3", `{"type":"Polygon","coordinates":[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}`, `{}`),
		featureJSON("r1", square(1, 1, 1), `{}`),
		featureJSON("p1", square(1, 1, 1), `{}`),
		`{"type":"Feature","geometry":{"type":"Polygon","coordinates":"x"},"properties":{}}`,
		featureJSON("", square(5, 5, 1), `{}`),
	}
	bodies := map[string]string{
		typeGeoJSON: `{"type":"FeatureCollection","features":[` + strings.Join(rows, ",") + `]}`,
		typeNDJSON:  strings.Join(rows, "\n") + "\n",
		typeSeq:     "\x1e" + strings.Join(rows, "\n\x1e") + "\n",
	}
	for kind, body := range bodies {
		t.Run(kind, func(t *testing.T) {
			g := newRig(t, Options{})
			g.fill(1)
			a := g.want(200, "POST", "/collections/patch/items", body, "Content-Type", kind)
			var b bulk
			if err := json.Unmarshal(a.body, &b); err != nil {
				t.Fatal(err)
			}
			if b.Read != 7 || b.Written != 3 || b.Refused != 4 || b.Warned < 1 || b.Seq != 5 || seqOf(a) != 5 || len(b.Refusals) != 4 {
				t.Fatalf("answer %s", a.body)
			}
			for i, row := range []int64{2, 4, 5, 6} {
				if b.Refusals[i].Row != row || b.Refusals[i].Detail == "" {
					t.Errorf("refusal %d: %+v, want row %d", i, b.Refusals[i], row)
				}
			}
			if p := g.page("/collections/patch/items"); p.NumberMatched != 4 {
				t.Errorf("%d features afterwards", p.NumberMatched)
			}
			stopped := g.want(422, "POST", "/collections/patch/items?on_error=stop", body, "Content-Type", kind)
			if stopped.json(t)["code"] != "row-refused" || seqOf(g.get("/collections")) != 5 {
				t.Errorf("stop: %s", stopped.body)
			}
		})
	}
	g.want(422, "POST", "/collections/patch/items", rows[1]+"\n", "Content-Type", typeNDJSON)
	g.want(400, "POST", "/collections/patch/items?on_error=maybe", rows[0], "Content-Type", typeGeoJSON)
	g.want(404, "POST", "/collections/none/items", rows[0], "Content-Type", typeGeoJSON)
	g.want(415, "POST", "/collections/patch/items", rows[0], "Content-Type", "text/plain")
	g.want(415, "POST", "/collections/patch/items", rows[0], "Content-Type", typeGeoJSON, "Content-Encoding", "br")
	g.want(400, "POST", "/collections/patch/items", `{"type":"FeatureCollection","features":[`, "Content-Type", typeGeoJSON)
	g.want(400, "POST", "/collections/patch/items", square(1, 1, 1), "Content-Type", typeGeoJSON)
	g.want(400, "POST", "/collections/patch/items", `{`, "Content-Type", typeGeoJSON)
	g.want(400, "POST", "/collections/patch/items", ``, "Content-Type", typeGeoJSON)
	g.want(200, "POST", "/collections/patch/items", `{"type":"FeatureCollection","features":[]}`, "Content-Type", typeGeoJSON)

	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(rows[0] + "\n"))
	z.Close()
	g.want(200, "POST", "/collections/patch/items", packed.String(), "Content-Type", typeNDJSON, "Content-Encoding", "gzip")
	g.want(400, "POST", "/collections/patch/items", "not gzip", "Content-Type", typeNDJSON, "Content-Encoding", "gzip")
}

func TestReasonIsKept(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	sub := g.e.Subscribe(g.e.View().Seq())
	defer sub.Close()
	g.want(200, "PATCH", "/collections/patch/items/p1", `{"properties":{"a":1}}`, "Content-Type", typeMergePatch, "If-Match", "*", "Tuban-Reason", "%E6%A0%B8%E6%9F%A5")
	g.want(204, "DELETE", "/collections/patch/items/p1", "", "If-Match", "*")
	for _, want := range []string{"核查", "DELETE /collections/patch/items/p1"} {
		if ev := <-sub.C(); ev.Reason != want || ev.Author != "anonymous" {
			t.Errorf("%s: %q, want %q", ev.Author, ev.Reason, want)
		}
	}
}
