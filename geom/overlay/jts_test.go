package overlay

import (
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	sf "github.com/peterstace/simplefeatures/geom"

	"tuban/internal/check"
)

// suiteCase is one pair of polygonal geometries of the JTS suite; want is the
// expected intersection, nil when the case has none.
type suiteCase struct {
	name     string
	a, b     orb.MultiPolygon
	want     *sf.Geometry
	floating bool
	valid    bool // both are valid by simplefeatures
}

type suiteRun struct {
	Precision struct {
		Type  string `xml:"type,attr"`
		Scale string `xml:"scale,attr"`
	} `xml:"precisionModel"`
	Cases []struct {
		Desc  string `xml:"desc"`
		A     string `xml:"a"`
		B     string `xml:"b"`
		Tests []struct {
			Op struct {
				Name string `xml:"name,attr"`
				Arg1 string `xml:"arg1,attr"`
				Arg2 string `xml:"arg2,attr"`
				Text string `xml:",chardata"`
			} `xml:"op"`
		} `xml:"test"`
	} `xml:"case"`
}

// jtsCases reads the polygon pairs of all files of the JTS suite.
func jtsCases(t testing.TB) []suiteCase {
	var out []suiteCase
	root := check.Data(t, "suites/jts")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".xml") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var run suiteRun
		if err := xml.Unmarshal(text, &run); err != nil {
			t.Logf("%s: %v", path, err)
			return nil
		}
		rel, _ := filepath.Rel(root, path)
		for i, c := range run.Cases {
			a, validA := areal(c.A)
			b, validB := areal(c.B)
			if a == nil || b == nil {
				continue
			}
			s := suiteCase{name: rel + "#" + strings.Fields(c.Desc + " -")[0] + "/" + itoa(i), a: a, b: b, valid: validA && validB}
			s.floating = run.Precision.Scale == "" && !strings.EqualFold(run.Precision.Type, "FIXED")
			for _, o := range c.Tests {
				if n := strings.ToLower(o.Op.Name); n != "intersection" && n != "intersectionng" {
					continue
				}
				if g, err := parseGeometry(o.Op.Text); err == nil && strings.EqualFold(o.Op.Arg1, "A") && strings.EqualFold(o.Op.Arg2, "B") {
					s.want = &g
				}
			}
			out = append(out, s)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func itoa(i int) string { b, _ := json.Marshal(i); return string(b) }

func parseGeometry(text string) (sf.Geometry, error) {
	text = strings.TrimSpace(text)
	if raw, err := hex.DecodeString(strings.Join(strings.Fields(text), "")); err == nil && len(raw) > 0 {
		return sf.UnmarshalWKB(raw, sf.NoValidate{})
	}
	return sf.UnmarshalWKT(text, sf.NoValidate{})
}

// areal reads a non-empty polygon or multipolygon and tells whether it is valid.
func areal(text string) (mp orb.MultiPolygon, valid bool) {
	g, err := parseGeometry(text)
	if err != nil || g.IsEmpty() {
		return nil, false
	}
	return fromSimple(g), g.Validate() == nil
}

func fromSimple(g sf.Geometry) orb.MultiPolygon {
	var polys []sf.Polygon
	switch {
	case g.IsPolygon():
		polys = append(polys, g.MustAsPolygon())
	case g.IsMultiPolygon():
		m := g.MustAsMultiPolygon()
		for i := range m.NumPolygons() {
			polys = append(polys, m.PolygonN(i))
		}
	}
	var mp orb.MultiPolygon
	for _, p := range polys {
		var op orb.Polygon
		for _, r := range p.DumpRings() {
			var ring orb.Ring
			seq := r.Coordinates()
			for i := range seq.Length() {
				xy := seq.GetXY(i)
				ring = append(ring, orb.Point{xy.X, xy.Y})
			}
			op = append(op, ring)
		}
		if len(op) > 0 {
			mp = append(mp, op)
		}
	}
	return mp
}

func TestJTSSuiteAgainstExactRationals(t *testing.T) {
	checked, skipped, expected := 0, 0, 0
	for _, c := range jtsCases(t) {
		if !c.valid {
			skipped++
			continue
		}
		exact, _ := ExactPlaneArea(c.a, c.b).Float64()
		got := PlaneArea(c.a, c.b)
		p, q := PreparePlane(c.a, false), PreparePlane(c.b, false)
		small := math.Min(p.Area(), q.Area())
		checked++
		if d := math.Abs(got - exact); d > 1e-12*small {
			t.Errorf("%s: %g, exact %g: off by %.2g of the smaller area", c.name, got, exact, d/small)
		}
		if over := Overlaps(p, q); over != (exact > 0) {
			t.Errorf("%s: Overlaps %v, exact area %g", c.name, over, exact)
		}
		if r := Area(q, p); r != Area(p, q) {
			t.Errorf("%s: not symmetric", c.name)
		}
		if c.want != nil && c.floating {
			expected++
			want := simpleArea(*c.want)
			// The suite's texts carry the rounding of the engine that made them.
			if math.Abs(got-want) > 1e-9*small {
				t.Errorf("%s: %.17g, the suite says %.17g, smaller area %g", c.name, got, want, small)
			}
		}
	}
	t.Logf("%d pairs, %d with an expected result; %d invalid ones left out", checked, expected, skipped)
	if checked < 360 || expected < 40 {
		t.Errorf("only %d pairs, %d expected results: is the suite whole?", checked, expected)
	}
}

// simpleArea is the area of the polygons of g, summed about a local origin.
func simpleArea(g sf.Geometry) float64 {
	if g.IsGeometryCollection() {
		sum := 0.0
		c := g.MustAsGeometryCollection()
		for i := range c.NumGeometries() {
			sum += simpleArea(c.GeometryN(i))
		}
		return sum
	}
	return PreparePlane(fromSimple(g), false).Area()
}
