package shapefile

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
)

func TestRings(t *testing.T) {
	// In the drawings A, B, … are rings in the order of the file.
	cases := []struct {
		name, rings, want string
		note              noteKind // noteKinds for none
	}{
		{"one ring keeps its order whatever its winding",
			"MULTILINESTRING((0 0,4 0,4 4,0 4,0 0))",
			"POLYGON((0 0,4 0,4 4,0 4,0 0))", noteKinds},
		// +-A-----+
		// | +-B-+ |
		// | +---+ |
		// +-------+
		{"shell and hole",
			"MULTILINESTRING((0 0,0 9,9 9,9 0,0 0),(2 2,4 2,4 4,2 4,2 2))",
			"POLYGON((0 0,0 9,9 9,9 0,0 0),(2 2,4 2,4 4,2 4,2 2))", noteKinds},
		{"hole before its shell",
			"MULTILINESTRING((2 2,4 2,4 4,2 4,2 2),(0 0,0 9,9 9,9 0,0 0))",
			"POLYGON((0 0,0 9,9 9,9 0,0 0),(2 2,4 2,4 4,2 4,2 2))", noteKinds},
		// +-A------------+
		// | +-B--------+ |
		// | | +-C----+ | |
		// | | | +-D-+| | |     an island with a lake in a lake
		{"a hole inside two shells goes to the smaller",
			"MULTILINESTRING((0 0,0 9,9 9,9 0,0 0),(3 3,3 6,6 6,6 3,3 3),(1 1,8 1,8 8,1 8,1 1),(4 4,5 4,5 5,4 5,4 4))",
			"MULTIPOLYGON(((0 0,0 9,9 9,9 0,0 0),(1 1,8 1,8 8,1 8,1 1)),((3 3,3 6,6 6,6 3,3 3),(4 4,5 4,5 5,4 5,4 4)))", noteKinds},
		{"two shells that touch in a corner",
			"MULTILINESTRING((0 0,0 2,2 2,2 0,0 0),(2 2,2 4,4 4,4 2,2 2))",
			"MULTIPOLYGON(((0 0,0 2,2 2,2 0,0 0)),((2 2,2 4,4 4,4 2,2 2)))", noteKinds},
		// the hole's first vertex is on the shell's edge and on a second shell
		{"a hole that touches its shell and its neighbour",
			"MULTILINESTRING((0 0,0 4,4 4,4 0,0 0),(4 0,4 4,8 4,8 0,4 0),(4 2,5 1,5 3,4 2))",
			"MULTIPOLYGON(((0 0,0 4,4 4,4 0,0 0)),((4 0,4 4,8 4,8 0,4 0),(4 2,5 1,5 3,4 2)))", noteKinds},
		{"a hole whose vertices are all on the shell",
			"MULTILINESTRING((0 0,0 4,4 4,4 0,0 0),(9 9,9 8,8 8,8 9,9 9),(2 0,4 2,2 4,0 2,2 0))",
			"MULTIPOLYGON(((0 0,0 4,4 4,4 0,0 0),(2 0,4 2,2 4,0 2,2 0)),((9 9,9 8,8 8,8 9,9 9)))", noteKinds},
		{"all counter-clockwise: nested",
			"MULTILINESTRING((0 0,9 0,9 9,0 9,0 0),(2 2,4 2,4 4,2 4,2 2),(20 0,21 0,21 1,20 1,20 0))",
			"MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0),(2 2,4 2,4 4,2 4,2 2)),((20 0,21 0,21 1,20 1,20 0)))", noteWinding},
		{"all turned round: the hole is clockwise",
			"MULTILINESTRING((0 0,9 0,9 9,0 9,0 0),(2 2,2 4,4 4,4 2,2 2))",
			"POLYGON((0 0,9 0,9 9,0 9,0 0),(2 2,2 4,4 4,4 2,2 2))", noteWinding},
		{"an island in a lake in an island, all counter-clockwise",
			"MULTILINESTRING((3 3,6 3,6 6,3 6,3 3),(0 0,9 0,9 9,0 9,0 0),(1 1,8 1,8 8,1 8,1 1))",
			"MULTIPOLYGON(((3 3,6 3,6 6,3 6,3 3)),((0 0,9 0,9 9,0 9,0 0),(1 1,8 1,8 8,1 8,1 1)))", noteWinding},
		{"two identical rings, all counter-clockwise",
			"MULTILINESTRING((0 0,2 0,2 2,0 2,0 0),(0 0,2 0,2 2,0 2,0 0))",
			"POLYGON((0 0,2 0,2 2,0 2,0 0),(0 0,2 0,2 2,0 2,0 0))", noteWinding},
		{"a ring that encloses nothing, inside and outside",
			"MULTILINESTRING((0 0,0 9,9 9,9 0,0 0),(2 2,4 2,2 2),(20 2,24 2,20 2))",
			"MULTIPOLYGON(((0 0,0 9,9 9,9 0,0 0),(2 2,4 2,2 2)),((20 2,24 2,20 2)))", noteKinds},
		{"an unclosed hole",
			"MULTILINESTRING((0 0,0 9,9 9,9 0,0 0),(2 2,4 2,4 4,2 4))",
			"POLYGON((0 0,0 9,9 9,9 0,0 0),(2 2,4 2,4 4,2 4))", noteKinds},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var n notes
			s := shapes{notes: &n}
			g, err := s.geometry(1, polygonRecord(shapePolygon, ringsOf(t, c.rings)...))
			if err != nil {
				t.Fatal(err)
			}
			if got := wkt.MarshalString(g); got != c.want {
				t.Errorf("got %s\nwant %s", got, c.want)
			}
			for k := range noteKinds {
				if (n.tally[k].n > 0) != (k == c.note) {
					t.Errorf("note %d: %d", k, n.tally[k].n)
				}
			}
		})
	}
}

