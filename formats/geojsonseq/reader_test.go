package geojsonseq

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"tuban/feature"
	"tuban/formats/geojson"
	"tuban/internal/check"

	"github.com/google/go-cmp/cmp"
)

const one = `{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[94.9,36.4]},"properties":{"a":"地"}}`

// outcome reads r to its end and tells each row: "row N id", or the error.
func outcome(r io.Reader, opt Options) (lines []string, schema feature.Schema) {
	d, err := NewReaderWith(r, opt)
	if err != nil {
		return []string{"fatal: " + err.Error()}, schema
	}
	for {
		row, err := d.Next()
		var bad *feature.RowError
		switch {
		case err == io.EOF:
			if _, again := d.Next(); again != io.EOF {
				lines = append(lines, "after the end: "+again.Error())
			}
			return lines, d.Schema()
		case errors.As(err, &bad):
			lines = append(lines, bad.Error())
		case err != nil:
			return append(lines, "fatal: "+err.Error()), d.Schema()
		default:
			lines = append(lines, fmt.Sprintf("row %d %s", row.Row, row.Feature.ID))
		}
	}
}

func TestOutcome(t *testing.T) {
	pretty := "{\n\"type\":\"Feature\",\n\"id\":2,\"geometry\":null,\"properties\":{}\n}"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "", nil},
		{"blank", "\n \r\n\n", nil},
		{"lines", one + "\n" + one + "\n", []string{"row 1 1", "row 2 1"}},
		{"no last line feed", one + "\r\n" + one, []string{"row 1 1", "row 2 1"}},
		{"blank lines", "\n" + one + "\n\n  \n" + one + "\n\n", []string{"row 1 1", "row 2 1"}},
		{"byte order mark", "\xef\xbb\xbf" + one, []string{"row 1 1"}},
		{"a bad line", one + "\n\n{\"type\":\n" + one, []string{"row 1 1",
			"row 2: not JSON at line 3, column 9 (byte 114): the text ends here; expected a value", "row 3 1"}},
		{"a bad coordinate", one + "\n" + `{"type":"Polygon","coordinates":[[[1,2],["x",1]]]}`, []string{"row 1 1",
			`row 2, ring 0, vertex 1: an ordinate is the text "x", not a number, at /coordinates/0/1/0 (byte 146)`}},
		{"a collection", `{"type":"FeatureCollection","features":[]}`, []string{
			`row 1: a FeatureCollection stands where one Feature should (byte 0)`}},
		{"records", "\x1e" + one + "\n\x1e" + pretty + "\n", []string{"row 1 1", "row 2 2"}},
		{"empty records", "\x1e\x1e\n\x1e" + one + "\n\x1e", []string{"row 1 1"}},
		{"a bad record", "\x1e" + one + "\n\x1e{\"type\":\n\"Feature\",\n?}\n\x1e" + pretty, []string{"row 1 1",
			`row 2: not JSON at line 4, column 1 (byte 127): found "?"; expected a member name in quotes`, "row 3 2"}},
		{"a bad first line of a record", "\x1e" + one + "\n\x1e{?}\n", []string{"row 1 1",
			`row 2: not JSON at line 2, column 3 (byte 108): found "?"; expected a member name in quotes`}},
		{"separators among lines", one + "\n\x1e" + one + "\n", []string{"row 1 1", "row 2 1"}},
		{"UTF-16", "\xff\xfe{\x00", []string{"fatal: the text is UTF-16; GeoJSON is UTF-8: convert it"}},
		{"gzip", "\x1f\x8b\x08\x00", []string{"fatal: the input is gzip-compressed"}},
		{"a crs", `{"type":"Point","coordinates":[1,2],"crs":"EPSG:4520"}`, []string{
			`row 1: this object's crs is "EPSG:4520", but the document's is none, which is longitude and latitude on WGS 84 (byte 42)`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{
				"whole": strings.NewReader(c.text), "byte by byte": iotest.OneByteReader(strings.NewReader(c.text)),
			} {
				got, schema := outcome(r, Options{})
				if d := cmp.Diff(c.want, got); d != "" {
					t.Errorf("%s: %s", how, d)
				}
				if schema.CRS != "" {
					t.Errorf("crs %q", schema.CRS)
				}
			}
		})
	}
}

