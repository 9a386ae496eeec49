package snap

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// square returns the ring of an axis-parallel square.
func square(x, y, side int32) []Point {
	return []Point{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}}
}

func TestMend(t *testing.T) {
	tests := []struct {
		name  string
		parts [][][]Point
		area2 int64
		rings []int // rings of each polygon
	}{
		{"nothing", nil, 0, nil},
		{"two points", [][][]Point{{{{0, 0}, {5, 5}}}}, 0, nil},
		{"square, clockwise or not", [][][]Point{{square(0, 0, 4)}}, 32, []int{1}},
		//  a───b   a spike to the right of b
		//  │   ├──
		{"spike", [][][]Point{{{{0, 0}, {4, 0}, {4, 2}, {9, 2}, {4, 2}, {4, 4}, {0, 4}}}}, 32, []int{1}},
		//  the two lobes meet in (2,2)
		{"bow-tie", [][][]Point{{{{0, 0}, {4, 4}, {4, 0}, {0, 4}}}}, 16, []int{1, 1}},
		{"bow-tie with the joint named", [][][]Point{{{{0, 0}, {2, 2}, {4, 4}, {4, 0}, {2, 2}, {0, 4}}}}, 16, []int{1, 1}},
		{"hole", [][][]Point{{square(0, 0, 8), square(2, 2, 2)}}, 120, []int{2}},
		{"hole outside", [][][]Point{{square(0, 0, 4), square(8, 0, 4)}}, 64, []int{1, 1}},
		{"holes that share a side", [][][]Point{{square(0, 0, 8), square(2, 2, 2), square(4, 2, 2)}}, 112, []int{2}},
		{"holes that overlap: the middle is in again", [][][]Point{{square(0, 0, 10), square(1, 1, 4), square(3, 3, 4)}}, 152, []int{2, 1}},
		{"hole touches the shell in a point", [][][]Point{{square(0, 0, 8), {{0, 0}, {4, 1}, {1, 4}}}}, 128 - 15, []int{2}},
		{"hole shares a side with the shell", [][][]Point{{square(0, 0, 8), {{0, 2}, {3, 2}, {3, 4}, {0, 4}}}}, 128 - 12, []int{1}},
		{"same ring twice", [][][]Point{{square(0, 0, 8), square(0, 0, 8)}}, 0, nil},
		{"parts that overlap", [][][]Point{{square(0, 0, 4)}, {square(2, 2, 4)}}, 56, []int{1}},
		{"same part twice", [][][]Point{{square(0, 0, 4)}, {square(0, 0, 4)}}, 32, []int{1}},
		{"parts that share a side", [][][]Point{{square(0, 0, 4)}, {square(4, 0, 4)}}, 64, []int{1}},
		{"part in the hole of another", [][][]Point{{square(0, 0, 9), square(1, 1, 6)}, {square(2, 2, 2)}}, 162 - 72 + 8, []int{2, 1}},
		{"part fills the hole of another", [][][]Point{{square(0, 0, 9), square(1, 1, 6)}, {square(1, 1, 6)}}, 162, []int{1}},
		{"part inside another", [][][]Point{{square(0, 0, 9)}, {square(1, 1, 6)}}, 162, []int{1}},
		// four holes around (5,5) that touch each other cut off an island
		{"holes that ring an island", [][][]Point{{square(0, 0, 10),
			{{3, 5}, {5, 3}, {3, 3}}, {{5, 3}, {7, 5}, {7, 3}}, {{7, 5}, {5, 7}, {7, 7}}, {{5, 7}, {3, 5}, {3, 7}}}},
			200 - 16, []int{2, 1}},
		{"ring run through twice", [][][]Point{{append(square(0, 0, 4), square(0, 0, 4)...)}}, 0, nil},
	}
	var m Mender
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, reverse := range []bool{false, true} {
				got := m.Mend(turned(tt.parts, reverse))
				requireValid(t, got)
				if a := area2(got); a != tt.area2 {
					t.Errorf("twice the area is %d, want %d: %v", a, tt.area2, got)
				}
				var rings []int
				for _, p := range got {
					rings = append(rings, len(p))
				}
				if len(rings) != len(tt.rings) {
					t.Fatalf("rings of the polygons: %v, want %v: %v", rings, tt.rings, got)
				}
				for i := range rings {
					if rings[i] != tt.rings[i] {
						t.Errorf("rings of the polygons: %v, want %v: %v", rings, tt.rings, got)
					}
				}
			}
		})
	}
}

func turned(parts [][][]Point, reverse bool) [][][]Point {
	var out [][][]Point
	for _, rings := range parts {
		var part [][]Point
		for _, r := range rings {
			c := make([]Point, len(r))
			for i, p := range r {
				if reverse {
					i = len(r) - 1 - i
				}
				c[i] = p
			}
			part = append(part, c)
		}
		out = append(out, part)
	}
	return out
}

func area2(polygons []Polygon) (sum int64) {
	for _, p := range polygons {
		for _, r := range p {
			sum += Area2(r)
		}
	}
	return sum
}

