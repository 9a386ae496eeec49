package jobs

import (
	"math"
	"testing"

	"tuban/feature"
	"tuban/internal/check"
	"tuban/overlap"
)

// TestBufferEqualsPostGIS compares the areas of buffers around zoning districts
// with PostGIS: within 1e-4 of the area that the buffer adds, as its arcs are cut
// into as many pieces, but at other angles. On a plane about the polygon, and by
// geography, which takes the plane of a UTM zone.
func TestBufferEqualsPostGIS(t *testing.T) {
	e := openEngine(t)
	mustRun(t, e, Import{Files: []string{check.Data(t, "cadastre/cambridge_CDD_ZoningDistricts.geojson")}, Layer: "zoning"})
	l, _ := e.View().Layer("zoning")
	slots := map[float64]feature.Slot{}
	l.Ascend(0, func(s feature.Slot) bool {
		slots[float64(l.Number(s))] = s
		return true
	})
	worst, geography := map[float64]float64{}, map[float64]float64{}
	rows := numbersOf(t, "buffer")
	for _, r := range rows {
		s, width, want, utm := slots[r[0]], r[1], r[2], r[3]
		q, err := overlap.StoredGrown(l, s, width)
		if err != nil {
			t.Fatalf("feature %v by %v m: %v", r[0], width, err)
		}
		got, added := q.Shape.Area(), want-q.OwnM2
		for _, c := range []struct {
			by    string
			area  float64
			worst map[float64]float64
		}{{"on a plane about it", want, worst}, {"by geography", utm, geography}} {
			d := math.Abs(got-c.area) / added
			if c.worst[width] = max(c.worst[width], d); d > 1e-4 {
				t.Errorf("feature %v by %v m: %.6f m², PostGIS %s %.6f: off by %.2g of what was added", r[0], width, got, c.by, c.area, d)
			}
		}
	}
	t.Logf("%d buffers; of what they add, the worst differences are %v, by geography %v", len(rows), worst, geography)
}
