package overlay

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tuban/geom"
	"tuban/geom/ellipsoid"
)

// sound checks that mp has no problems, winding by RFC 7946 among them, and
// returns its area in m².
func sound(t *testing.T, mp orb.MultiPolygon) float64 {
	t.Helper()
	if problems := geom.Validate(mp, 0); len(problems) > 0 {
		t.Fatalf("%+v: %v", problems, mp)
	}
	return ellipsoid.Area(mp)
}

// valid checks mp with another engine, whose arithmetic is not exact: not for
// borders that lie within a rounding of one another.
func valid(t *testing.T, mp orb.MultiPolygon) {
	t.Helper()
	if err := toSimple(mp).Validate(); err != nil {
		t.Fatalf("%v: %v", err, mp)
	}
}

// cutUp makes the geometry of a∩b and of a less b, and checks both against the
// areas, within a number of m² beside what must hold of ordinary shapes. It
// returns them, the intersection first.
func cutUp(t *testing.T, a, b orb.Geometry, within float64) (both, rest orb.MultiPolygon) {
	t.Helper()
	p, q := Prepare(a, broken(a)), Prepare(b, broken(b))
	both, err := Intersection(p, q)
	if err != nil {
		t.Fatalf("%v\n%v\n%v", err, a, b)
	}
	rest, err = Difference(p, []*Shape{q})
	if err != nil {
		t.Fatalf("%v\n%v\n%v", err, a, b)
	}
	near := func(what string, got, want, smaller float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9*smaller+1e-6+within {
			t.Fatalf("%s: %.9f m², want %.9f: %v\n%v", what, got, want, a, b)
		}
	}
	bothArea, restArea := sound(t, both), sound(t, rest)
	near("intersection", bothArea, Area(p, q), min(p.Area(), q.Area()))
	near("difference", restArea, p.Area()-UnionArea(p, []*Shape{q}), p.Area())
	near("the two together", bothArea+restArea, p.Area(), p.Area())
	return both, rest
}

func broken(g orb.Geometry) bool {
	return slices.ContainsFunc(geom.Validate(g, 0), geom.Problem.NeedsRepair)
}

