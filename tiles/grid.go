package tiles

import (
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom/mercator"
)

// Grid is a tile matrix set. The zero value is WebMercatorQuad.
type Grid uint8

// The grids. The two of degrees have the same tiles: coordinates in EPSG:4490
// are given out as CRS84. Level L of Tianditu's services named _c is zoom L-1 of
// CGCS2000Quad; level L of those named _w is zoom L of WebMercatorQuad.
const (
	WebMercatorQuad Grid = iota // EPSG:3857; zoom 0 is one tile
	WorldCRS84Quad              // longitude and latitude; zoom 0 is two tiles side by side
	CGCS2000Quad                // the same in EPSG:4490

	gridCount
)

// Grids returns all grids.
func Grids() []Grid { return []Grid{WebMercatorQuad, WorldCRS84Quad, CGCS2000Quad} }

// ParseGrid returns the grid of an identifier.
func ParseGrid(id string) (Grid, bool) {
	for _, g := range Grids() {
		if g.String() == id {
			return g, true
		}
	}
	return 0, false
}

// String returns the grid's identifier.
func (g Grid) String() string {
	if g >= gridCount {
		return "no grid"
	}
	return [...]string{"WebMercatorQuad", "WorldCRS84Quad", "CGCS2000Quad"}[g]
}

// Degrees tells whether the tiles are squares in longitude and latitude.
func (g Grid) Degrees() bool { return g != WebMercatorQuad }

// MaxZoom returns the deepest zoom that tiles are made for. That of all grids
// has the same resolution.
func (g Grid) MaxZoom() uint8 {
	if g.Degrees() {
		return MaxZoom - 1
	}
	return MaxZoom
}

// ScaleZoom returns the zoom of WebMercatorQuad with the resolution of a zoom of
// this grid, at the equator. Zooms of layers are in WebMercatorQuad's.
func (g Grid) ScaleZoom(z uint8) int {
	if g.Degrees() {
		return int(z) + 1
	}
	return int(z)
}

// Size returns how many columns and rows a zoom has.
func (g Grid) Size(z uint8) (columns, rows uint32) {
	if g.Degrees() {
		return 2 << z, 1 << z
	}
	return 1 << z, 1 << z
}

// scheme is the first grid with the same tiles: the cache keeps one of each.
func (g Grid) scheme() Grid { return min(g, WorldCRS84Quad) }

// unit returns the place of a position in the whole grid, 0 to 1 from the west
// and from the north. Latitudes beyond the edge of WebMercatorQuad count as that.
func (g Grid) unit(p orb.Point) (x, y float64) {
	if g.Degrees() {
		return (p[0] + 180) / 360, (90 - p[1]) / 180
	}
	return mercator.Unit(p)
}

// lonLat is the inverse of unit, also beyond the edges.
func (g Grid) lonLat(x, y float64) (lon, lat float64) {
	if g.Degrees() {
		return 360*x - 180, 90 - 180*y
	}
	return 360 * (x - 0.5), math.Atan(math.Sinh(2*math.Pi*(0.5-y))) * (180 / math.Pi)
}

// PixelArea returns about how many m² on the ground a pixel of 1/256 of a tile's
// side has at a latitude in degrees, on a sphere.
func (g Grid) PixelArea(z uint8, lat float64) float64 {
	columns, _ := g.Size(z)
	side := 2 * math.Pi * mercator.Radius / (256 * float64(columns)) // at the equator
	c := math.Cos(lat * (math.Pi / 180))
	if g.Degrees() {
		return side * side * c
	}
	return side * side * c * c
}

// Zooms returns the first and the last zoom that a layer is drawn at; none, if
// first is above last.
func (g Grid) Zooms(l *feature.Layer) (first, last int) {
	first, last = int(g.MaxZoom())+1, -1
	for z := range g.MaxZoom() + 1 {
		if shown(l, g.ScaleZoom(z)) {
			first, last = min(first, int(z)), int(z)
		}
	}
	return first, last
}
