package crs

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tuban/internal/check"
)

func TestParseCodes(t *testing.T) {
	for text, want := range map[string]string{
		"EPSG:4490": "EPSG:4490", "epsg:4520": "EPSG:4520", " 4541\n": "EPSG:4541", "\ufeffEPSG:4326": "EPSG:4326",
		"urn:ogc:def:crs:EPSG::4490": "EPSG:4490", "urn:ogc:def:crs:EPSG:9.8.15:4518": "EPSG:4518",
		"urn:x-ogc:def:crs:EPSG:4326":                  "EPSG:4326",
		"http://www.opengis.net/def/crs/EPSG/0/4490":   "EPSG:4490",
		"https://www.opengis.net/def/crs/EPSG/0/3857":  "EPSG:3857",
		"<http://www.opengis.net/def/crs/EPSG/0/4490>": "EPSG:4490",
		"http://www.opengis.net/gml/srs/epsg.xml#4326": "EPSG:4326",
		"OGC:CRS84":                     "OGC:CRS84",
		"CRS84":                         "OGC:CRS84",
		"CRS:84":                        "OGC:CRS84",
		"urn:ogc:def:crs:OGC:1.3:CRS84": "OGC:CRS84",
		"urn:ogc:def:crs:OGC::CRS84":    "OGC:CRS84",
		"http://www.opengis.net/def/crs/OGC/1.3/CRS84": "OGC:CRS84",
		"[EPSG:4490]": "EPSG:4490",
		"EPSG:900913": "EPSG:3857",
	} {
		c, err := Parse(text)
		if err != nil || c.String() != want {
			t.Errorf("%q: %v, %v, want %s", text, c, err, want)
			continue
		}
		if back, err := Parse(c.String()); err != nil || back != c {
			t.Errorf("%v doesn't come back: %v, %v", c, back, err)
		}
	}
}

func TestParseRefusals(t *testing.T) {
	for _, c := range []struct{ text, name, says string }{
		{"", "", "nothing is said"},
		{"EPSG:3395", "EPSG:3395", "ogr2ogr -t_srs EPSG:4490 out.gpkg in.shp"},
		{"EPSG:26986", "EPSG:26986", "reproject it first"},
		{"3035", "EPSG:3035", "reproject it first"},
		{"EPSG:2349", "EPSG:2349", "secret"},
		{"urn:ogc:def:crs:EPSG::4214", "EPSG:4214", "secret"},
		{"EPSG:4490000000000000000000", "EPSG:4490000000000000000000", "reproject"},
		{"ESRI:102025", "ESRI:102025", "reproject"},
		{"Xian 80", "Xian 80", "reproject"},
		{"<!DOCTYPE html><html>", "", "HTML"},
		{`GEOGCS["WGS 84"`, `GEOGCS["WGS 84"`, "broken"},
		{`GEOGCS["x",[`, `GEOGCS["x",[`, "broken"},
		{strings.Repeat("A[", 100000), "", "broken"},
		{`LOCAL_CS["site grid",UNIT["metre",1]]`, "site grid", "reproject"},
		{`PROJCS["no base",PROJECTION["Transverse_Mercator"],UNIT["metre",1]]`, "no base", "reproject"},
		{`GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Paris",2.33],UNIT["Degree",0.0174532925199433]]`,
			"GCS_China_Geodetic_Coordinate_System_2000", "prime meridian"},
		{`GEOGCS["grads",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0],UNIT["Grad",0.0157079632679489]]`,
			"grads", "unit is not the degree"},
		{gkWKT("own zone", "401000.0", "97.5", "1.0"), "own zone", "no Gauss-Krüger zone has"},
		{gkWKT("scaled", "500000.0", "96.0", "0.9996"), "scaled", "no standard Gauss-Krüger zone"},
		{strings.TrimSuffix(gkWKT("wrong code", "500000.0", "96.0", "1.0"), "]") + `,AUTHORITY["EPSG","4540"]]`, "wrong code", "its code says EPSG:4540"},
	} {
		got, err := Parse(c.text)
		var u *UnsupportedError
		if !errors.Is(err, ErrUnsupported) || !errors.As(err, &u) {
			t.Errorf("%.40q: %v, %v", c.text, got, err)
			continue
		}
		if c.name != "" && u.Name != c.name || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.40q: name %q, text %q; want %q and %q", c.text, u.Name, err, c.name, c.says)
		}
	}
}

