package server

import (
	"math"
	"net/http"
	"net/url"

	"github.com/paulmach/orb"

	"tuban/engine"
	"tuban/feature"
	"tuban/tiles"
)

// tileJSON is TileJSON 3.0.0.
type tileJSON struct {
	TileJSON string              `json:"tilejson"`
	Name     string              `json:"name"`
	Scheme   string              `json:"scheme"`
	Tiles    []string            `json:"tiles"`
	Bounds   *[4]float64         `json:"bounds,omitempty"`
	Center   *[3]float64         `json:"center,omitempty"`
	MinZoom  int                 `json:"minzoom"`
	MaxZoom  int                 `json:"maxzoom"`
	Layers   []tiles.VectorLayer `json:"vector_layers"`
}

// routeTileJSON describes the tiles of layers.
func routeTileJSON(r *request) error {
	list := r.param("layers")
	layers, err := r.layersNamed("layers", list)
	if err != nil {
		return err
	}
	if g, err := r.gridParameter(); err != nil {
		return err
	} else if g != tiles.WebMercatorQuad {
		return badParameter("tms", "TileJSON describes WebMercatorQuad only: it cannot name another grid; %s/collections/%s/tiles/%s describes the tiles of %s",
			r.baseURL(), layers[0].Layer().ID, g, g)
	}
	narrow, err := r.narrowing(layers)
	if err != nil {
		return err
	}
	t := tileJSON{TileJSON: "3.0.0", Scheme: "xyz", MinZoom: feature.MaxZoom}
	t.Tiles = []string{r.baseURL() + "/mvt/" + escapeList(list) + "/{z}/{x}/{y}" + encodeQuery(r.query)}
	for i, l := range layers {
		d := l.Layer()
		if i > 0 {
			t.Name += ", "
		}
		t.Name += title(d)
		t.MinZoom, t.MaxZoom = min(t.MinZoom, d.MinZoom), max(t.MaxZoom, d.MaxZoom)
		t.Layers = append(t.Layers, tiles.Describe(d, narrow.properties))
	}
	if b, ok := extentOf(layers); ok {
		b = clampMercator(b)
		t.Bounds = &[4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
		zoom := min(max(math.Floor(zoomFor(b)), float64(t.MinZoom)), float64(t.MaxZoom))
		t.Center = &[3]float64{(b.Min[0] + b.Max[0]) / 2, (b.Min[1] + b.Max[1]) / 2, zoom}
	}
	r.ctx.Response.Header.Set("Cache-Control", "no-cache")
	return r.writeJSON(http.StatusOK, typeJSON, t)
}

// layersNamed returns the layers of a comma-separated list.
func (r *request) layersNamed(parameter, list string) ([]*engine.LayerView, error) {
	names, err := splitLayers(parameter, list, r.limits.Layers)
	if err != nil {
		return nil, err
	}
	layers := make([]*engine.LayerView, len(names))
	for i, name := range names {
		if layers[i], err = r.layerNamed(parameter, name); err != nil {
			return nil, err
		}
	}
	return layers, nil
}

// escapeList escapes a list of layers for a path; its commas stay.
func escapeList(list string) string {
	u := url.URL{Path: list}
	return u.EscapedPath()
}

// extentOf returns the box of several layers.
func extentOf(layers []*engine.LayerView) (all orb.Bound, ok bool) {
	for _, l := range layers {
		b, has := l.Extent()
		switch {
		case !has:
		case !ok:
			all, ok = b, true
		default:
			all = all.Union(b)
		}
	}
	return all, ok
}

// maxLatitude is where the square of Web Mercator ends.
const maxLatitude = 85.0511287798066

func clampMercator(b orb.Bound) orb.Bound {
	b.Min[1], b.Max[1] = min(max(b.Min[1], -maxLatitude), maxLatitude), min(max(b.Max[1], -maxLatitude), maxLatitude)
	return b
}

// zoomFor returns the zoom at which a box fills about 1000 pixels.
func zoomFor(b orb.Bound) float64 {
	const pixels = 1000.0 / 512
	span := max(b.Max[0]-b.Min[0], (b.Max[1]-b.Min[1])/math.Max(0.01, math.Cos(b.Center()[1]*math.Pi/180)), 1e-6)
	return math.Round(100*min(max(math.Log2(360*pixels/span), 0), feature.MaxZoom)) / 100
}
