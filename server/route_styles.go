package server

import (
	"net/http"
	"slices"
	"strings"

	"tuban/engine"
	"tuban/feature"
)

// routeStyle answers a MapLibre style made from the layers' dictionaries:
// "default" shows all layers, a layer's id that one.
func routeStyle(r *request) error {
	name := r.param("name")
	layers := r.view.Layers()
	title := r.opt.Title
	if name != "default" {
		l, err := r.layerNamed("name", name)
		if err != nil {
			return err
		}
		layers, title = []*engine.LayerView{l}, titleOf(l)
	}
	r.ctx.Response.Header.Set("Cache-Control", "no-cache")
	return r.writeJSON(http.StatusOK, typeJSON, r.style(title, layers))
}

func titleOf(l *engine.LayerView) string { return title(l.Layer()) }

// drawOrder is what lies below what: reference layers, then patches, then the
// outlines of administrative layers.
var drawOrder = []feature.Kind{feature.KindReference, feature.KindPatch, feature.KindAdmin}

type object = map[string]any

// style returns a style with one source for each layer.
func (r *request) style(title string, layers []*engine.LayerView) object {
	layers = slices.Clone(layers)
	slices.SortStableFunc(layers, func(a, b *engine.LayerView) int {
		return slices.Index(drawOrder, a.Layer().Kind) - slices.Index(drawOrder, b.Layer().Kind)
	})
	sources := object{}
	drawn := []object{{"id": "background", "type": "background", "paint": object{"background-color": "#f4f2ee"}}}
	for _, l := range layers {
		id := string(l.Layer().ID)
		source := object{"type": "vector", "url": r.baseURL() + "/mvt/" + id + ".json"}
		sources[id] = source
		drawn = append(drawn, drawLayer(l.Layer())...)
	}
	s := object{"version": 8, "name": title, "sources": sources, "layers": drawn,
		"metadata": object{"tuban:seq": r.view.Seq()}}
	if b, ok := extentOf(layers); ok {
		s["center"] = []float64{(b.Min[0] + b.Max[0]) / 2, (b.Min[1] + b.Max[1]) / 2}
		s["zoom"] = zoomFor(b)
	}
	return s
}

// drawLayer returns the style layers of a layer.
func drawLayer(d *feature.Layer) []object {
	id := string(d.ID)
	entry := func(part, kind string, paint object) object {
		return object{"id": id + ":" + part, "type": kind, "source": id, "source-layer": id, "paint": paint,
			"metadata": object{"tuban:layer": id, "tuban:title": title(d)}}
	}
	of := func(geometry string, o object) object {
		o["filter"] = []any{"==", []any{"geometry-type"}, geometry}
		return o
	}
	color := colors(d)
	point := of("Point", entry("point", "circle", object{"circle-radius": 4, "circle-color": color, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1}))
	switch d.Kind {
	case feature.KindAdmin:
		line := entry("line", "line", object{"line-color": "#5b4b8a", "line-width": widths(0.8, 2), "line-dasharray": []int{4, 2}})
		return []object{line, point}
	case feature.KindPatch:
		fill := of("Polygon", entry("fill", "fill", object{"fill-color": color, "fill-opacity": 0.45}))
		line := entry("line", "line", object{"line-color": color, "line-width": widths(1, 2.5)})
		// A mark stands for count patches: its area grows with them.
		count := []any{"to-number", []any{"get", "count"}, 1}
		point["paint"].(object)["circle-radius"] = []any{"interpolate", []any{"linear"}, []any{"sqrt", count}, 1, 4, 40, 20}
		return []object{fill, line, point}
	}
	fill := of("Polygon", entry("fill", "fill", object{"fill-color": color, "fill-opacity": 0.7}))
	line := entry("line", "line", object{"line-color": "#00000055", "line-width": widths(0.2, 0.8)})
	return []object{fill, line, point}
}

// widths grows a line from zoom 8 to zoom 16.
func widths(from, to float64) []any {
	return []any{"interpolate", []any{"linear"}, []any{"zoom"}, 8, from, 16, to}
}

// colors returns the colour of a layer's features: by the class dictionary
// where it has colours, else one of the kind.
func colors(d *feature.Layer) any {
	plain := map[feature.Kind]string{feature.KindPatch: "#d6322f", feature.KindAdmin: "#5b4b8a", feature.KindReference: "#a8b8a0"}[d.Kind]
	if d.ClassField == "" {
		return plain
	}
	match := []any{"match", []any{"to-string", []any{"get", d.ClassField}}}
	for _, c := range d.Classes {
		if isColor(c.Color) {
			match = append(match, c.Code, c.Color)
		}
	}
	if len(match) == 2 {
		return plain
	}
	return append(match, plain)
}

// isColor reports whether text is #rgb or #rrggbb.
func isColor(text string) bool {
	hex, ok := strings.CutPrefix(text, "#")
	return ok && (len(hex) == 3 || len(hex) == 6) && strings.Trim(strings.ToLower(hex), "0123456789abcdef") == ""
}
