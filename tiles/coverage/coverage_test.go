package coverage

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"tuban/feature"
	"tuban/geom"
	"tuban/geom/mercator"
	"tuban/internal/demo"
)

// list is a layer in memory; slots count its features.
type list struct {
	layer    feature.Layer
	geometry []orb.Geometry
	class    []feature.Value
	repair   []bool
}

func (l *list) Layer() *feature.Layer                   { return &l.layer }
func (l *list) Geometry(s feature.Slot) orb.Geometry    { return l.geometry[s] }
func (l *list) Bound(s feature.Slot) orb.Bound          { return geom.Bound(l.geometry[s]) }
func (l *list) NeedsRepair(s feature.Slot) bool         { return l.repair[s] }
func (l *list) ClassValue(s feature.Slot) feature.Value { return l.class[s] }

func (l *list) add(g orb.Geometry, class feature.Value, repair bool) feature.Slot {
	l.geometry, l.class, l.repair = append(l.geometry, g), append(l.class, class), append(l.repair, repair)
	return feature.Slot(len(l.class) - 1)
}

func (l *list) slots() (all []feature.Slot) {
	for i := range l.class {
		all = append(all, feature.Slot(i))
	}
	return all
}

type tester interface {
	Helper()
	Fatalf(string, ...any)
}

func derive(t tester, prev *Pyramid, l *list, added, removed []feature.Slot) *Pyramid {
	t.Helper()
	var before any
	if prev != nil {
		before = prev
	}
	p, err := Pyramids{}.Derive(before, l, added, removed)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return p.(*Pyramid)
}

// city returns the land classes of the small demo city.
var city = sync.OnceValue(func() *list {
	for _, s := range demo.New(1, demo.Small()).Layers() {
		if s.Layer.ID == "dltb" {
			l := &list{layer: s.Layer}
			if err := s.Each(func(f feature.Feature) error {
				class, _ := f.Properties.Get(s.Layer.ClassField)
				l.add(f.Geometry, class, false)
				return nil
			}); err != nil {
				panic(err)
			}
			return l
		}
	}
	panic("no land classes")
})

// cityPyramid returns the pyramid of these.
var cityPyramid = sync.OnceValue(func() *Pyramid {
	p, err := Pyramids{}.Derive(nil, city(), city().slots(), nil)
	if err != nil {
		panic(err)
	}
	return p.(*Pyramid)
})

// place returns the place of a leaf cell, counted from one in the demo city.
func place(x, y float64) orb.Point {
	return mercator.FromUnit((400_000+x)/(1<<Leaf), (205_000+y)/(1<<Leaf))
}

func polygon(rings ...[]float64) orb.Polygon {
	var p orb.Polygon
	for _, r := range rings {
		var ring orb.Ring
		for i := 0; i < len(r); i += 2 {
			ring = append(ring, place(r[i], r[i+1]))
		}
		p = append(p, append(ring, ring[0]))
	}
	return p
}

// window returns the amounts of one class in w × h leaf cells at place(0, 0).
func window(p *Pyramid, w, h int32) (amounts []int32) {
	var c Cells
	p.Read(Window{Leaf, 400_000, 205_000, w, h}, &c)
	for cell := range int(w * h) {
		var sum int32
		for _, e := range c.Append(nil, cell) {
			sum += e.Amount
		}
		amounts = append(amounts, sum)
	}
	return amounts
}

