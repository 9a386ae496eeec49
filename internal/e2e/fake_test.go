package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"tuban/server/console"
)

// fakeAPI serves the console over an API of fixed answers, to look at what a
// real city does not show: no layers, errors, a browser without WebGL2. more adds
// answers.
func fakeAPI(t *testing.T, collections []map[string]any, more ...func(*http.ServeMux)) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	for _, add := range more {
		add(mux)
	}
	mux.HandleFunc("GET /console/{path...}", func(w http.ResponseWriter, r *http.Request) {
		data, kind, etag, ok := console.File(r.PathValue("path"))
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("ETag", etag)
		w.Header().Set("Content-Security-Policy", console.Policy)
		_, _ = w.Write(data)
	})
	mux.HandleFunc("GET /collections", func(w http.ResponseWriter, r *http.Request) {
		answer(w, map[string]any{"collections": collections, "seq": 41})
	})
	mux.HandleFunc("GET /mvt/", func(w http.ResponseWriter, r *http.Request) {
		if id, ok := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/mvt/"), ".json"); ok {
			answer(w, map[string]any{"tilejson": "3.0.0", "tiles": []string{"http://elsewhere.invalid/mvt/" + id + "/{z}/{x}/{y}"},
				"bounds": []float64{94.5, 36.2, 95.3, 36.6}, "minzoom": 0, "maxzoom": 16, "vector_layers": []any{}})
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /events", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	s := httptest.NewServer(mux)
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	return s
}

// answer writes a fixed answer of the API.
func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Tuban-Seq", "41")
	_ = json.NewEncoder(w).Encode(v)
}

func fakeLayer(id, zh, en, kind string) map[string]any {
	return map[string]any{"id": id, "title": en, "titles": map[string]string{"zh": zh, "en": en}, "kind": kind, "class_field": "DLBM", "feature_count": 7,
		"classes": []map[string]string{{"code": "0102", "name": "水浇地", "group": "耕地", "color": "#f7e27a"}}}
}

func TestConsoleWithoutLayers(t *testing.T) {
	wanted(t)
	p := chromium(t).open(fakeAPI(t, []map[string]any{}).URL+"/console/", 1366, 768)
	p.until("document.documentElement.dataset.ready === 'true'", 20*time.Second)
	if s := p.text("document.getElementById('status').innerText"); !strings.Contains(s, "还没有图层") || !strings.Contains(s, "tuban import") {
		t.Errorf("the page says %q", s)
	}
	p.eval("document.getElementById('language').click()")
	if s := p.text("document.getElementById('status').innerText"); !strings.Contains(s, "No layer yet") {
		t.Errorf("in English the page says %q", s)
	}
	p.picture("console-empty.png")
	quiet(t, p)
}

func TestConsoleWithoutWebGL(t *testing.T) {
	wanted(t)
	api := fakeAPI(t, []map[string]any{fakeLayer("dltb", "地类图斑", "Land-class parcels", "reference"), fakeLayer("tuban", "变化图斑", "Change patches", "patch")})
	p := chromium(t).open(api.URL+"/console/#nogl", 1366, 768)
	p.until("document.documentElement.dataset.ready === 'true'", 20*time.Second)
	if s := p.text("document.body.innerText"); !strings.Contains(s, "没有 WebGL2") || !strings.Contains(s, "地类图斑") {
		t.Errorf("the page says %q", s)
	}
	if s := p.text("document.querySelector('#layers a').href"); !strings.HasSuffix(s, "/collections/tuban/items") {
		t.Errorf("the first link is %q", s)
	}
	p.picture("console-no-webgl.png")
	quiet(t, p)
}

// TestConsoleKeepsToItsHost gives the page a TileJSON that names another host.
func TestConsoleKeepsToItsHost(t *testing.T) {
	wanted(t)
	api := fakeAPI(t, []map[string]any{fakeLayer("dltb", "地类图斑", "Land-class parcels", "reference")})
	p := chromium(t).open(api.URL+"/console/", 390, 844)
	p.until("document.documentElement.dataset.ready === 'true'", 40*time.Second)
	p.picture("console-phone-fake.png")
	stays(t, p, api.URL)
	quiet(t, p)
}

// quiet fails the test if the browser reported anything but what may be said.
func quiet(t *testing.T, p *page, may ...string) {
	t.Helper()
	may = append(may, "GPU stall") // SwiftShader speaks of its own slowness
	for _, s := range p.troubles() {
		if !slices.ContainsFunc(may, func(word string) bool { return strings.Contains(s, word) }) {
			t.Errorf("the browser says: %s", s)
		}
	}
}

// strangers are the addresses beyond a host that the page and its workers asked for.
func (p *page) strangers(origin string) (list []string) {
	for _, u := range p.asked() {
		if !strings.HasPrefix(u, origin+"/") && !strings.HasPrefix(u, "data:") && !strings.HasPrefix(u, "blob:"+origin) {
			list = append(list, u)
		}
	}
	return list
}

// stays fails the test if the page asked another host for anything, or no tile
// of this one.
func stays(t *testing.T, p *page, origin string) {
	t.Helper()
	if list := p.strangers(origin); len(list) > 0 {
		t.Errorf("the page asked for %q", list)
	}
	if p.tiles() == 0 {
		t.Error("the page asked for no tile")
	}
}
