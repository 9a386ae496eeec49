package shapefile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// set is a small shapefile of n points named p1, p2, ….
func set(stem string, n int) map[string][]byte {
	var shapes [][]byte
	var rows []string
	for i := range n {
		shapes = append(shapes, pointRecord(float64(i+1), -float64(i+1)))
		rows = append(rows, fmt.Sprintf(" p%d", i+1))
	}
	shp, shx := shpBytes(shapePoint, nil, shapes...)
	return map[string][]byte{
		stem + ".shp": shp, stem + ".shx": shx,
		stem + ".dbf": dbfBytes(0, []testColumn{{"NAME", 'C', 8, 0}}, rows...),
		stem + ".prj": []byte("\ufeffGEOGCS[\"x\"]\r\n"),
	}
}

func merge(sets ...map[string][]byte) map[string][]byte {
	all := map[string][]byte{}
	for _, s := range sets {
		for k, v := range s {
			all[k] = v
		}
	}
	return all
}

func TestOpenFinds(t *testing.T) {
	upper := map[string][]byte{}
	for name, b := range set("Roads", 2) {
		upper[strings.ToUpper(name)] = b
	}
	gbk := map[string][]byte{}
	for name, b := range set("\xcd\xbc\xb0\xdf", 2) { // 图斑 as Chinese Windows writes it
		gbk["\xca\xfd\xbe\xdd/"+name] = b
	}
	resource := map[string][]byte{"__MACOSX/._a.shp": {1}, "._a.shp": {1}}
	two := merge(set("in/a", 2), set("b", 3), resource)
	cases := []struct {
		name, path, layer string
		want              string // layer, or words of the error
		is                error
	}{
		{"a .shp", filepath.Join(folder(t, set("a", 2)), "a.shp"), "", "a", nil},
		{"a .shp with the siblings in capitals", filepath.Join(folder(t, merge(upper, map[string][]byte{})), "ROADS.SHP"), "", "ROADS", nil},
		{"a folder", folder(t, merge(set("a", 2), resource)), "", "a", nil},
		{"a folder of several, none named", folder(t, merge(set("a", 2), set("b", 2))), "", "name one of them: a, b", ErrWhichLayer},
		{"a folder of several, one named", folder(t, merge(set("a", 3), set("b", 2))), "b", "b", nil},
		{"a folder, another named", folder(t, set("a", 2)), "c", `no shapefile "c"; it holds: a`, ErrWhichLayer},
		{"an empty folder", t.TempDir(), "", "", ErrNoShapefile},
		{"a .zip with folders and macOS forks", archive(t, merge(set("deep/er/a", 2), resource)), "", "a", nil},
		{"a .zip of several, none named", archive(t, two), "", "b, in/a", ErrWhichLayer},
		{"a .zip of several, one named", archive(t, two), "A", "a", nil},
		{"a .zip of several, one named by path", archive(t, two), "in/a.shp", "a", nil},
		{"a .zip with one name twice", archive(t, merge(set("x/a", 2), set("y/a", 2))), "a", "x/a, y/a", ErrWhichLayer},
		{"a .zip with names in GBK", archive(t, gbk), "图斑", "图斑", nil},
		{"a .shp and another layer", filepath.Join(folder(t, set("a", 2)), "a.shp"), "b", "", ErrWhichLayer},
		{"another kind of file", filepath.Join(folder(t, map[string][]byte{"a.txt": {1}}), "a.txt"), "", "", ErrNoShapefile},
		{"nothing", filepath.Join(t.TempDir(), "a.shp"), "", "", os.ErrNotExist},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, err := Open(c.path, Options{Layer: c.layer})
			if err != nil {
				if c.is == nil || !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
					t.Fatal(err)
				}
				return
			}
			defer r.Close()
			rows, bad, err := drain(r)
			if s := r.Schema(); err != nil || len(bad) > 0 || len(rows) != 2 || s.Layer != c.want || s.Count != 2 || s.CRS != `GEOGCS["x"]` {
				t.Fatalf("%d rows, bad %v, error %v, schema %+v", len(rows), bad, err, s)
			}
			if p := rows[1].Feature.Properties; p[0].Value != feature.TextValue("p2") || rows[1].Feature.Geometry != (orb.Point{2, -2}) {
				t.Error(rows[1])
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			if _, err := r.Next(); err == nil || err == io.EOF {
				t.Errorf("Next after Close: %v", err)
			}
		})
	}
}

