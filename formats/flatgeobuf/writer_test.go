package flatgeobuf

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/internal/check"
)

// memory is a Spool without a disk.
type memory struct{ b []byte }

func (m *memory) Write(p []byte) (int, error) {
	m.b = append(m.b, p...)
	return len(p), nil
}

func (m *memory) ReadAt(p []byte, at int64) (int, error) {
	if at > int64(len(m.b)) {
		return 0, io.EOF
	}
	n := copy(p, m.b[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func write(t testing.TB, opt Options, fs ...feature.Feature) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, opt)
	if err != nil {
		t.Fatal(err)
	}
	for i := range fs {
		if err := w.Add(&fs[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var allTypes = []feature.Field{
	{Name: "yes", Type: feature.FieldBoolean}, {Name: "n", Type: feature.FieldInteger}, {Name: "x", Type: feature.FieldNumber},
	{Name: "名称", Type: feature.FieldString}, {Name: "any", Type: feature.FieldAny},
}

// allGeometries has one of each kind, with numbers that need all their bits.
func allGeometries() []orb.Geometry {
	a, b, c := orb.Point{1.0 / 3, -math.Pi}, orb.Point{180, 1e-300}, orb.Point{-0.1, 5e10}
	ring, hole := orb.Ring{a, b, c, a}, orb.Ring{c, a, b, c}
	return []orb.Geometry{
		nil, a, orb.MultiPoint{a, b}, orb.LineString{a, b, c}, orb.MultiLineString{{a, b}, {b, c, a}},
		orb.Polygon{ring}, orb.Polygon{ring, hole, hole}, orb.MultiPolygon{{ring}, {hole, ring}},
		orb.MultiPolygon{{ring}}, orb.Collection{a, orb.Polygon{ring, hole}, orb.Collection{orb.LineString{a, b}}},
		orb.Polygon{{a, b, c}}, // not closed: given back as it is
	}
}

func allFeatures() []feature.Feature {
	var fs []feature.Feature
	for i, g := range allGeometries() {
		p := feature.Properties{
			{Name: "yes", Value: feature.BoolValue(i%2 == 0)}, {Name: "n", Value: feature.IntValue(math.MinInt64 + int64(i))},
			{Name: "x", Value: feature.FloatValue(1 / float64(i+3))}, {Name: "名称", Value: feature.StringValue(strings.Repeat("水浇地", i))},
			{Name: "any", Value: feature.JSONValue(`{"a":[1,null]}`)},
		}
		if i == 1 {
			p = feature.Properties{{Name: "any", Value: feature.StringValue(`"quoted"`)}, {Name: "x", Value: feature.IntValue(1 << 53)}, {Name: "n", Value: feature.Value{}}}
		}
		fs = append(fs, feature.Feature{Geometry: g, Properties: p})
	}
	return fs
}

// as returns what two features have to have in common, as text.
func as(f feature.Feature) string {
	return fmt.Sprintf("%#v %s", f.Geometry, f.Properties.AppendJSON(nil))
}

func TestRoundTrip(t *testing.T) {
	for _, indexed := range []bool{false, true} {
		t.Run(fmt.Sprintf("indexed=%v", indexed), func(t *testing.T) {
			opt := Options{Layer: "dltb", Title: "地类图斑", Fields: allTypes, CRS: "EPSG:4490"}
			if indexed {
				opt.Spool = new(memory)
			}
			fs := allFeatures()
			s, rows, bad := read(t, write(t, opt, fs...))
			if len(bad) > 0 || s.Layer != "dltb" || s.CRS != "EPSG:4490" || !slices.Equal(s.Fields, allTypes) || len(s.Notes) > 0 {
				t.Errorf("%+v, %v", s, bad)
			}
			if want := map[bool]int64{false: -1, true: int64(len(fs))}[indexed]; s.Count != want {
				t.Errorf("count %d, want %d", s.Count, want)
			}
			var got, want []string
			for _, r := range rows {
				got = append(got, as(r.Feature))
			}
			fs[1].Properties = fs[1].Properties[:2] // a null is left out
			for _, f := range fs {
				want = append(want, as(f))
			}
			if indexed { // another order is the point of it
				slices.Sort(got)
				slices.Sort(want)
			}
			if d := gocmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestHeaderSaysTheType(t *testing.T) {
	polygon, point := feature.Feature{Geometry: orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}, feature.Feature{Geometry: orb.Point{2, 2}}
	for _, c := range []struct {
		name string
		fs   []feature.Feature
		want geometryType
	}{
		{"none", nil, geomUnknown}, {"one", []feature.Feature{polygon}, geomPolygon}, {"alike", []feature.Feature{polygon, polygon}, geomPolygon},
		{"mixed", []feature.Feature{polygon, point, polygon}, geomUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := NewReader(bytes.NewReader(write(t, Options{Spool: new(memory)}, c.fs...)))
			if err != nil || r.head.kind != c.want || r.head.count != uint64(len(c.fs)) {
				t.Errorf("%+v, %v", r.head, err)
			}
		})
	}
}

func TestWriterRefuses(t *testing.T) {
	columns := []feature.Field{{Name: "n", Type: feature.FieldInteger}, {Name: "x", Type: feature.FieldNumber}, {Name: "s", Type: feature.FieldString}, {Name: "b", Type: feature.FieldBoolean}}
	deep := orb.Geometry(orb.Point{})
	for range maxDepth + 1 {
		deep = orb.Collection{deep}
	}
	p := func(name string, v feature.Value) feature.Feature {
		return feature.Feature{Properties: feature.Properties{{Name: name, Value: v}}}
	}
	for _, c := range []struct {
		name, err string
		f         feature.Feature
	}{
		{"NaN", "row 2, ring 1, vertex 0: the coordinate (NaN, 1): it is not a finite number",
			feature.Feature{Geometry: orb.Polygon{{{0, 0}}, {{math.NaN(), 1}}}}},
		{"infinite", "ring 0, vertex 1", feature.Feature{Geometry: orb.LineString{{0, 0}, {0, math.Inf(-1)}}}},
		{"a type of orb's own", "a geometry of type Polygon has no place", feature.Feature{Geometry: orb.Bound{}}},
		{"too deep", "nested more than 8 deep", feature.Feature{Geometry: deep}},
		{"no column", `row 2: there is no column "y"`, p("y", feature.IntValue(1))},
		{"text for a number", `column "n" of type integer cannot hold "1"`, p("n", feature.StringValue("1"))},
		{"fraction for an integer", `column "n" of type integer cannot hold 1.5`, p("n", feature.FloatValue(1.5))},
		{"integer that float64 has not", `column "x" of type number cannot hold 9007199254740993`, p("x", feature.IntValue(1<<53+1))},
		{"number for a text", `column "s"`, p("s", feature.IntValue(1))},
		{"number for a boolean", `column "b"`, p("b", feature.IntValue(1))},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			w, err := NewWriter(&out, Options{Fields: columns, Spool: new(memory)})
			if err != nil {
				t.Fatal(err)
			}
			good := p("n", feature.IntValue(7))
			if err := w.Add(&good); err != nil {
				t.Fatal(err)
			}
			err = w.Add(&c.f)
			var row *feature.RowError
			if !errors.As(err, &row) || row.Row != 2 || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%v, want %s", err, c.err)
			}
			if err := errors.Join(w.Add(&good), w.Close()); err != nil {
				t.Fatal(err)
			}
			if _, rows, bad := read(t, out.Bytes()); len(rows) != 2 || len(bad) > 0 {
				t.Errorf("then %d rows, %v", len(rows), bad)
			}
		})
	}
	if _, err := NewWriter(io.Discard, Options{Fields: []feature.Field{{Name: "a"}, {Name: "a"}}}); !errors.Is(err, errDuplicate) {
		t.Error(err)
	}
}

// broken is a stream and a spool that fail.
type broken struct{ after int }

func (b *broken) Write(p []byte) (int, error) {
	if b.after -= len(p); b.after < 0 {
		return 0, os.ErrPermission
	}
	return len(p), nil
}

func (b *broken) ReadAt([]byte, int64) (int, error) { return 0, os.ErrPermission }

func TestWriterFails(t *testing.T) {
	f := feature.Feature{Geometry: orb.LineString(make([]orb.Point, 100_000))} // more than the buffer
	for name, opt := range map[string]Options{
		"stream":           {},
		"spool":            {Spool: &broken{}},
		"spool read again": {Spool: &broken{after: 1 << 30}},
	} {
		t.Run(name, func(t *testing.T) {
			w, err := NewWriter(&broken{after: 1000}, opt)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(w.Add(&f), w.Close()); !errors.Is(err, os.ErrPermission) {
				t.Error(err)
			}
			if err := w.Add(&f); err == nil {
				t.Error("more can be added")
			}
			if err := w.Close(); err == nil {
				t.Error("and closed")
			}
		})
	}
}

func TestHilbert(t *testing.T) {
	const step = 1 << (hilbertOrder - 5) // a grid of 32 × 32 cells
	type place struct{ key, x, y uint32 }
	var places []place
	for x := range uint32(32) {
		for y := range uint32(32) {
			places = append(places, place{hilbert(x*step, y*step) / (step * step), x, y})
		}
	}
	slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.key, b.key) })
	for i, p := range places {
		if p.key != uint32(i) {
			t.Fatalf("place %d has the key %d", i, p.key)
		}
		if i > 0 {
			q := places[i-1]
			if d := max(p.x, q.x) - min(p.x, q.x) + max(p.y, q.y) - min(p.y, q.y); d != 1 {
				t.Errorf("from %v to %v are %d steps", q, p, d)
			}
		}
	}
}

// scattered makes small squares, and now and then nothing.
func scattered(n int, seed uint64) []feature.Feature {
	r := rand.New(rand.NewPCG(seed, 1))
	fs := make([]feature.Feature, n)
	for i := range fs {
		x, y, d := 90+5*r.Float64(), 35+3*r.Float64(), 0.1*r.Float64()
		fs[i].Geometry = orb.Polygon{{{x, y}, {x + d, y}, {x + d, y + d}, {x, y + d}, {x, y}}}
		if i%50 == 49 {
			fs[i].Geometry = nil
		}
		fs[i].Properties = feature.Properties{{Name: "n", Value: feature.IntValue(int64(i))}}
	}
	return fs
}

// walk searches the index of a file as a reader does, by the node numbers and
// offsets in it.
func walk(t *testing.T, file []byte, n int, b orb.Bound) []int64 {
	t.Helper()
	index := file[12+binary.LittleEndian.Uint32(file[8:]):]
	size, err := (&header{count: uint64(n), nodeSize: nodeSize}).indexSize()
	if err != nil {
		t.Fatal(err)
	}
	features := index[size:]
	nodes := int(size) / 40
	var found []int64
	queue := []int{0}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		node := index[40*at:]
		box := orb.Bound{Min: orb.Point{float(node), float(node[8:])}, Max: orb.Point{float(node[16:]), float(node[24:])}}
		if !box.Intersects(b) {
			continue
		}
		to := int(binary.LittleEndian.Uint64(node[32:]))
		if at < nodes-n {
			// A level's nodes end where the children of its first one begin.
			end := nodes
			for level := n; nodes-level > 0; { // find the level of the children
				start := end - level
				if to >= start {
					break
				}
				end, level = start, (level+nodeSize-1)/nodeSize
			}
			for k := to; k < min(to+nodeSize, end); k++ {
				queue = append(queue, k)
			}
			continue
		}
		var one Reader
		row := feature.Row{}
		one.head.columns = []column{{"n", colLong}}
		one.buf = features[to+4 : to+4+int(binary.LittleEndian.Uint32(features[to:]))]
		if err := one.decode(&row); err != nil {
			t.Fatal(err)
		}
		v, _ := row.Feature.Properties.Get("n")
		found = append(found, v.Int())
	}
	slices.Sort(found)
	return found
}

func TestIndexFinds(t *testing.T) {
	seed := rand.Uint64()
	t.Log("seed", seed)
	for _, n := range []int{1, 2, 16, 17, 255, 256, 257, 5000} {
		fs := scattered(n, seed)
		file := write(t, Options{Fields: []feature.Field{{Name: "n", Type: feature.FieldInteger}}, Spool: new(memory)}, fs...)
		for _, b := range []orb.Bound{{Min: orb.Point{0, 0}, Max: orb.Point{180, 90}}, {Min: orb.Point{91, 36}, Max: orb.Point{91.5, 36.5}}, {Min: orb.Point{0, 0}, Max: orb.Point{1, 1}}} {
			var want []int64
			for i, f := range fs {
				if f.Geometry != nil && f.Geometry.Bound().Intersects(b) {
					want = append(want, int64(i))
				}
			}
			if got := walk(t, file, n, b); !slices.Equal(got, want) {
				t.Errorf("%d features, box %v: %d found, want %d", n, b, len(got), len(want))
			}
		}
	}
}

// GDAL, which has a reader of its own that verifies buffers and searches by the
// index, sees what was written.
func TestGDAL(t *testing.T) {
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("GDAL is not here")
	}
	dir := t.TempDir()
	seed := rand.Uint64()
	t.Log("seed", seed)
	fs := scattered(3000, seed)
	fields := append([]feature.Field{{Name: "n", Type: feature.FieldInteger}}, allTypes...)
	fields = slices.Delete(fields, 2, 3)
	for i := range fs {
		fs[i].Properties = append(fs[i].Properties, feature.Property{Name: "名称", Value: feature.StringValue(fmt.Sprint("地", i))},
			feature.Property{Name: "x", Value: feature.FloatValue(float64(i) / 7)}, feature.Property{Name: "yes", Value: feature.BoolValue(i%3 == 0)})
	}
	count := func(name string, args ...string) int {
		t.Helper()
		out := filepath.Join(dir, "out.geojsonl")
		_ = os.Remove(out)
		args = append([]string{"-f", "GeoJSONSeq", "-lco", "COORDINATE_PRECISION=15", out, filepath.Join(dir, name)}, args...)
		if text, err := exec.Command("ogr2ogr", args...).CombinedOutput(); err != nil || len(text) > 0 {
			t.Fatalf("ogr2ogr %v: %v\n%s", args, err, text)
		}
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(text)) {
			var f struct {
				Properties map[string]any
				Geometry   struct{ Coordinates [][][2]float64 }
			}
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				t.Fatal(err)
			}
			i := int(f.Properties["n"].(float64))
			if f.Properties["名称"] != fmt.Sprint("地", i) || f.Properties["yes"] != (i%3 == 0) || f.Properties["x"] != float64(i)/7 {
				t.Fatalf("feature %d: %v", i, f.Properties)
			}
			if g, ok := fs[i].Geometry.(orb.Polygon); ok && math.Abs(f.Geometry.Coordinates[0][0][0]-g[0][0][0]) > 1e-12 {
				t.Fatalf("feature %d begins at %v, want %v", i, f.Geometry.Coordinates[0][0], g[0][0])
			}
			n++
		}
		return n
	}
	for name, opt := range map[string]Options{
		"indexed.fgb": {Layer: "dltb", Fields: fields, CRS: "EPSG:4490", Spool: new(memory)},
		"stream.fgb":  {Layer: "dltb", Fields: fields, CRS: "EPSG:4490"},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), write(t, opt, fs...), 0o600); err != nil {
			t.Fatal(err)
		}
		if n := count(name); n != len(fs) {
			t.Errorf("%s: GDAL reads %d features, want %d", name, n, len(fs))
		}
		b, want := orb.Bound{Min: orb.Point{91, 36}, Max: orb.Point{91.5, 36.5}}, 0
		for _, f := range fs {
			if f.Geometry != nil && f.Geometry.Bound().Intersects(b) {
				want++
			}
		}
		if n := count(name, "-spat", "91", "36", "91.5", "36.5"); n != want {
			t.Errorf("%s: GDAL finds %d in the box, want %d", name, n, want)
		}
	}
}

