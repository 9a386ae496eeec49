package crs

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Parse recognises a coordinate system by a code ("EPSG:4490", "4490",
// "OGC:CRS84"), an OGC URN or URI, or well-known text: version 1 as OGC and as
// ESRI write it, or version 2. Well-known text without a code is decided by
// what it says (datum, projection, parameters, units), never by its name
// alone. Errors are *UnsupportedError.
func Parse(text string) (CRS, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	switch {
	case text == "":
		return CRS{}, &UnsupportedError{Reason: "nothing is said about it"}
	case strings.HasPrefix(text, "<") && !strings.HasPrefix(strings.ToLower(text), "<http"):
		return CRS{}, &UnsupportedError{Reason: "the text is an HTML or XML page, not a coordinate system"}
	case looksLikeWKT(text):
		n, err := parseWKT(text)
		if err != nil {
			return CRS{}, &UnsupportedError{Name: excerpt(text), Reason: "the well-known text is broken"}
		}
		return fromWKT(n)
	}
	return fromCode(text)
}

// fromCode reads codes, CURIEs, URNs and URIs: what counts is the authority and
// the last part.
func fromCode(text string) (CRS, error) {
	id := strings.ToLower(strings.Trim(text, "<>[]"))
	if code, err := strconv.Atoi(id); err == nil {
		return FromEPSG(code)
	}
	last := id
	if i := strings.LastIndexAny(id, ":/#"); i >= 0 {
		last = id[i+1:]
	}
	if last == "crs84" || id == "crs:84" {
		return CRS84, nil
	}
	code, err := strconv.Atoi(last)
	if err != nil || !strings.Contains(id, "epsg") {
		return CRS{}, &UnsupportedError{Name: excerpt(text)}
	}
	return FromEPSG(code)
}

// excerpt is the beginning of a text, for an error.
func excerpt(text string) string {
	const most = 60
	if text = strings.Join(strings.Fields(text), " "); len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
