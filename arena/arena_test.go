package arena

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
)

// columns gives property names the index of their first appearance.
type columns struct {
	names []string
}

func (c *columns) of(name string) int {
	if i := slices.Index(c.names, name); i >= 0 {
		return i
	}
	c.names = append(c.names, name)
	return len(c.names) - 1
}

func read(a *Arena, c *columns, s feature.Slot) feature.Feature {
	f := feature.Feature{ID: a.ID(s), Number: a.Number(s), Version: a.Version(s), Area: a.Area(s), NeedsRepair: a.NeedsRepair(s), Geometry: orb.Clone(a.Geometry(s))}
	a.EachProperty(s, func(i int, v feature.Value) {
		f.Properties = append(f.Properties, feature.Property{Name: c.names[i], Value: v})
	})
	return f
}

var geometries = []orb.Geometry{
	nil,
	orb.Point{94.9, 36.4},
	orb.MultiPoint{{1, 2}, {3, 4}},
	orb.LineString{{1, 2}, {3, 4}, {5, 6}},
	orb.MultiLineString{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}},
	orb.Polygon{{{0, 0}, {9, 0}, {9, 9}, {0, 0}}, {{1, 1}, {2, 1}, {2, 2}, {1, 1}}},
	orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}, {{{5, 5}, {6, 5}, {6, 6}, {5, 5}}, {{5.5, 5.1}, {5.6, 5.1}, {5.6, 5.2}, {5.5, 5.1}}}},
}

func sample(i int) feature.Feature {
	f := feature.Feature{
		ID: feature.ID(fmt.Sprintf("id-%d", i)), Number: feature.Number(i + 1), Version: feature.Seq(i),
		Geometry: geometries[i%len(geometries)], Area: float64(i) / 3, NeedsRepair: i%5 == 0,
	}
	values := []feature.Value{{}, feature.BoolValue(true), feature.IntValue(int64(-i)), feature.FloatValue(float64(i) / 7), feature.StringValue("水浇地"), feature.StringValue(fmt.Sprint("s", i)), feature.JSONValue(`{"a":[1,2]}`)}
	for k, v := range values {
		if (i+k)%3 != 0 { // some are absent
			f.Properties = append(f.Properties, feature.Property{Name: fmt.Sprint("p", k), Value: v})
		}
	}
	return f
}

// TestGivesBack appends features one by one and in bulk and reads every one
// back, through every arena on the way: old ones must not change.
func TestGivesBack(t *testing.T) {
	c := &columns{}
	for k := range 7 {
		c.of(fmt.Sprint("p", k))
	}
	var arenas []*Arena
	var want []feature.Feature
	a := &Arena{}
	for i := 0; i < 400; {
		if i%100 == 50 {
			b := NewBuilder(3, 10, 2)
			for range 30 {
				f := sample(i)
				if err := b.Add(&f, c.of); err != nil {
					t.Fatal(err)
				}
				want, i = append(want, f), i+1
			}
			var first feature.Slot
			if a, first = a.Join(b); int(first) != i-30 {
				t.Fatalf("joined at slot %d, want %d", first, i-30)
			}
		} else {
			f := sample(i)
			next, slot, err := a.Append([]feature.Feature{f}, c.of)
			if err != nil || int(slot) != i {
				t.Fatal(slot, err)
			}
			a, want, i = next, append(want, f), i+1
		}
		arenas = append(arenas, a)
	}
	for _, a := range arenas {
		for s := range a.Len() {
			if d := cmp.Diff(want[s], read(a, c, feature.Slot(s)), cmp.Comparer(func(x, y feature.Value) bool { return x == y })); d != "" {
				t.Fatalf("slot %d of %d: %s", s, a.Len(), d)
			}
		}
	}
	if b := arenas[0].Bound(0); b != geom.EmptyBound {
		t.Fatalf("no geometry, bound %v", b)
	}
}

