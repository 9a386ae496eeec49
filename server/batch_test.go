package server

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"tuban/formats/geojson"
)

// batchLine is one line of the answer, kept as text too.
type batchLine struct {
	Row   int64
	Seq   int
	ID    *string
	Error *rowProblem
	text  string
}

// lines reads an answer, and holds each line against openapi.json.
func (g *rig) lines(body string) []batchLine {
	g.t.Helper()
	schema := g.api.Components.Schemas["overlapRow"].Value
	var out []batchLine
	for text := range strings.Lines(body) {
		var v any
		l := batchLine{text: strings.TrimSpace(text)}
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			g.t.Fatalf("line %d is no JSON: %v: %.200s", len(out)+1, err, text)
		}
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			g.t.Fatal(err)
		}
		if err := schema.VisitJSON(v); err != nil {
			g.t.Fatalf("line %d is not as openapi.json says: %v", len(out)+1, err)
		}
		out = append(out, l)
	}
	return out
}

func (g *rig) batch(query, body string, headers ...string) []batchLine {
	g.t.Helper()
	if len(headers) == 0 {
		headers = []string{"Content-Type", typeNDJSON}
	}
	return g.lines(string(g.want(200, "POST", "/overlap/batch?"+query, body, headers...).body))
}

// patches are n small squares over the parcels of fill, some across borders.
func patches(n int) []string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = featureJSON("q"+itoa(i), square(95+float64(i%997)/15000, 36.499+float64(i%13)/1000, 0.002), `{}`)
	}
	return rows
}

// A batch gives the bytes of single calls, whatever frame the rows come in.
func TestBatchEqualsSingleCalls(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(20)
	rows := patches(300)
	for _, query := range []string{"layers=dltb,patch", "layers=dltb&detail=classes", "layers=dltb&limit=1&sliver_m2=5000", "layers=dltb&geometry=intersection", "layers=patch&geometry=uncovered"} {
		single := make([]string, len(rows))
		for i, row := range rows {
			body := string(g.want(200, "POST", "/overlap?"+query, row, "Content-Type", typeGeoJSON).body)
			single[i] = strings.TrimSuffix(strings.TrimPrefix(body, `{"seq":4,"results":[{`), "}]}")
		}
		var zipped bytes.Buffer
		z := gzip.NewWriter(&zipped)
		fmt.Fprint(z, strings.Join(rows, "\n"))
		z.Close()
		for name, lines := range map[string][]batchLine{
			"ndjson":   g.batch(query, strings.Join(rows, "\n")),
			"rfc 8142": g.batch(query, "\x1e"+strings.Join(rows, "\n\x1e")+"\n", "Content-Type", typeSeq),
			"sniffed":  g.batch(query, "\x1e"+strings.Join(rows, "\n\n\x1e"), "Content-Type", "application/octet-stream"),
			"gzip":     g.batch(query, zipped.String(), "Content-Type", typeNDJSON, "Content-Encoding", "gzip"),
		} {
			if len(lines) != len(rows) {
				t.Fatalf("%s: %d lines", name, len(lines))
			}
			for i, l := range lines {
				want := `{"row":` + strconv.Itoa(i+1) + `,"seq":4,` + single[i] + "}"
				if l.text != want {
					t.Fatalf("%s, %s, row %d:\n%s\nsingle call\n%s", query, name, i+1, l.text, want)
				}
			}
		}
	}
}

// One bad row is a line with its place; the others are measured.
func TestBatchRows(t *testing.T) {
	g := newRig(t, Options{Limits: Limits{Vertices: 20, Body: 4000, Depth: 12}})
	g.fill(2)
	good := square(95.001, 36.501, 0.001)
	many := `{"type":"Polygon","coordinates":[[` + strings.Repeat("[95,36.5],[95.001,36.5],", 12) + `[95,36.5]]]}`
	bow := `{"type":"Polygon","coordinates":[[[95,36.5],[95.01,36.51],[95.01,36.5],[95,36.51],[95,36.5]]]}`
	for _, c := range []struct{ name, row, code, place string }{
		{"a geometry", good, "", ""},
		{"a feature", featureJSON("f", good, `{"a":1}`), "", ""},
		{"warned", bow, "", `"warnings":[{`},
		{"no JSON", `{"type":`, "bad-json", `"line":4,"column":9`},
		{"no GeoJSON", `{"type":"Polygon","coordinates":[[["a"]]]}`, "bad-geojson", `"pointer":"/coordinates/0/0/0"`},
		{"a collection", `{"type":"FeatureCollection","features":[]}`, "bad-geojson", ""},
		{"a point", `{"type":"Point","coordinates":[95,36.5]}`, "not-a-polygon", ""},
		{"no geometry", `{"type":"Feature","id":"none","geometry":null,"properties":{}}`, "not-a-polygon", `"id":"none"`},
		{"two points", `{"type":"Polygon","coordinates":[[[95,36],[95,37],[95,36]]]}`, "not-a-polygon", ""},
		{"no ring", `{"type":"Polygon","coordinates":[]}`, "not-a-polygon", ""},
		{"an empty ring", `{"type":"Polygon","coordinates":[[]]}`, "not-a-polygon", ""},
		{"out of range", featureJSON("far", square(179.5, 1, 1), `{}`), "geometry-refused", `"vertex":1`},
		{"not a number", `{"type":"Polygon","coordinates":[[[NaN,1],[2,2],[3,1],[1,1]]]}`, "bad-geojson", `"ring":0,"vertex":0`},
		{"infinite", `{"type":"Polygon","coordinates":[[[1e999,1],[2,2],[3,1],[1,1]]]}`, "bad-geojson", ""},
		{"another crs", `{"type":"Point","coordinates":[1,2],"crs":"EPSG:4520"}`, "bad-geojson", ""},
		{"too many vertices", many, "too-many", ""},
		{"too long", `{"type":"Polygon","x":"` + strings.Repeat("x", 5000) + `"}`, "too-many", ""},
		{"too deep", `{"type":"Feature","x":` + strings.Repeat("[", 20) + strings.Repeat("]", 20) + `}`, "too-deep", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines := g.batch("layers=dltb", good+"\n\n"+good+"\n"+c.row+"\n"+good+"\n")
			if len(lines) != 4 {
				t.Fatalf("%d lines: %v", len(lines), lines)
			}
			for i, l := range lines {
				if l.Row != int64(i)+1 || l.Seq != 4 || i != 2 && l.Error != nil {
					t.Errorf("line %d: %s", i+1, l.text)
				}
			}
			l := lines[2]
			if got := l.Error; (got == nil) != (c.code == "") || got != nil && (got.Code != c.code || got.Status < 400 || got.Status >= 500) {
				t.Errorf("want %q: %s", c.code, l.text)
			}
			if !strings.Contains(l.text, c.place) || l.Error != nil && len(l.Error.Errors) > 0 && !strings.Contains(l.text, `"row":3,`) {
				t.Errorf("no %s in %s", c.place, l.text)
			}
		})
	}
	if lines := g.batch("layers=dltb", ""); len(lines) != 0 {
		t.Errorf("nothing in: %v", lines)
	}
	if lines := g.batch("layers=dltb", "\n \n"); len(lines) != 0 {
		t.Errorf("blank lines: %v", lines)
	}
}

