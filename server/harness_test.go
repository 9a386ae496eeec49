package server

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/valyala/fasthttp/fasthttputil"

	"tuban/engine"
	"tuban/feature"
	"tuban/tiles/mvt"
)

// rig is a server over an engine in a temporary directory, reached through
// memory. Every answer it gives is checked against openapi.json, and every tile
// against the MVT validator.
type rig struct {
	t      testing.TB
	e      *engine.Engine
	s      *Server
	ln     *fasthttputil.InmemoryListener
	client *http.Client
	log    *lockedBuffer
	api    *openapi3.T
	done   chan error
}

type lockedBuffer struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newRig starts a server; edit may change it before it serves.
func newRig(t testing.TB, opt Options, edit ...func(*Server)) *rig {
	t.Helper()
	e := newEngine(t, &opt)
	return newRigOn(t, e, opt, edit...)
}

func newRigOn(t testing.TB, e *engine.Engine, opt Options, edit ...func(*Server)) *rig {
	t.Helper()
	g := &rig{t: t, e: e, ln: fasthttputil.NewInmemoryListener(), log: &lockedBuffer{}, api: loadAPI(t), done: make(chan error, 1)}
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.NewJSONHandler(g.log, nil))
	}
	var err error
	if g.s, err = New(e, opt); err != nil {
		t.Fatal(err)
	}
	for _, f := range edit {
		f(g.s)
	}
	go func() { g.done <- g.s.Serve(g.ln) }()
	g.client = &http.Client{
		Transport: &http.Transport{
			DialContext:        func(context.Context, string, string) (net.Conn, error) { return g.ln.Dial() },
			DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	t.Cleanup(g.stop)
	return g
}

func (g *rig) stop() {
	g.client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := g.s.Shutdown(ctx); err != nil {
		g.t.Errorf("shutdown: %v", err)
	}
}

func loadAPI(t testing.TB) *openapi3.T {
	t.Helper()
	api, err := openapi3.NewLoader().LoadFromData([]byte(openAPI))
	if err != nil {
		t.Fatal(err)
	}
	return api
}

// answer is what came back, read whole and decompressed.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a *answer) json(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("not JSON: %v: %.300s", err, a.body)
	}
	return v
}

// do sends a request. Headers come as name, value pairs.
func (g *rig) do(method, path, body string, headers ...string) *answer {
	g.t.Helper()
	req, err := http.NewRequest(method, "http://tuban.test"+path, strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	if body == "" {
		req.Body, req.ContentLength = nil, 0
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	return g.send(req, body)
}

func (g *rig) send(req *http.Request, body string) *answer {
	g.t.Helper()
	res, err := g.client.Do(req)
	if err != nil {
		g.t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		g.t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	a := &answer{res.StatusCode, res.Header, raw}
	if a.header.Get("Content-Encoding") == "gzip" && req.Method != http.MethodHead && len(raw) > 0 {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			g.t.Fatal(err)
		}
		if a.body, err = io.ReadAll(z); err != nil {
			g.t.Fatal(err)
		}
	}
	g.check(req, body, a)
	return a
}

func (g *rig) get(path string, headers ...string) *answer {
	g.t.Helper()
	return g.do(http.MethodGet, path, "", headers...)
}

// want sends a request and wants a status.
func (g *rig) want(status int, method, path, body string, headers ...string) *answer {
	g.t.Helper()
	a := g.do(method, path, body, headers...)
	if a.status != status {
		g.t.Fatalf("%s %s: status %d, want %d: %.500s", method, path, a.status, status, a.body)
	}
	return a
}

// check holds an answer against openapi.json.
func (g *rig) check(req *http.Request, body string, a *answer) {
	g.t.Helper()
	if a.header.Get("X-Request-Id") == "" {
		g.t.Errorf("%s %s: no request id", req.Method, req.URL)
	}
	if a.header.Get("Content-Type") == typeTile && a.header.Get("Content-Encoding") != "zstd" {
		if found := mvt.Validate(a.body); len(found) > 0 {
			g.t.Errorf("%s: bad tile: %v", req.URL, found)
		}
	}
	routes, params := g.s.router.match(req.URL.EscapedPath())
	rt := forMethod(routes, req.Method)
	if rt == nil || req.Method == http.MethodHead {
		return
	}
	path := strings.Replace(rt.template, "...}", "}", 1)
	item := g.api.Paths.Value(path)
	if item == nil || item.GetOperation(rt.method) == nil {
		g.t.Errorf("openapi.json lacks %s %s", rt.method, path)
		return
	}
	pathParams := map[string]string{}
	for _, p := range params {
		pathParams[p.name] = p.value
	}
	checked := req.Clone(context.Background())
	checked.Body = io.NopCloser(strings.NewReader(body))
	in := &openapi3filter.RequestValidationInput{
		Request: checked, PathParams: pathParams,
		Route:   &routers.Route{Spec: g.api, Path: path, PathItem: item, Method: rt.method, Operation: item.GetOperation(rt.method)},
		Options: &openapi3filter.Options{IncludeResponseStatus: true, ExcludeRequestBody: req.Header.Get("Content-Encoding") != ""},
	}
	if a.status < 400 {
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			g.t.Errorf("%s %s was answered %d, but openapi.json refuses it: %v", req.Method, req.URL, a.status, err)
		}
	}
	err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)), Options: in.Options,
	})
	if err != nil {
		g.t.Errorf("%s %s: the answer is not as openapi.json says: %v", req.Method, req.URL, err)
	}
}

