package peers

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tuban/bench"
	"tuban/engine"
	"tuban/internal/demo"
	"tuban/overlap"
	"tuban/tiles"
	"tuban/tiles/coverage"
)

// childVariable makes the test program a Child.
const childVariable = "TUBAN_PEERS_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(fakeVariable) != "" && len(os.Args) > 1 && os.Args[1] == "-h" {
		os.Stderr.WriteString(fakeTile38(os.Args).Error())
		os.Exit(1)
	}
	if os.Getenv(childVariable) != "" {
		if err := Child(context.Background(), os.Stdin, os.Stdout, open); err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func open(ctx context.Context, dir string) (*engine.Engine, *tiles.Cache, error) {
	e, err := engine.Open(ctx, dir, engine.Options{Derived: []engine.Derived{overlap.Shapes{}, coverage.Pyramids{}}})
	return e, tiles.NewCache(1 << 20), err
}

// hamlet is the configuration of a run that takes seconds; it skips the test
// where PostGIS is not installed.
func hamlet(t *testing.T, only ...Part) Config {
	t.Helper()
	if _, err := Programs(); err != nil {
		t.Skip(err)
	}
	t.Setenv(childVariable, "1")
	s := demo.Small()
	s.Name, s.Parcels, s.Patches, s.Approvals, s.Rights = "hamlet", 400, 20, 10, 4
	temp, err := os.MkdirTemp("", "peers") // t.TempDir's names are too long for a socket, and closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(temp) })
	if err := os.Chmod(temp, 0o711); err != nil {
		t.Fatal(err)
	}
	return Config{Size: s, Seed: 5, Rounds: 2, Cases: 12, Only: only, Window: 20 * time.Millisecond, Open: open, Child: []string{os.Args[0]}, Temp: temp}
}

// TestRun measures everything at a size of no meaning, with a stand-in for Tile38:
// every row has a ratio, everything compared agrees, and nothing is left behind.
func TestRun(t *testing.T) {
	cfg := hamlet(t)
	t.Setenv(fakeVariable, "1")
	cfg.Tile38, cfg.Profiles = os.Args[0], t.TempDir()
	report, err := Run(context.Background(), cfg, nil)
	if err != nil {
		if report != nil {
			var b strings.Builder
			t.Log(report.WriteMarkdown(&b), b.String())
		}
		t.Fatal(err)
	}
	ratios := report.Tables[0]
	if n := len(ratios.Rows); n != 20 {
		t.Errorf("%d rows", n)
	}
	for _, row := range ratios.Rows {
		for _, i := range []int{5, 6} {
			if s, ok := row[i].(bench.Spread); !ok || s.Samples == 0 && i == 6 || s.Samples > 0 && !(s.Median > 0) {
				t.Errorf("%v: %s is %v", row[0], ratios.Columns[i].Name, row[i])
			}
		}
	}
	for _, row := range report.Tables[2].Rows {
		if row[5] != "same" || row[2].(int) == 0 {
			t.Errorf("%v", row)
		}
	}
	if left, err := os.ReadDir(cfg.Temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if profiles, err := filepath.Glob(filepath.Join(cfg.Profiles, "*.pprof")); err != nil || len(profiles) != len(ratios.Rows) {
		t.Errorf("profiles %v, %v", profiles, err)
	}
}

// TestDifferentAnswers: engines that do not hold the same data are not timed.
func TestDifferentAnswers(t *testing.T) {
	cfg := hamlet(t)
	cfg.Cases = 5
	ctx := context.Background()
	r := &run{cfg: &cfg, dir: cfg.Temp}
	defer func() {
		if err := r.close(); err != nil {
			t.Error(err)
		}
	}()
	if err := r.start(ctx, 0); err != nil {
		t.Fatal(err)
	}
	// Parcels grow by a metre and change their class; all their tables agree.
	for _, table := range []string{"dltb", "dltb_pieces"} {
		if err := r.db.exec(ctx, `update "`+table+`" set geom = ST_Buffer(geom, 0.00001), _class = '0101'`); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.db.exec(ctx, `update dltb_mercator set "DLBM" = '0101'`, `delete from dltb where ctid in (select ctid from dltb limit 50)`,
		`delete from dltb_pieces where _id not in (select _id from dltb)`); err != nil {
		t.Fatal(err)
	}
	for _, part := range []func(context.Context) error{r.overlap, r.locate, r.batch, r.tiles} {
		if err := part(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for _, w := range r.rows {
		if w.rounds != nil || !w.faulty() {
			t.Errorf("%s was timed", w.work)
		}
	}
	r.data.took = time.Second
	var b bytes.Buffer
	if err := r.report(bench.Environment{}).WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.Contains(text, "answers differ") || !strings.Contains(text, "MISMATCH: ") {
		t.Error(text)
	}
}

// TestInterrupted: nothing is left behind when the run is told to stop.
func TestInterrupted(t *testing.T) {
	cfg := hamlet(t, Batch)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := Run(ctx, cfg, func(stage string, _, _ int64) {
		if strings.Contains(stage, "try ways") {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	if left, err := os.ReadDir(cfg.Temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestServerThatDoesNotStart: the server's own words reach the user.
func TestServerThatDoesNotStart(t *testing.T) {
	cfg := hamlet(t)
	programs, err := Programs()
	if err != nil {
		t.Fatal(err)
	}
	_, err = startCluster(context.Background(), programs, cfg.Temp, []bench.Setting{{Name: "shared_buffers", Value: "much"}})
	if err == nil || !strings.Contains(err.Error(), "shared_buffers") {
		t.Errorf("%v", err)
	}
}
