package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ours lists the files written here, without vendor's.
func ours(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, a := range assets() {
		if !strings.HasPrefix(name, "vendor/") {
			all[name] = string(a.data)
		}
	}
	return all
}

func TestFile(t *testing.T) {
	for _, c := range []struct{ path, kind string }{
		{"", "text/html; charset=utf-8"},
		{"index.html", "text/html; charset=utf-8"},
		{"/console.js", "text/javascript; charset=utf-8"},
		{"console.css", "text/css; charset=utf-8"},
		{"icon.svg", "image/svg+xml"},
		{"vendor/maplibre-gl.mjs", "text/javascript; charset=utf-8"},
		{"vendor/maplibre-gl.LICENSE.txt", "text/plain; charset=utf-8"},
	} {
		data, kind, etag, ok := File(c.path)
		if !ok || len(data) == 0 || kind != c.kind || !regexp.MustCompile(`^"[\w-]{16}"$`).MatchString(etag) {
			t.Errorf("%q: ok %v, %d bytes, %s, etag %s", c.path, ok, len(data), kind, etag)
		}
	}
	for _, p := range []string{"nothing.js", "../console.go", "vendor", "vendor/", "assets/index.html", ".."} {
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

// TestVendorIsAsPublished holds the hashes of maplibre-gl 6.17.0.
func TestVendorIsAsPublished(t *testing.T) {
	for name, want := range map[string]string{
		"vendor/maplibre-gl.mjs":         "e02cb08c572fd0950a75343cd558099c2a1dbbaf67f26b0c96f115431962d1ae",
		"vendor/maplibre-gl-worker.mjs":  "73d7a024a4efe1a46e49db193e18cfe33271e3ecc652ec7542c281a4ef5f0f04",
		"vendor/maplibre-gl.css":         "a90798a1953017790e590f7e1bd35ff103a8a4263972cb47290b78adf86f8c20",
		"vendor/maplibre-gl.LICENSE.txt": "ee5fc05a0677eaf69601d2c7db0d9ecd6cc27c3abc1d0733bc9ed34707cf8ef2",
	} {
		data, _, _, _ := File(name)
		sum := sha256.Sum256(data)
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s: SHA-256 %s, want %s", name, got, want)
		}
	}
}

// TestLinksLeadSomewhere follows every link of the page and every import.
func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`(?:href|src)="([^"#]+)"|from '([^']+)'|import\('([^']+)'\)|new URL\('(\./[^']+)'`)
	for name, text := range ours(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			to := m[1] + m[2] + m[3] + m[4]
			if strings.HasPrefix(to, "../") { // the API
				continue
			}
			if _, _, _, ok := File(path.Join(path.Dir(name), to)); !ok {
				t.Errorf("%s: %s is not there", name, to)
			}
		}
	}
}

// TestPolicyHolds looks for what the policy would forbid: inline scripts and
// styles, evaluated text, other hosts.
func TestPolicyHolds(t *testing.T) {
	bad := regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>[^<]|<style|\sstyle=|\son\w+="|javascript:|\beval\(|new Function|https?://`)
	namespace := regexp.MustCompile(`http://www\.w3\.org/[\w/]+`)
	for name, text := range ours(t) {
		if found := bad.FindString(namespace.ReplaceAllString(text, "")); found != "" {
			t.Errorf("%s holds %q", name, found)
		}
	}
}

// TestWordsAreComplete compares the languages and looks for keys without words.
func TestWordsAreComplete(t *testing.T) {
	files := ours(t)
	text := files["text.js"]
	zh, en, ok := strings.Cut(text[:strings.Index(text, "let language")], "  en: {")
	if !ok {
		t.Fatal("text.js has no English part")
	}
	keys := func(s string) map[string]bool {
		found := map[string]bool{}
		for _, m := range regexp.MustCompile(`(\w+): '`).FindAllStringSubmatch(s, -1) {
			found[m[1]] = true
		}
		return found
	}
	chinese, english := keys(zh), keys(en)
	if !maps.Equal(chinese, english) {
		t.Errorf("Chinese has %v, English %v", slices.Sorted(maps.Keys(chinese)), slices.Sorted(maps.Keys(english)))
	}
	used := map[string]bool{"other": true}
	use := regexp.MustCompile(`\bt\('(\w+)'\)|data-text="(\w+)"`)
	for _, s := range files {
		for _, m := range use.FindAllStringSubmatch(s, -1) {
			for _, k := range m[1:] {
				used[k] = true
			}
		}
	}
	delete(used, "")
	for k := range used {
		if !chinese[k] {
			t.Errorf("no words for %q", k)
		}
	}
	for k := range chinese {
		if !used[k] {
			t.Errorf("the words for %q are never used", k)
		}
	}
}
