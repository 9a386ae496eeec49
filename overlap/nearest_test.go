package overlap

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/geom/ellipsoid"
)

// allDistances measures every edge of every feature, without bounds.
func allDistances(l *fake, p orb.Point, k int, reach float64) []Near {
	var all []Near
	for i := range l.features {
		f := Near{ID: l.features[i].id, Metres: math.Inf(1)}
		if geom.Locate(l.features[i].geom, p) != geom.Outside {
			f.Metres = 0
		} else {
			geom.EachEdge(l.features[i].geom, func(a, b orb.Point) {
				pieces(a, b, func(a, b orb.Point) {
					m, _ := ellipsoid.Closest(p, a, b, 0.5)
					f.Metres = min(f.Metres, m)
				})
			})
		}
		if f.Metres <= reach {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b Near) int { return cmp.Or(cmp.Compare(a.Metres, b.Metres), cmp.Compare(a.ID, b.ID)) })
	return all[:min(k, len(all))]
}

// scattered makes polygons, some huge, some lines and points.
func scattered(r *rand.Rand, n int) *fake {
	l := &fake{desc: feature.Layer{ID: "l", ClassField: "c"}, derived: map[string]any{}}
	var slots []feature.Slot
	for i := range n {
		x, y := 95+r.Float64(), 36+r.Float64()
		var g orb.Geometry
		switch r.IntN(12) {
		case 0:
			g = orb.Point{x, y}
		case 1:
			g = orb.LineString{{x, y}, {x + r.Float64()/5, y + r.Float64()/5}, {x, y + 0.1}}
		default:
			corners, size := 3+r.IntN(20), math.Pow(10, -1-4*r.Float64())
			if i == 0 {
				corners, size = 20_000, 0.3 // kept prepared
			}
			var ring orb.Ring
			for k := range corners {
				sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(corners))
				d := size * (0.6 + 0.4*r.Float64())
				ring = append(ring, orb.Point{x + d*cos, y + d*sin})
			}
			g = orb.MultiPolygon{{append(ring, ring[0])}}
		}
		slots = append(slots, feature.Slot(i))
		l.features = append(l.features, fakeFeature{feature.ID(fmt.Sprint(i)), feature.Number(i + 1), "k", g, crossed(g)})
	}
	l.derived[shapesName], _ = Shapes{}.Derive(nil, l, slots, nil)
	return l
}

func TestNearest(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	l := scattered(r, 150)
	rounds := 20
	if raceEnabled {
		rounds = 3
	}
	for i := range rounds {
		p := orb.Point{94.5 + 2*r.Float64(), 35.5 + 2*r.Float64()}
		if i%10 == 9 {
			p = orb.Point{95 + 6*(r.Float64()-0.5), 40 + r.Float64()} // far off
		}
		k, reach := 1+r.IntN(12), []float64{MaxReach, 3000, 50_000}[r.IntN(3)]
		got := Nearest([]Layer{l}, p[0], p[1], k, reach).Layers[0].Features
		want := allDistances(l, p, k, reach)
		if len(got) != len(want) {
			t.Fatalf("%v, k %d, reach %v: %d features, want %d", p, k, reach, len(got), len(want))
		}
		for j := range got {
			if got[j].ID != want[j].ID || math.Abs(got[j].Metres-want[j].Metres) > 1e-8+1e-11*want[j].Metres {
				t.Fatalf("%v, k %d, reach %v: place %d is %s at %v m, want %s at %v m", p, k, reach, j, got[j].ID, got[j].Metres, want[j].ID, want[j].Metres)
			}
			if d := ellipsoid.Inverse(p, got[j].At).Metres; math.Abs(d-got[j].Metres) > 1e-8 {
				t.Fatalf("%v: the nearest place %v is %v m away, not %v", p, got[j].At, d, got[j].Metres)
			}
			if got[j].Class != "k" {
				t.Errorf("class %q", got[j].Class)
			}
		}
	}
}

