package snap

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestUnion: what lies in any of the polygons lies in their union, whether they
// are added at once or one by one; polygons that cross anyhow give valid ones.
func TestUnion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Int32Range(2, 60).Draw(t, "limit")
		var parts [][][]Point
		for range rapid.IntRange(1, 6).Draw(t, "polygons") {
			parts = append(parts, [][]Point{randomRing(t, limit)})
		}
		var m Mender
		noded := parts
		isNoded := rapid.Bool().Draw(t, "noded")
		if isNoded {
			noded = m.renode(parts)
		}
		var added [][]Polygon
		for _, p := range noded {
			added = append(added, m.Mend([][][]Point{p}))
		}
		got := unite(&m, added, false)
		requireValid(t, got)
		if !isNoded {
			return
		}
		if a, b := area2(got), area2(unite(&m, added, true)); a != b {
			t.Fatalf("twice the area is %d, one by one %d", a, b)
		}
		r := rand.New(rand.NewPCG(1, uint64(limit)))
		for range 60 {
			f := Fine{r.Int32N(limit * Sub), r.Int32N(limit * Sub)}
			want := -1
			for _, p := range added {
				want = max(want, locate(rings(p), f))
			}
			if g := locate(rings(got), f); g != want && want != 0 && g != 0 {
				t.Fatalf("%v is %d in the union, want %d", f, g, want)
			}
		}
	})
}

func rings(polygons []Polygon) (all [][]Point) {
	for _, p := range polygons {
		all = append(all, p...)
	}
	return all
}

func unite(m *Mender, added [][]Polygon, often bool) []Polygon {
	var u Union
	for _, p := range added {
		for _, r := range rings(p) {
			u.Add(r)
		}
		if often {
			m.Unite(&u)
		}
	}
	m.Unite(&u)
	return m.Polygons(&u)
}

// TestUniteFindsCrossings: the union of two triangles that cross, and of two that
// only touch with a corner within an edge, has no edge that crosses another.
func TestUniteFindsCrossings(t *testing.T) {
	tests := []struct {
		name string
		a, b []Point
		want int64 // twice the area
	}{
		{"cross", []Point{{0, 0}, {8, 0}, {0, 8}}, []Point{{0, -4}, {4, 0}, {0, 4}}, 64 + 16},
		{"corner within an edge", []Point{{0, 0}, {8, 0}, {0, 8}}, []Point{{4, 4}, {8, 4}, {8, 8}}, 64 + 16},
		{"part of an edge", []Point{{0, 0}, {8, 0}, {0, 8}}, []Point{{2, 0}, {4, -4}, {6, 0}}, 64 + 16},
		{"from the same corner", []Point{{0, 0}, {8, 0}, {0, 8}}, []Point{{0, 0}, {4, -4}, {4, 0}}, 64 + 16},
		{"the same", []Point{{0, 0}, {8, 0}, {0, 8}}, []Point{{0, 0}, {8, 0}, {0, 8}}, 64},
		{"inside", []Point{{0, 0}, {8, 0}, {0, 8}}, []Point{{1, 1}, {3, 1}, {1, 3}}, 64},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, a := range [][]Point{tt.a, turn(tt.a), turn(turn(tt.a))} {
				for _, mirror := range []int32{1, -1} {
					var m Mender
					got := unite(&m, [][]Polygon{{{flip(a, mirror)}}, {{flip(tt.b, mirror)}}}, false)
					requireValid(t, got)
					if area := area2(got); area != tt.want {
						t.Errorf("twice the area is %d, want %d: %v", area, tt.want, got)
					}
				}
			}
		})
	}
}

func turn(r []Point) []Point { return append(r[1:len(r):len(r)], r[0]) }

// flip mirrors a ring and keeps its sense.
func flip(r []Point, sign int32) []Point {
	var out []Point
	for i := range r {
		if sign < 0 {
			i = len(r) - 1 - i
		}
		out = append(out, Point{sign * r[i].X, r[i].Y})
	}
	return out
}