func TestShapes(t *testing.T) {
	const f = Full
	square := []float64{0, 0, 2, 0, 2, 2, 0, 2}
	tests := []struct {
		name   string
		g      orb.Geometry
		repair bool
		want   []int32 // 4 × 3 cells
	}{
		{"whole cells", polygon(square), false, []int32{f, f, 0, 0, f, f, 0, 0, 0, 0, 0, 0}},
		{"the other way round", polygon([]float64{0, 0, 0, 2, 2, 2, 2, 0}), false, []int32{f, f, 0, 0, f, f, 0, 0, 0, 0, 0, 0}},
		{"half cells", polygon([]float64{0.5, 0.5, 3.5, 0.5, 3.5, 1.5, 0.5, 1.5}), false,
			[]int32{f / 4, f / 2, f / 2, f / 4, f / 4, f / 2, f / 2, f / 4, 0, 0, 0, 0}},
		{"a strip within a row", polygon([]float64{0.5, 0.25, 3.5, 0.25, 3.5, 0.5, 0.5, 0.5}), false,
			[]int32{f / 8, f / 4, f / 4, f / 8, 0, 0, 0, 0, 0, 0, 0, 0}},
		{"a triangle", polygon([]float64{0, 0, 3, 0, 0, 3}), false, []int32{f, f, f / 2, 0, f, f / 2, 0, 0, f / 2, 0, 0, 0}},
		{"a hole, running the same way", polygon([]float64{0, 0, 3, 0, 3, 3, 0, 3}, []float64{1, 1, 2, 1, 2, 2, 1, 2}), false,
			[]int32{f, f, f, 0, f, 0, f, 0, f, f, f, 0}},
		{"two parts", orb.MultiPolygon{polygon(square), polygon([]float64{2, 2, 3, 2, 3, 3, 2, 3})}, false,
			[]int32{f, f, 0, 0, f, f, 0, 0, 0, 0, f, 0}},
		{"parts that overlap", orb.MultiPolygon{polygon(square), polygon([]float64{1, 0, 3, 0, 3, 1, 1, 1})}, true,
			[]int32{f, f, f, 0, f, f, 0, 0, 0, 0, 0, 0}},
		{"a bow-tie", polygon([]float64{0, 0, 2, 0, 0, 2, 2, 2}), true, []int32{f / 2, f / 2, 0, 0, f / 2, f / 2, 0, 0, 0, 0, 0, 0}},
		{"a point", orb.Point{95, 36}, false, make([]int32, 12)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := &list{}
			p := derive(t, nil, l, []feature.Slot{l.add(tt.g, feature.Value{}, tt.repair)}, nil)
			got := window(p, 4, 3)
			for i := range got { // trapezoids are rounded to float64
				if d := got[i] - tt.want[i]; d > 300 || d < -300 || d != 0 && !tt.repair {
					t.Fatalf("got %v, want %v", got, tt.want)
				}
			}
			if _, areal := tt.g.(orb.Point); areal != (p.Others() == 1) {
				t.Errorf("%d others", p.Others())
			}
		})
	}
}

// TestTessellationFillsCells: land classes share their borders and nothing
// overlaps, so that no leaf cell is more than full, and those away from the
// city's edge are exactly full.
func TestTessellationFillsCells(t *testing.T) {
	p := cityPyramid()
	var c Cells
	p.Read(Window{Leaf, 399_360, 204_800, 2048, 2048}, &c)
	full := 0
	for cell := range 2048 * 2048 {
		var sum int32
		for _, e := range c.Append(nil, cell) {
			sum += e.Amount
		}
		switch {
		case sum > Full:
			t.Fatalf("cell %d has %d of %d", cell, sum, int32(Full))
		case sum == Full:
			full++
		}
	}
	if full < 2048*2048*9/10 {
		t.Errorf("only %d cells are full", full)
	}
}

// TestLevels: every level holds the area of the features, and Halve gives what
// the level above has.
func TestLevels(t *testing.T) {
	p := cityPyramid()
	var c, half, up Cells
	sum := func(c *Cells) (total float64) {
		for cell := range int(c.W * c.H) {
			for _, e := range c.Append(nil, cell) {
				total += float64(e.Amount)
			}
		}
		return total
	}
	w := Window{15, 24_960, 12_800, 128, 128}
	p.Read(w, &c)
	want := sum(&c)
	for level := uint8(14); level > 9; level-- {
		half.Halve(&c)
		p.Read(half.Window, &up)
		for cell := range int(up.W * up.H) {
			a, b := byClass(up.Append(nil, cell)), byClass(half.Append(nil, cell))
			if !reflect.DeepEqual(a, b) {
				t.Fatalf("level %d, cell %d: %v, halved %v", level, cell, a, b)
			}
		}
		want /= 4
		if got := sum(&up); got < want*0.999 || got > want*1.001 {
			t.Errorf("level %d holds %.0f, not %.0f", level, got, want)
		}
		c, half = half, c
	}
}

func byClass(entries []Entry) map[uint32]int32 {
	m := map[uint32]int32{}
	for _, e := range entries {
		m[e.Class] += e.Amount
	}
	return m
}

