package crs

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"tuban/geom/mercator"
)

// Suspect looks at the box of a file's coordinates, in c, and returns what
// looks wrong and what to try, "" if nothing does: degrees in a projected
// system, metres in a geographic one, a zone number before the easting that c
// doesn't have (or lacks, or is another), x and y swapped. It speaks up only
// where no data of c could look like that.
func (c CRS) Suspect(b orb.Bound) string {
	if !sound(b) {
		return ""
	}
	switch c.kind {
	case kindGaussKruger:
		return c.suspectZone(b)
	case kindWebMercator:
		return suspectMercator(b)
	}
	return c.suspectDegrees(b)
}

// Guess returns advice for a file that doesn't say its coordinate system, from
// the box of its coordinates.
func Guess(b orb.Bound) string {
	switch {
	case !sound(b):
		return "the file has no coordinates to guess its coordinate system from: give --crs"
	case degrees(b):
		return "the coordinates look like degrees of longitude and latitude: give --crs EPSG:4490 (CGCS2000) or EPSG:4326 (WGS 84)"
	case degrees(swapped(b)):
		return "the coordinates look like latitude before longitude: swap them, then give --crs EPSG:4490"
	}
	if text := guessZone(b); text != "" {
		return text
	}
	if text := guessZone(swapped(b)); text != "" {
		return "x and y look swapped (Chinese survey files put the northing first): swap them; then " + text
	}
	if mercatorRange(b) {
		return "the coordinates may be web Mercator metres: if so, give --crs EPSG:3857"
	}
	return fmt.Sprintf("the coordinates (x %.10g to %.10g, y %.10g to %.10g) fit no system that tuban takes: find out which it is, then "+
		"reproject, e.g. ogr2ogr -s_srs … -t_srs EPSG:4490 out.gpkg in.shp", b.Min[0], b.Max[0], b.Min[1], b.Max[1])
}

// guessZone is Guess for eastings and northings of a Gauss-Krüger zone of
// China, x east; "" where they are none.
func guessZone(b orb.Bound) string {
	if !within(b.Min[1], b.Max[1], northMin, northMax) {
		return ""
	}
	if plainEasting(b) {
		return "x looks like a Gauss-Krüger easting without a zone number; the numbers don't tell the zone: " +
			"give the --crs of its central meridian, EPSG:4534 (75E), 4535 (78E), … EPSG:4554 (135E)"
	}
	first, last := prefix(b.Min[0]), prefix(b.Max[0])
	if first == 0 || last == 0 {
		return ""
	}
	text := fmt.Sprintf("x looks like an easting with zone prefix %d: give --crs %s", first, numbered(first))
	if first != last {
		text = fmt.Sprintf("x looks like eastings with zone prefixes %d to %d in one file: split it by zone and give each part its own "+
			"--crs, %s to %s", first, last, numbered(first), numbered(last))
	}
	if mercatorRange(b) {
		text += "; web Mercator (EPSG:3857) would be possible, too"
	}
	return text
}

// The northings of China, with a margin, and the eastings that a zone of 6° can
// have, without the zone number.
const (
	northMin, northMax = 3e5, 6.6e6
	eastMin, eastMax   = 5e4, 9.5e5
)

func sound(b orb.Bound) bool {
	return b.Min[0] <= b.Max[0] && b.Min[1] <= b.Max[1] &&
		!math.IsInf(b.Min[0], 0) && !math.IsInf(b.Min[1], 0) && !math.IsInf(b.Max[0], 0) && !math.IsInf(b.Max[1], 0)
}

func within(lo, hi, least, most float64) bool { return least <= lo && hi <= most }

func degrees(b orb.Bound) bool {
	return within(b.Min[0], b.Max[0], -180, 180) && within(b.Min[1], b.Max[1], -90, 90)
}

func swapped(b orb.Bound) orb.Bound {
	return orb.Bound{Min: orb.Point{b.Min[1], b.Min[0]}, Max: orb.Point{b.Max[1], b.Max[0]}}
}

func mercatorRange(b orb.Bound) bool {
	return within(b.Min[0], b.Max[0], -mercator.Half, mercator.Half) && within(b.Min[1], b.Max[1], -mercator.Half, mercator.Half)
}

func plainEasting(b orb.Bound) bool { return within(b.Min[0], b.Max[0], eastMin, eastMax) }

// prefix returns the zone number before an easting, 0 if there is none.
func prefix(x float64) int {
	zone := int(math.Floor(x / zoneStep))
	known := firstWide <= zone && zone <= lastWide || firstNarrow <= zone && zone <= lastNarrow
	if rest := x - float64(zone)*zoneStep; !known || rest < eastMin || rest > eastMax {
		return 0
	}
	return zone
}

