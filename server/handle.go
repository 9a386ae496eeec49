package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"
)

// serve is the outermost handler. fasthttp does not recover panics: what is not
// caught here ends the process.
func (s *Server) serve(ctx *fasthttp.RequestCtx) {
	start := time.Now()
	r := &request{Server: s, ctx: ctx, id: requestID(string(ctx.Request.Header.Peek("X-Request-Id")))}
	s.metrics.active.Inc()
	defer s.metrics.active.Dec()
	defer r.recover()
	r.run()
	r.forgetBody()
	r.finish(time.Since(start))
}

// run answers the request whatever happens in its handler.
func (r *request) run() {
	defer r.recover()
	r.setCommonHeaders()
	if err := r.answer(); err != nil {
		r.fail(err)
		return
	}
	r.compress()
}

// recover turns a panic into an answer 500; it is called by defer.
func (r *request) recover() {
	x := recover()
	if x == nil {
		return
	}
	r.metrics.panics.Inc()
	r.log.Error("panic in a handler", "request_id", r.id, "method", string(r.ctx.Method()),
		"path", string(r.ctx.URI().PathOriginal()), "panic", x, "stack", string(debug.Stack()))
	r.fail(newProblem(http.StatusInternalServerError, "internal", "an internal error; the log has it under the request id"))
}

func (r *request) setCommonHeaders() {
	h := &r.ctx.Response.Header
	h.Set("X-Request-Id", r.id)
	h.Set("X-Content-Type-Options", "nosniff")
	r.setCORS()
}

// answer finds the route, checks what all routes have in common and runs it.
func (r *request) answer() error {
	method := string(r.ctx.Method())
	routes, params := r.router.match(string(r.ctx.URI().PathOriginal()))
	if len(routes) == 0 {
		return newProblem(http.StatusNotFound, "no-such-path", "there is nothing at this path; / links to what there is")
	}
	r.params, r.allow = params, allowed(routes)
	if method == http.MethodOptions {
		r.preflight()
		return nil
	}
	if r.route = forMethod(routes, method); r.route == nil {
		p := newProblem(http.StatusMethodNotAllowed, "method-not-allowed", "%s is not allowed here; %s are", method, r.allow)
		p.allow = r.allow
		return p
	}
	if !r.knownHost() {
		return newProblem(http.StatusMisdirectedRequest, "unknown-host", "this server is not called %q: start it with --base-url to give it another name", shorten(string(r.ctx.Host())))
	}
	if r.route.writes && !r.mayWrite() {
		return newProblem(http.StatusForbidden, "origin-refused", "pages of origin %s may not change data here", r.header("Origin"))
	}
	if err := r.parseQuery(); err != nil {
		return err
	}
	if err := r.pin(); err != nil {
		return err
	}
	if !r.route.plain {
		r.setSeq(r.view.Seq())
	}
	return r.route.handle(r)
}

// fail replaces whatever was answered so far by a problem.
func (r *request) fail(err error) {
	p := problemOf(err)
	if p.Status == http.StatusInternalServerError && p != err {
		r.log.Error("request failed", "request_id", r.id, "method", string(r.ctx.Method()),
			"path", string(r.ctx.URI().PathOriginal()), "error", err.Error())
	}
	p.Instance, p.TraceID = string(r.ctx.URI().PathOriginal()), r.id
	r.ctx.Response.Reset()
	r.setCommonHeaders()
	if r.unread() {
		r.linger()
		p.close = true
	}
	h := &r.ctx.Response.Header
	if p.allow != "" {
		h.Set("Allow", p.allow)
	}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(max(1, p.retryAfter/time.Second))))
	}
	if p.close {
		r.ctx.SetConnectionClose()
	}
	h.Set("Cache-Control", "no-store")
	h.SetContentType("application/problem+json")
	r.ctx.SetStatusCode(p.Status)
	r.ctx.SetBody(p.json())
}

// serveBroken answers what could not be read as a request: fasthttp calls it
// instead of serve, then closes the connection.
func (s *Server) serveBroken(ctx *fasthttp.RequestCtx, err error) {
	r := &request{Server: s, ctx: ctx, id: requestID("")}
	defer r.recover()
	r.fail(s.brokenProblem(err))
	r.linger() // fasthttp closes the connection
	r.finish(0)
}

func (s *Server) brokenProblem(err error) *problem {
	if errors.Is(err, fasthttp.ErrBodyTooLarge) {
		return newProblem(http.StatusRequestEntityTooLarge, "body-too-large", "the body is larger than %d bytes", s.limits.Body)
	}
	if _, ok := errors.AsType[*fasthttp.ErrSmallBuffer](err); ok {
		return newProblem(http.StatusRequestHeaderFieldsTooLarge, "header-too-large", "the request line and headers are larger than %d bytes", s.limits.Header)
	}
	if isTimeout(err) {
		return newProblem(http.StatusRequestTimeout, "slow-request", "the request did not come whole within %v", s.limits.Read)
	}
	return newProblem(http.StatusBadRequest, "bad-request", "this is not an HTTP/1.1 request that can be read")
}

// linger lets the client, which may still be sending, have the refusal that is
// given before its request was read to the end. The connection must be closed.
func (r *request) linger() {
	if c, ok := r.ctx.Conn().(*conn); ok {
		c.linger.Store(true)
	}
}

// isTimeout reports whether a read ended by its deadline. net.Error is not
// asked for: connections through memory have only half of it.
func isTimeout(err error) bool {
	e, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return ok && e.Timeout()
}

// finish counts and logs the answered request.
func (r *request) finish(took time.Duration) {
	template, quiet := "none", false
	if r.route != nil {
		template, quiet = r.route.template, r.route.quiet
	}
	status := r.ctx.Response.StatusCode()
	method := knownMethod(string(r.ctx.Method()))
	r.metrics.observe(method, template, status, took)
	level := slog.LevelInfo
	switch {
	case status >= 500:
		level = slog.LevelError
	case quiet && status < 400:
		level = slog.LevelDebug
	}
	background := context.Background()
	if !r.log.Enabled(background, level) {
		return
	}
	size := -1 // a stream
	if !r.ctx.Response.IsBodyStream() {
		size = len(r.ctx.Response.Body())
	}
	r.log.LogAttrs(background, level, "request",
		slog.String("request_id", r.id), slog.String("method", method),
		slog.String("path", string(r.ctx.URI().PathOriginal())), slog.String("route", template),
		slog.Int("status", status), slog.Int("bytes", size), slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.String("remote", r.remote()))
}

// remote returns the client's address.
func (r *request) remote() string {
	if c, ok := r.ctx.Conn().(*conn); ok {
		return c.remote
	}
	return r.ctx.RemoteAddr().String()
}

// knownMethod keeps clients from making up label values.
func knownMethod(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return m
	}
	return "other"
}
