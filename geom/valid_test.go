package geom

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

// Each case has a drawing; the vertices are numbered by where they are used.
func TestValidate(t *testing.T) {
	for _, c := range []struct {
		name string
		wkt  string
		// code part/ring/vertex lon lat, or nothing for a sound geometry
		want []string
	}{
		// +---+
		// |   |
		// +---+
		{"square", "POLYGON((0 0,4 0,4 4,0 4,0 0))", nil},
		// +-----+
		// | +-+ |
		// | +-+ |
		// +-----+
		{"hole", "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 2,2 2,2 1,1 1))", nil},
		{"shell and hole the wrong way", "POLYGON((0 0,0 4,4 4,4 0,0 0),(1 1,2 1,2 2,1 2,1 1))",
			[]string{"wrong-winding 0/0/0 0 0", "wrong-winding 0/1/0 1 1"}},
		// 3   1
		// |\ /|
		// | X |
		// |/ \|
		// 0   2
		{"bow-tie", "POLYGON((0 0,4 4,4 0,0 4,0 0))", []string{"self-crossing 0/0/2 2 2"}},
		// 3   1
		// |\ /|
		// | 2 |   the crossing point is a vertex of both passes
		// |/ \|
		// 0   4
		{"bow-tie through a vertex", "POLYGON((0 0,2 2,4 4,4 0,2 2,0 4,0 0))",
			[]string{"self-crossing 0/0/4 2 2"}},
		// +-------+
		// |  / \  |   the inner loop hangs from the top: a hole drawn
		// | +---+ |   without lifting the pen
		// +-------+
		{"ring that touches itself and leaves a hole", "POLYGON((0 0,4 0,4 4,2 4,3 2,1 2,2 4,0 4,0 0))",
			[]string{"self-touch 0/0/6 2 4"}},
		// the same, the inner loop the other way around: what it holds is
		// surrounded twice, and even-odd leaves it out
		{"ring that goes around twice", "POLYGON((0 0,4 0,4 4,2 4,1 2,3 2,2 4,0 4,0 0))",
			[]string{"self-crossing 0/0/6 2 4"}},
		// +--+
		// |  |  +--+
		// |  2--5  |   two lobes that meet at one vertex
		// +--+  +--+
		{"two lobes", "POLYGON((0 0,2 0,2 2,4 2,4 4,2 4,2 2,0 2,0 0))", []string{"self-touch 0/0/6 2 2"}},
		// +---+
		// |   |--------- spike
		// +---+
		{"spike", "POLYGON((0 0,4 0,4 2,9 2,4 2,4 4,0 4,0 0))", []string{"spike 0/0/3 9 2"}},
		{"spike inward", "POLYGON((0 0,4 0,4 2,1 2,4 2,4 4,0 4,0 0))", []string{"spike 0/0/3 1 2"}},
		{"spike right through", "POLYGON((0 0,4 0,4 2,-3 2,4 2,4 4,0 4,0 0))",
			[]string{"spike 0/0/3 -3 2", "self-touch 0/0/6 0 2", "self-touch 0/0/6 0 2"}},
		// +-----+
		// | +-+ |   shell and hole joined by a cut that runs back along
		// | +-+ |   itself
		// +--|--+
		{"keyhole", "POLYGON((0 0,2 0,2 1,1 1,1 3,3 3,3 1,2 1,2 0,4 0,4 4,0 4,0 0))",
			[]string{"self-touch 0/0/8 2 0"}},
		{"ring twice over", "POLYGON((0 0,4 0,4 4,0 4,0 0,4 0,4 4,0 4,0 0))",
			[]string{"ring-overlap 0/0/0 0 0", "ring-overlap 0/0/5 4 0", "ring-overlap 0/0/6 4 4", "ring-overlap 0/0/7 0 4",
				"self-touch 0/0/0 0 0", "self-touch 0/0/4 0 0", "self-touch 0/0/5 4 0", "self-touch 0/0/7 0 4"}},
		// +---+ +-+
		// |   | | |
		// +---+ +-+
		{"hole beside its shell", "POLYGON((0 0,4 0,4 4,0 4,0 0),(6 1,6 2,7 2,7 1,6 1))", []string{"hole-outside 0/1/0 6 1"}},
		{"hole around its shell", "POLYGON((2 2,3 2,3 3,2 3,2 2),(0 0,0 5,5 5,5 0,0 0))",
			[]string{"hole-outside 0/0/0 2 2", "hole-outside 0/1/0 0 0"}},
		// +-----+
		// |  +--|-+
		// |  +--|-+
		// +-----+
		{"hole across its shell", "POLYGON((0 0,4 0,4 4,0 4,0 0),(3 1,3 2,6 2,6 1,3 1))",
			[]string{"hole-outside 0/1/1 4 2", "hole-outside 0/1/3 4 1"}},
		{"hole touches its shell at a point", "POLYGON((0 0,4 0,4 4,0 4,0 0),(0 2,2 3,2 1,0 2))", nil},
		// +-----+
		// +--+  |
		// +--+  |
		// +-----+
		{"hole along its shell", "POLYGON((0 0,4 0,4 4,0 4,0 0),(0 1,0 3,2 3,2 1,0 1))",
			[]string{"interior-split 0/0/3 0 3", "shared-edge 0/1/0 0 1"}},
		{"hole along its shell, outside", "POLYGON((0 0,4 0,4 4,0 4,0 0),(4 1,4 3,6 3,6 1,4 1))",
			[]string{"hole-outside 0/1/0 4 1", "hole-outside 0/1/1 4 3", "shared-edge 0/1/0 4 1"}},
		{"hole equal to its shell", "POLYGON((0 0,4 0,4 4,0 0),(0 0,4 4,4 0,0 0))",
			[]string{"shared-edge 0/1/0 0 0", "shared-edge 0/1/0 0 0",
				"interior-split 0/1/1 4 4", "interior-split 0/1/2 4 0", "shared-edge 0/1/2 4 0"}},
		{"hole from side to side", "POLYGON((0 0,4 0,4 4,0 4,0 0),(0 2,2 3,4 2,2 1,0 2))",
			[]string{"interior-split 0/0/3 0 2"}},
		{"hole in a hole", "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,1 8,8 8,8 1,1 1),(3 3,3 5,5 5,5 3,3 3))",
			[]string{"holes-overlap 0/2/0 3 3"}},
		{"the same hole twice", "POLYGON((0 0,9 0,9 9,0 9,0 0),(3 3,3 5,5 5,3 3),(3 3,3 5,5 5,3 3))",
			[]string{"holes-overlap 0/2/0 3 3", "holes-overlap 0/2/1 3 5", "holes-overlap 0/2/2 5 5",
				"shared-edge 0/2/0 3 3", "shared-edge 0/2/0 3 3", "shared-edge 0/2/1 3 5"}},
		{"holes that cross", "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,1 3,3 3,3 1,1 1),(2 2,2 4,4 4,4 2,2 2))",
			[]string{"holes-overlap 0/2/0 2 3", "holes-overlap 0/2/0 2 2", "holes-overlap 0/2/3 3 2"}},
		{"holes that touch", "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,1 3,3 3,3 1,1 1),(3 3,3 4,4 4,4 3,3 3))", nil},
		{"parts apart", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))", nil},
		{"parts that touch at a point", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((1 1,2 1,2 2,1 1)))", nil},
		{"parts side by side", "MULTIPOLYGON(((0 0,1 0,1 1,0 1,0 0)),((1 0,2 0,2 1,1 1,1 0)))",
			[]string{"shared-edge 1/0/0 1 0"}},
		{"parts that cross", "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((1 1,3 1,3 3,1 3,1 1)))",
			[]string{"parts-overlap 1/0/0 2 1", "parts-overlap 1/0/0 1 1", "parts-overlap 1/0/3 1 2"}},
		{"part in a part", "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0)),((1 1,3 1,3 3,1 3,1 1)))",
			[]string{"parts-overlap 1/0/0 1 1"}},
		{"part in the hole of a part", "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0),(1 1,1 8,8 8,8 1,1 1)),((2 2,3 2,3 3,2 3,2 2)))", nil},
		{"hole of one part in the other", "MULTIPOLYGON(((0 0,1 0,1 1,0 0),(6 6,6 7,7 7,6 6)),((5 5,9 5,9 9,5 9,5 5)))",
			[]string{"hole-outside 0/1/0 6 6"}},
		{"unclosed", "POLYGON((0 0,4 0,4 4,0 4))", []string{"ring-unclosed 0/0/3 0 4"}},
		{"duplicates", "POLYGON((0 0,4 0,4 0,4 4,0 4,0 0,0 0))",
			[]string{"duplicate-point 0/0/2 4 0", "duplicate-point 0/0/5 0 0"}},
		{"two points", "POLYGON((0 0,4 0,0 0))", []string{"ring-too-few-points 0/0/0 0 0"}},
		{"hole of two points", "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 2,1 1))", []string{"ring-too-few-points 0/1/0 1 1"}},
		{"flat", "POLYGON((0 0,2 0,4 0,0 0))", []string{"spike 0/0/0 0 0", "spike 0/0/2 4 0"}},
		// three edges through one point that is no vertex: the sectors are
		// in and out by turns, so nothing is counted wrongly
		{"three edges through a point", "POLYGON((1 1,3 2,3 3,1 0,2 0,2 2,1 1))",
			[]string{"self-touch 0/0/2 2 1.5", "self-touch 0/0/4 2 1.5", "self-touch 0/0/4 2 1.5"}},
		{"a line", "LINESTRING(0 0,4 4,4 0,0 4)", nil},
		{"nothing", "POLYGON EMPTY", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := jtsGeometry(c.wkt)
			if g == nil {
				t.Fatalf("not read: %s", c.wkt)
			}
			var got []string
			for _, p := range Validate(g, 0) {
				got = append(got, fmt.Sprintf("%s %d/%d/%d %v %v", p.Code, p.Part, p.Ring, p.Vertex, p.Lon, p.Lat))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(c.want, "\n\t"))
			}
		})
	}
}

