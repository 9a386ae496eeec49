package mercator

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
)

func TestForward(t *testing.T) {
	// made with: gdaltransform -s_srs OGC:CRS84 -t_srs EPSG:3857 -output_xy
	for _, c := range []struct{ lonlat, want orb.Point }{
		{orb.Point{0, 0}, orb.Point{0, 0}},
		{orb.Point{94.9, 36.4}, orb.Point{10564219.6762817, 4355801.26497188}},
		{orb.Point{-180, -85}, orb.Point{-20037508.3427892, -19971868.8804086}},
		{orb.Point{9.5, 47.1}, orb.Point{1057535.1625361, 5958411.9199898}},
	} {
		got := Forward(c.lonlat)
		if math.Abs(got[0]-c.want[0]) > 1e-6 || math.Abs(got[1]-c.want[1]) > 1e-6 {
			t.Errorf("%v: %.8f, want %.8f", c.lonlat, got, c.want)
		}
		back := Inverse(got)
		if math.Abs(back[0]-c.lonlat[0]) > 1e-13 || math.Abs(back[1]-c.lonlat[1]) > 1e-13 {
			t.Errorf("%v comes back as %v", c.lonlat, back)
		}
	}
}

func TestUnit(t *testing.T) {
	if y := Forward(orb.Point{0, MaxLatitude})[1]; math.Abs(y-Half) > 1e-6 {
		t.Errorf("MaxLatitude lies at %f, want %f", y, Half)
	}
	for lat := -85.0; lat <= 85; lat += 2.5 {
		p := orb.Point{2 * lat, lat}
		x, y := Unit(p)
		m := Forward(p)
		if math.Abs(x-(0.5+m[0]/(2*Half))) > 1e-15 || math.Abs(y-(0.5-m[1]/(2*Half))) > 4e-15 {
			t.Errorf("%v: (%v, %v) against metres %v", p, x, y, m)
		}
		if back := FromUnit(x, y); math.Abs(back[0]-p[0]) > 1e-13 || math.Abs(back[1]-p[1]) > 1e-12 {
			t.Errorf("%v comes back as %v", p, back)
		}
	}
	for _, c := range []struct {
		p    orb.Point
		x, y float64
	}{
		{orb.Point{-180, 90}, 0, 0}, {orb.Point{180, -90}, 1, 1}, {orb.Point{0, 0}, 0.5, 0.5},
	} {
		if x, y := Unit(c.p); x != c.x || y != c.y {
			t.Errorf("%v: (%v, %v), want (%v, %v)", c.p, x, y, c.x, c.y)
		}
	}
	// DOMAIN 7.3: 94.9 E, 36.4 N is in tile 17/100088/51289.
	x, y := Unit(orb.Point{94.9, 36.4})
	if tx, ty := int(x*(1<<17)), int(y*(1<<17)); tx != 100088 || ty != 51289 {
		t.Errorf("tile 17/%d/%d", tx, ty)
	}
}

func BenchmarkUnit(b *testing.B) {
	b.ReportAllocs()
	p := orb.Point{94.9, 36.4}
	for b.Loop() {
		p[1] += 1e-9
		Unit(p)
	}
}
