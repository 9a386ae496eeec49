package overlay

import (
	"encoding/json"
	"math"
	"os"
	"testing"
	"time"

	"github.com/paulmach/orb"
	sf "github.com/peterstace/simplefeatures/geom"

	"tuban/internal/check"
)

func plane(mp orb.MultiPolygon) float64 { return PreparePlane(mp, true).Area() }

// The areas by the even-odd rule inside a polygon and the union across parts.
func TestRepairedAreas(t *testing.T) {
	for _, c := range []struct {
		name, wkt string
		want      float64
	}{
		{"square", "POLYGON((0 0,4 0,4 4,0 4,0 0))", 16},
		{"bow-tie", "POLYGON((0 0,4 4,4 0,0 4,0 0))", 8},
		{"unequal bow-tie", "POLYGON((0 0,6 6,6 0,0 2,0 0))", 1.5*2/2 + 4.5*6/2},
		{"twice around", "POLYGON((0 0,4 0,4 4,0 4,0 0,4 0,4 4,0 4,0 0))", 0},
		{"pentagram: the middle is out", "POLYGON((0 10,6 -8,-9 3,9 3,-6 -8,0 10))", -1},
		{"hole outside adds", "POLYGON((0 0,4 0,4 4,0 4,0 0),(6 0,7 0,7 1,6 1,6 0))", 17},
		{"hole half outside", "POLYGON((0 0,4 0,4 4,0 4,0 0),(3 1,5 1,5 2,3 2,3 1))", 16},
		{"holes overlapping", "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,4 1,4 4,1 4,1 1),(3 3,6 3,6 6,3 6,3 3))", 81 - 18 + 2},
		{"parts overlapping", "MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0)),((2 2,6 2,6 6,2 6,2 2)))", 28},
		{"the same part twice", "MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0)),((0 0,4 0,4 4,0 4,0 0)))", 16},
		{"part in the hole of another", "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0),(2 2,7 2,7 7,2 7,2 2)),((3 3,5 3,5 5,3 5,3 3)))", 81 - 25 + 4},
		{"unclosed and flat", "POLYGON((0 0,4 0,0 0))", 0},
		{"empty", "POLYGON EMPTY", 0},
	} {
		got := plane(wkt(t, c.wkt))
		want := c.want
		if want < 0 {
			want = pentagram(t, c.wkt)
		}
		if math.Abs(got-want) > 1e-12*math.Max(1, want) {
			t.Errorf("%s: %.15g, want %.15g", c.name, got, want)
		}
	}
}

// pentagram returns the area of the five points of a star, from its vertices
// and the crossings of its sides.
func pentagram(t *testing.T, text string) float64 {
	v := wkt(t, text)[0][0]
	meet := func(a, b, c, d orb.Point) orb.Point {
		s := ((c[0]-a[0])*(d[1]-c[1]) - (c[1]-a[1])*(d[0]-c[0])) / ((b[0]-a[0])*(d[1]-c[1]) - (b[1]-a[1])*(d[0]-c[0]))
		return orb.Point{a[0] + s*(b[0]-a[0]), a[1] + s*(b[1]-a[1])}
	}
	sum := 0.0
	for i := range 5 { // the point at v[i] lies between its two sides and the side across
		p, q, r := v[i], v[(i+1)%5], v[(i+4)%5]
		c, d := v[(i+2)%5], v[(i+3)%5]
		m, n := meet(p, q, r, d), meet(p, r, q, c)
		m, n = nearest(p, m, meet(p, q, c, d)), nearest(p, n, meet(p, r, c, d))
		sum += math.Abs((m[0]-p[0])*(n[1]-p[1])-(m[1]-p[1])*(n[0]-p[0])) / 2
	}
	return sum
}

func nearest(p, a, b orb.Point) orb.Point {
	if math.Hypot(a[0]-p[0], a[1]-p[1]) < math.Hypot(b[0]-p[0], b[1]-p[1]) {
		return a
	}
	return b
}

