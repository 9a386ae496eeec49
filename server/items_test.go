package server

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// collectionPage is a page of items.
type collectionPage struct {
	Features []struct {
		ID         string
		Properties map[string]any
	}
	NumberMatched, NumberReturned int
	TimeStamp                     string
	Links                         []link
}

func (g *rig) page(path string) collectionPage {
	g.t.Helper()
	var p collectionPage
	if err := json.Unmarshal(g.want(200, "GET", path, "").body, &p); err != nil {
		g.t.Fatal(err)
	}
	return p
}

func (p *collectionPage) next() string {
	for _, l := range p.Links {
		if l.Rel == "next" {
			return strings.TrimPrefix(l.Href, "http://tuban.test")
		}
	}
	return ""
}

func TestCollections(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(3)
	var all struct{ Collections []collection }
	if err := json.Unmarshal(g.want(200, "GET", "/collections", "").body, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Collections) != 2 || all.Collections[0].ID != "dltb" {
		t.Fatalf("collections: %+v", all)
	}
	var c collection
	if err := json.Unmarshal(g.want(200, "GET", "/collections/dltb", "").body, &c); err != nil {
		t.Fatal(err)
	}
	if c.Title != "Land use" || c.Titles.ZH != "地类图斑" || c.Count != 3 || c.Vintage != "base" || len(c.Classes) != 2 || len(c.Fields) != 3 || c.Seq != 3 {
		t.Errorf("dltb: %+v", c)
	}
	if k := c.Classes[1]; k.NameEN != "Irrigated land" || k.GroupEN != "Cropland" || c.Classes[0].NameEN != "" {
		t.Errorf("classes: %+v", c.Classes)
	}
	if b := c.Extent.Spatial.BBox[0]; b != [4]float64{95, 36.5, 95 + 3./128, 36.5 + 1./128} {
		t.Errorf("extent %v", b)
	}
	if empty := g.want(201, "PUT", "/collections/empty", `{}`, "Content-Type", typeJSON); strings.Contains(string(empty.body), `"extent"`) {
		t.Errorf("an empty layer has an extent: %s", empty.body)
	}
	if a := g.want(200, "PUT", "/collections/empty", `{"kind":"admin"}`, "Content-Type", typeJSON); !strings.Contains(string(a.body), `"kind":"admin"`) {
		t.Errorf("replaced: %s", a.body)
	}
	g.want(400, "PUT", "/collections/Bad%20Name", `{}`, "Content-Type", typeJSON)
	g.want(400, "PUT", "/collections/x", `{"kind":"nonsense"}`, "Content-Type", typeJSON)
	g.want(415, "PUT", "/collections/x", `{}`, "Content-Type", "text/plain")
	g.want(200, "GET", "/collections/dltb@base", "")
	g.want(400, "GET", "/collections/dltb@2019", "")
}

// Pages that follow next give every feature that is there all the while exactly
// once, also while others come and go.
func TestPagesWhileEditsHappen(t *testing.T) {
	g := newRig(t, Options{})
	const n = 250
	g.fill(n)
	for _, query := range []string{"limit=7", "limit=7&bbox=94,36,98,37"} {
		seen := map[string]int{}
		path, edits := "/collections/dltb/items?"+query, 0
		for path != "" {
			p := g.page(path)
			if p.NumberReturned != len(p.Features) || p.NumberReturned > 7 || p.NumberMatched < n {
				t.Fatalf("%s: returned %d of %d, %d features", path, p.NumberReturned, p.NumberMatched, len(p.Features))
			}
			for _, f := range p.Features {
				seen[f.ID]++
			}
			path = p.next()
			edits++
			id := fmt.Sprintf("%s-%d", url.QueryEscape(query), edits)
			g.want(201, "POST", "/collections/dltb/items", featureJSON("", square(95, 36.45, 0.001), `{"BSM":"`+id+`"}`), "Content-Type", typeGeoJSON)
			if edits%2 == 0 {
				g.want(204, "DELETE", "/collections/dltb/items/"+url.PathEscape(id), "", "If-Match", "*")
			}
			if edits%3 == 0 {
				g.want(200, "PATCH", "/collections/dltb/items/b"+itoa(edits), `{"properties":{"n":-1}}`, "Content-Type", typeMergePatch, "If-Match", "*")
			}
			if edits > n {
				t.Fatal("the pages do not end")
			}
		}
		for i := range n {
			if k := seen["b"+itoa(i)]; k != 1 {
				t.Errorf("%s: b%d came %d times", query, i, k)
			}
		}
	}
}

