package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/png"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// hasTable is true when the sums and the pieces of an overlap are there.
const hasTable = "document.querySelector('#panel .overlap table') && document.querySelector('#panel .overlap button.row')"

// sums is what the overlap table shows of a layer's classes, in m².
func (p *page) sums(layer string) map[string]float64 {
	p.b.t.Helper()
	var rows map[string]string
	text := p.text(fmt.Sprintf(`JSON.stringify(Object.fromEntries([...document.querySelectorAll('#panel tbody[data-layer=%s] tr[data-class]')].map(
		(r) => [r.dataset.class, r.querySelector('td').innerText])))`, layer))
	check(p.b.t, json.Unmarshal([]byte(text), &rows))
	sums := map[string]float64{}
	for class, area := range rows {
		v, err := strconv.ParseFloat(strings.ReplaceAll(area, ",", ""), 64)
		check(p.b.t, err)
		sums[class] = v
	}
	return sums
}

// measured asks the API what a ring "lon,lat_lon,lat_…" lies on: m² by class.
func (c city) measured(t *testing.T, ring, layer string) map[string]float64 {
	t.Helper()
	var places []string
	for _, p := range strings.Split(ring, "_") {
		places = append(places, "["+p+"]")
	}
	body := `{"type":"Polygon","coordinates":[[` + strings.Join(append(places, places[0]), ",") + `]]}`
	r, err := http.Post(c.url+"/overlap?layers="+layer+"&detail=classes", "application/geo+json", strings.NewReader(body))
	check(t, err)
	defer r.Body.Close()
	var answer struct {
		Results []struct {
			Layers []struct {
				Classes []struct {
					Class string
					Area  float64 `json:"area_m2"`
				}
			}
		}
	}
	check(t, json.NewDecoder(r.Body).Decode(&answer))
	if len(answer.Results) != 1 {
		t.Fatalf("%s: %d results", r.Status, len(answer.Results))
	}
	sums := map[string]float64{}
	for _, k := range answer.Results[0].Layers[0].Classes {
		sums[k.Class] = k.Area
	}
	return sums
}

func same(t *testing.T, shown, want map[string]float64) {
	t.Helper()
	if len(shown) != len(want) || len(want) == 0 {
		t.Errorf("shown %v, the API says %v", shown, want)
	}
	for class, area := range want {
		if math.Abs(shown[class]-area) > 0.0051 { // two decimals are shown
			t.Errorf("class %s: shown %.2f m², the API says %.6f", class, shown[class], area)
		}
	}
}

// hash returns a part of the page's address.
func (p *page) hash(key string) string {
	p.b.t.Helper()
	m := regexp.MustCompile(`[#&]` + key + `=([^&]*)`).FindStringSubmatch(p.text("location.hash"))
	if m == nil {
		return ""
	}
	return m[1]
}