// A valid geometry is its own repaired form, and pairs measure the same.
func TestRepairChangesNothingValid(t *testing.T) {
	r := seeded(t)
	for range 50 {
		size := math.Pow(10, -4+3*r.Float64())
		x, y := 94+r.Float64(), 36+r.Float64()
		a := orb.Polygon{star(r, 3+r.IntN(200), x, y, size)}
		b := orb.Polygon{star(r, 3+r.IntN(200), x+size*r.Float64(), y, size)}
		p, q := Prepare(a, false), Prepare(b, false)
		rp, rq := Prepare(a, true), Prepare(b, true)
		// Cut points are rounded to a float64 degree, 1.4e-14 here.
		rel := 1e-12 + 1e-13/size
		if math.Abs(p.Area()-rp.Area()) > rel*p.Area() {
			t.Fatalf("area %.12g, repaired %.12g", p.Area(), rp.Area())
		}
		small := min(p.Area(), q.Area())
		for _, got := range []float64{Area(rp, q), Area(p, rq), Area(rp, rq)} {
			if math.Abs(got-Area(p, q)) > rel*small {
				t.Fatalf("area %.12g, with repaired forms %.12g", Area(p, q), got)
			}
		}
		if got := Area(rp, rp); math.Abs(got-p.Area()) > rel*p.Area() {
			t.Fatalf("repaired with itself %.12g, area %.12g", got, p.Area())
		}
	}
}

// Random tangles: the even-odd area equals what scan lines count.
func TestTangles(t *testing.T) {
	r := seeded(t)
	for range 40 {
		ring := make(orb.Ring, 0, 12)
		for range 4 + r.IntN(7) {
			ring = append(ring, orb.Point{math.Round(r.Float64() * 16), math.Round(r.Float64() * 16)})
		}
		ring = append(ring, ring[0])
		got := plane(orb.MultiPolygon{{ring}})
		want := scanned(ring)
		if math.Abs(got-want) > 0.02*256 {
			t.Fatalf("%.6g, scan lines say %.6g: %v", got, want, ring)
		}
		ts := Decompose([]orb.MultiPolygon{{{ring}}})
		for i := range ts {
			for j := range i {
				a, b := alone(ts[i]), alone(ts[j])
				if o := Area(a, b); o > 1e-12 {
					t.Fatalf("trapezoids overlap by %g: %v", o, ring)
				}
			}
		}
	}
}

func alone(t Trapezoid) *Shape {
	s := &Shape{kind: onPlane}
	s.buildTrapezoids([]Trapezoid{t})
	s.finish()
	return s
}

// scanned adds up the even-odd length on meridians between vertex columns.
func scanned(ring orb.Ring) float64 {
	const lines = 16 * 64
	sum := 0.0
	for i := range lines {
		x := (float64(i) + 0.5) / lines * 16
		var ys []float64
		for k := 1; k < len(ring); k++ {
			p, q := ring[k-1], ring[k]
			if (p[0] < x) != (q[0] < x) {
				ys = append(ys, p[1]+(x-p[0])/(q[0]-p[0])*(q[1]-p[1]))
			}
		}
		for {
			swapped := false
			for k := 1; k < len(ys); k++ {
				if ys[k-1] > ys[k] {
					ys[k-1], ys[k], swapped = ys[k], ys[k-1], true
				}
			}
			if !swapped {
				break
			}
		}
		for k := 1; k < len(ys); k += 2 {
			sum += ys[k] - ys[k-1]
		}
	}
	return sum * 16 / lines
}

// polygonsOf reads the polygons of a GeoJSON file with another library.
func polygonsOf(t testing.TB, name string) []orb.MultiPolygon {
	raw, err := os.ReadFile(check.Data(t, name))
	if err != nil {
		t.Fatal(err)
	}
	type file struct {
		Geometry json.RawMessage
		Features []struct{ Geometry json.RawMessage }
	}
	var f file
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	if f.Geometry != nil {
		f.Features = append(f.Features, struct{ Geometry json.RawMessage }{f.Geometry})
	}
	var out []orb.MultiPolygon
	for _, one := range f.Features {
		g, err := sf.UnmarshalGeoJSON(one.Geometry, sf.NoValidate{})
		if err != nil {
			t.Fatal(err)
		}
		if mp := fromSimple(g); mp != nil {
			out = append(out, mp)
		}
	}
	return out
}