// A flood of harmless problems must not push out one that matters.
func TestValidateLimit(t *testing.T) {
	var r orb.Ring
	for i := range 100 {
		p := orb.Point{float64(i), math.Sin(float64(i))}
		r = append(r, p, p) // a duplicate each
	}
	r = append(r, orb.Point{99, 50}, orb.Point{0, 50}, r[0])
	cross := orb.Polygon{{{0, 0}, {4, 4}, {4, 0}, {0, 4}, {0, 0}}}
	for _, limit := range []int{1, 2, 5, 50} {
		got := Validate(orb.MultiPolygon{{r}, cross}, limit)
		if len(got) > limit || !got[0].NeedsRepair() {
			t.Errorf("limit %d: %d problems, the first is %+v", limit, len(got), got[0])
		}
	}
}

func TestValidateBadCoordinate(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		got := Validate(orb.Polygon{{{0, 0}, {1, v}, {1, 1}, {0, 0}}}, 0)
		if len(got) != 1 || got[0].Code != BadCoordinate || got[0].Vertex != 1 {
			t.Errorf("%v: %+v", v, got)
		}
		if _, err := json.Marshal(got); err != nil {
			t.Error(err)
		}
	}
}

func TestProblemJSON(t *testing.T) {
	got, err := json.Marshal(Problem{Code: Spike, Place: Place{1, 2, 3, 4.5, 6}, Detail: "x"})
	const want = `{"code":"spike","part":1,"ring":2,"vertex":3,"lon":4.5,"lat":6,"detail":"x"}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}

// The same ring, however it is begun, turned or shifted by whole numbers, has
// problems of the same number and kind.
func TestValidateInvariance(t *testing.T) {
	base := orb.Ring{{0, 0}, {4, 0}, {4, 4}, {2, 4}, {1, 2}, {3, 2}, {2, 4}, {0, 4}, {0, 0}}
	want := Validate(orb.Polygon{base}, 0)
	for shift := range len(base) - 1 {
		r := append(slices.Clone(base[shift:len(base)-1]), base[:shift+1]...)
		for _, back := range []bool{false, true} {
			if back {
				slices.Reverse(r)
			}
			got := slices.DeleteFunc(Validate(orb.Polygon{r}, 0), func(p Problem) bool { return p.Code == WrongWinding })
			if len(got) != len(want) || got[0].Code != want[0].Code || got[0].Lon != want[0].Lon {
				t.Errorf("shift %d, reversed %v: %+v, want %+v", shift, back, got, want)
			}
		}
	}
}
