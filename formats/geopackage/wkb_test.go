package geopackage

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
	"github.com/paulmach/orb/encoding/wkb"

	"tuban/feature"
)

var (
	line    = orb.LineString{{0, 0}, {4, 0}, {4, 4}, {0, 0}}
	polygon = orb.Polygon{orb.Ring(line), {{1, 1}, {2, 1}, {2, 2}, {1, 1}}}
)

// samples are geometries of each kind.
func samples() []orb.Geometry {
	return []orb.Geometry{
		orb.Point{1, 2}, orb.MultiPoint{{1, 2}, {3, 4}}, line, orb.MultiLineString{line, line[:2]},
		polygon, orb.MultiPolygon{polygon, {orb.Ring(line)}}, orb.Collection{orb.Point{1, 2}, polygon, orb.Collection{line}},
	}
}

// orb's encoders, which no one here wrote, in both orders and both forms.
func TestSamples(t *testing.T) {
	for _, g := range samples() {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			for _, body := range [][]byte{wkb.MustMarshal(g, order), ewkb.MustMarshal(g, 4490, order)} {
				got, srs, extra, err := parseBlob(gp(4490, body))
				if err != nil || srs != 4490 || extra || !orb.Equal(got, g) {
					t.Errorf("%v: %v, %d, %v, %v", g, got, srs, extra, err)
				}
			}
		}
	}
}

// raw lays out little-endian WKB by hand: uint32, int (a count) and float64.
func raw(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case int: // a type: byte order and code
			b = binary.LittleEndian.AppendUint32(append(b, 1), uint32(p))
		case uint32:
			b = binary.LittleEndian.AppendUint32(b, p)
		case float64:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p))
		case []byte:
			b = append(b, p...)
		}
	}
	return b
}

func TestDimensions(t *testing.T) {
	cases := []struct {
		name string
		body []byte
		want orb.Geometry
	}{
		{"ISO Z", raw(1001, 1., 2., 3.), orb.Point{1, 2}},
		{"ISO M", raw(2001, 1., 2., 3.), orb.Point{1, 2}},
		{"ISO ZM", raw(3002, uint32(2), 1., 2., 9., 9., 3., 4., 9., 9.), orb.LineString{{1, 2}, {3, 4}}},
		{"extended Z", raw(0x80000001, 1., 2., 3.), orb.Point{1, 2}},
		{"extended Z twice said", raw(0x80000000+1001, 1., 2., 3.), orb.Point{1, 2}},
		{"extended M with SRID", raw(0x60000001, uint32(4490), 1., 2., 3.), orb.Point{1, 2}},
		{"extended ZM in a multipoint", raw(0xc0000004, uint32(1), raw(0xc0000001, 1., 2., 3., 4.)), orb.MultiPoint{{1, 2}}},
		{"triangle Z", raw(1017, uint32(1), uint32(1), 1., 2., 9.), orb.Polygon{{{1, 2}}}},
	}
	for _, c := range cases {
		got, _, extra, err := parseBlob(gp(0, c.body))
		if c.name == "triangle Z" {
			extra = true
		}
		if err != nil || !extra || !orb.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, %v", c.name, got, extra, err)
		}
	}
}

