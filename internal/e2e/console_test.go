package e2e

import (
	"encoding/json"
	"fmt"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

const isReady = "document.documentElement.dataset.ready === 'true'"

// summary is what the console says of itself.
type summary struct {
	Seq      int
	Layers   []string
	Problems []string
	Drawn    map[string]int
	Chosen   *struct{ Layer, ID string }
	MS       int
}

func (p *page) summary(limit time.Duration) summary {
	p.b.t.Helper()
	p.until(isReady, limit)
	var s summary
	check(p.b.t, json.Unmarshal([]byte(p.text("document.getElementById('summary').value")), &s))
	return s
}

func TestConsoleShowsTheCity(t *testing.T) {
	wanted(t)
	c := startCity(t)
	b := chromium(t)
	t.Run("whole", func(t *testing.T) {
		p := b.open(c.url+"/console/#probe", 1366, 768)
		s := p.summary(60 * time.Second)
		t.Logf("drawn %v, first map after %d ms", s.Drawn, s.MS)
		for _, id := range []string{"dltb", "yjjbnt", "stbhhx", "czkfbj", "xzq", "tuban"} {
			if s.Drawn[id] == 0 {
				t.Errorf("nothing of %s is drawn", id)
			}
		}
		p.until("document.getElementById('less').innerText.includes('地类图斑')", 5*time.Second) // tiles leave parcels out
		if n := colours(t, p.picture("console-city.png")); n < 200 {
			t.Errorf("the picture has only %d colours", n)
		}
		sound(t, p, s, c.url)
	})
	t.Run("farmland", func(t *testing.T) {
		p := b.open(c.url+"/console/#map=14/36.445/94.79&probe", 1366, 768)
		s := p.summary(60 * time.Second)
		t.Logf("drawn %v", s.Drawn)
		if s.Drawn["dltb"] < 100 || s.Drawn["yjjbnt"] == 0 {
			t.Errorf("drawn: %v", s.Drawn)
		}
		p.click(760, 400)
		p.until(hasTable, 20*time.Second)
		p.until(isReady, 30*time.Second)
		if s := p.text("document.getElementById('panel').innerText"); !strings.Contains(s, "DLBM") || !strings.Contains(s, "632801") {
			t.Errorf("the panel says %q", s)
		}
		p.picture("console-farmland.png")
		sound(t, p, s, c.url)
	})
	t.Run("phone", func(t *testing.T) {
		p := b.open(c.url+"/console/#lang=en&probe", 390, 844)
		s := p.summary(60 * time.Second)
		if words := p.text("document.body.innerText"); !strings.Contains(words, "Whole map") {
			t.Errorf("the page says %q", words)
		}
		p.picture("console-phone.png")
		sound(t, p, s, c.url)
	})
}

// TestConsoleOpensAPatch follows a permanent link to a patch and reads its
// overlap table.
func TestConsoleOpensAPatch(t *testing.T) {
	wanted(t)
	c := startCity(t)
	var items struct{ Features []struct{ ID string } }
	status, body, err := c.get("/collections/tuban/items?limit=1")
	check(t, err)
	if err := json.Unmarshal(body, &items); err != nil || len(items.Features) != 1 {
		t.Fatalf("status %d, %v: %.300s", status, err, body)
	}
	id := items.Features[0].ID
	p := chromium(t).open(c.url+"/console/#at=tuban/"+id+"&probe", 1366, 768)
	p.summary(60 * time.Second)
	p.until("document.querySelector('#panel .overlap table')", 20*time.Second)
	time.Sleep(time.Second) // the flight to the patch
	p.until("(location.hash.includes('map=') && "+isReady+")", 20*time.Second)
	words := p.text("document.getElementById('panel').innerText")
	for _, want := range []string{id, "格尔木市", "地类图斑", "亩", "水浇地"} {
		if !strings.Contains(words, want) {
			t.Errorf("the panel lacks %s: %q", want, words)
		}
	}
	if strings.Contains(words, "null") || strings.Contains(words, "undefined") || strings.Contains(words, "NaN") {
		t.Errorf("the panel says %q", words)
	}
	p.eval("document.querySelector('#layers input').click()")
	if hash := p.text("location.hash"); !strings.Contains(hash, "off=tuban") || !strings.Contains(hash, "at=tuban/"+id) {
		t.Errorf("the address is %q", hash)
	}
	p.eval("document.querySelector('#layers input').click()")
	p.picture("console-patch.png")
	p.eval("document.getElementById('language').click()")
	p.until("document.querySelector('#panel .overlap table')?.innerText.includes('Share')", 20*time.Second)
	p.picture("console-patch-en.png")
	quiet(t, p)
	stays(t, p, c.url)
}

// TestConsoleFollowsEdits changes the class of the parcel in the middle of the
// page and waits for its colour on the map.
func TestConsoleFollowsEdits(t *testing.T) {
	wanted(t)
	c := startCity(t)
	p := chromium(t).open(c.url+"/console/#map=17/36.4453/94.7901&off=yjjbnt,stbhhx,czkfbj,xzq,tuban&probe", 1366, 768)
	p.summary(60 * time.Second)
	p.click(700, 300)
	p.until(hasTable, 20*time.Second)
	p.until("JSON.parse(document.getElementById('summary').value).chosen", 20*time.Second)
	s := p.summary(30 * time.Second)
	if s.Chosen == nil || s.Chosen.Layer != "dltb" {
		t.Fatalf("chosen: %+v", s.Chosen)
	}
	before := p.text("document.getElementById('seq').innerText")
	c.becomesLake(t, s.Chosen.ID)
	began := time.Now()
	p.until(fmt.Sprintf("document.getElementById('seq').innerText !== %q", before), 10*time.Second)
	for bluish := false; !bluish; time.Sleep(200 * time.Millisecond) {
		// The panel takes 400 pixels, so that the clicked place has moved 200 to the left.
		_, g, blue, _ := pixel(t, p.picture("console-edited.png"), 512, 306).RGBA()
		bluish = blue > g
		if time.Since(began) > 15*time.Second {
			t.Fatal("the parcel has not changed its colour in 15 s")
		}
	}
	t.Logf("the colour has changed after %v", time.Since(began).Round(time.Millisecond))

	// An edit out of view costs no tile.
	p.summary(30 * time.Second)
	time.Sleep(time.Second)
	before, tiles := p.text("document.getElementById('seq').innerText"), p.tiles()
	c.becomesLake(t, c.at(t, 95.25, 36.25))
	p.until(fmt.Sprintf("document.getElementById('seq').innerText !== %q", before), 10*time.Second)
	time.Sleep(1500 * time.Millisecond)
	if n := p.tiles(); n != tiles {
		t.Errorf("an edit out of view made the page ask for %d tiles", n-tiles)
	}
	quiet(t, p)
}

// at is the id of the parcel at a place.
func (c city) at(t *testing.T, lon, lat float64) string {
	t.Helper()
	var answer struct {
		Layers []struct{ Features []struct{ ID string } }
	}
	_, body, err := c.get(fmt.Sprintf("/locate?lon=%g&lat=%g&layers=dltb", lon, lat))
	check(t, err)
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Layers) != 1 || len(answer.Layers[0].Features) == 0 {
		t.Fatalf("no parcel at %g, %g: %s", lon, lat, body)
	}
	return answer.Layers[0].Features[0].ID
}

