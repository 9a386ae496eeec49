package mosaic

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tuban/tiles/coverage"
	"tuban/tiles/mvt"
)

// fill returns a window of n × n cells that a function fills.
func fill(n int32, entries func(x, y int32) []coverage.Entry) *coverage.Cells {
	var c coverage.Cells
	c.Reset(coverage.Window{Level: 8, W: n, H: n})
	for y := range n {
		for x := range n {
			for _, e := range entries(x, y) {
				c.Add(x, y, e)
			}
		}
	}
	return &c
}

// ranks numbers n classes as they come.
func ranks(n int) (list []int) {
	for i := range n {
		list = append(list, i)
	}
	return list
}

type tester interface {
	Helper()
	Fatalf(string, ...any)
}

// areas draws a mosaic, checks that each class is a valid MVT polygon and that
// borders have the same points on both sides, and returns the areas of the
// classes in cells.
func areas(t tester, m *Mosaic, n int) (cells []float64) {
	t.Helper()
	b := mvt.NewLayerBuilder("x")
	sides := map[[2]Point]int{} // from lower point to upper one: +1, and back -1
	for rank := range n {
		var g mvt.Geometry
		sum := int64(0)
		m.Rings(rank, func(pts []Point) {
			var line []mvt.Point
			for i, p := range pts {
				q := pts[(i+1)%len(pts)]
				line = append(line, mvt.Point{X: p.X * 4, Y: p.Y * 4})
				sides[[2]Point{p, q}]++
			}
			sum += area2(pts)
			g.Ring(line)
		})
		cells = append(cells, float64(sum)/8)
		if len(g.Bytes()) > 0 {
			b.Feature(0, mvt.Polygons, g.Bytes())
		}
	}
	for _, v := range mvt.Validate(b.AppendTo(nil)) {
		t.Fatalf("%v", v)
	}
	if m.sets.members != nil {
		return cells // what shows two classes borders on what shows one of them
	}
	for s, k := range sides {
		edge := s[0].X == s[1].X && (s[0].X == 0 || s[0].X == int32(2*m.w)) || s[0].Y == s[1].Y && (s[0].Y == 0 || s[0].Y == int32(2*m.h))
		back := sides[[2]Point{s[1], s[0]}]
		switch {
		case k > 1:
			t.Fatalf("side %v is drawn %d times", s, k)
		case !edge && back == 0 && !m.againstNone(s):
			t.Fatalf("side %v is drawn on one side only", s)
		}
	}
	return cells
}

// againstNone tells whether a side may border on cells that show nothing, so that
// nobody draws its other side.
func (m *Mosaic) againstNone(s [2]Point) bool {
	for _, p := range s {
		for dy := int32(-1); dy <= 0; dy++ {
			for dx := int32(-1); dx <= 0; dx++ {
				x, y := (p.X+dx)/2, (p.Y+dy)/2
				if x >= 0 && y >= 0 && int(x) < m.w && int(y) < m.h && m.labels[m.at(int(x), int(y))] == none {
					return true
				}
			}
		}
	}
	return false
}

// TestAnyLabels: whatever cells there are, polygons are valid and meet, and what
// is measured is what is drawn.
func TestAnyLabels(t *testing.T) {
	var m Mosaic
	rapid.Check(t, func(t *rapid.T) {
		n := int32(rapid.IntRange(1, 7).Draw(t, "n"))
		classes := rapid.IntRange(1, 4).Draw(t, "classes")
		overlap := rapid.Bool().Draw(t, "overlap")
		empty := rapid.Bool().Draw(t, "empty")
		c := fill(n, func(x, y int32) (es []coverage.Entry) {
			rest := int32(coverage.Full)
			for k := range uint32(classes) {
				a := rapid.Int32Range(0, coverage.Full).Draw(t, "amount")
				switch {
				case overlap:
				case !empty && int(k) == classes-1:
					a = rest
				default:
					a = min(a, rest)
				}
				if rest -= a; a > 0 {
					es = append(es, coverage.Entry{Class: k, Amount: a})
				}
			}
			return es
		})
		m.Load(c, ranks(classes), classes, nil, coverage.Full)
		m.Draw()
		for rank, got := range areas(t, &m, classes) {
			if want := float64(m.drawn[rank+1]) / coverage.Full; got != want {
				t.Fatalf("class %d is drawn with %v cells, measured %v", rank, got, want)
			}
		}
	})
}

