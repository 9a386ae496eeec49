package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// screens are the sizes at which somebody looks at the console.
var screens = []struct {
	name          string
	width, height int
}{{"office", 1366, 768}, {"phone", 390, 844}}

// ring covers some fields, a village and open ground of the small city.
const ring = "94.772,36.438_94.797,36.441_94.803,36.452_94.781,36.456"

// state is one thing that people see of the console.
type state struct {
	name, hash string
	reach      func(p *page) // does what leads there, on a page that is ready
	modal      bool          // must be shut to change the language
}

var states = []state{
	{"1-city", "", func(*page) {}, false},
	{"2-oasis", "map=13/36.445/94.79", func(*page) {}, false},
	{"3-overlap", "draw=" + ring, func(p *page) {
		p.until(hasTable, 20*time.Second)
		p.until(isReady, 20*time.Second)
		p.eval("document.querySelector('#panel tbody[data-layer=dltb] button.row').focus()")
		time.Sleep(time.Second)
	}, false},
	{"4-patch", "at=tuban/632801TDWP24100001", func(p *page) {
		p.until(hasTable, 20*time.Second)
		p.until(isReady, 20*time.Second)
		time.Sleep(500 * time.Millisecond)
	}, false},
	{"5-list", "map=14/36.445/94.79", func(p *page) {
		p.eval("document.getElementById('features-tab').click()")
		p.until("document.querySelectorAll('#features button').length > 0", 20*time.Second)
	}, false},
	{"6-found", "map=11/36.445/94.79", func(p *page) {
		p.eval("document.getElementById('search').focus()")
		p.write("1")
		p.key("Enter")
		p.until("document.querySelectorAll('.found li').length > 0", 20*time.Second)
	}, false},
	{"7-sheet", "map=12.5/36.44/94.82", func(p *page) {
		p.eval("document.getElementById('sheet-open').click()")
		p.until("document.getElementById('paper')?.complete && document.getElementById('paper').naturalWidth > 0", 60*time.Second)
	}, true},
}

// TestConsoleGallery walks through what people see on both screens in both
// languages. Each state leaves a picture, for somebody to look at; axe-core finds
// nothing in it; and in English no Chinese is left but in words that are
// marked as Chinese, which are values of the data.
func TestConsoleGallery(t *testing.T) {
	wanted(t)
	c := startCity(t)
	b := chromium(t)
	for _, s := range screens {
		for _, st := range states {
			t.Run(s.name+"-"+st.name, func(t *testing.T) {
				b.in(t)
				p := b.open(c.url+"/console/#"+st.hash+"&probe", s.width, s.height)
				defer p.shut()
				p.summary(60 * time.Second)
				st.reach(p)
				for _, lang := range []string{"zh", "en"} {
					if lang == "en" {
						switchLanguage(p, st)
						english(t, p)
					}
					p.picture(fmt.Sprintf("%s-%s-%s.png", s.name, st.name, lang))
					accessible(t, p)
					if string(p.eval(sticksOut)) == "true" {
						t.Errorf("%s: something sticks out of the page", lang)
					}
				}
				quiet(t, p, "items/1") // the search asks each layer for it
			})
		}
	}
}

// switchLanguage changes the language of a page in a state.
func switchLanguage(p *page, st state) {
	if st.modal {
		p.key("Escape")
		p.until("!document.querySelector('dialog')", 5*time.Second)
	}
	p.eval("document.getElementById('language').click()")
	p.summary(60 * time.Second)
	if st.modal {
		st.reach(p)
	}
}

// sticksOut is true when the page can be scrolled sideways or something lies
// beyond its right edge.
const sticksOut = "document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll('header *, .tools *, footer *, #panel > *, dialog *')].some((e) => e.getBoundingClientRect().right > innerWidth + 1)"

// axe is the source of axe-core, which `npm ci` of the console's source brings.
var axe = sync.OnceValues(func() (string, error) {
	data, err := os.ReadFile(filepath.Join("..", "..", "server", "console", "web", "node_modules", "axe-core", "axe.min.js"))
	return string(data), err
})

// accessible fails the test for whatever axe-core finds, of any weight.
func accessible(t *testing.T, p *page) {
	t.Helper()
	for _, v := range violations(t, p) {
		t.Errorf("%s (%s): %s", v.ID, v.Impact, v.Help)
		for _, n := range v.Nodes {
			t.Logf("  %v: %s", n.Target, n.HTML)
		}
	}
}

type violation struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML   string
		Target []any
	}
}

func violations(t *testing.T, p *page) (list []violation) {
	t.Helper()
	source, err := axe()
	if os.IsNotExist(err) {
		t.Skip("axe-core is not there: run npm ci in server/console/web")
	}
	check(t, err)
	p.eval(source + ";null")
	text := p.text(`axe.run().then((r) => JSON.stringify({passes: r.passes.length, violations: r.violations.map(
		({id, impact, help, nodes}) => ({id, impact, help, nodes: nodes.slice(0, 3).map(({html, target}) => ({html: html.slice(0, 160), target}))}))}))`)
	var found struct {
		Passes     int
		Violations []violation
	}
	check(t, json.Unmarshal([]byte(text), &found))
	if found.Passes == 0 {
		t.Errorf("axe-core has looked at nothing: %s", text)
	}
	return found.Violations
}

// english fails the test if a page in English shows Chinese that is not marked so.
func english(t *testing.T, p *page) {
	t.Helper()
	var left []string
	check(t, json.Unmarshal([]byte(p.text(`(() => {
		const chinese = /\p{Script=Han}/u, left = [];
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (n) =>
			n.nodeType === 1 && (n.tagName === 'NOSCRIPT' || (n.getAttribute('lang') ?? '').startsWith('zh') || n.id === 'summary') ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
		while (walk.nextNode()) {
			const n = walk.currentNode;
			if (n.nodeType === 3) { if (chinese.test(n.data)) left.push(n.data); continue; }
			for (const a of ['aria-label', 'placeholder', 'alt', 'value']) if (chinese.test(n.getAttribute(a) ?? '')) left.push(a + '=' + n.getAttribute(a));
		}
		return JSON.stringify(left);
	})()`)), &left))
	if len(left) > 0 {
		t.Errorf("Chinese in English: %q", left)
	}
	if lang := p.text("document.documentElement.lang"); lang != "en" {
		t.Errorf("the page's language is %q", lang)
	}
	t.Logf("values of the data in Chinese: %s", p.eval("document.querySelectorAll('td[lang^=zh]').length"))
}

// TestAxeFindsTrouble wants the check above to be able to fail.
func TestAxeFindsTrouble(t *testing.T) {
	wanted(t)
	p := chromium(t).open("data:text/html,<html><body><img src='data:,'><p style='color:%23aaa'>pale</p><button></button>", 390, 844)
	p.until("document.querySelector('button')", 10*time.Second)
	seen := map[string]bool{}
	for _, v := range violations(t, p) {
		seen[v.ID] = v.Impact == "serious" || v.Impact == "critical"
	}
	for _, id := range []string{"image-alt", "color-contrast", "button-name", "html-has-lang"} {
		if !seen[id] {
			t.Errorf("axe-core did not find %s: %v", id, seen)
		}
	}
}
