package arch

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestHouse: the module keeps its own walls.
func TestHouse(t *testing.T) {
	module, files, err := load(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if module != "tuban" || len(files) < 20 {
		t.Fatalf("module %q with %d files: the walk went wrong", module, len(files))
	}
	for _, v := range house().check(module, files) {
		t.Error(v)
	}
}

// TestFloors: the table itself points down only, and names rooms that it knows.
func TestFloors(t *testing.T) {
	floors := [][]string{
		{"geom", "feature", "cql2", "access"},
		{"overlap", "tiles", "index", "store", "arena", "formats", "formats/geojsonseq"},
		{"engine"}, {"jobs"}, {"enforcement"}, {"server", "server/console"}, {"bench"}, {"cmd/tuban"},
	}
	floor := map[string]int{}
	for n, rooms := range floors {
		for _, room := range rooms {
			floor[room] = n
		}
	}
	same := []string{ // edges within a floor, each with a reason in house.go
		"cql2 -> feature", "cql2 -> geom", "access -> feature", "access -> cql2",
		"formats/geojsonseq -> formats/geojson", "server -> server/console",
	}
	for room, targets := range house().edges {
		from, ok := floor[room]
		if strings.HasPrefix(room, "internal/") {
			continue
		}
		if !ok {
			t.Errorf("%s is on no floor", room)
		}
		for _, target := range targets {
			if target == room || strings.HasPrefix(target, "internal/") || slices.Contains(same, room+" -> "+target) {
				continue
			}
			if to, ok := floor[target]; !ok || to >= from {
				t.Errorf("%s (floor %d) -> %s (floor %d) does not point down", room, from, target, to)
			}
		}
	}
}

// TestChecker: a tree that breaks every rule is told every break, and nothing
// that is allowed. Without it a blind checker would look like a clean house.
func TestChecker(t *testing.T) {
	source := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	tree := fstest.MapFS{
		"go.mod":       source("module tuban\n\ngo 1.26\n"),
		"geom/ring.go": source("// Package geom is fine.\npackage geom\n\nimport _ \"tuban/feature\"\n"),
		"feature/f.go": source("// Package feature is fine.\npackage feature\n"),
		"overlap/a.go": source("// Package overlap goes up and sideways.\npackage overlap\n\nimport (\n\t_ \"tuban/engine\"\n\t_ \"tuban/feature\"\n\t_ \"tuban/tiles/mvt\"\n)\n"),
		"tiles/t.go":   source("// Package tiles knows its own tree.\npackage tiles\n\nimport _ \"tuban/tiles/mvt\"\n"),
		"tiles/mvt/m.go": source("// Package mvt has a wrong door.\npackage mvt\n\nimport (\n\t_ \"github.com/dgraph-io/badger/v4\"\n" +
			"\t_ \"github.com/tidwall/rtree\"\n\t_ \"github.com/valyala/fasthttp\"\n\t_ \"log/slog\"\n\t_ \"log\"\n\t_ \"C\"\n)\n"),
		"bench/kernel/geos.go":    source("//go:build geos\n\n// Package kernel may use C here.\npackage kernel\n\nimport _ \"C\"\n"),
		"bench/kernel/k.go":       source("// Package kernel may not use C without the tag.\npackage kernel\n\nimport _ \"C\"\n"),
		"store/s.go":              source("// Package store has its door.\npackage store\n\nimport _ \"github.com/dgraph-io/badger/v4/options\"\n"),
		"formats/fgb/f.go":        source("// Package fgb knows a room on its floor.\npackage fgb\n\nimport _ \"tuban/formats/geojson\"\n"),
		"formats/geojsonseq/q.go": source("// Package geojsonseq may.\npackage geojsonseq\n\nimport _ \"tuban/formats/geojson\"\n"),
		"formats/fgb/f_test.go":   source("package fgb_test\n\nimport (\n\t_ \"tuban/formats/fgb\"\n\t_ \"tuban/formats/geojson\"\n\t_ \"tuban/internal/check\"\n\t_ \"tuban/engine\"\n\t_ \"math/rand\"\n\t_ \"math/rand/v2\"\n)\n"),
		"engine/e.go": source("// Package engine does what rooms don't.\npackage engine\n\nimport (\n\t\"fmt\"\n\tlogs \"log/slog\"\n\t\"os\"\n\t_ \"math/rand/v2\"\n)\n\n" +
			"var n, m int\n\nfunc init() {\n\tn++\n\tfmt.Println(os.Getenv(\"X\"))\n\tlogs.Info(\"x\")\n\tprintln()\n\tos := n\n\tn := 1\n\tn = 2\n\t_, _ = os, n\n}\n\n" +
			"func Do(l *logs.Logger) { l.Info(\"fine\"); other = 1; table[\"x\"] = 2; m, l = 3, nil }\n\ntype T int\n\nconst C = 1\n\n// Fine are fine.\nconst (\n\tA = 1\n)\n"),
		"engine/vars.go":           source("package engine\n\nvar _ = 1\n\nvar (\n\tother int\n\ttable = map[string]int{}\n)\n"),
		"engine/e_test.go":         source("package engine\n\nimport \"os\"\n\nfunc init() { other = 2; os.Getenv(\"X\") }\n"),
		"server/u/u.go":            source("package util\n"),
		"elsewhere/x.go":           source("// Package elsewhere is in no room.\npackage elsewhere\n\nimport _ \"tuban/feature\"\n"),
		"internal/devtools/go.mod": source("module other\n"),
		"internal/devtools/d.go":   source("package d\n\nfunc init() {}\n"),
		"engine/testdata/bad.go":   source("this is not Go"),
		"cmd/tuban/main.go":        source("// Command tuban may.\npackage main\n\nimport (\n\t\"os\"\n\t_ \"tuban/engine\"\n)\n\nfunc main() { os.Getenv(\"X\") }\n"),
	}
	module, files, err := load(tree)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range house().check(module, files) {
		got = append(got, v.String())
	}
	want := []string{
		"bench/kernel/k.go:4: cgo is not used: the program is one static binary",
		"elsewhere/x.go:4: edge elsewhere -> feature: no room holds elsewhere; give it one in internal/arch/house.go",
		"engine/e.go:13: func init: nothing happens by being imported",
		"engine/e.go:14: package variable n is changed",
		"engine/e.go:15: fmt.Println in engine: only in cmd/tuban",
		"engine/e.go:15: os.Getenv in engine: only in cmd/tuban, internal/check",
		"engine/e.go:16: log/slog.Info in engine: only in cmd/tuban",
		"engine/e.go:17: the builtin println is for debugging",
		"engine/e.go:24: exported Do has no comment",
		"engine/e.go:24: package variable other is changed",
		"engine/e.go:24: package variable table is changed",
		"engine/e.go:24: package variable m is changed",
		"engine/e.go:26: exported T has no comment",
		"engine/e.go:28: exported C has no comment",
		"formats/fgb/f.go:4: edge formats/fgb -> formats/geojson is not allowed",
		"formats/fgb/f_test.go:7: edge of a test formats/fgb -> engine is not allowed",
		"formats/fgb/f_test.go:8: formats/fgb imports math/rand, which no room does",
		"geom/ring.go:4: edge geom -> feature is not allowed",
		"overlap/a.go:5: edge overlap -> engine is not allowed",
		"overlap/a.go:7: edge overlap -> tiles/mvt is not allowed",
		"server/u/u.go:1: package util: the name says nothing",
		"server/u/u.go:1: package util has no comment",
		"tiles/mvt/m.go:5: tiles/mvt imports github.com/dgraph-io/badger/v4, whose door is store",
		"tiles/mvt/m.go:6: tiles/mvt imports github.com/tidwall/rtree, whose door is index",
		"tiles/mvt/m.go:7: tiles/mvt imports github.com/valyala/fasthttp, whose door is server, bench",
		"tiles/mvt/m.go:8: tiles/mvt imports log/slog, whose door is server, cmd/tuban, engine, store, jobs",
		"tiles/mvt/m.go:9: tiles/mvt imports log, which no room does",
		"tiles/mvt/m.go:10: cgo is not used: the program is one static binary",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestLoadErrors: source that does not parse is an error, not a clean house.
func TestLoadErrors(t *testing.T) {
	for name, tree := range map[string]fstest.MapFS{
		"no module": {"a/a.go": {Data: []byte("package a\n")}},
		"not Go":    {"go.mod": {Data: []byte("module m\n")}, "a/a.go": {Data: []byte("pakage a\n")}},
	} {
		if _, _, err := load(tree); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
