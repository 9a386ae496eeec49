// Package console holds the map console: a static page, embedded in the
// program, that shows a data set's layers through the API beside it.
//
// The page asks nothing of any other host. It is meant to be served one folder
// below the API's root, at …/console/ (its own links are relative; it finds
// the API at "../"), with the header Content-Security-Policy: Policy.
//
// web/ holds its source (Svelte, TypeScript, MapLibre GL JS, terra-draw), dist/
// what `npm ci && npm run build` in web/ makes of it, committed, so that building
// the program needs no npm. The same source makes the same bytes.
package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// Policy is the Content-Security-Policy that the page works under.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

//go:embed dist
var embedded embed.FS

// asset is one file of the page.
type asset struct {
	data []byte
	kind string // media type
	etag string
	zip  func() []byte // gzip form, made at the first call; nil when not worth it
}

var assets = sync.OnceValue(load)

// File returns a file of the page by its path below the console's root, such as
// "index.html"; "" is the page itself. etag is strong, quoted and made of the
// content. The bytes are shared: read-only.
func File(path string) (data []byte, contentType, etag string, ok bool) {
	a, ok := find(path)
	if !ok {
		return nil, "", "", false
	}
	return a.data, a.kind, a.etag, true
}

// Lasting reports whether a path always means the same bytes, because its name
// holds a hash of them.
func Lasting(path string) bool { return strings.HasPrefix(strings.TrimPrefix(path, "/"), "assets/") }

// Gzip returns the gzip form of a file and its own etag. ok is false when there
// is no such file or when compression gains nothing. It is made once, at the
// first call.
func Gzip(path string) (data []byte, etag string, ok bool) {
	a, ok := find(path)
	if !ok || a.zip == nil {
		return nil, "", false
	}
	return a.zip(), strings.TrimSuffix(a.etag, `"`) + `-gzip"`, true
}

func find(name string) (*asset, bool) {
	if name = strings.TrimPrefix(name, "/"); name == "" {
		name = "index.html"
	}
	a, ok := assets()[name]
	return a, ok
}

func load() map[string]*asset {
	all := map[string]*asset{}
	err := fs.WalkDir(embedded, "dist", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := embedded.ReadFile(p)
		if err != nil {
			return err
		}
		all[strings.TrimPrefix(p, "dist/")] = newAsset(p, data)
		return nil
	})
	if err != nil {
		panic("console: the embedded files cannot be read: " + err.Error()) // only we can cause it
	}
	return all
}

func newAsset(name string, data []byte) *asset {
	sum := sha256.Sum256(data)
	a := &asset{data: data, kind: mediaType(name), etag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
	if len(data) > 512 {
		a.zip = sync.OnceValue(func() []byte { return compress(data) })
	}
	return a
}

func compress(data []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic("console: " + err.Error()) // the level is a constant
	}
	// Writes to a bytes.Buffer do not fail.
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}

// mediaType is by extension and not by the machine's tables, which differ.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "text/plain; charset=utf-8"
}
