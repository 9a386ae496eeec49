package server

import (
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

// BenchmarkOverlapRequest is what one request for overlaps costs in the server,
// from a request that has been read to an answer that has not been sent.
func BenchmarkOverlapRequest(b *testing.B) {
	g := newRig(b, Options{})
	g.fill(200)
	patch := square(95+1./256, 36.5+1./256, 1./128)
	for _, c := range []struct{ name, path, body string }{
		{"overlap, classes", "/overlap?layers=dltb,patch&detail=classes", patch},
		{"overlap, features", "/overlap?layers=dltb,patch", featureJSON("q", patch, `{"a":1}`)},
		{"locate", "/locate?lon=95.001&lat=36.501&layers=dltb", ""},
		{"nearest", "/nearest?lon=95.001&lat=36.499&layers=dltb&k=5", ""},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var ctx fasthttp.RequestCtx
			for b.Loop() {
				ctx.Init(&fasthttp.Request{}, nil, nil)
				ctx.Request.SetRequestURI(c.path)
				ctx.Request.Header.SetHost("tuban.test")
				if c.body != "" {
					ctx.Request.Header.SetMethod("POST")
					ctx.Request.Header.SetContentType(typeGeoJSON)
					ctx.Request.SetBodyStream(strings.NewReader(c.body), len(c.body))
				}
				g.s.serve(&ctx)
				if ctx.Response.StatusCode() != 200 {
					b.Fatalf("%d %s", ctx.Response.StatusCode(), ctx.Response.Body())
				}
			}
		})
	}
}
