package demo

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/big"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom/ellipsoid"
)

// tiny is a city small enough for the slow proofs of several seeds.
func tiny(parcels int) Size {
	s := Small()
	s.Name, s.Parcels, s.Patches = "tiny", parcels, 120
	return s
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

// shoelace is twice the signed plane area of the rings, exactly.
func shoelace(sum *big.Rat, ring orb.Ring) {
	var a, b, c, d, x, y big.Rat
	for i := 1; i < len(ring); i++ {
		a.SetFloat64(ring[i-1][0])
		b.SetFloat64(ring[i-1][1])
		c.SetFloat64(ring[i][0])
		d.SetFloat64(ring[i][1])
		sum.Add(sum, x.Mul(&a, &d))
		sum.Sub(sum, y.Mul(&b, &c))
	}
}

type directed struct{ a, b orb.Point }

// covers proves that the layer's rings tile the outline: every directed edge
// occurs once; its reverse occurs in a neighbour, or it is an outline edge.
func covers(t *testing.T, s Source, outline orb.MultiPolygon) {
	t.Helper()
	edges := map[directed]bool{}
	each(t, s, func(f feature.Feature) {
		for _, p := range polygons(f.Geometry) {
			for _, r := range p {
				for i := 1; i < len(r); i++ {
					e := directed{r[i-1], r[i]}
					if edges[e] {
						t.Fatalf("%s: edge %v occurs twice in one direction", f.ID, e)
					}
					edges[e] = true
				}
			}
		}
	})
	border := map[directed]bool{}
	for _, part := range outline {
		for i := 1; i < len(part[0]); i++ {
			border[directed{part[0][i-1], part[0][i]}] = true
		}
	}
	free := 0
	for e := range edges {
		if edges[directed{e.b, e.a}] {
			continue
		}
		free++
		if !border[e] {
			t.Fatalf("edge %v has no neighbour and is not on the outline", e)
		}
	}
	if free != len(border) {
		t.Fatalf("%d free edges, outline has %d", free, len(border))
	}
}

func TestParcelsTileTheTerritory(t *testing.T) {
	for _, seed := range []uint64{1, 2, 77} {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			c := New(seed, tiny(1600))
			s := source(t, c, "dltb")
			covers(t, s, c.Outline())
			covers(t, source(t, c, "xzq"), c.Outline())
			var sum, whole big.Rat
			var metres float64
			n := each(t, s, func(f feature.Feature) {
				metres += ellipsoid.Area(f.Geometry)
				for _, r := range f.Geometry.(orb.Polygon) {
					shoelace(&sum, r)
				}
			})
			if n != 1600 || s.Count != n {
				t.Errorf("%d parcels, counted %d, want 1600", n, s.Count)
			}
			for _, part := range c.Outline() {
				for _, ring := range part {
					shoelace(&whole, ring)
				}
			}
			if sum.Cmp(&whole) != 0 {
				t.Errorf("plane areas differ: parcels %s, territory %s", sum.FloatString(18), whole.FloatString(18))
			}
			if want := ellipsoid.Area(c.Outline()); math.Abs(metres-want) > 1e-9*want {
				t.Errorf("ellipsoidal areas differ: parcels %.4f, territory %.4f m²", metres, want)
			}
		})
	}
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
	a, b := fingerprint(t, New(9, tiny(1500))), fingerprint(t, New(9, tiny(1500)))
	if a != b {
		t.Errorf("same seed, other bytes: %x, %x", a, b)
	}
	if c := fingerprint(t, New(10, tiny(1500))); c == a {
		t.Error("another seed gave the same bytes")
	}
}

func TestLayersAreWellFormed(t *testing.T) {
	c := New(3, tiny(1500))
	for _, s := range c.Layers() {
		l := s.Layer
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
}

func TestStats(t *testing.T) {
	size, err := SizeNamed(cmp.Or(os.Getenv("SIZE"), "small"))
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	c := New(1, size)
	rough, giant := 0, 0
	for f := range c.classes {
		if c.bends.rough[f] {
			rough++
		}
		if c.bends.giant[f] {
			giant++
		}
	}
	t.Logf("rough %d, giant %d, open %d, settled %d", rough, giant, len(c.open), len(c.settled))
	t.Logf("New %v, %d faces, %d void", time.Since(began), c.mesh.faces(), len(c.mesh.void))
	for _, p := range c.Outline() {
		t.Logf("part: %.0f km², %d holes, %d vertices, %v", ellipsoid.Area(p)/1e6, len(p)-1, len(p[0]), p.Bound())
	}
	for _, s := range c.Layers() {
		began := time.Now()
		vertices, most, big := 0, 0, 0
		area, classes := map[string]float64{}, map[string]int{}
		n := each(t, s, func(f feature.Feature) {
			v := 0
			for _, p := range polygons(f.Geometry) {
				for _, r := range p {
					v += len(r)
				}
			}
			vertices, most = vertices+v, max(most, v)
			if v > 20000 {
				big++
			}
			code, _ := f.Properties.Get(s.Layer.ClassField)
			area[code.Text()] += ellipsoid.Area(f.Geometry) / 1e6
			classes[code.Text()]++
		})
		t.Logf("%s: %d in %v, %d vertices, most %d, %d over 20000", s.Layer.ID, n, time.Since(began), vertices, most, big)
		for _, k := range slices.Sorted(maps.Keys(classes)) {
			t.Logf("   %s %d  %.1f km²", k, classes[k], area[k])
		}
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		New(1, Small())
	}
}
