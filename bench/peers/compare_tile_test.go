package peers

import (
	"testing"

	"tuban/tiles/mvt"
)

// shape is a feature of a test tile: a box with its properties.
type shape struct {
	id         string
	x, y, w, h int32
	class      string
}

// tileOf encodes boxes as a tile's layer dltb. number writes a property as an
// integer or as a double, which are the same to a reader.
func tileOf(double bool, extra string, shapes ...shape) []byte {
	b := mvt.NewLayerBuilder("dltb")
	var g mvt.Geometry
	for _, s := range shapes {
		b.String(b.Key("id"), s.id)
		b.String(b.Key("DLBM"), s.class)
		if double {
			b.Double(b.Key("n"), 3)
		} else {
			b.Int(b.Key("n"), 3)
		}
		g.Reset()
		g.Ring([]mvt.Point{{X: s.x, Y: s.y}, {X: s.x + s.w, Y: s.y}, {X: s.x + s.w, Y: s.y + s.h}, {X: s.x, Y: s.y + s.h}})
		b.Feature(0, mvt.Polygons, g.Bytes())
	}
	out := b.AppendTo(nil)
	if extra != "" {
		n := mvt.NewLayerBuilder(generalisedLayer)
		n.Int(n.Key(extra), 1)
		g.Reset()
		g.Points(mvt.Point{X: 1, Y: 1})
		n.Feature(0, mvt.Points, g.Bytes())
		out = n.AppendTo(out)
	}
	return out
}

func TestPictures(t *testing.T) {
	big := shape{"a", 100, 100, 400, 300, "0102"}
	other := shape{"b", 700, 100, 50, 50, "0103"}
	with := func(s shape, change func(*shape)) shape { change(&s); return s }
	cases := []struct {
		name           string
		tuban, postgis []byte
		ok             bool
	}{
		{"the same, in another order and number type", tileOf(false, "", big, other), tileOf(true, "", other, big), true},
		{"the border is rounded", tileOf(false, "", big), tileOf(false, "", with(big, func(s *shape) { s.w++; s.h++ })), true},
		{"the border is elsewhere", tileOf(false, "", big), tileOf(false, "", with(big, func(s *shape) { s.w += 8; s.h += 8 })), false},
		{"another property", tileOf(false, "", big), tileOf(false, "", with(big, func(s *shape) { s.class = "0103" })), false},
		{"only tuban draws it", tileOf(false, "", big, other), tileOf(false, "", big), false},
		{"only PostGIS draws it", tileOf(false, "", big), tileOf(false, "", big, other), false},
		{"thin in tuban", tileOf(false, "", big, shape{"c", 5, 5, 1, 900, "x"}), tileOf(false, "", big), true},
		{"thin in PostGIS", tileOf(false, "", big), tileOf(false, "", big, shape{"c", 5, 5, 1, 900, "x"}), true},
		{"not thin", tileOf(false, "", big, shape{"c", 5, 5, 2, 900, "x"}), tileOf(false, "", big), false},
		{"collapsed features are told", tileOf(false, "dltb:collapsed", big), tileOf(false, "", big, other), false},
		{"both are empty", nil, nil, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a, err := readTile(c.tuban, "dltb")
			if err != nil {
				t.Fatal(err)
			}
			b, err := readTile(c.postgis, "dltb")
			if err != nil {
				t.Fatal(err)
			}
			var k check
			k.pictures("tile", a, b)
			if k.ok() != c.ok {
				t.Errorf("%v, want %v: %s", k.ok(), c.ok, k.verdict())
			}
		})
	}
}

func TestReadTile(t *testing.T) {
	for _, c := range []struct {
		note      string
		different bool
	}{{"dltb", false}, {"dltb:collapsed", false}, {"dltb:merged", true}, {"dltb:dropped", true}, {"dltb:reduced", true}, {"other:merged", false}} {
		p, err := readTile(tileOf(false, c.note, shape{"a", 0, 0, 10, 10, "x"}), "dltb")
		if err != nil || p.different != c.different || len(p.features) != 1 || p.features["a"].area != 100 || p.features["a"].perimeter != 40 {
			t.Errorf("%s: %+v, %v", c.note, p, err)
		}
	}
	if _, err := readTile(tileOf(false, "", shape{"a", 0, 0, 9, 9, "x"}, shape{"a", 50, 0, 9, 9, "x"}), "dltb"); err == nil {
		t.Error("an id that stands twice is not seen")
	}
	if _, err := readTile([]byte("no tile"), "dltb"); err == nil {
		t.Error("no tile, and no error")
	}
}
