package tiles

import (
	"archive/zip"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/internal/check"
)

// geoJSON reads a FeatureCollection or a single Feature into a layer.
func geoJSON(t testing.TB, id feature.LayerID, kind feature.Kind, name string) *memory {
	t.Helper()
	f, err := os.Open(check.Data(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	type object struct {
		Geometry struct {
			Type        string
			Coordinates json.RawMessage
		}
	}
	var file struct {
		object
		Features []object
	}
	if err := json.NewDecoder(r).Decode(&file); err != nil {
		t.Fatal(err)
	}
	if file.Geometry.Type != "" {
		file.Features = append(file.Features, file.object)
	}
	l := newMemory(id, kind)
	for _, o := range file.Features {
		var g orb.Geometry
		switch o.Geometry.Type {
		case "Polygon":
			g = decoded[orb.Polygon](t, o.Geometry.Coordinates)
		case "MultiPolygon":
			g = decoded[orb.MultiPolygon](t, o.Geometry.Coordinates)
		default:
			continue
		}
		l.add(g)
		l.features[len(l.features)-1].NeedsRepair = needsRepair(g)
	}
	return l
}

func decoded[T any](t testing.TB, text []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// shapes reads the polygons of a zipped shapefile; all rings of a record become
// one polygon, for the even-odd rule tells shells from holes.
func shapes(t testing.TB, id feature.LayerID, kind feature.Kind, name string) *memory {
	t.Helper()
	archive, err := zip.OpenReader(check.Data(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	at := slices.IndexFunc(archive.File, func(f *zip.File) bool { return strings.HasSuffix(f.Name, ".shp") })
	f, err := archive.File[at].Open()
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	number := func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }
	l := newMemory(id, kind)
	for data = data[100:]; len(data) > 8; {
		n := 8 + 2*int(binary.BigEndian.Uint32(data[4:]))
		record := data[8:n]
		data = data[n:]
		if binary.LittleEndian.Uint32(record) != 5 {
			continue
		}
		parts, points := int(binary.LittleEndian.Uint32(record[36:])), int(binary.LittleEndian.Uint32(record[40:]))
		p := make(orb.Polygon, parts)
		for i, ring := 0, -1; i < points; i++ {
			for ring+1 < parts && int(binary.LittleEndian.Uint32(record[44+4*(ring+1):])) == i {
				ring++
			}
			xy := record[44+4*parts+16*i:]
			p[ring] = append(p[ring], orb.Point{number(xy), number(xy[8:])})
		}
		l.add(p)
	}
	return l
}

func needsRepair(g orb.Geometry) bool {
	for _, p := range geom.Validate(g, 0) {
		if p.NeedsRepair() {
			return true
		}
	}
	return false
}

// TestRealTiles renders the tiles of real layers over zooms, twice, and validates
// each; a third of them without -long. The communes are read as one ring list a feature, without telling which
// need repair.
func TestRealTiles(t *testing.T) {
	tests := []struct {
		name   string
		layer  func(*testing.T) *memory
		within orb.Bound // zero: all
		z0, z1 uint8
		most   int // tiles of a zoom; beyond that every n-th is taken
	}{
		{"land use", func(t *testing.T) *memory {
			return geoJSON(t, "real", feature.KindReference, "formats/liechtenstein_landuse_subset.geojson")
		}, orb.Bound{}, 6, 16, 60},
		{"provinces", func(t *testing.T) *memory {
			return geoJSON(t, "real", feature.KindReference, "admin/osm_qinghai_gansu_sichuan_ningxia_shaanxi_high.geojson")
		}, orb.Bound{}, 0, 18, 5},
		{"countries of 148,000 vertices", func(t *testing.T) *memory {
			return geoJSON(t, "real", feature.KindAdmin, "big/land_norway_kazakhstan_nepal_bhutan_kyrgyzstan.geojson.gz")
		}, orb.Bound{}, 0, 10, 2},
		{"communes", func(t *testing.T) *memory {
			return shapes(t, "real", feature.KindAdmin, "admin/france_communes_2017.shp.zip")
		}, orb.Bound{Min: orb.Point{-4, 43}, Max: orb.Point{7, 50}}, 5, 13, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := tt.layer(t)
			b := l.bounds[0]
			for _, o := range l.bounds {
				b = b.Union(o)
			}
			if tt.within != (orb.Bound{}) {
				b = tt.within
			}
			if !*long {
				tt.most = (tt.most + 2) / 3
			}
			tiles, drawn, largest := 0, 0, 0
			for z := tt.z0; z <= tt.z1; z++ {
				cover := WebMercatorQuad.Cover(b, z)
				step, w := cover.Len()/tt.most+1, int(cover.MaxX-cover.MinX)+1
				for i := step / 2; i < cover.Len(); i += step {
					a := Address{Z: z, X: cover.MinX + uint32(i%w), Y: cover.MinY + uint32(i/w)}
					tile, decoded := render(t, a, Options{}, l)
					tiles++
					largest = max(largest, len(tile.Data))
					if d := decoded.Layer("real"); d != nil {
						drawn += len(d.Features)
					}
				}
			}
			t.Logf("%d features: %d tiles valid, %d features drawn, the largest tile has %d bytes", len(l.features), tiles, drawn, largest)
		})
	}
}
