package console

import (
	"bytes"
	"compress/gzip"
	"io"
	"path"
	"regexp"
	"strings"
	"testing"
)

// script is the path of the file that the page starts.
func script(t *testing.T) string {
	t.Helper()
	page, _, _, _ := File("")
	m := regexp.MustCompile(`<script type="module" crossorigin src="\./(assets/index-[\w-]+\.js)">`).FindSubmatch(page)
	if m == nil {
		t.Fatalf("the page starts no script:\n%s", page)
	}
	return string(m[1])
}

func TestFile(t *testing.T) {
	for _, c := range []struct{ path, kind string }{
		{"", "text/html; charset=utf-8"},
		{"index.html", "text/html; charset=utf-8"},
		{"/" + script(t), "text/javascript; charset=utf-8"},
		{"icon.svg", "image/svg+xml"},
		{"old.js", "text/javascript; charset=utf-8"},
		{"licences.md", "text/plain; charset=utf-8"},
	} {
		data, kind, etag, ok := File(c.path)
		if !ok || len(data) == 0 || kind != c.kind || !regexp.MustCompile(`^"[\w-]{16}"$`).MatchString(etag) {
			t.Errorf("%q: ok %v, %d bytes, %s, etag %s", c.path, ok, len(data), kind, etag)
		}
	}
	for _, p := range []string{"nothing.js", "../console.go", "assets", "assets/", "dist/index.html", ".."} {
		if _, _, _, ok := File(p); ok {
			t.Errorf("%q is served", p)
		}
	}
}

func TestGzip(t *testing.T) {
	for name, a := range assets() {
		zip, etag, ok := Gzip(name)
		if !ok {
			if len(a.data) > 1024 {
				t.Errorf("%s has no gzip form", name)
			}
			continue
		}
		if etag == a.etag {
			t.Errorf("%s: both forms have the etag %s", name, etag)
		}
		r, err := gzip.NewReader(bytes.NewReader(zip))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := io.ReadAll(r); err != nil || !bytes.Equal(plain, a.data) {
			t.Errorf("%s: gzip does not give the file back (%v)", name, err)
		}
	}
	if _, _, ok := Gzip("nothing.js"); ok {
		t.Error("a file that is not there has a gzip form")
	}
}

// TestLasting wants a hash in the name of all that may be cached for ever, and
// nothing cached for ever that has none.
func TestLasting(t *testing.T) {
	hashed := regexp.MustCompile(`^assets/[\w.-]+-[\w-]{8}\.(js|css)$`)
	for name := range assets() {
		if Lasting(name) != hashed.MatchString(name) {
			t.Errorf("%s: lasting %v", name, Lasting(name))
		}
	}
}

// TestLinksLeadSomewhere follows every link of the page and of its scripts to
// one another.
func TestLinksLeadSomewhere(t *testing.T) {
	page := regexp.MustCompile(`(?:href|src)="\./([^"#]+)"`)
	chunk := regexp.MustCompile(`["'\x60](?:\./|assets/)([\w.-]+-[\w-]{8}\.(?:js|css))["'\x60]`)
	found := 0
	for name, a := range assets() {
		links := page
		if strings.HasSuffix(name, ".js") {
			links = chunk
		}
		for _, m := range links.FindAllStringSubmatch(string(a.data), -1) {
			to := m[1]
			if links == chunk {
				to = "assets/" + to
			}
			if strings.HasPrefix(to, "../") { // the API
				continue
			}
			found++
			if _, _, _, ok := File(to); !ok {
				t.Errorf("%s: %s is not there", name, to)
			}
		}
	}
	if found < 6 {
		t.Errorf("only %d links found", found)
	}
}

// TestPolicyHolds looks for what the policy would forbid: inline scripts and
// styles in the page, evaluated text in scripts.
func TestPolicyHolds(t *testing.T) {
	inline := regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>[^<]|<style|\sstyle=|\son\w+="|javascript:|https?://`)
	// MapLibre's worker has a globalThis.eval for plug-ins of other builds, which
	// nothing here calls and the policy would refuse.
	evaluated := regexp.MustCompile(`[^.]\beval\(|\bnew Function\(`)
	for name, a := range assets() {
		bad := evaluated
		switch path.Ext(name) {
		case ".html":
			bad = inline
		case ".js":
		default:
			continue
		}
		if found := bad.FindString(string(a.data)); found != "" {
			t.Errorf("%s holds %q", name, found)
		}
	}
}

// TestLicencesAreTold wants the licence of everything that is bundled.
func TestLicencesAreTold(t *testing.T) {
	text, _, _, _ := File("licences.md")
	for _, name := range []string{"maplibre-gl", "terra-draw", "svelte"} {
		if !strings.Contains(string(text), name) {
			t.Errorf("licences.md does not name %s", name)
		}
	}
}
