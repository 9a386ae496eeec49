package mvt

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// tileOf returns a tile of one layer with one feature.
func tileOf(t Type, write func(*Geometry)) []byte {
	var g Geometry
	write(&g)
	l := NewLayerBuilder("a")
	l.Feature(1, t, g.Bytes())
	return l.AppendTo(nil)
}

func rings(rings ...[]Point) []byte {
	return tileOf(Polygons, func(g *Geometry) {
		for _, r := range rings {
			g.Ring(r)
		}
	})
}

func rectangle(x0, y0, x1, y1 int32) []Point { return []Point{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}} }

func turned(r []Point) []Point {
	r = slices.Clone(r)
	slices.Reverse(r)
	return r
}

func TestValidatePolygons(t *testing.T) {
	tests := []struct {
		name string
		tile []byte
		want []Rule
	}{
		{"box", rings(rectangle(0, 0, 9, 9)), nil},
		{"box the wrong way round", rings(turned(rectangle(0, 0, 9, 9))), []Rule{RuleWinding}},
		{"hole", rings(rectangle(0, 0, 9, 9), turned(rectangle(2, 2, 4, 4))), nil},
		{"hole that touches in a point", rings(rectangle(0, 0, 9, 9), []Point{{0, 0}, {2, 4}, {4, 2}}), nil},
		{"hole along the border", rings(rectangle(0, 0, 9, 9), turned(rectangle(0, 2, 4, 4))), []Rule{RuleRingsCross}},
		{"hole across the border", rings(rectangle(0, 0, 9, 9), turned(rectangle(-1, 2, 4, 4))), []Rule{RuleRingsCross}},
		{"hole outside", rings(rectangle(0, 0, 9, 9), turned(rectangle(12, 2, 14, 4))), []Rule{RuleHole}},
		{"hole outside, touching in a point", rings(rectangle(0, 0, 9, 9), turned(rectangle(9, 9, 12, 12))), []Rule{RuleHole}},
		{"hole around its exterior", rings(rectangle(0, 0, 9, 9), turned(rectangle(-1, -1, 12, 12))), []Rule{RuleHole}},
		{"hole in a hole", rings(rectangle(0, 0, 9, 9), turned(rectangle(2, 2, 7, 7)), turned(rectangle(3, 3, 5, 5))), []Rule{RuleHole}},
		{"two parts", rings(rectangle(0, 0, 9, 9), rectangle(10, 0, 12, 2)), nil},
		{"parts touch in a point", rings(rectangle(0, 0, 9, 9), rectangle(9, 9, 12, 12)), nil},
		{"parts share a side", rings(rectangle(0, 0, 9, 9), rectangle(9, 0, 12, 9)), []Rule{RuleRingsCross}},
		{"part in a part", rings(rectangle(0, 0, 9, 9), rectangle(2, 2, 4, 4)), []Rule{RulePartsOverlap}},
		{"part in the hole of a part", rings(rectangle(0, 0, 9, 9), turned(rectangle(1, 1, 8, 8)), rectangle(2, 2, 4, 4)), nil},
		{"bow-tie", rings([]Point{{0, 8}, {9, 0}, {9, 9}, {0, 0}}), []Rule{RuleRingSimple}},
		{"touches itself in a vertex", rings([]Point{{0, 0}, {4, 4}, {8, 0}, {8, 8}, {4, 4}, {0, 8}}), []Rule{RuleRingSimple}},
		{"vertex on its own side", rings([]Point{{0, 0}, {9, 0}, {9, 9}, {5, 0}, {0, 9}}), []Rule{RuleRingSimple}},
		{"spike", rings([]Point{{0, 0}, {9, 0}, {20, 0}, {9, 0}, {9, 9}}), []Rule{RuleRingSimple}},
		{"no area", rings([]Point{{0, 0}, {5, 0}, {9, 0}}), []Rule{RuleRingArea, RuleRingSimple}},
		{"closed by a point", rings([]Point{{0, 0}, {5, 0}, {9, 8}, {0, 0}}), []Rule{RuleRingClosed, RuleRingSimple}},
		{"point twice", rings([]Point{{0, 0}, {5, 0}, {5, 0}, {9, 8}}), []Rule{RuleRepeatPoint, RuleRingSimple}},
		{"far apart", rings([]Point{{-1 << 31, -1 << 31}, {1<<31 - 1, -1 << 31}, {1<<31 - 1, 1<<31 - 1}}), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []Rule
			for _, v := range Validate(tt.tile) {
				got = append(got, v.Rule)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v: %v", got, tt.want, Validate(tt.tile))
			}
		})
	}
}

