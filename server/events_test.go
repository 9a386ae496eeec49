package server

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tuban/tiles"
)

// sse reads one event after another from a stream.
type sse struct {
	t      *testing.T
	r      *bufio.Scanner
	cancel func()
	header http.Header
}

type sseEvent struct{ id, name, data, comment string }

func (g *rig) events(t *testing.T, path string, headers ...string) *sse {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	req, err := http.NewRequestWithContext(ctx, "GET", "http://tuban.test"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := g.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 200 {
		t.Fatalf("%s: %d", path, res.StatusCode)
	}
	s := &sse{t, bufio.NewScanner(res.Body), func() { cancel(); res.Body.Close() }, res.Header}
	s.r.Buffer(nil, 1<<20)
	t.Cleanup(s.cancel)
	return s
}

// next returns the next event; ok is false at the end of the stream.
func (s *sse) next() (e sseEvent, ok bool) {
	for s.r.Scan() {
		line := s.r.Text()
		if line == "" {
			return e, true
		}
		if text, found := strings.CutPrefix(line, ":"); found {
			e.comment = strings.TrimSpace(text)
			continue
		}
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			e.data = value
		}
	}
	return e, false
}

// named returns the next event that is not a comment.
func (s *sse) named() sseEvent {
	s.t.Helper()
	for {
		e, ok := s.next()
		if !ok {
			s.t.Fatal("the stream has ended")
		}
		if e.name != "" {
			return e
		}
	}
}

func TestEventsBringCommits(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	s := g.events(t, "/events")
	if s.header.Get("Content-Type") != "text/event-stream" || s.header.Get("X-Accel-Buffering") != "no" {
		t.Errorf("headers %v", s.header)
	}
	g.want(200, "PATCH", "/collections/patch/items/p1", `{"geometry":`+square(95, 36.5, 0.001)+`}`, "Content-Type", typeMergePatch, "If-Match", "*", "Tuban-Reason", "line%0Abreak")
	e := s.named()
	var c commitEvent
	if err := json.Unmarshal([]byte(e.data), &c); err != nil {
		t.Fatalf("%q: %v", e.data, err)
	}
	if e.name != "commit" || e.id != "5" || c.Seq != 5 || c.Author != "anonymous" || c.Reason != "line break" || len(c.Layers) != 1 {
		t.Fatalf("event %+v", e)
	}
	l := c.Layers[0]
	if l.Layer != "patch" || l.Updated != 1 || l.Added != 0 || l.Deleted != 0 || len(l.Bounds) == 0 {
		t.Errorf("layer %+v", l)
	}
	for z := range uint8(tiles.MaxZoom + 1) {
		for _, b := range g.e.View().Layers()[1].Within(box(-180, -90, 180, 90)) {
			want := tiles.WebMercatorQuad.Cover(g.e.View().Layers()[1].Bound(b), z)
			found := false
			for _, r := range l.Tiles[itoa(int(z))] {
				found = found || r[0] <= want.MinX && r[1] <= want.MinY && r[2] >= want.MaxX && r[3] >= want.MaxY
			}
			if !found {
				t.Errorf("zoom %d: %v does not cover %+v", z, l.Tiles[itoa(int(z))], want)
			}
		}
	}
}

func TestEventsResumeAndReset(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1) // seq 1 to 4
	for i := range 3 {
		g.want(200, "PATCH", "/collections/patch/items/p1", fmt.Sprintf(`{"properties":{"n":%d}}`, i), "Content-Type", typeMergePatch, "If-Match", "*")
	}
	for _, s := range []*sse{g.events(t, "/events", "Last-Event-ID", "5"), g.events(t, "/events?after=5")} {
		for _, want := range []string{"6", "7"} {
			if e := s.named(); e.name != "commit" || e.id != want {
				t.Errorf("event %+v, want commit %s", e, want)
			}
		}
		s.cancel()
	}
	s := g.events(t, "/events", "Last-Event-ID", "99") // of another data set, or a restored one
	if e := s.named(); e.name != "reset" || e.id != "7" || e.data != `{"seq":7}` {
		t.Errorf("event %+v, want a reset", e)
	}
	g.want(204, "DELETE", "/collections/patch/items/p1", "", "If-Match", "*")
	if e := s.named(); e.name != "commit" || e.id != "8" {
		t.Errorf("event %+v, want commit 8", e)
	}
	g.want(400, "GET", "/events", "", "Last-Event-ID", "nonsense")
}

func TestEventsPingAndLimitAndEnd(t *testing.T) {
	g := newRig(t, Options{Limits: Limits{Ping: 10 * time.Millisecond, Streams: 2}})
	s := g.events(t, "/events")
	for {
		e, ok := s.next()
		if !ok {
			t.Fatal("the stream has ended")
		}
		if e.comment == "ping" {
			break
		}
	}
	other := g.events(t, "/events")
	if a := g.want(503, "GET", "/events", ""); a.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	other.cancel() // the server notices with the next pings, and the place is free
	deadline := time.Now().Add(5 * time.Second)
	for g.s.streams.Load() != 1 {
		if time.Now().After(deadline) {
			t.Fatal("a stream whose client is gone is still counted")
		}
		time.Sleep(time.Millisecond)
	}
	g.stop()
	for {
		if _, ok := s.next(); !ok {
			return // shutdown ends streams
		}
	}
}

func TestPanicInAStreamEndsTheStreamOnly(t *testing.T) {
	g := newRig(t, Options{}, func(s *Server) { s.limits.Ping = -1 }) // time.NewTicker panics
	s := g.events(t, "/events")
	for {
		if _, ok := s.next(); !ok {
			break
		}
	}
	g.want(200, "GET", "/healthz", "")
	if !strings.Contains(g.log.String(), "panic in an event stream") {
		t.Error("the panic is not in the log")
	}
	if n := g.s.streams.Load(); n != 0 {
		t.Errorf("%d streams are counted", n)
	}
}