// FuzzWriter writes again whatever a file gave, and wants to read the same.
func FuzzWriter(f *testing.F) {
	f.Add(small())
	f.Add(write(f, Options{Fields: allTypes, Spool: new(memory)}, allFeatures()...))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := NewReader(bytes.NewReader(file))
		if err != nil {
			return
		}
		rows, _, err := drain(r)
		if err != nil {
			return
		}
		var out bytes.Buffer
		w, err := NewWriter(&out, Options{Fields: r.Schema().Fields, CRS: r.Schema().CRS})
		if err != nil {
			t.Fatal(err) // a reader's columns have names of their own
		}
		var want []string
		for _, row := range rows {
			var bad *feature.RowError
			switch err := w.Add(&row.Feature); {
			case errors.As(err, &bad): // an integer too long, a column of its own
			case err != nil:
				t.Fatal(err)
			default:
				want = append(want, as(withoutNulls(row.Feature)))
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		_, again, bad := read(t, out.Bytes())
		var got []string
		for _, row := range again {
			got = append(got, as(row.Feature))
		}
		if d := gocmp.Diff(want, got); d != "" || len(bad) > 0 {
			t.Error(d, bad)
		}
	})
}

func withoutNulls(f feature.Feature) feature.Feature {
	f.Properties = slices.DeleteFunc(slices.Clone(f.Properties), func(p feature.Property) bool { return p.Value.Kind() == feature.Null })
	return f
}

func BenchmarkAdd(b *testing.B) {
	file, err := os.ReadFile(check.Data(b, "cadastre/cambridge_parcels_fy2013.fgb"))
	if err != nil {
		b.Fatal(err)
	}
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		b.Fatal(err)
	}
	rows, _, err := drain(r)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		w, err := NewWriter(io.Discard, Options{Fields: r.Schema().Fields, Spool: new(memory)})
		if err != nil {
			b.Fatal(err)
		}
		for i := range rows {
			if err := w.Add(&rows[i].Feature); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
