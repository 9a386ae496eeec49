package overlap

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	sf "github.com/peterstace/simplefeatures/geom"

	"tuban/feature"
	"tuban/geom"
	"tuban/geom/ellipsoid"
	"tuban/geom/overlay"
)

// land is three classes in four parcels:
//
//	4 +----+----+
//	  | p3 | p4 |   p1, p4 paddy 0101   p2 road 1003   p3 has no class
//	2 +----+----+
//	  | p1 | p2 |
//	0 +----+----+
//	  0    2    4
func land(t testing.TB) *fake {
	f := &fake{desc: feature.Layer{ID: "dltb", ClassField: "DLBM", Classes: []feature.Class{
		{Code: "0101", Name: "水田", Group: "耕地"}, {Code: "1003", Name: "公路用地", Group: "交通"}}}}
	f.add(t, "p1", "0101", "POLYGON((0 0,2 0,2 2,0 2,0 0))")
	f.add(t, "p2", "1003", "POLYGON((2 0,4 0,4 2,2 2,2 0))")
	f.add(t, "p3", "", "POLYGON((0 2,2 2,2 4,0 4,0 2))")
	f.add(t, "p4", "0101", "POLYGON((2 2,4 2,4 4,2 4,2 2))")
	return f
}

func TestMeasureByClassAndFeature(t *testing.T) {
	const patch = "POLYGON((1 1,3 1,3 3,1 3,1 1))"
	r, err := Measure(query(t, "t1", patch), []Layer{land(t)}, DefaultOptions())
	if err != nil {
		t.Fatal(err)
	}
	l := r.Layers[0]
	if r.ID != "t1" || l.Layer != "dltb" || l.Vintage != "2023" || l.Truncated {
		t.Errorf("got %+v", r)
	}
	total := areaOf(t, patch)
	near(t, "area", r.AreaM2, total)
	near(t, "covered", l.CoveredM2, total)
	near(t, "summed", l.SummedM2, total)
	if l.UncoveredM2 != 0 {
		t.Errorf("uncovered %g", l.UncoveredM2)
	}
	lower, upper := areaOf(t, "POLYGON((1 1,2 1,2 2,1 2,1 1))"), areaOf(t, "POLYGON((1 2,2 2,2 3,1 3,1 2))")
	want := []ClassArea{
		{"", "", "", upper, upper / total, 1},
		{"0101", "水田", "耕地", lower + upper, (lower + upper) / total, 2},
		{"1003", "公路用地", "交通", lower, lower / total, 1},
	}
	if d := cmp.Diff(want, l.Classes, approx); d != "" {
		t.Error(d)
	}
	var ids []string // of equal latitude by id; the southern ones are larger
	for _, f := range l.Features {
		ids = append(ids, string(f.ID))
		if math.Abs(f.ShareOfFeature-0.25) > 1e-4 || math.Abs(f.ShareOfQuery-0.25) > 1e-4 || f.Sliver {
			t.Errorf("%+v", f)
		}
	}
	if got := strings.Join(ids, " "); !slices.Contains([]string{"p1 p2 p3 p4", "p2 p1 p3 p4", "p1 p2 p4 p3", "p2 p1 p4 p3"}, got) {
		t.Errorf("order %s", got)
	}
}

var approx = cmp.Comparer(func(a, b float64) bool {
	return a == b || math.Abs(a-b) <= 1e-9*math.Max(math.Abs(a), math.Abs(b))
})

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Abs(want)+1e-6 {
		t.Errorf("%s: %.9f, want %.9f", what, got, want)
	}
}