// TestPatterns: the cells of known maps, each a class, and how they are drawn.
func TestPatterns(t *testing.T) {
	tests := []struct {
		name, cells string // rows of letters; '.' is none
		n           int32
		area, rings int // of a, in eighths of a cell
	}{
		{"one cell stays a square", "....b.bab", 3, 8, 1},
		{"an island", "bbb" + "bab" + "bbb", 3, 8, 1},
		{"an island of two", "bbbb" + "baab" + "bbbb" + "bbbb", 4, 12, 1},
		{"a stair becomes straight", "abbb" + "aabb" + "aaab" + "aaaa", 4, 81, 1},
		{"across a corner", "ab" + "ba", 2, 16, 2},
		{"a ring that touches itself", "aaaa" + "abaa" + "aaba" + "aaaa", 4, 118, 3},
		{"a ring closed across a corner", "baaa" + "abba" + "abba" + "aaab", 4, 0, 0},
		{"all of it", "aaaa", 2, 32, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var m Mosaic
			m.Load(fill(tt.n, func(x, y int32) []coverage.Entry {
				if c := tt.cells[y*tt.n+x]; c != '.' {
					return []coverage.Entry{{Class: uint32(c - 'a'), Amount: coverage.Full}}
				}
				return nil
			}), ranks(2), 2, nil, 1<<40)
			m.Draw()
			got, rings := areas(t, &m, 2), 0
			m.Rings(0, func([]Point) { rings++ })
			if tt.rings > 0 && (int(got[0]*8) != tt.area || rings != tt.rings) {
				t.Errorf("%v eighths of a cell in %d rings, want %d in %d", got[0]*8, rings, tt.area, tt.rings)
			}
		})
	}
}

// TestBalance: classes that nowhere cover most of a cell are drawn all the same,
// near where they are.
func TestBalance(t *testing.T) {
	const n = 64
	r := rand.New(rand.NewPCG(1, 2))
	c := fill(n, func(x, y int32) []coverage.Entry {
		a := int32(coverage.Full)
		var es []coverage.Entry
		for k := uint32(1); k < 6; k++ { // classes 1 to 5 only on the left
			if x < n/2 {
				part := r.Int32N(coverage.Full / 12)
				es, a = append(es, coverage.Entry{Class: k, Amount: part}), a-part
			}
		}
		return append(es, coverage.Entry{Class: 0, Amount: a})
	})
	var m Mosaic
	m.Load(c, ranks(6), 6, nil, coverage.Full)
	m.Draw()
	for rank, got := range areas(t, &m, 6) {
		want := float64(m.target[rank+1]) / coverage.Full
		if off := got - want; off > max(want/50, 4)/2 || -off > max(want/50, 4)/2 {
			t.Errorf("class %d has %.1f cells instead of %.1f", rank, got, want)
		}
	}
	for y := range n {
		for x := n / 2; x < n; x++ {
			if l := m.labels[m.at(x, y)]; l != 1 {
				t.Fatalf("cell %d,%d shows class %d, which is not there", x, y, l-1)
			}
		}
	}
}

// TestBalanceOfSingles: a class keeps its area together with its single polygons, each
// of which is a strip two fifths of a cell wide that never has most of a cell.
//
//	class 0 everywhere but in the strips, which are of class 1, whose rest is a block
func TestBalanceOfSingles(t *testing.T) {
	const n, strips = 96, 24
	c := fill(n, func(x, y int32) []coverage.Entry {
		switch {
		case y >= 90:
			return []coverage.Entry{{Class: 1, Amount: coverage.Full}}
		case x%4 == 1:
			a := int32(coverage.Full * 2 / 5)
			return []coverage.Entry{{Class: 0, Amount: coverage.Full - a}, {Class: uint32(2 + x/4), Amount: a}}
		}
		return []coverage.Entry{{Class: 0, Amount: coverage.Full}}
	})
	var m Mosaic
	m.Load(c, ranks(2+strips), 2+strips, slices.Repeat([]int{1}, strips), coverage.Full)
	m.Draw()
	got := areas(t, &m, 2+strips)
	var sum, want float64
	for rank, a := range got {
		if rank > 0 {
			sum, want = sum+a, want+float64(m.target[rank+1])/coverage.Full
		}
		if w := float64(m.target[rank+1]) / coverage.Full; rank > 1 && (a-w > 4 || w-a > 4) {
			t.Errorf("strip %d has %.1f cells instead of %.1f", rank-2, a, w)
		}
	}
	if off := sum - want; off > max(want/50, 4) || -off > max(want/50, 4) {
		t.Errorf("the class has %.1f cells instead of %.1f", sum, want)
	}
}

// BenchmarkDraw draws 256 × 256 cells of 30 classes, in patches of some cells
// with a third of each cell in other classes.
func BenchmarkDraw(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	c := fill(264, func(x, y int32) []coverage.Entry {
		patch := rand.New(rand.NewPCG(uint64(x/3), uint64(y/3)))
		first := patch.Uint32N(30)
		return []coverage.Entry{{Class: first, Amount: coverage.Full * 2 / 3}, {Class: r.Uint32N(30), Amount: coverage.Full / 3}}
	})
	var m Mosaic
	b.ReportAllocs()
	for b.Loop() {
		m.Load(c, ranks(30), 30, nil, coverage.Full)
		m.Draw()
	}
	b.ReportMetric(float64(len(m.points)), "points")
}