// becomesLake gives a parcel the class of lakes.
func (c city) becomesLake(t *testing.T, id string) {
	t.Helper()
	item := c.url + "/collections/dltb/items/" + id
	r, err := http.Get(item)
	check(t, err)
	r.Body.Close()
	edit, err := http.NewRequest(http.MethodPatch, item, strings.NewReader(`{"properties":{"DLBM":"1102","DLMC":"湖泊水面"}}`))
	check(t, err)
	edit.Header.Set("Content-Type", "application/merge-patch+json")
	edit.Header.Set("If-Match", r.Header.Get("ETag"))
	answer, err := http.DefaultClient.Do(edit)
	check(t, err)
	answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		t.Fatalf("PATCH: %s", answer.Status)
	}
}

// tiles counts the tiles that the page has asked for.
func (p *page) tiles() (n int) {
	for _, u := range p.asked() {
		if strings.Contains(u, "/mvt/") && !strings.HasSuffix(u, ".json") {
			n++
		}
	}
	return n
}

// sound fails the test if the page had problems or left its host.
func sound(t *testing.T, p *page, s summary, origin string) {
	t.Helper()
	if len(s.Problems) > 0 {
		t.Errorf("problems: %v", s.Problems)
	}
	quiet(t, p)
	stays(t, p, origin)
}

// colours counts the different colours of a picture.
func colours(t *testing.T, path string) int {
	t.Helper()
	f, err := os.Open(path)
	check(t, err)
	defer f.Close()
	im, err := png.Decode(f)
	check(t, err)
	seen := map[color.Color]bool{}
	for y := range im.Bounds().Dy() {
		for x := range im.Bounds().Dx() {
			seen[im.At(x, y)] = true
		}
	}
	return len(seen)
}

func pixel(t *testing.T, path string, x, y int) color.Color {
	t.Helper()
	f, err := os.Open(path)
	check(t, err)
	defer f.Close()
	im, err := png.Decode(f)
	check(t, err)
	return im.At(x, y)
}
