package tiles

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"tuban/tiles/mvt"
)

// TestSimplified: a tile of many vertices has every polygon with its id, on a
// coarser grid, as long as their number allows it; whether there is a pyramid or
// not.
func TestSimplified(t *testing.T) {
	l := parcels(40, 100)
	_, without := render(t, city, Options{}, l)
	tile, decoded := render(t, city, Options{}, l.derive())
	drawn := decoded.Layer("dltb")
	if len(drawn.Features) != len(l.features) || len(tile.Generalised) != 1 || tile.Generalised[0] != (Note{Layer: "dltb", Grid: 1024}) {
		t.Fatalf("%d of %d polygons are drawn, told %+v", len(drawn.Features), len(l.features), tile.Generalised)
	}
	for i := range drawn.Features {
		f := &drawn.Features[i]
		if id, _ := drawn.Properties(f)["id"].(string); !f.HasID || id != string(l.features[i].ID) {
			t.Fatalf("feature %d is %q", f.ID, id)
		}
		rings, err := f.Parts()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rings {
			for _, p := range r {
				if p.X%4 != 0 || p.Y%4 != 0 {
					t.Fatalf("%v is not on the grid", p)
				}
			}
		}
	}
	if a, b := area2(t, drawn), area2(t, without.Layer("dltb")); a != b {
		t.Errorf("twice the area is %d, without a pyramid %d", a, b)
	}
}

// TestGridsOfNeighbours: a place in two tiles is rounded to the same place.
func TestGridsOfNeighbours(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	here, east := newRenderer(), newRenderer()
	here.frame, east.frame = newFrame(city), newFrame(Address{Z: city.Z, X: city.X + 1, Y: city.Y})
	for _, step := range []int32{1, 2, 4, coarsest} {
		here.step, east.step = step, step
		for range 1000 {
			p := lonLat(city, extent+(r.Float64()-0.5)*2*Buffer, r.Float64()*extent)
			a, b := here.place(p).Round(), east.place(p).Round()
			if got, want := (mvt.Point{X: b.X*step + extent, Y: b.Y * step}), (mvt.Point{X: a.X * step, Y: a.Y * step}); got != want {
				t.Fatalf("%v is at %v here and at %v there", orb.Point(p), want, got)
			}
		}
	}
}
