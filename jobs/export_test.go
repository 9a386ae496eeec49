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
