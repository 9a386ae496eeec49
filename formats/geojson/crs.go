package geojson

import (
	"encoding/json"
	"strings"
)

// crsText returns what a crs member (2008 format) names: the name of a named
// one, "EPSG:code" of the oldest form, the address of a link, the text itself
// of a bare text; "" for null and for what says nothing.
func crsText(raw []byte) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var member struct {
		Properties struct {
			Name string      `json:"name"`
			Href string      `json:"href"`
			Code json.Number `json:"code"`
		} `json:"properties"`
	}
	if json.Unmarshal(raw, &member) != nil {
		return ""
	}
	switch p := member.Properties; {
	case p.Name != "":
		return p.Name
	case p.Code != "":
		return "EPSG:" + p.Code.String()
	default:
		return p.Href
	}
}

// isLonLat reports whether a crs text names longitude and latitude on WGS 84
// or CGCS2000, which is what GeoJSON without one has: CRS84, EPSG:4326 or
// EPSG:4490 as a code, an OGC URN or an OGC URI. "" does.
func isLonLat(crs string) bool {
	if crs == "" {
		return true
	}
	parts := strings.FieldsFunc(strings.ToUpper(crs), func(r rune) bool { return r == ':' || r == '/' })
	code := parts[max(0, len(parts)-1):]
	if len(code) == 0 || !strings.Contains(strings.ToUpper(crs), "OGC") && !strings.Contains(strings.ToUpper(crs), "EPSG") {
		return false
	}
	return code[0] == "CRS84" || code[0] == "4326" || code[0] == "4490"
}

// readCRS steps over a crs member at pos and returns what it names.
func (p *parser) readCRS() (string, error) {
	k, err := p.keep()
	if err != nil {
		return "", err
	}
	return crsText(k.raw), nil
}

// innerCRS reads a crs member of a feature or a geometry, which must not
// contradict the file's.
func (p *parser) innerCRS() error {
	from := p.here()
	crs, err := p.readCRS()
	if err != nil || p.ignoreCRS || crs == p.crs || isLonLat(crs) && isLonLat(p.crs) {
		return err
	}
	file := p.crs
	if file == "" {
		file = "none, which is longitude and latitude on WGS 84"
	}
	p.fail(from, "this object's crs is %s, but the document's is %s", quote([]byte(crs)), file)
	return nil
}
