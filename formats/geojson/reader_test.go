package geojson

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"tuban/feature"

	"github.com/google/go-cmp/cmp"
)

const triangle = `{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,1],[0,0]]]}`

// TestOutcome: what becomes of a document, row by row.
func TestOutcome(t *testing.T) {
	ok := located(triangle)
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"collection", collectionOf(ok, ok), []string{"ok Polygon 4", "ok Polygon 4"}},
		{"features before type", `{"features":[` + ok + `],"type":"FeatureCollection"}`, []string{"ok Polygon 4"}},
		{"features without type", `{"features":[` + ok + `]}`, []string{"ok Polygon 4",
			`fatal: the object has "features" but no "type" ()`}},
		{"features of another type", `{"features":[],"type":"Topology"}`, []string{
			`fatal: "Topology" is no GeoJSON type that belongs here, at /type ("Topolog)`}},
		{"feature", ok, []string{"ok Polygon 4"}},
		{"type last", `{"geometry":{"coordinates":[1,2],"type":"Point"},"properties":null,"type":"Feature"}`, []string{"ok Point 1"}},
		{"escaped names", `{"\u0074ype":"Point","coordinates":[1,2]}`, []string{"ok Point 1"}},
		{"bad rows between", collectionOf(ok, "null", located(`{"type":"Polygon","coordinates":[[[0,0],[1,"0"],[0,1],[0,0]]]}`), ok), []string{
			"ok Polygon 4",
			"refused: row 2: null stands where a Feature should, at /features/1 (null,{\"t)",
			`refused: row 3, ring 0, vertex 1: an ordinate is the text "0", not a number, at /features/2/geometry/coordinates/0/1/1 ("0"],[0,)`,
			"ok Polygon 4"}},
		{"part in the path", collectionOf(located(`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[0,1],[0,0]]],[[[0]]]]}`)), []string{
			"refused: row 1, ring 0, vertex 0: a position has 1 number, not longitude and latitude, at /features/0/geometry/coordinates/1/0/0 ([0]]]]}})"}},
		{"no type", collectionOf(`{"geometry":null,"properties":{}}`), []string{`refused: row 1: the object has no "type", at /features/0 ({"geomet)`}},
		{"geometry among features", collectionOf(triangle), []string{
			`refused: row 1: the type is "Polygon", not "Feature", at /features/0 ("Polygon)`}},
		{"lower case", collectionOf(`{"type":"feature","geometry":null,"properties":{}}`), []string{
			`refused: row 1: the type is "feature", not "Feature": types are case-sensitive, write "Feature", at /features/0 ("feature)`}},
		{"geometry twice", collectionOf(`{"type":"Feature","geometry":null,"geometry":null,"properties":{}}`), []string{
			`refused: row 1: member "geometry" stands twice, at /features/0 (null,"pr)`}},
		{"property twice", collectionOf(`{"type":"Feature","geometry":null,"properties":{"a":1,"a":2}}`), []string{
			`refused: row 1: property "a" stands twice, at /features/0/properties (2}}]})`}},
		{"NaN", collectionOf(located(`{"type":"Point","coordinates":[NaN,2]}`), located(`{"type":"Point","coordinates":[-Infinity,2]}`), ok), []string{
			"refused: row 1: an ordinate is NaN, not a number, at /features/0/geometry/coordinates/0 (NaN,2]}})",
			"refused: row 2: an ordinate is -Infinity, not a number, at /features/1/geometry/coordinates/0 (-Infinit)",
			"ok Polygon 4"}},
		{"NaN property", collectionOf(`{"type":"Feature","geometry":null,"properties":{"a":NaN}}`, `{"type":"Feature","geometry":null,"properties":{"a":[NaN]}}`), []string{
			"refused: row 1: the value is NaN, which JSON does not have, at /features/0/properties/a (NaN}},{\")",
			"refused: row 2: the value holds NaN or Infinity, which JSON does not have, at /features/1/properties/a ([NaN]}}])"}},
		{"NaN in a foreign member", `{"type":"FeatureCollection","bbox":[NaN,NaN,NaN,NaN],"features":[]}`, nil},
		{"beyond float64", located(`{"type":"Point","coordinates":[1e999,2]}`), []string{
			"refused: row 1: an ordinate is a number beyond float64 (±1.8e308), at /geometry/coordinates/0 (1e999,2])"}},
		{"null ordinate", located(`{"type":"LineString","coordinates":[[1,null],[2,3]]}`), []string{
			"refused: row 1, vertex 0: an ordinate is null, not a number, at /geometry/coordinates/0/1 (null],[2)"}},
		{"empty point", located(`{"type":"Point","coordinates":[]}`), []string{"ok null"}},
		{"empty polygon", located(`{"type":"Polygon","coordinates":[]}`), []string{"ok Polygon 0"}},
		{"empty ring", located(`{"type":"Polygon","coordinates":[[]]}`), []string{"ok Polygon 0"}},
		{"foreign coordinates", `{"type":"Feature","coordinates":"x","geometry":null,"properties":{}}`, []string{"ok null"}},
		{"nested shell", located(`{"geometries":[{"type":"GeometryCollection","geometries":[` + triangle + `]}],"type":"GeometryCollection"}`), []string{"ok Polygon 4"}},
		{"not UTF-8", collectionOf("{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"\xc3\xfb\":1}}", "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"a\":\"\xc3\xfb\"}}"), []string{
			"refused: row 1: a member name is text that is not UTF-8 (GBK?): convert the file to UTF-8, at /features/0/properties (\"\xc3\xfb\":1}})",
			"refused: row 2: the value is text that is not UTF-8 (GBK?): convert the file to UTF-8, at /features/1/properties/a (\"\xc3\xfb\"}}]})"}},
		{"half a surrogate pair", `{"type":"Feature","geometry":null,"properties":{"a":"\ud800x"}}`, []string{
			`refused: row 1: the value is text with half a surrogate pair (\uD800 to \uDFFF alone), which is no character, at /properties/a ("\ud800x)`}},
		{"crs of a geometry", located(`{"type":"Point","crs":{"type":"name","properties":{"name":"EPSG:3857"}},"coordinates":[1,2]}`), []string{
			`refused: row 1: this object's crs is "EPSG:3857", but the document's is none, which is longitude and latitude on WGS 84, at /geometry ({"type":)`}},
		{"late crs of no import", `{"type":"FeatureCollection","features":[],"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}}`, nil},
		{"late crs", `{"type":"FeatureCollection","features":[],"crs":{"type":"name","properties":{"name":"EPSG:4520"}}}`, []string{
			`fatal: the crs member ("EPSG:4520") stands after the features, which were read as longitude and latitude: move it before them, or say the coordinate system yourself, at /crs ({"type":)`}},
		{"features twice", `{"type":"FeatureCollection","features":[],"features":[]}`, []string{
			`fatal: member "features" stands twice, at /features ([]})`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{
				"whole": strings.NewReader(c.text), "byte by byte": iotest.OneByteReader(strings.NewReader(c.text)),
			} {
				got, _, _ := outcome(r, Options{})
				if d := cmp.Diff(c.want, pointed(c.text, got)); d != "" {
					t.Errorf("%s: %s\n  of %s", how, d, c.text)
				}
			}
		})
	}
}

