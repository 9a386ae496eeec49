package jobs

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"tuban/engine"
	"tuban/feature"
	"tuban/internal/check"
	"tuban/overlap"
)

// openEngine opens an empty data set.
func openEngine(t *testing.T) *engine.Engine {
	t.Helper()
	e, err := engine.Open(context.Background(), t.TempDir(), engine.Options{Derived: []engine.Derived{overlap.Shapes{}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// run imports into an engine.
func run(t *testing.T, e *engine.Engine, im Import) (Report, error) {
	t.Helper()
	sink, err := im.IntoEngine(context.Background(), e)
	if err != nil {
		return Report{}, err
	}
	return im.Run(context.Background(), sink)
}

func mustRun(t *testing.T, e *engine.Engine, im Import) (Report, *engine.LayerView) {
	t.Helper()
	r, err := run(t, e, im)
	if err != nil {
		t.Fatalf("%v: %v", im.Files, err)
	}
	l, ok := e.View().Layer(im.Layer)
	if !ok || int64(l.Len()) != r.Written {
		t.Fatalf("%v: %d written, layer there %v", im.Files, r.Written, ok)
	}
	return r, l
}

// TestImportRealFiles imports files that nobody here made and compares the
// counts with what GDAL counts (shared/data/SOURCES.md).
func TestImportRealFiles(t *testing.T) {
	for _, c := range []struct {
		file    string
		layer   string // inside the file
		want    int64
		crs     string
		hasText string // "field=value" that some feature has
	}{
		{"osm/liechtenstein_20211028.gpkg", "landuse", 3159, "", "landuse=forest"},
		{"cadastre/cambridge_parcels_fy2014.shp.zip", "", 13115, "", ""},
		{"cadastre/cambridge_parcels_fy2013.fgb", "", 13159, "", ""},
		{"admin/france_communes_2017.shp.zip", "", 35927, "", "nom=Ambérieu-en-Bugey"},
		{"big/land_norway_kazakhstan_nepal_bhutan_kyrgyzstan.geojson.gz", "", 5, "", ""},
		{"chinese_formats/gbk_cpg_epsg4490", "", 155, "", ""},
		{"chinese_formats/gbk_nocpg_epsg4490", "", 155, "", ""},
		{"chinese_formats/utf8_cpg_epsg4490", "", 155, "", ""},
		{"chinese_formats/gbk_cpg_epsg4518_zone30", "", 142, "", ""},
		{"chinese_formats/gbk_cpg_epsg4520_zone32", "", 9, "", ""},
		{"chinese_formats/gbk_cpg_epsg4541_cm96E_noprefix", "", 9, "", ""},
		{"chinese_formats/gbk_nocpg_noprj_zone32", "", 9, "EPSG:4520", ""},
		{"chinese_formats/osm_provinces_gbk_cpg", "", 5, "", "=青海省"},
		{"chinese_formats/osm_provinces_gbk_nocpg", "", 5, "", "=青海省"},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			name := check.Data(t, c.file)
			if c.layer != "" {
				name += "#" + c.layer
			}
			r, l := mustRun(t, openEngine(t), Import{Files: []string{name}, Layer: "l", CRS: c.crs})
			if r.Read != c.want || r.Written != c.want || r.Refused != 0 {
				t.Errorf("read %d, written %d, refused %d, want %d", r.Read, r.Written, r.Refused, c.want)
			}
			if c.hasText != "" && !hasText(l, c.hasText) {
				t.Errorf("no feature has %s; fields %v", c.hasText, l.Layer().Fields)
			}
		})
	}
}

// hasText looks for "field=value"; without a field any field will do.
func hasText(l *engine.LayerView, want string) bool {
	field, value, _ := strings.Cut(want, "=")
	found := false
	l.Ascend(0, func(s feature.Slot) bool {
		for _, p := range l.Properties(s) {
			if (field == "" || p.Name == field) && p.Value.String() == value {
				found = true
			}
		}
		return !found
	})
	return found
}

// TestSameInEveryFormat imports one set of polygons from four formats, one of
// them in Web Mercator: the same features, the same area to 1 m².
func TestSameInEveryFormat(t *testing.T) {
	var first Report
	for i, suffix := range []string{".geojson", ".fgb", ".shp.zip", "_3857.gpkg"} {
		name := check.Data(t, "formats/liechtenstein_landuse_subset"+suffix)
		r, _ := mustRun(t, openEngine(t), Import{Files: []string{name}, Layer: "l"})
		t.Logf("%-12s %d features, %.6f m²", suffix, r.Written, r.AreaM2)
		if i == 0 {
			first = r
		}
		if r.Written != 845 || math.Abs(r.AreaM2-first.AreaM2) > 1 {
			t.Errorf("%s: %d features of %.4f m², want 845 of %.4f", suffix, r.Written, r.AreaM2, first.AreaM2)
		}
	}
}

// TestSamePlaceInEveryCRS compares the polygons that lie in several of the
// Chinese folders: degrees, zones with and without prefix, and no .prj at all.
func TestSamePlaceInEveryCRS(t *testing.T) {
	var want map[string]float64
	for _, c := range []struct{ folder, crs string }{
		{"gbk_cpg_epsg4520_zone32", ""}, {"gbk_cpg_epsg4541_cm96E_noprefix", ""}, {"gbk_nocpg_noprj_zone32", "EPSG:4520"},
	} {
		_, l := mustRun(t, openEngine(t), Import{Files: []string{check.Data(t, "chinese_formats/"+c.folder)}, Layer: "l", CRS: c.crs})
		got := map[string]float64{}
		l.Ascend(0, func(s feature.Slot) bool {
			b := l.Bound(s)
			got[fmt.Sprintf("%.7f %.7f", b.Min[0], b.Min[1])] = l.Area(s)
			return true
		})
		if want == nil {
			want = got
		}
		if len(got) != 9 {
			t.Errorf("%s: %d polygons", c.folder, len(got))
		}
		for k, a := range got {
			if w, ok := want[k]; !ok || math.Abs(w-a) > 1e-3 {
				t.Errorf("%s: polygon at %s has %.4f m², want %.4f (%v)", c.folder, k, a, w, ok)
			}
		}
	}
}

// TestNoCRS refuses a Shapefile without .prj and says what it may be in.
func TestNoCRS(t *testing.T) {
	e := openEngine(t)
	_, err := run(t, e, Import{Files: []string{check.Data(t, "chinese_formats/gbk_nocpg_noprj_zone32")}, Layer: "l"})
	if err == nil || !strings.Contains(err.Error(), "EPSG:4520") {
		t.Errorf("error %v does not point to EPSG:4520", err)
	}
	if _, ok := e.View().Layer("l"); ok || e.View().Seq() != 0 {
		t.Error("a refused import left a layer")
	}
}