// A record made of shells on a grid, each with a hole, in any order of rings,
// comes back as those shells with their own holes.
func TestRingsShuffled(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 0))
	square := func(x, y, half float64, cw bool) []orb.Point {
		p := []orb.Point{{x - half, y - half}, {x + half, y - half}, {x + half, y + half}, {x - half, y + half}, {x - half, y - half}}
		if cw {
			slices.Reverse(p)
		}
		return p
	}
	var rings [][]orb.Point
	for i := range 400 {
		x, y := float64(i%20), float64(i/20)
		rings = append(rings, square(x, y, 0.5, true), square(x, y, 0.25, false))
	}
	for _, name := range []string{"by winding", "all turned round"} {
		rng.Shuffle(len(rings), func(i, j int) { rings[i], rings[j] = rings[j], rings[i] })
		s := shapes{notes: new(notes)}
		m := s.polygon(1, rings).(orb.MultiPolygon)
		if len(m) != 400 {
			t.Fatalf("seed %d, %s: %d parts", seed, name, len(m))
		}
		for _, p := range m {
			if len(p) != 2 || p[0].Bound().Center() != p[1].Bound().Center() {
				t.Fatalf("seed %d, %s: %v", seed, name, p)
			}
		}
		for _, r := range rings {
			slices.Reverse(r)
		}
	}
}

// Rings inside rings inside rings cost no more than the budget, and each is
// still in the result once.
func TestRingsBudget(t *testing.T) {
	var runs [][]orb.Point
	for i := range 2000 {
		h := float64(i + 1)
		runs = append(runs, []orb.Point{{-h, -h}, {-h, h}, {h, h}, {h, -h}, {-h, -h}}, []orb.Point{{-h, -h}, {h, -h}, {h, h}, {-h, h}, {-h, -h}})
	}
	for _, budget := range []int{0, 1000, 100_000, 10_000_000} {
		n := nesting{rings: measure(runs), budget: budget}
		owner, ok := n.byWinding()
		if !ok {
			t.Fatalf("budget %d: winding given up", budget)
		}
		if n.budget >= 0 || n.budget < -1000 {
			t.Errorf("budget %d: %d left", budget, n.budget)
		}
		if got := vertexCount(assemble(n.rings, owner)); got != 20_000 {
			t.Errorf("budget %d: %d vertices", budget, got)
		}
	}
}

func TestLocateExact(t *testing.T) {
	n := nesting{budget: math.MaxInt}
	ring := []orb.Point{{0, 0}, {3, 1}, {6, 0}, {6, 6}, {0, 6}, {0, 0}}
	for _, c := range []struct {
		p    orb.Point
		want int
	}{
		{orb.Point{3, 1}, 0}, {orb.Point{1.5, 0.5}, 0}, {orb.Point{1.5, math.Nextafter(0.5, 1)}, 1},
		{orb.Point{1.5, math.Nextafter(0.5, 0)}, -1}, {orb.Point{6, 3}, 0}, {orb.Point{0, 0}, 0},
		{orb.Point{3, 6}, 0}, {orb.Point{7, 6}, -1}, {orb.Point{-1, 0}, -1}, {orb.Point{3, 3}, 1}, {orb.Point{3, 0}, -1},
	} {
		for range 2 { // either direction
			if got := n.locate(ring, c.p); got != c.want {
				t.Errorf("%v: %d, want %d", c.p, got, c.want)
			}
			slices.Reverse(ring)
		}
	}
}

func BenchmarkPolygon(b *testing.B) {
	for _, holes := range []int{0, 100, 3000} {
		rings := [][]orb.Point{{{0, 0}, {0, 1e4}, {1e4, 1e4}, {1e4, 0}, {0, 0}}, {{-1, -1}, {-2, -1}, {-2, -2}, {-1, -1}}}
		for i := range holes {
			x, y := float64(i%100)*100+1, float64(i/100)*100+1
			rings = append(rings, []orb.Point{{x, y}, {x + 1, y}, {x, y + 1}, {x, y}})
		}
		record := polygonRecord(shapePolygon, rings...)
		b.Run(fmt.Sprintf("n=%d", holes), func(b *testing.B) {
			b.ReportAllocs()
			s := shapes{notes: new(notes)}
			for b.Loop() {
				if _, err := s.geometry(1, record); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