// TestBroken: what is not JSON ends the file, with its place.
func TestBroken(t *testing.T) {
	ok := located(triangle)
	for _, c := range []struct {
		name, text string
		rows       int // taken before the end
		want       string
	}{
		{"empty", " \n", 0, "not JSON at line 2, column 1 (byte 2): the input is empty"},
		{"truncated", "{\"type\":\"FeatureCollection\",\n\"features\":[" + ok + ",\n{\"type\":\"Fea", 1,
			`not JSON at line 3, column 13 (byte 161): the text ends here; expected '"' at the end of a text`},
		{"unclosed collection", `{"type":"FeatureCollection","features":[` + ok, 1,
			`not JSON at line 1, column 147 (byte 146): the text ends here; expected ',' or ']'`},
		{"comma missing", collectionOf(ok+ok, ok), 1, `not JSON at line 1, column 147 (byte 146): found "{"; expected ',' or ']'`},
		{"comma too many", collectionOf(ok, ""), 1, `not JSON at line 1, column 148 (byte 147): a comma stands before ']'`},
		{"wrong bracket", collectionOf(`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2}}}`), 0,
			`not JSON at line 1, column 104 (byte 103): found "}"; expected ',' or ']'`},
		{"bad number", `{"type":"Point","coordinates":[01,2]}`, 0, "not JSON at line 1, column 33 (byte 32): a number begins with a needless 0"},
		{"number goes on", `{"type":"Point","coordinates":[1.5.2,2]}`, 0, "not JSON at line 1, column 35 (byte 34): a number goes on with '.'"},
		{"control character", "{\"type\":\"Po\nint\"}", 0, "not JSON at line 1, column 12 (byte 11): control character 0x0a in a text; it must be escaped"},
		{"bad escape", `{"type":"\x"}`, 0, `not JSON at line 1, column 11 (byte 10): found "x"; expected one of "\/bfnrtu after a backslash`},
		{"garbage after", ok + "\nx", 0, `not JSON at line 2, column 1 (byte 107): text follows the end of the object: "x"`},
		{"garbage after a collection", collectionOf(ok) + "]", 1, `not JSON at line 1, column 149 (byte 148): text follows the end of the object: "]"`},
		{"a sequence", ok + "\n" + ok, 0, "not JSON at line 2, column 1 (byte 107): a second object follows the first: a sequence of objects, one a line, is GeoJSONL (.geojsonl, .geojsons)"},
		{"UTF-16", "\xff\xfe{\x00", 0, "not JSON at line 1, column 1 (byte 0): the text is UTF-16 or UTF-32; GeoJSON is UTF-8: convert it"},
		{"UTF-16 without mark", "{\x00\"\x00", 0, "not JSON at line 1, column 1 (byte 0): the text is UTF-16 or UTF-32; GeoJSON is UTF-8: convert it"},
		{"gzip", "\x1f\x8b\x08\x00", 0, "not JSON at line 1, column 1 (byte 0): the input is gzip-compressed"},
		{"HTML", "<!doctype html>", 0, "not JSON at line 1, column 1 (byte 0): the input begins with '<': it is HTML or XML, not JSON"},
		{"an array", "[]", 0, "the document is an array, not a GeoJSON object (byte 0)"},
		{"a depth bomb", `{"type":"FeatureCollection","x":` + strings.Repeat("[", 1000), 0, "more than 64 levels of nesting (byte 95)"},
		{"a depth bomb in a feature", `{"type":"FeatureCollection","features":[{"x":` + strings.Repeat("[", 1000), 0, "more than 64 levels of nesting (byte 106)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{
				"whole": strings.NewReader(c.text), "byte by byte": iotest.OneByteReader(strings.NewReader(c.text)),
			} {
				got, rows, _ := outcome(r, Options{})
				if len(rows) != c.rows || got[len(got)-1] != "fatal: "+c.want {
					t.Errorf("%s:\n got %d rows, %s\nwant %d rows, fatal: %s", how, len(rows), got[len(got)-1], c.rows, c.want)
				}
			}
		})
	}
}

