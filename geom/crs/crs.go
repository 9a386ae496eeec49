package crs

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"tuban/geom/mercator"
)

// CRS is a coordinate system. The zero value is EPSG:4490. Values compare with
// ==.
type CRS struct {
	kind    kind
	code    int     // EPSG
	central float64 // degrees, of a Gauss-Krüger zone
	zone    int     // the number before the easting, 0 if there is none
	width   int     // 3 or 6 degrees
}

type kind uint8

const (
	kindCGCS2000 kind = iota
	kindWGS84
	kindCRS84
	kindWebMercator
	kindGaussKruger
)

// The systems without a zone.
var (
	CGCS2000    = CRS{}
	WGS84       = CRS{kind: kindWGS84, code: 4326}
	CRS84       = CRS{kind: kindCRS84, code: 4326}
	WebMercator = CRS{kind: kindWebMercator, code: 3857}
)

// The EPSG codes of the CGCS2000 Gauss-Krüger zones. 6° zones are numbered 13
// to 23 (75° to 135° E), 3° zones 25 to 45 (75° to 135° E).
const (
	epsgWide        = 4491 // 6°, zone 13, with zone number
	epsgWidePlain   = 4502 // 6°, CM 75E
	epsgNarrow      = 4513 // 3°, zone 25, with zone number
	epsgNarrowPlain = 4534 // 3°, CM 75E
	epsgEnd         = 4555
	firstWide       = 13
	firstNarrow     = 25
	lastWide        = 23
	lastNarrow      = 45
)

// falseEasting is the easting of the central meridian, zone number apart.
const falseEasting = 500000

// zoneStep is what a zone number before the easting adds, each.
const zoneStep = 1000000

// FromEPSG returns the system of an EPSG code, or an *UnsupportedError.
func FromEPSG(code int) (CRS, error) {
	switch code {
	case 4490:
		return CGCS2000, nil
	case 4326:
		return WGS84, nil
	case 3857, 900913, 102100, 102113: // and the codes it had before 3857
		return WebMercator, nil
	}
	if c, ok := gaussKruger(code); ok {
		return c, nil
	}
	return CRS{}, &UnsupportedError{Name: fmt.Sprintf("EPSG:%d", code), Code: code, secret: secretCode(code)}
}

func gaussKruger(code int) (CRS, bool) {
	c := CRS{kind: kindGaussKruger, code: code}
	number := 0
	switch {
	case code < epsgWide || code >= epsgEnd:
		return CRS{}, false
	case code < epsgWidePlain:
		number, c.width = code-epsgWide+firstWide, 6
		c.zone = number
	case code < epsgNarrow:
		number, c.width = code-epsgWidePlain+firstWide, 6
	case code < epsgNarrowPlain:
		number, c.width = code-epsgNarrow+firstNarrow, 3
		c.zone = number
	default:
		number, c.width = code-epsgNarrowPlain+firstNarrow, 3
	}
	c.central = float64(3 * number)
	if c.width == 6 {
		c.central = float64(6*number - 3)
	}
	return c, true
}

// EPSG returns the EPSG code; 4326 for CRS84, which is the same system with the
// axes the other way around.
func (c CRS) EPSG() int {
	if c.kind == kindCGCS2000 {
		return 4490
	}
	return c.code
}

// String returns what Parse reads back: "EPSG:4490", "OGC:CRS84".
func (c CRS) String() string {
	if c.kind == kindCRS84 {
		return "OGC:CRS84"
	}
	return fmt.Sprintf("EPSG:%d", c.EPSG())
}

// Name returns the name in the EPSG registry.
func (c CRS) Name() string {
	switch c.kind {
	case kindCGCS2000:
		return "China Geodetic Coordinate System 2000"
	case kindWGS84:
		return "WGS 84"
	case kindCRS84:
		return "WGS 84 (CRS84)"
	case kindWebMercator:
		return "WGS 84 / Pseudo-Mercator"
	}
	name := "CGCS2000 / "
	if c.width == 3 {
		name += "3-degree "
	}
	if c.zone > 0 {
		return fmt.Sprintf("%sGauss-Kruger zone %d", name, c.zone)
	}
	return fmt.Sprintf("%sGauss-Kruger CM %gE", name, c.central)
}

// IsGeographic reports whether coordinates are degrees.
func (c CRS) IsGeographic() bool {
	return c.kind == kindCGCS2000 || c.kind == kindWGS84 || c.kind == kindCRS84
}

// The reach of the Gauss-Krüger series: beyond it coordinates are no easting
// and northing of the zone.
const (
	reachEast  = 4.0e6
	reachNorth = 10.01e6
)

// ToLonLat returns the longitude and latitude, in degrees, of coordinates of c.
// An easting or northing that no place in reach of the zone has (more than
// 4,000 km from the central meridian, beyond a pole) gives NaN; Suspect says
// why. The error of the Gauss-Krüger inverse is below 1e-9 m near the zone.
func (c CRS) ToLonLat(p orb.Point) orb.Point {
	switch c.kind {
	case kindWebMercator:
		return mercator.Inverse(p)
	case kindGaussKruger:
		east := p[0] - c.originEast()
		if !(math.Abs(east) <= reachEast && math.Abs(p[1]) <= reachNorth) {
			return orb.Point{math.NaN(), math.NaN()}
		}
		dlon, lat := krugerInverse(east, p[1])
		return orb.Point{c.central + dlon, lat}
	}
	return p
}

// FromLonLat returns the coordinates in c of a longitude and latitude in
// degrees.
func (c CRS) FromLonLat(p orb.Point) orb.Point {
	switch c.kind {
	case kindWebMercator:
		return mercator.Forward(p)
	case kindGaussKruger:
		dlon := math.Remainder(p[0]-c.central, 360)
		east, north := krugerForward(dlon, p[1])
		return orb.Point{c.originEast() + east, north}
	}
	return p
}

func (c CRS) originEast() float64 { return float64(c.zone*zoneStep + falseEasting) }

// twin returns the same Gauss-Krüger zone with the zone number before the
// easting if number is true, without if not.
func (c CRS) twin(number bool) CRS {
	n := int(c.central) / 3
	with, without, first := epsgNarrow, epsgNarrowPlain, firstNarrow
	if c.width == 6 {
		n = (int(c.central) + 3) / 6
		with, without, first = epsgWide, epsgWidePlain, firstWide
	}
	code := without + n - first
	if number {
		code = with + n - first
	}
	t, _ := gaussKruger(code)
	return t
}