func gkWKT(name, falseEasting, central, scale string) string {
	return `PROJCS["` + name + `",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],` +
		`PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",` + falseEasting +
		`],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",` + central + `],PARAMETER["Scale_Factor",` + scale +
		`],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
}

// rootCode is the code at the end of a system's text.
var rootCode = regexp.MustCompile(`,(AUTHORITY|ID)\["EPSG","?\d+"?\]\]$`)

// GDAL's texts of the same systems in four flavours, with and without the code:
// ours are recognised, others refused by name.
func TestParseWKTFlavours(t *testing.T) {
	for _, line := range testLines(t, "wkt.txt") {
		head := strings.SplitN(line, " ", 3)
		code, err := strconv.Atoi(head[0])
		if err != nil {
			t.Fatal(err)
		}
		_, err = FromEPSG(code)
		ours := err == nil
		texts := []string{head[2]}
		if bare := rootCode.ReplaceAllString(head[2], "]"); bare != head[2] {
			texts = append(texts, bare)
		}
		for _, text := range texts {
			c, err := Parse(text)
			if ours && (err != nil || c.EPSG() != code) {
				t.Errorf("EPSG:%d %s: %v, %v\n%s", code, head[1], c, err, text)
			}
			var u *UnsupportedError
			if !ours && (!errors.As(err, &u) || u.Name == "") {
				t.Errorf("EPSG:%d %s is taken as %v, %v", code, head[1], c, err)
			}
			if !ours && u.secret != secretCode(code) {
				t.Errorf("EPSG:%d %s: %v", code, head[1], err)
			}
		}
	}
}

func TestParseOddWKT(t *testing.T) {
	base := `GEOGCS("GCS_WGS_1984",DATUM("D_WGS_1984",SPHEROID("WGS_1984",6378137,298.257223563)),PRIMEM("Greenwich",0),UNIT("Degree",0.0174532925199433))`
	for text, want := range map[string]int{
		base:                  4326,
		strings.ToLower(base): 4326,
		"\r\n  " + strings.ReplaceAll(base, ",", " ,\n\t"):                        4326,
		`COMPD_CS["with heights",` + base + `,VERT_CS["h",VERT_DATUM["d",2005]]]`: 4326,
		`BOUNDCRS[SOURCECRS[` + base + `],TARGETCRS[` + base + `]]`:               4326,
		gkWKT("某市坐标", "500000.0", "96.0", "1.0"):                                  4541,
		gkWKT("CGCS2000_GK_CM_75E", "500000.0", "75.0", "1.0"):                    4502,
		gkWKT("CGCS2000_3_Degree_GK_CM_75E", "500000.0", "75.0", "1.0"):           4534,
		gkWKT(`a ""quoted"" name`, "13500000.0", "75.0", "1.0"):                   4491,
	} {
		if c, err := Parse(text); err != nil || c.EPSG() != want {
			t.Errorf("%.60q: %v, %v, want EPSG:%d", text, c, err, want)
		}
	}
}

// Every .prj of the shared Chinese files means the code that its folder names.
func TestParseChinesePRJ(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(check.Data(t, "chinese_formats"), "*", "*.prj"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no .prj: %v", err)
	}
	code := regexp.MustCompile(`epsg(\d+)`)
	for _, f := range files {
		want := "4490"
		if m := code.FindStringSubmatch(filepath.Base(f)); m != nil {
			want = m[1]
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := Parse(string(text)); err != nil || strconv.Itoa(c.EPSG()) != want {
			t.Errorf("%s: %v, %v", filepath.Base(f), c, err)
		}
	}
}

func TestParseMessyPRJ(t *testing.T) {
	for name, want := range map[string]int{
		"messy/mapshaper/ldid/chinese.prj": 4326, "messy/mapshaper/166/d_geo.prj": 4326,
		"messy/mapshaper/invalid_coords/invalid_coordinates.prj": 4326,
		"messy/mapshaper/166/e_merc.prj":                         0, "messy/mapshaper/166/a_utm.prj": 0, "messy/mapshaper/166/b_utm.prj": 0,
		"messy/shapefile_js/htmlprj.prj": 0,
	} {
		text, err := os.ReadFile(check.Data(t, name))
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(string(text))
		if want == 0 && !errors.Is(err, ErrUnsupported) || want != 0 && (err != nil || c.EPSG() != want) {
			t.Errorf("%s: %v, %v, want EPSG:%d", name, c, err, want)
		}
	}
	// landcover/alaska_trees.shp.zip
	const albers = `PROJCS["Albers",GEOGCS["GCS_North_American_1927",DATUM["D_North_American_1927",SPHEROID["Clarke_1866",6378206.4,294.978698213898]],PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]],PROJECTION["Albers"],PARAMETER["standard_parallel_1",55],UNIT["Foot_US",0.30480060960121924]]`
	if _, err := Parse(albers); err == nil || !strings.Contains(err.Error(), `"Albers"`) {
		t.Errorf("Albers: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("EPSG:4490")
	f.Add("urn:ogc:def:crs:OGC:1.3:CRS84")
	f.Add(gkWKT("CGCS2000_3_Degree_GK_CM_75E", "500000.0", "75.0", "1.0"))
	f.Add(`COMPD_CS["a",PROJCS["b",GEOGCS[]],VERT_CS["h"]]`)
	f.Add("A[\"\"\"\",1,B(2)]\u00a0")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err != nil {
			var u *UnsupportedError
			if !errors.As(err, &u) || !errors.Is(err, ErrUnsupported) || err.Error() == "" {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if back, err := Parse(c.String()); err != nil || back != c {
			t.Errorf("%q: %v doesn't come back: %v, %v", text, c, back, err)
		}
	})
}
