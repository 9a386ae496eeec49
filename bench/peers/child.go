package peers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/pprof"
	"time"

	"github.com/valyala/fasthttp"

	"tuban/engine"
	"tuban/server"
	"tuban/tiles"
)

// Opener opens a data set the way the program serves it, with the tile cache
// that the engine tells of its commits.
type Opener func(ctx context.Context, dir string) (*engine.Engine, *tiles.Cache, error)

// request is a line that a child reads. One member is set.
type request struct {
	Serve   string `json:"serve,omitempty"`   // directory to open and serve
	Floor   int    `json:"floor,omitempty"`   // bytes of the body to write to everyone
	Profile string `json:"profile,omitempty"` // file to write a CPU profile to, from now on
	Stop    bool   `json:"stop,omitempty"`    // ends the profile
}

// reply is what a child answers with.
type reply struct {
	Address string        `json:"address,omitempty"` // of the server: no tile cache, or the floor
	Cached  string        `json:"cached,omitempty"`  // of the server with the tile cache
	Opened  time.Duration `json:"opened,omitempty"`  // how long opening the directory took
	Error   string        `json:"error,omitempty"`
}

// Child is a process that answers for tuban: so its CPU time is its own. It
// reads requests from in, one JSON value each, answers each on out, and ends
// when in does.
func Child(ctx context.Context, in io.Reader, out io.Writer, open Opener) error {
	c := &servant{open: open}
	requests, answers := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var q request
		if err := requests.Decode(&q); err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return errors.Join(err, c.close())
		}
		r, err := c.do(ctx, q)
		if err != nil {
			r.Error = err.Error()
		}
		if err := answers.Encode(r); err != nil {
			return errors.Join(err, c.close())
		}
	}
}

// servant is what a child holds.
type servant struct {
	open    Opener
	engine  *engine.Engine
	servers []interface{ Shutdown(context.Context) error }
	profile *os.File
}

func (c *servant) do(ctx context.Context, q request) (reply, error) {
	switch {
	case q.Serve != "":
		return c.serve(ctx, q.Serve)
	case q.Floor > 0:
		return c.floor(q.Floor)
	case q.Profile != "":
		return reply{}, c.start(q.Profile)
	case q.Stop:
		return reply{}, c.stop()
	}
	return reply{}, errors.New("an empty request")
}

// serve opens a directory and serves it twice: tiles are made anew for each
// request on one address, and cached on the other.
func (c *servant) serve(ctx context.Context, dir string) (reply, error) {
	began := time.Now()
	e, cache, err := c.open(ctx, dir)
	if err != nil {
		return reply{}, err
	}
	c.engine = e
	r := reply{Opened: time.Since(began)}
	for _, s := range []struct {
		address *string
		cache   *tiles.Cache
	}{{&r.Address, nil}, {&r.Cached, cache}} {
		srv, err := server.New(e, server.Options{Tiles: s.cache})
		if err != nil {
			return reply{}, err
		}
		if *s.address, err = c.listen(srv.Serve); err != nil {
			return reply{}, err
		}
		c.servers = append(c.servers, srv)
	}
	return r, nil
}

// floor serves a body of a size from memory: what the HTTP library alone costs.
func (c *servant) floor(size int) (reply, error) {
	body := bytes.Repeat([]byte{'x'}, size)
	s := &floorServer{fasthttp.Server{NoDefaultServerHeader: true, Handler: func(ctx *fasthttp.RequestCtx) {
		ctx.Response.Header.SetContentType("application/vnd.mapbox-vector-tile")
		ctx.Response.SetBodyRaw(body)
	}}}
	address, err := c.listen(s.Serve)
	c.servers = append(c.servers, s)
	return reply{Address: address}, err
}

type floorServer struct{ fasthttp.Server }

// Shutdown ends the server.
func (s *floorServer) Shutdown(ctx context.Context) error { return s.ShutdownWithContext(ctx) }

func (c *servant) listen(serve func(net.Listener) error) (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go serve(ln) // ends with Shutdown; until then its clients see what is wrong
	return ln.Addr().String(), nil
}

func (c *servant) start(file string) error {
	if c.profile != nil {
		return errors.New("a profile is under way")
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return errors.Join(err, f.Close())
	}
	c.profile = f
	return nil
}

func (c *servant) stop() error {
	if c.profile == nil {
		return nil
	}
	pprof.StopCPUProfile()
	err := c.profile.Close()
	c.profile = nil
	return err
}

func (c *servant) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	errs := []error{c.stop()}
	for _, s := range c.servers {
		errs = append(errs, s.Shutdown(ctx))
	}
	if c.engine != nil {
		errs = append(errs, c.engine.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing: %w", err)
	}
	return nil
}