// TestFatalStays: after the end of a file Next keeps its answer.
func TestFatalStays(t *testing.T) {
	for _, text := range []string{collectionOf(), collectionOf("x"), located("null")} {
		d, err := NewReader(strings.NewReader(text), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var last error
		for last == nil {
			_, last = d.Next()
		}
		if _, err := d.Next(); err != last {
			t.Errorf("%s: first %v, then %v", text, last, err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestReadError: an error of the underlying reader comes through.
func TestReadError(t *testing.T) {
	broken := errors.New("disk gone")
	text := `{"type":"FeatureCollection","features":[`
	d, err := NewReader(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), Options{})
	if err == nil {
		_, err = d.Next()
	}
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestSchema(t *testing.T) {
	crs := func(member string) string {
		return `{"type":"FeatureCollection","name":"地块","crs":` + member + `,"features":[]}`
	}
	for member, want := range map[string]string{
		`{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4520"}}`: "urn:ogc:def:crs:EPSG::4520",
		`{"type":"EPSG","properties":{"code":4490}}`:                         "EPSG:4490",
		`{"type":"link","properties":{"href":"http://x/y","type":"proj4"}}`:  "http://x/y",
		`"EPSG:4490"`: "EPSG:4490",
		`null`:        "",
		`7`:           "",
	} {
		_, s := readAll(t, crs(member))
		if s.CRS != want || s.Layer != "地块" || s.Count != -1 || s.Encoding != "utf-8" {
			t.Errorf("crs %s: got %+v", member, s)
		}
	}
	_, s := readAll(t, "\xef\xbb\xbf"+collectionOf(`{"type":"Feature","geometry":null}`,
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2,3]},"properties":{},"id":null}`))
	want := []string{
		"a UTF-8 byte order mark at the start was stepped over",
		`features without a member "properties" were read as having none (first in row 1)`,
		"third and further ordinates were dropped (first in row 2)",
		`an "id" that is null or empty was read as none (first in row 2)`,
	}
	if d := cmp.Diff(want, s.Notes); d != "" {
		t.Error(d)
	}
}

func TestIDs(t *testing.T) {
	for text, want := range map[string]feature.ID{
		`"a b"`: "a b", `7`: "7", `0`: "0", `7.0`: "7", `-3`: "-3", `1e3`: "1000", `1.5`: "1.5", `"007"`: "007",
		`123456789012345678901`: "123456789012345678901", `"\u56fe"`: "图", `null`: "", `""`: "",
	} {
		rows, _ := readAll(t, `{"type":"Feature","geometry":null,"properties":{},"id":`+text+`}`)
		if rows[0].Feature.ID != want {
			t.Errorf("id %s: got %q, want %q", text, rows[0].Feature.ID, want)
		}
	}
	for text, want := range map[string]string{
		`true`: "the id is a boolean, not a text or a number", `[1]`: "the id is an array, not a text or a number",
		`"` + strings.Repeat("x", 257) + `"`: "the id is 257 bytes long; at most 256 are allowed",
	} {
		_, err := ParseFeature([]byte(`{"type":"Feature","geometry":null,"properties":{},"id":` + text + `}`))
		var bad *ValueError
		if !errors.As(err, &bad) || bad.Reason != want || bad.Path != "/id" {
			t.Errorf("id %s: got %v", text, err)
		}
	}
}

func TestProperties(t *testing.T) {
	rows, _ := readAll(t, `{"type":"Feature","geometry":null,"properties":
		{"z":"水\u6d47\ud83d\uDE00\n","a":1,"f":1.50,"e":1e2,"big":12345678901234567890,"huge":1e999,"t":true,"n":null,"o": {"b" : [1, "x"]},"":-0}}`)
	got := string(rows[0].Feature.Properties.AppendJSON(nil))
	want := `{"z":"水浇😀\n","a":1,"f":1.5,"e":100,"big":12345678901234567890,"huge":1e999,"t":true,"n":null,"o":{"b":[1,"x"]},"":-0}`
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if k := rows[0].Feature.Properties[8].Value.Kind(); k != feature.JSON {
		t.Errorf("a nested value has kind %d", k)
	}
}

func TestLimits(t *testing.T) {
	ring := `{"type":"LineString","coordinates":[` + strings.Repeat("[1,2],", 99) + `[1,2]]}`
	text := collectionOf(located(ring), located(triangle))
	got, _, _ := outcome(strings.NewReader(text), Options{MaxVertices: 50})
	if len(got) != 2 || !strings.HasPrefix(got[0], "refused: row 1: more than 50 vertices") || got[1] != "ok Polygon 4" {
		t.Errorf("vertices: %q", got)
	}
	long := `{"type":"Feature","geometry":null,"properties":{"a":"` + strings.Repeat("x", 1<<20) + `"}}`
	got, _, _ = outcome(strings.NewReader(collectionOf(located(triangle), long)), Options{MaxFeatureBytes: 1 << 18})
	if len(got) != 2 || got[1] != "fatal: more than 262144 bytes in one feature (byte 147)" {
		t.Errorf("bytes: %q", got)
	}
	got, _, _ = outcome(strings.NewReader(`{"x":[`+strings.Repeat("1,", 1<<20)), Options{MaxFeatureBytes: 1 << 18})
	if len(got) != 1 || got[0] != "fatal: more than 262144 bytes in one feature (byte 0)" {
		t.Errorf("bytes before the type: %q", got)
	}
}