// What comes out of shapes in special positions, in units of 1/4096 degree:
// rings of the intersection and of the difference, each polygon's vertices.
func TestGeometryTable(t *testing.T) {
	const unit = "POLYGON((0 0,4 0,4 4,0 4,0 0))"
	for _, c := range []struct {
		name, a, b string
		both, rest [][]int // of each polygon, its rings' distinct vertices
	}{
		{"apart", unit, "POLYGON((5 0,9 0,9 4,5 4,5 0))", nil, [][]int{{4}}},
		{"shared side", unit, "POLYGON((4 0,8 0,8 4,4 4,4 0))", nil, [][]int{{4}}},
		{"corner to corner", unit, "POLYGON((4 4,8 4,8 8,4 8,4 4))", nil, [][]int{{4}}},
		{"identical", unit, "POLYGON((4 4,4 0,0 0,0 4,4 4))", [][]int{{4}}, nil},
		{"b inside", unit, "POLYGON((1 1,2 1,2 2,1 2,1 1))", [][]int{{4}}, [][]int{{4, 4}}},
		{"b inside, its corners on a's sides", unit, "POLYGON((2 0,4 2,2 4,0 2,2 0))", [][]int{{4}}, [][]int{{3}, {3}, {3}, {3}}},
		{"b inside, one corner on a's side", unit, "POLYGON((0 2,2 1,2 3,0 2))", [][]int{{3}}, [][]int{{5, 3}}},
		{"a vertex on a straight side stays", "POLYGON((0 0,2 0,4 0,4 2,4 4,0 4,0 0))", "POLYGON((-1 -1,9 -1,9 9,-1 9,-1 -1))", [][]int{{6}}, nil},
		{"slabs leave no points", "POLYGON((0 0,8 1,8 9,0 8,0 0))", "POLYGON((3 3,4 5,5 3,4 4,3 3))", [][]int{{4}}, [][]int{{4, 4}}},
		{"cut through", unit, "POLYGON((-1 1,5 1,5 2,-1 2,-1 1))", [][]int{{4}}, [][]int{{4}, {4}}},
		{"cut along the meridian", unit, "POLYGON((1 -1,2 -1,2 5,1 5,1 -1))", [][]int{{4}}, [][]int{{4}, {4}}},
		{"a in b's hole", unit, "POLYGON((-9 -9,9 -9,9 9,-9 9,-9 -9),(-1 -1,5 -1,5 5,-1 5,-1 -1))", nil, [][]int{{4}}},
		{"a fills b's hole", unit, "POLYGON((-9 -9,9 -9,9 9,-9 9,-9 -9),(0 0,4 0,4 4,0 4,0 0))", nil, [][]int{{4}}},
		{"a bow-tie", "POLYGON((0 0,4 4,4 0,0 4,0 0))", "POLYGON((-1 -1,9 -1,9 9,-1 9,-1 -1))", [][]int{{3}, {3}}, nil},
		{"a ring touching itself", "POLYGON((0 0,4 0,4 4,2 2,0 4,0 0),(2 2,3 1,1 1,2 2))", "POLYGON((-1 -1,9 -1,9 9,-1 9,-1 -1))", [][]int{{5, 3}}, nil},
		{"a chain of holes cuts a in two", "POLYGON((0 0,8 0,8 8,0 8,0 0),(4 0,5 2,4 4,3 2,4 0),(4 4,5 6,4 8,3 6,4 4))",
			"POLYGON((-1 -1,9 -1,9 9,-1 9,-1 -1))", [][]int{{7}, {7}}, nil},
		{"parts sharing a side", "MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0)),((4 0,8 0,8 4,4 4,4 0)))", "POLYGON((3 1,5 1,5 2,3 2,3 1))", [][]int{{4}}, [][]int{{6, 4}}},
		{"island in a hole", "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0),(2 2,7 2,7 7,2 7,2 2)),((3 3,6 3,6 6,3 6,3 3)))",
			"POLYGON((4 4,5 4,5 5,4 5,4 4))", [][]int{{4}}, [][]int{{4, 4}, {4, 4}}},
		{"checkers", "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((2 2,4 2,4 4,2 4,2 2)))", unit, [][]int{{4}, {4}}, nil},
		{"checkers left out", unit, "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((2 2,4 2,4 4,2 4,2 2)))", [][]int{{4}, {4}}, [][]int{{4}, {4}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := moved(wkt(t, c.a), [2]float64{94.5, 36.25}, false), moved(wkt(t, c.b), [2]float64{94.5, 36.25}, false)
			for _, turned := range []bool{false, true} {
				if turned { // x and y in turn, about the diagonal through a corner
					a, b = transposed(a), transposed(b)
				}
				both, rest := cutUp(t, a, b, 0)
				valid(t, both)
				valid(t, rest)
				if got := counts(both); !slices.EqualFunc(got, c.both, slices.Equal[[]int]) {
					t.Errorf("turned %v: intersection %v, want %v: %v", turned, got, c.both, both)
				}
				if got := counts(rest); !slices.EqualFunc(got, c.rest, slices.Equal[[]int]) {
					t.Errorf("turned %v: difference %v, want %v: %v", turned, got, c.rest, rest)
				}
			}
		})
	}
}

// transposed exchanges the offsets from 94.5 E and 36.25 N.
func transposed(mp orb.MultiPolygon) orb.MultiPolygon {
	out := mp.Clone()
	for _, p := range out {
		for _, r := range p {
			for i, v := range r {
				r[i] = orb.Point{94.5 + (v[1] - 36.25), 36.25 + (v[0] - 94.5)}
			}
		}
	}
	return out
}

func counts(mp orb.MultiPolygon) [][]int {
	var out [][]int
	for _, p := range mp {
		var n []int
		for _, r := range p {
			n = append(n, len(r)-1)
		}
		out = append(out, n)
	}
	return out
}

