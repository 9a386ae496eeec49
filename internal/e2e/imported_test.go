package e2e

import (
	"os/exec"
	"testing"
	"time"

	real "tuban/internal/check"
)

// TestImportedPolygonsShow imports files that nobody here made and looks at them
// in the console, in QGIS and with GDAL.
func TestImportedPolygonsShow(t *testing.T) {
	wanted(t)
	py, ogrinfo := python(t), program(t, "ogrinfo")
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, im := range [][]string{
		{"--layer", "parcels", real.Data(t, "cadastre/cambridge_parcels_fy2014.shp.zip")},
		{"--layer", "landuse", "--class-field", "landuse", real.Data(t, "osm/liechtenstein_20211028.gpkg") + "#landuse"},
		{"--layer", "communes", real.Data(t, "admin/france_communes_2017.shp.zip")},
		{"--layer", "lakes", "--kind", "patch", real.Data(t, "chinese_formats/gbk_cpg_epsg4518_zone30")},
	} {
		if text, err := exec.Command(path, append([]string{"import", "--data", dir}, im...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", im, err, text)
		}
	}
	c := start(t, "serve", dir)
	for _, v := range []struct {
		layer    string
		box      [4]float64
		least    float64 // by PostGIS 69.37 % of the first box are parcels, 63.20 % of the second land use
		z        int
		lon, lat float64
		hash     string // of the console
	}{
		{"parcels", [4]float64{-71.13, 42.36, -71.09, 42.38}, 0.69, 15, -71.11, 42.37, "15/42.37/-71.11"},
		{"landuse", [4]float64{9.48, 47.10, 9.56, 47.20}, 0.63, 13, 9.52, 47.16, "12/47.15/9.53"},
		{"communes", [4]float64{1, 46, 4, 48}, 0.95, 9, 2.4, 47, "7/47/2.4"},
		{"lakes", [4]float64{88.5, 32, 91.5, 35}, 0.0005, 12, 91.066, 33.45, "7/33.5/90.5"},
	} {
		t.Run(v.layer, func(t *testing.T) {
			qgis(t, py, c, "imported-"+v.layer, v.layer, v.layer, v.box, v.least)
			if v.layer != "lakes" { // where one lies is the console's to find
				gdal(t, ogrinfo, c, v.layer, v.z, v.lon, v.lat)
			}
			b := chromium(t)
			p := b.open(c.url+"/console/#map="+v.hash+"&probe", 1366, 768)
			s := p.summary(60 * time.Second)
			t.Logf("drawn %v", s.Drawn)
			if s.Drawn[v.layer] == 0 {
				t.Errorf("nothing of %s is drawn", v.layer)
			}
			p.picture("console-imported-" + v.layer + ".png")
			sound(t, p, s, c.url)
		})
	}
}
