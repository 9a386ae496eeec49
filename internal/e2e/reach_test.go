package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestConsoleByKeyboard does the map's work without a pointer: list, detail,
// search, typed polygon, the middle of the map.
func TestConsoleByKeyboard(t *testing.T) {
	wanted(t)
	c := startCity(t)
	p := chromium(t).open(c.url+"/console/#map=15/36.445/94.79&probe", 1366, 768)
	p.summary(60 * time.Second)
	p.key("Tab")
	if s := p.text("document.activeElement.className"); s != "skip" {
		t.Errorf("the first Tab leads to %q, not to the skip link", s)
	}
	p.picture("console-skip.png")
	p.key("Enter")
	if s := p.text("document.activeElement.id"); s != "side" {
		t.Errorf("the skip link leads to %q", s)
	}
	p.tabTo("#features-tab")
	p.key("Enter")
	p.until("document.querySelectorAll('#features button').length > 0", 10*time.Second)
	p.tabTo("#features button")
	p.picture("console-list.png")
	p.key("Enter")
	p.until(hasTable, 20*time.Second)
	p.until("document.activeElement?.id === 'panel'", 5*time.Second)
	if !strings.HasPrefix(p.hash("at"), "tuban/") {
		t.Errorf("the address is %q", p.text("location.hash"))
	}
	p.tabTo("#panel tr.class button.row")
	p.until("document.querySelector('tr.lit')", 5*time.Second)
	p.key("Enter")
	p.until("document.querySelector('tr.piece')", 5*time.Second)
	p.key("Escape")
	p.until("!document.getElementById('panel')", 5*time.Second)

	p.tabTo("#search")
	p.write("西城区")
	p.key("Enter")
	p.until("document.querySelector('#panel h2')?.innerText === '行政区' && document.querySelector('#panel .attributes')?.innerText.includes('西城区')", 20*time.Second)
	p.eval("document.getElementById('search').select()")
	p.write("4030489.910,32401321.407")
	p.key("Enter")
	p.until("location.hash.includes('/94.9') && location.hash.includes('at=')", 20*time.Second)
	p.until("document.querySelector('#panel .overlap table')", 20*time.Second)

	p.tabTo("#type")
	p.key("Enter")
	p.tabTo("#typed")
	ring := "94.78,36.44_94.79,36.44_94.785,36.45"
	p.write(strings.ReplaceAll(ring, "_", "\n"))
	p.tabTo(".typed button")
	p.key("Enter")
	p.until("location.hash.includes('draw=')", 10*time.Second)
	p.until("document.querySelectorAll('#panel tbody[data-layer=dltb] button.row').length > 0", 20*time.Second)
	same(t, p.sums("dltb"), c.measured(t, ring, "dltb"))
	p.picture("console-typed.png")

	p.tabTo("#map canvas")
	at := p.hash("map")
	p.key("ArrowRight")
	p.until(fmt.Sprintf("!location.hash.includes(%q)", at), 10*time.Second)
	time.Sleep(time.Second)
	p.key("Enter")
	p.until("location.hash.includes('at=')", 10*time.Second)
	p.until(hasTable, 20*time.Second)
	p.picture("console-keyboard.png")
	quiet(t, p, "404") // a search by id asks each layer
	stays(t, p, c.url)
}

// TestConsoleOnAPhone opens a patch and the list at 390×844 and looks for what
// sticks out.
func TestConsoleOnAPhone(t *testing.T) {
	wanted(t)
	c := startCity(t)
	p := chromium(t).open(c.url+"/console/#map=15/36.445/94.79&probe", 390, 844)
	p.summary(60 * time.Second)
	p.click(200, 600)
	p.until(hasTable, 20*time.Second)
	time.Sleep(time.Second)
	p.picture("console-phone-patch.png")
	if string(p.eval(sticksOut)) == "true" {
		t.Error("something sticks out of the page")
	}
	p.eval("document.querySelector('#panel .close').click()")
	p.eval("document.querySelector('.tabs button').click()")
	p.until("document.querySelector('#layers li')", 5*time.Second)
	p.picture("console-phone-layers.png")
	if string(p.eval(sticksOut)) == "true" {
		t.Error("something sticks out of the page")
	}
	quiet(t, p)
	stays(t, p, c.url)
}

// TestConsoleWithoutGraphics opens the console in a browser that has no WebGL
// at all: list, search and overlap go on.
func TestConsoleWithoutGraphics(t *testing.T) {
	wanted(t)
	c := startCity(t)
	p := chromium(t, "--disable-3d-apis").open(c.url+"/console/", 1366, 768)
	p.until(isReady, 20*time.Second)
	if s := p.text("document.getElementById('status').innerText"); !strings.Contains(s, "没有 WebGL2") {
		t.Errorf("the page says %q", s)
	}
	p.eval("document.getElementById('features-tab').click()")
	p.until("document.querySelectorAll('#features button').length === 30", 10*time.Second)
	p.eval("document.querySelector('#features button').click()")
	p.until(hasTable, 20*time.Second)
	p.picture("console-no-graphics.png")
	for _, u := range p.asked() {
		if strings.Contains(u, "maplibre") || strings.Contains(u, "/map-") {
			t.Errorf("the page asked for %s, which it cannot use", u)
		}
	}
	quiet(t, p)
}

// TestConsoleFirstMap measures from the start of the process to the first map
// with everything drawn: of a first start, which makes the city, and of a later
// one. (The map itself is drawn in software here.)
func TestConsoleFirstMap(t *testing.T) {
	wanted(t)
	b := chromium(t)
	for _, size := range []string{"small", "city"} {
		dir := t.TempDir()
		for _, name := range []string{"first start", "later start"} {
			t.Run(size+", "+name, func(t *testing.T) {
				if size == "city" && !*long {
					t.Skip("only with -long")
				}
				b.in(t)
				began := time.Now()
				c := start(t, "demo", dir, "--size", size)
				ready := time.Since(began)
				p := b.open(c.url+"/console/#probe", 1366, 768)
				defer p.shut()
				s := p.summary(5 * time.Minute)
				t.Logf("server ready %v after its start, first complete map after %v; %d ms of the page's own",
					ready.Round(time.Millisecond), time.Since(began).Round(time.Millisecond), s.MS)
				sound(t, p, s, c.url)
			})
		}
	}
}
