package server

import (
	"net/http"
)

// routes is the list of everything that is answered.
func (s *Server) routes() []*route {
	get := func(template string, h func(*request) error, query ...string) *route {
		return &route{method: http.MethodGet, template: template, handle: h, query: query}
	}
	plain := func(rt *route) *route { rt.plain = true; return rt }
	present := func(rt *route) *route { rt.present = true; return rt }
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
		tilesets   = collection + "/tiles"
		tileset    = "/{tileMatrixSetId}"
		matrixTile = "/{tileMatrix}/{tileRow}/{tileCol}"
	)
	list := []*route{
		present(get("/", routeLanding)),
		plain(get("/conformance", routeConformance)),
		plain(get("/api", routeAPI)),

		get("/collections", routeCollections),
		get(collection, routeCollection),
		write(http.MethodPut, collection, routePutCollection),

		get(collection+"/queryables", routeQueryables),
		get(items, routeItems, "bbox", "filter", "filter-lang", "properties", "limit", "cursor"),
		write(http.MethodPost, items, routePostItems, "on_error"),
		get(item, routeItem),
		write(http.MethodPut, item, routePutItem),
		write(http.MethodPatch, item, routePatchItem),
		write(http.MethodDelete, item, routeDeleteItem),

		get(item+"/overlap", routeItemOverlap, overlapParameters...),
		post("/overlap", routeOverlap, overlapParameters...),
		post("/overlap/batch", routeBatch, overlapParameters...),
		get("/locate", routeLocate, "lon", "lat", "layers", "filter", ownFilter, "filter-lang"),
		post("/locate", routeLocateMany, "layers", "filter", ownFilter, "filter-lang"),
		get("/nearest", routeNearest, "lon", "lat", "layers", "k", "max_m", "filter", ownFilter, "filter-lang"),

		quiet(get("/mvt/{layers}/{z}/{x}/{y}", routeTile, with(tileParameters, "tms")...)),
		get("/mvt/{layers}.json", routeTileJSON, with(tileParameters, "tms")...),

		plain(get("/tileMatrixSets", routeTileMatrixSets)),
		plain(get("/tileMatrixSets/{tileMatrixSetId}", routeTileMatrixSet)),
		present(get(tilesets, routeCollectionTilesets)),
		present(get(tilesets+tileset, routeCollectionTileset)),
		quiet(get(tilesets+tileset+matrixTile, routeCollectionTile, tileParameters...)),
		present(get("/tiles", routeTilesets, "collections")),
		present(get("/tiles"+tileset, routeTileset, "collections")),
		quiet(get("/tiles"+tileset+matrixTile, routeDatasetTile, with(tileParameters, "collections")...)),

		present(get("/styles/{name}.json", routeStyle)),

		plain(get("/events", routeEvents, "after")),
		quiet(plain(get("/healthz", routeHealth))),
		quiet(plain(get("/readyz", routeReady))),
		quiet(plain(get("/metrics", routeMetrics))),
		plain(get("/console", routeConsoleRoot)),
		quiet(plain(get("/console/", routeConsole))),
		quiet(plain(get("/console/{path...}", routeConsole))),
	}
	for _, rt := range list {
		if !rt.plain && !rt.present {
			rt.query = append(rt.query, asOf)
		}
		if rt.knows("filter") {
			rt.query = append(rt.query, validOn)
		}
	}
	return list
}
