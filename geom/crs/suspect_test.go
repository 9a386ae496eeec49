package crs

import (
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

func box(x0, y0, x1, y1 float64) orb.Bound {
	return orb.Bound{Min: orb.Point{x0, y0}, Max: orb.Point{x1, y1}}
}

// Golmud's city seat in the systems that it may come in.
var (
	inDegrees  = box(94.8, 36.3, 95.0, 36.5)
	latLon     = box(36.3, 94.8, 36.5, 95.0)
	inZone32   = box(32392000, 4019000, 32411000, 4042000)
	inCM96     = box(392000, 4019000, 411000, 4042000)
	northEast  = box(4019000, 392000, 4042000, 411000)
	northZone  = box(4019000, 32392000, 4042000, 32411000)
	inMercator = box(10553000, 4342000, 10576000, 4370000)
)

func TestSuspect(t *testing.T) {
	for _, c := range []struct {
		name string
		code int
		b    orb.Bound
		want string // a part of the text; "" for nothing suspicious
	}{
		{"degrees", 4490, inDegrees, ""},
		{"degrees, whole world", 4326, box(-180, -90, 180, 90), ""},
		{"latitude first", 4490, latLon, "latitude before longitude"},
		{"metres as degrees", 4490, inZone32, "give --crs EPSG:4520"},
		{"plain eastings as degrees", 4490, inCM96, "EPSG:4534"},
		{"0 to 360", 4326, box(10, -20, 350, 20), "0 to 360"},
		{"no degrees and no metres", 4326, box(10, -200, 350, 20), "no longitudes and latitudes"},
		{"zone 32", 4520, inZone32, ""},
		{"CM 96", 4541, inCM96, ""},
		{"prefix where none belongs", 4541, inZone32,
			"x looks like an easting with zone prefix 32, but EPSG:4541 has none: try --crs EPSG:4520"},
		{"no prefix where one belongs", 4520, inCM96,
			"x looks like an easting without a zone prefix, but EPSG:4520 has prefix 32: try --crs EPSG:4541"},
		{"another prefix", 4519, inZone32, "zone prefix 32, but EPSG:4519 has prefix 31: try --crs EPSG:4520"},
		{"89.5 E kept in zone 32", 4520, box(31906189, 3888000, 31906289, 3888100), ""},
		{"88.5 E kept in zone 32", 4520, box(31805000, 3710000, 31806000, 3711000), ""},
		{"6° prefix in a 3° zone", 4541, box(16700000, 4019000, 16710000, 4042000), "try --crs EPSG:4494"},
		{"degrees in a zone", 4541, inDegrees, "look like degrees, but EPSG:4541 is in metres: try --crs EPSG:4490"},
		{"latitude first in a zone", 4541, latLon, "latitude before longitude"},
		{"northing first", 4541, northEast, "x and y look swapped"},
		{"northing first, with prefix", 4520, northZone, "x and y look swapped"},
		{"far away", 4541, box(5e6, 1e6, 6e6, 2e6), "no eastings and northings near the central meridian 96E"},
		{"a zone and a half wide", 4541, box(200000, 4019000, 900000, 4042000), ""},
		{"web Mercator", 3857, inMercator, ""},
		{"degrees as web Mercator", 3857, inDegrees, "look like degrees"},
		{"zone 32 as web Mercator", 3857, inZone32, "give --crs EPSG:4520"},
		{"nothing", 4541, box(1, 1, 0, 0), ""},
		{"not a number", 4541, box(math.NaN(), 0, 1, 1), ""},
	} {
		got := mustEPSG(t, c.code).Suspect(c.b)
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// What a system's own data look like is never suspicious.
func TestSuspectOwnData(t *testing.T) {
	for code := 4491; code <= 4554; code++ {
		c := mustEPSG(t, code)
		half := float64(c.width)/2 + 0.3
		for _, lat := range []float64{3.5, 20, 36.4, 53} {
			sw := c.FromLonLat(orb.Point{c.central - half, lat})
			ne := c.FromLonLat(orb.Point{c.central + half, lat + 0.5})
			if text := c.Suspect(box(sw[0], sw[1], ne[0], ne[1])); text != "" {
				t.Errorf("%s at %g: %s", c, lat, text)
			}
		}
	}
}

func TestGuess(t *testing.T) {
	for _, c := range []struct {
		name string
		b    orb.Bound
		want string
	}{
		{"degrees", inDegrees, "give --crs EPSG:4490"},
		{"latitude first", latLon, "swap them, then give --crs EPSG:4490"},
		{"zone 32", inZone32, "x looks like an easting with zone prefix 32: give --crs EPSG:4520"},
		{"zones 31 and 32", box(31392000, 4019000, 32411000, 4042000), "zone prefixes 31 to 32"},
		{"6° zone 16", box(16392000, 4019000, 16411000, 4042000), "EPSG:4494"},
		{"plain", inCM96, "EPSG:4534"},
		{"northing first", northZone, "zone prefix 32: give --crs EPSG:4520"},
		{"northing first, plain", northEast, "swapped"},
		{"web Mercator", inMercator, "EPSG:3857"},
		{"nonsense", box(1e9, 1e9, 2e9, 2e9), "fit no system"},
		{"nothing", box(1, 1, 0, 0), "no coordinates"},
	} {
		if got := Guess(c.b); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