// TestAppendAfterFailure appends to an arena whose successor was thrown away.
func TestAppendAfterFailure(t *testing.T) {
	c := &columns{}
	put := func(a *Arena, i int, text string) *Arena {
		f := feature.Feature{ID: feature.ID(fmt.Sprint(i)), Properties: feature.Properties{{Name: "p", Value: feature.StringValue(text)}}}
		b, _, err := a.Append([]feature.Feature{f}, c.of)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	a := put(&Arena{}, 0, "first")
	put(put(a, 1, "lost"), 2, "lost too")
	b := put(put(put(a, 1, "kept"), 2, "lost"), 3, "lost too")
	for s, want := range []string{"first", "kept", "lost", "lost too"} {
		if v, _ := b.Value(feature.Slot(s), 0); v.Text() != want {
			t.Errorf("slot %d holds %q, want %q", s, v.Text(), want)
		}
	}
}

// TestKeysAgainstMap runs random puts, deletes, joins and copies against maps.
func TestKeysAgainstMap(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	type state struct {
		keys *Keys
		slot map[feature.Number]feature.Slot
	}
	k, model := NewKeys(), map[feature.Number]feature.Slot{}
	next, slot := feature.Number(1), feature.Slot(0)
	id := func(n feature.Number) feature.ID { return feature.ID(fmt.Sprint("k", n)) }
	var states []state
	for step := range 2000 {
		switch c := r.IntN(20); {
		case c == 0 && step < 1500:
			b := NewBuilder(0, 0, 0)
			perm := r.Perm(20)
			for _, p := range perm {
				f := feature.Feature{Number: next + feature.Number(p), ID: id(next + feature.Number(p))}
				if err := b.Add(&f, nil); err != nil {
					t.Fatal(err)
				}
			}
			k.Join(b.NewTable(slot))
			for i, p := range perm {
				model[next+feature.Number(p)] = slot + feature.Slot(i)
			}
			next, slot = next+20, slot+20
		case c < 8:
			k.Put(next, id(next), slot)
			model[next] = slot
			next, slot = next+1, slot+1
		default:
			n := feature.Number(r.IntN(int(next)) + 1)
			if _, ok := model[n]; ok && c < 14 {
				k.Put(n, id(n), slot)
				model[n] = slot
				slot++
			} else {
				k.Delete(n, id(n))
				delete(model, n)
			}
		}
		if step%200 == 0 {
			states = append(states, state{k.Copy(), maps.Clone(model)})
		}
	}
	states = append(states, state{k, model})
	for i, st := range states {
		if st.keys.Live() != len(st.slot) {
			t.Fatalf("state %d: %d live, want %d", i, st.keys.Live(), len(st.slot))
		}
		for n := range next + 2 {
			want, alive := st.slot[n]
			if s, ok := st.keys.Slot(n); ok != alive || ok && s != want {
				t.Fatalf("state %d: number %d in slot %d %v, want %d %v", i, n, s, ok, want, alive)
			}
			if m, ok := st.keys.Number(id(n)); ok != alive || ok && m != n {
				t.Fatalf("state %d: id of %d is number %d %v, want %v", i, n, m, ok, alive)
			}
		}
		from := feature.Number(r.IntN(int(next)))
		var want, got []feature.Number
		for n := range st.slot {
			if n >= from {
				want = append(want, n)
			}
		}
		slices.Sort(want)
		st.keys.Ascend(from, func(n feature.Number, s feature.Slot) bool {
			if st.slot[n] != s {
				t.Fatalf("state %d: ascend gives %d in slot %d", i, n, s)
			}
			got = append(got, n)
			return true
		})
		if !slices.Equal(got, want) {
			t.Fatalf("state %d: ascend from %d gives %d numbers, want %d", i, from, len(got), len(want))
		}
	}
}

func TestAscendStops(t *testing.T) {
	k := NewKeys()
	for n := range feature.Number(10) {
		k.Put(n+1, feature.ID(fmt.Sprint(n)), feature.Slot(n))
	}
	var got []feature.Number
	k.Ascend(4, func(n feature.Number, _ feature.Slot) bool { got = append(got, n); return len(got) < 2 })
	if !slices.Equal(got, []feature.Number{4, 5}) {
		t.Fatal(got)
	}
}
