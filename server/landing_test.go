package server

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestLandingPage(t *testing.T) {
	g := newRig(t, Options{})
	var page struct {
		Title string
		Links []link
	}
	if err := json.Unmarshal(g.want(200, "GET", "/", "").body, &page); err != nil {
		t.Fatal(err)
	}
	rels := map[string]link{}
	for _, l := range page.Links {
		rels[l.Rel] = l
	}
	if got := rels["service-desc"].Type; got != "application/vnd.oai.openapi+json;version=3.0" {
		t.Errorf("service-desc has type %q", got)
	}
	for rel, href := range map[string]string{"self": "/", "conformance": "/conformance", "data": "/collections", "service-desc": "/api"} {
		if rels[rel].Href != "http://tuban.test"+href || rels[rel].Type == "" {
			t.Errorf("link %s: %+v", rel, rels[rel])
		}
		g.want(200, "GET", strings.TrimPrefix(rels[rel].Href, "http://tuban.test"), "")
	}
	browser := "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	if a := g.want(302, "GET", "/", "", "Accept", browser); a.header.Get("Location") != "http://tuban.test/console/" || !strings.Contains(a.header.Get("Vary"), "Accept") {
		t.Errorf("a browser got %v", a.header)
	}
}

func TestConsole(t *testing.T) {
	g := newRig(t, Options{})
	a := g.want(200, "GET", "/console/", "")
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || a.header.Get("Content-Security-Policy") == "" || a.header.Get("ETag") == "" {
		t.Errorf("headers %v", a.header)
	}
	packed := g.want(200, "GET", "/console/", "", "Accept-Encoding", "gzip")
	if packed.header.Get("Content-Encoding") != "gzip" || string(packed.body) != string(a.body) || packed.header.Get("ETag") == a.header.Get("ETag") {
		t.Errorf("gzip: %v", packed.header)
	}
	g.want(304, "GET", "/console/", "", "If-None-Match", a.header.Get("ETag"))
	g.want(304, "GET", "/console/", "", "If-None-Match", packed.header.Get("ETag"), "Accept-Encoding", "gzip")
	if kept := a.header.Get("Cache-Control"); kept != "no-cache" {
		t.Errorf("the page is kept: %q", kept)
	}
	script := regexp.MustCompile(`assets/[\w.-]+\.js`).FindString(string(a.body))
	if kept := g.want(200, "GET", "/console/"+script, "").header.Get("Cache-Control"); !strings.Contains(kept, "immutable") {
		t.Errorf("%s is kept: %q", script, kept)
	}
	g.want(404, "GET", "/console/nothing.js", "")
	g.want(404, "GET", "/console/..%2f..%2fgo.mod", "")
	g.want(302, "GET", "/console", "")
}

// Links follow the proxy in front, but nothing that is no host or path.
func TestLinksFollowTheProxy(t *testing.T) {
	self := func(g *rig, headers ...string) string {
		var page struct{ Links []link }
		if err := json.Unmarshal(g.want(200, "GET", "/collections", "", headers...).body, &page); err != nil {
			t.Fatal(err)
		}
		return page.Links[0].Href
	}
	g := newRig(t, Options{})
	cases := []struct {
		name    string
		headers []string
		want    string
	}{
		{"plain", nil, "http://tuban.test/collections"},
		{"host header", []string{"Host", "city.example:81"}, "http://city.example:81/collections"},
		{"proxy", []string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "map.example", "X-Forwarded-Prefix", "/tuban/"}, "https://map.example/tuban/collections"},
		{"several proxies", []string{"X-Forwarded-Host", "a.example, b.example"}, "http://a.example/collections"},
		{"no host", []string{"X-Forwarded-Host", "a\"><script>"}, "http://tuban.test/collections"},
		{"no scheme", []string{"X-Forwarded-Proto", "javascript"}, "http://tuban.test/collections"},
		{"no prefix", []string{"X-Forwarded-Prefix", "//evil.example"}, "http://tuban.test/collections"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := self(g, c.headers...); got != c.want {
				t.Errorf("self is %s, want %s", got, c.want)
			}
		})
	}
	fixed := newRig(t, Options{BaseURL: "https://map.example/t/"})
	if got := self(fixed, "X-Forwarded-Host", "other.example"); got != "https://map.example/t/collections" {
		t.Errorf("with a base URL: %s", got)
	}
	for _, bad := range []string{"map.example", "ftp://x", "https://", "https://x?y=1"} {
		if _, err := New(fixed.e, Options{BaseURL: bad}); err == nil {
			t.Errorf("base URL %q was taken", bad)
		}
	}
}

