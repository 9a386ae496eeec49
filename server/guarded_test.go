package server

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"tuban/feature"
	"tuban/store"
)

// A server for this machine alone answers only to its own names: a page whose
// name was made to lead here gets nothing.
func TestOnlyKnownHosts(t *testing.T) {
	g := newRig(t, Options{Hosts: []string{"localhost", "127.0.0.1", "::1"}})
	for host, want := range map[string]int{
		"localhost": 200, "LOCALHOST:8080": 200, "127.0.0.1:1": 200, "[::1]:8080": 200, "[::1]": 200,
		"evil.example": 421, "127.0.0.1.evil.example:8080": 421, "localhost.evil": 421,
	} {
		req, err := http.NewRequest("GET", "http://127.0.0.1/collections", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		res, err := g.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("Host %s: %d, want %d", host, res.StatusCode, want)
		}
	}
}

// What the disk refuses is told as that, not as our mistake.
func TestStoreErrorsAreTold(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		code   string
	}{
		{fmt.Errorf("commit: %w", &store.FullError{Dir: "d", Free: 1 << 20, Need: 9 << 20}), 507, "disk-full"},
		{fmt.Errorf("commit: %w", &store.BrokenError{Cause: http.ErrBodyNotAllowed}), 503, "store-broken"},
	} {
		if p := problemOf(c.err); p.Status != c.status || p.Code != c.code {
			t.Errorf("%v: %d %s", c.err, p.Status, p.Code)
		}
	}
}

// The last number there is has nothing behind it.
func TestLastCursor(t *testing.T) {
	g := newRig(t, Options{})
	g.want(201, "PUT", "/collections/l", `{"kind":"patch"}`, "Content-Type", typeJSON)
	g.want(201, "POST", "/collections/l/items", featureJSON("a", square(1, 1, 1), `{}`), "Content-Type", typeGeoJSON)
	if p := g.page("/collections/l/items?cursor=" + formatCursor(feature.Number(math.MaxUint64))); len(p.Features) != 0 || p.NumberMatched != 1 {
		t.Errorf("%+v", p)
	}
}

// A ring of random points crosses itself everywhere: it is refused, at once, as
// a query and as a feature, and others are served meanwhile.
func TestTangledRing(t *testing.T) {
	g := newRig(t, Options{})
	g.want(201, "PUT", "/collections/l", `{"kind":"patch"}`, "Content-Type", typeJSON)
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString(`{"type":"Polygon","coordinates":[[`)
	for range 20_000 {
		fmt.Fprintf(&b, "[%f,%f],", 94+r.Float64(), 36+r.Float64())
	}
	b.WriteString(`[94,36]]]}`)
	start := time.Now()
	for _, a := range []*answer{
		g.do("POST", "/overlap?layers=l", b.String(), "Content-Type", typeGeoJSON),
		g.do("POST", "/collections/l/items", `{"type":"Feature","properties":{},"geometry":`+b.String()+`}`, "Content-Type", typeGeoJSON),
	} {
		if a.status != 422 || !strings.Contains(string(a.body), "geometry-tangled") {
			t.Errorf("%d %.300s", a.status, a.body)
		}
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("refused after %v", took)
	}
}

// Ids that mean another place in a URL are refused.
func TestDotIDs(t *testing.T) {
	g := newRig(t, Options{})
	g.want(201, "PUT", "/collections/l", `{"kind":"patch"}`, "Content-Type", typeJSON)
	for _, id := range []string{".", ".."} {
		if a := g.do("POST", "/collections/l/items", featureJSON(id, square(1, 1, 1), `{}`), "Content-Type", typeGeoJSON); a.status != 422 {
			t.Errorf("id %q: %d", id, a.status)
		}
	}
	g.want(201, "POST", "/collections/l/items", featureJSON("...", square(1, 1, 1), `{}`), "Content-Type", typeGeoJSON)
}
