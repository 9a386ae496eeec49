package tiles

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// TestGDALReadsTheGrids: GDAL's MVT driver, told the grid as its own metadata has
// it, finds a box at its place. GDAL takes no grid of two tiles at zoom 0: it is
// told the grid of degrees as Tianditu numbers it, one level more, whose level 0
// would be one square of 360 degrees.
func TestGDALReadsTheGrids(t *testing.T) {
	ogr, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Skip("ogr2ogr is not here")
	}
	box := orb.Bound{Min: orb.Point{94.90, 36.39}, Max: orb.Point{94.92, 36.41}}
	l := newMemory("patch", feature.KindPatch, "state").add(box.ToPolygon(), feature.StringValue("待核查"))
	for _, tt := range []struct {
		grid     Grid
		z        uint8
		metadata string
	}{
		{WebMercatorQuad, 10, `"crs":"EPSG:3857"`},
		{CGCS2000Quad, 9, `"crs":"EPSG:4490","tile_origin_upper_left_x":-180,"tile_origin_upper_left_y":90,"tile_dimension_zoom_0":360,"tile_matrix_width_zoom_0":1,"tile_matrix_height_zoom_0":1`},
	} {
		t.Run(tt.grid.String(), func(t *testing.T) {
			var a Address
			tt.grid.Cover(orb.Point{94.91, 36.40}.Bound(), tt.z).Each(func(c Address) bool {
				if c.Bound().Contains(orb.Point{94.91, 36.40}) {
					a = c
				}
				return true
			})
			tile, _ := render(t, a, Options{}, l)
			dir := t.TempDir()
			level := tt.grid.ScaleZoom(a.Z)
			zoom := filepath.Join(dir, fmt.Sprint(level))
			path := filepath.Join(zoom, fmt.Sprint(a.X), fmt.Sprint(a.Y)+".pbf")
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			meta := fmt.Sprintf(`{"name":"t","version":"2","minzoom":"%d","maxzoom":"%d","format":"pbf",%s,"json":"{\"vector_layers\":[{\"id\":\"patch\",\"fields\":{\"state\":\"String\",\"id\":\"String\"}}]}"}`, level, level, tt.metadata)
			for name, text := range map[string][]byte{path: tile.Data, filepath.Join(dir, "metadata.json"): []byte(meta)} {
				if err := os.WriteFile(name, text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			out, err := exec.Command(ogr, "-f", "GeoJSON", "-t_srs", "OGC:CRS84", "/vsistdout/", "MVT:"+zoom, "-oo", "METADATA_FILE="+filepath.Join(dir, "metadata.json"), "patch").Output()
			if err != nil {
				t.Fatal(err, string(out))
			}
			got := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
			for _, m := range regexp.MustCompile(`\[ (9[0-9.]+), (3[0-9.]+)`).FindAllStringSubmatch(string(out), -1) {
				x, _ := strconv.ParseFloat(m[1], 64)
				y, _ := strconv.ParseFloat(m[2], 64)
				got = got.Extend(orb.Point{x, y})
			}
			unit := 1.5 * (a.Bound().Max[0] - a.Bound().Min[0]) / extent
			for i := range 2 {
				if math.Abs(got.Min[i]-box.Min[i]) > unit || math.Abs(got.Max[i]-box.Max[i]) > unit {
					t.Fatalf("GDAL has the box at %v, it is at %v\n%s", got, box, out)
				}
			}
		})
	}
}
