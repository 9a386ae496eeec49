package server

import (
	"errors"
	"net/http"
	"strconv"

	"tuban/engine"
	"tuban/feature"
	"tuban/tiles"
)

// tileset describes the tiles of layers in one grid (OGC API - Tiles, Two
// Dimensional Tile Matrix Set 2.0).
type tileset struct {
	Title    string         `json:"title"`
	DataType string         `json:"dataType"`
	CRS      string         `json:"crs"`
	GridURI  string         `json:"tileMatrixSetURI"`
	Limits   []tileLimits   `json:"tileMatrixSetLimits,omitempty"`
	Bounds   *tileBounds    `json:"boundingBox,omitempty"`
	Layers   []tilesetLayer `json:"layers,omitempty"`
	Links    []link         `json:"links"`
}

// tileLimits are the tiles of a zoom that can have something in them.
type tileLimits struct {
	TileMatrix string `json:"tileMatrix"`
	MinTileRow uint32 `json:"minTileRow"`
	MaxTileRow uint32 `json:"maxTileRow"`
	MinTileCol uint32 `json:"minTileCol"`
	MaxTileCol uint32 `json:"maxTileCol"`
}

type tileBounds struct {
	LowerLeft   [2]float64 `json:"lowerLeft"`
	UpperRight  [2]float64 `json:"upperRight"`
	CRS         string     `json:"crs"`
	OrderedAxes []string   `json:"orderedAxes,omitempty"`
}

type tilesetLayer struct {
	ID            feature.LayerID `json:"id"`
	Title         string          `json:"title"`
	DataType      string          `json:"dataType"`
	MinTileMatrix string          `json:"minTileMatrix,omitempty"`
	MaxTileMatrix string          `json:"maxTileMatrix,omitempty"`
	Bounds        *tileBounds     `json:"boundingBox,omitempty"`
}

func routeCollectionTilesets(r *request) error {
	l, err := r.layer()
	if err != nil {
		return err
	}
	return r.writeTilesets(title(l.Layer()), r.collectionURL(l.Layer().ID)+"/tiles", "")
}

func routeTilesets(r *request) error {
	if _, err := r.tileLayers(); err != nil {
		return err
	}
	return r.writeTilesets(r.opt.Title, r.baseURL()+"/tiles", encodeQuery(r.query))
}

// writeTilesets lists the tilesets, one for each grid. query goes with the links.
func (r *request) writeTilesets(name, address, query string) error {
	var all []tileset
	for _, g := range tiles.Grids() {
		all = append(all, tileset{
			Title: name + ", " + g.String(), DataType: "vector", CRS: gridCRS(g), GridURI: r.gridURI(g),
			Links: []link{
				{Href: address + "/" + g.String() + query, Rel: "self", Type: typeJSON},
				{Href: r.gridURL(g), Rel: relTilingScheme, Type: typeJSON},
			},
		})
	}
	return r.writeJSON(http.StatusOK, typeJSON, map[string]any{
		"tilesets": all, "links": []link{{Href: address + query, Rel: "self", Type: typeJSON}},
	})
}

func routeCollectionTileset(r *request) error {
	l, err := r.layer()
	if err != nil {
		return err
	}
	return r.writeTileset([]*engine.LayerView{l}, title(l.Layer()), r.collectionURL(l.Layer().ID)+"/tiles", "")
}

func routeTileset(r *request) error {
	layers, err := r.tileLayers()
	if err != nil {
		return err
	}
	return r.writeTileset(layers, r.opt.Title, r.baseURL()+"/tiles", encodeQuery(r.query))
}

// tileLayers returns the layers of the parameter collections, else all.
func (r *request) tileLayers() ([]*engine.LayerView, error) {
	if list, ok := r.value("collections"); ok {
		return r.layersNamed("collections", list)
	}
	return r.view.Layers(), nil
}

