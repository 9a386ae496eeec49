package demo

import (
	"encoding/binary"
	"flag"
	"fmt"
	"hash/maphash"
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

var hashSeed = maphash.MakeSeed()

// fingerprint is the same for the same bytes, within one run.
func fingerprint(t *testing.T, c *City) uint64 {
	h := maphash.Hash{}
	h.SetSeed(hashSeed)
	var buf []byte
	for _, s := range c.Layers() {
		fmt.Fprintf(&h, "%+v", s.Layer)
		each(t, s, func(f feature.Feature) {
			buf = f.Properties.AppendJSON(append(buf[:0], f.ID...))
			for _, p := range polygons(f.Geometry) {
				for _, r := range p {
					for _, q := range r {
						buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(q[0]))
						buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(q[1]))
					}
				}
			}
			_, _ = h.Write(buf) // never fails
		})
	}
	return h.Sum64()
}

func TestSeedDecidesEveryByte(t *testing.T) {
	sizes := []Size{reduced(1500), Small()}
	if *longFlag {
		sizes = append(sizes, Middle())
	}
	for _, size := range sizes {
		a, b := fingerprint(t, New(9, size)), fingerprint(t, New(9, size))
		if a != b {
			t.Errorf("%s: same seed, other bytes: %x, %x", size.Name, a, b)
		}
		if c := fingerprint(t, New(10, size)); c == a {
			t.Errorf("%s: another seed gave the same bytes", size.Name)
		}
	}
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
