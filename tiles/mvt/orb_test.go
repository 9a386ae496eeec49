// These tests need github.com/gogo/protobuf in go.mod, which orb's decoder imports.

package mvt

import (
	"fmt"
	"testing"

	"github.com/paulmach/orb"
	orbmvt "github.com/paulmach/orb/encoding/mvt"
)

// TestOrbReadsIt compares with the decoder of orb, which nobody here wrote.
func TestOrbReadsIt(t *testing.T) {
	layers, err := orbmvt.Unmarshal(sample())
	if err != nil {
		t.Fatal(err)
	}
	if len(layers) != 2 || layers[0].Name != "dltb" || layers[0].Version != 2 || layers[0].Extent != Extent {
		t.Fatalf("%+v", layers)
	}
	f := layers[0].Features[2]
	want := orb.Polygon{{{20, 0}, {29, 0}, {29, 9}, {20, 9}, {20, 0}}}
	if !orb.Equal(f.Geometry, want) || f.ID != float64(3) {
		t.Errorf("%v %v", f.ID, f.Geometry)
	}
	if got := fmt.Sprint(f.Properties); got != "map[n:1e+12 ok:false share:0.25 名称:水浇地]" {
		t.Errorf("properties %s", got)
	}
}

// FuzzOrbAgrees: what Validate passes, orb's decoder reads with as many features.
func FuzzOrbAgrees(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(Validate(data)) > 0 {
			return
		}
		tile, err := Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		layers, err := orbmvt.Unmarshal(data)
		if err != nil {
			// orb fails on unknown fields of fixed width ("\xed00000"), which
			// protobuf has readers skip. That it reads what we write is
			// TestOrbReadsIt's to show.
			return
		}
		if len(layers) != len(tile.Layers) {
			t.Fatalf("orb has %d layers, we %d", len(layers), len(tile.Layers))
		}
		for i, l := range layers {
			if len(l.Features) != len(tile.Layers[i].Features) {
				t.Fatalf("layer %d: orb has %d features, we %d", i, len(l.Features), len(tile.Layers[i].Features))
			}
		}
	})
}