// A polygon of 44,051 vertices whose rings touch and cross.
func TestRepairCorine(t *testing.T) {
	g := polygonsOf(t, "messy/clc2006/CLC2006_2018418_epsg4326_invalid.geojson")[0]
	begin := time.Now()
	s := Prepare(g, true)
	took := time.Since(begin)
	t.Logf("%d trapezoids in %v, %.3f m²; as delivered %.3f m²", len(s.rings), took, s.Area(), Prepare(g, false).Area())
	if len(s.rings) > 60_000 { // time, some 0.2 s, is not for a test to judge
		t.Errorf("%d trapezoids", len(s.rings))
	}
	if got := Area(s, s); math.Abs(got-s.Area()) > 1e-10*s.Area() {
		t.Errorf("with itself %.6f, own area %.6f", got, s.Area())
	}
}

// Another engine's union has the same area.
func TestDecomposeAgainstUnion(t *testing.T) {
	r := seeded(t)
	for range 20 {
		var polys []orb.MultiPolygon
		var geoms []sf.Geometry
		for range 2 + r.IntN(6) {
			p := orb.MultiPolygon{{star(r, 20, 3*r.Float64(), 3*r.Float64(), 1.5)}}
			polys = append(polys, p)
			geoms = append(geoms, toSimple(p))
		}
		u, err := sf.UnionMany(geoms)
		if err != nil {
			t.Fatal(err)
		}
		s := &Shape{kind: onPlane}
		s.buildTrapezoids(Decompose(polys))
		s.finish()
		if want := simpleArea(u); math.Abs(s.Area()-want) > 1e-11*want {
			t.Fatalf("%.15g, their union %.15g", s.Area(), want)
		}
	}
}

// What only touches an invalid polygon does not overlap it, although the cut
// points of its repaired form are rounded.
func TestTouchingARepairedForm(t *testing.T) {
	r := seeded(t)
	for range 200 {
		// A bow-tie a-b-c-d whose slanting side b-c it shares with a triangle.
		p := func() orb.Point { return orb.Point{95 + 0.001*r.Float64(), 36 + 0.001*r.Float64()} }
		b, c, apex := p(), p(), p()
		mirror := func(v orb.Point) orb.Point { return orb.Point{b[0] + c[0] - v[0], b[1] + c[1] - v[1]} }
		far := mirror(apex)
		left, right := orb.Point{far[0] + b[0] - c[0], far[1] + b[1] - c[1]}, orb.Point{far[0] + c[0] - b[0], far[1] + c[1] - b[1]}
		tie := Prepare(orb.Polygon{{left, b, c, right, left, b}}, true)
		if crossed := orb.Ring([]orb.Point{right, b, c, left, right}); r.IntN(2) == 0 {
			tie = Prepare(orb.Polygon{crossed}, true)
		}
		tri := Prepare(orb.Polygon{{b, c, apex, b}}, false)
		if a := Area(tie, tri); a != 0 || Overlaps(tri, tie) {
			t.Fatalf("overlap of %g m² of %g and %g", a, tie.Area(), tri.Area())
		}
	}
}

func TestNoNumbers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	good := Prepare(orb.Polygon{square(0, 0, 1)}, false)
	for _, v := range []orb.Point{{nan, 0}, {0, nan}, {inf, 0}, {-inf, inf}} {
		for _, repair := range []bool{false, true} {
			s := Prepare(orb.Polygon{{{0, 0}, {1, 0}, v, {0, 0}}}, repair)
			Area(s, good)
			Overlaps(good, s)
			UnionArea(good, []*Shape{s, s})
		}
	}
}
