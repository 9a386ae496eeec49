package demo

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
)

var longFlag = flag.Bool("long", false, "prove the city of 200,000 parcels too")

// reduced is the city that a bureau sees with fewer of everything.
func reduced(parcels int) Size {
	s := Middle()
	s.Name, s.Parcels, s.Patches, s.Approvals, s.Rights = "reduced", parcels, 480, 160, 30
	return s
}

// proved returns the cities whose invariants are tested.
func proved(t *testing.T, prove func(t *testing.T, c *City)) {
	t.Helper()
	for _, c := range []struct {
		seed uint64
		size Size
		long bool
	}{
		{1, Small(), false}, {2, reduced(2500), false}, {77, reduced(6000), false}, {1, Middle(), true},
	} {
		t.Run(fmt.Sprintf("%s/seed=%d", c.size.Name, c.seed), func(t *testing.T) {
			if c.long && !*longFlag {
				t.Skip("only with -long")
			}
			prove(t, New(c.seed, c.size))
		})
	}
}

func each(t *testing.T, s Source, visit func(feature.Feature)) int {
	t.Helper()
	n := 0
	if err := s.Each(func(f feature.Feature) error { n++; visit(f); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func source(t testing.TB, c *City, id feature.LayerID) Source {
	t.Helper()
	for _, s := range c.Layers() {
		if s.Layer.ID == id {
			return s
		}
	}
	t.Fatalf("no layer %s", id)
	return Source{}
}

func polygons(g orb.Geometry) []orb.Polygon {
	switch g := g.(type) {
	case orb.Polygon:
		return []orb.Polygon{g}
	case orb.MultiPolygon:
		return g
	}
	return nil
}

func fingerprint(t *testing.T, c *City) uint64 {
	h := fnv.New64a()
	for _, s := range c.Layers() {
		fmt.Fprintf(h, "%+v", s.Layer)
		each(t, s, func(f feature.Feature) {
			fmt.Fprint(h, f.ID, string(f.Properties.AppendJSON(nil)))
			for _, p := range polygons(f.Geometry) {
				for _, r := range p {
					for _, q := range r {
						fmt.Fprintf(h, "%x %x", math.Float64bits(q[0]), math.Float64bits(q[1]))
					}
				}
			}
		})
	}
	return h.Sum64()
}

func TestSeedDecidesEveryByte(t *testing.T) {
	a := fingerprint(t, New(9, reduced(1500)))
	if c := fingerprint(t, New(10, reduced(1500))); c == a {
		t.Error("another seed gave the same bytes")
	}
	proved(t, func(t *testing.T, c *City) {
		if a, b := fingerprint(t, c), fingerprint(t, New(c.seed, c.size)); a != b {
			t.Errorf("same seed, other bytes: %x, %x", a, b)
		}
	})
}

func TestLayersAreWellFormed(t *testing.T) {
	c := New(3, reduced(1500))
	var ids []feature.LayerID
	for _, s := range c.Layers() {
		l := s.Layer
		ids = append(ids, l.ID)
		if err := l.Check(); err != nil {
			t.Error(err)
		}
		if l.Title.ZH == "" || l.Title.EN == "" {
			t.Errorf("%s: title %+v", l.ID, l.Title)
		}
		seen := map[feature.ID]bool{}
		each(t, s, func(f feature.Feature) {
			if seen[f.ID] {
				t.Errorf("%s: id %s occurs twice", l.ID, f.ID)
			}
			seen[f.ID] = true
			if v, _ := f.Properties.Get(l.IDField); v.String() != string(f.ID) {
				t.Errorf("%s: id %q, %s %q", l.ID, f.ID, l.IDField, v)
			}
			code, _ := f.Properties.Get(l.ClassField)
			if l.Class(code.String()).Name == "" {
				t.Fatalf("%s %s: class %q is not in the dictionary", l.ID, f.ID, code)
			}
			for i, field := range l.Fields {
				if p := f.Properties[i]; p.Name != field.Name || p.Value.Kind() != feature.Null && p.Value.FieldType() != field.Type {
					t.Fatalf("%s %s: property %d is %s (%s), want %+v", l.ID, f.ID, i, p.Name, p.Value.FieldType(), field)
				}
			}
		})
	}
	if got := fmt.Sprint(ids); got != fmt.Sprint(LayerIDs()) {
		t.Errorf("the layers are %s, LayerIDs says %s", got, LayerIDs())
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		New(1, Small())
	}
}
