package peers

import (
	"slices"
	"strings"
	"testing"

	"tuban/feature"
)

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{"dltb": `"dltb"`, `a"b`: `"a""b"`, "a; drop table x": `"a; drop table x"`} {
		if got := quote(in); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := quote("a", suffixPieces); got != `"a_pieces"` {
		t.Error(got)
	}
	if got := literal(`o'clock`); got != `'o''clock'` {
		t.Error(got)
	}
}

// TestOverlapSQL: what is timed is what the comparison says, and each way is
// another one.
func TestOverlapSQL(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range methods() {
		t.Run(m.name, func(t *testing.T) {
			timed := m.overlapStored("dltb", "_patches")
			m.straight = true
			same := m.overlapStored("dltb", "_patches")
			if seen[timed] || timed == same {
				t.Error("not another query")
			}
			seen[timed] = true
			if strings.Contains(timed, "ST_Segmentize") || strings.Count(same, "ST_Segmentize") != 1+count(m.covered)+count(m.covering) || strings.Contains(same, "l._area") || strings.Contains(same, "q._area") {
				t.Errorf("edges: %s\n%s", timed, same)
			}
			for part, there := range map[string]bool{
				"ST_Intersects(l.geom, q.geom)":                            true,
				"ST_Area(ST_Intersection(l.geom, q.geom)::geography)":      true,
				"when ST_Covers(q.geom, l.geom) then l._area":              m.covered,
				"when ST_Covers(l.geom, q.geom) then q._area":              m.covering,
				`join "dltb_pieces" l`:                                     m.pieces,
				`join "dltb" l`:                                            !m.pieces,
				"count(distinct _id)":                                      m.pieces,
				"group by _class":                                          true,
				`from "_patches" where _id = $1`:                           true,
				"where a > 0":                                              true,
				"offset 0":                                                 true,
				"case when ST_Covers(q.geom, l.geom)":                      m.covered,
				"else ST_Area(ST_Intersection(l.geom, q.geom)::geography)": m.covered,
			} {
				if strings.Contains(timed, part) != there {
					t.Errorf("%q: %v, want %v in\n%s", part, !there, there, timed)
				}
			}
		})
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestBatchSQL(t *testing.T) {
	sql := methods()[2].batch([]feature.LayerID{"a", "b", "c"}, "_drawn")
	for part, n := range map[string]int{"union all": 2, `from "_drawn" q join`: 3, "'b' as layer": 1, "group by layer, patch, _class": 1} {
		if got := strings.Count(sql, part); got != n {
			t.Errorf("%q stands %d times, want %d, in\n%s", part, got, n, sql)
		}
	}
}

// TestTileSQL: the same properties as tuban's tile has: the id and every field.
func TestTileSQL(t *testing.T) {
	l := &feature.Layer{ID: "dltb", Fields: []feature.Field{{Name: "BSM"}, {Name: `odd"name`}}}
	sql := tile(l)
	for _, part := range []string{`_id as id, "BSM", "odd""name"`, "ST_AsMVT(t, 'dltb', 4096, 'geom', '_number')", "4096, 64, true)", "margin => 0.015625", `from "dltb_mercator"`} {
		if !strings.Contains(sql, part) {
			t.Errorf("no %q in\n%s", part, sql)
		}
	}
}

func TestCreateTable(t *testing.T) {
	got := createTable("x", copyLayer())
	want := `create table "x" (_number int4, _id text, _class text, "C" text, "N" int8, "A" float8, geom geometry(Geometry,4490))`
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestParseParts(t *testing.T) {
	if got, err := ParseParts(""); err != nil || !slices.Equal(got, Parts()) {
		t.Error(got, err)
	}
	if got, err := ParseParts("tiles, floor"); err != nil || !slices.Equal(got, []Part{Tiles, Floor}) {
		t.Error(got, err)
	}
	if _, err := ParseParts("tiles,nothing"); err == nil {
		t.Error("nothing is a part")
	}
}
