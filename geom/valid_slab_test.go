package geom

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
)

// Slabs of runs that have a point in common, or that cross, must never be
// called apart, however thin, large or far off the runs are.
func TestSlabsThatMeet(t *testing.T) {
	const seed = 3
	t.Log("seed", seed)
	rng := rand.New(rand.NewPCG(seed, seed))
	run := func(through orb.Point, angle, length, width float64) []orb.Point {
		var pts []orb.Point
		for i := range 5 {
			d, w := length*(rng.Float64()-0.5), width*(rng.Float64()-0.5)
			p := orb.Point{through[0] + d*math.Cos(angle) - w*math.Sin(angle), through[1] + d*math.Sin(angle) + w*math.Cos(angle)}
			if pts = append(pts, p); i == 2 {
				pts = append(pts, through)
			}
		}
		return pts
	}
	for range 20000 {
		scale := math.Ldexp(1, rng.IntN(80)-40)
		p := orb.Point{scale * (rng.Float64() - 0.5), scale * (rng.Float64() - 0.5)}
		size := scale * math.Ldexp(1, -rng.IntN(50))
		angle := 7 * rng.Float64()
		a := run(p, angle, size, size*math.Ldexp(1, -rng.IntN(50)))
		b := run(p, angle+rng.Float64()*math.Ldexp(1, -rng.IntN(50)), size, size*math.Ldexp(1, -rng.IntN(50)))
		s, u := slabOf(a), slabOf(b)
		if s.apart(&u) || u.apart(&s) {
			t.Fatalf("apart, though both hold %v:\n%v\n%v", p, a, b)
		}
	}
}

func TestSlabsApart(t *testing.T) {
	one := slabOf([]orb.Point{{0, 0}, {10, 10}})
	two := slabOf([]orb.Point{{1, 0}, {11, 10}})
	if !one.apart(&two) {
		t.Error("parallel edges are not apart")
	}
	for _, v := range []float64{1e308, math.MaxFloat64, math.SmallestNonzeroFloat64} {
		huge := slabOf([]orb.Point{{-v, -v}, {v, v}, {v, -v}})
		if huge.apart(&huge) {
			t.Errorf("%g: apart from itself", v)
		}
	}
}

// With and without slabs Validate finds the same.
func TestValidateWithSlabs(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for range 20 {
		var r orb.Ring
		for range 120 {
			r = append(r, orb.Point{float64(rng.IntN(40)), float64(rng.IntN(40))})
		}
		var v validator
		v.seen = map[orb.Point]bool{}
		v.load(orb.Polygon{append(r, r[0])})
		v.addSlabs()
		v.search()
		got, want := v.problems(), Validate(orb.Polygon{append(r, r[0])}, 0)
		if len(got) != len(want) {
			t.Fatalf("%d problems, want %d", len(got), len(want))
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%+v, want %+v", got[i], want[i])
			}
		}
	}
}
