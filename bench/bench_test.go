package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

func TestSamples(t *testing.T) {
	for _, c := range []struct {
		name              string
		s                 Samples
		low, median, high float64
	}{
		{"one", Samples{7}, 7, 7, 7},
		{"two", Samples{4, 2}, 2.5, 3, 3.5},
		{"odd, unsorted", Samples{5, 1, 3, 2, 4}, 2, 3, 4},
		{"even", Samples{1, 2, 3, 4}, 1.75, 2.5, 3.25}, // as R's quantile() and numpy.percentile
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, want := c.s.Spread(), (Spread{c.median, c.low, c.high, len(c.s)}); got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
		})
	}
	if !math.IsNaN(Samples(nil).Median()) || Samples(nil).Spread().Samples != 0 {
		t.Error("no samples have a median")
	}
}

func TestAlternate(t *testing.T) {
	var order []string
	engine := func(name string, wall ...time.Duration) Engine {
		n := 0
		return Engine{name, func(context.Context) (Cost, error) {
			order = append(order, name)
			n++
			return Cost{Answers: 2, Wall: wall[n-1], CPU: wall[n-1] / 2}, nil
		}}
	}
	a := engine("a", 2*time.Second, 4*time.Second, 6*time.Second)
	b := engine("b", time.Second, time.Second, 2*time.Second)
	r, err := Alternate(context.Background(), 3, nil, a, b)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(order, ""); got != "abbaab" {
		t.Errorf("order %s: who begins must change", got)
	}
	if got, want := r.Ratios(0, 1, Cost.WallPer).Spread(), (Spread{3, 2.5, 3.5, 3}); got != want {
		t.Errorf("ratios %+v, want %+v", got, want)
	}
	if got := r.Samples(0, Cost.CPUPer).Median(); got != 1 {
		t.Errorf("CPU per answer %v", got)
	}
}

