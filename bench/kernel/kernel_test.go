package kernel

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tuban/geom"
	"tuban/geom/ellipsoid"
)

// TestCasesAreWhatTheySay: valid polygons of the sizes in the table.
func TestCasesAreWhatTheySay(t *testing.T) {
	only := ""
	if raceEnabled {
		only = "b"
	}
	for _, c := range Cases(3, only) {
		t.Run(c.Name, func(t *testing.T) {
			if len(c.Pairs) == 0 {
				t.Fatal("no pair")
			}
			last := -1
			for _, p := range c.Pairs {
				if p[0] < last && c.Name != "e touching" {
					t.Fatal("pairs are not patch by patch")
				}
				last = p[0]
			}
			for _, list := range [][]orb.Polygon{c.Patches, c.Parcels} {
				for i, p := range list {
					if problems := geom.Validate(p, 0); len(problems) > 0 {
						t.Fatalf("polygon %d: %+v", i, problems[0])
					}
				}
			}
		})
	}
	if n := geom.VertexCount(Cases(3, "c4")[0].Parcels[0]); n != 100_041 { // with 41 closing ones
		t.Errorf("the region has %d vertices", n)
	}
}

// TestTessellation: the parcels fill their block, to the rounding of the sum.
func TestTessellation(t *testing.T) {
	tess := newTessellation(9, 6, 16, 100*metre)
	sum := 0.0
	for _, p := range tess.parcels() {
		sum += ellipsoid.Area(p)
		if len(p[0]) != 65 {
			t.Fatalf("%d vertices", len(p[0]))
		}
	}
	if whole := ellipsoid.Area(tess.block(0, 0, 6)); math.Abs(sum-whole) > 1e-12*whole {
		t.Errorf("the parcels have %v m², the block %v", sum, whole)
	}
}

// TestWrongAreasAreFound: an area off by more than 1e-12 of the smaller polygon,
// one that is not 0 where the exact one is, and one that is no number.
func TestWrongAreasAreFound(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name, of string
		spoil    func(area, smaller float64) float64
		wrong    bool
	}{
		{"as it is", "a", func(a, _ float64) float64 { return a }, false},
		{"a little off", "a", func(a, s float64) float64 { return a + 0.5e-12*s }, false},
		{"too far off", "a", func(a, s float64) float64 { return a + 2e-12*s }, true},
		{"no number", "a", func(float64, float64) float64 { return math.NaN() }, true},
		{"touching", "e", func(a, _ float64) float64 { return a }, false},
		{"touching, but not 0", "e", func(a, _ float64) float64 { return a + 1e-30 }, true},
		{"sliver taken for touching", "g2", func(float64, float64) float64 { return 0 }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := &Cases(3, c.of)[0]
			exact, err := exactly(ctx, k)
			if err != nil {
				t.Fatal(err)
			}
			areas := planeAreas(k)
			areas[len(areas)-1] = c.spoil(areas[len(areas)-1], exact.smaller[len(areas)-1])
			_, err = exact.checkPlane(k, areas)
			var wrong *WrongError
			if errors.As(err, &wrong) != c.wrong || (err != nil) != c.wrong {
				t.Fatalf("%v", err)
			}
			if c.wrong && (wrong.Pair != len(areas)-1 || !strings.Contains(err.Error(), k.Name)) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestRun measures a few cases shortly: every table has its row and its figures.
func TestRun(t *testing.T) {
	r, err := Run(context.Background(), Config{Seed: 3, Rounds: 2, Round: time.Millisecond, Only: "g"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range r.Tables {
		if len(table.Rows) != 2 {
			t.Errorf("%s: %d rows", table.Title, len(table.Rows))
		}
	}
	for _, row := range r.Tables[1].Rows {
		for i := 1; i <= 3; i++ {
			if ns, ok := row[i].(float64); !ok || !(ns > 1e-8 && ns < 1) {
				t.Errorf("%v: a pair takes %v s", row[0], row[i])
			}
		}
		if row[4] != 0.0 {
			t.Errorf("%v: overlay.Area allocates %v times", row[0], row[4])
		}
	}
	if _, err := Run(context.Background(), Config{Seed: 3, Rounds: 1, Only: "nothing"}, nil); !errors.Is(err, errNoCase) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, Config{Seed: 3, Rounds: 1, Only: "a"}, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
