package server

import "net/http"

// routes is the list of everything that is answered.
func (s *Server) routes() []*route {
	get := func(template string, h func(*request) error, query ...string) *route {
		return &route{method: http.MethodGet, template: template, handle: h, query: query}
	}
	plain := func(rt *route) *route { rt.plain = true; return rt }
	quiet := func(rt *route) *route { rt.quiet = true; return rt }
	post := func(template string, h func(*request) error, query ...string) *route {
		return &route{method: http.MethodPost, template: template, handle: h, query: query}
	}
	write := func(method, template string, h func(*request) error, query ...string) *route {
		return &route{method: method, template: template, handle: h, query: query, writes: true, plain: true}
	}
	const (
		collection = "/collections/{collectionId}"
		items      = collection + "/items"
		item       = items + "/{featureId}"
	)
	return []*route{
		get("/", routeLanding),
		plain(get("/conformance", routeConformance)),
		plain(get("/api", routeAPI)),

		get("/collections", routeCollections),
		get(collection, routeCollection),
		write(http.MethodPut, collection, routePutCollection),

		get(items, routeItems, "bbox", "limit", "cursor"),
		write(http.MethodPost, items, routePostItems, "on_error"),
		get(item, routeItem),
		write(http.MethodPut, item, routePutItem),
		write(http.MethodPatch, item, routePatchItem),
		write(http.MethodDelete, item, routeDeleteItem),

		get(item+"/overlap", routeItemOverlap, overlapParameters...),
		post("/overlap", routeOverlap, overlapParameters...),
		post("/overlap/batch", routeBatch, overlapParameters...),
		get("/locate", routeLocate, "lon", "lat", "layers"),
		post("/locate", routeLocateMany, "layers"),
		get("/nearest", routeNearest, "lon", "lat", "layers", "k", "max_m"),

		quiet(get("/mvt/{layers}/{z}/{x}/{y}", routeTile)),
		get("/mvt/{layers}.json", routeTileJSON),
		get("/styles/{name}.json", routeStyle),

		plain(get("/events", routeEvents, "after")),
		quiet(plain(get("/healthz", routeHealth))),
		quiet(plain(get("/readyz", routeReady))),
		quiet(plain(get("/metrics", routeMetrics))),
		plain(get("/console", routeConsoleRoot)),
		quiet(plain(get("/console/", routeConsole))),
		quiet(plain(get("/console/{path...}", routeConsole))),
	}
}
