package shapefile_test

import (
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/formats/flatgeobuf"
	"tuban/formats/geopackage"
	"tuban/formats/shapefile"
	"tuban/internal/check"
)

// The same 845 polygons, as GDAL wrote them in three formats. The key is the
// OSM id with the land use, since some ways and relations share a number.
func TestSameFeatures(t *testing.T) {
	shp := readAll(t, open(shapefile.Open(check.Data(t, "formats/liechtenstein_landuse_subset.shp.zip"), shapefile.Options{})))
	f, err := os.Open(check.Data(t, "formats/liechtenstein_landuse_subset.fgb"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fgb := readAll(t, open(flatgeobuf.NewReader(f)))
	gpkg := readAll(t, open(geopackage.Open(check.Data(t, "formats/liechtenstein_landuse_subset_3857.gpkg"), geopackage.Options{})))

	if len(shp) != 845 || len(fgb) != 845 || len(gpkg) != 845 {
		t.Fatalf("%d, %d, %d features", len(shp), len(fgb), len(gpkg))
	}
	var areas [3]float64
	for id, a := range shp {
		b, c := fgb[id], gpkg[id]
		g, h, k := parts(a.Geometry), parts(b.Geometry), toDegrees(parts(c.Geometry))
		sameCoordinates(t, id, g, h)
		sameCoordinates(t, id, g, k)
		sameProperties(t, id, a.Properties, b.Properties)
		sameProperties(t, id, a.Properties, c.Properties)
		for i, m := range []orb.MultiPolygon{g, h, k} {
			areas[i] += planar(m)
		}
	}
	if areas[0] == 0 || math.Abs(areas[0]-areas[1]) > 1e-12*areas[0] || math.Abs(areas[0]-areas[2]) > 1e-9*areas[0] {
		t.Errorf("areas %v", areas)
	}
}

type reader interface {
	Next() (feature.Row, error)
	Close() error
}

func open[R reader](r R, err error) func(t *testing.T) reader {
	return func(t *testing.T) reader {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}

func readAll(t *testing.T, open func(t *testing.T) reader) map[string]feature.Feature {
	t.Helper()
	r := open(t)
	defer r.Close()
	all := map[string]feature.Feature{}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		id := value(row.Feature.Properties, "osm_id") + "/" + value(row.Feature.Properties, "landuse") + value(row.Feature.Properties, "natural")
		if _, twice := all[id]; twice {
			t.Fatalf("%s twice", id)
		}
		all[id] = row.Feature
	}
}

func value(p feature.Properties, name string) string {
	v, _ := p.Get(name)
	return v.String()
}

func parts(g orb.Geometry) orb.MultiPolygon {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}
	case orb.MultiPolygon:
		return g
	}
	return nil
}

// toDegrees undoes the spherical Mercator projection.
func toDegrees(m orb.MultiPolygon) orb.MultiPolygon {
	const radius = 6378137
	m = m.Clone()
	for _, p := range m {
		for _, r := range p {
			for i, v := range r {
				r[i] = orb.Point{v[0] / radius * 180 / math.Pi, (2*math.Atan(math.Exp(v[1]/radius)) - math.Pi/2) * 180 / math.Pi}
			}
		}
	}
	return m
}

// planar is the area in square degrees: shells less holes.
func planar(m orb.MultiPolygon) float64 {
	var sum float64
	for _, p := range m {
		for i, r := range p {
			var a float64
			for k := 1; k < len(r); k++ {
				a += (r[k-1][0]-r[0][0])*(r[k][1]-r[0][1]) - (r[k][0]-r[0][0])*(r[k-1][1]-r[0][1])
			}
			if a = math.Abs(a) / 2; i > 0 {
				a = -a
			}
			sum += a
		}
	}
	return sum
}

// sameCoordinates compares vertex by vertex; a shapefile's rings run the other
// way round, which is what its rule asks of a writer.
func sameCoordinates(t *testing.T, id string, a, b orb.MultiPolygon) {
	t.Helper()
	if len(a) != len(b) {
		t.Errorf("%s: %d and %d parts", id, len(a), len(b))
		return
	}
	for i := range a {
		if len(a[i]) != len(b[i]) {
			t.Errorf("%s, part %d: %d and %d rings", id, i, len(a[i]), len(b[i]))
			return
		}
		for k := range a[i] {
			if !near(a[i][k], b[i][k], false) && !near(a[i][k], b[i][k], true) {
				t.Errorf("%s, part %d, ring %d: other vertices", id, i, k)
			}
		}
	}
}

func near(a, b orb.Ring, reversed bool) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		q := b[i]
		if reversed {
			q = b[len(b)-1-i]
		}
		if math.Abs(a[i][0]-q[0]) > 1e-9 || math.Abs(a[i][1]-q[1]) > 1e-9 {
			return false
		}
	}
	return true
}

// sameProperties compares by name: a .dbf has names of ten bytes, GDAL writes no
// colon in them, and there is no empty text beside null.
func sameProperties(t *testing.T, id string, shp, other feature.Properties) {
	t.Helper()
	for _, p := range other {
		name := strings.ReplaceAll(p.Name[:min(10, len(p.Name))], ":", "_")
		got, ok := shp.Get(name)
		if !ok || got.String() != p.Value.String() {
			t.Errorf("%s: %s is %q and %q", id, p.Name, got, p.Value)
		}
	}
}
