package main

import (
	"context"
	"encoding/json"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// actAsProgram has the test binary be the program: bench starts itself.
const actAsProgram = "TUBAN_TEST_ACT_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(actAsProgram) == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// TestBenchStartsItself measures servers that bench starts, on data that it
// makes, and wants nothing left behind.
func TestBenchStartsItself(t *testing.T) {
	t.Setenv(actAsProgram, "1")
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	md := filepath.Join(t.TempDir(), "tiles.md")
	out := must(t, "bench", "tiles", "--cold", "--mix", "zooms", "--zooms", "13,15", "--number", "30", "--max", "--connections", "2",
		"--duration", "1s", "--sample", "3", "--layers", "dltb", "--write", md)
	for _, want := range []string{
		"go run ./cmd/tuban bench tiles --cold --mix zooms", "| z13 ", "| z15 ", "cache cold", "keeps no tiles",
		"closed, 2 connections", "checked 3 tiles before timing", " · data ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the report lacks %q:\n%s", want, out)
		}
	}
	if text, err := os.ReadFile(md); err != nil || string(text) != out {
		t.Errorf("--write: %v, %s", err, text)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestBenchPrograms times opening and importing.
func TestBenchPrograms(t *testing.T) {
	t.Setenv(actAsProgram, "1")
	dir := t.TempDir()
	parcels := writeFile(t, "parcels.geojsonl", someParcels)
	must(t, "import", "--data", dir, "--layer", "parcels", "--class-field", "DLBM", parcels)
	rows := func(args ...string) [][]any {
		var r struct {
			Tables []struct{ Rows [][]any }
		}
		out := must(t, append([]string{"--json", "bench"}, args...)...)
		if err := json.Unmarshal([]byte(out), &r); err != nil || len(r.Tables) == 0 {
			t.Fatalf("%v: %v: %s", args, err, out)
		}
		return r.Tables[0].Rows
	}
	if r := rows("open", "--data", dir, "--rounds", "2"); r[0][0] != 3.0 {
		t.Errorf("open: %v", r)
	}
	if r := rows("import", "--class-field", "DLBM", "--rounds", "2", parcels); r[0][0] != 3.0 {
		t.Errorf("import: %v", r)
	}
	bad := writeFile(t, "bad.geojsonl", "{")
	if code, out, errs := tuban(t, "bench", "import", "--rounds", "1", bad); code != exitFailed || out != "" || !strings.Contains(errs, "Nothing was imported") {
		t.Errorf("a bad file: exit code %d: %s%s", code, out, errs)
	}
	if code, _, errs := tuban(t, "bench", "open", "--data", filepath.Join(dir, "none", "of", "it"), "--rounds", "1"); code != exitFailed || errs == "" {
		t.Errorf("no data: exit code %d: %s", code, errs)
	}
}

// TestBenchTarget measures a server that runs already.
func TestBenchTarget(t *testing.T) {
	dir := t.TempDir()
	must(t, "import", "--data", dir, "--layer", "parcels", "--class-field", "DLBM", writeFile(t, "parcels.geojsonl", someParcels))
	url, _ := startServer(t, "serve", dir)
	quick := []string{"--target", url, "--duration", "200ms", "--warmup", "10ms", "--rate", "100", "--sample", "3"}
	for _, args := range [][]string{
		{"overlap", "--polygons", "steps", "--number", "50"},
		{"locate", "--number", "50"},
		{"tiles", "--number", "50"},
		{"batch", "--body", "5", "--number", "20"},
		{"edit", "--layer", "parcels", "--field", "name", "--features", "3", "--connections", "2", "--allow-writes"},
	} {
		out := must(t, append(append([]string{"bench"}, args...), quick...)...)
		if !strings.Contains(out, "target "+url) || !strings.Contains(out, "p99") {
			t.Errorf("%v:\n%s", args, out)
		}
	}
	if out := must(t, "export", "--server", url, "--layer", "parcels", "--format", "geojsonl", "-"); out != someParcels {
		t.Errorf("edits were not put back:\n%s", out)
	}
}

func TestBenchUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"tiles", "--cold", "--hot"}, "--hot"},
		{[]string{"tiles", "--target", "http://127.0.0.1:1/{z}/{x}/{y}", "--bounds", "94,36,95,37", "--cold"}, "cold"},
		{[]string{"tiles", "--target", "http://127.0.0.1:1/{z}/{x}/{yy}", "--bounds", "94,36,95,37"}, "{yy}"},
		{[]string{"tiles", "--target", "http://127.0.0.1:1/{z}/{x}/{y}"}, "bounds"},
		{[]string{"tiles", "--target", "http://127.0.0.1:1/{z}/{x}/{y}", "--bounds", "94,36,95"}, "west,south,east,north"},
		{[]string{"tiles", "--target", "http://127.0.0.1:1/{z}/{x}/{y}", "--bounds", "95,36,94,37"}, "west,south,east,north"},
		{[]string{"overlap", "--rate", "5", "--max"}, "--max"},
		{[]string{"edit", "--target", "http://127.0.0.1:1"}, "--allow-writes"},
		{[]string{"locate", "--target", "8080"}, "http://127.0.0.1:8080"},
		{[]string{"open", "--rounds", "0"}, "round"},
		{[]string{"overlap", "--write", "report.txt"}, ".md"},
	} {
		code, out, errs := tuban(t, append([]string{"bench"}, c.args...)...)
		if code != exitUsage || out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("tuban bench %v: exit code %d: %s%s", c.args, code, out, errs)
		}
	}
	for _, command := range []string{"overlap", "locate", "tiles", "batch", "edit", "open", "import"} {
		if out := must(t, "bench", command, "--help"); !strings.Contains(out, "tuban bench "+command) {
			t.Errorf("no example in bench %s --help:\n%s", command, out)
		}
	}
}
