package server

import (
	"net/http"
	"strconv"

	"tuban/overlap"
)

// routeNearest answers which features are nearest to a point.
func routeNearest(r *request) error {
	p, err := r.place()
	if err != nil {
		return err
	}
	k := 1
	if text, ok := r.value("k"); ok {
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil || n == 0 || n > uint64(r.limits.Nearest) {
			return badParameter("k", "%q is not a whole number from 1 to %d", shorten(text), r.limits.Nearest)
		}
		k = int(n)
	}
	reach := float64(overlap.MaxReach)
	if text, ok := r.value("max_m"); ok {
		if reach, err = parseNumber(text); err != nil || reach < 0 || reach > overlap.MaxReach {
			return badParameter("max_m", "%q is not a distance in metres from 0 to %v", shorten(text), int(overlap.MaxReach))
		}
	}
	layers, err := r.lookedIn()
	if err != nil {
		return err
	}
	near := overlap.Nearest(layers, p[0], p[1], k, reach)
	r.ctx.Response.Header.Set("Cache-Control", "no-cache")
	r.write(http.StatusOK, typeJSON, overlap.AppendNearby(nil, r.view.Seq(), &near))
	return nil
}
