package tiles

import (
	"math"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"

	"tuban/feature"
	"tuban/internal/demo"
	"tuban/tiles/mvt"
)

// demoCity returns the land-class layer of the demo city.
var demoCity = sync.OnceValue(func() *memory {
	for _, s := range demo.New(1, demo.Small()).Layers() {
		if s.Layer.ID != "dltb" {
			continue
		}
		l := &memory{layer: s.Layer}
		if err := s.Each(func(f feature.Feature) error {
			f.Number = feature.Number(len(l.features) + 1)
			l.features, l.bounds = append(l.features, f), append(l.bounds, boundOf(f.Geometry))
			return nil
		}); err != nil {
			panic(err)
		}
		return l
	}
	panic("no land classes")
})

// trueAreas returns the area of each class within the buffered square of a tile,
// in units², straight from the geometries, which do not overlap.
func trueAreas(l *memory, a Address) map[string]float64 {
	f := newFrame(a)
	square := orb.Bound{Min: orb.Point{-Buffer, -Buffer}, Max: orb.Point{extent + Buffer, extent + Buffer}}
	areas := map[string]float64{}
	for i := range l.features {
		if !l.bounds[i].Intersects(f.box) {
			continue
		}
		class, _ := l.features[i].Properties.Get(l.layer.ClassField)
		for _, r := range l.features[i].Geometry.(orb.Polygon) {
			var projected orb.Ring
			for _, p := range r {
				x, y := f.units(p)
				projected = append(projected, orb.Point{x, y})
			}
			projected = clip.Ring(square, projected)
			areas[class.String()] -= surveyed(projected)
		}
	}
	return areas
}

// surveyed is the signed area of a closed ring, negative where y runs down and the
// ring is a shell.
func surveyed(r orb.Ring) (sum float64) {
	for i := 0; i+1 < len(r); i++ {
		sum += (r[i][0]-r[0][0])*(r[i+1][1]-r[0][1]) - (r[i+1][0]-r[0][0])*(r[i][1]-r[0][1])
	}
	return sum / 2
}

// drawnAreas returns the area of each class as drawn, in units².
func drawnAreas(t tester, l *memory, drawn *mvt.Layer) map[string]float64 {
	areas := map[string]float64{}
	for i := range drawn.Features {
		f := &drawn.Features[i]
		class, _ := drawn.Properties(f)[l.layer.ClassField].(string)
		areas[class] += float64(featureArea2(t, f)) / 2
	}
	return areas
}

// TestClassesKeepTheirArea is DESIGN 4's bound on the demo city: where polygons
// had to be merged, the drawn area of each class is within 2 % or four pixels of
// 256 to the tile of the true one; and where nothing had to be generalised. Where
// leaving properties out was enough, every polygon is drawn by itself, and what
// the grid takes from thin ones is logged only.
func TestClassesKeepTheirArea(t *testing.T) {
	l := demoCity()
	centre := orb.Point{94.9, 36.4}
	for z := uint8(6); z <= 11; z++ {
		WebMercatorQuad.Cover(orb.Bound{Min: centre, Max: centre}, z).Each(func(a Address) bool {
			start := time.Now()
			tile, err := Render([]Layer{l}, a, Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %d bytes in %v; %+v", a, len(tile.Data), time.Since(start).Round(time.Millisecond), tile.Generalised)
			if v := mvt.Validate(tile.Data); v != nil || len(tile.Data) > MaxBytes {
				t.Fatalf("%s: %d bytes, violations: %v", a, len(tile.Data), v)
			}
			if z == 6 {
				render(t, a, Options{}, l) // the same again
			}
			decoded, err := mvt.Decode(tile.Data)
			if err != nil {
				t.Fatal(err)
			}
			merged := 0
			for _, n := range tile.Generalised {
				merged += n.Merged
				if n.Dropped > 0 {
					t.Errorf("%s: %d parcels are dropped", a, n.Dropped)
				}
			}
			if z <= 9 && merged == 0 {
				t.Errorf("%s: nothing is merged, so nothing is shown", a)
			}
			requireAreas(t, a, drawnAreas(t, l, decoded.Layer("dltb")), trueAreas(l, a), merged > 0 || len(tile.Generalised) == 0)
			return true
		})
	}
}

func requireAreas(t *testing.T, a Address, got, want map[string]float64, strict bool) {
	t.Helper()
	worst, which := 0.0, ""
	for class, w := range want {
		bound := max(0.02*w, 4*pixel*pixel)
		share := math.Abs(got[class]-w) / bound
		if share > worst {
			worst, which = share, class
		}
		if share > 1 && strict {
			t.Errorf("%s: class %s has %.0f units² instead of %.0f", a, class, got[class], w)
		}
	}
	t.Logf("%s: the largest error is %.2f of what is allowed, class %s", a, worst, which)
}