func TestAlternateEnds(t *testing.T) {
	broken := errors.New("broken")
	fail := Engine{"x", func(context.Context) (Cost, error) { return Cost{}, broken }}
	idle := Engine{"y", func(context.Context) (Cost, error) { return Cost{}, nil }}
	if _, err := Alternate(context.Background(), 2, nil, fail); !errors.Is(err, broken) || !strings.Contains(err.Error(), "x, round 1") {
		t.Error(err)
	}
	if _, err := Alternate(context.Background(), 2, nil, idle); err == nil {
		t.Error("a round without an answer is a figure")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Alternate(ctx, 2, nil, idle); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := Alternate(context.Background(), 0, nil, idle); err == nil {
		t.Error("no round at all")
	}
}

func TestParseStat(t *testing.T) {
	line := "4242 (pg (auto) x y) S 77 4242 4242 0 -1 4194304 100 200 0 0 150 50 30 20 20 0 3 0 9000 1000000 500"
	p, err := parseStat(line)
	if err != nil || p != (processStat{77, 2 * time.Second, 500 * time.Millisecond}) {
		t.Errorf("%+v, %v", p, err)
	}
	for _, bad := range []string{"", "1 (x", "1 (x) S 2 3", strings.Replace(line, " 150 ", " a ", 1)} {
		if p, err := parseStat(bad); !errors.Is(err, ErrNoProcess) {
			t.Errorf("%q: %+v, %v", bad, p, err)
		}
	}
}

func TestOwnProcess(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		if _, err := Process(os.Getpid()); !errors.Is(err, ErrNoProcess) {
			t.Error(err)
		}
		t.Skip("no /proc here")
	}
	before, err := SelfCPU()
	if err != nil {
		t.Fatal(err)
	}
	for now := before; now < before+50*time.Millisecond; now, _ = SelfCPU() { // burn CPU, not time
	}
	u, err := Process(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	tree, err := TreeCPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if u.CPU < 40*time.Millisecond || u.RSS < 1<<20 || u.PeakRSS < u.RSS || tree < u.CPU {
		t.Errorf("%+v, tree %v", u, tree)
	}
	if _, err := Process(1 << 30); !errors.Is(err, ErrNoProcess) {
		t.Error(err)
	}
	if _, err := TreeCPU(1 << 30); !errors.Is(err, ErrNoProcess) {
		t.Error(err)
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		unit Unit
		cell any
		want string
	}{
		{Count, 1234567, "1,234,567"}, {Count, int64(-1000), "-1,000"}, {Count, 0, "0"},
		{Seconds, 1.5e-9, "1.50 ns"}, {Seconds, 0.0421, "42.1 ms"}, {Seconds, 0.99999, "1.00 s"}, {Seconds, 0.0, "0 ns"}, {Seconds, 4000.0, "4,000 s"},
		{Bytes, 999.0, "999 B"}, {Bytes, 1234567, "1.23 MB"},
		{Ratio, 52.34, "52.3 ×"}, {Ratio, Spread{52, 48, 57, 9}, "52.0 × (48.0 × – 57.0 ×)"}, {Ratio, Spread{}, "–"},
		{Share, 0.1234, "12.3 %"}, {PerSecond, 38652.7, "38,653/s"}, {Scientific, 4.5e-14, "4.5e-14"},
		{Number, math.NaN(), "–"}, {Number, nil, "–"}, {Text, "a", "a"},
		{Ratio, AtLeast(50, 52), "≥ 50.0 ×: met"}, {Ratio, AtMost(1.3, 2), "≤ 1.30 ×: missed"}, {Ratio, AtLeast(50, math.NaN()), "≥ 50.0 ×: missed"},
	} {
		if got := c.unit.show(c.cell); got != c.want {
			t.Errorf("%s %v is %q, want %q", c.unit.name(), c.cell, got, c.want)
		}
	}
}

func TestReport(t *testing.T) {
	r := Report{Title: "Areas", Command: "go run ./cmd/tuban bench kernel", Environment: Environment{Commit: "0123456789abcdef", Settings: []Setting{{"rounds", "9"}}}}
	table := Table{Title: "Pairs", Columns: []Column{{"case", Text}, {"a pair", Seconds}, {"ratio", Ratio}}}
	table.Add("touching|a", 1.5e-6, Spread{80, 78, 84, 9})
	table.Add("b", math.NaN(), nil)
	r.Tables = []Table{table}
	r.Note("%d things", 2)
	var md, js bytes.Buffer
	if err := errors.Join(r.WriteMarkdown(&md), r.WriteJSON(&js)); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"| case        |  a pair |                    ratio |",
		"| ----------- | ------: | -----------------------: |",
		`| touching\|a | 1.50 µs | 80.0 × (78.0 × – 84.0 ×) |`,
		"| b           |       – |                        – |",
		"- 2 things", "commit 0123456789ab ·", "Settings: rounds 9",
	} {
		if !strings.Contains(md.String(), line) {
			t.Errorf("no %q in\n%s", line, md.String())
		}
	}
	var back struct{ Tables []struct{ Rows [][]any } }
	if err := json.Unmarshal(js.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if rows := back.Tables[0].Rows; rows[0][1] != 1.5e-6 || rows[0][2].(map[string]any)["median"] != 80.0 || rows[1][1] != nil {
		t.Errorf("%v", rows)
	}
	r.Tables[0].Add("too short")
	if err := r.WriteMarkdown(&md); !errors.Is(err, errCells) {
		t.Error(err)
	}
	if err := r.WriteJSON(&js); !errors.Is(err, errCells) {
		t.Error(err)
	}
}

func TestHere(t *testing.T) {
	e := Here(context.Background(), Setting{"seed", "1"})
	if e.Go == "" || e.Cores < 1 || e.Date.IsZero() || e.Commit == "" || len(e.Settings) != 1 {
		t.Errorf("%+v", e)
	}
}
