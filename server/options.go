package server

import (
	"log/slog"
	"time"

	"tuban/tiles"
)

// Options configure New. The zero value works.
type Options struct {
	Logger *slog.Logger // nil is silence
	Limits Limits
	// Tiles keeps finished tiles. It must be the one that the engine tells of
	// its commits before it publishes them. nil: tiles are made on each request.
	Tiles *tiles.Cache
	CORS  CORS
	// BaseURL is the address that links begin with, such as
	// "https://map.example/tuban". "" takes it from each request: its Host, or
	// X-Forwarded-Proto, -Host and -Prefix.
	BaseURL string
	// Hosts are the names that requests may call the server by (the Host
	// header, without port); nil is any. A server that trusts whoever reaches
	// it, because only this machine can, must name them: else a web page could
	// call it by a name of its own that leads here (DNS rebinding).
	Hosts   []string
	Version string // of the program, for /metrics and the landing page
	Title   string // of the data set, for the landing page; "" is "tuban"
}

// CORS says which origins a browser may call from. "*" is any origin.
type CORS struct {
	Read  []string // reading; nil is "*"
	Write []string // changing data; nil is none but the server's own origin
}

// Limits bound what one request and one client may cost. Zero members take
// their defaults (DefaultLimits).
type Limits struct {
	Body           int           // bytes of a request body, also after decompression
	Vertices       int           // vertices in a body
	Polygons       int           // features in a body of POST /overlap
	Points         int           // points in a body of POST /locate
	Nearest        int           // features of a layer in an answer to /nearest
	Rows           int           // features in a body of POST …/items
	Depth          int           // nesting of JSON
	Header         int           // bytes of the request line and headers
	Page           int           // features on one page of items
	PageBytes      int           // a page of items ends early beyond this many bytes
	Query          int           // bytes of a query string
	Layers         int           // layers named in one request
	Connections    int           // open connections
	ConnectionsPer int           // open connections from one address
	Heavy          int           // overlay requests worked on at once
	Bulk           int           // bulk writes taken in at once
	Batches        int           // streams of POST /overlap/batch at once
	Stream         int64         // bytes of a text sequence, after decompression
	Streams        int           // open event streams
	Read           time.Duration // from a request's first byte to its last
	Write          time.Duration // for the client to take 64 KiB of the answer
	Idle           time.Duration // between requests of a connection
	Work           time.Duration // for making an answer, waiting included
	Ping           time.Duration // between comments on a silent event stream
}

// DefaultLimits returns the limits that a zero Limits stands for.
func DefaultLimits() Limits {
	return Limits{
		Body: 64 << 20, Vertices: 2_000_000, Polygons: 10_000, Points: 100_000, Nearest: 1000, Rows: 1_000_000, Depth: 64,
		Header: 16 << 10, Page: 10_000, PageBytes: 64 << 20, Query: 8 << 10, Layers: 64,
		Connections: 4096, ConnectionsPer: 0, Heavy: 8, Bulk: 4, Batches: 4, Stream: 16 << 30, Streams: 1024,
		Read: 60 * time.Second, Write: 30 * time.Second, Idle: 120 * time.Second, Work: 60 * time.Second,
		Ping: 15 * time.Second,
	}
}

func orDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

func (l Limits) withDefaults() Limits {
	d := DefaultLimits()
	for _, f := range []struct {
		v *int
		d int
	}{
		{&l.Body, d.Body}, {&l.Vertices, d.Vertices}, {&l.Polygons, d.Polygons}, {&l.Points, d.Points}, {&l.Nearest, d.Nearest}, {&l.Rows, d.Rows}, {&l.Depth, d.Depth},
		{&l.Header, d.Header}, {&l.Page, d.Page}, {&l.PageBytes, d.PageBytes}, {&l.Query, d.Query}, {&l.Layers, d.Layers},
		{&l.Connections, d.Connections}, {&l.Heavy, d.Heavy}, {&l.Bulk, d.Bulk}, {&l.Batches, d.Batches}, {&l.Streams, d.Streams},
	} {
		orDefault(f.v, f.d)
	}
	orDefault(&l.Stream, d.Stream)
	for _, f := range []struct{ v, d *time.Duration }{
		{&l.Read, &d.Read}, {&l.Write, &d.Write}, {&l.Idle, &d.Idle}, {&l.Work, &d.Work}, {&l.Ping, &d.Ping},
	} {
		orDefault(f.v, *f.d)
	}
	return l
}
