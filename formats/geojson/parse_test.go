package geojson

import (
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"tuban/feature"
	"tuban/internal/check"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

func TestParseBody(t *testing.T) {
	ok := located(triangle)
	for name, c := range map[string]struct {
		body string
		n    int
	}{
		"geometry": {triangle, 1}, "feature": {ok, 1}, "collection": {collectionOf(ok, ok), 2}, "none": {collectionOf(), 0},
		"CRS84": {`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[` + ok + `]}`, 1},
	} {
		got, err := ParseBody([]byte(c.body), BodyOptions{})
		if err != nil || len(got) != c.n {
			t.Errorf("%s: %d features, %v", name, len(got), err)
		}
	}
}

func TestParseBodyErrors(t *testing.T) {
	ok := located(triangle)
	opt := BodyOptions{MaxFeatures: 2, MaxVertices: 20, MaxDepth: 10}
	for _, c := range []struct {
		name, body string
		want       error
	}{
		{"a bad feature", collectionOf(ok, located(`{"type":"Polygon","coordinates":[[[0,0],[1]]]}`)),
			&ValueError{Path: "/features/1/geometry/coordinates/0/1", Part: -1, Ring: 0, Vertex: 1, Offset: 232,
				Reason: "a position has 1 number, not longitude and latitude"}},
		{"a crs", `{"type":"Point","crs":{"type":"name","properties":{"name":"EPSG:3857"}},"coordinates":[1,2]}`,
			&ValueError{Path: "/crs", Part: -1, Ring: -1, Vertex: -1, Reason: `the crs is "EPSG:3857"; coordinates here are longitude and latitude`}},
		{"too many features", collectionOf(ok, ok, ok), &LimitError{LimitFeatures, 2, 360}},
		{"too many vertices", collectionOf(located(`{"type":"MultiPoint","coordinates":[` + strings.Repeat("[1,2],", 30) + `[1,2]]}`)),
			&LimitError{LimitVertices, 20, 241}},
		{"vertices of all", collectionOf(located(`{"type":"MultiPoint","coordinates":[`+strings.Repeat("[1,2],", 15)+`[1,2]]}`),
			located(`{"type":"MultiPoint","coordinates":[`+strings.Repeat("[1,2],", 15)+`[1,2]]}`)), &LimitError{LimitVertices, 20, 325}},
		{"too deep", `{"x":[[[[[[[[[[[]]]]]]]]]]]}`, &LimitError{LimitDepth, 10, 14}},
		{"not JSON", "{\"type\":\n?}", &SyntaxError{Offset: 9, Line: 2, Column: 1, Reason: `found "?"; expected a value`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ParseBody([]byte(c.body), opt)
			if len(got) != 0 {
				t.Errorf("%d features with an error", len(got))
			}
			if d := cmp.Diff(c.want, err); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestParseGeometry(t *testing.T) {
	got, err := ParseGeometry([]byte(` {"type":"Polygon","bbox":[1],"coordinates":[[[94.9,36.4],[94.903,36.4005,7],[94.9012,36.4031]]]} `))
	want := orb.Polygon{{{94.9, 36.4}, {94.903, 36.4005}, {94.9012, 36.4031}}}
	if err != nil || !cmp.Equal(got, orb.Geometry(want)) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, text := range []string{"", "null", "[]", `{"type":"Feature"}`, `{"type":"Point"}`, `{"type":"Point","coordinates":[1,2]}x`, located(triangle)} {
		if g, err := ParseGeometry([]byte(text)); err == nil || g != nil {
			t.Errorf("%s: %v, %v", text, g, err)
		}
	}
	if _, err := ParseFeature([]byte(triangle)); err == nil {
		t.Error("a geometry was read as a Feature")
	}
}

// TestDecoderGoesOn: a bad text does not spoil the next.
func TestDecoderGoesOn(t *testing.T) {
	d := NewDecoder(Options{})
	for range 3 {
		for _, bad := range []string{"", "{", `{"type":"Polygon","coordinates":[[[1,2],[3,"4"`, located(`{"type":"Polygon","coordinates":[[[1]]]}`),
			collectionOf(), `{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[{`} {
			if _, err := d.Decode([]byte(bad)); err == nil {
				t.Errorf("%s was read", bad)
			}
		}
		f, err := d.Decode([]byte(located(triangle)))
		if err != nil || describe(f.Geometry) != "Polygon 4" {
			t.Errorf("got %v, %v", f, err)
		}
	}
	if n := d.Notes(); len(n) != 0 {
		t.Errorf("notes: %q", n)
	}
}

// TestNumbers: every number reads as strconv.ParseFloat reads it.
func TestNumbers(t *testing.T) {
	seed := uint64(20241124)
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	texts := []string{"0", "-0", "-0.0", "9007199254740991", "9007199254740992", "9007199254740993", "0.1", "5e-324", "2.2250738585072011e-308",
		"1.7976931348623157e308", "123456789012345678", "1234567890123456789", "0.00000000000000001", "0.000000000000000001", "1E5", "1e+5", "900719925474099.1"}
	for range 20_000 {
		f := math.Float64frombits(rng.Uint64())
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		texts = append(texts, strconv.FormatFloat(f, 'g', -1, 64), strconv.FormatFloat(rng.Float64()*360-180, 'f', rng.IntN(20), 64),
			strconv.FormatFloat(rng.Float64()*4e7, 'f', rng.IntN(12), 64))
	}
	for _, text := range texts {
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		g, err := ParseGeometry([]byte(`{"type":"Point","coordinates":[` + text + `,` + text + ` ]}`))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		pt := g.(orb.Point)
		if math.Float64bits(pt[0]) != math.Float64bits(want) || math.Float64bits(pt[1]) != math.Float64bits(want) {
			t.Fatalf("%s: got %v and %v, want %v", text, pt[0], pt[1], want)
		}
	}
}

func TestAppend(t *testing.T) {
	for _, c := range []struct {
		g    orb.Geometry
		want string
	}{
		{nil, "null"},
		{orb.Point{94.9, -36.4}, `{"type":"Point","coordinates":[94.9,-36.4]}`},
		{orb.Point{1e-7, 1e21}, `{"type":"Point","coordinates":[1e-07,1e+21]}`},
		{orb.MultiPoint{{1, 2}, {3, 4}}, `{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`},
		{orb.LineString{{1, 2}, {3, 4}}, `{"type":"LineString","coordinates":[[1,2],[3,4]]}`},
		{orb.MultiLineString{{{1, 2}}, {{3, 4}}}, `{"type":"MultiLineString","coordinates":[[[1,2]],[[3,4]]]}`},
		{orb.Polygon{{{0, 0}, {0, 1}, {1, 0}}}, `{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,0]]]}`},
		{orb.Ring{{0, 0}, {0, 1}}, `{"type":"Polygon","coordinates":[[[0,0],[0,1]]]}`},
		{orb.MultiPolygon{{{{0, 0}}}, {{{1, 1}}, {}}}, `{"type":"MultiPolygon","coordinates":[[[[0,0]]],[[[1,1]],[]]]}`},
		{orb.Collection{orb.Point{1, 2}, nil}, `{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},null]}`},
		{orb.Bound{Max: orb.Point{1, 2}}, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,2],[0,2],[0,0]]]}`},
	} {
		if got := string(AppendGeometry([]byte(""), c.g)); got != c.want {
			t.Errorf("\n got %s\nwant %s", got, c.want)
		}
	}
	f := feature.Feature{ID: `a"`, Number: 7, Area: 3, Geometry: orb.Point{1, 2}, Properties: feature.Properties{{Name: "k", Value: feature.IntValue(1)}}}
	if got, want := string(AppendFeature(nil, &f)), `{"type":"Feature","id":"a\"","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"k":1}}`; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if got, want := string(AppendFeature(nil, &feature.Feature{})), `{"type":"Feature","geometry":null,"properties":{}}`; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func BenchmarkReader(b *testing.B) {
	for _, name := range []string{"formats/liechtenstein_landuse_subset.geojson", "messy/clc2006/CLC2006_2018418_epsg4326_invalid.geojson"} {
		text, err := os.ReadFile(check.Data(b, name))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if lines, _, _ := outcome(strings.NewReader(string(text)), Options{}); len(lines) == 0 {
					b.Fatal("no rows")
				}
			}
		})
	}
}

func BenchmarkAppendGeometry(b *testing.B) {
	ring := make(orb.Ring, 60)
	for i := range ring {
		ring[i] = orb.Point{94.9 + float64(i)/1e7, 36.4 + float64(i)/3e7}
	}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendGeometry(dst[:0], orb.Polygon{ring})
	}
}
