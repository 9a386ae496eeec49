package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tuban/bench"
)

func TestCommandLine(t *testing.T) {
	a := &app{args: []string{"bench", "overlap", "--json", "--write", "x.md", "--write=y.json", "--token", "secret", "--token=secret",
		"--target", "http://u:secret@h:1/{z}/{x}?a=b", "it's", ""}}
	got := a.commandLine("geos")
	want := `go run -tags geos ./cmd/tuban bench overlap --token TOKEN --token=TOKEN --target 'http://u:xxxxx@h:1/%7Bz%7D/%7Bx%7D?a=b' 'it'\''s' ''`
	if got != want {
		t.Errorf("\n%s, want\n%s", got, want)
	}
}

func TestMeasureWrites(t *testing.T) {
	dir := t.TempDir()
	md, js := filepath.Join(dir, "a.md"), filepath.Join(dir, "a.json")
	var out strings.Builder
	a := &app{ctx: context.Background(), stdout: &out, stderr: &out, args: []string{"bench", "x"}}
	run := func(context.Context, bench.Progress) (*bench.Report, error) { return &bench.Report{Title: "T"}, nil }
	if err := a.measure(&reportFlags{Write: []string{md, js}}, "x", run); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(md)
	if err != nil || string(text) != out.String() || !strings.Contains(out.String(), "go run ./cmd/tuban bench x\n") {
		t.Errorf("%v: %s; %s", err, text, out.String())
	}
	text, err = os.ReadFile(js)
	if err != nil || !json.Valid(text) {
		t.Errorf("%v: %s", err, text)
	}
	err = a.measure(&reportFlags{Write: []string{"a.txt"}}, "x", run)
	if _, ok := err.(usageError); !ok {
		t.Errorf("a.txt: %v", err)
	}
}

func TestBenchKernel(t *testing.T) {
	out := must(t, "bench", "kernel", "--only", "g2", "--rounds", "1", "--round", "1ms")
	for _, want := range []string{"go run ./cmd/tuban bench kernel --only g2 --rounds 1 --round 1ms\n", "| g2 sliver 1e-12°", "commit "} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	var report struct{ Tables []json.RawMessage }
	if err := json.Unmarshal([]byte(must(t, "--json", "bench", "kernel", "--only", "g2", "--rounds", "1", "--round", "1ms")), &report); err != nil || len(report.Tables) < 2 {
		t.Errorf("%d tables, %v", len(report.Tables), err)
	}
	for _, args := range [][]string{{"bench", "kernel", "--rounds", "0"}, {"bench", "gen"}, {"bench", "gen", "--size", "3k", "--out", "x"}, {"bench", "growth", "--queries", "1"}} {
		if code, _, errs := tuban(t, args...); code != exitUsage || errs == "" {
			t.Errorf("%v: exit code %d, %s", args, code, errs)
		}
	}
}