// numbered returns the system of a zone number before the easting.
func numbered(zone int) CRS {
	code := epsgNarrow + zone - firstNarrow
	if zone <= lastWide {
		code = epsgWide + zone - firstWide
	}
	c, _ := gaussKruger(code)
	return c
}

func (c CRS) suspectZone(b orb.Bound) string {
	if degrees(b) {
		return fmt.Sprintf("the coordinates look like degrees, but %s is in metres: try --crs EPSG:4490", c)
	}
	if degrees(swapped(b)) {
		return fmt.Sprintf("the coordinates look like latitude before longitude, but %s is in metres: swap them and try --crs EPSG:4490", c)
	}
	if text := c.suspectEasting(b); text != "" {
		return text
	}
	s := swapped(b)
	swappedFits := within(s.Min[1], s.Max[1], northMin, northMax) && (plainEasting(s) || prefix(s.Min[0]) != 0)
	if swappedFits && !c.reaches(b) {
		return fmt.Sprintf("x and y look swapped: tuban reads x = easting, y = northing of %s (Chinese survey files put the northing first)", c)
	}
	if !c.reaches(b) {
		return fmt.Sprintf("x %.10g to %.10g, y %.10g to %.10g are no eastings and northings near the central meridian %gE of %s: %s",
			b.Min[0], b.Max[0], b.Min[1], b.Max[1], c.central, c, Guess(b))
	}
	return ""
}

// suspectEasting compares the zone number before the eastings with that of c.
func (c CRS) suspectEasting(b orb.Bound) string {
	if !within(b.Min[1], b.Max[1], northMin, northMax) {
		return ""
	}
	zone := prefix(b.Min[0])
	if zone != prefix(b.Max[0]) {
		zone = 0
	}
	switch {
	case c.zone == 0 && zone != 0:
		return fmt.Sprintf("x looks like an easting with zone prefix %d, but %s has none: try --crs %s", zone, c, numbered(zone))
	case c.zone != 0 && zone != 0 && zone != c.zone && inZone(b, zone):
		return fmt.Sprintf("x looks like an easting with zone prefix %d, but %s has prefix %d: try --crs %s", zone, c, c.zone, numbered(zone))
	case c.zone != 0 && plainEasting(b):
		return fmt.Sprintf("x looks like an easting without a zone prefix, but %s has prefix %d: try --crs %s", c, c.zone, c.twin(false))
	}
	return ""
}

// inZone reports whether eastings with a zone number before them lie in that
// zone, give or take a third of its width. Beyond, they may as well be eastings
// of a neighbouring zone that somebody has stretched over its edge: a whole city
// is often kept in one zone.
func inZone(b orb.Bound, zone int) bool {
	from, to := 2.5e5, 7.5e5 // 3°: 333 km to 667 km at the equator
	if zone <= lastWide {
		from, to = 1.2e5, 8.8e5 // 6°: 166 km to 834 km
	}
	o := float64(zone) * zoneStep
	return within(b.Min[0], b.Max[0], o+from, o+to)
}

// reaches reports whether the box lies within 1,000 km of the central meridian,
// between the poles: far more than any zone.
func (c CRS) reaches(b orb.Bound) bool {
	o := c.originEast()
	return within(b.Min[0], b.Max[0], o-1e6, o+1e6) && within(b.Min[1], b.Max[1], -reachNorth, reachNorth)
}

func suspectMercator(b orb.Bound) string {
	switch {
	case degrees(b):
		return "the coordinates look like degrees, but EPSG:3857 is in metres: try --crs EPSG:4490"
	case !mercatorRange(b):
		return "the coordinates lie outside web Mercator (EPSG:3857): " + Guess(b)
	}
	return ""
}

func (c CRS) suspectDegrees(b orb.Bound) string {
	switch {
	case degrees(b):
		return ""
	case degrees(swapped(b)):
		return fmt.Sprintf("x lies within ±90 and y beyond it: the coordinates look like latitude before longitude; "+
			"tuban reads x = longitude, y = latitude of %s: swap them", c)
	case within(b.Min[0], b.Max[0], 0, 360) && within(b.Min[1], b.Max[1], -90, 90):
		return "longitudes run from 0 to 360: take 360 from those above 180"
	case math.Max(math.Abs(b.Min[0]), math.Abs(b.Max[0])) > 1000 || math.Max(math.Abs(b.Min[1]), math.Abs(b.Max[1])) > 1000:
		return fmt.Sprintf("the coordinates look like metres, but %s is in degrees: %s", c, Guess(b))
	}
	return fmt.Sprintf("x %.10g to %.10g, y %.10g to %.10g are no longitudes and latitudes",
		b.Min[0], b.Max[0], b.Min[1], b.Max[1])
}