// square is a polygon with its lower left corner at lon, lat.
func square(lon, lat, side float64) string {
	b, _ := json.Marshal(map[string]any{"type": "Polygon", "coordinates": [][][2]float64{{
		{lon, lat}, {lon + side, lat}, {lon + side, lat + side}, {lon, lat + side}, {lon, lat}}}})
	return string(b)
}

func featureJSON(id, geometry, properties string) string {
	if id != "" {
		id = `"id":"` + id + `",`
	}
	return `{"type":"Feature",` + id + `"geometry":` + geometry + `,"properties":` + properties + `}`
}

// fill makes layer "dltb" with n squares in a row, and a patch layer over them.
func (g *rig) fill(n int) {
	g.t.Helper()
	g.want(201, "PUT", "/collections/dltb", `{"title":{"zh":"地类图斑","en":"Land use"},"class_field":"DLBM","id_field":"BSM",
		"classes":[{"code":"0101","name":"水田","group":"耕地","color":"#ffee88"},{"code":"0102","name":"水浇地","name_en":"Irrigated land","group":"耕地","group_en":"Cropland","color":"#ffdd66"}]}`,
		"Content-Type", typeJSON)
	g.want(201, "PUT", "/collections/patch", `{"kind":"patch","title":{"en":"Patches"}}`, "Content-Type", typeJSON)
	var b strings.Builder
	for i := range n {
		class := []string{"0101", "0102"}[i%2]
		b.WriteString(featureJSON("", square(95+float64(i)/128, 36.5, 1./128), `{"BSM":"b`+itoa(i)+`","DLBM":"`+class+`","n":`+itoa(i)+`}`) + "\n")
	}
	g.want(200, "POST", "/collections/dltb/items", b.String(), "Content-Type", typeNDJSON)
	g.want(201, "POST", "/collections/patch/items", featureJSON("p1", square(95+1./256, 36.5+1./256, 1./128), `{"state":"new"}`), "Content-Type", typeGeoJSON)
}

func itoa(i int) string { b, _ := json.Marshal(i); return string(b) }

func seqOf(a *answer) feature.Seq {
	var n feature.Seq
	if err := json.Unmarshal([]byte(a.header.Get("Tuban-Seq")), &n); err != nil {
		return 0
	}
	return n
}