// What a query meets: ids by area, "~" before slivers.
func TestMeasureCases(t *testing.T) {
	approvals := &fake{desc: feature.Layer{ID: "pz", ClassField: "KIND"}}
	approvals.add(t, "a", "x", "POLYGON((0 0,3 0,3 4,0 4,0 0))")
	approvals.add(t, "b", "x", "POLYGON((1 0,4 0,4 4,1 4,1 0))")
	approvals.add(t, "c", "y", "POLYGON((0 0,4 0,4 1,0 1,0 0))")
	approvals.add(t, "bow-tie", "z", "POLYGON((10 0,14 4,14 0,10 4,10 0))")
	approvals.add(t, "twice", "z", "MULTIPOLYGON(((20 0,24 0,24 4,20 4,20 0)),((22 0,26 0,26 4,22 4,22 0)))")
	approvals.add(t, "point", "z", "POINT(2 2)")
	approvals.add(t, "line", "z", "LINESTRING(0 0,4 4)")
	for _, c := range []struct {
		name, wkt string
		want      string
		covered   string // WKT of what is covered
	}{
		{"overlapping approvals count once", "POLYGON((0 2,4 2,4 3,0 3,0 2))", "a b", "POLYGON((0 2,4 2,4 3,0 3,0 2))"},
		{"three deep", "POLYGON((1 0,3 0,3 2,1 2,1 0))", "a b c", "POLYGON((1 0,3 0,3 2,1 2,1 0))"},
		{"touching only", "POLYGON((4 0,8 0,8 4,4 4,4 0))", "", "POLYGON EMPTY"},
		{"corner to corner", "POLYGON((4 4,8 4,8 8,4 8,4 4))", "", "POLYGON EMPTY"},
		{"nothing near", "POLYGON((50 50,51 50,51 51,50 50))", "", "POLYGON EMPTY"},
		{"a sliver by width", "POLYGON((3.999 1.5,8 1.5,8 3,3.999 3,3.999 1.5))", "~b", "POLYGON((3.999 1.5,4 1.5,4 3,3.999 3,3.999 1.5))"},
		{"bow-tie by the even-odd rule", "POLYGON((9 -1,15 -1,15 5,9 5,9 -1))", "bow-tie", "POLYGON((10 0,14 4,14 0,10 4,10 0))"},
		{"overlapping parts once", "POLYGON((19 -1,27 -1,27 5,19 5,19 -1))", "twice", "POLYGON((20 0,26 0,26 4,20 4,20 0))"},
		{"a bow-tie as query", "POLYGON((0 1.5,2 3.5,2 1.5,0 3.5,0 1.5))", "a b", "POLYGON((0 1.5,2 3.5,2 1.5,0 3.5,0 1.5))"},
		{"clockwise query with a hole", "POLYGON((0 0,0 4,4 4,4 0,0 0),(1 1,3 1,3 3,1 3,1 1))", "a b c", "POLYGON((0 0,0 4,4 4,4 0,0 0),(1 1,3 1,3 3,1 3,1 1))"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Measure(query(t, "", c.wkt), []Layer{approvals}, DefaultOptions())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			sum := 0.0
			for _, f := range r.Layers[0].Features {
				name := string(f.ID)
				if f.Sliver {
					name = "~" + name
				}
				got = append(got, name)
				sum += f.AreaM2
			}
			slices.Sort(got)
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
			l := r.Layers[0]
			near(t, "covered", l.CoveredM2, areaOf(t, c.covered))
			near(t, "summed", l.SummedM2, sum)
			near(t, "uncovered", l.UncoveredM2, r.AreaM2-l.CoveredM2)
		})
	}
}

func TestOptions(t *testing.T) {
	f := land(t)
	q := query(t, "q", "POLYGON((1 1,3 1,3 3,1 3,1 1))")
	whole, _ := Measure(q, []Layer{f}, Options{})
	cut, _ := Measure(q, []Layer{f}, Options{Limit: 2})
	if l := cut.Layers[0]; len(l.Features) != 2 || !l.Truncated || l.SummedM2 != whole.Layers[0].SummedM2 {
		t.Errorf("limit 2: %+v", l)
	}
	classes, _ := Measure(q, []Layer{f}, Options{Detail: Classes})
	if l := classes.Layers[0]; l.Features != nil || len(l.Classes) != 3 {
		t.Errorf("classes only: %+v", l)
	}
	some, _ := Measure(q, []Layer{Filtered(f, func(s feature.Slot) bool { return f.Class(s) == "0101" })}, Options{Geometry: Uncovered})
	l := some.Layers[0]
	near(t, "uncovered geometry", ellipsoid.Area(l.Uncovered), l.UncoveredM2)
	if len(l.Features) != 2 || len(l.Uncovered) != 2 {
		t.Errorf("filtered: %d features, uncovered %v", len(l.Features), l.Uncovered)
	}
	parts, _ := Measure(q, []Layer{f}, Options{Geometry: Intersection})
	for _, f := range parts.Layers[0].Features {
		near(t, "geometry of "+string(f.ID), ellipsoid.Area(f.Geometry), f.AreaM2)
	}
	thin := query(t, "thin", "POLYGON((0 0,0.001 0,0.001 4,0 4,0 0))")
	for _, c := range []struct {
		opt  Options
		want bool
	}{{DefaultOptions(), true}, {Options{SliverWidth: 0.5}, false}, {Options{SliverM2: 1}, false}, {Options{SliverM2: 1e9}, true}} {
		r, _ := Measure(thin, []Layer{f}, c.opt)
		if got := r.Layers[0].Features[0].Sliver; got != c.want {
			t.Errorf("%+v: sliver %v", c.opt, got)
		}
	}
}

