package geom

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func TestOrient2D(t *testing.T) {
	tiny := math.SmallestNonzeroFloat64
	for _, c := range []struct {
		name    string
		a, b, c orb.Point
		want    int
	}{
		{"left", orb.Point{0, 0}, orb.Point{1, 0}, orb.Point{0, 1}, 1},
		{"right", orb.Point{0, 0}, orb.Point{1, 0}, orb.Point{0, -1}, -1},
		{"in line", orb.Point{0, 0}, orb.Point{1, 1}, orb.Point{3, 3}, 0},
		{"equal points", orb.Point{5, 7}, orb.Point{5, 7}, orb.Point{5, 7}, 0},
		{"one ulp off", orb.Point{0.5, 0.5}, orb.Point{12, 12}, orb.Point{24, math.Nextafter(24, 25)}, 1},
		{"thirds", orb.Point{0, 0}, orb.Point{1.0 / 3, 1.0 / 3}, orb.Point{2.0 / 3, 2.0 / 3}, 0},
		{"subnormal", orb.Point{0, 0}, orb.Point{tiny, 0}, orb.Point{0, tiny}, 1},
		{"huge", orb.Point{-1e308, 0}, orb.Point{1e308, 0}, orb.Point{0, -1e308}, -1},
		{"huge and tiny", orb.Point{-1e308, 0}, orb.Point{1e308, 0}, orb.Point{3, tiny}, 1},
		{"not a number", orb.Point{math.NaN(), 0}, orb.Point{1, 0}, orb.Point{0, 1}, 0},
		{"infinite", orb.Point{math.Inf(1), 0}, orb.Point{1, 0}, orb.Point{0, 1}, 0},
	} {
		if got := Orient2D(c.a, c.b, c.c); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// nearLine draws three points that are in line but for the last bits.
func nearLine(rng *rand.Rand) (a, b, c orb.Point) {
	scale := math.Ldexp(1, rng.IntN(60)-30)
	a = orb.Point{scale * rng.Float64(), scale * rng.Float64()}
	b = orb.Point{scale * rng.Float64(), scale * rng.Float64()}
	t := 4*rng.Float64() - 2
	c = orb.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}
	for range rng.IntN(3) {
		i := rng.IntN(2)
		c[i] = math.Nextafter(c[i], scale*(rng.Float64()-0.5)*1e9)
	}
	return a, b, c
}

func TestOrient2DAgainstRationals(t *testing.T) {
	const seed = 11
	t.Log("seed", seed)
	rng := rand.New(rand.NewPCG(seed, seed))
	zeros := 0
	for range 20000 {
		a, b, c := nearLine(rng)
		want := bruteOrient(a, b, c)
		if want == 0 {
			zeros++
		}
		if got := Orient2D(a, b, c); got != want {
			t.Fatalf("Orient2D(%v, %v, %v) = %d, want %d", a, b, c, got, want)
		}
		if Orient2D(b, c, a) != want || Orient2D(b, a, c) != -want {
			t.Fatalf("Orient2D(%v, %v, %v) isn't antisymmetric", a, b, c)
		}
	}
	t.Logf("%d of them exactly in line", zeros)
}

// Any bits at all, as far as they are finite.
func TestOrient2DAnyFloats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p [3]orb.Point
		for i := range p {
			p[i] = orb.Point{rapid.Float64().Draw(t, "x"), rapid.Float64().Draw(t, "y")}
		}
		if got, want := Orient2D(p[0], p[1], p[2]), bruteOrient(p[0], p[1], p[2]); got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	})
}

func TestOrientation(t *testing.T) {
	for _, c := range []struct {
		name string
		wkt  string
		want orb.Orientation
	}{
		{"counter-clockwise", "POLYGON((0 0,1 0,1 1,0 0))", orb.CCW},
		{"clockwise", "POLYGON((0 0,1 1,1 0,0 0))", orb.CW},
		{"flat", "POLYGON((0 0,1 1,2 2,0 0))", 0},
		{"flat, in thirds", "POLYGON((0.1 0.1,0.2 0.2,0.3 0.3,0.1 0.1))", 0},
		{"a needle of one ulp", "POLYGON((0 0,12 12,24 24.000000000000004,0 0))", orb.CCW},
		{"even bow-tie", "POLYGON((0 0,4 4,4 0,0 4,0 0))", 0},
		{"uneven bow-tie", "POLYGON((0 0,4 4,4 0,0 5,0 0))", orb.CCW},
		{"two points", "POLYGON((0 0,4 4,0 0))", 0},
	} {
		r := jtsGeometry(c.wkt).(orb.Polygon)[0]
		if got := Orientation(r); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
		slices.Reverse(r)
		if got := Orientation(r[1:]); got != -c.want {
			t.Errorf("%s: open and reversed: %d, want %d", c.name, got, -c.want)
		}
	}
}

func TestMeet(t *testing.T) {
	o := orb.Point{0, 0}
	for _, c := range []struct {
		name    string
		a, b    orb.Point
		c, d    orb.Point
		want    Meeting
		touchAt orb.Point
	}{
		{"X", o, orb.Point{2, 2}, orb.Point{0, 2}, orb.Point{2, 0}, Crossing, o},
		{"T", o, orb.Point{2, 0}, orb.Point{1, 0}, orb.Point{1, 2}, Touching, orb.Point{1, 0}},
		{"L", o, orb.Point{2, 0}, orb.Point{2, 0}, orb.Point{2, 2}, Touching, orb.Point{2, 0}},
		{"in a row", o, orb.Point{2, 2}, orb.Point{2, 2}, orb.Point{3, 3}, Touching, orb.Point{2, 2}},
		{"over each other", o, orb.Point{2, 2}, orb.Point{1, 1}, orb.Point{3, 3}, Collinear, o},
		{"the same, reversed", o, orb.Point{2, 2}, orb.Point{2, 2}, o, Collinear, o},
		{"in line, apart", o, orb.Point{1, 1}, orb.Point{2, 2}, orb.Point{3, 3}, Apart, o},
		{"parallel", o, orb.Point{2, 2}, orb.Point{0, 1}, orb.Point{2, 3}, Apart, o},
		{"boxes meet only", o, orb.Point{4, 4}, orb.Point{2, 1}, orb.Point{4, 0}, Apart, o},
		{"misses by one ulp", o, orb.Point{24, 24}, orb.Point{12, math.Nextafter(12, 13)}, orb.Point{0, 20}, Apart, o},
		{"upright", o, orb.Point{0, 2}, orb.Point{0, 1}, orb.Point{0, 3}, Collinear, o},
	} {
		for _, swap := range []bool{false, true} {
			p, q := c.c, c.d
			if swap {
				p, q = q, p
			}
			got, at := Meet(c.a, c.b, p, q)
			back, _ := Meet(p, q, c.a, c.b)
			if got != c.want || back != got || got == Touching && at != c.touchAt {
				t.Errorf("%s: %d at %v, want %d at %v", c.name, got, at, c.want, c.touchAt)
			}
		}
	}
}

func BenchmarkOrient2D(b *testing.B) {
	for _, c := range []struct {
		name string
		p    [3]orb.Point
	}{
		{"clear", [3]orb.Point{{106.51, 29.51}, {106.52, 29.52}, {106.51, 29.53}}},
		{"pairs", [3]orb.Point{{0.5, 0.5}, {12, 12}, {24, 24}}},
		{"expansion", [3]orb.Point{{0.1, 0.1}, {1e5 + 1.0/3, 1e5 + 1.0/3}, {0.3, 0.3}}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Orient2D(c.p[0], c.p[1], c.p[2])
			}
		})
	}
}
