package crs

import (
	"fmt"
	"math"
	"strings"
)

const degree = math.Pi / 180

// fromWKT decides by the kind of system.
func fromWKT(n *node) (CRS, error) {
	switch n.key {
	case "GEOGCS", "GEOGCRS", "GEODCRS", "GEODETICCRS", "GEOGRAPHICCRS":
		return fromGeographic(n)
	case "PROJCS", "PROJCRS", "PROJECTEDCRS":
		return fromProjected(n)
	case "COMPD_CS", "COMPOUNDCRS", "BOUNDCRS", "SOURCECRS": // heights and datum shifts aside
		for _, k := range n.kids {
			switch k.key {
			case "GEOGCS", "GEOGCRS", "GEODCRS", "GEODETICCRS", "GEOGRAPHICCRS",
				"PROJCS", "PROJCRS", "PROJECTEDCRS", "SOURCECRS", "BOUNDCRS":
				return fromWKT(k)
			}
		}
	}
	return CRS{}, n.unsupported("")
}

// unsupported is the error for a system that n describes.
func (n *node) unsupported(reason string) error {
	name := n.name()
	if name == "" {
		name = n.key
	}
	datum := plain(n.datumName())
	return &UnsupportedError{
		Name: excerpt(name), Code: n.epsg(), Reason: reason,
		secret: strings.Contains(datum, "xian1980") || strings.Contains(datum, "beijing") || secretCode(n.epsg()),
	}
}

// datumName returns the name of the datum that n, or the geographic system
// that n is built on, has.
func (n *node) datumName() string {
	if base := n.base(); base != nil {
		n = base
	}
	return n.kid("DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE").name()
}

func (n *node) base() *node {
	return n.kid("GEOGCS", "BASEGEOGCRS", "BASEGEODCRS", "GEOGCRS", "GEODCRS")
}

// plain keeps lower-case letters and digits, so that spellings meet.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		}
		return -1
	}, s)
}

// fromGeographic takes degrees east of Greenwich on CGCS2000 or WGS 84.
func fromGeographic(n *node) (CRS, error) {
	if cs := n.kid("CS"); cs != nil && !strings.EqualFold(cs.name(), "ellipsoidal") {
		return CRS{}, n.unsupported("its coordinates are not longitude and latitude")
	}
	// In version 2 the base of a projected system has no axes and no unit of its
	// own: degrees, then.
	if unit := n.unit("UNIT", "ANGLEUNIT"); unit != 0 && !near(unit, degree, 1e-9) {
		return CRS{}, n.unsupported("its unit is not the degree")
	}
	if greenwich, ok := n.kid("PRIMEM", "PRIMEMERIDIAN").number(1); ok && greenwich != 0 {
		return CRS{}, n.unsupported("its prime meridian is not Greenwich")
	}
	a, _ := n.ellipsoid().number(1)
	rf, _ := n.ellipsoid().number(2)
	datum := plain(n.datumName())
	switch {
	case !near(a, 6378137, 1e-4):
	case near(rf, 298.257222101, 1e-5) && (strings.Contains(datum, "china2000") || strings.Contains(datum, "cgcs2000") ||
		strings.Contains(datum, "chinageodeticcoordinatesystem2000")):
		return checked(n, CGCS2000)
	case near(rf, 298.257223563, 1e-5) && (strings.Contains(datum, "wgs1984") || strings.Contains(datum, "wgs84") ||
		strings.Contains(datum, "worldgeodeticsystem1984")):
		return checked(n, WGS84)
	}
	return CRS{}, n.unsupported("")
}

func (n *node) ellipsoid() *node {
	return n.kid("DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE").kid("SPHEROID", "ELLIPSOID")
}

// unit returns the factor of the element's own unit or, in version 2, of its
// first axis; 0 if there is none.
func (n *node) unit(keys ...string) float64 {
	u := n.kid(keys...)
	if u == nil {
		u = n.kid("AXIS").kid(keys...)
	}
	v, _ := u.number(1)
	return v
}

func near(v, want, tolerance float64) bool { return math.Abs(v-want) <= tolerance }

// checked returns c if the text has no EPSG code or one that means the same
// system, else an error: one of the two is wrong.
func checked(n *node, c CRS) (CRS, error) {
	code := n.epsg()
	if code == 0 || code == c.EPSG() {
		return c, nil
	}
	said, err := FromEPSG(code)
	if err == nil && said.kind == c.kind && said.zone == c.zone && said.central == c.central {
		return said, nil
	}
	return CRS{}, n.unsupported(fmt.Sprintf("its code says EPSG:%d, but its parameters are those of %s", code, c))
}

