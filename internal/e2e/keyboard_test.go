package e2e

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// TestKeyboardReachesEverything tabs through the page with a panel open until
// the focus comes round: it has been on every control that is shown, each time
// with an outline that can be seen.
func TestKeyboardReachesEverything(t *testing.T) {
	wanted(t)
	c := startCity(t)
	p := chromium(t).open(c.url+"/console/#draw="+ring+"&probe", 1366, 768)
	p.summary(60 * time.Second)
	p.until(hasTable, 20*time.Second)
	p.until("document.querySelectorAll('#panel button.row').length > 3", 20*time.Second)
	p.eval(`window.met = new Set(); window.faint = []; window.controls = () => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, canvas')].filter((e) =>
		!e.disabled && e.checkVisibility() && e.tabIndex >= 0)`)
	const look = `(() => {
		const e = document.activeElement, s = getComputedStyle(e);
		if (e === document.body || met.has(e)) return e !== document.body;
		met.add(e);
		if (s.outlineStyle === 'none' || parseFloat(s.outlineWidth) < 2) faint.push(e.outerHTML.slice(0, 120));
		return false;
	})()`
	for range 300 {
		p.key("Tab")
		if string(p.eval(look)) == "true" {
			break
		}
	}
	var left, faint []string
	check(t, json.Unmarshal([]byte(p.text("JSON.stringify(controls().filter((e) => !met.has(e)).map((e) => e.outerHTML.slice(0, 120)))")), &left))
	check(t, json.Unmarshal([]byte(p.text("JSON.stringify(faint)")), &faint))
	t.Logf("%s controls", p.eval("controls().length"))
	if n := string(p.eval("met.size > 30")); n != "true" || len(left) > 0 {
		t.Errorf("the Tab key does not reach %q", left)
	}
	if len(faint) > 0 {
		t.Errorf("the focus cannot be seen on %q", faint)
	}
	p.tabTo("#panel .close")
	p.key("Enter")
	p.until("!document.getElementById('panel')", 5*time.Second)
	quiet(t, p)
}

// TestConsoleDrawsByKeyboard puts three points with the space key, takes one back,
// puts it elsewhere and ends with Enter.
func TestConsoleDrawsByKeyboard(t *testing.T) {
	wanted(t)
	c := startCity(t)
	p := chromium(t).open(c.url+"/console/#map=15/36.445/94.79&probe", 1366, 768)
	p.summary(60 * time.Second)
	p.tabTo("#draw")
	p.key("Enter")
	p.until("document.activeElement?.tagName === 'CANVAS'", 5*time.Second)
	if s := p.text("document.querySelector('.hint').innerText"); !strings.Contains(s, "空格") {
		t.Errorf("the hint says %q", s)
	}
	for _, k := range []string{" ", "ArrowRight", " ", "Backspace", "ArrowRight", " ", "ArrowDown", " "} {
		at := p.center()
		p.key(k)
		if strings.HasPrefix(k, "Arrow") {
			for end := time.Now().Add(10 * time.Second); p.center() == at && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			}
			time.Sleep(700 * time.Millisecond) // until the map stands
		}
	}
	p.picture("console-keyboard-drawing.png")
	p.key("Enter")
	p.until("location.hash.includes('draw=')", 10*time.Second)
	p.until("document.querySelectorAll('#panel tbody[data-layer=dltb] button.row').length > 0", 20*time.Second)
	ring := p.hash("draw")
	if n := strings.Count(ring, "_"); n != 2 {
		t.Fatalf("drawn: %q", ring)
	}
	same(t, p.sums("dltb"), c.measured(t, ring, "dltb"))
	// The form opens on what was drawn, so that keys can change it too.
	p.tabTo("#type")
	p.key("Enter")
	if typed := p.text("document.getElementById('typed').value"); strings.ReplaceAll(typed, "\n", "_") != ring {
		t.Errorf("the form holds %q, drawn is %q", typed, ring)
	}
	p.key("Escape")
	quiet(t, p)
	stays(t, p, c.url)
}

func (p *page) center() string { return p.hash("map") }

// TestConsoleKeepsStill asks for less motion: the map jumps instead of gliding.
func TestConsoleKeepsStill(t *testing.T) {
	wanted(t)
	c := startCity(t)
	b := chromium(t)
	for motion, want := range map[string]string{"no-preference": "false", "reduce": "true"} {
		p := b.tab(1366, 768)
		p.must("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]any{{"name": "prefers-reduced-motion", "value": motion}}}, nil)
		p.must("Page.navigate", map[string]any{"url": c.url + "/console/#map=12/36.445/94.79&probe"}, nil)
		p.summary(60 * time.Second)
		// The scale tells the zoom at once.
		const scale = "document.querySelector('.maplibregl-ctrl-scale').innerText"
		if there := string(p.eval("((before) => (document.getElementById('zoom-in').click(), before !== " + scale + "))(" + scale + ")")); there != want {
			t.Errorf("%s: zoomed in the moment of the click: %s, want %s", motion, there, want)
		}
		p.until("location.hash.includes('map=13/')", 10*time.Second)
		p.shut()
	}
}