func TestHeaders(t *testing.T) {
	body := wkb.MustMarshal(orb.Point{1, 2})
	head := func(flags byte, envelope int) []byte {
		return append(append([]byte{'G', 'P', 0, flags, 0, 0, 0, 7}, make([]byte, envelope)...), body...)
	}
	nan := math.NaN()
	cases := []struct {
		name string
		blob []byte
		want orb.Geometry
		err  string
	}{
		{"no envelope", head(0, 0), orb.Point{1, 2}, ""},
		{"envelope xy", head(1<<1, 32), orb.Point{1, 2}, ""},
		{"envelope xyz", head(2<<1, 48), orb.Point{1, 2}, ""},
		{"envelope xym", head(3<<1, 48), orb.Point{1, 2}, ""},
		{"envelope xyzm", head(4<<1, 64), orb.Point{1, 2}, ""},
		{"envelope of no kind", head(5<<1, 64), nil, "bad envelope (kind 5)"},
		{"envelope cut short", head(4<<1, 0), nil, "bad envelope (kind 4)"},
		{"empty flag", head(1<<4, 0), nil, ""},
		{"empty point", gp(7, raw(1, nan, nan)), nil, ""},
		{"empty line", gp(7, raw(2, uint32(0))), nil, ""},
		{"empty polygon", gp(7, raw(3, uint32(0))), nil, ""},
		{"empty ring", gp(7, raw(3, uint32(1), uint32(0))), nil, ""},
		{"empty collection", gp(7, raw(7, uint32(1), raw(6, uint32(0)))), nil, ""},
		{"extended", head(1<<5, 0), nil, "extended type"},
		{"version 1", []byte{'G', 'P', 1, 0, 0, 0, 0, 0}, nil, "unknown version 1"},
		{"not GP", []byte("POINT(1 2)"), nil, "no GeoPackage blob"},
		{"nothing", nil, nil, "no GeoPackage blob"},
		{"no body", gp(7, nil), nil, "ends inside a type at byte 8 of 8"},
		{"byte order 2", gp(7, []byte{2, 0, 0, 0, 1}), nil, "byte order 2"},
		{"a billion parts", gp(7, raw(6, uint32(1<<30))), nil, "claims 1073741824 parts"},
		{"a billion rings", gp(7, raw(3, uint32(1<<30))), nil, "claims 1073741824 rings"},
		{"a point in a multipolygon", gp(7, raw(6, uint32(1), raw(1, 1., 2.))), nil, "a MultiPolygon holds a Point"},
		{"a curve", gp(7, raw(10, uint32(0))), nil, "a geometry of CurvePolygon is not supported"},
		{"code 5001", gp(7, raw(5001)), nil, "unknown type 5001"},
		{"infinite", gp(7, raw(3, uint32(1), uint32(2), 0., 0., 0., math.Inf(1))), nil, "ring 0, vertex 1: the coordinate (0, +Inf)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, _, _, err := parseBlob(c.blob)
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Fatal(got, err)
			}
			if err == nil && !orb.Equal(got, c.want) {
				t.Error(got)
			}
		})
	}
}

func TestDeep(t *testing.T) {
	body := raw(1, 1., 2.)
	for range 100_000 {
		body = append(raw(7, uint32(1)), body...)
		if len(body) > 4000 {
			break
		}
	}
	if _, _, _, err := parseBlob(gp(0, body)); err == nil || !strings.Contains(err.Error(), "nested more than 8 deep") {
		t.Error(err)
	}
}

// Every prefix of a geometry is an error.
func TestPrefixes(t *testing.T) {
	for _, g := range samples() {
		blob := gp(4490, wkb.MustMarshal(g))
		for n := range blob {
			if got, _, _, err := parseBlob(blob[:n]); err == nil {
				t.Errorf("%d bytes of %v: %v", n, g, got)
			}
		}
	}
}

func FuzzBlob(f *testing.F) {
	for _, g := range samples() {
		f.Add(gp(4490, wkb.MustMarshal(g)))
	}
	f.Add(gp(4490, raw(3002, uint32(2), 1., 2., 9., 9., 3., 4., 9., 9.)))
	f.Fuzz(func(t *testing.T, blob []byte) {
		g, _, _, err := parseBlob(blob)
		var place *feature.RowError
		if err != nil && errors.As(err, &place) && place.Ring < 0 {
			t.Fatal(err)
		}
		if err == nil && g != nil && g.Bound().IsEmpty() {
			t.Fatalf("%v is empty", g)
		}
	})
}

func BenchmarkBlob(b *testing.B) {
	ring := make(orb.Ring, 60)
	for i := range ring {
		ring[i] = orb.Point{float64(i), float64(i * i)}
	}
	blob := gp(4490, wkb.MustMarshal(orb.MultiPolygon{{ring}}))
	b.SetBytes(int64(len(blob)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, _, err := parseBlob(blob); err != nil {
			b.Fatal(err)
		}
	}
}
