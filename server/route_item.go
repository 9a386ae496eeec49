package server

import (
	"net/http"
	"strconv"

	"tuban/engine"
	"tuban/feature"
	"tuban/formats/geojson"
	"tuban/geom"
)

// find returns the feature of the path's {featureId}.
func (r *request) find(l *engine.LayerView) (feature.Slot, error) {
	id := r.param("featureId")
	s, ok := l.Find(feature.ID(id))
	if !ok {
		return 0, newProblem(http.StatusNotFound, "no-such-feature", "layer %s has no feature %q", l.Layer().ID, shorten(id)).
			with(wrong{Parameter: "featureId", Detail: "no such feature"})
	}
	return s, nil
}

func routeItem(r *request) error {
	l, err := r.layer()
	if err != nil {
		return err
	}
	s, err := r.find(l)
	if err != nil {
		return err
	}
	r.ctx.Response.Header.Set("Cache-Control", "no-cache")
	if r.notModified(versionTag(l.Version(s))) {
		return nil
	}
	f := l.Feature(s)
	r.write(http.StatusOK, typeGeoJSON, r.appendItem(nil, l.Layer().ID, &f, nil))
	return nil
}

// appendItem appends a feature as the answer that it is alone: with its area
// and version, links, and, after a write, what was found in its geometry.
func (r *request) appendItem(b []byte, layer feature.LayerID, f *feature.Feature, problems []geom.Problem) []byte {
	b = geojson.AppendFeature(b, f)
	b = b[:len(b)-1] // its closing brace
	if f.Geometry != nil && geom.IsAreal(f.Geometry) {
		b = feature.AppendFloat(append(b, `,"area_m2":`...), f.Area)
	}
	b = strconv.AppendUint(append(b, `,"version":`...), uint64(f.Version), 10)
	if len(problems) > 0 {
		b = append(append(b, `,"warnings":`...), problemsJSON(problems)...)
	}
	return append(appendLinks(b, []link{
		{Href: r.itemURL(layer, f.ID), Rel: "self", Type: typeGeoJSON},
		{Href: r.collectionURL(layer), Rel: "collection", Type: typeJSON},
	}), '}')
}

// problemsJSON returns geometry problems as a JSON array.
func problemsJSON(problems []geom.Problem) []byte {
	b, err := marshal(problems)
	if err != nil { // codes, counts and finite numbers
		panic(err)
	}
	return b
}