// TestEditsLeaveNoTrace: a pyramid after any edits is the one made of the features
// that are left, and those before the edits are as they were.
func TestEditsLeaveNoTrace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &list{}
		var p *Pyramid
		live := map[feature.Slot]bool{}
		var kept []*Pyramid
		var then [][]feature.Slot
		for range rapid.IntRange(1, 8).Draw(t, "commits") {
			var added, removed []feature.Slot
			for s := range live {
				removed = append(removed, s)
			}
			slices.Sort(removed)
			removed = removed[:rapid.IntRange(0, len(removed)).Draw(t, "removed")]
			for range rapid.IntRange(0, 5).Draw(t, "added") {
				added = append(added, l.add(anything(t), feature.IntValue(rapid.Int64Range(0, 300).Draw(t, "class")), rapid.Bool().Draw(t, "repair")))
			}
			p = derive(t, p, l, added, removed)
			for _, s := range removed {
				delete(live, s)
			}
			for _, s := range added {
				live[s] = true
			}
			var all []feature.Slot
			for s := range live {
				all = append(all, s)
			}
			slices.Sort(all)
			kept, then = append(kept, p), append(then, all)
		}
		for i, p := range kept {
			if again := derive(t, nil, l, then[i], nil); !same(p, again) {
				t.Fatalf("after commit %d the pyramid differs from one made anew", i)
			}
		}
	})
}

// anything returns a polygon, perhaps with a hole or several parts, of any size
// that borders allow, or a point.
func anything(t *rapid.T) orb.Geometry {
	size := rapid.SampledFrom([]float64{0.01, 0.7, 5, 60}).Draw(t, "size")
	at := func(name string) float64 { return rapid.Float64Range(-70, 70).Draw(t, name) }
	box := func() orb.Polygon {
		x, y, w, h := at("x"), at("y"), size*rapid.Float64Range(0.1, 1).Draw(t, "w"), size*rapid.Float64Range(0.1, 1).Draw(t, "h")
		shell := []float64{x, y, x + w, y + h/7, x + 0.9*w, y + h, x, y + 0.8*h}
		if rapid.Bool().Draw(t, "hole") {
			return polygon(shell, []float64{x + 0.2*w, y + 0.2*h, x + 0.6*w, y + 0.3*h, x + 0.4*w, y + 0.7*h})
		}
		return polygon(shell)
	}
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		return orb.Point{95, 36}
	case 1:
		return orb.MultiPolygon{box(), box()}
	}
	return box()
}

// same tells whether two pyramids hold the same, class numbers aside.
func same(p, q *Pyramid) bool {
	for z := range uint8(deepest + 1) {
		var a, b []feature.Slot
		p.EachLarge(z, func(s feature.Slot, _ uint8) { a = append(a, s) })
		q.EachLarge(z, func(s feature.Slot, _ uint8) { b = append(b, s) })
		if !slices.Equal(a, b) || len(a) != p.CountLarge(z) {
			return false
		}
	}
	return p.others == q.others && reflect.DeepEqual(flat(p, p.root, 0), flat(q, q.root, 0))
}

// flat returns what a node holds with its classes by value.
func flat(p *Pyramid, n *node, depth int) any {
	if n == nil {
		return nil
	}
	cells := func(s string) map[[2]any]int32 {
		m := map[[2]any]int32{}
		for r := read(s); r.cell < nodeCells; r.advance() {
			for _, e := range r.append(nil) {
				m[[2]any{r.cell, p.classes.values[e.class]}] = e.amount
			}
		}
		return m
	}
	tallies := map[feature.Value]int{}
	for _, t := range n.tallies {
		tallies[p.classes.values[t.Class]] = t.Features
	}
	out := []any{cells(n.own), cells(n.sum), tallies, n.vertices}
	for _, c := range n.children {
		out = append(out, flat(p, c, depth+1))
	}
	return out
}

// TestManyAtOnce: features taken in by several workers make the same pyramid as
// one after the other.
func TestManyAtOnce(t *testing.T) {
	l := city()
	all := l.slots()
	at := cityPyramid()
	var one *Pyramid
	for part := range slices.Chunk(all, 2*batch) {
		one = derive(t, one, l, part, nil)
	}
	if !reflect.DeepEqual(at.root, one.root) {
		t.Error("the pyramids differ")
	}
	if gone := derive(t, one, l, nil, all); gone.root != nil {
		t.Error("something is left when all is gone")
	}
}