func TestBatchRefusals(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(1)
	for _, c := range []struct {
		name, query, kind string
		status            int
	}{
		{"no layers", "", typeNDJSON, 400}, {"no such layer", "layers=none", typeNDJSON, 404}, {"unknown parameter", "layers=dltb&foo=1", typeNDJSON, 400},
		{"limit", "layers=dltb&limit=0", typeNDJSON, 400}, {"type", "layers=dltb", "text/plain", 415},
	} {
		t.Run(c.name, func(t *testing.T) {
			g.want(c.status, "POST", "/overlap/batch?"+c.query, square(95, 36.5, 1), "Content-Type", c.kind)
		})
	}
	g.want(405, "GET", "/overlap/batch?layers=dltb", "")
	g.want(400, "POST", "/overlap/batch?layers=dltb", "\xff\xfe{\x00", "Content-Type", typeNDJSON)
	g.want(400, "POST", "/overlap/batch?layers=dltb", "no gzip", "Content-Type", typeNDJSON, "Content-Encoding", "gzip")
	if n := len(g.s.batches); n != 0 {
		t.Errorf("%d batches hold a place", n)
	}
}

// All lines are of the View that was there when the batch began, whatever is
// committed while it runs.
func TestBatchIsOfOneView(t *testing.T) {
	g := newRig(t, Options{})
	g.fill(4)
	in, send := io.Pipe()
	req, err := http.NewRequest("POST", "http://tuban.test/overlap/batch?layers=dltb", in)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", typeNDJSON)
	row := square(95, 36.5, 1./64) + "\n"
	go func() {
		io.WriteString(send, strings.Repeat(row, 200)) // more than fasthttp reads before it calls anyone
	}()
	res, err := g.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	out := make([]byte, 1)
	if _, err := io.ReadFull(res.Body, out); err != nil {
		t.Fatal(err)
	}
	g.want(204, "DELETE", "/collections/dltb/items/b0", "", "If-Match", "*")
	if got := seqOf(g.want(200, "GET", "/collections", "")); got != 5 {
		t.Fatalf("seq %d", got)
	}
	io.WriteString(send, row)
	send.Close()
	rest, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	lines := g.lines(string(out) + string(rest))
	if len(lines) != 201 || res.Header.Get("Tuban-Seq") != "4" {
		t.Fatalf("%d lines of seq %s", len(lines), res.Header.Get("Tuban-Seq"))
	}
	_, first, _ := strings.Cut(lines[0].text, `"seq":4`)
	_, last, ok := strings.Cut(lines[200].text, `"seq":4`)
	if !ok || first != last || !strings.Contains(last, `"b0"`) {
		t.Errorf("first %s\nlast %s", first, last)
	}
}

func FuzzBatch(f *testing.F) {
	g := newRig(f, Options{Limits: Limits{Body: 10_000, Vertices: 200}})
	g.fill(2)
	good := square(95.001, 36.501, 0.001)
	for _, seed := range []string{good, good + "\n{\n" + good, "\x1e" + good + "\x1e\x1e?", "\xef\xbb\xbf" + good, "[]\nnull\n1", `{"type":"Feature","id":"a` + "\x00", strings.Repeat("{\"type\":\n", 5)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		h := *g
		h.t = t
		a := h.do("POST", "/overlap/batch?layers=dltb", string(body), "Content-Type", typeNDJSON)
		if a.status != 200 {
			return
		}
		for i, l := range h.lines(string(a.body)) {
			if l.Row != int64(i)+1 || l.Error != nil && l.Error.Status >= 500 {
				t.Errorf("line %d: %s", i+1, l.text)
			}
			if _, err := geojson.ParseFeature([]byte(l.text)); err == nil {
				t.Errorf("a line is a feature: %s", l.text)
			}
		}
	})
}
