package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/valyala/fasthttp"

	"tuban/engine"
)

// Server answers HTTP requests from one engine.
type Server struct {
	engine  *engine.Engine
	opt     Options
	limits  Limits
	log     *slog.Logger
	http    *fasthttp.Server
	router  *router
	metrics *metrics
	base    *url.URL // of Options.BaseURL; nil when links follow the request

	ready    atomic.Bool
	heavy    chan struct{} // holds one for each overlay under way
	bulk     chan struct{} // holds one for each bulk write under way
	batches  chan struct{} // holds one for each POST /overlap/batch under way
	turns    chan struct{} // holds one for each row that a batch measures
	streams  atomic.Int64
	blank    blankIndex
	work     context.Context // ends when Shutdown has given up waiting
	endWork  context.CancelFunc
	stopping chan struct{} // closed when Shutdown begins
	stop     sync.Once
}

// New returns a server of an engine. It is ready (see SetReady) from the start.
func New(e *engine.Engine, opt Options) (*Server, error) {
	s := &Server{engine: e, opt: opt, limits: opt.Limits.withDefaults(), log: opt.Logger, stopping: make(chan struct{})}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.opt.CORS.Read == nil {
		s.opt.CORS.Read = []string{"*"}
	}
	if s.opt.Title == "" {
		s.opt.Title = "tuban"
	}
	if opt.BaseURL != "" {
		u, err := url.Parse(strings.TrimSuffix(opt.BaseURL, "/"))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return nil, fmt.Errorf("base URL %q: give scheme, host and path, such as https://map.example/tuban", opt.BaseURL)
		}
		s.base = u
	}
	s.work, s.endWork = context.WithCancel(context.Background())
	s.heavy = make(chan struct{}, s.limits.Heavy)
	s.bulk = make(chan struct{}, s.limits.Bulk)
	s.batches = make(chan struct{}, s.limits.Batches)
	s.turns = make(chan struct{}, runtime.GOMAXPROCS(0))
	s.metrics = newMetrics(s)
	s.router = newRouter(s.routes())
	s.ready.Store(true)
	s.http = &fasthttp.Server{
		Handler:                      s.serve,
		ErrorHandler:                 s.serveBroken,
		Logger:                       fasthttpLogger{s.log},
		Concurrency:                  s.limits.Connections,
		MaxConnsPerIP:                s.limits.ConnectionsPer,
		MaxRequestBodySize:           s.limits.Body,
		ReadBufferSize:               s.limits.Header,
		ReadTimeout:                  s.limits.Read,
		IdleTimeout:                  s.limits.Idle,
		NoDefaultServerHeader:        true,
		NoDefaultContentType:         true,
		CloseOnShutdown:              true,
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		TCPKeepalive:                 true,
	}
	return s, nil
}

// Serve answers the connections of a listener until Shutdown. It may be called
// for several listeners.
func (s *Server) Serve(ln net.Listener) error {
	select {
	case <-s.stopping:
		return errors.Join(errors.New("the server has been shut down"), ln.Close())
	default:
	}
	return s.http.Serve(&listener{Listener: ln, write: s.limits.Write})
}

// SetReady sets what /readyz answers.
func (s *Server) SetReady(ready bool) { s.ready.Store(ready) }

// Shutdown stops accepting, ends event streams and waits until the requests
// under way are answered. When ctx ends first, work still under way is
// cancelled and the error of ctx is returned.
func (s *Server) Shutdown(ctx context.Context) error {
	s.ready.Store(false)
	s.stop.Do(func() { close(s.stopping) })
	defer s.endWork()
	return s.http.ShutdownWithContext(ctx)
}

// fasthttpLogger takes what fasthttp has to say about connections.
type fasthttpLogger struct{ log *slog.Logger }

// Printf logs at debug level: these are clients that went away.
func (l fasthttpLogger) Printf(format string, args ...any) {
	if l.log.Enabled(context.Background(), slog.LevelDebug) {
		l.log.Debug("connection", "detail", fmt.Sprintf(format, args...))
	}
}
