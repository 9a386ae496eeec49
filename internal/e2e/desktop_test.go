package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// python returns a Python that has QGIS.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(name, "-c", "import qgis.core").Run() == nil {
			return name
		}
	}
	t.Skip("not installed: python3 with qgis")
	return ""
}

// TestQGISPaintsTheCity draws the layers with QGIS, which leaves out polygons
// whose rings wind the wrong way. The land classes cover everything, in tiles of
// the whole city too, where small parcels are merged; the others must show.
func TestQGISPaintsTheCity(t *testing.T) {
	wanted(t)
	py := python(t)
	c := startCity(t)
	lon, lat := c.patch(t)
	for _, v := range []struct {
		name, layers, layer      string
		west, south, east, north float64
		least                    float64 // share of the picture that is painted
	}{
		{"parcels of the city", "dltb", "dltb", 94.60, 36.28, 95.20, 36.52, 0.995},
		{"parcels of the town", "dltb", "dltb", 94.82, 36.35, 95.00, 36.45, 0.995},
		{"parcels of the oasis", "dltb", "dltb", 94.78, 36.42, 94.88, 36.48, 0.995},
		{"parcels of a street", "dltb", "dltb", 94.895, 36.395, 94.915, 36.41, 0.995},
		{"units", "xzq", "xzq", 94.60, 36.28, 95.20, 36.52, 0.995},
		{"red line", "stbhhx", "stbhhx", 94.50, 36.20, 95.30, 36.60, 0.10},
		{"two layers in one tile", "dltb,yjjbnt", "yjjbnt", 94.60, 36.38, 95.20, 36.52, 0.15},
		{"a patch", "tuban", "tuban", lon - 0.003, lat - 0.002, lon + 0.003, lat + 0.002, 0.005},
	} {
		t.Run(v.name, func(t *testing.T) {
			qgis(t, py, c, v.name, v.layers, v.layer, [4]float64{v.west, v.south, v.east, v.north}, v.least)
		})
	}
}

// qgis draws a layer of the tiles of some layers within west, south, east, north
// and wants a share of the picture to be painted.
func qgis(t *testing.T, py string, c city, name, layers, layer string, box [4]float64, least float64) {
	t.Helper()
	out := output(t, "qgis-"+regexp.MustCompile(`\W+`).ReplaceAllString(name, "-")+".png")
	args := []string{filepath.Join("testdata", "qgis_tiles.py"), c.url + "/mvt/" + layers + "/{z}/{x}/{y}", layer}
	for _, f := range box {
		args = append(args, strconv.FormatFloat(f, 'f', -1, 64))
	}
	cmd := exec.Command(py, append(args, "16", out)...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaints.String())
	}
	var r struct {
		Valid          bool
		Painted, Total float64
	}
	check(t, json.Unmarshal(text, &r))
	t.Logf("%.2f %% painted; picture: %s", 100*r.Painted/r.Total, out)
	if !r.Valid || r.Painted < least*r.Total {
		t.Errorf("valid %v, painted %.2f %% of the picture, want %.2f %%", r.Valid, 100*r.Painted/r.Total, 100*least)
	}
}

// patch returns a place on the first change patch's border.
func (c city) patch(t *testing.T) (lon, lat float64) {
	t.Helper()
	_, body, err := c.get("/collections/tuban/items?limit=1")
	check(t, err)
	var page struct {
		Features []struct {
			Geometry struct{ Coordinates [][][2]float64 }
		}
	}
	check(t, json.Unmarshal(body, &page))
	at := page.Features[0].Geometry.Coordinates[0][0]
	return at[0], at[1]
}

// tileAt is the address of the tile that holds a place.
func tileAt(lon, lat float64, z int) (x, y int) {
	n := math.Exp2(float64(z))
	s := math.Sin(lat * math.Pi / 180)
	return int((lon + 180) / 360 * n), int((0.5 - math.Log((1+s)/(1-s))/(4*math.Pi)) * n)
}

// TestGDALReadsATile reads fetched tiles with GDAL's MVT driver.
func TestGDALReadsATile(t *testing.T) {
	wanted(t)
	ogrinfo := program(t, "ogrinfo")
	c := startCity(t)
	for _, v := range []struct {
		layer string
		z     int
	}{{"dltb", 8}, {"dltb", 12}, {"dltb", 15}, {"yjjbnt", 11}, {"stbhhx", 9}, {"czkfbj", 12}, {"xzq", 10}, {"tuban", 14}} {
		t.Run(fmt.Sprintf("%s/%d", v.layer, v.z), func(t *testing.T) {
			lon, lat := 94.9, 36.4
			switch v.layer {
			case "yjjbnt":
				lon, lat = 94.8, 36.44
			case "tuban":
				lon, lat = c.patch(t)
			}
			gdal(t, ogrinfo, c, v.layer, v.z, lon, lat)
		})
	}
}

// gdal reads the tile that holds a place with GDAL and wants polygons in it.
func gdal(t *testing.T, ogrinfo string, c city, layer string, z int, lon, lat float64) {
	t.Helper()
	x, y := tileAt(lon, lat, z)
	status, body, err := c.get(fmt.Sprintf("/mvt/%s/%d/%d/%d", layer, z, x, y))
	check(t, err)
	if status != http.StatusOK || len(body) == 0 {
		t.Fatalf("status %d, %d bytes", status, len(body))
	}
	if len(body) > 500_000 {
		t.Errorf("the tile has %d bytes, 500,000 at most", len(body))
	}
	path := filepath.Join(t.TempDir(), "tile.mvt")
	check(t, os.WriteFile(path, body, 0o644))
	cmd := exec.Command(ogrinfo, "-al", "-so", path, "-oo", fmt.Sprint("X=", x), "-oo", fmt.Sprint("Y=", y), "-oo", fmt.Sprint("Z=", z), layer)
	text, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	count := regexp.MustCompile(`Feature Count: (\d+)`).FindSubmatch(text)
	if count == nil || string(count[1]) == "0" || !regexp.MustCompile(`Geometry: (Multi )?Polygon`).Match(text) {
		t.Errorf("ogrinfo says:\n%s", text)
	} else {
		t.Logf("%d bytes, %s features", len(body), count[1])
	}
}
