package flatgeobuf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/internal/check"
)

func drain(r *Reader) (rows []feature.Row, bad []*feature.RowError, err error) {
	for {
		row, err := r.Next()
		var one *feature.RowError
		switch {
		case err == io.EOF:
			return rows, bad, nil
		case errors.As(err, &one):
			bad = append(bad, one)
		case err != nil:
			return rows, bad, err
		default:
			rows = append(rows, row)
		}
	}
}

func read(t *testing.T, file []byte) (feature.Schema, []feature.Row, []*feature.RowError) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	rows, bad, err := drain(r)
	if err != nil {
		t.Fatal(err)
	}
	return r.Schema(), rows, bad
}

// The counts are GDAL's, from the data's SOURCES.md.
func TestRealFiles(t *testing.T) {
	cases := []struct {
		path, layer               string
		features, rings, vertices int
	}{
		{"cadastre/cambridge_parcels_fy2013.fgb", "cambridge_parcels_fy2013", 13159, 13167, 131690},
		{"formats/liechtenstein_landuse_subset.fgb", "landuse", 845, 1435, 42188},
	}
	for _, c := range cases {
		t.Run(c.path, func(t *testing.T) {
			f, err := os.Open(check.Data(t, c.path))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			r, err := NewReader(f)
			if err != nil {
				t.Fatal(err)
			}
			rows, bad, err := drain(r)
			if err != nil || len(bad) > 0 {
				t.Fatal(bad, err)
			}
			rings, vertices := 0, 0
			for i, row := range rows {
				for _, p := range polygons(row.Feature.Geometry) {
					for _, r := range p {
						rings++
						vertices += len(r)
					}
				}
				if row.Row != int64(i+1) {
					t.Fatalf("row %d: %v", row.Row, row.Feature.Properties)
				}
			}
			s := r.Schema()
			if len(rows) != c.features || rings != c.rings || vertices != c.vertices {
				t.Errorf("%d features, %d rings, %d vertices", len(rows), rings, vertices)
			}
			if s.Layer != c.layer || s.CRS != "EPSG:4326" || s.Count != int64(c.features) || len(s.Notes) > 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

func polygons(g orb.Geometry) orb.MultiPolygon {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}
	case orb.MultiPolygon:
		return g
	}
	return nil
}

func TestGeometries(t *testing.T) {
	line := []orb.Point{{0, 0}, {1, 1}, {2, 0}, {3, 3}, {0, 0}}
	polygon := testGeometry{kind: geomPolygon, xy: line}
	deep := testGeometry{kind: geomPoint, xy: line[:1]}
	for range maxDepth + 1 {
		deep = testGeometry{kind: geomCollection, parts: []testGeometry{deep}}
	}
	cases := []struct {
		name string
		kind geometryType // in the header
		g    testGeometry
		want orb.Geometry
		err  string
	}{
		{"point", geomPoint, testGeometry{xy: line[1:2]}, orb.Point{1, 1}, ""},
		{"point with Z", geomPoint, testGeometry{xy: line[1:2], z: true}, orb.Point{1, 1}, ""},
		{"empty point", geomPoint, testGeometry{xy: []orb.Point{{math.NaN(), math.NaN()}}}, nil, ""},
		{"no point at all", geomPoint, testGeometry{}, nil, ""},
		{"two points for one", geomPoint, testGeometry{xy: line[:2]}, nil, "a Point of 2 vertices"},
		{"points", geomMultiPoint, testGeometry{xy: line}, orb.MultiPoint(line), ""},
		{"line", geomLineString, testGeometry{xy: line}, orb.LineString(line), ""},
		{"lines", geomMultiLineString, testGeometry{xy: line, ends: []uint32{2, 5}}, orb.MultiLineString{line[:2], line[2:]}, ""},
		{"lines without ends", geomMultiLineString, testGeometry{xy: line}, orb.MultiLineString{line}, ""},
		{"polygon", geomPolygon, testGeometry{xy: line}, orb.Polygon{line}, ""},
		{"polygon with a hole", geomPolygon, testGeometry{xy: line, ends: []uint32{3, 5}}, orb.Polygon{line[:3], line[3:]}, ""},
		{"empty ring left out", geomPolygon, testGeometry{xy: line, ends: []uint32{0, 5}}, orb.Polygon{line}, ""},
		{"multipolygon", geomMultiPolygon, testGeometry{parts: []testGeometry{polygon, {xy: line, ends: []uint32{3, 5}}}}, orb.MultiPolygon{{line}, {line[:3], line[3:]}}, ""},
		{"multipolygon without parts", geomMultiPolygon, testGeometry{xy: line}, orb.MultiPolygon{{line}}, ""},
		{"empty multipolygon", geomMultiPolygon, testGeometry{}, nil, ""},
		{"type in the feature", geomUnknown, polygon, orb.Polygon{line}, ""},
		{"triangle", geomUnknown, testGeometry{kind: geomTriangle, xy: line[:4]}, orb.Polygon{line[:4]}, ""},
		{"collection", geomCollection, testGeometry{parts: []testGeometry{polygon, {kind: geomPoint, xy: line[:1]}}}, orb.Collection{orb.Polygon{line}, orb.Point{0, 0}}, ""},
		{"collections too deep", geomCollection, deep, nil, "nested more than 8 deep"},
		{"curve", geomUnknown, testGeometry{kind: 10, xy: line}, nil, "geometry of CurvePolygon is not supported"},
		{"no type anywhere", geomUnknown, testGeometry{xy: line}, nil, "geometry of Unknown is not supported"},
		{"ends that go back", geomPolygon, testGeometry{xy: line, ends: []uint32{3, 2, 5}}, nil, "row 1, ring 1: it ends at vertex 2 of 5, the one before at 3"},
		{"ends beyond the vertices", geomPolygon, testGeometry{xy: line, ends: []uint32{6}}, nil, "ends at vertex 6 of 5"},
		{"ends that leave vertices", geomPolygon, testGeometry{xy: line, ends: []uint32{3}}, nil, "4 ordinates belong to no ring"},
		{"not a number", geomPolygon, testGeometry{xy: []orb.Point{{0, 0}, {0, math.Inf(-1)}}}, nil, "row 1, ring 0, vertex 1: the coordinate (0, -Inf) is not a number"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, rows, bad := read(t, buildFile(testHeader{kind: c.kind}, testFeature{geometry: &c.g}, testFeature{}))
			if c.err != "" {
				if len(bad) != 1 || !strings.Contains(bad[0].Error(), c.err) || len(rows) != 1 {
					t.Errorf("bad %v, %d rows", bad, len(rows))
				}
				return
			}
			if len(bad) > 0 || len(rows) != 2 || !orb.Equal(rows[0].Feature.Geometry, c.want) || rows[1].Feature.Geometry != nil {
				t.Errorf("%v, bad %v", rows, bad)
			}
		})
	}
}

func TestProperties(t *testing.T) {
	columns := []column{
		{"b", colByte}, {"ub", colUByte}, {"ok", colBool}, {"s", colShort}, {"us", colUShort}, {"i", colInt}, {"ui", colUInt},
		{"l", colLong}, {"ul", colULong}, {"f", colFloat}, {"d", colDouble}, {"名称", colString}, {"j", colJSON}, {"t", colDateTime}, {"x", colBinary},
	}
	file := buildFile(testHeader{columns: columns},
		testFeature{properties: props(0, byte(0xff), 1, byte(0xff), 2, byte(1), 3, int16(-2), 4, uint16(65535), 5, int32(-3), 6, uint32(4294967295),
			7, int64(math.MinInt64), 8, uint64(math.MaxUint64), 9, float32(0.5), 10, 0.1, 11, "青海省", 12, `{"a": [1]}`, 13, "2024-02-29T00:00:00Z", 14, "\x00\x01")},
		testFeature{properties: props(11, "", 8, uint64(7), 12, "{broken", 10, math.NaN(), 0, byte(1))},
		testFeature{properties: props(0, byte(2)), columns: []column{{"own", colByte}}},
		testFeature{},
	)
	s, rows, bad := read(t, file)
	if len(bad) > 0 || len(rows) != 4 {
		t.Fatal(rows, bad)
	}
	for i, want := range []string{
		`{"b":-1,"ub":255,"ok":true,"s":-2,"us":65535,"i":-3,"ui":4294967295,"l":-9223372036854775808,"ul":18446744073709551615,"f":0.5,"d":0.1,"名称":"青海省","j":{"a":[1]},"t":"2024-02-29T00:00:00Z"}`,
		`{"名称":"","ul":7,"j":"{broken","d":null,"b":1}`,
		`{"own":2}`,
		`{}`,
	} {
		if got := string(rows[i].Feature.Properties.AppendJSON(nil)); got != want {
			t.Errorf("row %d: %s", i+1, got)
		}
	}
	if len(s.Fields) != 14 || s.Fields[8].Type != feature.FieldInteger || s.Fields[12].Type != feature.FieldAny || s.Layer != "tést" {
		t.Errorf("%+v", s)
	}
	if notes := strings.Join(s.Notes, "\n"); !strings.Contains(notes, "column x is binary") || !strings.Contains(notes, "1 values of JSON columns are not JSON") {
		t.Error(notes)
	}
}

func TestBadProperties(t *testing.T) {
	columns := []column{{"a", colInt}, {"b", colString}, {"b", colInt}}
	cases := []struct {
		name string
		raw  []byte
		err  string
	}{
		{"no such column", props(3, int32(1)), "property at byte 0 of 6: there is no column 3, only 3"},
		{"value cut short", props(0, int16(1)), "property a at byte 0 of 4: a value of 4 bytes is cut short"},
		{"text longer than the rest", props(0, int32(1), 1, uint32(1<<31)), "property b at byte 6 of 12: a value of 2147483648 bytes where 0 are left"},
		{"half a column number", []byte{1}, "inside a column number at byte 0 of 1"},
		{"a column twice", props(0, int32(1), 0, int32(2)), "column a a second time"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			good := testFeature{properties: props(0, int32(1), 2, int32(3))}
			s, rows, bad := read(t, buildFile(testHeader{columns: columns}, testFeature{properties: c.raw}, good))
			if len(bad) != 1 || bad[0].Row != 1 || !strings.Contains(bad[0].Error(), c.err) {
				t.Errorf("%v", bad)
			}
			if len(rows) != 1 || string(rows[0].Feature.Properties.AppendJSON(nil)) != `{"a":1,"b_2":3}` || len(s.Notes) != 1 {
				t.Errorf("%v %v", rows, s.Notes)
			}
		})
	}
}

