package jobs

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tuban/feature"
	"tuban/internal/check"
)

var update = flag.Bool("update", false, "rewrite the expected outcome of the messy files; review the diff")

// TestMessyFiles imports every broken and odd file there is, each into a data
// set that holds a layer already, first all or nothing and then skipping. None
// may panic, hang or be half imported; the outcomes are testdata/messy.txt.
func TestMessyFiles(t *testing.T) {
	root := check.Data(t, "messy")
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasPrefix(d.Name(), "LICENSE") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	e := openEngine(t)
	mustRun(t, e, Import{Files: []string{writeTemp(t, "before.geojsonl", `{"type":"Feature","id":"before","geometry":{"type":"Point","coordinates":[1,1]},"properties":{}}`)}, Layer: "before"})
	var got strings.Builder
	for i, path := range files {
		name, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		for _, skip := range []bool{false, true} {
			layer := feature.LayerID(fmt.Sprintf("m%d-%v", i, skip))
			seq := e.View().Seq()
			start := time.Now()
			r, err := run(t, e, Import{Files: []string{path}, Layer: layer, SkipRefused: skip})
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%s took %v", name, took)
			}
			l, made := e.View().Layer(layer)
			switch {
			case err == nil && (!made || int64(l.Len()) != r.Written):
				t.Errorf("%s: %d written, layer there %v", name, r.Written, made)
			case err != nil && (made || e.View().Seq() != seq):
				t.Errorf("%s: refused (%v) but something was left", name, err)
			}
			fmt.Fprintf(&got, "%s [%s] %s\n", filepath.ToSlash(name), map[bool]string{false: "stop", true: "skip"}[skip], outcome(&r, err, root))
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	compareText(t, "testdata/messy.txt", got.String())
}

// outcome says in a line what became of a file. A refusal that concerns a row
// names file and row.
func outcome(r *Report, err error, root string) string {
	if err == nil {
		s := fmt.Sprintf("ok: read %d, written %d, refused %d, reported %d", r.Read, r.Written, r.Refused, r.Repaired)
		codes := make([]string, 0, len(r.Codes))
		for c, n := range r.Codes {
			codes = append(codes, fmt.Sprintf("%s×%d", c, n))
		}
		slices.Sort(codes)
		if len(codes) > 0 {
			s += " (" + strings.Join(codes, " ") + ")"
		}
		for _, p := range r.Refusals {
			s += "; " + p.String()
		}
		return strings.ReplaceAll(s, root+string(filepath.Separator), "")
	}
	kind := "file"
	if row := (*RowError)(nil); errors.As(err, &row) {
		kind = "row"
	}
	text := strings.ReplaceAll(err.Error(), root+string(filepath.Separator), "")
	return kind + " refused: " + strings.ReplaceAll(text, "\n", " / ")
}

func compareText(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		var a, b string
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Errorf("line %d:\ngot  %s\nwant %s", i+1, a, b)
		}
	}
}

func writeTemp(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestHalfAFile cuts a good file at many places: whatever is refused leaves
// nothing behind, whatever is taken is whole.
func TestHalfAFile(t *testing.T) {
	e := openEngine(t)
	for _, name := range []string{"formats/liechtenstein_landuse_subset.geojson", "formats/liechtenstein_landuse_subset.fgb", "formats/liechtenstein_landuse_subset.shp.zip", "formats/liechtenstein_landuse_subset_3857.gpkg"} {
		text, err := os.ReadFile(check.Data(t, name))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 12 {
			cut := len(text) * i / 12
			path := writeTemp(t, filepath.Base(name), string(text[:cut]))
			seq := e.View().Seq()
			r, err := run(t, e, Import{Files: []string{path}, Layer: "cut"})
			if err == nil {
				t.Errorf("%s cut to %d of %d bytes was taken: %+v", name, cut, len(text), r)
			}
			if e.View().Seq() != seq || len(e.View().Layers()) != 0 {
				t.Fatalf("%s cut to %d bytes left something", name, cut)
			}
		}
	}
}

// TestInterruptedImport gives an import up in its middle.
func TestInterruptedImport(t *testing.T) {
	e := openEngine(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	im := Import{Files: []string{check.Data(t, "cadastre/cambridge_parcels_fy2014.shp.zip")}, Layer: "l", Progress: func(stage string, done, _ int64) {
		if done > 2000 {
			cancel()
		}
	}}
	sink, err := im.IntoEngine(ctx, e)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := im.Run(ctx, sink); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if e.View().Seq() != 0 {
		t.Error("something was committed")
	}
}
