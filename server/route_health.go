package server

import (
	"net/http"
	"time"
)

// routeHealth answers that the process answers.
func routeHealth(r *request) error {
	r.ctx.Response.Header.Set("Cache-Control", "no-store")
	return r.writeJSON(http.StatusOK, typeJSON, map[string]any{"status": "ok"})
}

// routeReady answers whether requests should be sent here.
func routeReady(r *request) error {
	if !r.ready.Load() {
		return newProblem(statusUnavailable, "not-ready", "the server is starting or stopping").retry(time.Second)
	}
	r.ctx.Response.Header.Set("Cache-Control", "no-store")
	return r.writeJSON(http.StatusOK, typeJSON, map[string]any{"status": "ready", "seq": r.view.Seq(), "layers": len(r.view.Layers())})
}
