package server

import (
	"math"
	"net/http"
	"strconv"

	"tuban/geom/mercator"
	"tuban/tiles"
)

const (
	crs3857 = "http://www.opengis.net/def/crs/EPSG/0/3857"
	crs4490 = "http://www.opengis.net/def/crs/EPSG/0/4490"
)

// The link relations of OGC API - Tiles.
const (
	relTilesets      = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
	relTilingScheme  = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
	relTilingSchemes = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
)

// tileMatrixSet is a grid as OGC's Two Dimensional Tile Matrix Set 2.0 has it.
type tileMatrixSet struct {
	ID           string       `json:"id"`
	Title        string       `json:"title"`
	Description  string       `json:"description,omitempty"`
	URI          string       `json:"uri"`
	CRS          string       `json:"crs"`
	OrderedAxes  []string     `json:"orderedAxes"`
	ScaleSet     string       `json:"wellKnownScaleSet"`
	TileMatrices []tileMatrix `json:"tileMatrices"`
}

// tileMatrix is one zoom of a grid.
type tileMatrix struct {
	ID               string     `json:"id"`
	ScaleDenominator float64    `json:"scaleDenominator"`
	CellSize         float64    `json:"cellSize"`
	CornerOfOrigin   string     `json:"cornerOfOrigin"`
	PointOfOrigin    [2]float64 `json:"pointOfOrigin"`
	TileWidth        int        `json:"tileWidth"`
	TileHeight       int        `json:"tileHeight"`
	MatrixWidth      uint32     `json:"matrixWidth"`
	MatrixHeight     uint32     `json:"matrixHeight"`
}

// gridURI returns the URI of a grid: OGC's register has two of them, the third
// is our own.
func (r *request) gridURI(g tiles.Grid) string {
	if g == tiles.CGCS2000Quad {
		return r.gridURL(g)
	}
	return "http://www.opengis.net/def/tilematrixset/OGC/1.0/" + g.String()
}

func (r *request) gridURL(g tiles.Grid) string { return r.baseURL() + "/tileMatrixSets/" + g.String() }

func gridCRS(g tiles.Grid) string {
	switch g {
	case tiles.WebMercatorQuad:
		return crs3857
	case tiles.WorldCRS84Quad:
		return crs84
	}
	return crs4490
}

func gridTitle(g tiles.Grid) string {
	switch g {
	case tiles.WebMercatorQuad:
		return "Google Maps Compatible for the World"
	case tiles.WorldCRS84Quad:
		return "CRS84 for the World"
	}
	return "CGCS2000 longitude and latitude for the World"
}

// pixel is the side of a pixel in metres that scale denominators are made with.
const pixel = 0.00028

// describeGrid returns the definition of a grid, with as many zooms as OGC's
// register has.
func (r *request) describeGrid(g tiles.Grid) tileMatrixSet {
	s := tileMatrixSet{
		ID: g.String(), Title: gridTitle(g), URI: r.gridURI(g), CRS: gridCRS(g),
		OrderedAxes: []string{"Lon", "Lat"}, ScaleSet: "http://www.opengis.net/def/wkss/OGC/1.0/GoogleCRS84Quad",
	}
	origin, zooms := [2]float64{-180, 90}, 24
	switch g {
	case tiles.WebMercatorQuad:
		s.OrderedAxes, s.ScaleSet = []string{"X", "Y"}, "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible"
		origin, zooms = [2]float64{-mercator.Half, mercator.Half}, 25
	case tiles.CGCS2000Quad:
		s.OrderedAxes, origin, zooms = []string{"Lat", "Lon"}, [2]float64{90, -180}, int(g.MaxZoom())+1
		s.Description = "The tiles of WorldCRS84Quad in EPSG:4490. Tianditu's level is the id and 1."
	}
	for z := range zooms {
		columns, rows := g.Size(uint8(z))
		metres := 2 * mercator.Half / (256 * float64(columns))
		m := tileMatrix{ID: strconv.Itoa(z), ScaleDenominator: metres / pixel, CellSize: metres, CornerOfOrigin: "topLeft", PointOfOrigin: origin,
			TileWidth: 256, TileHeight: 256, MatrixWidth: columns, MatrixHeight: rows}
		if g.Degrees() {
			m.CellSize = 360 / (256 * float64(columns))
		}
		s.TileMatrices = append(s.TileMatrices, m)
	}
	return s
}

func routeTileMatrixSets(r *request) error {
	type entry struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		URI   string `json:"uri"`
		CRS   string `json:"crs"`
		Links []link `json:"links"`
	}
	var all []entry
	for _, g := range tiles.Grids() {
		all = append(all, entry{g.String(), gridTitle(g), r.gridURI(g), gridCRS(g), []link{{Href: r.gridURL(g), Rel: "self", Type: typeJSON, Title: "definition"}}})
	}
	return r.writeJSON(http.StatusOK, typeJSON, map[string]any{"tileMatrixSets": all, "links": []link{{Href: r.baseURL() + "/tileMatrixSets", Rel: "self", Type: typeJSON}}})
}

func routeTileMatrixSet(r *request) error {
	g, err := r.grid()
	if err != nil {
		return err
	}
	return r.writeJSON(http.StatusOK, typeJSON, r.describeGrid(g))
}

// grid returns the grid of the path's {tileMatrixSetId}.
func (r *request) grid() (tiles.Grid, error) {
	id := r.param("tileMatrixSetId")
	g, ok := tiles.ParseGrid(id)
	if !ok {
		return g, newProblem(http.StatusNotFound, "no-such-grid", "there is no tile matrix set %q; there are %s", shorten(id), gridNames()).
			with(wrong{Parameter: "tileMatrixSetId", Detail: "no such tile matrix set"})
	}
	return g, nil
}

// gridCorners returns a box as a grid's CRS has it, coordinates in the order of
// its axes.
func gridCorners(g tiles.Grid, lo, hi [2]float64) (lower, upper [2]float64) {
	switch g {
	case tiles.WebMercatorQuad:
		bound := func(p [2]float64) [2]float64 {
			m := mercator.Forward([2]float64{p[0], min(max(p[1], -mercator.MaxLatitude), mercator.MaxLatitude)})
			return [2]float64{m[0], math.Min(math.Max(m[1], -mercator.Half), mercator.Half)}
		}
		return bound(lo), bound(hi)
	case tiles.CGCS2000Quad:
		return [2]float64{lo[1], lo[0]}, [2]float64{hi[1], hi[0]}
	}
	return lo, hi
}