// TestConsoleDraws pans and zooms, draws a polygon with the mouse, compares the
// table with the API, edits, opens the link in another tab, and deletes.
func TestConsoleDraws(t *testing.T) {
	wanted(t)
	c := startCity(t)
	b := chromium(t)
	p := b.open(c.url+"/console/#map=14/36.445/94.79&probe", 1366, 768)
	p.summary(60 * time.Second)
	before := p.hash("map")
	p.drag(700, 500, 620, 430)
	p.until(fmt.Sprintf("!location.hash.includes(%q)", before), 10*time.Second)
	moved := p.hash("map")
	p.mouse("mouseWheel", 700, 400, map[string]any{"deltaX": 0, "deltaY": -240})
	p.until(fmt.Sprintf("!location.hash.includes(%q)", moved), 10*time.Second)
	p.until("Number(/map=([\\d.]+)/.exec(location.hash)[1]) > 14", 10*time.Second)
	p.eval("document.getElementById('zoom-out').click()")
	time.Sleep(time.Second)

	width := "document.querySelector('#map canvas').clientWidth"
	var whole, rest float64
	check(t, json.Unmarshal(p.eval(width), &whole))
	p.eval("document.getElementById('draw').click()")
	for _, at := range [][2]float64{{500, 250}, {820, 270}, {800, 560}, {520, 540}} {
		p.click(at[0], at[1])
		time.Sleep(150 * time.Millisecond)
	}
	p.picture("console-drawing.png")
	p.click(500, 250)
	p.until(hasTable, 20*time.Second)
	p.until("document.querySelectorAll('#panel button.row').length > 3", 20*time.Second)
	ring := p.hash("draw")
	if n := strings.Count(ring, "_"); n != 3 {
		t.Fatalf("drawn: %q in %q", ring, p.text("location.hash"))
	}
	same(t, p.sums("dltb"), c.measured(t, ring, "dltb"))
	same(t, p.sums("yjjbnt"), c.measured(t, ring, "yjjbnt"))

	// A row of the table lights its pieces; the pieces light their row.
	p.eval("document.querySelector('#panel tbody[data-layer=dltb] button.row').focus()")
	p.until("document.querySelector('tr.lit')", 5*time.Second)
	time.Sleep(500 * time.Millisecond)
	p.picture("console-drawn.png")
	p.eval("document.activeElement.blur()")
	check(t, json.Unmarshal(p.eval(width), &rest))
	shift := (rest - whole) / 2 // the panel has taken its part of the map, whose middle stays
	p.mouse("mouseMoved", 660+shift, 400, nil)
	p.mouse("mouseMoved", 662+shift, 402, nil)
	p.until("document.querySelector('tr.lit')", 5*time.Second)

	p.eval("document.getElementById('edit').click()")
	time.Sleep(500 * time.Millisecond)
	p.drag(500+shift, 250, 540+shift, 230)
	p.until(fmt.Sprintf("location.hash.includes('draw=') && !location.hash.includes(%q)", ring), 10*time.Second)
	edited := p.hash("draw")
	time.Sleep(2 * time.Second)
	same(t, p.sums("dltb"), c.measured(t, edited, "dltb"))
	p.picture("console-edited-polygon.png")
	p.eval("document.getElementById('done').click()")

	again := b.open(c.url+"/console/"+p.text("location.hash"), 1366, 768)
	again.summary(60 * time.Second)
	again.until(hasTable, 20*time.Second)
	if h := again.hash("draw"); h != edited {
		t.Errorf("the link opens %q, not %q", h, edited)
	}
	if there, here := again.hash("map"), p.hash("map"); there != here {
		t.Errorf("the link opens the map at %q, not %q", there, here)
	}
	same(t, again.sums("dltb"), c.measured(t, edited, "dltb"))

	p.eval("document.getElementById('remove').click()")
	p.until("!document.getElementById('panel') && !location.hash.includes('draw=')", 5*time.Second)
	for _, x := range []*page{p, again} {
		quiet(t, x)
		stays(t, x, c.url)
	}
}

// TestConsolePrints makes the map sheet, saves it as PNG and prints it as PDF.
func TestConsolePrints(t *testing.T) {
	wanted(t)
	c := startCity(t)
	p := chromium(t).open(c.url+"/console/#map=12.5/36.44/94.82&probe", 1366, 768)
	p.summary(60 * time.Second)
	dir := t.TempDir()
	p.b.must("", "Browser.setDownloadBehavior", map[string]any{"behavior": "allow", "downloadPath": dir}, nil)
	p.eval("document.getElementById('sheet-open').click()")
	p.until("document.getElementById('paper')?.complete && document.getElementById('paper').naturalWidth > 0", 60*time.Second)
	p.picture("console-sheet-dialog.png")
	p.eval("document.getElementById('save').click()")
	var saved []string
	for end := time.Now().Add(20 * time.Second); len(saved) == 0 && time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		saved, _ = filepath.Glob(filepath.Join(dir, "*.png"))
	}
	if len(saved) != 1 {
		t.Fatal("no PNG was saved in 20 s")
	}
	data, err := os.ReadFile(saved[0])
	check(t, err)
	im, err := png.Decode(bytes.NewReader(data))
	check(t, err)
	path := output(t, "console-sheet.png")
	check(t, os.WriteFile(path, data, 0o644))
	t.Logf("picture: %s", path)
	if n := colours(t, path); im.Bounds().Dx() < 2000 || n < 200 {
		t.Errorf("the sheet is %v with %d colours", im.Bounds(), n)
	}
	var pdf struct{ Data string }
	p.must("Page.printToPDF", map[string]any{"preferCSSPageSize": true, "printBackground": true}, &pdf)
	text, err := base64.StdEncoding.DecodeString(pdf.Data)
	check(t, err)
	check(t, os.WriteFile(output(t, "console-sheet.pdf"), text, 0o644))
	if pages := len(regexp.MustCompile(`/Type\s*/Page\b[^s]`).FindAll(text, -1)); pages != 1 || len(text) < 50_000 {
		t.Errorf("the print has %d pages and %d bytes", pages, len(text))
	}
	p.key("Escape")
	p.until("!document.querySelector('dialog')", 5*time.Second)
	quiet(t, p)
	stays(t, p, c.url)
}