// Of features that are equally far, those with the smaller ids come: also where
// k leaves some out.
func TestNearestTies(t *testing.T) {
	l := &fake{desc: feature.Layer{ID: "l"}}
	// d | c     x is the corner of all four
	// --x--
	// b | a
	for _, c := range []struct{ id, at string }{
		{"d", "MULTIPOLYGON(((0 10,10 10,10 20,0 20,0 10)))"}, {"c", "MULTIPOLYGON(((10 10,20 10,20 20,10 20,10 10)))"},
		{"a", "MULTIPOLYGON(((10 0,20 0,20 10,10 10,10 0)))"}, {"b", "MULTIPOLYGON(((0 0,10 0,10 10,0 10,0 0)))"},
		{"e", "MULTIPOLYGON(((20 0,30 0,30 20,20 20,20 0)))"}, // as far as a and c from a point left of their border
	} {
		l.add(t, c.id, "", c.at)
	}
	for _, c := range []struct {
		name string
		x, y float64
		k    int
		want string
	}{
		{"a corner", 10, 10, 4, "a0b0c0d0"}, {"a corner, two", 10, 10, 2, "a0b0"}, {"a border", 10, 15, 1, "c0"}, {"inside", 15, 5, 2, "a0b+"},
		{"outside, a shared corner", 20, 25, 2, "c+e+"}, {"all", 0, 0, 9, "b0a+d+c+e+"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			for _, f := range Nearest([]Layer{l}, 95+c.x/1000, 36+c.y/1000, c.k, MaxReach).Layers[0].Features {
				got += string(f.ID) + map[bool]string{true: "0", false: "+"}[f.Metres == 0]
			}
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	odd := Filtered(l, func(s feature.Slot) bool { return l.ID(s) != "a" && l.ID(s) != "b" })
	if got := Nearest([]Layer{odd}, 95.01, 36.01, 1, MaxReach).Layers[0].Features; len(got) != 1 || got[0].ID != "c" {
		t.Errorf("filtered: %v", got)
	}
	if got := Nearest([]Layer{l}, 0, 0, 1, MaxReach).Layers[0].Features; len(got) != 0 {
		t.Errorf("beyond reach: %v", got)
	}
}

// A border that crosses the antimeridian's neighbourhood is seen from the other
// side, and so is one around a pole.
func TestNearestAroundTheGlobe(t *testing.T) {
	l := &fake{desc: feature.Layer{ID: "l"}}
	for i, x := range []float64{179.9, -179.8, 0} {
		l.features = append(l.features, fakeFeature{id: feature.ID(fmt.Sprint(i)), number: feature.Number(i + 1), geom: orb.Polygon{{{x, 10}, {x + 0.05, 10}, {x + 0.05, 10.05}, {x, 10.05}, {x, 10}}}})
	}
	l.features = append(l.features, fakeFeature{id: "cap", number: 4, geom: orb.Polygon{{{-180, 89}, {180, 89}, {180, 89.5}, {-180, 89.5}, {-180, 89}}}})
	got := Nearest([]Layer{l}, -179.99, 10.02, 2, MaxReach).Layers[0].Features
	if len(got) != 2 || got[0].ID != "0" || got[1].ID != "1" || math.Abs(got[0].Metres-6577) > 10 || math.Abs(got[1].Metres-20827) > 30 {
		t.Errorf("%+v", got)
	}
	if got := Nearest([]Layer{l}, 77, 89.7, 1, MaxReach).Layers[0].Features; len(got) != 1 || math.Abs(got[0].Metres-22338) > 1 {
		t.Errorf("from the pole: %+v", got)
	}
}

// knownBound spares the fake from finding the box of its only feature each time.
type knownBound struct {
	*fake
	b orb.Bound
}

func (k knownBound) Bound(feature.Slot) orb.Bound { return k.b }

func (k knownBound) Nearest(bound func(orb.Bound) float64, visit func(s feature.Slot, least float64) bool) {
	visit(0, bound(k.b))
}

func BenchmarkNearest(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	const n = 100_000
	var ring orb.Ring
	for k := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(k) / n)
		d := 0.3 * (1 + 0.1*math.Sin(float64(k)/900) + 1e-4*r.Float64())
		ring = append(ring, orb.Point{95 + d*cos, 36 + d*sin})
	}
	l := &fake{desc: feature.Layer{ID: "l"}, derived: map[string]any{}}
	l.features = []fakeFeature{{id: "a", number: 1, geom: orb.Polygon{append(ring, ring[0])}}}
	l.derived[shapesName], _ = Shapes{}.Derive(nil, l, []feature.Slot{0}, nil)
	boxed := knownBound{l, l.features[0].geom.Bound()}
	b.Run("border of 100,000 vertices", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Nearest([]Layer{boxed}, 95.4+r.Float64(), 36.4+r.Float64(), 1, MaxReach)
		}
	})
}
