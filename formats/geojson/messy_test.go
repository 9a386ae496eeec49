package geojson

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tuban/internal/check"
)

var update = flag.Bool("update", false, "rewrite testdata/messy.txt from what the reader does now")

// TestMessyFiles holds what becomes of each published messy file: its rows
// taken, its rows refused with the reason, what ends it, and the notes.
// testdata/messy.txt is rewritten with -update and read as a diff.
func TestMessyFiles(t *testing.T) {
	got := messyOutcomes(t, check.Data(t, "messy"))
	const golden = "testdata/messy.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		g, w := line(gotLines, i), line(wantLines, i)
		if g != w {
			t.Fatalf("%s:%d\n got %s\nwant %s", golden, i+1, g, w)
		}
	}
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(no line)"
}

func messyOutcomes(t *testing.T, root string) string {
	var b strings.Builder
	for _, dir := range []string{"clc2006", "france", "geojson_invalid", "mapshaper", "polygon_clipping"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, "json") {
				return err
			}
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			lines, _, schema := outcome(f, Options{})
			fmt.Fprintf(&b, "%s\n", filepath.ToSlash(name))
			for _, l := range lines {
				fmt.Fprintf(&b, "  %s\n", l)
			}
			if schema.CRS != "" {
				fmt.Fprintf(&b, "  crs: %s\n", schema.CRS)
			}
			for _, n := range schema.Notes {
				fmt.Fprintf(&b, "  note: %s\n", n)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}
