package geom

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tuban/internal/check"
)

// readGeoJSON returns the polygons of a shared file.
func readGeoJSON(tb testing.TB, name string) (all []orb.Geometry) {
	tb.Helper()
	raw, err := os.ReadFile(check.Data(tb, name))
	if err != nil {
		tb.Fatal(err)
	}
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			tb.Fatal(err)
		}
		if raw, err = io.ReadAll(z); err != nil {
			tb.Fatal(err)
		}
	}
	var doc struct {
		jsonGeometry
		Geometry *jsonGeometry
		Features []struct{ Geometry *jsonGeometry }
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	members := []*jsonGeometry{&doc.jsonGeometry, doc.Geometry}
	for _, f := range doc.Features {
		members = append(members, f.Geometry)
	}
	for _, m := range members {
		if m == nil || m.Coordinates == nil {
			continue
		}
		switch m.Type {
		case "Polygon":
			var rings [][][]float64
			if json.Unmarshal(m.Coordinates, &rings) == nil {
				all = append(all, polygon(rings))
			}
		case "MultiPolygon":
			var parts [][][][]float64
			if json.Unmarshal(m.Coordinates, &parts) == nil {
				var mp orb.MultiPolygon
				for _, p := range parts {
					mp = append(mp, polygon(p))
				}
				all = append(all, mp)
			}
		}
	}
	return all
}

type jsonGeometry struct {
	Type        string
	Coordinates json.RawMessage
}

func polygon(rings [][][]float64) (p orb.Polygon) {
	for _, r := range rings {
		ring := make(orb.Ring, 0, len(r))
		for _, c := range r {
			ring = append(ring, orb.Point{c[0], c[1]})
		}
		p = append(p, ring)
	}
	return p
}

const bigFile = "big/land_norway_kazakhstan_nepal_bhutan_kyrgyzstan.geojson.gz"

// Large real geometry must be judged within 2 s, on a slow machine, too.
func TestValidateLarge(t *testing.T) {
	if raceEnabled {
		t.Skip("times are not measured under the race detector")
	}
	for _, name := range []string{bigFile,
		"messy/clc2006/CLC2006_2018418_epsg4326_invalid.geojson",
		"messy/clc2006/CLC2006_2018418_epsg3035_no_crs_member_invalid.geojson"} {
		for i, g := range readGeoJSON(t, name) {
			start := time.Now()
			problems := Validate(g, 100)
			took := time.Since(start)
			count := map[ProblemCode]int{}
			for _, p := range problems {
				count[p.Code]++
			}
			t.Logf("%s %d: %d vertices in %v: %v", name, i, VertexCount(g), took.Round(time.Millisecond), count)
			if took > 2*time.Second {
				t.Errorf("%s %d: %d vertices took %v", name, i, VertexCount(g), took)
			}
		}
	}
}

