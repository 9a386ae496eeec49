package geojson

import (
	"fmt"

	"tuban/feature"

	"github.com/paulmach/orb"
)

// AppendPosition appends a position as JSON, [lon,lat], in the shortest digits
// that read back to the same float64s. They must be finite.
func AppendPosition(dst []byte, p orb.Point) []byte {
	dst = feature.AppendFloat(append(dst, '['), p[0])
	dst = feature.AppendFloat(append(dst, ','), p[1])
	return append(dst, ']')
}

// AppendGeometry appends a geometry as a GeoJSON object with its rings as they
// are: neither closed nor turned. Nil is null; an orb.Ring or orb.Bound is a
// Polygon. It panics on a type that orb does not have.
func AppendGeometry(dst []byte, g orb.Geometry) []byte {
	switch g := g.(type) {
	case nil:
		return append(dst, "null"...)
	case orb.Point:
		return append(AppendPosition(begin(dst, point), g), '}')
	case orb.MultiPoint:
		return append(appendPositions(begin(dst, multiPoint), g), '}')
	case orb.LineString:
		return append(appendPositions(begin(dst, lineString), g), '}')
	case orb.MultiLineString:
		return append(appendList(begin(dst, multiLineString), g, appendPositions), '}')
	case orb.Ring:
		return AppendGeometry(dst, orb.Polygon{g})
	case orb.Bound:
		return AppendGeometry(dst, g.ToPolygon())
	case orb.Polygon:
		return append(appendList(begin(dst, polygon), g, appendPositions), '}')
	case orb.MultiPolygon:
		return append(appendList(begin(dst, multiPolygon), g, func(dst []byte, p orb.Polygon) []byte {
			return appendList(dst, p, appendPositions)
		}), '}')
	case orb.Collection:
		dst = append(dst, `{"type":"GeometryCollection","geometries":`...)
		return append(appendList(dst, g, AppendGeometry), '}')
	}
	panic(fmt.Sprintf("geojson: no geometry: %T", g))
}

// AppendFeature appends a Feature with its id as a text (none if it is ""),
// its geometry and its properties; number, version and area are left out.
func AppendFeature(dst []byte, f *feature.Feature) []byte {
	dst = append(dst, `{"type":"Feature",`...)
	if f.ID != "" {
		dst = append(dst, `"id":`...)
		dst = append(feature.AppendString(dst, string(f.ID)), ',')
	}
	dst = AppendGeometry(append(dst, `"geometry":`...), f.Geometry)
	dst = f.Properties.AppendJSON(append(dst, `,"properties":`...))
	return append(dst, '}')
}

func begin(dst []byte, k kind) []byte {
	dst = append(dst, `{"type":"`...)
	dst = append(dst, k.String()...)
	return append(dst, `","coordinates":`...)
}

func appendPositions[P ~[]orb.Point](dst []byte, pts P) []byte {
	return appendList(dst, pts, AppendPosition)
}

func appendList[S ~[]E, E any](dst []byte, list S, each func([]byte, E) []byte) []byte {
	dst = append(dst, '[')
	for i := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = each(dst, list[i])
	}
	return append(dst, ']')
}
