package peers

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/paulmach/orb"

	"tuban/geom"
	"tuban/tiles"
)

// TestStarsAreValid: PostGIS refuses to intersect polygons that cross themselves.
func TestStarsAreValid(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		p := star(r, orb.Point{95, 36}, 0.01*r.Float64()+1e-6, 0.8)
		if problems := geom.Validate(p, 5); len(problems) > 0 || len(p[0]) < 11 {
			t.Fatalf("%d vertices: %v", len(p[0]), problems)
		}
	}
}

func sampleData() *data {
	d := &data{extent: orb.Bound{Min: orb.Point{91, 35}, Max: orb.Point{95, 37}}}
	r := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		p := orb.Point{91 + 4*r.Float64(), 35 + 2*r.Float64()}
		d.boxes = append(d.boxes, orb.Bound{Min: p, Max: orb.Point{p[0] + 0.01, p[1] + 0.01}})
	}
	return d
}

// TestSeedDecidesWhatIsAsked: a run can be repeated.
func TestSeedDecidesWhatIsAsked(t *testing.T) {
	d := sampleData()
	a, err := d.draw(3, 20)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := d.draw(3, 20)
	c, _ := d.draw(4, 20)
	if !reflect.DeepEqual(a, b) || reflect.DeepEqual(a, c) {
		t.Error("drawn polygons are not decided by the seed")
	}
	if !reflect.DeepEqual(d.lookups(3, 9), d.lookups(3, 9)) || reflect.DeepEqual(d.lookups(3, 9), d.lookups(4, 9)) {
		t.Error("points are not decided by the seed")
	}
	if !reflect.DeepEqual(d.addresses(12, 30, 3), d.addresses(12, 30, 3)) || reflect.DeepEqual(d.addresses(12, 30, 3), d.addresses(12, 30, 4)) {
		t.Error("tiles are not decided by the seed")
	}
}

func TestAddresses(t *testing.T) {
	d := sampleData()
	for _, z := range zooms() {
		list := d.addresses(z.z, z.most, 1)
		seen := map[tiles.Address]bool{}
		for _, a := range list {
			if seen[a] || !a.Valid() || !a.Bound().Intersects(d.extent.Pad(0.02)) {
				t.Errorf("zoom %d: %s, seen before: %v", z.z, a, seen[a])
			}
			seen[a] = true
		}
		if len(list) == 0 || len(list) > z.most || z.z >= 12 && len(list) < z.most {
			t.Errorf("zoom %d: %d tiles of %d", z.z, len(list), z.most)
		}
	}
	for _, p := range []orb.Point{{95, 36.4}, {-179.9, -80}, {179.9999, 85}, {0, 0}} {
		for z := range 17 {
			if a := addressOf(p, z); !a.Bound().Pad(1e-9).Contains(p) {
				t.Errorf("%v is not in tile %s", p, a)
			}
		}
	}
}

func TestMixture(t *testing.T) {
	lists := map[int][]tiles.Address{}
	for _, z := range zooms() {
		lists[z.z] = sampleData().addresses(z.z, z.most, 1)
	}
	count := map[uint8]int{}
	for _, a := range mixture(lists, 1) {
		count[a.Z]++
	}
	want := map[uint8]int{6: 8, 8: 32, 10: 60, 12: 100, 14: 120, 16: 80}
	if !reflect.DeepEqual(count, want) {
		t.Errorf("%v, want %v", count, want)
	}
}
