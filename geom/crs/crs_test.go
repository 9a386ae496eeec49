package crs

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

// testLines returns the lines of a fixture, without its header.
func testLines(t testing.TB, name string) (lines []string) {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if !strings.HasPrefix(s.Text(), "#") {
			lines = append(lines, s.Text())
		}
	}
	return lines
}

func mustEPSG(t testing.TB, code int) CRS {
	t.Helper()
	c, err := FromEPSG(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// DOMAIN 7.5, to a millimetre.
func TestGoldenPoints(t *testing.T) {
	for _, v := range []struct {
		p           orb.Point
		code        int
		north, east float64
	}{
		{orb.Point{94.9, 36.4}, 4520, 4030489.910, 32401321.407},
		{orb.Point{95.311407, 36.815762}, 4520, 4076286.243, 32438559.200},
		{orb.Point{95.758657, 36.450215}, 4520, 4035527.032, 32478363.962},
		{orb.Point{93.168552, 36.915143}, 4519, 4087107.082, 31515019.757},
		{orb.Point{92.443449, 34.220372}, 4519, 3788246.147, 31448716.013},
	} {
		got := mustEPSG(t, v.code).FromLonLat(v.p)
		if math.Abs(got[0]-v.east) > 1e-3 || math.Abs(got[1]-v.north) > 1e-3 {
			t.Errorf("%v in EPSG:%d: %.4f, want %.3f %.3f", v.p, v.code, got, v.east, v.north)
		}
	}
}

// PROJ's numbers, to a micrometre, both ways.
func TestAgainstPROJ(t *testing.T) {
	worst := 0.0
	lines := testLines(t, "gausskruger.txt")
	for _, line := range lines {
		var code int
		var lonlat, xy orb.Point
		if _, err := fmt.Sscan(line, &code, &lonlat[0], &lonlat[1], &xy[0], &xy[1]); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		c := mustEPSG(t, code)
		got, back := c.FromLonLat(lonlat), c.ToLonLat(xy)
		dx, dy := math.Abs(got[0]-xy[0]), math.Abs(got[1]-xy[1])
		bx, by := math.Abs(back[0]-lonlat[0])*111320, math.Abs(back[1]-lonlat[1])*111320
		worst = max(worst, dx, dy, bx, by)
		if max(dx, dy, bx, by) > 1e-6 {
			t.Errorf("%s: got %.8f, and back %.12f", line, got, back)
		}
	}
	t.Logf("%d points, the worst is off by %.2g m", len(lines), worst)
}

// The projection itself, without the rounding that a false easting and a
// longitude of 96 degrees bring. A degree of latitude near 36 is held to 0.8 nm
// by a float64, a northing of 4,000 km to 0.5 nm: a handful of those remains.
func TestRoundTrip(t *testing.T) {
	worst := 0.0
	for lat := -84.0; lat <= 84; lat += 1.75 {
		for dlon := -4.0; dlon <= 4; dlon += 0.125 {
			east, north := krugerForward(dlon, lat)
			l, b := krugerInverse(east, north)
			metres := max(math.Abs(l-dlon)*111320*math.Cos(lat*math.Pi/180), math.Abs(b-lat)*110946)
			worst = max(worst, metres)
			if metres > 4e-9 {
				t.Errorf("%g, %g comes back as %.16g, %.16g", dlon, lat, l, b)
			}
		}
	}
	t.Logf("the worst is off by %.2g m", worst)
}

// The prefixed and the plain system of a zone differ by the prefix alone, and
// the poles and far longitudes do no harm.
func TestZones(t *testing.T) {
	for code := 4491; code <= 4554; code++ {
		c := mustEPSG(t, code)
		centre := c.FromLonLat(orb.Point{c.central, 0})
		if want := (orb.Point{c.originEast(), 0}); centre != want {
			t.Errorf("%s: %v, want %v", c.Name(), centre, want)
		}
		if c.twin(true).central != c.central || c.twin(false).zone != 0 || c.twin(true).twin(c.zone != 0) != c {
			t.Errorf("%s: twins %v and %v", c.Name(), c.twin(true), c.twin(false))
		}
		for _, p := range []orb.Point{{0, 90}, {0, -90}, {-179, 10}, {180, 90}} {
			if got := c.FromLonLat(p); math.IsNaN(got[0]) || math.IsNaN(got[1]) {
				t.Errorf("%s: %v gives %v", c.Name(), p, got)
			}
		}
	}
	for code, name := range map[int]string{
		4491: "CGCS2000 / Gauss-Kruger zone 13", 4512: "CGCS2000 / Gauss-Kruger CM 135E",
		4520: "CGCS2000 / 3-degree Gauss-Kruger zone 32", 4541: "CGCS2000 / 3-degree Gauss-Kruger CM 96E",
	} {
		if got := mustEPSG(t, code).Name(); got != name {
			t.Errorf("EPSG:%d: %q, want %q", code, got, name)
		}
	}
}

func TestToLonLatOutOfReach(t *testing.T) {
	c := mustEPSG(t, 4520)
	for _, p := range []orb.Point{{401321, 4030489}, {32401321, 4e7}, {math.NaN(), 0}, {94.9, 36.4}} {
		if got := c.ToLonLat(p); !math.IsNaN(got[0]) || !math.IsNaN(got[1]) {
			t.Errorf("%v gives %v", p, got)
		}
	}
	if got := (CRS{}).ToLonLat(orb.Point{94.9, 36.4}); got != (orb.Point{94.9, 36.4}) {
		t.Errorf("the zero CRS moves a point to %v", got)
	}
}

func BenchmarkToLonLat(b *testing.B) {
	c := mustEPSG(b, 4520)
	b.ReportAllocs()
	for b.Loop() {
		c.ToLonLat(orb.Point{32401321.4072, 4030489.9098})
	}
}
