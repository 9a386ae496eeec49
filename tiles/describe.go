package tiles

import (
	"cmp"
	"slices"

	"tuban/feature"
)

// VectorLayer describes one layer of a tile set, as TileJSON 3.0.0 and the
// metadata of PMTiles have it.
type VectorLayer struct {
	ID          feature.LayerID   `json:"id"`
	Description string            `json:"description,omitempty"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"` // String, Number or Boolean
}

// Describe returns what the tiles of a layer carry when they are asked for some
// properties, nil is all, with those of marks and merged polygons.
func Describe(l *feature.Layer, only []string) VectorLayer {
	v := VectorLayer{ID: l.ID, Description: cmp.Or(l.Title.Best(), string(l.ID)), MinZoom: l.MinZoom, MaxZoom: l.MaxZoom, Fields: map[string]string{"id": "String"}}
	for _, f := range l.Fields {
		if f.Name != "id" && (only == nil || slices.Contains(only, f.Name)) {
			v.Fields[f.Name] = fieldKind(f.Type)
		}
	}
	if l.Kind == feature.KindPatch { // of marks that stand for small patches
		v.Fields["mark"], v.Fields["count"], v.Fields["states"] = "Boolean", "Number", "String"
	} else { // of small polygons that were merged by class
		v.Fields["merged"], v.Fields["count"] = "Boolean", "Number"
	}
	return v
}

func fieldKind(t feature.FieldType) string {
	switch t {
	case feature.FieldInteger, feature.FieldNumber:
		return "Number"
	case feature.FieldBoolean:
		return "Boolean"
	}
	return "String"
}
