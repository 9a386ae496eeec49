package overlay

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tuban/geom"
)

// TestUnion: discs laid at random are one geometry with the area of their
// decomposition, valid, whether they are joined at once or by and by.
func TestUnion(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 30 {
		var all orb.MultiPolygon
		for range 1 + r.IntN(120) {
			x, y, size, n := 95+r.Float64()/10, 36+r.Float64()/10, 0.003*(1+r.Float64()), 3+r.IntN(20)
			var ring orb.Ring
			for k := range n {
				sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(n))
				ring = append(ring, orb.Point{x + size*cos, y + size*sin})
			}
			all = append(all, orb.Polygon{append(ring, ring[0])})
		}
		want := Prepare(all, true).Area()
		for name, join := range map[string]func(orb.MultiPolygon) (orb.MultiPolygon, error){"Union": Union, "Merge": Merge} {
			mp, err := join(all)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if problems := geom.Validate(mp, 1); len(problems) > 0 {
				t.Errorf("%s of %d discs: %v", name, len(all), problems)
			}
			if got := Prepare(mp, false).Area(); math.Abs(got-want) > 1e-9*want {
				t.Errorf("%s of %d discs: %v m², want %v", name, len(all), got, want)
			}
		}
	}
	for _, none := range []orb.MultiPolygon{nil, {{}}, {{{{1, 1}, {1, 1}}}}} {
		if mp, err := Union(none); len(mp) > 0 || err != nil {
			t.Errorf("%v: %v, %v", none, mp, err)
		}
	}
}