// fromProjected takes web Mercator and the CGCS2000 Gauss-Krüger zones.
func fromProjected(n *node) (CRS, error) {
	base := n.base()
	if base == nil {
		return CRS{}, n.unsupported("")
	}
	geographic, err := fromGeographic(base)
	if err != nil {
		return CRS{}, n.unsupported("")
	}
	if !near(n.unit("UNIT", "LENGTHUNIT"), 1, 1e-12) {
		return CRS{}, n.unsupported("its unit is not the metre")
	}
	method := plain(n.kid("PROJECTION").name())
	if method == "" {
		method = plain(n.kid("CONVERSION").kid("METHOD", "PROJECTION").name())
	}
	p := n.parameters()
	switch method {
	case "transversemercator", "gausskruger":
		if geographic == CGCS2000 {
			return gaussKrugerByParameters(n, p)
		}
	case "mercatorauxiliarysphere", "popularvisualisationpseudomercator":
		if geographic == WGS84 && p.allZero() {
			return checked(n, WebMercator)
		}
	case "mercator", "mercator1sp": // as GDAL writes web Mercator in version 1
		if geographic == WGS84 && p.scale == 1 && p.allZero() &&
			(n.epsg() == 3857 || strings.Contains(n.kid("EXTENSION").joined(), "+nadgrids=@null")) {
			return checked(n, WebMercator)
		}
	}
	return CRS{}, n.unsupported("")
}

func (n *node) joined() string {
	if n == nil {
		return ""
	}
	return strings.Join(n.values, " ")
}

// parameters of a projection, in degrees and metres.
type parameters struct {
	central, latitude, scale, east, north float64
	others                                bool // some other parameter isn't 0
}

func (p parameters) allZero() bool {
	return p.central == 0 && p.latitude == 0 && p.east == 0 && p.north == 0 && !p.others
}

func (n *node) parameters() parameters {
	p := parameters{scale: 1}
	list := n.kids
	if c := n.kid("CONVERSION"); c != nil {
		list = c.kids
	}
	for _, k := range list {
		if k.key != "PARAMETER" {
			continue
		}
		v, ok := k.number(1)
		if !ok {
			p.others = true
			continue
		}
		switch plain(k.name()) {
		case "centralmeridian", "longitudeofcenter", "longitudeofnaturalorigin":
			p.central = v
		case "latitudeoforigin", "latitudeofnaturalorigin":
			p.latitude = v
		case "scalefactor", "scalefactoratnaturalorigin":
			p.scale = v
		case "falseeasting":
			p.east = v
		case "falsenorthing":
			p.north = v
		default:
			p.others = p.others || v != 0
		}
	}
	return p
}

// gaussKrugerByParameters finds the zone of a central meridian and a false
// easting. A 3° and a 6° zone may share both when no number precedes the
// easting; they then give the same coordinates, and the name decides.
func gaussKrugerByParameters(n *node, p parameters) (CRS, error) {
	if p.scale != 1 || p.latitude != 0 || p.north != 0 || p.others {
		return CRS{}, n.unsupported("it is no standard Gauss-Krüger zone: scale, origin or false northing differ")
	}
	var found CRS
	for code := epsgWide; code < epsgEnd; code++ {
		c, _ := gaussKruger(code)
		if c.central != p.central || c.originEast() != p.east {
			continue
		}
		if n.epsg() == code {
			return c, nil
		}
		if found.code == 0 || !wideByName(n.name()) { // 3° come after 6°
			found = c
		}
	}
	if found.code == 0 {
		return CRS{}, n.unsupported(fmt.Sprintf(
			"no Gauss-Krüger zone has the central meridian %g and the false easting %g", p.central, p.east))
	}
	return checked(n, found)
}

// wideByName: "CGCS2000_GK_CM_75E", "CGCS2000 / Gauss-Kruger CM 75E" are 6°,
// with a "3_Degree" or "3-degree" in it 3°.
func wideByName(name string) bool {
	s := plain(name)
	return strings.Contains(s, "6degree") ||
		!strings.Contains(s, "3degree") && (strings.Contains(s, "gkcm") || strings.Contains(s, "gausskrugercm"))
}
