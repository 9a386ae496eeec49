package server

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	exposedHeaders = "ETag, Location, Tuban-Seq, Tuban-Generalised, X-Request-Id, Retry-After"
	allowedHeaders = "Content-Type, If-Match, If-None-Match, Last-Event-ID, X-Request-Id, Tuban-Reason"
)

// setCORS lets pages of other origins read the answer.
func (r *request) setCORS() {
	origin := r.header("Origin")
	if origin == "" && !slices.Contains(r.opt.CORS.Read, "*") {
		r.vary("Origin")
		return
	}
	h := &r.ctx.Response.Header
	switch {
	case slices.Contains(r.opt.CORS.Read, "*"):
		h.Set("Access-Control-Allow-Origin", "*")
	case slices.Contains(r.opt.CORS.Read, origin), slices.Contains(r.opt.CORS.Write, origin):
		h.Set("Access-Control-Allow-Origin", origin)
		r.vary("Origin")
	default:
		r.vary("Origin")
		return
	}
	h.Set("Access-Control-Expose-Headers", exposedHeaders)
}

// preflight answers OPTIONS.
func (r *request) preflight() {
	h := &r.ctx.Response.Header
	h.Set("Allow", r.allow)
	if r.header("Access-Control-Request-Method") != "" {
		h.Set("Access-Control-Allow-Methods", r.allow)
		h.Set("Access-Control-Allow-Headers", allowedHeaders)
		h.Set("Access-Control-Max-Age", "600")
	}
	r.ctx.SetStatusCode(http.StatusOK)
}

// mayWrite reports whether the page that sent the request, if one did, may
// change data: its origin is the server's own or is allowed to write.
func (r *request) mayWrite() bool {
	origin := r.header("Origin")
	if origin == "" || slices.Contains(r.opt.CORS.Write, origin) || slices.Contains(r.opt.CORS.Write, "*") {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	own, err := url.Parse(r.baseURL())
	return err == nil && u.Host != "" && u.Host == own.Host
}

// knownHost reports whether the request calls the server by one of its names.
func (r *request) knownHost() bool {
	if r.opt.Hosts == nil {
		return true
	}
	host := string(r.ctx.Host())
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return slices.Contains(r.opt.Hosts, strings.ToLower(strings.Trim(host, "[]")))
}

// vary adds a name to the Vary header.
func (r *request) vary(name string) {
	h := &r.ctx.Response.Header
	switch was := string(h.Peek("Vary")); {
	case was == "":
		h.Set("Vary", name)
	case !strings.Contains(was, name): // no name here is part of another but Accept, which comes first
		h.Set("Vary", was+", "+name)
	}
}
