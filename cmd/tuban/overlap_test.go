package main

import (
	"bytes"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tuban/internal/demo"
)

// TestOverlapHasOneAnswer measures the demo city's patches against all its
// layers in every way there is, and wants the same bytes: a call for each
// polygon, one for many, a batch, and the command on a file and on a layer, on
// the server and on the directory.
func TestOverlapHasOneAnswer(t *testing.T) {
	dir := t.TempDir()
	url, stop := startServer(t, "demo", dir, "--size", "small")
	file := filepath.Join(t.TempDir(), "patches.geojsonl")
	must(t, "export", "--server", url, "--layer", "tuban", "--format", "geojsonl", file)
	rows := strings.Split(strings.TrimSpace(must(t, "export", "--server", url, "--layer", "tuban", "--format", "geojsonl", "-")), "\n")
	var names []string
	for _, id := range demo.LayerIDs() {
		names = append(names, string(id))
	}
	layers := strings.Join(names, ",")
	post := func(path, kind, body string) string {
		t.Helper()
		res, err := http.Post(url+path+"?layers="+layers, kind, bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != 200 {
			t.Fatalf("%s: %d %v %.300s", path, res.StatusCode, err, text)
		}
		return string(text)
	}
	single := make([]string, len(rows))
	var seq string
	for i, row := range rows {
		before, after, _ := strings.Cut(post("/overlap", "application/geo+json", row), `,"results":[`)
		seq, single[i] = strings.TrimPrefix(before, `{"seq":`), strings.TrimSuffix(after, "]}")
	}
	if len(rows) < 400 || !strings.Contains(single[0], `"layer":"dltb"`) {
		t.Fatalf("%d patches, the first %s", len(rows), single[0])
	}
	want := strings.Join(single, "\n") + "\n"
	same := func(way, got string) {
		t.Helper()
		if got == want {
			return
		}
		lines := strings.Split(got, "\n")
		for i, line := range strings.Split(want, "\n") {
			if i >= len(lines) || lines[i] != line {
				t.Errorf("%s: line %d of %d is\n%.2000s\na single call gives\n%.2000s", way, i+1, len(lines), append(lines, "nothing")[min(i, len(lines))], line)
				return
			}
		}
	}
	all := post("/overlap", "application/geo+json", `{"type":"FeatureCollection","features":[`+strings.Join(rows, ",")+`]}`)
	all = strings.TrimSuffix(strings.TrimPrefix(all, `{"seq":`+seq+`,"results":[`), "]}")
	if all != strings.Join(single, ",") {
		t.Error("many in one call are other bytes")
	}
	var batch strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(post("/overlap/batch", "application/x-ndjson", strings.Join(rows, "\n"))), "\n") {
		batch.WriteString("{" + strings.TrimPrefix(line, `{"row":`+strconv.Itoa(i+1)+`,"seq":`+seq+`,`) + "\n")
	}
	same("batch", batch.String())
	command := func(way string, args ...string) {
		t.Helper()
		same(way, must(t, append([]string{"overlap", "--layers", layers, "--format", "ndjson"}, args...)...))
	}
	grown := []string{"--layers", "dltb,yjjbnt", "--format", "ndjson", "--buffer-m", "25.5"}
	some := writeFile(t, "some.geojsonl", strings.Join(rows[:40], "\n"))
	byServer := must(t, append([]string{"overlap", "--server", url, "--input", some}, grown...)...)
	command("a file, by the server", "--server", url, "--input", file)
	command("a layer, by the server", "--server", url, "--layer", "tuban")
	stop()
	command("a file", "--data", dir, "--input", file)
	command("a layer", "--data", dir, "--layer", "tuban")
	want = byServer
	if !strings.Contains(want, `"buffer_m":25.5,"own_area_m2":`) {
		t.Errorf("grown: %.300s", want)
	}
	same("a file, grown", must(t, append([]string{"overlap", "--data", dir, "--input", some}, grown...)...))
	byLayer := must(t, append([]string{"overlap", "--data", dir, "--layer", "tuban"}, grown...)...)
	same("a layer, grown", strings.Join(strings.SplitAfter(byLayer, "\n")[:40], ""))
}