// Parcels that share borders, with corners of others on their sides: what a
// patch leaves of each and has in common with each; and nothing is left of a
// parcel less all of them.
func TestGeometryOfSharedBorders(t *testing.T) {
	r := seeded(t)
	left, right := neighbours(r, 60)
	if both, _ := cutUp(t, left, right, 0); len(both) > 0 {
		t.Errorf("neighbours have %v in common", both)
	}
	// The corner of each parcel below lies somewhere on the side of the one above.
	above := orb.Polygon{{{106.5, 29.5}, {106.51, 29.5013}, {106.51, 29.51}, {106.5, 29.51}, {106.5, 29.5}}}
	var row []*Shape
	from := above[0][0]
	for i := 1; i <= 40; i++ {
		to := orb.Point{106.5 + 0.01*float64(i)/40, 29.5 + 0.0013*float64(i)/40}
		parcel := orb.Polygon{{from, {from[0], 29.49}, {to[0], 29.49}, to, from}}
		cutUp(t, above, parcel, 0)
		row = append(row, Prepare(parcel, false))
		from = to
	}
	rest, err := Difference(Prepare(above, false), row)
	if err != nil {
		t.Fatal(err)
	}
	if a := sound(t, rest); len(rest) != 1 || len(rest[0]) != 1 || math.Abs(a-Prepare(above, false).Area()) > 1e-3 {
		t.Errorf("what the row leaves has %v rings, %.6f m²", counts(rest), a)
	}
	if rest, err := Difference(row[3], row); err != nil || len(rest) > 0 {
		t.Errorf("nothing should be left: %v, %v", rest, err)
	}
}

// A zone of 100,000 vertices costs what is near, whichever side it is on.
func TestGeometryOfAHugeZone(t *testing.T) {
	r := seeded(t)
	zone := Prepare(orb.Polygon{coast(100_000, 106.5, 29.5, 0.5)}, false)
	edge := zone.rings[0].pts[0]
	patch := Prepare(orb.Polygon{star(r, 200, edge[0], edge[1], 0.0015)}, false)
	begin := time.Now()
	both, err := Intersection(patch, zone)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := Difference(patch, []*Shape{zone})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("both in %v", time.Since(begin)) // for the eye; benchmarks judge
	if got := sound(t, both) + sound(t, rest); math.Abs(got-patch.Area()) > 1e-9*patch.Area()+1e-6 {
		t.Errorf("%.9f m², want %.9f", got, patch.Area())
	}
}

// Rings that cross, of which Prepare was not told, give an error rather than a
// geometry that measures something else.
func TestOutlineError(t *testing.T) {
	tie := Prepare(orb.Polygon{{{95, 36}, {95.004, 36.004}, {95.004, 36.001}, {95, 36.004}, {95, 36}}}, false)
	all := Prepare(rect(94.9, 35.9, 95.1, 36.1), false)
	var e *OutlineError
	if g, err := Intersection(all, tie); !errors.As(err, &e) || g != nil || e.Got == e.Want {
		t.Errorf("got %v, %v", g, err)
	}
	if g, err := Difference(tie, []*Shape{Prepare(rect(95, 36, 95.001, 37), false)}); !errors.As(err, &e) || g != nil {
		t.Errorf("got %v, %v", g, err)
	}
	for _, v := range []orb.Point{{math.Inf(1), 36}, {95, math.Inf(-1)}, {math.NaN(), 36}, {95, math.NaN()}} {
		odd := Prepare(orb.Polygon{{{95, 36}, v, {95, 37}, {94, 36}, {95, 36}}}, false)
		for _, pair := range [][2]*Shape{{all, odd}, {odd, all}} {
			if g, err := Intersection(pair[0], pair[1]); !errors.As(err, &e) || g != nil {
				t.Errorf("%v: got %v, %v", v, g, err)
			}
			if g, err := Difference(pair[0], pair[1:]); !errors.As(err, &e) || g != nil {
				t.Errorf("%v: got %v, %v", v, g, err)
			}
		}
	}
}
