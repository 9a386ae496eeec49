package server

import (
	"net/http"

	"tuban/feature"
)

const typeSchema = "application/schema+json"

// relQueryables is the link relation of what filters may name.
const relQueryables = "http://www.opengis.net/def/rel/ogc/1.0/queryables"

// routeQueryables lists what filters may name, as a JSON schema (OGC API -
// Features, Part 3).
func routeQueryables(r *request) error {
	l, err := r.layer()
	if err != nil {
		return err
	}
	d := l.Layer()
	properties := map[string]any{}
	for _, f := range d.Fields {
		p := map[string]any{"title": f.Name}
		if f.Type != feature.FieldAny {
			p["type"] = string(f.Type)
		}
		properties[f.Name] = p
	}
	properties["id"] = map[string]any{"title": "feature id", "type": "string", "x-ogc-role": "id"}
	properties["geometry"] = map[string]any{"title": "geometry", "format": "geometry-any", "x-ogc-role": "primary-geometry"}
	return r.writeJSON(http.StatusOK, typeSchema, map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": r.collectionURL(d.ID) + "/queryables",
		"type": "object", "title": title(d), "properties": properties, "additionalProperties": false,
	})
}