// requireValid checks every pair of edges and every nesting by brute force.
func requireValid(t interface {
	Helper()
	Fatalf(string, ...any)
}, polygons []Polygon) {
	t.Helper()
	var m Mender
	var all []edge
	for _, p := range polygons {
		for i, r := range p {
			if !m.Simple(r) {
				t.Fatalf("ring is not simple: %v", r)
			}
			if a := Area2(r); (a > 0) != (i == 0) {
				t.Fatalf("ring %d runs the wrong way: %v", i, r)
			}
			all = appendRing(all, r)
			if i > 0 {
				for _, q := range r {
					if locate(p[:1], q.Fine()) < 0 {
						t.Fatalf("hole %v leaves its shell %v", r, p[0])
					}
				}
			}
		}
	}
	for i := range all {
		for j := range all[:i] {
			if all[i].a == all[j].a && all[i].b == all[j].b || all[i].conflicts(&all[j]) {
				t.Fatalf("edges meet: %v %v", all[i], all[j])
			}
		}
	}
	for i, p := range polygons { // interiors are disjoint: no vertex strictly inside another polygon
		for j, q := range polygons {
			if i == j {
				continue
			}
			for _, v := range p[0] {
				if locate(q, v.Fine()) > 0 {
					t.Fatalf("polygon %v lies in %v", p, q)
				}
			}
		}
	}
}

// locate returns 1 inside, 0 on an edge, -1 outside, by the even-odd rule.
func locate(rings [][]Point, f Fine) int {
	odd := false
	for _, r := range rings {
		for i, p := range r {
			a, b := p.Fine(), r[(i+1)%len(r)].Fine()
			c := int64(b.X-a.X)*int64(f.Y-a.Y) - int64(b.Y-a.Y)*int64(f.X-a.X)
			if c == 0 && min(a.X, b.X) <= f.X && f.X <= max(a.X, b.X) && min(a.Y, b.Y) <= f.Y && f.Y <= max(a.Y, b.Y) {
				return 0
			}
			if (a.Y > f.Y) != (b.Y > f.Y) && (c > 0) == (b.Y > a.Y) {
				odd = !odd
			}
		}
	}
	if odd {
		return 1
	}
	return -1
}

func randomRing(t *rapid.T, limit int32) []Point {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Point {
		return Point{rapid.Int32Range(0, limit).Draw(t, "x"), rapid.Int32Range(0, limit).Draw(t, "y")}
	}), 1, 9).Draw(t, "ring")
}

// TestMendKeepsInside: what is inside before is inside after, for rings that are
// noded already, and the result is valid.
func TestMendKeepsInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Int32Range(2, 40).Draw(t, "limit")
		var parts [][][]Point
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			var rings [][]Point
			for range rapid.IntRange(1, 3).Draw(t, "rings") {
				rings = append(rings, randomRing(t, limit))
			}
			parts = append(parts, rings)
		}
		var m Mender
		noded := m.renode(parts)
		if !m.isNoded(noded) {
			t.Fatalf("snap rounding left a crossing: %v", noded)
		}
		got := m.Mend(noded)
		requireValid(t, got)
		var after [][]Point
		for _, p := range got {
			after = append(after, p...)
		}
		r := rand.New(rand.NewPCG(1, uint64(limit)))
		for range 60 {
			f := Fine{r.Int32N(limit * Sub), r.Int32N(limit * Sub)}
			want := -1
			for _, p := range noded {
				want = max(want, locate(p, f))
			}
			if g := locate(after, f); g != want && want != 0 && g != 0 {
				t.Fatalf("%v is %d in the result, want %d", f, g, want)
			}
		}
		requireValid(t, m.Mend(parts))
	})
}

// TestMeets compares the exact cell test with dense sampling of the segment.
func TestMeets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Fine {
			return Fine{rapid.Int32Range(-3*Sub, 3*Sub).Draw(t, name), rapid.Int32Range(-3*Sub, 3*Sub).Draw(t, name)}
		}
		a, b := draw("a"), draw("b")
		if rapid.Bool().Draw(t, "corner") { // cell corners are where it matters
			a = Fine{(a.X &^ (Sub - 1)) + Sub/2, (a.Y &^ (Sub - 1)) + Sub/2}
		}
		s, _ := orient(a, b)
		const n = 997
		for i := int32(0); i <= n; i++ {
			at := func(u, v int32) int32 {
				k := int64(u)*(n-int64(i)) + int64(v)*int64(i) + Sub/2*n
				return int32(floorDiv(k, Sub*n))
			}
			if p := (Point{at(s.a.X, s.b.X), at(s.a.Y, s.b.Y)}); !s.meets(p) {
				t.Fatalf("%v→%v passes through cell %v", s.a, s.b, p)
			}
		}
		met := 0
		for x := int32(-4); x <= 4; x++ {
			for y := int32(-4); y <= 4; y++ {
				if s.meets(Point{x, y}) {
					met++
				}
			}
		}
		pa, pb := s.a.Round(), s.b.Round()
		if most := int(abs32(pa.X-pb.X)+abs32(pa.Y-pb.Y)) + 1; met > most {
			t.Fatalf("%v→%v meets %d cells, at most %d can be", s.a, s.b, met, most)
		}
	})
}

// TestUnspiked: a ring without its spikes has the same inside, by Mend and by its
// signed area, and none of its edges runs back over the one before.
func TestUnspiked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m Mender
		noded := m.renode([][][]Point{{randomRing(t, rapid.Int32Range(1, 6).Draw(t, "limit"))}})
		ring := noded[0][0]
		area, inside := Area2(ring), area2(m.Mend(noded))
		got := Unspiked(slices.Clone(ring))
		if Area2(got) != area || area2(m.Mend([][][]Point{{got}})) != inside {
			t.Fatalf("%v becomes %v", ring, got)
		}
		for i := range got {
			if n := len(got); n > 2 && (got[i] == got[(i+1)%n] || got[i] == got[(i+2)%n]) {
				t.Fatalf("%v has a spike in it: %v", ring, got)
			}
		}
	})
}
