package server

import (
	"net/http"

	"tuban/overlap"
)

// routeLocate answers which features hold a point.
func routeLocate(r *request) error {
	lon, hasLon := r.value("lon")
	lat, hasLat := r.value("lat")
	if !hasLon {
		return badParameter("lon", "is missing; give the longitude in degrees")
	}
	if !hasLat {
		return badParameter("lat", "is missing; give the latitude in degrees")
	}
	p, err := parseLonLat(lon, lat)
	if err != nil {
		return err
	}
	var layers []overlap.Layer
	if list, ok := r.value("layers"); ok {
		if layers, err = r.overlapLayers(list); err != nil {
			return err
		}
	} else if layers, err = r.filtered(r.view.Layers()); err != nil {
		return err
	}
	at := overlap.Locate(layers, p[0], p[1])
	r.ctx.Response.Header.Set("Cache-Control", "no-cache")
	r.write(http.StatusOK, typeJSON, overlap.AppendLocation(nil, r.view.Seq(), &at))
	return nil
}
