package growth

import (
	"context"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tuban/bench"
	"tuban/bench/gen"
	"tuban/engine"
	"tuban/feature"
	"tuban/overlap"
	"tuban/tiles/coverage"
)

func open(ctx context.Context, dir string) (*engine.Engine, error) {
	return engine.Open(ctx, dir, engine.Options{Derived: []engine.Derived{overlap.Shapes{}, coverage.Pyramids{}}})
}

// TestRun measures the smallest size shortly: every work has answers of the size
// that it should have, and a cost; nothing is left behind but the city's files.
func TestRun(t *testing.T) {
	if raceEnabled {
		t.Skip("too slow under the race detector")
	}
	dir := t.TempDir()
	r, err := Run(context.Background(), Config{Sizes: []string{"20k"}, Seed: 1, Dir: dir, Queries: 20, Rounds: 1, Open: open}, nil)
	if err != nil {
		t.Fatal(err)
	}
	costs := r.Tables[0]
	if len(costs.Rows) != 5 {
		t.Fatalf("%d kinds of work", len(costs.Rows))
	}
	for _, row := range costs.Rows {
		name, features, cpu := row[0].(string), row[3].(float64), row[6].(float64)
		want := 1.0
		switch {
		case strings.HasPrefix(name, "overlap"):
			want = queryParcels
		case strings.HasPrefix(name, "tile, cold"):
			want = tileParcels
		case strings.HasPrefix(name, "tile of zoom 8"):
			want = features // whatever there is
		}
		if !fits(int(math.Round(features)), int(want)) || !(cpu > 1e-8 && cpu < 60) {
			t.Errorf("%s: %v features an answer, %v s", name, features, cpu)
		}
	}
	for _, cell := range r.Tables[1].Rows[0] {
		if v, ok := cell.(float64); ok && !(v > 0) {
			t.Errorf("a figure is %v: %v", v, r.Tables[1].Rows[0])
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "20k-1" {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if r.Environment.DataHash == "" {
		t.Error("no data hash")
	}
}

// TestWhole: what is opened must be what was generated, in count and in area.
func TestWhole(t *testing.T) {
	ctx := context.Background()
	e, err := open(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	m := gen.Manifest{}
	for _, id := range layers() {
		l := feature.Layer{ID: id, Kind: feature.KindReference}
		load, err := e.NewLoad(ctx, engine.LoadSpec{Layer: l})
		if err != nil {
			t.Fatal(err)
		}
		f := feature.Feature{ID: "a", Geometry: orb.Polygon{{{94, 36}, {94.01, 36}, {94.01, 36.01}, {94, 36}}},
			Properties: feature.Properties{{Name: "name", Value: feature.StringValue("four")}, {Name: "n", Value: feature.IntValue(1)}}}
		taken, err := load.Add(1, f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := load.Commit(ctx, func(string, int64, int64) {}); err != nil {
			t.Fatal(err)
		}
		m.Layers = append(m.Layers, gen.Layer{Layer: l, Features: 1, Vertices: 4, AreaM2: taken.AreaM2})
	}
	for _, c := range []struct {
		name  string
		spoil func(*gen.Layer)
		err   string
	}{
		{"as it is", func(*gen.Layer) {}, ""},
		{"another area", func(l *gen.Layer) { l.AreaM2 *= 1 + 1e-8 }, "layer tuban has"},
		{"one more", func(l *gen.Layer) { l.Features++ }, "layer tuban has"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := m
			files.Layers = slices.Clone(m.Layers)
			c.spoil(&files.Layers[1])
			r := &result{files: &files}
			err := r.whole(e.View())
			if c.err == "" && (err != nil || r.raw != 2*(4*16+4+8)) || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
				t.Errorf("%v, %d raw bytes", err, r.raw)
			}
		})
	}
}

func TestTenfold(t *testing.T) {
	for _, c := range []struct {
		small, large float64
		from, to     int64
		want         float64
	}{
		{1, 10, 100, 1000, 10}, {1, 1, 100, 1000, 1}, {2, 8, 1, 100, 2}, {1, math.Sqrt(5), 1, 5, math.Sqrt(10)},
	} {
		if got := tenfold(c.small, c.large, c.from, c.to); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestRoom(t *testing.T) {
	if _, err := bench.FreeMemory(); err != nil {
		t.Skip("free memory is not known here")
	}
	if short, err := room("20k"); short != "" || err != nil {
		t.Errorf("20k: %q, %v", short, err)
	}
	if _, err := room("7"); err == nil {
		t.Error("there is a size of 7")
	}
}

func TestWorkWithoutPlaces(t *testing.T) {
	if err := (&work{}).time(context.Background(), 1); !errors.Is(err, errNoAnswer) {
		t.Error(err)
	}
}
