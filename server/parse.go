package server

import (
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// parseBBox reads minx,miny,maxx,maxy or six numbers with heights, which are
// ignored. A box that crosses the antimeridian (minx > maxx) becomes two.
func parseBBox(text string) ([]orb.Bound, error) {
	parts := strings.Split(text, ",")
	if len(parts) != 4 && len(parts) != 6 {
		return nil, badParameter("bbox", "has %d numbers; give minx,miny,maxx,maxy (or six, with heights)", len(parts))
	}
	v := make([]float64, len(parts))
	for i, p := range parts {
		f, err := parseNumber(p)
		if err != nil {
			return nil, badParameter("bbox", "number %d: %v", i+1, err)
		}
		v[i] = f
	}
	half := len(v) / 2
	lo, hi := orb.Point{v[0], v[1]}, orb.Point{v[half], v[half+1]}
	if len(v) == 6 && v[2] > v[5] {
		return nil, badParameter("bbox", "the lower height %v is above the upper %v", v[2], v[5])
	}
	for _, lat := range []float64{lo[1], hi[1]} {
		if math.Abs(lat) > 90 {
			return nil, badParameter("bbox", "latitude %v is beyond ±90; the order is longitude, latitude", lat)
		}
	}
	for _, lon := range []float64{lo[0], hi[0]} {
		if math.Abs(lon) > 360 {
			return nil, badParameter("bbox", "longitude %v is beyond ±360", lon)
		}
	}
	if lo[1] > hi[1] {
		return nil, badParameter("bbox", "the southern latitude %v is north of the northern %v", lo[1], hi[1])
	}
	if lo[0] <= hi[0] {
		return []orb.Bound{{Min: lo, Max: hi}}, nil
	}
	return []orb.Bound{
		{Min: lo, Max: orb.Point{180, hi[1]}},
		{Min: orb.Point{-180, lo[1]}, Max: hi},
	}, nil
}

// numberError says why a text is no number.
type numberError string

// Error returns the reason.
func (e numberError) Error() string { return string(e) }

// parseNumber reads a finite decimal number. Unlike strconv it takes no hex,
// no underscores, no names.
func parseNumber(text string) (float64, error) {
	if text == "" || strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, numberError(strconv.Quote(shorten(text)) + " is not a number")
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, numberError(strconv.Quote(shorten(text)) + " is not a number within float64")
	}
	return f, nil
}

func shorten(text string) string {
	const most = 40
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// parseLimit reads a page or list size: 1 or more; beyond most it is most.
func parseLimit(text string, most int) (int, error) {
	n, err := strconv.ParseUint(text, 10, 64)
	if ne, ok := err.(*strconv.NumError); ok && ne.Err == strconv.ErrRange {
		return most, nil
	}
	if err != nil || n == 0 || text[0] == '+' {
		return 0, badParameter("limit", "%q is not a whole number from 1", shorten(text))
	}
	return int(min(n, uint64(most))), nil
}

// parseLonLat reads a position in degrees.
func parseLonLat(lon, lat string) (orb.Point, error) {
	x, err := parseNumber(lon)
	if err != nil {
		return orb.Point{}, badParameter("lon", "%v", err)
	}
	y, err := parseNumber(lat)
	if err != nil {
		return orb.Point{}, badParameter("lat", "%v", err)
	}
	if math.Abs(x) > 180 {
		return orb.Point{}, badParameter("lon", "%v is beyond ±180", x)
	}
	if math.Abs(y) > 90 {
		return orb.Point{}, badParameter("lat", "%v is beyond ±90", y)
	}
	return orb.Point{x, y}, nil
}

// splitLayers splits a comma-separated list of layers, which must name 1 to
// most, none twice.
func splitLayers(parameter, list string, most int) ([]string, error) {
	if list == "" {
		return nil, badParameter(parameter, "is empty; name one layer or several, separated by commas")
	}
	if strings.Count(list, ",") >= most {
		return nil, badParameter(parameter, "names more than %d layers", most)
	}
	names := strings.Split(list, ",")
	seen := map[string]bool{}
	for _, n := range names {
		id, _, _ := strings.Cut(n, "@")
		if n == "" {
			return nil, badParameter(parameter, "holds an empty layer name")
		}
		if seen[id] {
			return nil, badParameter(parameter, "names layer %q twice", shorten(id))
		}
		seen[id] = true
	}
	return names, nil
}
