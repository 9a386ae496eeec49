package geom

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

func TestLocate(t *testing.T) {
	const (
		square = "POLYGON((0 0,4 0,4 4,0 4,0 0),(1 1,1 3,3 3,3 1,1 1))"
		bowTie = "POLYGON((0 0,4 4,4 0,0 4,0 0))"
		twice  = "POLYGON((0 0,4 0,4 4,0 4,0 0,4 0,4 4,0 4,0 0))"
	)
	for _, c := range []struct {
		wkt  string
		p    orb.Point
		want Location
	}{
		{square, orb.Point{0.5, 0.5}, Inside},
		{square, orb.Point{2, 2}, Outside},
		{square, orb.Point{5, 2}, Outside},
		{square, orb.Point{-1, 4}, Outside},
		{square, orb.Point{0, 0}, Boundary},
		{square, orb.Point{2, 4}, Boundary},
		{square, orb.Point{1, 2}, Boundary},
		{square, orb.Point{math.Nextafter(0, 1), 2}, Inside},
		{square, orb.Point{math.Nextafter(0, -1), 2}, Outside},
		{bowTie, orb.Point{1, 2}, Inside},
		{bowTie, orb.Point{2, 1}, Outside},
		{bowTie, orb.Point{2, 2}, Boundary},
		{twice, orb.Point{2, 2}, Outside}, // even-odd
		{"MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((1 1,3 1,3 3,1 3,1 1)))", orb.Point{1.5, 1.5}, Inside},
		{"MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((1 1,3 1,3 3,1 3,1 1)))", orb.Point{2, 1.5}, Inside},
		{"POLYGON((0 0,4 0,4 4,0 4))", orb.Point{0, 2}, Boundary}, // unclosed
		{"LINESTRING(0 0,4 4)", orb.Point{2, 2}, Boundary},
		{"LINESTRING(0 0,4 4)", orb.Point{2, 3}, Outside},
		{"MULTIPOINT((0 0),(4 4))", orb.Point{2, 2}, Outside},
		{"MULTIPOINT((0 0),(4 4))", orb.Point{4, 4}, Boundary},
		{"POINT(1 2)", orb.Point{1, 2}, Boundary},
		{"GEOMETRYCOLLECTION(POINT(1 1),POLYGON((0 0,4 0,4 4,0 0)))", orb.Point{3, 1}, Inside},
		{"POLYGON EMPTY", orb.Point{1, 2}, Outside},
	} {
		if got := Locate(jtsGeometry(c.wkt), c.p); got != c.want {
			t.Errorf("%s at %v: %d, want %d", c.wkt, c.p, got, c.want)
		}
	}
	if got := Locate(orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{2, 2}}, orb.Point{1, 1}); got != Inside {
		t.Errorf("in a box: %d", got)
	}
	if got := Locate(nil, orb.Point{}); got != Outside {
		t.Errorf("in nothing: %d", got)
	}
}

func TestLocateAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := gridMulti(2, 2, 4, 7).Draw(t, "g")
		for range 8 {
			p := orb.Point{float64(rapid.IntRange(-1, 9).Draw(t, "x")) / 2, float64(rapid.IntRange(-1, 9).Draw(t, "y")) / 2}
			if got, want := Locate(g, p), bruteLocate(g, p); got != want {
				t.Fatalf("%v: %d, want %d", p, got, want)
			}
		}
	})
}

