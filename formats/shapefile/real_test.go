package shapefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/internal/check"
)

// drain reads all rows; the rows that could not be given are returned apart.
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

func load(t *testing.T, path string, opt Options) (feature.Schema, []feature.Row) {
	t.Helper()
	r, err := Open(path, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	rows, bad, err := drain(r)
	if err != nil {
		t.Fatal(err)
	}
	if len(bad) > 0 {
		t.Fatalf("%d bad rows, first: %v", len(bad), bad[0])
	}
	return r.Schema(), rows
}

// count returns rings and vertices.
func count(rows []feature.Row) (rings, vertices int) {
	polygon := func(p orb.Polygon) {
		for _, r := range p {
			rings++
			vertices += len(r)
		}
	}
	for _, row := range rows {
		switch g := row.Feature.Geometry.(type) {
		case orb.Polygon:
			polygon(g)
		case orb.MultiPolygon:
			for _, p := range g {
				polygon(p)
			}
		}
	}
	return rings, vertices
}

// The counts are GDAL's, from the data's SOURCES.md.
func TestRealFiles(t *testing.T) {
	cases := []struct {
		path                      string
		features, rings, vertices int
		crs, encoding             string
	}{
		{"admin/france_communes_2017.shp.zip", 35927, 36050, 753864, "GCS_WGS_1984", "utf-8"},
		{"cadastre/cambridge_parcels_fy2014.shp.zip", 13115, 13763, 177169, "GCS_WGS_1984", "utf-8"},
		{"formats/liechtenstein_landuse_subset.shp.zip", 845, 1435, 42188, "GCS_WGS_1984", "utf-8"},
		{"landcover/alaska_grassland.shp.zip", 143, 2654, 69778, "Albers", "utf-8"},
		{"landcover/alaska_trees.shp.zip", 444, 3089, 108622, "Albers", "utf-8"},
		{"chinese_formats/gbk_cpg_epsg4490", 155, 187, 14479, "China_Geodetic_Coordinate_System_2000", "gbk"},
		{"chinese_formats/gbk_cpg_epsg4518_zone30", 142, 172, 13704, "CGCS2000_3_Degree_GK_Zone_30", "gbk"},
		{"chinese_formats/gbk_cpg_epsg4520_zone32", 9, 11, 495, "CGCS2000_3_Degree_GK_Zone_32", "gbk"},
		{"chinese_formats/gbk_cpg_epsg4541_cm96E_noprefix", 9, 11, 495, "CGCS2000_3_Degree_GK_CM_96E", "gbk"},
		{"chinese_formats/gbk_nocpg_epsg4490", 155, 187, 14479, "China_Geodetic_Coordinate_System_2000", "gb18030"},
		{"chinese_formats/gbk_nocpg_noprj_zone32", 9, 11, 495, "", "gb18030"},
		{"chinese_formats/osm_provinces_gbk_cpg", 5, 7, 5857, "China_Geodetic_Coordinate_System_2000", "gbk"},
		{"chinese_formats/osm_provinces_gbk_nocpg", 5, 7, 5857, "China_Geodetic_Coordinate_System_2000", "gb18030"},
		{"chinese_formats/utf8_cpg_epsg4490", 155, 187, 14479, "China_Geodetic_Coordinate_System_2000", "utf-8"},
	}
	for _, c := range cases {
		t.Run(c.path, func(t *testing.T) {
			schema, rows := load(t, check.Data(t, c.path), Options{})
			rings, vertices := count(rows)
			if len(rows) != c.features || rings != c.rings || vertices != c.vertices {
				t.Errorf("%d features, %d rings, %d vertices; want %d, %d, %d", len(rows), rings, vertices, c.features, c.rings, c.vertices)
			}
			if schema.Count != int64(c.features) || !strings.Contains(schema.CRS, c.crs) || (c.crs == "") != (schema.CRS == "") || schema.Encoding != c.encoding {
				t.Errorf("count %d, encoding %s, crs %.60q", schema.Count, schema.Encoding, schema.CRS)
			}
			for i, row := range rows {
				if row.Row != int64(i+1) || len(row.Feature.Properties) != len(schema.Fields) {
					t.Fatalf("row %d of %d has %d of %d properties", row.Row, i, len(row.Feature.Properties), len(schema.Fields))
				}
			}
		})
	}
}

func TestChineseText(t *testing.T) {
	for _, path := range []string{"chinese_formats/osm_provinces_gbk_cpg", "chinese_formats/osm_provinces_gbk_nocpg"} {
		schema, rows := load(t, check.Data(t, path), Options{})
		if p := string(rows[0].Feature.Properties.AppendJSON(nil)); !strings.Contains(p, "青海省") && !strings.Contains(p, "省") {
			t.Errorf("%s: fields %v, first row %s", path, schema.Fields, p)
		}
	}
	want := string(first(t, "chinese_formats/gbk_cpg_epsg4490", Options{}).AppendJSON(nil))
	for _, c := range []struct{ path, encoding string }{
		{"chinese_formats/gbk_nocpg_epsg4490", ""},
		{"chinese_formats/gbk_nocpg_epsg4490", "auto"},
		{"chinese_formats/gbk_nocpg_epsg4490", "GBK"},
		{"chinese_formats/gbk_nocpg_epsg4490", "gb18030"},
	} {
		if got := string(first(t, c.path, Options{Encoding: c.encoding}).AppendJSON(nil)); got != want {
			t.Errorf("%s as %q: %s", c.path, c.encoding, got)
		}
	}
	// The UTF-8 edition has other names, cut at 10 bytes, but the same values.
	p, q := first(t, "chinese_formats/utf8_cpg_epsg4490", Options{}), first(t, "chinese_formats/gbk_cpg_epsg4490", Options{})
	for i := range p {
		if p[i].Value != q[i].Value {
			t.Errorf("%s %v, %s %v", p[i].Name, p[i].Value, q[i].Name, q[i].Value)
		}
		if strings.Contains(p[i].Name, "\uFFFD") || !strings.HasPrefix(q[i].Name, strings.TrimRight(p[i].Name, "_0123456789")) {
			t.Errorf("names %q and %q", p[i].Name, q[i].Name)
		}
	}
}

func first(t *testing.T, path string, opt Options) feature.Properties {
	t.Helper()
	_, rows := load(t, check.Data(t, path), opt)
	return rows[0].Feature.Properties
}

// What comes of every shapefile of the messy folders: how many rows and the
// first one's properties, or words of the error.
func TestMessyFiles(t *testing.T) {
	const island = `"NAME":"Staten Island"`
	type outcome struct {
		rows     int
		says     string // in the error, else in the first row's properties
		encoding string
	}
	want := map[string]outcome{
		"mapshaper/166/a_utm.shp":                          {1, island, "utf-8"},
		"mapshaper/166/b_utm.shp":                          {1, island, "utf-8"},
		"mapshaper/166/c_utm.shp":                          {1, island, "utf-8"},
		"mapshaper/166/d_geo.shp":                          {1, island, "utf-8"},
		"mapshaper/166/e_merc.shp":                         {1, island, "utf-8"},
		"mapshaper/cpg/big5.shp":                           {1, `{"NAME":"國語"}`, "big5"},
		"mapshaper/invalid_coords/invalid_coordinates.shp": {1, `"COMMON_NAM":"WHITE SPRUCE"`, "utf-8"},
		"mapshaper/ldid/chinese.shp":                       {1, `{"NAME":"简体"}`, "gbk"},
		"shapefile_js/SHP_Exclude.zip":                     {1, `"FarmName":"Vliegen"`, "utf-8"},
		"shapefile_js/T8Th4_6n.zip":                        {1, `{"name":"1974.1004"}`, "utf-8"},
		"shapefile_js/badzip.zip":                          {0, "not a readable zip archive", ""},
		"shapefile_js/codepage.zip":                        {2, `{"field":"??"}`, "windows-1250"},
		"shapefile_js/htmlprj.shp":                         {2, `{"field":"💩"}`, "utf-8"},
		"shapefile_js/mixedcase.zip":                       {40, `"SEN_DIST":"First Worcester"`, "utf-8"},
		"shapefile_js/no-dbf.zip":                          {14, "{}", ""},
		"shapefile_js/noshp.zip":                           {0, "no shapefile (.shp) found", ""},
		"shapefile_js/qgis.zip":                            {2, `{"FID":0}`, "utf-8"},
		"shapefile_js/utf.zip":                             {2, `{"field":"💩"}`, "utf-8"},
		"shapefile_js/zero-len-line.zip":                   {3, `"TYPEPIPE":"Interstate"`, "utf-8"},
	}
	eachMessy(t, []string{".shp", ".zip"}, func(t *testing.T, name, path string) {
		w, ok := want[name]
		if !ok {
			t.Fatal("no outcome is listed")
		}
		r, err := Open(path, Options{})
		if err != nil {
			if w.rows > 0 || !strings.Contains(err.Error(), w.says) {
				t.Fatal(err)
			}
			return
		}
		defer r.Close()
		rows, bad, err := drain(r)
		if err != nil || len(bad) > 0 || len(rows) != w.rows || r.Schema().Encoding != w.encoding {
			t.Fatalf("%d rows as %s, bad %v, error %v", len(rows), r.Schema().Encoding, bad, err)
		}
		if p := string(rows[0].Feature.Properties.AppendJSON(nil)); !strings.Contains(p, w.says) {
			t.Error(p)
		}
	})
}

// The tables alone: many have no .shp beside them.
func TestMessyTables(t *testing.T) {
	want := map[string]string{ // first row, or names where there is none
		"mapshaper/166/a_utm.dbf":  `"POSTAL":"10305"`,
		"mapshaper/166/b_utm.dbf":  `"POSTAL":"10304"`,
		"mapshaper/166/c_utm.dbf":  `"POSTAL":"10304"`,
		"mapshaper/166/d_geo.dbf":  `"POSTAL":"10304"`,
		"mapshaper/166/e_merc.dbf": `"POSTAL":"10304"`,
		// Nothing says Big5, and the bytes are valid GB18030: only the option helps.
		"mapshaper/big5.dbf":                               `{"NAME":"羉砰瓣粂"}`,
		"mapshaper/cpg/big5.dbf":                           `{"NAME":"國語"}`,
		"mapshaper/cpg/euckr.dbf":                          `{"NAME":"한국말"}`,
		"mapshaper/cpg/koi8r.dbf":                          `{"NAME":"русский"}`,
		"mapshaper/cpg/latin2.dbf":                         `{"NAME":"čeština"}`,
		"mapshaper/cpg/shiftjis.dbf":                       `{"NAME":"カタカナひらがな"}`,
		"mapshaper/cpg/utf16.dbf":                          `[{i integer} {N string}]`,
		"mapshaper/cpg/win1251.dbf":                        `{"NAME":"РУССКИЙ"}`,
		"mapshaper/cpg/win874.dbf":                         `{"NAME":"ภาษาไทย"}`,
		"mapshaper/duplicate_fields.dbf":                   `"unemployed_2":0,"not_in_lab_2":0`,
		"mapshaper/gb2312.dbf":                             `{"NAME":"简体国语"}`,
		"mapshaper/gbk.dbf":                                `{"NAME":"简体国语"}`,
		"mapshaper/invalid_coords/invalid_coordinates.dbf": `"SUFFIX":null`,
		"mapshaper/ldid/chinese.dbf":                       `{"NAME":"简体"}`,
		"shapefile_js/htmlprj.dbf":                         `{"field":"💩"}`,
	}
	eachMessy(t, []string{".dbf"}, func(t *testing.T, name, path string) {
		got := firstRecord(t, path, "")
		if w, ok := want[name]; !ok || !strings.Contains(got, w) {
			t.Errorf("%s", got)
		}
	})
	t.Run("explicit", func(t *testing.T) {
		if got := firstRecord(t, check.Data(t, "messy/mapshaper/big5.dbf"), "Big5"); got != `{"NAME":"繁體國語"}` {
			t.Error(got)
		}
	})
}

func eachMessy(t *testing.T, exts []string, visit func(t *testing.T, name, path string)) {
	root := check.Data(t, "messy")
	for _, dir := range []string{"mapshaper", "shapefile_js"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !slices.Contains(exts, strings.ToLower(filepath.Ext(path))) {
				return err
			}
			rel, err := filepath.Rel(root, path)
			name := filepath.ToSlash(rel)
			t.Run(name, func(t *testing.T) { visit(t, name, path) })
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// firstRecord returns the first record of a table as JSON, after its names when
// it has no record.
func firstRecord(t *testing.T, path, encoding string) string {
	t.Helper()
	s, err := listFolder(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	stem, _ := split(filepath.Base(path))
	r := &Reader{data: &dataset{source: s, stem: stem}, shp: &shapeReader{expect: -1}}
	if err := r.openTable(Options{Encoding: encoding}); err != nil {
		t.Fatal(err)
	}
	defer r.table.close()
	cells, _, err := r.table.next()
	if err == io.EOF {
		return fmt.Sprint(r.schema.Fields, r.notes.list())
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(r.properties(cells, 1).AppendJSON(nil))
}