// patched returns a small set with one file changed.
func patched(n int, name string, change func(b []byte) []byte) map[string][]byte {
	s := set("a", n)
	if b := change(s[name]); b != nil {
		s[name] = b
	} else {
		delete(s, name)
	}
	return s
}

func TestDamage(t *testing.T) {
	drop := func([]byte) []byte { return nil }
	put := func(at int, v ...byte) func([]byte) []byte {
		return func(b []byte) []byte { copy(b[at:], v); return b }
	}
	const second = headerSize + 28 // the second record of a point file
	cases := []struct {
		name  string
		files map[string][]byte
		rows  int
		bad   string // words of the row errors
		err   string // words of the final error
		note  string
	}{
		{"whole", set("a", 3), 3, "", "", ""},
		{"no .shx", patched(3, "a.shx", drop), 3, "", "", ""},
		{"no .dbf", patched(3, "a.dbf", drop), 3, "", "", "no .dbf"},
		{"no .shp", patched(3, "a.shp", drop), 0, "", "no shapefile", ""},
		{".shx that is something else", patched(3, "a.shx", put(0, 1)), 3, "", "", ".shx cannot be used"},
		{".shx of another file", merge(set("a", 3), map[string][]byte{"a.shx": set("a", 2)["a.shx"]}), 3, "", "", ".shx lists 2 records, the .dbf 3"},
		{".shx that points elsewhere", patched(3, "a.shx", put(headerSize+8, 0, 0, 0, 60)), 3, "", "", ".shx does not fit"},
		{".shx that points past the end", patched(3, "a.shx", put(headerSize+8, 0x7f, 0, 0, 0)), 3, "", "", ".shx does not fit"},
		{"more rows in the .dbf", merge(set("a", 3), map[string][]byte{"a.dbf": set("a", 5)["a.dbf"]}), 3, "", "a.shp holds 3 records, but a.dbf holds 5", ".shx lists 3 records, the .dbf 5"},
		{"more rows in the .shp", merge(set("a", 5), map[string][]byte{"a.dbf": set("a", 3)["a.dbf"]}), 3, "", "a.shp holds 5 records, but a.dbf holds 3", ".shx lists 5 records, the .dbf 3"},
		{".dbf cut short", patched(3, "a.dbf", func(b []byte) []byte { return b[:len(b)-6] }), 2, "", "a.dbf: the file ends at byte 87 inside record 3 of the 3", ""},
		{".shp cut inside a record", patched(3, "a.shp", func(b []byte) []byte { return b[:len(b)-6] }), 2, "", "record 3 at byte 156 claims 20 bytes, but only 14 follow", ""},
		{".shp cut inside a record header", patched(3, "a.shp", func(b []byte) []byte { return b[:second+30] }), 2, "", "inside the header of record 3 at byte 156", ""},
		{".shp cut between records", patched(3, "a.shp", func(b []byte) []byte { return b[:second+28] }), 2, "", "ends at byte 156 after 2 records", ""},
		{".shp with a wrong length, all rows there", patched(3, "a.shp", put(24, 1, 0, 0, 0)), 3, "", "", "shorter than its header says"},
		{".shp without a length", patched(3, "a.shp", put(24, 0, 0, 0, 0)), 3, "", "", "does not say its length"},
		{".shp that says too short a length", patched(3, "a.shp", put(24, 0, 0, 0, 64)), 3, "", "", ""},
		{".shp with bytes after the end", patched(3, "a.shp", func(b []byte) []byte { return append(b, make([]byte, 50)...) }), 3, "", "", "bytes after its last record"},
		{".shp that is something else", patched(3, "a.shp", put(0, 1)), 0, "", "a.shp is not a shapefile: it begins with file code 16787210", ""},
		{".shp of multipatches", patched(3, "a.shp", put(32, 31)), 0, "", "MultiPatch is not supported", ""},
		{"a record of no known type", patched(3, "a.shp", put(second+8, 99)), 2, "row 2: shape type 99 is not supported", "", ""},
		{"a record that is too short for its type", patched(3, "a.shp", put(second+8, 5)), 2, "row 2: Polygon of 20 bytes: the record is too short", "", ""},
		{"a record numbered otherwise", patched(3, "a.shp", put(second, 9)), 3, "", "", "not numbered in step"},
		{"a record longer than the file", patched(3, "a.shp", put(second+4, 0x7f, 0xff)), 1, "", "record 2 at byte 128 claims", ""},
		{"not a number", patched(3, "a.shp", put(second+12, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f)), 2, "row 2, ring 0, vertex 0: the coordinate (NaN, -2) is not a number", "", ""},
		{"a Null shape", patched(3, "a.shp", put(second+8, 0)), 3, "", "", ""},
		{"a deleted record", patched(3, "a.dbf", func(b []byte) []byte { b[65+9] = '*'; return b }), 2, "", "", "marked as deleted"},
		{"a .dbf that is something else", patched(3, "a.dbf", put(0, 0x50)), 0, "", "a.dbf: not a dBase table: version byte 0x50", ""},
		{"a .dbf of dBase 7", patched(3, "a.dbf", put(0, 0x04)), 0, "", "dBase level 7", ""},
		{"columns wider than the record", patched(3, "a.dbf", put(32+16, 200)), 0, "", "columns take 201 bytes, but records have 9", ""},
	}
	for _, c := range cases {
		for _, in := range []string{"folder", "archive"} {
			t.Run(c.name+"/"+in, func(t *testing.T) {
				path := ""
				if in == "folder" {
					path = folder(t, c.files)
				} else {
					path = archive(t, c.files)
				}
				r, err := Open(path, Options{})
				var rows []feature.Row
				var bad []*feature.RowError
				var notes string
				if err == nil {
					defer r.Close()
					rows, bad, err = drain(r)
					notes = strings.Join(r.Schema().Notes, "\n")
				}
				if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
					t.Errorf("error %v", err)
				}
				if len(rows) != c.rows || (len(bad) == 0) != (c.bad == "") || len(bad) > 0 && !strings.Contains(bad[0].Error(), c.bad) {
					t.Errorf("%d rows, bad %v", len(rows), bad)
				}
				if !strings.Contains(notes, c.note) || c.note == "" && notes != "" {
					t.Errorf("notes %s", notes)
				}
				for _, row := range rows { // shapes and records in step
					p := row.Feature.Properties
					if len(p) > 0 && p[0].Value.Text() != fmt.Sprintf("p%d", row.Row) {
						t.Errorf("row %d has %v", row.Row, p)
					}
					if g, ok := row.Feature.Geometry.(orb.Point); ok && g[0] != float64(row.Row) {
						t.Errorf("row %d is at %v", row.Row, g)
					}
				}
			})
		}
	}
}

