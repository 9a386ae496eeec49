package server

import (
	"net/http"

	"tuban/server/console"
)

// routeConsoleRoot sends a browser to the console's page; its own links are
// relative to that folder.
func routeConsoleRoot(r *request) error {
	r.ctx.Response.Header.Set("Location", r.baseURL()+"/console/")
	r.ctx.SetStatusCode(http.StatusFound)
	return nil
}

// routeConsole answers the console's files.
func routeConsole(r *request) error {
	path := r.param("path")
	data, contentType, etag, ok := console.File(path)
	if !ok {
		return newProblem(http.StatusNotFound, "no-such-path", "the console has no such file")
	}
	h := &r.ctx.Response.Header
	if quality(r.header("Accept-Encoding"), "gzip") > 0 {
		if packed, tag, ok := console.Gzip(path); ok {
			data, etag = packed, tag
			h.SetContentEncoding("gzip")
		}
	}
	r.vary("Accept-Encoding")
	h.Set("Content-Security-Policy", console.Policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	if console.Lasting(path) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.notModified(etag) {
		h.Del("Content-Encoding")
		return nil
	}
	r.write(http.StatusOK, contentType, data)
	return nil
}
