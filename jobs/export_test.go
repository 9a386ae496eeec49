package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tuban/cql2"
	"tuban/engine"
	"tuban/feature"
	"tuban/formats/flatgeobuf"
)

func exported(t *testing.T, l *engine.LayerView, format string) []byte {
	t.Helper()
	var out bytes.Buffer
	if n, err := Export(context.Background(), l, format, nil, &out, nil); err != nil || n != int64(l.Len()) {
		t.Fatalf("%s: %d written, %v", format, n, err)
	}
	return out.Bytes()
}

// TestExportFGB: what is exported as FlatGeobuf and imported again is the same to
// the last digit of every coordinate and value, in another order.
func TestExportFGB(t *testing.T) {
	for _, c := range []struct {
		name, rows, idField string
		column              feature.Field // that ids or odd numbers come back in
	}{
		{"ids in a field", `{"type":"Feature","id":"1","geometry":{"type":"Polygon","coordinates":[[[94.1,36.123456789012345],[94.2,36],[94.2,36.1],[94.1,36.123456789012345]]]},"properties":{"NO":1,"name":"水浇地","ok":true,"x":0.1}}
{"type":"Feature","id":"2","geometry":{"type":"MultiPolygon","coordinates":[[[[94,36],[94.2,36],[94.2,36.1],[94,36]]],[[[95,36],[95.2,36],[95.2,36.1],[95,36]]]]},"properties":{"NO":2,"x":9007199254740993,"list":[1,2]}}
`, "NO", feature.Field{Name: "x", Type: feature.FieldAny}},
		{"ids of their own", `{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[94.1,36]},"properties":{"id":"not the id","n":1}}
{"type":"Feature","id":"b","geometry":null,"properties":{"n":"text"}}
`, "", feature.Field{Name: "feature_id", Type: feature.FieldString}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := openEngine(t)
			_, l := mustRun(t, e, Import{Files: []string{writeTemp(t, "rows.geojsonl", c.rows)}, Layer: "before", IDField: c.idField})
			file := exported(t, l, "fgb")
			idField := c.idField
			if idField == "" {
				idField = c.column.Name
			}
			_, again := mustRun(t, e, Import{Files: []string{writeTemp(t, "rows.fgb", string(file))}, Layer: "after", IDField: idField})
			r, err := flatgeobuf.NewReader(bytes.NewReader(file))
			if err != nil || !slices.Contains(r.Schema().Fields, c.column) {
				t.Errorf("no %v in %v, %v", c.column, r.Schema().Fields, err)
			}
			if d := cmp.Diff(parsed(t, exported(t, l, "geojsonl")), parsed(t, exported(t, again, "geojsonl"))); d != "" {
				t.Error(d)
			}
		})
	}
}

// parsed returns the features of a sequence by id, numbers as they are written,
// without the column that ids came in.
func parsed(t *testing.T, text []byte) map[string]any {
	t.Helper()
	all := map[string]any{}
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		d.UseNumber()
		var f struct {
			ID         string
			Geometry   any
			Properties map[string]any
		}
		if err := d.Decode(&f); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		delete(f.Properties, "feature_id")
		all[f.ID] = []any{f.Geometry, f.Properties}
	}
}

// TestExportFGBCleansUp: no temporary file is left, also when it fails.
func TestExportFGBCleansUp(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	e := openEngine(t)
	rows := writeTemp(t, "rows.geojsonl", `{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[94.1,36]},"properties":{}}`)
	_, l := mustRun(t, e, Import{Files: []string{rows}, Layer: "l"})
	exported(t, l, "fgb")
	if _, err := Export(context.Background(), l, "fgb", nil, failing{}, nil); !errors.Is(err, os.ErrPermission) {
		t.Error(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "tuban-export-*"))
	if err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, os.ErrPermission }

// TestExportFilter: every format has the features that pass and no other; a
// filter that does not fit the layer is refused before anything is written.
func TestExportFilter(t *testing.T) {
	e := openEngine(t)
	rows := writeTemp(t, "rows.geojsonl", `{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[94.1,36]},"properties":{"n":1}}
{"type":"Feature","id":"b","geometry":{"type":"Point","coordinates":[94.2,36]},"properties":{"n":2}}
{"type":"Feature","id":"c","geometry":{"type":"Point","coordinates":[94.3,36]},"properties":{}}
`)
	_, l := mustRun(t, e, Import{Files: []string{rows}, Layer: "l"})
	filter, err := cql2.Parse("n > 1 OR n IS NULL")
	if err != nil {
		t.Fatal(err)
	}
	other, err := cql2.Parse("nothing = 1")
	if err != nil {
		t.Fatal(err)
	}
	for format, count := range map[string]func(text []byte) int{
		"geojsonl": func(text []byte) int { return len(parsed(t, text)) },
		"geojson":  func(text []byte) int { return bytes.Count(text, []byte(`"Point"`)) },
		"fgb": func(text []byte) int {
			r, err := flatgeobuf.NewReader(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			return int(r.Schema().Count)
		},
	} {
		var out bytes.Buffer
		n, err := Export(context.Background(), l, format, filter, &out, nil)
		if err != nil || n != 2 || count(out.Bytes()) != 2 {
			t.Errorf("%s: %d written, %d in the file, %v", format, n, count(out.Bytes()), err)
		}
		out.Reset()
		var bad *cql2.Error
		if _, err := Export(context.Background(), l, format, other, &out, nil); !errors.As(err, &bad) || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", format, err, out.Len())
		}
	}
	p := Pyramid{Layers: []*engine.LayerView{l}, MinZoom: 8, MaxZoom: 8, Filter: filter}
	dir := t.TempDir()
	some, err := ExportPyramid(t.Context(), p, filepath.Join(dir, "some.pmtiles"), nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Filter = nil
	all, err := ExportPyramid(t.Context(), p, filepath.Join(dir, "all.pmtiles"), nil)
	if err != nil || all.Bytes <= some.Bytes || some.Tiles == 0 {
		t.Errorf("pmtiles: %+v, all are %+v, %v", some, all, err)
	}
	p.Filter = other
	var bad *cql2.Error
	if _, err := ExportPyramid(t.Context(), p, filepath.Join(dir, "other.pmtiles"), nil); !errors.As(err, &bad) {
		t.Error(err)
	}
}