// Records in another order than the index's, as editors leave them. In an
// archive the .shp is spooled, and the spooled file is gone after Close.
func TestIndexOrder(t *testing.T) {
	var shapes [][]byte
	var rows []string
	for i := range 5 {
		shapes = append(shapes, pointRecord(float64(i+1), 0))
		rows = append(rows, fmt.Sprintf(" p%d", i+1))
	}
	shp, shx := shpBytes(shapePoint, []int{0, 3, 1, 4, 2}, shapes...)
	files := map[string][]byte{"a.shp": shp, "a.shx": shx, "a.dbf": dbfBytes(0, []testColumn{{"N", 'C', 4, 0}}, rows...)}
	for _, in := range []string{"folder", "archive"} {
		t.Run(in, func(t *testing.T) {
			path := folder(t, files)
			if in == "archive" {
				path = archive(t, files)
			}
			temp := t.TempDir()
			t.Setenv("TMPDIR", temp)
			r, err := Open(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, bad, err := drain(r)
			if err != nil || len(bad) > 0 || len(got) != 5 {
				t.Fatal(len(got), bad, err)
			}
			for i, row := range got {
				if row.Feature.Geometry != (orb.Point{float64(i + 1), 0}) {
					t.Errorf("row %d: %v", row.Row, row.Feature.Geometry)
				}
			}
			if left, _ := os.ReadDir(temp); len(left) != map[string]int{"folder": 0, "archive": 1}[in] {
				t.Errorf("%d temporary files while reading", len(left))
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
			if left, _ := os.ReadDir(temp); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func TestShapes(t *testing.T) {
	box := make([]byte, 32)
	le := binary.LittleEndian.AppendUint32
	record := func(t uint32, parts ...[]byte) []byte {
		b := le(nil, t)
		for _, p := range parts {
			b = append(b, p...)
		}
		return b
	}
	line := []orb.Point{{0, 0}, {1, 1}, {2, 0}, {3, 3}}
	tail := make([]byte, 2*(16+4*8)) // Z and M blocks
	cases := []struct {
		name   string
		record []byte
		want   orb.Geometry
		err    string
	}{
		{"Null", record(0), nil, ""},
		{"PointZ", record(11, appendPoints(nil, orb.Point{1, 2}, orb.Point{3, 4})), orb.Point{1, 2}, ""},
		{"PointM", record(21, appendPoints(nil, orb.Point{1, 2}), make([]byte, 8)), orb.Point{1, 2}, ""},
		{"MultiPoint", record(8, box, le(nil, 2), appendPoints(nil, line[:2]...)), orb.MultiPoint{{0, 0}, {1, 1}}, ""},
		{"MultiPointZ", record(18, box, le(nil, 4), appendPoints(nil, line...), tail), orb.MultiPoint(line), ""},
		{"MultiPoint without points", record(8, box, le(nil, 0)), nil, ""},
		{"PolyLine", record(3, box, le(le(nil, 1), 4), le(nil, 0), appendPoints(nil, line...)), orb.LineString(line), ""},
		{"PolyLineZ without M", record(13, box, le(le(nil, 2), 4), le(le(nil, 0), 2), appendPoints(nil, line...), tail[:48]), orb.MultiLineString{line[:2], line[2:]}, ""},
		{"PolyLineM", record(23, box, le(le(nil, 2), 4), le(le(nil, 0), 2), appendPoints(nil, line...), tail[:48]), orb.MultiLineString{line[:2], line[2:]}, ""},
		{"PolyLine with an empty part", record(3, box, le(le(nil, 2), 4), le(le(nil, 0), 4), appendPoints(nil, line...)), orb.LineString(line), ""},
		{"Polygon without parts", record(5, box, le(le(nil, 0), 0)), nil, ""},
		{"PolygonZ", record(15, box, le(le(nil, 1), 4), le(nil, 0), appendPoints(nil, line...), tail), orb.Polygon{line}, ""},
		{"vertices without a part", record(5, box, le(le(nil, 0), 4), appendPoints(nil, line...)), nil, "4 vertices belong to no part"},
		{"parts that go back", record(3, box, le(le(nil, 3), 4), le(le(le(nil, 0), 3), 2), appendPoints(nil, line...)), nil, "ring 1: part 1 runs from vertex 3 to 2"},
		{"a part beyond the vertices", record(3, box, le(le(nil, 2), 4), le(le(nil, 0), 9), appendPoints(nil, line...)), nil, "part 0 runs from vertex 0 to 9"},
		{"a first part that begins late", record(3, box, le(le(nil, 1), 4), le(nil, 2), appendPoints(nil, line...)), nil, "part 0 runs from vertex 2"},
		{"a billion points", record(8, box, le(nil, 1<<30)), nil, "too short"},
		{"a billion parts", record(5, box, le(le(nil, 1<<30), 4)), nil, "too short"},
		{"an infinite vertex", record(3, box, le(le(nil, 1), 2), le(nil, 0), appendPoints(nil, orb.Point{0, 0}, orb.Point{0, math.Inf(1)})), nil, "ring 0, vertex 1: the coordinate (0, +Inf)"},
		{"no type", []byte{1, 0}, nil, "too few for a shape type"},
		{"a MultiPatch", record(31), nil, "MultiPatch is not supported"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := shapes{notes: new(notes)}
			g, err := s.geometry(7, c.record)
			var bad *feature.RowError
			switch {
			case c.err != "":
				if !errors.As(err, &bad) || bad.Row != 7 || !strings.Contains(err.Error(), c.err) {
					t.Errorf("%v, %v", g, err)
				}
			case err != nil || !orb.Equal(g, c.want):
				t.Errorf("%v, %v", g, err)
			}
		})
	}
}
