package overlap

import (
	"strconv"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// muPerM2 is how many mu a square metre is: 1 mu = 2000/3 m².
const muPerM2 = 3.0 / 2000

// AppendJSON appends one result as a JSON object (DESIGN 3). Floats are
// unrounded, in the shortest form that reads back.
func AppendJSON(dst []byte, r *Result) []byte {
	return append(AppendMembers(append(dst, '{'), r), '}')
}

// AppendMembers is AppendJSON without the braces.
func AppendMembers(dst []byte, r *Result) []byte {
	dst = appendNumber(appendID(dst, r.ID), `,"area_m2":`, r.AreaM2)
	dst = appendNumber(dst, `,"area_mu":`, r.AreaM2*muPerM2)
	if r.BufferM > 0 {
		dst = appendNumber(dst, `,"buffer_m":`, r.BufferM)
		dst = appendNumber(dst, `,"own_area_m2":`, r.OwnM2)
	}
	dst = append(dst, `,"layers":[`...)
	for i := range r.Layers {
		dst = appendLayer(comma(dst, i), &r.Layers[i])
	}
	return append(dst, ']')
}

// AppendResults appends {"seq":…,"results":[…]}.
func AppendResults(dst []byte, seq feature.Seq, rs []Result) []byte {
	dst = strconv.AppendUint(append(dst, `{"seq":`...), uint64(seq), 10)
	dst = append(dst, `,"results":[`...)
	for i := range rs {
		dst = AppendJSON(comma(dst, i), &rs[i])
	}
	return append(dst, "]}"...)
}

// AppendLocation appends the answer to a point look-up as a JSON object.
func AppendLocation(dst []byte, seq feature.Seq, l *Location) []byte {
	dst = strconv.AppendUint(append(dst, `{"seq":`...), uint64(seq), 10)
	return append(appendLocated(append(dst, ','), l), '}')
}

// AppendLocatedMembers appends id, lon, lat and layers of one answer among
// several, without braces.
func AppendLocatedMembers(dst []byte, id string, l *Location) []byte {
	return appendLocated(append(appendID(dst, id), ','), l)
}

func appendID(dst []byte, id string) []byte {
	if id == "" {
		return append(dst, `"id":null`...)
	}
	return appendText(dst, `"id":`, id)
}

func appendLocated(dst []byte, l *Location) []byte {
	dst = appendNumber(dst, `"lon":`, l.Lon)
	dst = appendNumber(dst, `,"lat":`, l.Lat)
	dst = append(dst, `,"layers":[`...)
	for i := range l.Layers {
		at := &l.Layers[i]
		dst = appendLayerName(comma(dst, i), at.Layer, at.Vintage)
		for j := range at.Features {
			f := &at.Features[j]
			dst = append(appendFeatureName(comma(dst, j), f.ID, f.Class, f.Name, f.Group), '}')
		}
		dst = append(dst, "]}"...)
	}
	return append(dst, ']')
}

// AppendNearby appends the answer to a search for what is near as a JSON object.
func AppendNearby(dst []byte, seq feature.Seq, n *Nearby) []byte {
	dst = strconv.AppendUint(append(dst, `{"seq":`...), uint64(seq), 10)
	dst = appendNumber(dst, `,"lon":`, n.Lon)
	dst = appendNumber(dst, `,"lat":`, n.Lat)
	dst = append(dst, `,"layers":[`...)
	for i := range n.Layers {
		l := &n.Layers[i]
		dst = appendLayerName(comma(dst, i), l.Layer, l.Vintage)
		for j := range l.Features {
			f := &l.Features[j]
			dst = appendFeatureName(comma(dst, j), f.ID, f.Class, f.Name, f.Group)
			dst = appendNumber(dst, `,"distance_m":`, f.Metres)
			dst = appendNumber(dst, `,"lon":`, f.At[0])
			dst = append(appendNumber(dst, `,"lat":`, f.At[1]), '}')
		}
		dst = append(dst, "]}"...)
	}
	return append(dst, "]}"...)
}

// appendLayerName begins a layer and its list of features.
func appendLayerName(dst []byte, id feature.LayerID, v feature.Vintage) []byte {
	dst = appendText(dst, `{"layer":`, string(id))
	dst = appendText(dst, `,"vintage":`, string(v))
	return append(dst, `,"features":[`...)
}

// appendFeatureName begins a feature.
func appendFeatureName(dst []byte, id feature.ID, class, name, group string) []byte {
	dst = appendText(dst, `{"id":`, string(id))
	dst = appendText(dst, `,"class":`, class)
	dst = appendText(dst, `,"name":`, name)
	return appendText(dst, `,"group":`, group)
}

func appendLayer(dst []byte, r *LayerResult) []byte {
	dst = appendText(dst, `{"layer":`, string(r.Layer))
	dst = appendText(dst, `,"vintage":`, string(r.Vintage))
	dst = appendNumber(dst, `,"covered_m2":`, r.CoveredM2)
	dst = appendNumber(dst, `,"uncovered_m2":`, r.UncoveredM2)
	dst = appendNumber(dst, `,"summed_m2":`, r.SummedM2)
	dst = append(dst, `,"classes":[`...)
	for i := range r.Classes {
		c := &r.Classes[i]
		dst = appendText(comma(dst, i), `{"class":`, c.Class)
		dst = appendText(dst, `,"name":`, c.Name)
		dst = appendText(dst, `,"group":`, c.Group)
		dst = appendNumber(dst, `,"area_m2":`, c.AreaM2)
		dst = appendNumber(dst, `,"share":`, c.Share)
		dst = append(strconv.AppendInt(append(dst, `,"count":`...), int64(c.Count), 10), '}')
	}
	dst = append(dst, ']')
	if r.Detail == Features {
		dst = append(dst, `,"features":[`...)
		for i := range r.Features {
			dst = appendFeature(comma(dst, i), &r.Features[i], r.Geometry)
		}
		dst = append(dst, ']')
	}
	if r.Truncated {
		dst = append(dst, `,"truncated":true`...)
	}
	if r.Geometry == Uncovered {
		dst = appendPolygons(append(dst, `,"uncovered":`...), r.Uncovered)
	}
	return append(dst, '}')
}

func appendFeature(dst []byte, f *FeatureArea, g Geometry) []byte {
	dst = appendText(dst, `{"id":`, string(f.ID))
	dst = appendText(dst, `,"class":`, f.Class)
	dst = appendNumber(dst, `,"area_m2":`, f.AreaM2)
	dst = appendNumber(dst, `,"share_of_query":`, f.ShareOfQuery)
	dst = appendNumber(dst, `,"share_of_feature":`, f.ShareOfFeature)
	dst = strconv.AppendBool(append(dst, `,"sliver":`...), f.Sliver)
	if g == Intersection {
		dst = appendPolygons(append(dst, `,"geometry":`...), f.Geometry)
	}
	return append(dst, '}')
}

func appendText(dst []byte, name, text string) []byte {
	return feature.AppendString(append(dst, name...), text)
}

func appendNumber(dst []byte, name string, v float64) []byte {
	return feature.AppendFloat(append(dst, name...), v)
}

func comma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

// appendPolygons appends a GeoJSON MultiPolygon.
func appendPolygons(dst []byte, mp orb.MultiPolygon) []byte {
	dst = append(dst, `{"type":"MultiPolygon","coordinates":[`...)
	for i, p := range mp {
		dst = append(comma(dst, i), '[')
		for j, r := range p {
			dst = append(comma(dst, j), '[')
			for k, v := range r {
				dst = append(comma(dst, k), '[')
				dst = append(feature.AppendFloat(dst, v[0]), ',')
				dst = append(feature.AppendFloat(dst, v[1]), ']')
			}
			dst = append(dst, ']')
		}
		dst = append(dst, ']')
	}
	return append(dst, "]}"...)
}
