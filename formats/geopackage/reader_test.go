package geopackage

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

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

func load(t *testing.T, path, layer string) (feature.Schema, []feature.Row, []*feature.RowError) {
	t.Helper()
	r, err := Open(path, Options{Layer: layer})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
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
		crs                       string
	}{
		{"formats/liechtenstein_landuse_subset_3857.gpkg", "", 845, 1435, 42188, "EPSG:3857"},
		{"admin/normandie_communes_2018.gpkg", "", 2709, 2731, 144245, "EPSG:4326"},
		{"hma/hma_overdeepenings_qinghai_window.gpkg", "", 155, 187, 14479, "EPSG:4326"},
		{"osm/liechtenstein_20130803.gpkg", "boundary", 18, 41, 6367, "EPSG:4326"},
		{"osm/liechtenstein_20130803.gpkg", "protected", 4, 4, 328, "EPSG:4326"},
		{"osm/liechtenstein_20130803.gpkg", "landuse", 141, 144, 5625, "EPSG:4326"},
		{"osm/liechtenstein_20130803.gpkg", "natural", 39, 42, 1564, "EPSG:4326"},
		{"osm/liechtenstein_20130803.gpkg", "leisure", 65, 66, 773, "EPSG:4326"},
		{"osm/liechtenstein_20130803.gpkg", "building", 3723, 3725, 26817, "EPSG:4326"},
		{"osm/liechtenstein_20130803.gpkg", "other", 146, 150, 1612, "EPSG:4326"},
		{"osm/liechtenstein_20150727.gpkg", "boundary", 18, 41, 6409, "EPSG:4326"},
		{"osm/liechtenstein_20150727.gpkg", "protected", 4, 4, 328, "EPSG:4326"},
		{"osm/liechtenstein_20150727.gpkg", "landuse", 378, 453, 13028, "EPSG:4326"},
		{"osm/liechtenstein_20150727.gpkg", "natural", 215, 234, 6624, "EPSG:4326"},
		{"osm/liechtenstein_20150727.gpkg", "leisure", 136, 137, 1295, "EPSG:4326"},
		{"osm/liechtenstein_20150727.gpkg", "building", 8994, 8999, 63804, "EPSG:4326"},
		{"osm/liechtenstein_20150727.gpkg", "other", 214, 214, 2234, "EPSG:4326"},
		{"osm/liechtenstein_20211028.gpkg", "boundary", 18, 40, 12144, "EPSG:4326"},
		{"osm/liechtenstein_20211028.gpkg", "protected", 16, 18, 1254, "EPSG:4326"},
		{"osm/liechtenstein_20211028.gpkg", "landuse", 3159, 3849, 86261, "EPSG:4326"},
		{"osm/liechtenstein_20211028.gpkg", "natural", 1525, 1622, 56328, "EPSG:4326"},
		{"osm/liechtenstein_20211028.gpkg", "leisure", 371, 374, 4012, "EPSG:4326"},
		{"osm/liechtenstein_20211028.gpkg", "building", 15834, 15862, 122530, "EPSG:4326"},
		{"osm/liechtenstein_20211028.gpkg", "other", 573, 596, 8893, "EPSG:4326"},
	}
	for _, c := range cases {
		t.Run(c.path+"#"+c.layer, func(t *testing.T) {
			s, rows, bad := load(t, check.Data(t, c.path), c.layer)
			rings, vertices := 0, 0
			for i, row := range rows {
				for _, p := range polygons(row.Feature.Geometry) {
					for _, r := range p {
						rings++
						vertices += len(r)
					}
				}
				if row.Row != int64(i+1) || len(row.Feature.Properties) != len(s.Fields) {
					t.Fatalf("row %d: %v", row.Row, row.Feature.Properties)
				}
			}
			if len(rows) != c.features || rings != c.rings || vertices != c.vertices || len(bad) > 0 {
				t.Errorf("%d features, %d rings, %d vertices, bad %v", len(rows), rings, vertices, bad)
			}
			if s.CRS != c.crs || s.Count != int64(c.features) || len(s.Notes) > 0 {
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

func TestLayers(t *testing.T) {
	path := check.Data(t, "osm/liechtenstein_20211028.gpkg")
	got, err := Layers(path)
	want := []string{"boundary", "protected", "landuse", "natural", "leisure", "building", "other"}
	if err != nil || !slices.Equal(got, want) {
		t.Error(got, err)
	}
	if _, err := Open(path, Options{}); !errors.Is(err, ErrWhichLayer) || !strings.Contains(err.Error(), "boundary, protected, landuse") {
		t.Error(err)
	}
	if _, err := Open(path, Options{Layer: "roads"}); !errors.Is(err, ErrWhichLayer) || !strings.Contains(err.Error(), `no feature table "roads"`) {
		t.Error(err)
	}
	if r, err := Open(path, Options{Layer: "Landuse"}); err != nil || r.Close() != nil {
		t.Error(err)
	}
}

const gpkgTables = `
PRAGMA application_id = 0x47504b47;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT, organization_coordsys_id INTEGER, definition TEXT, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES ('u', -1, 'NONE', -1, 'undefined', ''), ('c', 4490, 'epsg', 4490, 'GEOGCS[]', ''), ('l', 900001, 'LOCAL', 1, 'PROJCS["x"]', '');
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER, z INTEGER, m INTEGER);
`

// build makes a GeoPackage of the usual tables and what the statements add.
func build(t testing.TB, name, statements string, args ...any) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	db, err := sql.Open("sqlite", filepath.Join(filepath.Dir(path), "new.db"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(gpkgTables+statements, args...); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(filepath.Dir(path), "new.db"), path); err != nil {
		t.Fatal(err)
	}
	return path
}

// register is the statement that makes a table a layer.
func register(table, geometry string, srs int) string {
	q := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	return fmt.Sprintf(`INSERT INTO gpkg_contents VALUES (%s, 'features', '', %d); INSERT INTO gpkg_geometry_columns VALUES (%s, %s, 'GEOMETRY', %d, 0, 0);`,
		q(table), srs, q(table), q(geometry), srs)
}

// gp puts a header without envelope before WKB.
func gp(srs int32, body []byte) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte("GP\x00\x01"), uint32(srs)), body...)
}

func point(x, y float64) []byte { return gp(4490, wkb.MustMarshal(orb.Point{x, y})) }

func TestColumns(t *testing.T) {
	path := build(t, "城 市?#%20.gpkg", `
		CREATE TABLE "a ""b"" 'c'" (OBJECTID INTEGER PRIMARY KEY, fid TEXT, geom POINT, ok BOOLEAN, n MEDIUMINT, r DOUBLE,
			d DATE, "dt ""x" DATETIME, "名称" TEXT(20), b BLOB, twice INTEGER GENERATED ALWAYS AS (n*2) VIRTUAL, odd, other POLYGON);
		INSERT INTO "a ""b"" 'c'" (OBJECTID, fid, geom, ok, n, r, d, "dt ""x", "名称", b, odd) VALUES
			(7, 'f1', ?, 1, 5, 2.5, '2024-02-29', '2024-02-29T01:02:03.000Z', '青海', x'00', 'x'),
			(3, 'f2', NULL, 2, 'text', 3, 20240229, NULL, x'ff', NULL, 1.5);`+register(`a "b" 'c'`, "GEOM", 4490), point(95, 36))
	s, rows, bad := load(t, path, "")
	if len(rows) != 2 || len(bad) > 0 || s.Layer != `a "b" 'c'` || s.CRS != "EPSG:4490" || s.Count != -1 {
		t.Fatalf("%v %v %+v", rows, bad, s)
	}
	want := []feature.Field{{Name: "fid", Type: "string"}, {Name: "ok", Type: "boolean"}, {Name: "n", Type: "integer"}, {Name: "r", Type: "number"},
		{Name: "d", Type: "string"}, {Name: `dt "x`, Type: "string"}, {Name: "名称", Type: "string"}, {Name: "odd", Type: "any"}}
	if !slices.Equal(s.Fields, want) {
		t.Errorf("%v", s.Fields)
	}
	for i, want := range []string{
		`{"fid":"f2","ok":2,"n":"text","r":3,"d":20240229,"dt \"x":null,"名称":null,"odd":1.5}`,
		`{"fid":"f1","ok":true,"n":5,"r":2.5,"d":"2024-02-29","dt \"x":"2024-02-29T01:02:03.000Z","名称":"青海","odd":"x"}`,
	} {
		if got := string(rows[i].Feature.Properties.AppendJSON(nil)); got != want {
			t.Errorf("%s", got)
		}
	}
	if rows[0].Feature.Geometry != nil || rows[1].Feature.Geometry != (orb.Point{95, 36}) {
		t.Error(rows)
	}
	if notes := strings.Join(s.Notes, "\n"); len(s.Notes) != 4 || !strings.Contains(notes, "column twice is computed") || !strings.Contains(notes, "column b is of type BLOB") || !strings.Contains(notes, "1 binary values") {
		t.Error(notes)
	}
}

func TestCRS(t *testing.T) {
	for srs, want := range map[int]string{4490: "EPSG:4490", 900001: `PROJCS["x"]`, -1: "", 77: ""} {
		s, _, _ := load(t, build(t, "a.gpkg", `CREATE TABLE a (fid INTEGER PRIMARY KEY, g POINT);`+register("a", "g", srs)), "")
		if s.CRS != want {
			t.Errorf("%d: %q", srs, s.CRS)
		}
	}
}

func TestRefused(t *testing.T) {
	plain := func(t *testing.T, b []byte) string {
		path := filepath.Join(t.TempDir(), "a.gpkg")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	table := `CREATE TABLE a (fid INTEGER PRIMARY KEY, g POINT); INSERT INTO a VALUES (1, zeroblob(9000));` + register("a", "g", 4490)
	cases := []struct {
		name string
		path func(t *testing.T) string
		err  string
	}{
		{"missing", func(t *testing.T) string { return filepath.Join(t.TempDir(), "none.gpkg") }, "no such file"},
		{"a folder", func(t *testing.T) string { return t.TempDir() }, "is a folder"},
		{"empty", func(t *testing.T) string { return plain(t, nil) }, "0 bytes, an SQLite header has 100"},
		{"another file", func(t *testing.T) string { return plain(t, bytes.Repeat([]byte("PK"), 200)) }, "is no SQLite database"},
		{"another database", func(t *testing.T) string { return build(t, "a.gpkg", `PRAGMA application_id = 7`) }, "application id 0x00000007"},
		{"cut short", func(t *testing.T) string {
			path := build(t, "a.gpkg", table)
			if err := os.Truncate(path, 9000); err != nil {
				t.Fatal(err)
			}
			return path
		}, "is cut short: 9000 bytes of"},
		{"no layer", func(t *testing.T) string { return build(t, "a.gpkg", "") }, "no feature table"},
		{"no tables of its kind", func(t *testing.T) string { return build(t, "a.gpkg", "DROP TABLE gpkg_contents") }, "no table gpkg_contents"},
		{"a view for a table of its kind", func(t *testing.T) string {
			return build(t, "a.gpkg", `DROP TABLE gpkg_contents; CREATE VIEW gpkg_contents AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i FROM n`)
		}, "no table gpkg_contents"},
		{"a layer that is a view", func(t *testing.T) string {
			return build(t, "a.gpkg", `CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i AS fid, NULL AS g FROM n;`+register("v", "g", 4490))
		}, "layer v: it is a view"},
		{"a layer that is not there", func(t *testing.T) string { return build(t, "a.gpkg", register("v", "g", 4490)) }, "layer v: it is a view or is missing"},
		{"a layer without its geometry column", func(t *testing.T) string {
			return build(t, "a.gpkg", `CREATE TABLE a (fid INTEGER PRIMARY KEY);`+register("a", "g", 4490))
		}, "layer a: it has no column g"},
		{"changes in a log", func(t *testing.T) string {
			path := build(t, "a.gpkg", table)
			if err := os.WriteFile(path+"-wal", []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}, "changes that are still in a.gpkg-wal"},
		{"an unfinished transaction", func(t *testing.T) string {
			path := build(t, "a.gpkg", table)
			if err := os.WriteFile(path+"-journal", []byte("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7...."), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}, "unfinished transaction in a.gpkg-journal"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, err := Open(c.path(t), Options{})
			if err == nil {
				r.Close()
				t.Fatal("it opened")
			}
			if !strings.Contains(err.Error(), c.err) {
				t.Error(err)
			}
		})
	}
}

// Bad geometries are row errors that name the primary key; nothing is written
// beside the file.
func TestBadRows(t *testing.T) {
	path := build(t, "a.gpkg", `CREATE TABLE a (id INTEGER PRIMARY KEY, g POINT);
		INSERT INTO a VALUES (10, ?), (20, x'00'), (30, 'text'), (40, ?), (50, ?);`+register("a", "g", 4490),
		point(1, 1), gp(4490, []byte{1, 2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}), gp(4326, wkb.MustMarshal(orb.Point{5, 5})))
	s, rows, bad := load(t, path, "a")
	if len(rows) != 2 || rows[1].Row != 5 || len(bad) != 3 {
		t.Fatal(rows, bad)
	}
	for i, want := range []string{"row 2: the geometry is no GeoPackage blob: it begins with 00 (primary key 20)",
		"row 3: the geometry is no GeoPackage blob: it begins with 74 65 78 74 (primary key 30)",
		"row 4: the geometry claims 4294967295 vertices at byte 13, where 0 bytes are left (primary key 40)"} {
		if bad[i].Error() != want {
			t.Error(bad[i])
		}
	}
	if len(s.Notes) != 1 || !strings.Contains(s.Notes[0], "1 geometries name another coordinate system") {
		t.Error(s.Notes)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Error(left, err)
	}
}

// No byte of a file may make the reader panic or hang; bytes over the whole
// file are set to values that lengths and offsets dislike.
func TestBytes(t *testing.T) {
	var b strings.Builder
	b.WriteString(`CREATE TABLE a (fid INTEGER PRIMARY KEY, g POINT, n TEXT);`)
	for range 50 {
		fmt.Fprintf(&b, `INSERT INTO a (g, n) VALUES (x'%x', 'some text to fill a page or two');`, point(1, 1))
	}
	path := build(t, "a.gpkg", b.String()+register("a", "g", 4490))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(whole); i += 1021 {
		damaged := bytes.Clone(whole)
		damaged[i] ^= 0xff
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path, Options{})
		if err != nil {
			continue
		}
		rows, _, _ := drain(r)
		if len(rows) > 10*len(whole) {
			t.Fatalf("byte %d: %d rows", i, len(rows))
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAfterClose(t *testing.T) {
	r, err := Open(build(t, "a.gpkg", `CREATE TABLE a (fid INTEGER PRIMARY KEY, g POINT);`+register("a", "g", 4490)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Error(err)
	}
	if _, err := r.Next(); err == nil || err == io.EOF {
		t.Error(err)
	}
}

// Reading a long table takes no more memory than a short one.
func TestMemoryIsConstant(t *testing.T) {
	held := func(n int) uint64 {
		path := build(t, "a.gpkg", `CREATE TABLE a (fid INTEGER PRIMARY KEY, g POINT, n TEXT);
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < ?) INSERT INTO a SELECT i, ?, 'text ' || i FROM n;`+register("a", "g", 4490), n, point(1, 1))
		r, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for range n - 1 {
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		runtime.KeepAlive(r)
		return m.HeapAlloc
	}
	if short, long := held(100), held(10_000); long > short+1<<18 {
		t.Errorf("%d bytes held for 100 rows, %d for 10,000", short, long)
	}
}
