package crs

import (
	"errors"
	"fmt"
)

// ErrUnsupported is wrapped by every error of this package: the text names no
// coordinate system that tuban can take.
var ErrUnsupported = errors.New("unsupported coordinate system")

// UnsupportedError names the coordinate system that was found and what to do.
type UnsupportedError struct {
	Name   string // as the text has it, "" when it names none
	Code   int    // EPSG, 0 if unknown
	Reason string // what is wrong, if it isn't simply another system
	secret bool
}

// Error names what was found and what to do about it.
func (e *UnsupportedError) Error() string {
	text := "unsupported coordinate system"
	if e.Name != "" {
		text += fmt.Sprintf(" %q", e.Name)
	}
	if e.Code != 0 && e.Name != fmt.Sprintf("EPSG:%d", e.Code) {
		text += fmt.Sprintf(" (EPSG:%d)", e.Code)
	}
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	if e.secret {
		return text + ": the parameters that take Xi'an 80 and Beijing 54 to CGCS2000 are secret and not in this program; " +
			"have the surveying authority transform the data to CGCS2000 (EPSG:4490)"
	}
	return text + ": reproject it first, e.g. ogr2ogr -t_srs EPSG:4490 out.gpkg in.shp, or name the right system with --crs"
}

// Unwrap returns ErrUnsupported.
func (e *UnsupportedError) Unwrap() error { return ErrUnsupported }

// secretCode reports the EPSG codes of systems on the Xi'an 80, Beijing 54 and
// New Beijing datums.
func secretCode(code int) bool {
	for _, r := range [...][2]int{
		{4610, 4610}, {2327, 2390}, // Xian 1980, its 6° and 3° zones
		{4214, 4214}, {2401, 2442}, {21413, 21423}, {21453, 21463}, {21473, 21483}, // Beijing 1954
		{4555, 4555}, {4568, 4589}, // New Beijing, its 6° zones
	} {
		if r[0] <= code && code <= r[1] {
			return true
		}
	}
	return false
}
