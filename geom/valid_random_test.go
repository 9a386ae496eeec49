package geom

import (
	"testing"

	"github.com/paulmach/orb"
	"github.com/peterstace/simplefeatures/geom"
	"pgregory.net/rapid"
)

// gridRing draws a ring on a small grid, so that touching, running along and
// crossing at vertices are the rule and not the exception.
func gridRing(size, most int) *rapid.Generator[orb.Ring] {
	return rapid.Custom(func(t *rapid.T) orb.Ring {
		n := rapid.IntRange(3, most).Draw(t, "n")
		r := make(orb.Ring, 0, n+1)
		for range n {
			r = append(r, orb.Point{float64(rapid.IntRange(0, size).Draw(t, "x")), float64(rapid.IntRange(0, size).Draw(t, "y"))})
		}
		return append(r, r[0])
	})
}

func gridMulti(parts, rings, size, most int) *rapid.Generator[orb.MultiPolygon] {
	polygon := rapid.Custom(func(t *rapid.T) orb.Polygon {
		return rapid.SliceOfN(gridRing(size, most), 1, rings).Draw(t, "rings")
	})
	return rapid.Custom(func(t *rapid.T) orb.MultiPolygon {
		return rapid.SliceOfN(polygon, 1, parts).Draw(t, "parts")
	})
}

func needsRepair(problems []Problem) bool {
	for _, p := range problems {
		if p.NeedsRepair() {
			return true
		}
	}
	return false
}

// Whether a geometry needs repair must agree with the exact brute force.
// rapid prints the seed of a failure.
func TestNeedsRepairAgainstBruteForce(t *testing.T) {
	if raceEnabled {
		t.Skip("rationals are too slow under the race detector, and nothing here runs in parallel")
	}
	for _, c := range []struct {
		name string
		gen  *rapid.Generator[orb.MultiPolygon]
	}{
		{"one ring", gridMulti(1, 1, 3, 7)},
		{"one long ring", gridMulti(1, 1, 4, 14)},
		{"two rings", gridMulti(1, 2, 4, 5)},
		{"three rings", gridMulti(1, 3, 6, 4)},
		{"parts", gridMulti(3, 1, 4, 4)},
		{"parts with holes", gridMulti(2, 2, 5, 4)},
	} {
		t.Run(c.name, rapid.MakeCheck(func(t *rapid.T) {
			g := c.gen.Draw(t, "g")
			want, all := bruteNeedsRepair(g), Validate(g, 0)
			if needsRepair(all) != want {
				t.Fatalf("needs repair: %v, brute force says %v\n%v\n%+v", !want, want, g, all)
			}
			if one := Validate(g, 1); needsRepair(one) != want || len(one) > 1 {
				t.Fatalf("with limit 1: %+v", one)
			}
			for _, p := range all {
				if p.Part >= len(g) || p.Ring >= len(g[p.Part]) || p.Vertex >= len(g[p.Part][p.Ring]) {
					t.Fatalf("no such place: %+v", p)
				}
			}
		}))
	}
}

// soundForOGC maps our problems to validity as JTS and simplefeatures define it:
// they don't mind duplicate points and winding, and count as invalid whatever
// else we report.
func soundForOGC(problems []Problem) bool {
	for _, p := range problems {
		switch p.Code {
		case DuplicatePt, WrongWinding:
		default:
			return false
		}
	}
	return true
}

func TestValidateAgainstSimplefeatures(t *testing.T) {
	for _, c := range []struct {
		name string
		gen  *rapid.Generator[orb.MultiPolygon]
	}{
		{"one ring", gridMulti(1, 1, 5, 6)},
		{"two rings", gridMulti(1, 2, 6, 4)},
		{"three rings", gridMulti(1, 3, 8, 3)},
		{"parts", gridMulti(2, 1, 4, 4)},
	} {
		t.Run(c.name, rapid.MakeCheck(func(t *rapid.T) {
			g := c.gen.Draw(t, "g")
			want := simpleFeatures(g).Validate() == nil
			problems := Validate(g, 0)
			if got := soundForOGC(problems); got != want {
				t.Fatalf("sound: %v, simplefeatures says %v (%v)\n%v\n%+v",
					got, want, simpleFeatures(g).Validate(), g, problems)
			}
		}))
	}
}

func simpleFeatures(g orb.MultiPolygon) geom.MultiPolygon {
	var polygons []geom.Polygon
	for _, p := range g {
		var rings []geom.LineString
		for _, r := range p {
			var flat []float64
			for _, c := range r {
				flat = append(flat, c[0], c[1])
			}
			rings = append(rings, geom.NewLineString(geom.NewSequence(flat, geom.DimXY)))
		}
		polygons = append(polygons, geom.NewPolygon(rings))
	}
	return geom.NewMultiPolygon(polygons)
}
