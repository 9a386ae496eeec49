package tiles

import (
	"fmt"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/tiles/mvt"
)

// TestSmallestAreMerged: where too many polygons are in a tile, those of 16 pixels or
// more stay themselves, with id and, unless that is told, all properties; the others are merged by class. All
// together have the area that they have, by class, and their number.
//
//	a field of 64 × 64 squares of half a pixel, around it boxes of 9 × 9 pixels and
//	some of 3 × 3: the field as a whole is as large as 32 × 32
func TestSmallestAreMerged(t *testing.T) {
	for _, a := range []Address{{Z: 10, X: city.X >> 4, Y: city.Y >> 4}, city} {
		l := newMemory("dltb", feature.KindReference, "class", "owner")
		l.layer.ClassField = "class"
		want, wantArea := map[string]bool{}, map[any]float64{}
		add := func(x, y, side float64, class string) {
			l.add(polygon(a, tileBox(x, y, x+side, y+side)), feature.StringValue(class), feature.StringValue("someone"))
			l.features[len(l.features)-1].NeedsRepair = false
			wantArea[class] += side * side
		}
		for i := range 4096 {
			add(1024+8*float64(i%64), 1024+8*float64(i/64), 8, fmt.Sprint(i%64/16))
		}
		for i := range 10 {
			add(64+160*float64(i), 200, 9*pixel, fmt.Sprint(i%3))
			want[string(l.features[len(l.features)-1].ID)] = true
		}
		for i := range 10 {
			add(64+160*float64(i), 600, 3*pixel, fmt.Sprint(i%3))
		}
		for _, derived := range []bool{false, true} {
			t.Run(fmt.Sprintf("zoom %d, pyramid %v", a.Z, derived), func(t *testing.T) {
				if derived {
					l.derive()
				}
				requireLarge(t, l, a, want, wantArea)
			})
		}
	}
}

// requireLarge checks a tile in which only some polygons stay themselves.
func requireLarge(t *testing.T, l *memory, a Address, want map[string]bool, wantArea map[any]float64) {
	t.Helper()
	tile, decoded := render(t, a, Options{MaxBytes: 30_000}, l)
	drawn := decoded.Layer("dltb")
	area, count, own := map[any]float64{}, 0, 0
	for i := range drawn.Features {
		f := &drawn.Features[i]
		p := drawn.Properties(f)
		area[p["class"]] += float64(featureArea2(t, f)) / 2
		if n, merged := p["count"].(int64); merged {
			count += int(n)
			continue
		}
		own++
		if id, _ := p["id"].(string); !want[id] || !f.HasID || (p["owner"] != "someone") != tile.Generalised[0].Reduced {
			t.Errorf("%v is drawn by itself", p)
		}
	}
	if own != len(want) || own+count != len(l.features) {
		t.Errorf("%d are drawn by themselves, want %d; %d of %d are merged; told %+v", own, len(want), count, len(l.features), tile.Generalised)
	}
	for class, w := range wantArea {
		if d := area[class] - w; d > max(0.02*w, 4*pixel*pixel) || -d > max(0.02*w, 4*pixel*pixel) {
			t.Errorf("class %v has %g units², want %g", class, area[class], w)
		}
	}
}

// TestLargeOnesAreTheSameEverywhere: a polygon that is large is drawn by itself, and one
// that is not in no tile.
func TestLargeOnesAreTheSameEverywhere(t *testing.T) {
	l := demoCity()
	own := map[feature.Number]int{}
	met, shown := map[feature.Number]int{}, map[feature.Number]bool{}
	const z = 9
	var b orb.Bound
	for i, o := range l.bounds {
		if b = b.Union(o); i == 0 {
			b = o
		}
	}
	WebMercatorQuad.Cover(b, z).Each(func(a Address) bool {
		tile, err := Render([]Layer{l}, a, Options{})
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := mvt.Decode(tile.Data)
		if err != nil {
			t.Fatal(err)
		}
		drawn := decoded.Layer("dltb")
		if drawn == nil {
			return true
		}
		merged := len(tile.Generalised) > 0 && tile.Generalised[0].Merged > 0
		for i := range drawn.Features {
			if f := &drawn.Features[i]; f.HasID {
				shown[feature.Number(f.ID)] = true
				if merged {
					own[feature.Number(f.ID)]++
				}
			}
		}
		if !merged {
			return true
		}
		l.pyramid.EachLarge(z, func(s feature.Slot, _ uint8) {
			if b := newFrame(a); l.Bound(s).Intersects(b.box) {
				met[l.Number(s)]++
			}
		})
		return true
	})
	for n := range own {
		if met[n] == 0 {
			t.Errorf("%d is drawn by itself but not large", n)
		}
	}
	missed := 0
	for n := range met {
		if !shown[n] {
			missed++
		}
	}
	if len(own) < 50 || missed > 0 {
		t.Errorf("%d are drawn by themselves, %d large ones are not", len(own), missed)
	}
}