func TestItemsInABox(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(10)
	g.want(201, "POST", "/collections/patch/items", featureJSON("east", square(179, 0, 0.5), `{}`), "Content-Type", typeGeoJSON)
	g.want(201, "POST", "/collections/patch/items", featureJSON("west", square(-179.5, 0, 0.5), `{}`), "Content-Type", typeGeoJSON)
	g.want(201, "POST", "/collections/patch/items", featureJSON("nowhere", `null`, `{}`), "Content-Type", typeGeoJSON)
	cases := []struct{ name, path, want string }{
		{"interior", "/collections/dltb/items?bbox=95.008,36.501,95.015,36.507", "b1"},
		{"border counts", "/collections/dltb/items?bbox=95.0078125,36.501,95.0078125,36.507", "b0 b1"},
		{"six numbers", "/collections/dltb/items?bbox=95.008,36.501,0,95.015,36.507,100", "b1"},
		{"none", "/collections/dltb/items?bbox=0,0,1,1", ""},
		{"no geometry matches every box", "/collections/patch/items?bbox=0,50,1,51", "nowhere"},
		{"antimeridian", "/collections/patch/items?bbox=178,-1,-178,1", "east west nowhere"},
		{"whole world", "/collections/patch/items?bbox=-180,-90,180,90", "p1 east west nowhere"},
		{"everything", "/collections/patch/items", "p1 east west nowhere"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := g.page(c.path)
			var ids []string
			for _, f := range p.Features {
				ids = append(ids, f.ID)
			}
			if got := strings.Join(ids, " "); got != c.want || p.NumberMatched != len(ids) {
				t.Errorf("%s: %q of %d, want %q", c.path, got, p.NumberMatched, c.want)
			}
		})
	}
}

func TestNextKeepsTheParameters(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(10)
	p := g.page("/collections/dltb/items?bbox=94,36,98,37&limit=4")
	u, err := url.Parse(p.next())
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("bbox") != "94,36,98,37" || q.Get("limit") != "4" || q.Get("cursor") == "" || p.NumberMatched != 10 {
		t.Errorf("next is %s", p.next())
	}
	if last := g.page("/collections/dltb/items?limit=10"); last.next() != "" {
		t.Errorf("a last page has next %s", last.next())
	}
	small := newRigOn(t, g.e, Options{Limits: Limits{PageBytes: 300}})
	if p := small.page("/collections/dltb/items?limit=10"); p.NumberReturned >= 10 || p.NumberReturned < 1 || p.next() == "" {
		t.Errorf("beyond the page's bytes: %d features, next %q", p.NumberReturned, p.next())
	}
}

func TestParametersAreRefused(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	cases := []struct{ path, parameter, code string }{
		{"/collections/dltb/items?foo=1", "foo", "unknown-parameter"},
		{"/collections/dltb/items?as_of=99", "as_of", "invalid-parameter"},
		{"/collections/dltb/items?filter=a%3D1", "filter", "bad-filter"},
		{"/collections/dltb/items?datetime=2020-01-01", "datetime", "unknown-parameter"},
		{"/collections?limit=1", "limit", "unknown-parameter"},
		{"/collections/dltb/items?limit=0", "limit", "invalid-parameter"},
		{"/collections/dltb/items?limit=unlimited", "limit", "invalid-parameter"},
		{"/collections/dltb/items?limit=1&limit=2", "limit", "invalid-parameter"},
		{"/collections/dltb/items?bbox=1,2,3", "bbox", "invalid-parameter"},
		{"/collections/dltb/items?cursor=xyz", "cursor", "invalid-parameter"},
		{"/locate?lon=1", "lat", "invalid-parameter"},
		{"/locate?lon=181&lat=0", "lon", "invalid-parameter"},
		{"/locate?lon=1&lat=2&layers=dltb@1999", "layers", "invalid-parameter"},
		{"/events?after=x", "after", "invalid-parameter"},
	}
	for _, c := range cases {
		t.Run(c.path, func(t *testing.T) {
			var p problem
			a := g.want(400, "GET", c.path, "")
			if err := json.Unmarshal(a.body, &p); err != nil {
				t.Fatal(err)
			}
			if len(p.Errors) != 1 || p.Errors[0].Parameter != c.parameter || p.Code != c.code || p.Description != p.Detail || p.TraceID != a.header.Get("X-Request-Id") {
				t.Errorf("problem %s", a.body)
			}
		})
	}
	g.want(404, "GET", "/collections/nothing/items", "")
	g.want(404, "GET", "/collections/dltb/items/nothing", "")
	g.want(404, "GET", "/nothing", "")
}

func TestGzipAndSeqAndRequestID(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(50)
	a := g.want(200, "GET", "/collections/dltb/items", "", "Accept-Encoding", "gzip, br", "X-Request-Id", "my-id.1")
	if a.header.Get("Content-Encoding") != "gzip" || !strings.Contains(a.header.Get("Vary"), "Accept-Encoding") || a.header.Get("X-Request-Id") != "my-id.1" || seqOf(a) != 4 {
		t.Errorf("headers %v", a.header)
	}
	b := g.want(200, "GET", "/collections/dltb/items", "", "Accept-Encoding", "gzip;q=0", "X-Request-Id", "bad id\"")
	if b.header.Get("Content-Encoding") != "" || b.header.Get("X-Request-Id") == "bad id\"" {
		t.Errorf("headers %v", b.header)
	}
	if strip(a.body) != strip(b.body) {
		t.Error("gzip changes the answer")
	}
	if small := g.want(200, "GET", "/healthz", "", "Accept-Encoding", "gzip"); small.header.Get("Content-Encoding") != "" {
		t.Error("a small answer was compressed")
	}
}

// strip takes the time out of a page.
func strip(body []byte) string {
	s := string(body)
	i := strings.Index(s, `"timeStamp":"`)
	return s[:i] + s[i+len(`"timeStamp":"2006-01-02T15:04:05Z"`):]
}
