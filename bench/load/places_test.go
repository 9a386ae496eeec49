package load

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"tuban/geom"
	"tuban/geom/ellipsoid"
	"tuban/tiles"
)

func plain() *Ground {
	return &Ground{
		Bounds: orb.Bound{Min: orb.Point{94, 36}, Max: orb.Point{96, 37}},
		Places: []orb.Point{{94.5, 36.5}, {95.2, 36.1}, {95.9, 36.9}},
	}
}

// TestSteps wants sound outlines of right angles, of the sizes that are named.
func TestSteps(t *testing.T) {
	fs := plain().Steps(7, 500)
	again := plain().Steps(7, 500)
	for i, f := range fs {
		ring := f.Geometry.(orb.Polygon)[0]
		if p := geom.Validate(f.Geometry, 0); len(p) > 0 {
			t.Fatalf("%s: %v", f.ID, p[0])
		}
		if !slices.Equal(ring, again[i].Geometry.(orb.Polygon)[0]) {
			t.Fatalf("%s: the same seed draws another", f.ID)
		}
		if a := ellipsoid.Area(f.Geometry); a < 290 || a > 310_000 {
			t.Errorf("%s: %v m²", f.ID, a)
		}
		for k := 1; k < len(ring); k++ {
			east, north := ring[k][0] != ring[k-1][0], ring[k][1] != ring[k-1][1]
			if east == north {
				t.Errorf("%s: edge %d goes neither along a row nor along a column", f.ID, k)
			}
		}
	}
	if slices.Equal(fs[0].Geometry.(orb.Polygon)[0], plain().Steps(8, 1)[0].Geometry.(orb.Polygon)[0]) {
		t.Error("another seed draws the same")
	}
}

func TestPoints(t *testing.T) {
	g := plain()
	points := g.Points(3, 1000)
	if !slices.Equal(points, g.Points(3, 1000)) || slices.Equal(points, g.Points(4, 1000)) {
		t.Error("the seed does not decide")
	}
	for i, p := range points {
		close := slices.ContainsFunc(g.Places, func(q orb.Point) bool {
			return math.Abs(p[0]-q[0]) < 0.03 && math.Abs(p[1]-q[1]) < 0.02
		})
		if i%2 == 0 && !close || i%2 == 1 && !g.Bounds.Contains(p) {
			t.Fatalf("point %d is at %v", i, p)
		}
	}
}

func TestWalk(t *testing.T) {
	g := plain()
	const n = 20_000
	list := First(g.Walk(2), n)
	if !slices.Equal(list, First(g.Walk(2), n)) || slices.Equal(list[:100], First(g.Walk(3), 100)) {
		t.Error("the seed does not decide")
	}
	zooms := map[uint8]int{}
	for _, a := range list {
		zooms[a.Z]++
		if !a.Valid() {
			t.Fatalf("%v is no tile", a)
		}
	}
	for z := MinZoom; z <= MaxZoom; z++ {
		if zooms[uint8(z)] < n/100 {
			t.Errorf("z%d: %d of %d tiles", z, zooms[uint8(z)], n)
		}
	}
	if len(zooms) != MaxZoom-MinZoom+1 {
		t.Errorf("zooms %v", zooms)
	}
}

func TestDistinct(t *testing.T) {
	g := plain()
	list := Distinct(g.Zoom(1, 6), 100)
	if len(list) == 0 || len(list) > 3*9 {
		t.Errorf("%d tiles of z6 around three places", len(list))
	}
	if n := len(Distinct(slices.Values(list), 100)); n != len(list) {
		t.Errorf("%d of them are different", n)
	}
	if n := len(Distinct(g.Zoom(1, 16), 25)); n != 25 {
		t.Errorf("%d tiles of z16", n)
	}
	odd := filter(g.Zoom(1, 16), func(a tiles.Address) bool { return a.X%2 == 1 })
	for _, a := range First(odd, 10) {
		if a.X%2 == 0 {
			t.Errorf("%v was filtered out", a)
		}
	}
	if n := len(First(filter(slices.Values(list), func(tiles.Address) bool { return false }), 3)); n != 0 {
		t.Errorf("%d tiles passed a filter that passes none", n)
	}
}

func TestSquare(t *testing.T) {
	a := tiles.Address{Z: 12, X: 3127, Y: 1602}
	if got, want := square(a, 0), a.Bound(); math.Abs(got.Min[0]-want.Min[0])+math.Abs(got.Max[1]-want.Max[1]) > 1e-12 {
		t.Errorf("%v, want %v", got, want)
	}
	if in, out := square(a, 0), square(a, 64); !(out.Min[0] < in.Min[0] && out.Min[1] < in.Min[1] && out.Max[0] > in.Max[0] && out.Max[1] > in.Max[1]) {
		t.Errorf("%v does not lie within %v", in, out)
	}
}
