package tiles

import (
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"tuban/feature"
)

func TestParseAddress(t *testing.T) {
	tests := []struct {
		z, x, y string
		want    Address
		part    string // of the error
	}{
		{"0", "0", "0", Address{}, ""},
		{"18", "262143", "262143", Address{Z: 18, X: 262143, Y: 262143}, ""},
		{"14", "12511", "6411", city, ""},
		{"19", "0", "0", Address{}, "z"},
		{"31", "0", "0", Address{}, "z"},
		{"-1", "0", "0", Address{}, "z"},
		{"1", "2", "0", Address{}, "x"},
		{"1", "0", "2", Address{}, "y"},
		{"1", "", "0", Address{}, "x"},
		{"1", "+1", "0", Address{}, "x"},
		{"1", "01", "0", Address{}, "x"},
		{"1", "1", "1.0", Address{}, "y"},
		{"1", "1", "99999999999999999999", Address{}, "y"},
	}
	for _, tt := range tests {
		got, err := ParseAddress(WebMercatorQuad, tt.z, tt.x, tt.y)
		var bad *AddressError
		switch {
		case tt.part == "" && (err != nil || got != tt.want):
			t.Errorf("%s/%s/%s: %v, %v", tt.z, tt.x, tt.y, got, err)
		case tt.part != "" && (!errors.As(err, &bad) || bad.Part != tt.part):
			t.Errorf("%s/%s/%s: %v, %v, want an error in %s", tt.z, tt.x, tt.y, got, err, tt.part)
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add("14", "12511", "6411")
	f.Add("0", "-0", "1e3")
	f.Fuzz(func(t *testing.T, z, x, y string) {
		if a, err := ParseAddress(WebMercatorQuad, z, x, y); err == nil && (!a.Valid() || a.String() != z+"/"+x+"/"+y) {
			t.Errorf("%q/%q/%q gives %v", z, x, y, a)
		}
	})
}

// TestAddressBound: DOMAIN 7.3's examples hold their point, and corners project
// to whole tiles by the usual formula of XYZ tiles.
func TestAddressBound(t *testing.T) {
	for _, a := range []Address{{}, {Z: 10, X: 781, Y: 400}, city, {Z: 17, X: 100088, Y: 51289}} {
		got := a.Bound()
		n := float64(uint32(1) << a.Z)
		for i, p := range []orb.Point{got.LeftTop(), got.RightBottom()} {
			phi := p[1] * math.Pi / 180
			x, y := n*(p[0]+180)/360, n*(1-math.Log(math.Tan(phi)+1/math.Cos(phi))/math.Pi)/2
			if math.Abs(x-float64(a.X)-float64(i)) > 1e-6 || math.Abs(y-float64(a.Y)-float64(i)) > 1e-6 {
				t.Errorf("%s: corner %v is tile %v, %v", a, p, x, y)
			}
		}
		if a.Z > 0 && !got.Contains(orb.Point{94.9, 36.4}) {
			t.Errorf("%s does not hold 94.9 E, 36.4 N", a)
		}
	}
}

// TestCover: a tile that shows a feature is in the cover of its box, and the
// cover is not much larger.
func TestCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := uint8(rapid.IntRange(0, MaxZoom).Draw(t, "z"))
		n := uint32(1) << z
		at := Address{Z: z, X: rapid.Uint32Range(0, n-1).Draw(t, "x"), Y: rapid.Uint32Range(0, n-1).Draw(t, "y")}
		edge := rapid.SampledFrom([]float64{-Buffer, -Buffer - 0.4, -Buffer + 0.4, 0, extent, extent + Buffer, extent + Buffer + 0.4})
		x, y := edge.Draw(t, "u"), edge.Draw(t, "v")
		w := rapid.Float64Range(0, 300).Draw(t, "w")
		p := polygon(at, tileBox(x, y, x+w, y+w))
		l := newMemory("tbpatch", feature.KindPatch).add(p)
		cover := WebMercatorQuad.Cover(p.Bound(), z)
		if cover.Len() > 9 {
			t.Fatalf("%d tiles for one box", cover.Len())
		}
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				a := Address{Z: z, X: at.X + uint32(dx), Y: at.Y + uint32(dy)}
				if !a.Valid() {
					continue
				}
				tile, err := Render([]Layer{l}, a, Options{})
				if err != nil {
					t.Fatal(err)
				}
				if tile.Data != nil && !cover.Contains(a) {
					t.Fatalf("%s shows the feature, the cover is %+v", a, cover)
				}
			}
		}
	})
}

func TestRange(t *testing.T) {
	var got []Address
	Range{Z: 5, MinX: 3, MinY: 7, MaxX: 4, MaxY: 8}.Each(func(a Address) bool { got = append(got, a); return len(got) < 3 })
	if len(got) != 3 || got[2] != (Address{Z: 5, X: 3, Y: 8}) {
		t.Errorf("%v", got)
	}
	if n := WebMercatorQuad.Cover(orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{0, 0}}, 7).Len(); n != 0 {
		t.Errorf("an empty box has %d tiles", n)
	}
	if n := WebMercatorQuad.Cover(orb.Bound{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}, 2).Len(); n != 16 {
		t.Errorf("the world has %d tiles", n)
	}
}