// TestLongRecord: what is beyond the limit is one bad row, and is not kept.
func TestLongRecord(t *testing.T) {
	long := `{"type":"Feature","geometry":null,"properties":{"a":"` + strings.Repeat("x", 1<<20) + `"}}`
	got, _ := outcome(strings.NewReader(one+"\n"+long+"\n"+one), Options{MaxRecordBytes: 1 << 18})
	want := []string{"row 1 1", fmt.Sprintf("row 2: more than 262144 bytes in one record (byte %d)", len(one)+1), "row 3 1"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	got, _ = outcome(strings.NewReader(one), Options{MaxRecordBytes: len(one)})
	if d := cmp.Diff([]string{"row 1 1"}, got); d != "" {
		t.Errorf("a record of just the limit: %s", d)
	}
}

func TestReadError(t *testing.T) {
	broken := errors.New("disk gone")
	got, _ := outcome(io.MultiReader(strings.NewReader(one+"\n{"), iotest.ErrReader(broken)), Options{})
	want := []string{"row 1 1", fmt.Sprintf("fatal: read after byte %d: disk gone", len(one)+2)}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestNotes(t *testing.T) {
	_, s := outcome(strings.NewReader("\xef\xbb\xbf"+`{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2,3]}}`), Options{})
	want := []string{"a UTF-8 byte order mark at the start was stepped over", "third and further ordinates were dropped (first in row 1)",
		`features without a member "properties" were read as having none (first in row 1)`}
	if d := cmp.Diff(want, s.Notes); d != "" || s.Count != -1 || s.Encoding != "utf-8" {
		t.Errorf("%+v: %s", s, d)
	}
}

// TestConstantMemory: the heap does not grow with the file.
func TestConstantMemory(t *testing.T) {
	var parts []io.Reader
	block := strings.Repeat(one+"\n", 1000)
	for range 100 {
		parts = append(parts, strings.NewReader(block))
	}
	d, err := NewReader(io.MultiReader(parts...))
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 100_000 {
		if _, err := d.Next(); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// TestRoundTrip writes a published file both ways and reads it back.
func TestRoundTrip(t *testing.T) {
	f, err := os.Open(check.Data(t, "formats/liechtenstein_landuse_subset.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := geojson.NewReader(f, geojson.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var want []feature.Row
	var lines, records []byte
	for {
		row, err := d.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, row)
		lines = AppendRow(lines, &row.Feature)
		records = AppendRowRS(records, &row.Feature)
	}
	if len(want) != 845 {
		t.Errorf("%d features", len(want))
	}
	same := cmp.Comparer(func(a, b feature.Value) bool { return a == b })
	for name, text := range map[string][]byte{"lines": lines, "records": records} {
		d, err := NewReader(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			got, err := d.Next()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if diff := cmp.Diff(want[i], got, same); diff != "" {
				t.Fatalf("%s: row %d: %s", name, i+1, diff)
			}
		}
		if _, err := d.Next(); err != io.EOF {
			t.Errorf("%s: at the end: %v", name, err)
		}
	}
}

// FuzzReader: no text makes the reader panic or hang, rows count up, and they
// don't depend on how the bytes arrive.
func FuzzReader(f *testing.F) {
	for _, s := range []string{"", one, one + "\n" + one, "\x1e" + one + "\n\x1e\n", "\x1e{\n}\n\x1e{", "{}\n[]\nnull\n\x1e", "\xef\xbb\xbf\x1e", "\xff\xfe", one + "\r\n\r\n x"} {
		f.Add([]byte(s))
	}
	opt := Options{MaxRecordBytes: 200}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, _ := outcome(bytes.NewReader(text), opt)
		slow, _ := outcome(iotest.OneByteReader(bytes.NewReader(text)), opt)
		if d := cmp.Diff(got, slow); d != "" {
			t.Fatalf("byte by byte: %s", d)
		}
		for i, l := range got {
			if !strings.HasPrefix(l, "fatal") && !strings.HasPrefix(l, fmt.Sprintf("row %d", i+1)) {
				t.Fatalf("%q", got)
			}
		}
	})
}

func BenchmarkReader(b *testing.B) {
	text := strings.Repeat(one+"\n", 10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if lines, _ := outcome(strings.NewReader(text), Options{}); len(lines) != 10_000 {
			b.Fatal(len(lines))
		}
	}
}
