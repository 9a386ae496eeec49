// Package server is tuban over HTTP/1.1: it turns requests into reads of one
// View and commits of one engine, and errors into application/problem+json.
//
// A request goes: conn (timeouts that move on with each write) → recovering
// outermost handler (request id, panic → 500) → router (fixed templates; 404,
// 405) → limits and query check (an unknown parameter is 400) → the route's
// handler, which pins one View and answers from it alone → gzip → access log
// and metrics. One file route_*.go holds one family of paths; routes.go lists
// them all, and openapi.json describes the same list (a test compares them).
//
// Must never be true: a panic ends the process; an answer mixes two seqs; an
// unknown parameter is ignored; a byte of fasthttp's RequestCtx is read after
// its handler has returned.
package server
