package jobs

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"html"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tuban/feature"
	"tuban/overlap"
)

var (
	sheetRow  = regexp.MustCompile(`<row>(.*?)</row>`)
	sheetCell = regexp.MustCompile(`<c/>|<c[^>]*>.*?</c>`)
	tags      = regexp.MustCompile(`<[^>]*>`)
)

// TestOverlayXLSX: the workbook has the cells of the CSV, codes as text and
// areas as the same float64.
func TestOverlayXLSX(t *testing.T) {
	e := openEngine(t)
	name := t.TempDir() + "/rows.geojsonl"
	text := `{"type":"Feature","id":"007","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},"properties":{"c":"0102"}}
{"type":"Feature","id":"a<b","geometry":{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,0]]]},"properties":{"c":"0301"}}
{"type":"Feature","id":"far","geometry":{"type":"Polygon","coordinates":[[[10,0],[12,0],[12,2],[10,0]]]},"properties":{"c":null}}
`
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	mustRun(t, e, Import{Files: []string{name}, Layer: "l", ClassField: "c"})
	l, _ := e.View().Layer("l")
	for _, detail := range []overlap.Detail{overlap.Features, overlap.Classes} {
		var made [2]bytes.Buffer
		for i, format := range []string{"csv", "xlsx"} {
			o := &Overlay{Layers: []overlap.Layer{l, overlap.Filtered(l, func(feature.Slot) bool { return false })}, Options: overlap.DefaultOptions(), Format: format}
			o.Options.Detail = detail
			if _, err := o.Layer(context.Background(), l, &made[i]); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := csv.NewReader(&made[0]).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(made[1].Bytes()), int64(made[1].Len()))
		if err != nil {
			t.Fatal(err)
		}
		f, err := z.Open("xl/worksheets/sheet1.xml")
		if err != nil {
			t.Fatal(err)
		}
		sheet, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		got := sheetRow.FindAllString(string(sheet), -1)
		if len(got) != len(rows) || len(rows) < 6 {
			t.Fatalf("%d rows, CSV has %d", len(got), len(rows))
		}
		for i, row := range got {
			for j, cell := range sheetCell.FindAllString(row, -1) {
				value, want := html.UnescapeString(tags.ReplaceAllString(cell, "")), rows[i][j]
				switch {
				case i > 0 && slices.Contains(strings.Fields("query_m2 covered_m2 uncovered_m2 area_m2 area_mu share_of_query count share_of_feature"), rows[0][j]) && want != "":
					a, err1 := strconv.ParseFloat(value, 64)
					b, err2 := strconv.ParseFloat(want, 64)
					if err1 != nil || err2 != nil || a != b || !strings.HasPrefix(cell, "<c><v>") {
						t.Errorf("row %d, %s: %s, CSV has %s", i, rows[0][j], cell, want)
					}
				case i > 0 && rows[0][j] == "sliver" && want != "":
					if value != map[string]string{"true": "1", "false": "0"}[want] {
						t.Errorf("row %d: %s, CSV has %s", i, cell, want)
					}
				case value != want:
					t.Errorf("row %d, %s: %q, CSV has %q", i, rows[0][j], value, want)
				}
			}
		}
	}
}