// Files of shared/data/messy: what each holds, in our words.
func TestValidateMessy(t *testing.T) {
	const dir = "messy/"
	for _, c := range []struct {
		name string
		want []ProblemCode // of all geometries together, each kind once
	}{
		{"geojson_invalid/invalid_geometries/invalid_unclosed.geojson", []ProblemCode{RingUnclosed}},
		{"geojson_invalid/invalid_geometries/invalid_less_three_unique_nodes.geojson", []ProblemCode{RingTooFew}},
		{"geojson_invalid/invalid_geometries/invalid_exterior_not_ccw.geojson", []ProblemCode{WrongWinding}},
		{"geojson_invalid/invalid_geometries/invalid_interior_not_cw.geojson", []ProblemCode{WrongWinding}},
		{"geojson_invalid/problematic_geometries/problematic_duplicate_nodes.geojson", []ProblemCode{DuplicatePt}},
		{"geojson_invalid/problematic_geometries/problematic_self_intersection_small.geojson", []ProblemCode{SelfCrossing}},
		{"geojson_invalid/problematic_geometries/problematic_self_intersection_large.geojson", []ProblemCode{SelfCrossing}},
		{"geojson_invalid/problematic_geometries/problematic_inner_and_exterior_ring_intersect.geojson", []ProblemCode{HoleOutside}},
		{"geojson_invalid/problematic_geometries/problematic_holes.geojson", nil},
		{"france/commune_14174_2017_invalid.geojson", []ProblemCode{SelfTouch, WrongWinding}},
		{"france/commune_62549_2017_invalid.geojson", []ProblemCode{SelfTouch, WrongWinding}},
		{"france/conde_en_normandie_14174_self_touching_ring.geojson", []ProblemCode{SelfTouch, WrongWinding}},
		{"clc2006/CLC2006_2018418_epsg4326_invalid.geojson", []ProblemCode{SelfTouch, WrongWinding}},
		{"mapshaper/openring.json", []ProblemCode{RingUnclosed, WrongWinding}},
	} {
		kinds := map[ProblemCode]bool{}
		for _, g := range readGeoJSON(t, dir+c.name) {
			for _, p := range Validate(g, 0) {
				kinds[p.Code] = true
			}
		}
		got := slices.Sorted(maps.Keys(kinds))
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// All polygons of messy/polygon_clipping (real issue reports of an overlay
// library): the judgement equals the exact brute force where that is quick.
func TestValidatePolygonClipping(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(check.Data(t, "messy/polygon_clipping"), "*.geojson"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	compared := 0
	for _, f := range files {
		for i, g := range readGeoJSON(t, "messy/polygon_clipping/"+filepath.Base(f)) {
			problems := Validate(g, 0)
			mp, ok := g.(orb.MultiPolygon)
			if p, single := g.(orb.Polygon); single {
				mp, ok = orb.MultiPolygon{p}, true
			}
			if !ok || VertexCount(g) > 60 {
				continue
			}
			compared++
			if got, want := needsRepair(problems), bruteNeedsRepair(mp); got != want {
				t.Errorf("%s %d: needs repair %v, want %v", filepath.Base(f), i, got, want)
			}
		}
	}
	t.Logf("%d of them compared", compared)
}

func BenchmarkValidate(b *testing.B) {
	circle := func(n int) orb.Polygon {
		r := make(orb.Ring, 0, n+1)
		for i := range n {
			a := 2 * math.Pi * float64(i) / float64(n)
			d := 1 + 0.1*math.Sin(37*a)
			r = append(r, orb.Point{106.5 + d*math.Cos(a), 29.5 + d*math.Sin(a)})
		}
		return orb.Polygon{append(r, r[0])}
	}
	for _, n := range []int{10, 60, 1000, 100000} {
		g := circle(n)
		b.Run("n="+strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Validate(g, 16)
			}
		})
	}
}

func BenchmarkLocate(b *testing.B) {
	for _, n := range []int{10, 60, 2000, 100_000} {
		g := orb.Polygon{{}}
		for i := range n {
			a := 2 * math.Pi * float64(i) / float64(n)
			g[0] = append(g[0], orb.Point{math.Cos(a), math.Sin(a)})
		}
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Locate(g, orb.Point{0.1, 0.2})
			}
		})
	}
}

// A polygon of many holes must not be quadratic in them, and neither must a
// multipolygon of many parts.
func TestValidateManyRings(t *testing.T) {
	if raceEnabled {
		t.Skip("times are not measured under the race detector")
	}
	const side = 150 // 22,500 rings
	square := func(x, y, d float64, ccw bool) orb.Ring {
		r := orb.Ring{{x, y}, {x + d, y}, {x + d, y + d}, {x, y + d}, {x, y}}
		if !ccw {
			slices.Reverse(r)
		}
		return r
	}
	holes := orb.Polygon{square(-1, -1, side+2, true)}
	var parts orb.MultiPolygon
	for i := range side * side {
		x, y := float64(i/side), float64(i%side)
		holes = append(holes, square(x+0.2, y+0.2, 0.5, false))
		parts = append(parts, orb.Polygon{square(x, y, 1, true)}) // side by side
	}
	start := time.Now()
	if got := Validate(holes, 10); len(got) != 0 {
		t.Errorf("holes: %+v", got)
	}
	got := Validate(parts, 10)
	if len(got) != 10 || needsRepair(got) {
		t.Errorf("parts: %+v", got)
	}
	parts = append(parts, orb.Polygon{square(70.25, 70.25, 0.5, true)})
	if got := Validate(parts, 10); len(got) != 10 || got[0].Code != PartsOverlap || got[0].Part != side*side {
		t.Errorf("a part in another: %+v", got)
	}
	if took := time.Since(start); took > 6*time.Second {
		t.Errorf("took %v", took)
	}
	t.Logf("three times %d rings in %v", side*side, time.Since(start))
}

// Long teeth side by side: the upright boxes of all of them meet.
func TestValidateHatching(t *testing.T) {
	if raceEnabled {
		t.Skip("times are not measured under the race detector")
	}
	const teeth = 50000
	for _, slope := range []float64{0, 0.3, 0.7, 5} {
		var r orb.Ring
		for i := range teeth {
			x := float64(i) / teeth
			r = append(r, orb.Point{x, -x / 2}, orb.Point{x + 10 + 0.5/teeth, 10*slope - x/2})
		}
		r = append(r, orb.Point{20, -50}, orb.Point{-20, -50}, r[0])
		start := time.Now()
		got := Validate(orb.Polygon{r}, 10)
		took := time.Since(start)
		t.Logf("slope %g: %d vertices in %v, %d problems", slope, len(r), took.Round(time.Millisecond), len(got))
		if took > 5*time.Second {
			t.Errorf("slope %g: took %v", slope, took)
		}
	}
}