func TestHeader(t *testing.T) {
	cases := []struct {
		name string
		h    testHeader
		crs  string
	}{
		{"EPSG", testHeader{org: "EPSG", code: 4490, wkt: "GEOGCS[…]"}, "EPSG:4490"},
		{"a code alone", testHeader{code: 4547}, "EPSG:4547"},
		{"another organisation and WKT", testHeader{org: "ESRI", code: 102025, wkt: "PROJCS[…]"}, "PROJCS[…]"},
		{"another organisation", testHeader{org: "ESRI", code: 102025}, "ESRI:102025"},
		{"WKT alone", testHeader{wkt: "PROJCS[…]"}, "PROJCS[…]"},
		{"none", testHeader{}, ""},
	}
	for _, c := range cases {
		s, _, _ := read(t, buildFile(c.h))
		if s.CRS != c.crs || s.Count != -1 {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
}

// Sizes as the reference implementations compute them.
func TestIndexSize(t *testing.T) {
	for _, c := range []struct {
		count uint64
		node  uint16
		want  int64
	}{{0, 16, 0}, {5, 0, 0}, {1, 16, 80}, {16, 16, 17 * 40}, {17, 16, (17 + 2 + 1) * 40}, {179, 16, (179 + 12 + 1) * 40}, {3, 2, (3 + 2 + 1) * 40}} {
		if got, err := (&header{count: c.count, nodeSize: c.node}).indexSize(); got != c.want || err != nil {
			t.Errorf("%d in nodes of %d: %d, %v", c.count, c.node, got, err)
		}
	}
	for _, h := range []header{{count: 5, nodeSize: 1}, {count: math.MaxUint64, nodeSize: 16}} {
		if n, err := h.indexSize(); err == nil {
			t.Errorf("%+v: %d", h, n)
		}
	}
}

// small is a file of two features with an index.
func small() []byte {
	g := testGeometry{kind: geomPolygon, xy: []orb.Point{{0, 0}, {4, 0}, {4, 4}, {0, 0}}}
	m := testGeometry{kind: geomMultiPolygon, parts: []testGeometry{g, g}}
	columns := []column{{"name", colString}, {"n", colLong}}
	return buildFile(testHeader{columns: columns, count: 2, nodeSize: 16, org: "EPSG", code: 4490},
		testFeature{geometry: &g, properties: props(0, "a", 1, int64(1))},
		testFeature{geometry: &m, properties: props(0, "b", 1, int64(2))})
}

// A file cut anywhere is an error that says where.
func TestPrefixes(t *testing.T) {
	file := small()
	if _, rows, bad := read(t, file); len(rows) != 2 || len(bad) > 0 {
		t.Fatal(rows, bad)
	}
	for n := range file {
		r, err := NewReader(bytes.NewReader(file[:n]))
		if err == nil {
			_, _, err = drain(r)
			if _, again := r.Next(); again == nil || again.Error() != err.Error() {
				t.Errorf("%d bytes: then %v", n, again)
			}
		}
		if err == nil || !strings.Contains(err.Error(), "flatgeobuf: ") {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// No byte of a file may make the reader panic; one at a time is set to values
// that lengths and offsets dislike.
func TestBytes(t *testing.T) {
	file := small()
	for i := range file {
		for _, v := range []byte{0x00, 0x01, 0x7f, 0x80, 0xff} {
			b := bytes.Clone(file)
			b[i] = v
			if r, err := NewReader(bytes.NewReader(b)); err == nil {
				_, _, _ = drain(r)
			}
		}
	}
}

func TestStream(t *testing.T) {
	file := small()
	t.Run("one byte at a time", func(t *testing.T) {
		r, err := NewReader(iotest.OneByteReader(bytes.NewReader(file)))
		if err != nil {
			t.Fatal(err)
		}
		if rows, _, err := drain(r); err != nil || len(rows) != 2 {
			t.Error(rows, err)
		}
	})
	t.Run("a failing stream", func(t *testing.T) {
		r, err := NewReader(io.MultiReader(bytes.NewReader(file[:len(file)-3]), iotest.ErrReader(os.ErrPermission)))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := drain(r); !errors.Is(err, os.ErrPermission) {
			t.Error(err)
		}
	})
	t.Run("bytes after the end", func(t *testing.T) {
		s, rows, _ := read(t, append(slices.Clone(file), 1, 2, 3))
		if len(rows) != 2 || len(s.Notes) != 1 {
			t.Error(rows, s.Notes)
		}
	})
	t.Run("another file", func(t *testing.T) {
		for _, b := range []string{"", "fgb", "fgb\x02fgb\x00........", "PK\x03\x04............"} {
			if _, err := NewReader(strings.NewReader(b)); !errors.Is(err, ErrNotFlatGeobuf) {
				t.Errorf("%q: %v", b, err)
			}
		}
	})
	t.Run("after Close", func(t *testing.T) {
		r, err := NewReader(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		if _, err := r.Next(); err == nil || err == io.EOF {
			t.Error(err)
		}
	})
}

// Columns that all have one name get others, in a time that grows with them.
func TestManyColumnsOfOneName(t *testing.T) {
	columns := make([]column, 20_000)
	for i := range columns {
		columns[i] = column{"a", colInt}
	}
	columns[1].name = "a_3"
	s, _, _ := read(t, buildFile(testHeader{columns: columns}))
	seen := map[string]bool{}
	for _, f := range s.Fields {
		seen[f.Name] = true
	}
	if len(seen) != len(columns) || s.Fields[2].Name != "a_2" || s.Fields[3].Name != "a_4" {
		t.Errorf("%d names, %v", len(seen), s.Fields[:5])
	}
}

// A damaged feature is a row error: its neighbours are read.
func TestDamagedFeature(t *testing.T) {
	file := buildFile(testHeader{})
	whole := buildFeature(testFeature{geometry: &testGeometry{kind: geomPoint, xy: []orb.Point{{1, 1}}}})
	damaged := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(damaged[4:], 1<<30) // the root's offset
	_, rows, bad := read(t, slices.Concat(file, whole, damaged, whole))
	if len(rows) != 2 || len(bad) != 1 || bad[0].Row != 2 || !strings.Contains(bad[0].Error(), "an offset outside the message") {
		t.Error(rows, bad)
	}
}

// Parts that all point to one geometry must not unfold to more than the bytes.
func TestOverlappingParts(t *testing.T) {
	big := testGeometry{kind: geomPolygon, xy: make([]orb.Point, 1000)}
	parts := []testGeometry{big}
	for range 999 {
		parts = append(parts, testGeometry{})
	}
	b := buildFeature(testFeature{geometry: &testGeometry{kind: geomMultiPolygon, parts: parts}})
	at := bytes.Index(b, []byte{0xe8, 3, 0, 0}) + 4 // the vector of 1,000 parts
	first := at + int(binary.LittleEndian.Uint32(b[at:]))
	for i := range 1000 {
		binary.LittleEndian.PutUint32(b[at+4*i:], uint32(first-(at+4*i)))
	}
	_, rows, bad := read(t, append(buildFile(testHeader{}), b...))
	if len(rows) != 0 || len(bad) != 1 || !strings.Contains(bad[0].Error(), "parts that overlap") {
		t.Error(len(rows), bad)
	}
}

// Reading a long stream takes no more memory than a short one.
func TestMemoryIsConstant(t *testing.T) {
	one := buildFeature(testFeature{geometry: &testGeometry{kind: geomPoint, xy: []orb.Point{{1, 1}}}})
	held := func(n int) uint64 {
		in, out := io.Pipe()
		go func() {
			_, err := out.Write(buildFile(testHeader{}))
			for i := 0; i < n && err == nil; i++ {
				_, err = out.Write(one)
			}
			out.CloseWithError(err)
		}()
		r, err := NewReader(in)
		if err != nil {
			t.Fatal(err)
		}
		for range n - 1 {
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		runtime.KeepAlive(r)
		in.Close()
		return m.HeapAlloc
	}
	if short, long := held(100), held(10_000); long > short+1<<18 {
		t.Errorf("%d bytes held for 100 features, %d for 10,000", short, long)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(small())
	g := testGeometry{kind: geomPoint, xy: []orb.Point{{1, 2}}, z: true}
	c := testGeometry{kind: geomCollection, parts: []testGeometry{g, {kind: geomMultiLineString, xy: make([]orb.Point, 4), ends: []uint32{2, 4}}}}
	f.Add(buildFile(testHeader{}, testFeature{geometry: &c, columns: []column{{"a", colJSON}}, properties: props(0, "[1]")}, testFeature{}))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := NewReader(bytes.NewReader(file))
		if err != nil {
			return
		}
		for {
			row, err := r.Next()
			var bad *feature.RowError
			if err != nil && !errors.As(err, &bad) {
				break
			}
			if row.Row > int64(len(file)) {
				t.Fatal("more rows than bytes")
			}
		}
	})
}

func BenchmarkNext(b *testing.B) {
	path := check.Data(b, "cadastre/cambridge_parcels_fy2013.fgb")
	file, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := NewReader(bytes.NewReader(file))
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = r.Next()
		}
	}
}
