package cql2

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tuban/feature"
	"tuban/formats/geopackage"
	"tuban/internal/check"
)

// TestSpecExamples: of the standard's examples, those in text are read as the
// same filter as those in JSON, and what is not supported is refused by name.
func TestSpecExamples(t *testing.T) {
	dir := check.Data(t, "suites/cql2/schema/examples")
	names, err := filepath.Glob(filepath.Join(dir, "text", "*.txt"))
	if err != nil || len(names) < 100 {
		t.Fatalf("%d examples, %v", len(names), err)
	}
	unsupported := regexp.MustCompile(`(?i)casei|accenti|\b[at]_[a-z]+|s_(within|crosses|equals|disjoint|touches|overlaps|contains)|(avg|foo|bar)\(| \^ |[-+*/%] |div|-150|-1\)`)
	swapped := []string{"example07", "clause7_10"} // latitude first, beyond ±90 where it is longitude
	read, refused := 0, 0
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		base := strings.TrimSuffix(filepath.Base(name), ".txt")
		f, err := Parse(strings.TrimSpace(string(text)))
		if err != nil {
			refused++
			if !unsupported.Match(text) && !slices.Contains(swapped, base) {
				t.Errorf("%s is refused: %v\n%s", base, err, text)
			}
			continue
		}
		read++
		js, err := os.ReadFile(filepath.Join(dir, "json", base+".json"))
		if errors.Is(err, os.ErrNotExist) { // of the alternative texts of one JSON
			js, err = os.ReadFile(filepath.Join(dir, "json", base[:strings.Index(base, "-alt")]+".json"))
		}
		if err != nil {
			t.Fatal(err)
		}
		g, err := ParseJSON(js)
		if err != nil || g.String() != f.String() {
			t.Errorf("%s: as JSON it is %v, %v; as text %s", base, g, err, f)
		}
	}
	t.Logf("%d read, %d refused", read, refused)
	if read < 40 {
		t.Errorf("only %d examples are read", read)
	}
}

// suite is the standard's test data.
func suite(t *testing.T) map[string][]*row {
	path := check.Data(t, "suites/cql2/data/ne110m4cql2.gpkg")
	layers := map[string][]*row{}
	for _, name := range []string{"ne_110m_admin_0_countries", "ne_110m_populated_places_simple", "ne_110m_rivers_lake_centerlines"} {
		r, err := geopackage.Open(path, geopackage.Options{Layer: name})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for {
			next, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			values := map[string]feature.Value{}
			for _, p := range next.Feature.Properties {
				values[p.Name] = p.Value
			}
			layers[name] = append(layers[name], &row{values: values, geometry: next.Feature.Geometry})
		}
	}
	return layers
}

func count(t *testing.T, rows []*row, filter string) int {
	t.Helper()
	f := mustParse(t, filter)
	n, again := 0, mustParse(t, f.String())
	for _, r := range rows {
		if f.Match(r, 0) {
			n++
		}
		if f.Match(r, 0) != again.Match(r, 0) {
			t.Fatalf("%s and its canonical text %s differ", filter, f)
		}
	}
	return n
}

// tableRow is a row of the abstract tests: cells in backquotes, then a count.
var cell = regexp.MustCompile("`([^`]*)`")

// TestSpecCounts runs the predicates of the standard's abstract tests over its
// data and compares the counts.
func TestSpecCounts(t *testing.T) {
	layers := suite(t)
	ran := 0
	for _, class := range []string{"basic-cql2", "advanced-comparison-operators", "basic-spatial-functions", "basic-spatial-functions-plus", "property-property"} {
		text, err := os.ReadFile(check.Data(t, "suites/cql2/ats/annex_ats_"+class+".adoc"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.NewReplacer(`\<`, `<`, `\(`, `(`).Replace(strings.TrimSpace(line))
			cells := cell.FindAllStringSubmatch(line, -1)
			want, err := strconv.Atoi(line[strings.LastIndex(line, "|")+1:])
			if err != nil || len(cells) == 0 {
				continue
			}
			layer, predicate := "ne_110m_populated_places_simple", cells[0][1]
			for name := range layers {
				if strings.Contains(line, "|"+name) {
					layer = name
				}
			}
			if len(cells) == 4 {
				p := [4]string{cells[0][1], cells[1][1], cells[2][1], cells[3][1]}
				predicate = "(NOT (" + p[1] + ") AND " + p[0] + ") OR (" + p[2] + " and " + p[3] + ") or not (" + p[0] + " OR " + p[3] + ")"
			}
			if regexp.MustCompile(`(?i)\bt_|s_(within|crosses|equals|disjoint|touches|overlaps|contains)|casei|accenti`).MatchString(predicate) {
				continue
			}
			predicate = strings.NewReplacer("(geom,", "(geometry,", ",geom)", ",geometry)").Replace(predicate)
			ran++
			if got := count(t, layers[layer], predicate); got != want {
				t.Errorf("%s: %s: %d, want %d", layer, predicate, got, want)
			}
		}
	}
	t.Logf("%d predicates", ran)
	if ran < 150 {
		t.Errorf("only %d predicates were run", ran)
	}
}
