package load

import (
	"context"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

// BenchmarkDo is what a request costs this program, and a server that does
// nothing: the floor of every measurement over HTTP on the machine.
func BenchmarkDo(b *testing.B) {
	url := serve(b, &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) { ctx.SetBodyString("ok") }})
	c, err := NewClient(url, 1, time.Minute, "gzip")
	if err != nil {
		b.Fatal(err)
	}
	var x Exchange
	r := c.Get("/locate?lon=94.9&lat=36.4&layers=dltb")
	b.ReportAllocs()
	for b.Loop() {
		if err := c.Do(&x, r); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDrive is the clockwork without any request.
func BenchmarkDrive(b *testing.B) {
	b.ReportAllocs()
	_, err := Drive(b.Context(), Load{Connections: 1, Duration: time.Hour, Most: int64(max(b.N, 1))}, 1, func(int64) int { return 0 },
		func(_ context.Context, c *Call) { c.Answered(0, time.Now(), 1) }, nil)
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkWalk(b *testing.B) {
	g := plain()
	b.ReportAllocs()
	for b.Loop() {
		First(g.Walk(1), 1000)
	}
}
