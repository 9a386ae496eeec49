package server

import (
	"net/http"
	"strings"
)

// routeLanding answers what there is, or sends a browser to the console.
func routeLanding(r *request) error {
	r.vary("Accept")
	if r.prefersHTML() {
		return routeConsoleRoot(r)
	}
	base := r.baseURL()
	return r.writeJSON(http.StatusOK, typeJSON, map[string]any{
		"title":       r.opt.Title,
		"description": "Change patches and reference layers of a city: what lies on what and how much of it, and the map of it, always at the newest commit.",
		"version":     r.opt.Version,
		"seq":         r.view.Seq(),
		"links": []link{
			{Href: base + "/", Rel: "self", Type: typeJSON, Title: "this document"},
			{Href: base + "/console/", Rel: "alternate", Type: "text/html", Title: "the map console"},
			{Href: base + "/api", Rel: "service-desc", Type: typeOpenAPI, Title: "OpenAPI 3.0 description"},
			{Href: base + "/conformance", Rel: "conformance", Type: typeJSON, Title: "conformance classes"},
			{Href: base + "/collections", Rel: "data", Type: typeJSON, Title: "layers"},
			{Href: base + "/tiles", Rel: relTilesets, Type: typeJSON, Title: "vector tiles of all layers"},
			{Href: base + "/tileMatrixSets", Rel: relTilingSchemes, Type: typeJSON, Title: "tile matrix sets"},
			{Href: base + "/styles/default.json", Rel: "stylesheet", Type: "application/vnd.mapbox.style+json", Title: "MapLibre style of all layers"},
			{Href: base + "/events", Rel: "monitor", Type: "text/event-stream", Title: "commits as they happen"},
		},
	})
}

// conformance lists the classes that are met in full. Those of OGC API -
// Features are not among them: its core wants the parameter datetime, which is
// refused here so far.
func conformance() []string {
	return []string{
		"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
		"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
		"http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
		"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
		"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
		"http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
		"http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
		"http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
		"http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
		"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
		"http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/collections-selection",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
		"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
		"http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
		"http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
		"http://www.opengis.net/spec/tms/2.0/conf/tilematrixsetlimits",
		"http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixsetlimits",
		"http://www.opengis.net/spec/tms/2.0/conf/tilesetmetadata",
		"http://www.opengis.net/spec/tms/2.0/conf/json-tilesetmetadata",
	}
}

func routeConformance(r *request) error {
	return r.writeJSON(http.StatusOK, typeJSON, map[string]any{"conformsTo": conformance()})
}

// routeAPI answers the OpenAPI document with this server's address in it.
func routeAPI(r *request) error {
	doc := strings.Replace(openAPI, `"url": "/"`, `"url": "`+r.baseURL()+`"`, 1)
	r.write(http.StatusOK, typeOpenAPI, []byte(doc))
	return nil
}