// TestSpecificationExamples: the encodings printed in section 4.3.5.
func TestSpecificationExamples(t *testing.T) {
	tests := []struct {
		name  string
		write func(*Geometry)
		want  []uint32
	}{
		{"point", func(g *Geometry) { g.Points(Point{25, 17}) }, []uint32{9, 50, 34}},
		{"multipoint", func(g *Geometry) { g.Points(Point{5, 7}, Point{3, 2}) }, []uint32{17, 10, 14, 3, 9}},
		{"line", func(g *Geometry) { g.Line([]Point{{2, 2}, {2, 10}, {10, 10}}) }, []uint32{9, 4, 4, 18, 0, 16, 16, 0}},
		{"multiline", func(g *Geometry) { g.Line([]Point{{2, 2}, {2, 10}, {10, 10}}); g.Line([]Point{{1, 1}, {3, 5}}) },
			[]uint32{9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8}},
		{"polygon", func(g *Geometry) { g.Ring([]Point{{3, 6}, {8, 12}, {20, 34}}) }, []uint32{9, 6, 12, 18, 10, 12, 24, 44, 15}},
		{"multipolygon", func(g *Geometry) {
			g.Ring(rectangle(0, 0, 10, 10))
			g.Ring(rectangle(11, 11, 20, 20))
			g.Ring([]Point{{13, 13}, {13, 17}, {17, 17}, {17, 13}})
		}, []uint32{9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15, 9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var g Geometry
			tt.write(&g)
			got, err := uint32s(g.Bytes())
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

// sample is a tile with every type of value and geometry.
func sample() []byte {
	var g Geometry
	l := NewLayerBuilder("dltb")
	name, n, share, ok := l.Key("名称"), l.Key("n"), l.Key("share"), l.Key("ok")
	for i := range 3 {
		g.Reset()
		g.Ring(rectangle(int32(i)*10, 0, int32(i)*10+9, 9))
		l.String(name, "水浇地")
		l.Int(n, int64(i-1)*1e12)
		l.Double(share, 0.25)
		l.Bool(ok, i == 1)
		l.Feature(uint64(i+1), Polygons, g.Bytes())
	}
	g.Reset()
	g.Line([]Point{{-64, 5}, {4160, 5}})
	l.Feature(0, Lines, g.Bytes())
	tile := l.AppendTo(nil)
	l.Reset("marks")
	l.String(l.Key("id"), "")
	l.Feature(1<<63, Points, AppendPoint(nil, Point{-1, 4095}))
	return l.AppendTo(tile)
}

func TestRoundTrip(t *testing.T) {
	data := sample()
	if v := Validate(data); v != nil {
		t.Fatal(v)
	}
	tile, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	l := tile.Layer("dltb")
	if got := len(l.Features); got != 4 {
		t.Fatalf("%d features", got)
	}
	want := map[string]any{"名称": "水浇地", "n": int64(-1e12), "share": 0.25, "ok": false}
	if got := l.Properties(&l.Features[0]); !reflect.DeepEqual(got, want) {
		t.Errorf("properties %v, want %v", got, want)
	}
	if len(l.Values) != 7 { // a name, three numbers, a share, two booleans
		t.Errorf("values are not shared: %v", l.Values)
	}
	if parts, err := l.Features[2].Parts(); err != nil || !reflect.DeepEqual(parts, [][]Point{rectangle(20, 0, 29, 9)}) {
		t.Errorf("parts %v, %v", parts, err)
	}
	if m := tile.Layer("marks").Features[0]; m.ID != 1<<63 || !m.HasID || m.Type != Points {
		t.Errorf("%+v", m)
	}
	if l.Features[3].HasID {
		t.Error("an id was written for 0")
	}
}

func TestBrokenTiles(t *testing.T) {
	whole := sample()
	for n := range whole {
		if n == 0 {
			continue
		}
		if _, err := Decode(whole[:n]); err == nil && Validate(whole[:n]) == nil {
			// A tile cut exactly behind its first layer is a tile.
			if tile, _ := Decode(whole[:n]); len(tile.Layers) != 1 {
				t.Errorf("%d of %d bytes pass", n, len(whole))
			}
		}
	}
	if v := Validate(append(slices.Clone(whole), 0)); len(v) == 0 {
		t.Error("a trailing byte passes")
	}
	twice := append(slices.Clone(whole), whole...)
	if v := Validate(twice); len(v) != 2 || v[0].Rule != RuleNameUnique {
		t.Errorf("layers twice: %v", v)
	}
	if _, err := Decode([]byte{0x1a, 0xff}); err == nil || !strings.Contains(err.Error(), "varint") {
		t.Errorf("error %v", err)
	}
}

// seeds are tiles for the fuzz tests, good and bad.
func seeds(f *testing.F) {
	f.Add(sample())
	f.Add(rings(rectangle(0, 0, 9, 9), turned(rectangle(2, 2, 4, 4))))
	for _, s := range []string{"1a127802", "1a30780a0568656c6c6f1211080112020000180122", "", "1a00", "1a0f78020a0161120422020900180328"} {
		b, err := hex.DecodeString(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
}

// FuzzDecode: nothing panics, and what Validate passes can be read.
func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		found := Validate(data)
		tile, err := Decode(data)
		if err != nil {
			if len(found) == 0 {
				t.Fatalf("valid, but %v", err)
			}
			return
		}
		for i := range tile.Layers {
			l := &tile.Layers[i]
			for k := range l.Features {
				f := &l.Features[k]
				l.Properties(f)
				if _, err := f.Parts(); err != nil && f.Type != Unknown && len(found) == 0 {
					t.Fatalf("valid, but %v", err)
				}
			}
		}
	})
}

func BenchmarkLayerBuilder(b *testing.B) {
	var g Geometry
	l := NewLayerBuilder("a")
	ids := make([]string, 2000)
	for i := range ids {
		ids[i] = fmt.Sprint("parcel-", i)
	}
	ring := []Point{{0, 0}, {20, 3}, {25, 14}, {19, 30}, {8, 26}, {-3, 12}}
	var out []byte
	build := func() {
		l.Reset("a")
		id, class, area, name, year := l.Key("id"), l.Key("class"), l.Key("area"), l.Key("name"), l.Key("year")
		for i := range ids {
			g.Reset()
			g.Ring(ring)
			l.String(id, ids[i])
			l.String(class, ids[i%20])
			l.Double(area, float64(i)*1.5)
			l.String(name, ids[i%100])
			l.Int(year, int64(2000+i%20))
			l.Feature(uint64(i+1), Polygons, g.Bytes())
		}
		out = l.AppendTo(out[:0])
	}
	b.ReportAllocs()
	for b.Loop() {
		build()
	}
	b.ReportMetric(float64(len(out)), "B/tile")
	if n := testing.AllocsPerRun(5, build); n > 0 {
		b.Errorf("%v allocations for 2,000 features", n)
	}
}
