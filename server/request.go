package server

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/valyala/fasthttp"

	"tuban/engine"
	"tuban/feature"
)

// request is one request on its way through its handler. It must not outlive
// the handler: ctx is reused.
type request struct {
	*Server
	ctx    *fasthttp.RequestCtx
	route  *route
	params params
	id     string
	view   *engine.View
	query  []parameter
	fixed  bool   // the view is of a seq that the request names: the answer stays
	allow  string // of a path that is there, for OPTIONS and 405

	drained bool          // the body was read to its end
	kept    *bytes.Buffer // the body, if it was read whole
}

type parameter struct{ name, value string }

// header returns a request header.
func (r *request) header(name string) string { return string(r.ctx.Request.Header.Peek(name)) }

// param returns the decoded value of the path's {name}.
func (r *request) param(name string) string { return r.params.value(name) }

// value returns a query parameter and whether it is there.
func (r *request) value(name string) (string, bool) {
	for _, p := range r.query {
		if p.name == name {
			return p.value, true
		}
	}
	return "", false
}

// later are parameters that tuban will have or that clients try because other
// servers have them: the refusal says more than "unknown".
var later = map[string]string{
	"as_of":      "this path answers of the newest commit",
	"valid_on":   "this path has no features that could be in force",
	"filter":     "filtering is by features, and this path has none",
	"filter-crs": "geometry in filters is in CRS84 (longitude, latitude) only",
	"datetime":   "layers have no time here: the parameter would choose nothing",
	"crs":        "answers are in CRS84 (longitude, latitude) only",
	"bbox-crs":   "bbox is in CRS84 (longitude, latitude) only",
	"offset":     "pages are followed by their next link; it carries a cursor",
	"f":          "choose the format by the Accept header",
}

// parseQuery reads the query string and refuses parameters that the route does
// not know, and repeated ones.
func (r *request) parseQuery() error {
	raw := string(r.ctx.URI().QueryString())
	if len(raw) > r.limits.Query {
		return newProblem(http.StatusRequestURITooLong, "query-too-long", "the query is longer than %d bytes", r.limits.Query)
	}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		n, err1 := url.QueryUnescape(name)
		v, err2 := url.QueryUnescape(value)
		if err1 != nil || err2 != nil {
			return newProblem(http.StatusBadRequest, "invalid-parameter", "the query holds a bad percent-encoding: %q", pair)
		}
		if !r.route.knows(n) {
			return unknownParameter(n, r.route.query)
		}
		if _, twice := r.value(n); twice {
			return badParameter(n, "is given twice; separate several values by commas where they are allowed")
		}
		r.query = append(r.query, parameter{n, v})
	}
	return nil
}

func unknownParameter(name string, known []string) *problem {
	have := "it knows none"
	if len(known) > 0 {
		have = "it knows " + strings.Join(known, ", ")
	}
	detail := "this path does not know the parameter; " + have
	if why, ok := later[name]; ok {
		detail = why + "; this path: " + have
	}
	return newProblem(http.StatusBadRequest, "unknown-parameter", "%s: %s", name, detail).with(wrong{Parameter: name, Detail: detail})
}

// layer returns the layer of the path's {id}.
func (r *request) layer() (*engine.LayerView, error) {
	return r.layerNamed("collectionId", r.param("collectionId"))
}

// layerNamed returns the layer of "id" or "id@vintage"; parameter names where
// it was asked for.
func (r *request) layerNamed(parameter, name string) (*engine.LayerView, error) {
	id, vintage, pinned := strings.Cut(name, "@")
	l, ok := r.view.Layer(feature.LayerID(id))
	if !ok {
		return nil, newProblem(http.StatusNotFound, "no-such-layer", "there is no layer %q; /collections lists them", id).
			with(wrong{Parameter: parameter, Detail: "no such layer: " + id})
	}
	if pinned && feature.Vintage(vintage) != l.Vintage() {
		return r.vintage(parameter, l, vintage)
	}
	return l, nil
}

// setSeq names the seq that the answer was made from.
func (r *request) setSeq(seq feature.Seq) {
	r.ctx.Response.Header.Set("Tuban-Seq", strconv.FormatUint(uint64(seq), 10))
}

// baseURL returns what absolute links begin with, without a slash at the end.
func (r *request) baseURL() string {
	if r.base != nil {
		return r.base.String()
	}
	scheme := "http"
	if r.ctx.IsTLS() {
		scheme = "https"
	}
	if p := firstOf(r.header("X-Forwarded-Proto")); p == "http" || p == "https" {
		scheme = p
	}
	host := firstOf(r.header("X-Forwarded-Host"))
	if !plainHost(host) {
		host = string(r.ctx.Host())
	}
	if !plainHost(host) {
		host = r.ctx.LocalAddr().String()
	}
	prefix := strings.TrimRight(firstOf(r.header("X-Forwarded-Prefix")), "/")
	if !plainPrefix(prefix) {
		prefix = ""
	}
	return scheme + "://" + host + prefix
}

// firstOf returns the first of a comma-separated list, as the proxy nearest the
// client wrote it.
func firstOf(list string) string {
	first, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(first)
}

// only reports whether s is not empty, not long, and made of ASCII letters,
// digits and the characters of more.
func only(s, more string) bool {
	return s != "" && len(s) <= 255 && strings.IndexFunc(s, func(c rune) bool {
		alnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		return !alnum && !strings.ContainsRune(more, c)
	}) < 0
}

func plainHost(h string) bool { return only(h, "-._:[]") }

func plainPrefix(p string) bool {
	return only(p, "-._~/") && strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "//")
}

// selfURL returns the address of this request with the given query, in order.
func (r *request) selfURL(query []parameter) string {
	path := string(r.ctx.URI().PathOriginal())
	return r.baseURL() + path + encodeQuery(query)
}

func encodeQuery(query []parameter) string {
	var b strings.Builder
	for i, p := range query {
		if i == 0 {
			b.WriteByte('?')
		} else {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.name))
		b.WriteByte('=')
		// Commas stand as they are: lists stay readable in links.
		b.WriteString(strings.ReplaceAll(url.QueryEscape(p.value), "%2C", ","))
	}
	return b.String()
}

// requestID returns the client's X-Request-Id if it is one that may stand in a
// log, else one made here.
func requestID(given string) string {
	if only(given, "-._:/+=") {
		return given
	}
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], rand.Uint64())
	return hex.EncodeToString(raw[:])
}
