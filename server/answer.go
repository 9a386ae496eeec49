package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"tuban/feature"
)

// The media types of answers and bodies.
const (
	typeJSON       = "application/json"
	typeGeoJSON    = "application/geo+json"
	typeSeq        = "application/geo+json-seq"
	typeNDJSON     = "application/x-ndjson"
	typeMergePatch = "application/merge-patch+json"
	typeOpenAPI    = "application/vnd.oai.openapi+json;version=3.0"
	typeTile       = "application/vnd.mapbox-vector-tile"
	typeHTML       = "text/html; charset=utf-8"
)

// link is an OGC API link.
type link struct {
	Href      string `json:"href"`
	Rel       string `json:"rel"`
	Type      string `json:"type,omitempty"`
	Title     string `json:"title,omitempty"`
	Templated bool   `json:"templated,omitempty"`
}

// marshal returns v as JSON in which '&' of links stays readable.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// writeJSON answers with v.
func (r *request) writeJSON(status int, contentType string, v any) error {
	b, err := marshal(v)
	if err != nil {
		return err
	}
	r.write(status, contentType, b)
	return nil
}

// write answers with a body, which must not change afterwards.
func (r *request) write(status int, contentType string, body []byte) {
	r.ctx.SetStatusCode(status)
	r.ctx.SetContentType(contentType)
	r.ctx.Response.SetBodyRaw(body)
}

// notModified answers 304 if the client has the representation of an ETag; it
// sets the ETag in any case.
func (r *request) notModified(etag string) bool {
	r.ctx.Response.Header.Set("ETag", etag)
	given := r.header("If-None-Match")
	if given == "" || !matches(given, etag, true) {
		return false
	}
	r.ctx.SetStatusCode(http.StatusNotModified)
	return true
}

// gzipMark ends the opaque part of the ETag of a representation that was
// compressed here.
const gzipMark = "-gzip"

// matches reports whether a list of entity tags holds an ETag or is "*". Weak
// tags count only for reading.
func matches(list, etag string, weak bool) bool {
	etag = unmarked(etag)
	for tag := range strings.SplitSeq(list, ",") {
		tag = strings.TrimSpace(tag)
		if tag == "*" {
			return true
		}
		if t, ok := strings.CutPrefix(tag, "W/"); ok {
			if !weak {
				continue
			}
			tag = t
		}
		if unmarked(tag) == etag {
			return true
		}
	}
	return false
}

// unmarked returns the ETag of the representation that was not compressed.
func unmarked(tag string) string {
	if t, ok := strings.CutSuffix(tag, gzipMark+`"`); ok {
		return t + `"`
	}
	return tag
}

// versionTag is the ETag of a feature.
func versionTag(v feature.Seq) string { return `"` + strconv.FormatUint(uint64(v), 10) + `"` }

// smallest is the body size from which compressing is worth it.
const smallest = 1 << 10

// compress gzips an answer in memory if the client takes gzip and it pays.
func (r *request) compress() {
	res := &r.ctx.Response
	if res.IsBodyStream() || len(res.Header.ContentEncoding()) > 0 || !compressible(string(res.Header.ContentType())) {
		return
	}
	r.vary("Accept-Encoding")
	body := res.Body()
	if len(body) < smallest || quality(r.header("Accept-Encoding"), "gzip") <= 0 {
		return
	}
	res.SetBodyRaw(pack(body))
	res.Header.SetContentEncoding("gzip")
	if etag := string(res.Header.Peek("ETag")); etag != "" {
		res.Header.Set("ETag", strings.TrimSuffix(etag, `"`)+gzipMark+`"`)
	}
}

func compressible(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.HasPrefix(kind, "text/") && kind != "text/event-stream" ||
		strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "javascript") || strings.HasSuffix(kind, "xml")
}

var packers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil { // the level is a constant
		panic(err)
	}
	return w
}}

// pack returns body compressed by gzip at a low level.
func pack(body []byte) []byte {
	w := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	var b bytes.Buffer
	b.Grow(len(body)/4 + 64)
	w.Reset(&b)
	// A bytes.Buffer takes everything: there is no error to come.
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

// quality returns the weight that an Accept-like header gives to a value: its
// own, else that of "*" or "type/*"; 0 if it is refused or not named.
func quality(header, value string) float64 {
	best, exact := 0.0, -1
	kind, _, _ := strings.Cut(value, "/")
	for part := range strings.SplitSeq(header, ",") {
		name, options, _ := strings.Cut(part, ";")
		rank := -1
		switch name = strings.TrimSpace(name); {
		case strings.EqualFold(name, value):
			rank = 2
		case strings.EqualFold(name, kind+"/*"):
			rank = 1
		case name == "*", name == "*/*":
			rank = 0
		}
		if rank > exact {
			best, exact = weight(options), rank
		}
	}
	return best
}

func weight(options string) float64 {
	for option := range strings.SplitSeq(options, ";") {
		name, v, _ := strings.Cut(strings.TrimSpace(option), "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
			if err != nil || q < 0 || q > 1 {
				return 0
			}
			return q
		}
	}
	return 1
}

// prefersHTML reports whether the client would rather have a page than JSON.
func (r *request) prefersHTML() bool {
	accept := r.header("Accept")
	return quality(accept, "text/html") > quality(accept, typeJSON)
}
