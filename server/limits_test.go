package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

type collected struct{ n int }

func TestPanicIsAnswered(t *testing.T) {
	g := newRig(t, Options{}, func(s *Server) {
		forMethod(mustMatch(s, "/healthz"), "GET").handle = func(r *request) error {
			r.ctx.Response.Header.Set("ETag", `"half"`)
			r.ctx.SetBodyString("half an answer")
			var none *collected
			none.n++ // a nil pointer
			return nil
		}
	})
	a := g.want(500, "GET", "/healthz", "", "X-Request-Id", "the-one")
	p := a.json(t)
	if p["code"] != "internal" || p["traceId"] != "the-one" || a.header.Get("ETag") != "" || strings.Contains(string(a.body), "half") || strings.Contains(string(a.body), "nil pointer") {
		t.Errorf("answer %v %s", a.header, a.body)
	}
	if log := g.log.String(); !strings.Contains(log, "nil pointer") || !strings.Contains(log, "the-one") || !strings.Contains(log, "limits_test.go") {
		t.Errorf("log: %s", log)
	}
	g.want(200, "GET", "/readyz", "")
	if m := string(g.want(200, "GET", "/metrics", "").body); !strings.Contains(m, "tuban_panics_total 1") {
		t.Error("the panic is not counted")
	}
}

func mustMatch(s *Server, path string) []*route {
	routes, _ := s.router.match(path)
	return routes
}

func TestBodyLimits(t *testing.T) {
	g := newRig(t, Options{Limits: Limits{Body: 2000, Vertices: 40, Polygons: 2, Rows: 3, Depth: 12, Query: 100, Header: 4096}})
	g.want(201, "PUT", "/collections/patch", `{"kind":"patch"}`, "Content-Type", typeJSON)
	one := featureJSON("", square(1, 1, 1), `{}`)
	many := func(n int) string {
		return `{"type":"FeatureCollection","features":[` + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + `]}`
	}
	var ring strings.Builder
	for i := range 50 {
		fmt.Fprintf(&ring, "[%d,%d],", i, i*i%7)
	}
	big := featureJSON("", `{"type":"Polygon","coordinates":[[`+ring.String()+`[0,0]]]}`, `{}`)
	deep := featureJSON("", square(1, 1, 1), `{"x":`+strings.Repeat("[", 50)+strings.Repeat("]", 50)+`}`)
	zip := strings.Repeat(" ", 5000)
	cases := []struct {
		name, method, path, body, kind string
		status                         int
	}{
		{"body too large", "POST", "/collections/patch/items", one + zip, typeGeoJSON, 413},
		{"body too large for PATCH", "PATCH", "/collections/patch/items/x", "{}" + zip, typeMergePatch, 413},
		{"body too large for a layer", "PUT", "/collections/x", "{}" + zip, typeJSON, 413},
		{"too many vertices", "POST", "/collections/patch/items", big, typeGeoJSON, 413},
		{"too many rows", "POST", "/collections/patch/items", strings.Repeat(one+"\n", 4), typeNDJSON, 413},
		{"too many polygons", "POST", "/overlap?layers=patch", many(3), typeGeoJSON, 413},
		{"too deep", "POST", "/collections/patch/items", deep, typeGeoJSON, 400},
		{"too deep a patch", "PATCH", "/collections/patch/items/x", `{"properties":{"x":` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + `}}`, typeMergePatch, 400},
		{"query too long", "GET", "/collections?" + strings.Repeat("x", 200), "", "", 414},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := g.do(c.method, c.path, c.body, "Content-Type", c.kind, "If-Match", "*")
			if a.status != c.status || a.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d %s, want %d", a.status, a.body, c.status)
			}
		})
	}
	if n := g.page("/collections/patch/items").NumberMatched; n != 0 {
		t.Errorf("%d features were written", n)
	}
	if a := g.do("GET", "/healthz", "", "X-Long", strings.Repeat("x", 5000)); a.status != 431 {
		t.Errorf("long headers: %d", a.status)
	}
}

// exchange sends raw bytes in pieces and returns the answer.
func (g *rig) exchange(wait time.Duration, pieces ...string) (*http.Response, string) {
	g.t.Helper()
	c, err := g.ln.Dial()
	if err != nil {
		g.t.Fatal(err)
	}
	defer c.Close()
	go func() {
		for _, p := range pieces {
			if _, err := io.WriteString(c, p); err != nil {
				return
			}
			time.Sleep(wait)
		}
	}()
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		g.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	return res, string(body)
}

