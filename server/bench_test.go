package server

import (
	"testing"

	"github.com/valyala/fasthttp"
)

// BenchmarkServe is what the server itself costs: requests that have been read,
// answers that have not been sent.
func BenchmarkServe(b *testing.B) {
	g := newRig(b, Options{})
	g.fill(200)
	tile := "/mvt/dltb,patch/" + inner(b, g, 12).String()
	for _, c := range []struct{ name, path string }{
		{"warm tile", tile}, {"warm filtered tile", tile + "?filter.dltb=DLBM+IN+('0101','0102')+AND+n+%3E+5"}, {"page of 100 of a filter", "/collections/dltb/items?filter=n+%3E+5"}, {"health", "/healthz"}, {"item", "/collections/dltb/items/b7"}, {"locate", "/locate?lon=95.001&lat=36.501&layers=dltb"},
		{"page of 100", "/collections/dltb/items?limit=100"}, {"not found", "/nothing"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var ctx fasthttp.RequestCtx
			for b.Loop() {
				ctx.Init(&fasthttp.Request{}, nil, nil)
				ctx.Request.SetRequestURI(c.path)
				ctx.Request.Header.SetHost("tuban.test")
				ctx.Request.Header.Set("Accept-Encoding", "gzip")
				g.s.serve(&ctx)
			}
		})
	}
}

func BenchmarkRouter(b *testing.B) {
	r := newRouter((&Server{}).routes())
	b.ReportAllocs()
	for b.Loop() {
		r.match("/mvt/dltb,patch/12/3128/1603")
	}
}
