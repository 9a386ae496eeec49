package store

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
)

// geometries are one of each kind, with coordinates that only raw bits keep.
func geometries() map[string]orb.Geometry {
	odd := orb.Point{math.Nextafter(116.4, 117), math.Copysign(0, -1)}
	ring := orb.Ring{{0, 0}, {1, 0}, {1, math.SmallestNonzeroFloat64}, odd, {0, 0}}
	open := orb.Ring{{1e-300, 1}, {2, 2}}
	return map[string]orb.Geometry{
		"none":                nil,
		"point":               odd,
		"multipoint":          orb.MultiPoint{odd, {1, 2}},
		"multipoint, empty":   orb.MultiPoint{},
		"line":                orb.LineString{{1, 2}, odd, {math.MaxFloat64, -math.MaxFloat64}},
		"multiline":           orb.MultiLineString{{{1, 2}, {3, 4}}, {}, {odd}},
		"ring":                ring,
		"polygon":             orb.Polygon{ring, open},
		"polygon, empty":      orb.Polygon{},
		"polygon, empty ring": orb.Polygon{{}},
		"multipolygon":        orb.MultiPolygon{{ring}, {}, {ring, open}},
		"bound":               orb.Bound{Min: odd, Max: orb.Point{117, 41}},
		"collection":          orb.Collection{odd, orb.Polygon{ring}, orb.Collection{nil, orb.MultiPolygon{{open}}, orb.MultiLineString{{odd}}}},
	}
}

func allValues() feature.Properties {
	return feature.Properties{
		{Name: "null"},
		{Name: "yes", Value: feature.BoolValue(true)},
		{Name: "no", Value: feature.BoolValue(false)},
		{Name: "zero", Value: feature.IntValue(0)},
		{Name: "min", Value: feature.IntValue(math.MinInt64)},
		{Name: "max", Value: feature.IntValue(math.MaxInt64)},
		{Name: "float", Value: feature.FloatValue(math.Nextafter(0.1, 1))},
		{Name: "-0", Value: feature.FloatValue(math.Copysign(0, -1))},
		{Name: "图斑", Value: feature.StringValue("水浇地 \x00 🗺")},
		{Name: "empty", Value: feature.StringValue("")},
		{Name: "", Value: feature.JSONValue(`{"a":[1,2]}`)},
		{Name: "big", Value: feature.JSONValue("123456789012345678901234567890")},
	}
}

func allKinds() []feature.Feature {
	var fs []feature.Feature
	n := feature.Number(math.MaxUint64)
	geoms := geometries()
	for _, name := range slices.Sorted(maps.Keys(geoms)) {
		fs = append(fs, feature.Feature{ID: feature.ID(name), Number: n, Area: 1.0 / 3, NeedsRepair: n%2 == 0, Geometry: geoms[name], Properties: allValues()})
		n /= 3
	}
	return append(fs, feature.Feature{Number: 1}, feature.Feature{Number: 3, ID: "编号", Properties: feature.Properties{{Name: "max"}}})
}

func encodeBody(tb testing.TB, fs []feature.Feature) []byte {
	tb.Helper()
	var e encoder
	body, err := e.encode(fs)
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

func TestCodecKeepsEveryBit(t *testing.T) {
	fs := allKinds()
	got, err := decodeBody(encodeBody(t, fs))
	if err != nil {
		t.Fatal(err)
	}
	if d := diff(fs, got); d != "" {
		t.Fatal(d)
	}
}

func TestEncoderRefuses(t *testing.T) {
	deep := orb.Geometry(orb.Point{})
	for range maxDepth + 1 {
		deep = orb.Collection{deep}
	}
	for name, f := range map[string]feature.Feature{
		"NaN area":      {Number: 1, Area: math.NaN()},
		"negative area": {Number: 1, Area: -1},
		"infinite area": {Number: 1, Area: math.Inf(1)},
		"deep":          {Number: 1, Geometry: deep},
	} {
		t.Run(name, func(t *testing.T) {
			var e encoder
			if _, err := e.encode([]feature.Feature{f}); err == nil {
				t.Fatal("accepted")
			}
		})
	}
}

// Every cut and every changed byte of a body must give an error or features, and
// neither a panic nor memory without bounds.
func TestDecoderOnDamage(t *testing.T) {
	body := encodeBody(t, allKinds())
	for n := range body {
		if _, err := decodeBody(body[:n]); err == nil {
			t.Fatalf("accepted a body cut to %d of %d bytes", n, len(body))
		}
	}
	for i := range body {
		old := body[i]
		for _, b := range []byte{0, 1, 0x7f, 0x80, 0xff, old ^ 1, old ^ 0x80} {
			body[i] = b
			decodeBody(body)
		}
		body[i] = old
	}
}

func FuzzDecodeBody(f *testing.F) {
	f.Add(encodeBody(f, allKinds()))
	f.Add(encodeBody(f, squares(1, 3)))
	f.Add(encodeBody(f, nil))
	f.Add([]byte(strings.Repeat("\xff", 40)))
	f.Fuzz(func(t *testing.T, body []byte) {
		fs, err := decodeBody(body)
		if err != nil {
			return
		}
		again, err := decodeBody(encodeBody(t, fs))
		if err != nil {
			t.Fatal(err)
		}
		if d := diff(fs, again); d != "" {
			t.Fatal(d)
		}
	})
}

func FuzzBlobHeader(f *testing.F) {
	h := blobHeader{op: opChunk, count: 3, length: 100, stored: 50, min: 1, max: 9, hash: 12345}
	f.Add(h.append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := parseBlobHeader(chunkKey(1, 1), b)
		if err == nil && h.parts() > maxParts+1 {
			t.Fatalf("%d parts", h.parts())
		}
	})
}

func TestAreaSum(t *testing.T) {
	sum := areaSum{}
	areas := []float64{1e9 / 3, 0.1, 1e-3, 7.7e14, 0, 43300.8669, 1.0 / 4096}
	for range 1000 {
		for _, a := range areas {
			sum = sum.plus(fixed(a))
		}
	}
	for i := range areas {
		for range 1000 {
			sum = sum.minus(fixed(areas[len(areas)-1-i]))
		}
	}
	if sum != (areaSum{}) {
		t.Fatalf("left over: %+v", sum)
	}
	if got := fixed(43300.8669).m2(); got != 43300.8669 {
		t.Fatal(got)
	}
}

func TestBoxes(t *testing.T) {
	var b boxes
	b.add(geom.EmptyBound)
	b.add(orb.Bound{Min: orb.Point{math.NaN(), 0}, Max: orb.Point{1, 1}})
	if len(b) != 0 {
		t.Fatal(b)
	}
	var all []orb.Bound
	for i := range 500 {
		x, y := float64(i*i%97), float64(i*7%89)
		box := orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x, y + float64(i%3)}}
		all = append(all, box)
		b.add(box)
	}
	if len(b) > maxBoxes {
		t.Fatal(len(b))
	}
next:
	for _, box := range all {
		for _, have := range b {
			if covers(have, box) {
				continue next
			}
		}
		t.Fatalf("%v is not covered", box)
	}
}
