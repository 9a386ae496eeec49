package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tuban/server/console"
)

// reaching asks a host for something from the page, from a worker and as a picture.
const reaching = `Promise.all([
	fetch('%[1]s/page').catch((e) => 0),
	new Promise((done) => { const i = new Image(); i.onload = i.onerror = done; i.src = '%[1]s/picture'; }),
	new Promise((done) => {
		const w = new Worker('/worker.js');
		w.onmessage = w.onerror = done;
	}),
]).then(() => 'done')`

// TestStrangersAreSeen lets a page ask another host in three ways: the watch that
// the console's tests rely on sees each, also from a worker; and under the
// console's policy none arrives.
func TestStrangersAreSeen(t *testing.T) {
	wanted(t)
	var arrived atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived.Add(1)
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer other.Close()
	policy := ""
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if policy != "" {
			w.Header().Set("Content-Security-Policy", policy)
		}
		if r.URL.Path == "/worker.js" {
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprintf(w, "fetch('%s/worker').catch(() => 0).then(() => postMessage('done'))", other.URL)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<title>a page</title>")
	}))
	defer host.Close()
	b := chromium(t)

	p := b.open(host.URL+"/", 390, 844)
	p.until("document.title", 10*time.Second)
	p.eval(fmt.Sprintf(reaching, other.URL))
	seen := strings.Join(p.strangers(host.URL), " ")
	for _, path := range []string{"/page", "/picture", "/worker"} {
		if !strings.Contains(seen, other.URL+path) {
			t.Errorf("%s was asked for and not seen: %s", path, seen)
		}
	}
	if n := arrived.Load(); n != 3 {
		t.Errorf("%d requests arrived at the other host", n)
	}

	policy = console.Policy
	p = b.open(host.URL+"/", 390, 844)
	p.until("document.title", 10*time.Second)
	p.eval(fmt.Sprintf(reaching, other.URL))
	if n := arrived.Load(); n != 3 {
		t.Errorf("under the console's policy %d more requests arrived", n-3)
	}
	if said := strings.Join(p.troubles(), " "); !strings.Contains(said, "Content Security Policy") {
		t.Errorf("the browser did not say that it refused: %s", said)
	}
}

// TestConsoleInAnOldBrowser gives the page a script that the browser cannot
// read, and none at all: it says so and lists layers and features.
func TestConsoleInAnOldBrowser(t *testing.T) {
	wanted(t)
	layers := []map[string]any{fakeLayer("dltb", "地类图斑", "Land-class parcels", "reference"), fakeLayer("tuban", "变化图斑", "Change patches", "patch")}
	b := chromium(t)
	for name, script := range map[string]string{"too new a language": "let in = ;", "missing": ""} {
		t.Run(name, func(t *testing.T) {
			b.in(t)
			api := fakeAPI(t, layers, func(mux *http.ServeMux) {
				mux.HandleFunc("GET /console/assets/{file}", func(w http.ResponseWriter, r *http.Request) {
					if !strings.HasPrefix(r.PathValue("file"), "index-") || script == "" {
						http.NotFound(w, r)
						return
					}
					w.Header().Set("Content-Type", "text/javascript")
					fmt.Fprint(w, script)
				})
				mux.HandleFunc("GET /collections/dltb/items", func(w http.ResponseWriter, _ *http.Request) {
					answer(w, map[string]any{"features": []any{map[string]any{"id": "b1"}, map[string]any{"id": "b/2"}}, "numberMatched": 7})
				})
			})
			p := b.open(api.URL+"/console/", 390, 844)
			p.until("document.querySelectorAll('#old-layers > li').length === 2", 10*time.Second)
			if s := p.text("document.body.innerText"); !strings.Contains(s, "浏览器太旧") || !strings.Contains(s, "too old for the map") || !strings.Contains(s, "地类图斑") {
				t.Errorf("the page says %q", s)
			}
			p.eval("document.querySelector('#old-layers button').click()")
			p.until("document.querySelectorAll('#old-layers ol li').length === 2", 10*time.Second)
			if s := p.text("document.querySelector('#old-layers ol li:last-child a').href"); s != api.URL+"/collections/dltb/items/b%2F2" {
				t.Errorf("the last feature's link is %q", s)
			}
			p.picture("console-old.png")
			if list := p.strangers(api.URL); len(list) > 0 {
				t.Errorf("the page asked for %q", list)
			}
		})
	}
}

// TestConsoleSaysWhatItDoesNotMark measures a polygon on a layer with more pieces
// than are drawn: the other layers' are asked for and marked, and the page names
// the layer and its count.
func TestConsoleSaysWhatItDoesNotMark(t *testing.T) {
	wanted(t)
	sums := func(layer string, count int) map[string]any {
		return map[string]any{"layer": layer, "vintage": "base", "covered_m2": 50, "uncovered_m2": 50, "summed_m2": 50,
			"classes": []any{map[string]any{"class": "0102", "name": "水浇地", "group": "耕地", "area_m2": 50, "share": 0.5, "count": count}}}
	}
	var asked []string
	api := fakeAPI(t, []map[string]any{fakeLayer("dltb", "地类图斑", "Land-class parcels", "reference"), fakeLayer("few", "红线", "Red line", "reference")}, func(mux *http.ServeMux) {
		mux.HandleFunc("POST /overlap", func(w http.ResponseWriter, r *http.Request) {
			layers := []any{}
			for _, id := range strings.Split(r.URL.Query().Get("layers"), ",") {
				l := sums(id, map[string]int{"dltb": 54_321, "few": 1}[id])
				if r.URL.Query().Get("detail") == "features" {
					asked = append(asked, id)
					l["features"] = []any{map[string]any{"id": "r1", "class": "0102", "area_m2": 50, "share_of_query": 0.5, "share_of_feature": 1, "sliver": false,
						"geometry": map[string]any{"type": "Polygon", "coordinates": [][][2]float64{{{94.9, 36.4}, {94.91, 36.4}, {94.91, 36.41}, {94.9, 36.4}}}}}}
				}
				layers = append(layers, l)
			}
			answer(w, map[string]any{"seq": 41, "results": []any{map[string]any{"area_m2": 100, "area_mu": 0.15, "layers": layers}}})
		})
	})
	p := chromium(t).open(api.URL+"/console/#draw=94.9,36.4_94.92,36.4_94.91,36.42&probe", 1366, 768)
	p.until("document.getElementById('unmarked')", 40*time.Second)
	p.until(isReady, 40*time.Second)
	if s := p.text("document.getElementById('unmarked').innerText"); !strings.Contains(s, "地类图斑") || !strings.Contains(s, "54,321") || strings.Contains(s, "红线") {
		t.Errorf("the page says %q", s)
	}
	p.eval("document.getElementById('language').click()")
	if s := p.text("document.getElementById('unmarked').innerText"); !strings.Contains(s, "Land-class parcels (54,321)") {
		t.Errorf("in English the page says %q", s)
	}
	if got := strings.Join(asked, ","); got != "few" {
		t.Errorf("asked for the pieces of %q, not of the red line", got)
	}
	if n := string(p.eval("document.querySelectorAll('#panel tbody[data-layer=few] button.row').length + 10 * document.querySelectorAll('#panel tbody[data-layer=dltb] button.row').length")); n != "1" {
		t.Errorf("rows that open: %s", n)
	}
	p.picture("console-many-pieces.png")
	quiet(t, p)
}
