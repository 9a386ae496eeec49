package geojson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"tuban/feature"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

func seeds(f *testing.F) {
	for _, s := range []string{
		"", "{}", "[]", "null", triangle, located(triangle), collectionOf(located(triangle), "null", "7"),
		`{"features":[{"geometry":{"coordinates":[[1,2],[3,4,5]],"type":"LineString"},"type":"Feature","id":7.0}],"type":"FeatureCollection"}`,
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[]}]}`,
		`{"type":"Point","coordinates":[-1.5e-3,0.000001]}`, `{"type":"Point","coordinates":[NaN,-Infinity]}`,
		`{"type":"Feature","geometry":null,"properties":{"a":"\ud83d\ude00\u0000","b":[1,{"c":1e999}],"":-0}}`,
		"\xef\xbb\xbf" + triangle, "\xff\xfe{\x00", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4520"}},"features":[`,
		`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1]],[]],[]]}`, strings.Repeat("[", 100), `{"type":"Point","coordinates":[1,2]} {`,
	} {
		f.Add([]byte(s))
	}
}

// FuzzReader: no text makes the reader panic or hang; it finds text broken
// exactly when encoding/json does (its own limits and the NaN tokens aside);
// and rows don't depend on how the bytes arrive.
func FuzzReader(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		got, rows, _ := outcome(bytes.NewReader(text), Options{})
		slow, slowRows, _ := outcome(iotest.OneByteReader(bytes.NewReader(text)), Options{})
		if d := cmp.Diff(got, slow); d != "" {
			t.Fatalf("byte by byte: %s", d)
		}
		if d := cmp.Diff(rows, slowRows, cmp.Comparer(equalValues)); d != "" {
			t.Fatalf("byte by byte: %s", d)
		}
		broken := len(got) > 0 && strings.HasPrefix(got[len(got)-1], "fatal: not JSON")
		limited := len(got) > 0 && strings.HasPrefix(got[len(got)-1], "fatal: more than")
		ended := len(got) > 0 && strings.HasPrefix(got[len(got)-1], "fatal:") && !broken
		plain := bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		valid := json.Valid(plain)
		odd := bytes.Contains(text, []byte("NaN")) || bytes.Contains(text, []byte("Infinity"))
		if valid && broken || !valid && !broken && !limited && !ended && !odd {
			t.Fatalf("valid JSON: %v, but: %q", valid, got)
		}
	})
}

func equalValues(a, b feature.Value) bool { return a == b }

// FuzzParseGeometry: what is read writes back to what reads the same, and
// encoding/json reads the same coordinates.
func FuzzParseGeometry(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		g, err := ParseGeometry(text)
		if err != nil || g == nil {
			return
		}
		out := AppendGeometry(nil, g)
		again, err := ParseGeometry(out)
		if err != nil || !cmp.Equal(g, again) {
			t.Fatalf("%s\nread %v\nback %v, %v", out, g, again, err)
		}
		if other := byEncodingJSON(t, out); !cmp.Equal(g, other) {
			t.Fatalf("%s: encoding/json reads %v", out, other)
		}
	})
}

// byEncodingJSON reads a geometry object by the standard library.
func byEncodingJSON(t *testing.T, text []byte) orb.Geometry {
	var o struct {
		Type        string
		Coordinates json.RawMessage
	}
	err := json.Unmarshal(text, &o)
	var g orb.Geometry
	switch o.Type {
	case "Point":
		g, err = coordinatesAs[orb.Point](o.Coordinates)
	case "MultiPoint":
		g, err = coordinatesAs[orb.MultiPoint](o.Coordinates)
	case "LineString":
		g, err = coordinatesAs[orb.LineString](o.Coordinates)
	case "MultiLineString":
		g, err = coordinatesAs[orb.MultiLineString](o.Coordinates)
	case "Polygon":
		g, err = coordinatesAs[orb.Polygon](o.Coordinates)
	case "MultiPolygon":
		g, err = coordinatesAs[orb.MultiPolygon](o.Coordinates)
	}
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return g
}

func coordinatesAs[G orb.Geometry](text []byte) (orb.Geometry, error) {
	var g G
	err := json.Unmarshal(text, &g)
	return g, err
}

// FuzzParseBody: bodies give features within the limits, or one error with a
// type; and a Feature that was read writes back to what reads the same.
func FuzzParseBody(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		features, err := ParseBody(text, BodyOptions{MaxFeatures: 3, MaxVertices: 100, MaxDepth: 20})
		if err != nil {
			var s *SyntaxError
			var v *ValueError
			var l *LimitError
			if !errors.As(err, &s) && !errors.As(err, &v) && !errors.As(err, &l) {
				t.Fatalf("an error without a type: %v", err)
			}
			if strings.Contains(err.Error(), "(byte -") || errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatal(err)
			}
			return
		}
		if len(features) > 3 {
			t.Fatalf("%d features", len(features))
		}
		for i := range features {
			out := AppendFeature(nil, &features[i])
			if !json.Valid(out) {
				t.Fatalf("written: %s", out)
			}
			again, err := ParseFeature(out)
			if err != nil {
				t.Fatalf("%s: %v", out, err)
			}
			if !cmp.Equal(features[i].Geometry, again.Geometry) || features[i].ID != again.ID {
				t.Fatalf("%s: came back as %+v", out, again)
			}
		}
	})
}

// FuzzAlone: what the short way reads, the long way reads the same, and with the
// properties left out all the rest is the same.
func FuzzAlone(f *testing.F) {
	seeds(f)
	for _, s := range []string{`{"type":"Feature","features":[],"geometry":null}`, `{"features":[],"type":"Feature","geometry":null}`,
		`{"type":"Point","coordinates":[1,2],"crs":null}`, `{"type":"Feature","type":"Feature","geometry":null}`, `{"type":"Point","coordinates":[1,2]} {}`,
		`{"type":"Feature","geometry":null,"properties":{"a":NaN}}`, `{"type":"Feature","geometry":null,"crs":{"type":"name","properties":{"name":"EPSG:4490"}}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, opt := range []BodyOptions{{MaxVertices: 100, MaxDepth: 20}, {MaxVertices: 100, MaxDepth: 20, SkipProperties: true}} {
			short, ok := newBody(text, opt, nil).alone()
			if !ok {
				continue
			}
			long, err := newBody(text, opt, nil).all(opt)
			if err != nil || len(long) != 1 || !reflect.DeepEqual(long[0], short) {
				t.Fatalf("the short way reads %+v, the long way %+v, %v", short, long, err)
			}
		}
		all, err := ParseBody(text, BodyOptions{MaxVertices: 100, MaxDepth: 20})
		bare, bareErr := ParseBody(text, BodyOptions{MaxVertices: 100, MaxDepth: 20, SkipProperties: true})
		if err == nil && (bareErr != nil || len(all) != len(bare)) {
			t.Fatalf("%d features, without properties %d and %v", len(all), len(bare), bareErr)
		}
		for i := range bare {
			if err == nil && (!reflect.DeepEqual(all[i].Geometry, bare[i].Geometry) || all[i].ID != bare[i].ID || bare[i].Properties != nil) {
				t.Fatalf("%+v, without properties %+v", all[i], bare[i])
			}
		}
	})
}
