package jobs

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"

	"tuban/feature"
	"tuban/internal/check"
	"tuban/overlap"
)

// numbersOf reads a fixture that testdata/postgis/make_lookups.sh made.
func numbersOf(t *testing.T, name string) [][]float64 {
	t.Helper()
	f, err := os.Open("testdata/postgis/" + name + ".csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]float64
	for _, r := range rows[1:] {
		line := make([]float64, len(r))
		for i, text := range r {
			if line[i], err = strconv.ParseFloat(text, 64); err != nil {
				t.Fatal(r)
			}
		}
		out = append(out, line)
	}
	return out
}

// TestNearestEqualsPostGIS compares the five nearest open spaces of 60 points,
// and how far they are, with PostGIS: within 0.1 µm + 1e-10 of its equidistant
// projection about the point; and never more than its geography has, which
// goes to the nearest place of a sphere, nor e⁴/2 less (the way turns by e²).
func TestNearestEqualsPostGIS(t *testing.T) {
	e := openEngine(t)
	mustRun(t, e, Import{Files: []string{check.Data(t, "cadastre/cambridge_RECREATION_OpenSpace.geojson")}, Layer: "open"})
	l, _ := e.View().Layer("open")
	valid := overlap.Filtered(l, func(s feature.Slot) bool { return !l.NeedsRepair(s) })
	rows := numbersOf(t, "nearest")
	worst, inside := 0.0, 0
	for i := 0; i < len(rows); i += 5 {
		lon, lat := rows[i][0], rows[i][1]
		got := overlap.Nearest([]overlap.Layer{valid}, lon, lat, 5, overlap.MaxReach).Layers[0].Features
		for j, f := range got {
			want := rows[i+j]
			s, _ := l.Find(f.ID)
			d := math.Abs(f.Metres - want[3])
			allowed := 1e-7 + 1e-10*want[3]
			if float64(l.Number(s)) != want[2] || d > allowed || f.Metres > want[4]+1e-7 || f.Metres < want[4]*(1-2.3e-5)-1e-7 {
				t.Errorf("(%v %v) %d: feature %d at %.9f m, PostGIS has %v at %.9f, by geography %.9f", lon, lat, j, l.Number(s), f.Metres, want[2], want[3], want[4])
			}
			worst = max(worst, d/allowed)
			if want[3] == 0 {
				inside++
			}
		}
	}
	t.Logf("%d distances, %d of them 0; worst difference %.2f of 0.1 µm + 1e-10", len(rows), inside, worst)
}