func (r *request) writeTileset(layers []*engine.LayerView, name, address, query string) error {
	g, err := r.grid()
	if err != nil {
		return err
	}
	self := address + "/" + g.String()
	t := tileset{
		Title: name + ", " + g.String(), DataType: "vector", CRS: gridCRS(g), GridURI: r.gridURI(g),
		Limits: limits(g, layers), Bounds: boundsOf(g, layers),
		Links: []link{
			{Href: self + query, Rel: "self", Type: typeJSON},
			{Href: r.gridURL(g), Rel: relTilingScheme, Type: typeJSON},
			{Href: self + "/{tileMatrix}/{tileRow}/{tileCol}" + query, Rel: "item", Type: typeTile, Templated: true},
		},
	}
	for _, l := range layers {
		d := l.Layer()
		tl := tilesetLayer{ID: d.ID, Title: title(d), DataType: "vector", Bounds: boundsOf(g, []*engine.LayerView{l})}
		if first, last := g.Zooms(d); first <= last {
			tl.MinTileMatrix, tl.MaxTileMatrix = strconv.Itoa(first), strconv.Itoa(last)
		}
		t.Layers = append(t.Layers, tl)
	}
	r.ctx.Response.Header.Set("Cache-Control", "no-cache")
	return r.writeJSON(http.StatusOK, typeJSON, t)
}

// limits returns the limits of each zoom at which something can be drawn.
func limits(g tiles.Grid, layers []*engine.LayerView) (all []tileLimits) {
	for z := range g.MaxZoom() + 1 {
		if c, ok := limitsAt(g, layers, z); ok {
			all = append(all, tileLimits{strconv.Itoa(int(z)), c.MinY, c.MaxY, c.MinX, c.MaxX})
		}
	}
	return all
}

// limitsAt returns the tiles of a zoom that can have something in them.
func limitsAt(g tiles.Grid, layers []*engine.LayerView, z uint8) (tiles.Range, bool) {
	var drawn []*engine.LayerView
	for _, l := range layers {
		if first, last := g.Zooms(l.Layer()); first <= int(z) && int(z) <= last {
			drawn = append(drawn, l)
		}
	}
	b, ok := extentOf(drawn)
	if !ok {
		return tiles.Range{}, false
	}
	c := g.Cover(b, z)
	return c, c.Len() > 0
}

func boundsOf(g tiles.Grid, layers []*engine.LayerView) *tileBounds {
	b, ok := extentOf(layers)
	if !ok {
		return nil
	}
	lower, upper := gridCorners(g, b.Min, b.Max)
	axes := map[tiles.Grid][]string{tiles.WebMercatorQuad: {"X", "Y"}, tiles.WorldCRS84Quad: {"Lon", "Lat"}, tiles.CGCS2000Quad: {"Lat", "Lon"}}
	return &tileBounds{lower, upper, gridCRS(g), axes[g]}
}

func routeCollectionTile(r *request) error {
	l, err := r.layer()
	if err != nil {
		return err
	}
	return r.writeMatrixTile([]*engine.LayerView{l})
}

func routeDatasetTile(r *request) error {
	layers, err := r.tileLayers()
	if err != nil {
		return err
	}
	return r.writeMatrixTile(layers)
}

// writeMatrixTile answers a tile by matrix, row and column. An empty one outside
// the limits of the layers is 404; inside it is 200 without bytes.
func (r *request) writeMatrixTile(layers []*engine.LayerView) error {
	g, err := r.grid()
	if err != nil {
		return err
	}
	addr, err := tiles.ParseAddress(g, r.param("tileMatrix"), r.param("tileCol"), r.param("tileRow"))
	if e, ok := errors.AsType[*tiles.AddressError](err); ok {
		name := map[string]string{"z": "tileMatrix", "x": "tileCol", "y": "tileRow"}[e.Part]
		return badParameter(name, "%q %s", shorten(e.Text), e.Reason)
	}
	if err != nil {
		return err
	}
	t, err := r.tile(layers, addr)
	if err != nil {
		return err
	}
	if len(t.Body) == 0 {
		if err := withinLimits(layers, addr); err != nil {
			return err
		}
		r.ctx.Response.Header.Set("OATiles-hint", "empty")
	}
	return r.writeTile(t, http.StatusOK)
}

// withinLimits refuses a tile outside the limits of layers. Layers that hold
// nothing have none.
func withinLimits(layers []*engine.LayerView, a tiles.Address) error {
	c, ok := limitsAt(a.Grid, layers, a.Z)
	_, some := extentOf(layers)
	switch {
	case !ok && some:
		return newProblem(http.StatusNotFound, "outside-limits", "nothing is drawn at zoom %d", a.Z).
			with(wrong{Parameter: "tileMatrix", Detail: "is outside the limits of the tileset"})
	case ok && !c.Contains(a):
		return newProblem(http.StatusNotFound, "outside-limits", "zoom %d has rows %d to %d and columns %d to %d", a.Z, c.MinY, c.MaxY, c.MinX, c.MaxX).
			with(wrong{Parameter: "tileRow", Detail: "row or column is outside the limits of the tileset"})
	}
	return nil
}
