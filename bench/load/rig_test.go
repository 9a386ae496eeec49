package load

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"tuban/engine"
	"tuban/feature"
	"tuban/internal/demo"
	"tuban/overlap"
	"tuban/server"
	"tuban/tiles"
)

// hamlet is the smallest city that still has all layers.
func hamlet() demo.Size {
	s := demo.Small()
	s.Name, s.Parcels, s.Patches, s.Approvals, s.Rights = "hamlet", 800, 60, 20, 8
	return s
}

const hamletSeed = 3

// town is the hamlet behind a tuban server. Tests read it; those that write make
// their own.
var town = sync.OnceValues(func() (string, error) { return startTown(256 << 20) })

func theTown(t *testing.T) string {
	t.Helper()
	url, err := town()
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// newTown starts another one, with a tile cache of a size, or none.
func newTown(t *testing.T, cacheBytes int64) string {
	t.Helper()
	url, err := startTown(cacheBytes)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// startTown serves the hamlet from a directory in memory's reach until the tests
// end.
func startTown(cacheBytes int64) (string, error) {
	dir, err := tempDir()
	if err != nil {
		return "", err
	}
	var cache *tiles.Cache
	opt := engine.Options{Derived: []engine.Derived{overlap.Shapes{}}}
	if cacheBytes > 0 {
		cache = tiles.NewCache(cacheBytes)
		opt.BeforePublish = []func(engine.Event){func(ev engine.Event) {
			touches := make([]tiles.Touch, len(ev.Layers))
			for i, l := range ev.Layers {
				touches[i] = tiles.Touch{Layer: l.Layer, Bounds: l.Bounds, All: l.Schema}
			}
			cache.Invalidate(ev.Seq, touches)
		}}
	}
	e, err := engine.Open(context.Background(), dir, opt)
	if err != nil {
		return "", err
	}
	for _, s := range demo.New(hamletSeed, hamlet()).Layers() {
		if err := loadLayer(e, s); err != nil {
			return "", err
		}
	}
	srv, err := server.New(e, server.Options{Tiles: cache})
	if err != nil {
		return "", err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go func() { _ = srv.Serve(ln) }()
	return "http://" + ln.Addr().String(), nil
}

func loadLayer(e *engine.Engine, s demo.Source) error {
	l, err := e.NewLoad(context.Background(), engine.LoadSpec{Layer: s.Layer, Meta: engine.Meta{Author: "test"}})
	if err != nil {
		return err
	}
	row := int64(0)
	if err := s.Each(func(f feature.Feature) error {
		row++
		_, err := l.Add(row, f)
		return err
	}); err != nil {
		return err
	}
	_, err = l.Commit(context.Background(), func(string, int64, int64) {})
	return err
}

// quick is a configuration for a run of a moment.
func quick(target string) Config {
	return Config{
		Target: target, Rate: 400, Duration: 150 * time.Millisecond, Warm: 20 * time.Millisecond, Connections: 4,
		Timeout: 10 * time.Second, Seed: 5, Sample: 4, Coding: "gzip",
	}
}

// liar stands before a server and changes the answers that lie wants changed.
// lie returns the new body, or nil for the true one.
func liar(t *testing.T, url string, lie func(path string, body []byte) []byte) string {
	t.Helper()
	addr := url[len("http://"):]
	upstream := &fasthttp.HostClient{Addr: addr}
	s := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		ctx.Request.Header.Del("Accept-Encoding")
		ctx.Request.SetHost(addr)
		if err := upstream.Do(&ctx.Request, &ctx.Response); err != nil {
			ctx.Error(err.Error(), fasthttp.StatusBadGateway)
			return
		}
		if body := lie(string(ctx.Path()), ctx.Response.Body()); body != nil {
			ctx.Response.SetBody(body)
		}
	}}
	return serve(t, s)
}

// serve serves until the test ends.
func serve(t testing.TB, s *fasthttp.Server) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(ln) }()
	t.Cleanup(func() { _ = s.Shutdown() })
	return "http://" + ln.Addr().String()
}