func TestTile(t *testing.T) {
	l, p := city(), cityPyramid()
	for _, z := range []uint8{0, 6, 11, Leaf - 4} {
		want := map[[2]uint32]map[feature.Value]int{}
		vertices := map[[2]uint32]int64{}
		for _, s := range l.slots() {
			x, y := mercator.Unit(l.Bound(s).LeftTop())
			x1, y1 := mercator.Unit(l.Bound(s).RightBottom())
			n := float64(uint32(1) << z)
			at := [2]uint32{uint32((x + x1) / 2 * n), uint32((y + y1) / 2 * n)}
			if want[at] == nil {
				want[at] = map[feature.Value]int{}
			}
			want[at][l.class[s]]++
			vertices[at] += int64(geom.VertexCount(l.geometry[s]))
		}
		for at, classes := range want {
			tallies, n := p.Tile(z, at[0], at[1])
			got := map[feature.Value]int{}
			for _, tally := range tallies {
				got[p.Classes()[tally.Class]] = tally.Features
			}
			if !reflect.DeepEqual(got, classes) || n != vertices[at] {
				t.Fatalf("tile %d/%v has %v, %d vertices; want %v, %d", z, at, got, n, classes, vertices[at])
			}
		}
	}
	if tallies, n := p.Tile(11, 3, 5); tallies != nil || n != 0 {
		t.Errorf("nothing lies in %v, %d", tallies, n)
	}
}

// TestLarge: a polygon is large from the zoom on at which it has 16 pixels, whether
// a pyramid tells or it is measured by itself; what is too small is told so.
func TestLarge(t *testing.T) {
	l, p := city(), cityPyramid()
	var s Sizer
	for _, z := range []uint8{6, 8, deepest} {
		listed := map[feature.Slot]uint8{}
		p.EachLarge(z, func(s feature.Slot, from uint8) { listed[s] = from })
		for _, slot := range l.slots() {
			var pixels float64
			for _, r := range l.geometry[slot].(orb.Polygon) {
				var a float64
				for i := range r[1:] {
					x0, y0 := mercator.Unit(r[i])
					x1, y1 := mercator.Unit(r[i+1])
					ox, oy := mercator.Unit(r[0])
					a += (x0-ox)*(y1-oy) - (x1-ox)*(y0-oy)
				}
				pixels -= a / 2 * math.Exp2(2*(8+float64(z)))
			}
			from := s.LargeFrom(l.geometry[slot], l.Bound(slot), l.repair[slot], z)
			if at, ok := listed[slot]; ok != (from <= z) || ok && at != from {
				t.Fatalf("zoom %d: %d is large from %d on, listed: %v from %d on", z, slot, from, ok, at)
			}
			if math.Abs(pixels-LargePixels) > 0.02*LargePixels && (pixels > LargePixels) != (from <= z) {
				t.Fatalf("zoom %d: %g pixels are large from %d on", z, pixels, from)
			}
		}
		if len(listed) == 0 || len(listed) != p.CountLarge(z) {
			t.Errorf("zoom %d: %d are listed, counted as %d", z, len(listed), p.CountLarge(z))
		}
	}
}

// TestPatchesHaveNone: patches are never merged.
func TestPatchesHaveNone(t *testing.T) {
	l := &list{layer: feature.Layer{Kind: feature.KindPatch}}
	if p := derive(t, nil, l, []feature.Slot{l.add(polygon([]float64{0, 0, 2, 0, 2, 2}), feature.Value{}, false)}, nil); p != nil {
		t.Errorf("a patch layer has %v", p)
	}
}

// BenchmarkBuild tells what a pyramid costs.
func BenchmarkBuild(b *testing.B) {
	l := city()
	vertices := 0
	for _, g := range l.geometry {
		vertices += geom.VertexCount(g)
	}
	var p *Pyramid
	b.ReportAllocs()
	for b.Loop() {
		p = derive(b, nil, l, l.slots(), nil)
	}
	nodes, bytes := size(p.root)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*vertices), "ns/vertex")
	b.ReportMetric(float64(bytes)/float64(len(l.class)), "B/feature")
	b.ReportMetric(float64(nodes), "nodes")
}

// size counts the nodes below one and their bytes.
func size(n *node) (nodes, bytes int) {
	if n == nil {
		return 0, 0
	}
	nodes, bytes = 1, 112+len(n.own)+16*len(n.tallies)
	if n.sum != n.own {
		bytes += len(n.sum)
	}
	for _, c := range n.children {
		k, b := size(c)
		nodes, bytes = nodes+k, bytes+b
	}
	return nodes, bytes
}

// BenchmarkEdit replaces one parcel.
func BenchmarkEdit(b *testing.B) {
	l := city()
	p := derive(b, nil, l, l.slots(), nil)
	r := rand.New(rand.NewPCG(1, 2))
	b.ReportAllocs()
	for b.Loop() {
		s := feature.Slot(r.IntN(len(l.class)))
		for geom.VertexCount(l.geometry[s]) > 100 {
			s = feature.Slot(r.IntN(len(l.class)))
		}
		p = derive(b, p, l, []feature.Slot{s}, []feature.Slot{s})
	}
}