func TestHeadAndOptionsAndMethods(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(3)
	for _, path := range []string{"/", "/conformance", "/api", "/collections", "/collections/dltb", "/collections/dltb/items", "/collections/dltb/items/b0", "/healthz", "/readyz", "/metrics", "/events", "/console/", "/styles/default.json", "/mvt/dltb.json"} {
		head := g.want(200, http.MethodHead, path, "")
		if len(head.body) != 0 {
			t.Errorf("HEAD %s has a body", path)
		}
		if path == "/events" {
			continue
		}
		get := g.want(200, http.MethodGet, path, "")
		if h, b := head.header.Get("Content-Type"), get.header.Get("Content-Type"); h != b {
			t.Errorf("%s: HEAD says %q, GET %q", path, h, b)
		}
	}
	a := g.want(405, "DELETE", "/collections/dltb", "")
	if got := a.header.Get("Allow"); got != "GET, HEAD, PUT, OPTIONS" || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("405 with Allow %q", got)
	}
	g.want(405, "POST", "/nearest", "{}")
	g.want(405, "BREW", "/locate", "")
	if got := g.want(200, "OPTIONS", "/collections/dltb/items/b0", "").header.Get("Allow"); got != "GET, HEAD, PUT, PATCH, DELETE, OPTIONS" {
		t.Errorf("Allow %q", got)
	}
	g.want(404, "OPTIONS", "/nothing", "")
}

func TestCORS(t *testing.T) {
	g := newRig(t, Options{CORS: CORS{Write: []string{"https://bureau.example"}}})
	g.fill(1)
	if got := g.want(200, "GET", "/collections", "", "Origin", "https://any.example").header; got.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(got.Get("Access-Control-Expose-Headers"), "Tuban-Seq") {
		t.Errorf("reading: %v", got)
	}
	pre := g.want(200, "OPTIONS", "/collections/dltb/items/b0", "", "Origin", "https://any.example", "Access-Control-Request-Method", "PATCH")
	if !strings.Contains(pre.header.Get("Access-Control-Allow-Methods"), "PATCH") || !strings.Contains(pre.header.Get("Access-Control-Allow-Headers"), "If-Match") {
		t.Errorf("preflight: %v", pre.header)
	}
	body := featureJSON("", square(1, 1, 1), `{}`)
	for origin, status := range map[string]int{"https://any.example": 403, "https://bureau.example": 201, "http://tuban.test": 201, "null": 403} {
		g.want(status, "POST", "/collections/patch/items", body, "Content-Type", typeGeoJSON, "Origin", origin)
	}
	closed := newRigOn(t, g.e, Options{CORS: CORS{Read: []string{"https://a.example"}}})
	if got := closed.want(200, "GET", "/collections", "", "Origin", "https://b.example").header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("an origin not listed was told %q", got)
	}
	if got := closed.want(200, "GET", "/collections", "", "Origin", "https://a.example").header; got.Get("Access-Control-Allow-Origin") != "https://a.example" || !strings.Contains(got.Get("Vary"), "Origin") {
		t.Errorf("an origin listed was told %v", got)
	}
}

// A class is claimed only if it is met: Features' core wants datetime.
func TestConformanceIsTrue(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	var c struct{ ConformsTo []string }
	if err := json.Unmarshal(g.want(200, "GET", "/conformance", "").body, &c); err != nil {
		t.Fatal(err)
	}
	takesTime := g.get("/collections/dltb/items?datetime=2024-01-01").status == 200
	if claims := slices.Contains(c.ConformsTo, "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"); claims != takesTime {
		t.Errorf("core is claimed: %v, datetime is taken: %v", claims, takesTime)
	}
}
