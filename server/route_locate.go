package server

import (
	"net/http"

	"github.com/paulmach/orb"

	"tuban/overlap"
)

// routeLocate answers which features hold a point.
func routeLocate(r *request) error {
	p, err := r.place()
	if err != nil {
		return err
	}
	layers, err := r.lookedIn()
	if err != nil {
		return err
	}
	at := overlap.Locate(layers, p[0], p[1])
	r.ctx.Response.Header.Set("Cache-Control", "no-cache")
	r.write(http.StatusOK, typeJSON, overlap.AppendLocation(nil, r.view.Seq(), &at))
	return nil
}

// place returns the point of the parameters lon and lat.
func (r *request) place() (orb.Point, error) {
	lon, hasLon := r.value("lon")
	lat, hasLat := r.value("lat")
	if !hasLon {
		return orb.Point{}, badParameter("lon", "is missing; give the longitude in degrees")
	}
	if !hasLat {
		return orb.Point{}, badParameter("lat", "is missing; give the latitude in degrees")
	}
	return parseLonLat(lon, lat)
}

// lookedIn returns the layers to look in: those named, else all.
func (r *request) lookedIn() ([]overlap.Layer, error) {
	if list, ok := r.value("layers"); ok {
		return r.overlapLayers(list)
	}
	return r.filtered(r.view.Layers())
}