func TestIntersectsBound(t *testing.T) {
	ring := "POLYGON((0 0,8 0,8 8,0 8,0 0),(2 2,2 6,6 6,6 2,2 2))"
	for _, c := range []struct {
		name string
		wkt  string
		b    [4]float64
		want bool
	}{
		{"in the hole", ring, [4]float64{3, 3, 5, 5}, false},
		{"touches the hole", ring, [4]float64{3, 3, 6, 5}, true},
		{"in the body", ring, [4]float64{0.5, 0.5, 1, 1}, true},
		{"around it", ring, [4]float64{-1, -1, 9, 9}, true},
		{"beside", ring, [4]float64{8.1, 0, 9, 1}, false},
		{"touches at a corner", ring, [4]float64{8, 8, 9, 9}, true},
		{"a point in the body", ring, [4]float64{1, 1, 1, 1}, true},
		{"across the corner", "POLYGON((0 0,4 0,0 4,0 0))", [4]float64{2.1, 2.1, 4, 4}, false},
		{"on the slope", "POLYGON((0 0,4 0,0 4,0 0))", [4]float64{2, 2, 4, 4}, true},
		{"upside down", ring, [4]float64{1, 1, 0, 0}, false},
		{"line through", "LINESTRING(0 0,4 4)", [4]float64{1, 0.5, 2, 3}, true},
		{"line beside", "LINESTRING(0 0,4 4)", [4]float64{1, 2.5, 2, 3}, false},
		{"between points", "MULTIPOINT((0 0),(4 4))", [4]float64{1, 1, 2, 2}, false},
		{"points of a collection", "GEOMETRYCOLLECTION(POINT(0 0),POINT(4 4))", [4]float64{1, 1, 2, 2}, false},
		{"unclosed side", "POLYGON((0 0,8 0,8 8,0 8))", [4]float64{-1, 3, 0, 4}, true},
	} {
		b := orb.Bound{Min: orb.Point{c.b[0], c.b[1]}, Max: orb.Point{c.b[2], c.b[3]}}
		if got := IntersectsBound(jtsGeometry(c.wkt), b); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestClose(t *testing.T) {
	good := orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}
	if g, problems := Close(good); len(problems) != 0 || &g.(orb.Polygon)[0][0] != &good[0][0] {
		t.Error("a closed polygon was copied or reported")
	}
	open := orb.MultiPolygon{good, {good[0], {{5, 5}, {6, 5}, {6, 6}}}}
	g, problems := Close(open)
	if len(problems) != 1 || problems[0].Code != RingUnclosed || problems[0].Part != 1 || problems[0].Ring != 1 {
		t.Errorf("%+v", problems)
	}
	if r := g.(orb.MultiPolygon)[1][1]; len(r) != 4 || r[3] != r[0] {
		t.Errorf("%v", r)
	}
	if len(open[1][1]) != 3 {
		t.Error("the input was changed")
	}
	if g, problems := Close(orb.LineString{{0, 0}, {1, 1}}); len(problems) != 0 || len(g.(orb.LineString)) != 2 {
		t.Error("a line was closed")
	}
}

func TestCheckCoordinates(t *testing.T) {
	for _, c := range []struct {
		g      orb.Geometry
		vertex int
		reason string
	}{
		{orb.Point{180, -90}, -1, ""},
		{orb.LineString{{0, 0}, {180.1, 0}}, 1, "longitude outside -180 to 180"},
		{orb.Polygon{{{0, 0}, {1, 1}, {2, 91}, {0, 0}}}, 2, "latitude outside -90 to 90"},
		{orb.MultiPoint{{math.NaN(), 0}}, 0, "not a finite number"},
		{orb.MultiPolygon{{{{0, math.Inf(-1)}}}}, 0, "not a finite number"},
	} {
		err := CheckCoordinates(c.g)
		var bad *CoordinateError
		if c.reason == "" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if !errors.As(err, &bad) || bad.Reason != c.reason || bad.Vertex != c.vertex {
			t.Errorf("%v: %v", c.g, err)
		}
	}
}

func TestVertexCount(t *testing.T) {
	for wkt, want := range map[string]int{
		"POINT(1 1)": 1, "LINESTRING(0 0,1 1)": 2, "POLYGON((0 0,1 0,1 1,0 0),(0 0,1 0,1 1,0 0))": 8,
		"GEOMETRYCOLLECTION(POINT(1 1),MULTIPOLYGON(((0 0,1 0,1 1,0 0))))": 5, "MULTILINESTRING((0 0,1 1),(2 2,3 3))": 4,
	} {
		if got := VertexCount(jtsGeometry(wkt)); got != want {
			t.Errorf("%s: %d, want %d", wkt, got, want)
		}
	}
}

// fuzzGeometry reads rings from bytes: coordinates of 8 bytes, a ring ends at
// one whose low byte is 255, a part where it is 254.
func fuzzGeometry(data []byte) orb.MultiPolygon {
	g := orb.MultiPolygon{{{}}}
	for ; len(data) >= 16; data = data[16:] {
		p := orb.Point{math.Float64frombits(binary.LittleEndian.Uint64(data)), math.Float64frombits(binary.LittleEndian.Uint64(data[8:]))}
		if !finite(p) {
			continue
		}
		last := &g[len(g)-1]
		(*last)[len(*last)-1] = append((*last)[len(*last)-1], p)
		switch data[0] {
		case 255:
			*last = append(*last, orb.Ring{})
		case 254:
			g = append(g, orb.Polygon{{}})
		}
	}
	return g
}

func fuzzBytes(values ...float64) (data []byte) {
	for _, v := range values {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	return data
}

// FuzzValidateLocate: no panic, no endless work, and Validate with a limit of 1
// agrees with the whole list.
func FuzzValidateLocate(f *testing.F) {
	f.Add(fuzzBytes(0, 0, 4, 4, 4, 0, 0, 4, 0, 0), 1.0, 2.0)
	f.Add(fuzzBytes(0, 0, 4, 0, 4, 4, 2, 4, 1, 2, 3, 2, 2, 4, 0, 4, 0, 0), 2.0, 4.0)
	f.Add(fuzzBytes(0, 0, 1e300, 0, 1e300, 1e-300, 0, 0), 1.0, 0.0)
	f.Add(fuzzBytes(0, 0, 5e-324, 0, 5e-324, 5e-324, 0, 0), 0.0, 0.0)
	f.Fuzz(func(t *testing.T, data []byte, x, y float64) {
		if len(data) > 1024 {
			return
		}
		g := fuzzGeometry(data)
		all := Validate(g, 0)
		if one := Validate(g, 1); needsRepair(one) != needsRepair(all) {
			t.Errorf("limit 1 says %v, no limit %v", one, all)
		}
		p := orb.Point{x, y}
		Locate(g, p)
		IntersectsBound(g, orb.Bound{Min: orb.Point{0, 0}, Max: p})
		if len(data) < 200 && finite(p) && Locate(g, p) != bruteLocate(g, p) {
			t.Errorf("Locate(%v, %v) differs from brute force", g, p)
		}
	})
}
