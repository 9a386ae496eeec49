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
	dst = append(dst, `"id":`...)
	if r.ID == "" {
		dst = append(dst, "null"...)
	} else {
		dst = feature.AppendString(dst, r.ID)
	}
	dst = appendNumber(dst, `,"area_m2":`, r.AreaM2)
	dst = appendNumber(dst, `,"area_mu":`, r.AreaM2*muPerM2)
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
	dst = appendNumber(dst, `,"lon":`, l.Lon)
	dst = appendNumber(dst, `,"lat":`, l.Lat)
	dst = append(dst, `,"layers":[`...)
	for i := range l.Layers {
		at := &l.Layers[i]
		dst = appendText(comma(dst, i), `{"layer":`, string(at.Layer))
		dst = appendText(dst, `,"vintage":`, string(at.Vintage))
		dst = append(dst, `,"features":[`...)
		for j := range at.Features {
			f := &at.Features[j]
			dst = appendText(comma(dst, j), `{"id":`, string(f.ID))
			dst = appendText(dst, `,"class":`, f.Class)
			dst = appendText(dst, `,"name":`, f.Name)
			dst = append(appendText(dst, `,"group":`, f.Group), '}')
		}
		dst = append(dst, "]}"...)
	}
	return append(dst, "]}"...)
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