func TestJSON(t *testing.T) {
	f := land(t)
	r, err := Measure(query(t, "一", "POLYGON((1 1,3 1,3 3,1 3,1 1))"), []Layer{f, &fake{desc: feature.Layer{ID: "none"}}},
		Options{Geometry: Intersection, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Seq     int
		Results []struct {
			ID     string
			AreaM2 float64 `json:"area_m2"`
			AreaMu float64 `json:"area_mu"`
			Layers []map[string]json.RawMessage
		}
	}
	text := AppendResults(nil, 41, []Result{r, r})
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if back.Seq != 41 || len(back.Results) != 2 || back.Results[1].ID != "一" || back.Results[0].AreaM2 != r.AreaM2 ||
		math.Abs(back.Results[0].AreaMu-r.AreaM2*3/2000) > 1e-9 {
		t.Errorf("%s", text)
	}
	members := func(m map[string]json.RawMessage) string {
		var names []string
		for k := range m {
			names = append(names, k)
		}
		slices.Sort(names)
		return strings.Join(names, " ")
	}
	if got := members(back.Results[0].Layers[0]); got != "classes covered_m2 features layer summed_m2 truncated uncovered_m2 vintage" {
		t.Error(got)
	}
	if got := members(back.Results[0].Layers[1]); got != "classes covered_m2 features layer summed_m2 uncovered_m2 vintage" {
		t.Error(got)
	}
	var features []struct {
		ID             string
		Class          string
		Area           float64 `json:"area_m2"`
		ShareOfQuery   float64 `json:"share_of_query"`
		ShareOfFeature float64 `json:"share_of_feature"`
		Sliver         *bool
		Geometry       json.RawMessage
	}
	if err := json.Unmarshal(back.Results[0].Layers[0]["features"], &features); err != nil {
		t.Fatal(err)
	}
	g, err := sf.UnmarshalGeoJSON(features[0].Geometry)
	if err != nil || features[0].Sliver == nil || features[0].Area != r.Layers[0].Features[0].AreaM2 {
		t.Fatalf("%v: %s", err, text)
	}
	near(t, "geometry", ellipsoid.Area(polygons(g, plain)), features[0].Area)
}

func TestLocate(t *testing.T) {
	f := land(t)
	f.add(t, "road", "1003", "LINESTRING(0 1,4 1)")
	f.add(t, "well", "", "POINT(1 1)")
	empty := &fake{desc: feature.Layer{ID: "other"}}
	for _, c := range []struct {
		x, y float64
		want string
	}{
		{1, 0.5, "p1"}, {2, 2, "p1 p2 p3 p4"}, {0, 3, "p3"}, {1, 1, "p1 road well"}, {5, 5, ""}, {2, 1, "p1 p2 road"}, {4, 4, "p4"},
	} {
		p := place(sf.XY{X: c.x, Y: c.y})
		at := Locate([]Layer{f, empty}, p[0], p[1])
		var ids []string
		for _, f := range at.Layers[0].Features {
			ids = append(ids, string(f.ID))
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("at %g %g: %q, want %q", c.x, c.y, got, c.want)
		}
		if !json.Valid(AppendLocation(nil, 7, &at)) {
			t.Errorf("bad JSON %s", AppendLocation(nil, 7, &at))
		}
	}
	p := place(sf.XY{X: 1, Y: 0.5})
	at := Locate([]Layer{f}, p[0], p[1])
	want := fmt.Sprintf(`{"seq":7,"lon":%v,"lat":%v,"layers":[{"layer":"dltb","vintage":"2023","features":[{"id":"p1","class":"0101","name":"水田","group":"耕地"}]}]}`, p[0], p[1])
	if got := string(AppendLocation(nil, 7, &at)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestBadQueries(t *testing.T) {
	for _, g := range []orb.Geometry{nil, orb.Point{1, 2}, orb.LineString{{1, 2}, {3, 4}}, orb.Polygon{}, orb.Polygon{{{1, 1}, {2, 2}, {1, 1}}}} {
		if _, err := NewQuery("x", g); !errors.Is(err, ErrNotAreal) {
			t.Errorf("%v: %v", g, err)
		}
	}
	var at *geom.CoordinateError
	if _, err := NewQuery("x", orb.Polygon{{{1, 1}, {2, 200}, {3, 3}, {1, 1}}}); !errors.As(err, &at) || at.Vertex != 1 {
		t.Errorf("got %v", err)
	}
	q, err := NewQuery("x", orb.Polygon{{{95, 36}, {95.001, 36}, {95.001, 36.001}, {95, 36.001}}})
	if err != nil || len(q.Problems) == 0 || q.Problems[0].Code != geom.RingUnclosed || math.Abs(q.Shape.Area()-10004) > 10 {
		t.Errorf("unclosed: %v, %+v, %g", err, q.Problems, q.Shape.Area())
	}
}

// A ring that is run through twice encloses nothing by the even-odd rule; it is
// a polygon all the same.
func TestNothingEnclosed(t *testing.T) {
	for _, text := range []string{"POLYGON((1 1,3 1,3 3,1 1,3 1,3 3,1 1))", "POLYGON((1 1,2 1,3 1,1 1))"} {
		q := query(t, "q", text)
		for _, g := range []Geometry{NoGeometry, Intersection, Uncovered} {
			r, err := Measure(q, []Layer{land(t)}, Options{Geometry: g})
			if err != nil || r.AreaM2 != 0 {
				t.Fatalf("%s: %+v, %v", text, r, err)
			}
			if l := r.Layers[0]; len(l.Features) != 0 || len(l.Classes) != 0 || l.CoveredM2 != 0 || l.UncoveredM2 != 0 || len(l.Uncovered) != 0 {
				t.Errorf("%s: %+v", text, l)
			}
			if !json.Valid(AppendJSON(nil, &r)) {
				t.Errorf("%s: %s", text, AppendJSON(nil, &r))
			}
		}
	}
}

// Answers are the same to the bit whether shapes are prepared or not, whatever
// the order of slots; and equal to measuring every feature.
func TestPreparedAndOrder(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	f := &fake{desc: feature.Layer{ID: "l", ClassField: "C"}}
	for i := range 60 {
		g := orb.Polygon{ring(r, 3+r.IntN(600))}
		f.features = append(f.features, fakeFeature{feature.ID(fmt.Sprint(i)), feature.Number(i + 1), fmt.Sprint(i % 3), g, i%17 == 0})
	}
	ready := &fake{desc: f.desc, features: slices.Clone(f.features)}
	r.Shuffle(len(ready.features), func(i, j int) {
		ready.features[i], ready.features[j] = ready.features[j], ready.features[i]
	})
	all := make([]feature.Slot, len(ready.features))
	for i := range all {
		all[i] = feature.Slot(i)
	}
	first, err := Shapes{}.Derive(nil, ready, all[:30], nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Shapes{}.Derive(first, ready, all[30:], all[:10])
	if err != nil {
		t.Fatal(err)
	}
	if p, q := first.(*Prepared), second.(*Prepared); p.Len() == 0 || q.Len() <= p.Len() || q.Shape(0) != nil || p.Len() == 60 {
		t.Errorf("%d and %d shapes kept", p.Len(), q.Len())
	}
	ready.derived = map[string]any{shapesName: second}
	for range 3 {
		q, err := NewQuery("q", orb.Polygon{ring(r, 80)})
		if err != nil {
			t.Fatal(err)
		}
		a, err := Measure(q, []Layer{f}, DefaultOptions())
		if err != nil {
			t.Fatal(err)
		}
		b, _ := Measure(q, []Layer{ready}, DefaultOptions())
		if d := cmp.Diff(a, b); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
		sum, count := 0.0, 0
		for s := range f.features {
			if area := overlay.Area(q.Shape, overlay.Prepare(f.features[s].geom, f.features[s].repair)); area > 0 {
				sum, count = sum+area, count+1
			}
		}
		if l := a.Layers[0]; sum != l.SummedM2 || count != len(l.Features) {
			t.Fatalf("seed %d: %d features of %g, want %d of %g", seed, len(l.Features), l.SummedM2, count, sum)
		}
		if l := a.Layers[0]; l.CoveredM2 > q.Shape.Area() || l.CoveredM2 > l.SummedM2 {
			t.Fatalf("seed %d: %+v", seed, l)
		}
	}
}

func ring(r *rand.Rand, n int) orb.Ring {
	x, y, size := 95+0.02*r.Float64(), 36+0.02*r.Float64(), 0.001+0.004*r.Float64()
	var out orb.Ring
	for i := range n {
		a := 2 * math.Pi * (float64(i) + 0.5*r.Float64()) / float64(n)
		d := size * (0.5 + 0.5*r.Float64())
		out = append(out, orb.Point{x + d*math.Cos(a), y + d*math.Sin(a)})
	}
	return append(out, out[0])
}

func BenchmarkMeasure(b *testing.B) {
	f := &fake{desc: feature.Layer{ID: "parcels", ClassField: "C"}}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 100 {
		f.features = append(f.features, fakeFeature{feature.ID(fmt.Sprint(i)), feature.Number(i + 1), fmt.Sprint(i % 5), orb.Polygon{ring(r, 30)}, false})
	}
	q, err := NewQuery("q", orb.Polygon{ring(r, 60)})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Measure(q, []Layer{f}, DefaultOptions()); err != nil {
			b.Fatal(err)
		}
	}
}
