package demo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/geom/ellipsoid"
)

type directed struct{ a, b orb.Point }

// covers proves that the layer's rings tile the outline: every directed edge
// occurs once; its reverse occurs in a neighbour, or it is an outline edge. So
// the rings' sum is the outline, and, as all are valid and wind one way, every
// place is covered once.
func covers(t *testing.T, s Source, outline orb.MultiPolygon) {
	t.Helper()
	edges := make(map[directed]bool, 1<<19)
	each(t, s, func(f feature.Feature) {
		for _, p := range polygons(f.Geometry) {
			for _, r := range p {
				for i := 1; i < len(r); i++ {
					e := directed{r[i-1], r[i]}
					if edges[e] {
						t.Fatalf("%s: edge %v occurs twice in one direction", f.ID, e)
					}
					edges[e] = true
				}
			}
		}
	})
	border := map[directed]bool{}
	for _, part := range outline {
		for i := 1; i < len(part[0]); i++ {
			border[directed{part[0][i-1], part[0][i]}] = true
		}
	}
	free := 0
	for e := range edges {
		if edges[directed{e.b, e.a}] {
			continue
		}
		free++
		if !border[e] {
			t.Fatalf("edge %v has no neighbour and is not on the outline", e)
		}
	}
	if free != len(border) {
		t.Fatalf("%d free edges, outline has %d", free, len(border))
	}
}

// TestParcelsTileTheTerritory proves for parcels and units that there is no gap
// and no overlap, and that their areas make up the territory.
func TestParcelsTileTheTerritory(t *testing.T) {
	proved(t, func(t *testing.T, c *City) {
		outline := c.Outline()
		territory := ellipsoid.Area(outline)
		for _, id := range []feature.LayerID{"dltb", "xzq"} {
			s := source(t, c, id)
			covers(t, s, outline)
			sum := 0.0
			n := each(t, s, func(f feature.Feature) { sum += ellipsoid.Area(f.Geometry) })
			if math.Abs(sum-territory) > 1e-9*territory {
				t.Errorf("%s: ellipsoidal areas differ: sum %.4f, territory %.4f m²", id, sum, territory)
			}
			if id == "dltb" && n != c.size.Parcels || s.Count != n {
				t.Errorf("%s: %d features, counted %d", id, n, s.Count)
			}
		}
	})
}

// TestTerritory wants the two parts where they should lie, 119,000 km² together.
func TestTerritory(t *testing.T) {
	frames := [...]orb.Bound{
		{Min: orb.Point{89.4, 33.0}, Max: orb.Point{93.0, 34.9}},
		{Min: orb.Point{91.9, 35.2}, Max: orb.Point{95.9, 37.9}},
	}
	for _, size := range []Size{Small(), reduced(1500), Middle()} {
		if size == Middle() && !*longFlag {
			continue // its outline is made of its parcels
		}
		outline := New(4, size).Outline()
		if len(outline) != len(frames) {
			t.Fatalf("%d parts", len(outline))
		}
		if km2 := ellipsoid.Area(outline) / 1e6; math.Abs(km2-119_000) > 1_190 {
			t.Errorf("%s: %.0f km²", size.Name, km2)
		}
		if ps := geom.Validate(outline, 0); len(ps) > 0 {
			t.Errorf("%s: %v", size.Name, ps)
		}
		for _, part := range outline {
			b, at := part.Bound(), 0
			if b.Min[1] > 35 {
				at = 1
			}
			if !frames[at].Contains(b.Min) || !frames[at].Contains(b.Max) || len(part) != 1 {
				t.Errorf("%s: part %d has %d rings and lies in %v", size.Name, at, len(part), b)
			}
			if full := (b.Max[0] - b.Min[0]) * (b.Max[1] - b.Min[1]) * 9900; ellipsoid.Area(part)/1e6 > 0.8*full {
				t.Errorf("%s: part %d fills its box", size.Name, at)
			}
		}
	}
}

// TestAllIsValid wants nothing to complain of in any geometry.
func TestAllIsValid(t *testing.T) {
	proved(t, func(t *testing.T, c *City) {
		for _, s := range c.Layers() {
			holes := 0
			n := each(t, s, func(f feature.Feature) {
				for _, p := range polygons(f.Geometry) {
					holes += len(p) - 1
				}
				if ps := geom.Validate(f.Geometry, 1); len(ps) > 0 {
					t.Errorf("%s %s: %+v", s.Layer.ID, f.ID, ps[0])
				}
			})
			if n != s.Count {
				t.Errorf("%s: visited %d, Count says %d", s.Layer.ID, n, s.Count)
			}
			if s.Layer.ID == "stbhhx" && holes == 0 {
				t.Error("the red line has no holes")
			}
		}
	})
}

// TestLandIsBelievable looks at how many parcels lie where, and at how large
// they are.
func TestLandIsBelievable(t *testing.T) {
	proved(t, func(t *testing.T, c *City) {
		near, most, big := 0, 0, 0
		area, sum := map[string]float64{}, 0.0
		n := each(t, source(t, c, "dltb"), func(f feature.Feature) {
			vertices := geom.VertexCount(f.Geometry)
			most = max(most, vertices)
			if vertices > 20_000 {
				big++
			}
			if math.Hypot((f.Geometry.Bound().Center()[0]-centreLon)*0.81, f.Geometry.Bound().Center()[1]-centreLat) < 0.25 {
				near++
			}
			code, _ := f.Properties.Get("DLBM")
			a := ellipsoid.Area(f.Geometry)
			area[code.Text()] += a
			sum += a
		})
		t.Logf("%d parcels, %d near the town, %d classes, at most %d vertices, %d over 20,000", n, near, len(area), most, big)
		if near*4 < n {
			t.Errorf("only %d of %d parcels lie near the town", near, n)
		}
		if c.size.Name != "reduced" && (len(area) < 38 || big == 0) {
			t.Errorf("%d classes, %d parcels of more than 20,000 vertices", len(area), big)
		}
		farm := area["0101"] + area["0102"] + area["0103"]
		bare := area["1204"] + area["1205"] + area["1206"] + area["1207"]
		for _, c := range []struct {
			name      string
			got       float64
			low, high float64
		}{{"farmland", farm / sum, 0.003, 0.03}, {"bare land", bare / sum, 0.3, 0.75}, {"grassland", (area["0401"] + area["0402"]) / sum, 0.15, 0.5}} {
			if c.got < c.low || c.got > c.high {
				t.Errorf("%s is %.4f of the land, not %g to %g", c.name, c.got, c.low, c.high)
			}
		}
	})
}