// A client that stops in the middle of its request is answered and dropped.
func TestSlowClients(t *testing.T) {
	g := newRig(t, Options{Limits: Limits{Read: 100 * time.Millisecond, Idle: 100 * time.Millisecond}})
	g.want(201, "PUT", "/collections/patch", `{"kind":"patch"}`, "Content-Type", typeJSON)
	for name, head := range map[string]string{
		"header":          "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Half",
		"body":            "POST /collections/patch/items HTTP/1.1\r\nHost: x\r\nContent-Type: application/geo+json\r\nContent-Length: 1000\r\n\r\n{\"type\":",
		"chunked body":    "POST /collections/patch/items HTTP/1.1\r\nHost: x\r\nContent-Type: application/geo+json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"typ\r\n",
		"sequence":        "POST /collections/patch/items HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: 1000\r\n\r\n{\"type\":",
		"overlap's body":  "POST /overlap?layers=patch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
		"descriptor body": "PUT /collections/y HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			res, body := g.exchange(0, head)
			if res.StatusCode != 408 || !strings.Contains(body, "slow-request") {
				t.Errorf("%d %s", res.StatusCode, body)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	t.Run("a slow sequence lives while it moves", func(t *testing.T) {
		row := featureJSON("", square(1, 1, 1), `{}`) + "\n"
		const first, then = 100, 4 // fasthttp reads the first 8 KiB before it calls anyone
		pieces := []string{fmt.Sprintf("POST /collections/patch/items HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n", (first+then)*len(row)) +
			strings.Repeat(row, first)}
		for range then {
			pieces = append(pieces, row[:len(row)/2], row[len(row)/2:])
		}
		res, body := g.exchange(40*time.Millisecond, pieces...)
		if res.StatusCode != 200 || !strings.Contains(body, `"written":104`) {
			t.Errorf("%d %s", res.StatusCode, body)
		}
	})
	t.Run("garbage", func(t *testing.T) {
		res, body := g.exchange(0, "\x16\x03\x01 no http\r\n\r\n")
		if res.StatusCode != 400 || !strings.Contains(body, "bad-request") {
			t.Errorf("%d %s", res.StatusCode, body)
		}
	})
	g.want(200, "GET", "/healthz", "")
}

// Over TCP: an answer given before the whole body came is not lost to a reset.
func TestEarlyRefusalReachesTheClient(t *testing.T) {
	g := newRig(t, Options{Limits: Limits{Body: 1000}})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go g.s.Serve(ln)
	for range 5 {
		res, err := http.Post("http://"+ln.Addr().String()+"/overlap?layers=x", typeJSON, strings.NewReader(strings.Repeat(" ", 4<<20)))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 404 && res.StatusCode != 413 {
			t.Errorf("status %d", res.StatusCode)
		}
	}
}

// An upload whose client vanished half-way is not taken for a whole one.
func TestHalfAnUploadIsNotWritten(t *testing.T) {
	g := newRig(t, Options{})
	g.want(201, "PUT", "/collections/patch", `{"kind":"patch"}`, "Content-Type", typeJSON)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go g.s.Serve(ln)
	rows := strings.Repeat(featureJSON("", square(1, 1, 1), `{}`)+"\n", 200)
	for name, rest := range map[string]string{
		"content length":     fmt.Sprintf("Content-Length: %d\r\n\r\n%s", 2*len(rows), rows),
		"inside a chunk":     fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s", 2*len(rows), rows),
		"between two chunks": fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(rows), rows),
		"inside the length":  fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0", len(rows), rows),
		"inside the end":     fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n", len(rows), rows),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			fmt.Fprintf(c, "POST /collections/patch/items HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n%s", rest)
			if err := c.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(c)
			if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") {
				t.Errorf("%v, %.400s", err, answer)
			}
			if n := g.page("/collections/patch/items").NumberMatched; n != 0 {
				t.Errorf("%d features were written", n)
			}
		})
	}
}

// Shutdown answers what is under way, refuses what is new, and ends.
func TestShutdownDrains(t *testing.T) {
	entered, leave := make(chan bool), make(chan bool)
	g := newRig(t, Options{}, func(s *Server) {
		forMethod(mustMatch(s, "/conformance"), "GET").handle = func(r *request) error {
			close(entered)
			<-leave
			return routeConformance(r)
		}
	})
	got := make(chan *answer, 1)
	go func() { got <- g.do("GET", "/conformance", "") }()
	<-entered
	idle := g.want(200, "GET", "/readyz", "") // leaves a connection that is kept alive
	_ = idle
	stopped := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		defer cancel()
		stopped <- g.s.Shutdown(ctx)
	}()
	select {
	case err := <-stopped:
		t.Fatalf("shutdown did not wait: %v", err)
	case <-time.After(150 * time.Millisecond):
	}
	close(leave)
	if a := <-got; a.status != 200 {
		t.Errorf("the request under way got %d", a.status)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if err := <-g.done; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if _, err := g.ln.Dial(); err == nil {
		t.Error("the listener is still open")
	}
}
