package cql2

import (
	"fmt"
	"strings"
	"testing"
)

// TestMatch has filters that are true, false or unknown of the parcel: t, f, u.
func TestMatch(t *testing.T) {
	tests := []struct {
		filter string
		want   truth
	}{
		{`DLBM = '0102'`, isTrue}, {`DLBM='0101'`, isFalse}, {`DLBM <> '0101'`, isTrue}, {`'0101' < DLBM`, isTrue},
		{`地类名称 = '水浇地'`, isTrue}, {`地类名称 like '水%'`, isTrue}, {`地类名称 LIKE '水__'`, isTrue}, {`地类名称 LIKE '水_'`, isFalse},
		{`n = 7.0`, isTrue}, {`n < 7.5 and n > 6.5`, isTrue}, {`n >= 8`, isFalse}, {`area > n`, isTrue}, {`n = n`, isTrue}, {`7 BETWEEN n AND area`, isTrue},
		{`area between 12.5 and 13`, isTrue}, {`n NOT BETWEEN 1 AND 6`, isTrue}, {`n BETWEEN 9 AND 1`, isFalse},
		{`done = TRUE`, isTrue}, {`done > false`, isTrue}, {`done <> true`, isFalse},
		{`note IS NULL`, isTrue}, {`gone IS NULL`, isTrue}, {`n IS NOT NULL`, isTrue}, {`id IS NULL`, isFalse}, {`geometry IS NULL`, isFalse},
		{`note = 'x'`, isUnknown}, {`NOT note = 'x'`, isUnknown}, {`gone <> 'x'`, isUnknown}, {`note LIKE '%'`, isUnknown}, {`note IN ('a')`, isUnknown},
		{`note NOT IN ('a','b')`, isUnknown}, {`note = 'x' OR n = 7`, isTrue}, {`note = 'x' AND n = 7`, isUnknown}, {`note = 'x' AND n = 8`, isFalse},
		{`note = 'x' OR n = 8`, isUnknown}, {`NOT (note = 'x' AND n = 8)`, isTrue}, {`lost = n`, isUnknown}, {`n = lost`, isUnknown},
		{`DLBM IN ('0101','0102')`, isTrue}, {`DLBM NOT IN ('0101','0103')`, isTrue}, {`n IN (1,7.0,9)`, isTrue}, {`n in (1,2)`, isFalse},
		{`mixed = 5`, isUnknown}, {`mixed IN (5,'x')`, isTrue}, {`mixed IN (5,'y')`, isUnknown}, {`mixed NOT IN (5,'y')`, isUnknown}, {`mixed = 5 OR mixed = 'x'`, isTrue},
		{`list = 'x'`, isUnknown}, {`list IS NULL`, isFalse}, {`list LIKE '%'`, isUnknown},
		{`due = DATE('2024-05-31')`, isTrue}, {`due < DATE('2024-06-01')`, isTrue}, {`at = DATE('2024-05-31')`, isTrue}, {`at = TIMESTAMP('2024-05-31T00:00:00Z')`, isTrue},
		{`at < TIMESTAMP('2024-05-31T00:00:00.001Z')`, isTrue}, {`due <= TIMESTAMP('2024-05-31T08:00:00Z')`, isTrue}, {`DLBM = DATE('2024-05-31')`, isUnknown},
		{`due IN (DATE('2024-05-30'),DATE('2024-05-31'))`, isTrue}, {`due IN (DATE('2024-05-30'),'2024-05-31')`, isTrue}, {`DLBM IN (DATE('2024-05-30'),'1')`, isUnknown},
		{`date = '2024'`, isTrue}, {`"date" = '2024'`, isTrue}, {`"odd name""" = 1`, isTrue},
		{`path = 'C:\\a''b%_'`, isTrue}, {`path = 'C:\\a\'b%_'`, isTrue}, {`path LIKE 'C:\\\\a%'`, isFalse}, {`path LIKE 'C:\\a''b\%\_'`, isTrue}, {`path LIKE '%\_'`, isTrue}, {`path LIKE '%\%'`, isFalse},
		{`id = 'b7'`, isTrue}, {`id IN ('b6','b7')`, isTrue},
		{`TRUE`, isTrue}, {`false`, isFalse}, {`NOT FALSE`, isTrue}, {`note = 'x' AND FALSE`, isFalse}, {`note = 'x' OR TRUE`, isTrue}, {`1 = 1.0`, isTrue}, {`'a' > 'b'`, isFalse}, {`'abc' LIKE 'a%'`, isTrue}, {`1 IS NULL`, isFalse}, {`DATE('2024-01-01') < DATE('2024-01-02')`, isTrue},
		{`NOT NOT n = 7`, isTrue}, {`not (n = 7 or n = 8)`, isFalse}, {`n = 1 OR n = 7 AND DLBM = '0102'`, isTrue}, {`(n = 7 OR n = 1) AND DLBM = 'x'`, isFalse},
		{`S_INTERSECTS(geometry,POINT(95.05 36.05))`, isTrue}, {`S_INTERSECTS(geometry,POINT(95.1 36.1))`, isTrue}, {`S_INTERSECTS(POINT(95.2 36.05), geometry)`, isFalse},
		{`s_intersects(geometry,bbox(95.1,36.1,96,37))`, isTrue}, {`S_INTERSECTS(geometry,BBOX(170,-90,-170,90))`, isFalse}, {`NOT S_INTERSECTS(geometry,BBOX(96,36,97,37))`, isTrue},
		{`S_INTERSECTS(geometry,BBOX(94,35,-1,96,37,1))`, isTrue},
		{"\t n\n=　7 ", isTrue},
	}
	for _, tt := range tests {
		t.Run(tt.filter, func(t *testing.T) {
			f := mustParse(t, tt.filter)
			if err := f.Check(&parcels); err != nil {
				t.Error(err)
			}
			if got := eval(f.normal, parcel(), 0); got != tt.want {
				t.Errorf("%d, want %d (as %s)", got, tt.want, f)
			}
			if got := f.Match(parcel(), 0); got != (tt.want == isTrue) {
				t.Errorf("Match: %v", got)
			}
		})
	}
	if f := mustParse(t, "S_INTERSECTS(geometry,POINT(0 0))"); eval(f.normal, &row{}, 0) != isUnknown {
		t.Error("no geometry meets nothing, as far as one can know")
	}
}

// TestCanonical: filters of one row have one canonical text, the first.
func TestCanonical(t *testing.T) {
	for _, same := range [][]string{
		{`n = 7`, `n=7`, `7 = n`, ` ( ( n=7.0 ) ) `, `n IN (7)`, `n in (7,7.0,7e0)`, `NOT n <> 7`, `NOT (NOT n = 7)`, `n = 7 AND TRUE`, `n = 7 OR FALSE`, `n=7 and n=7`, `"n" = +7`},
		{`n <> 7`, `NOT n = 7`, `n NOT IN (7)`, `7<>n`},
		{`n < 7`, `7 > n`, `NOT n >= 7`, `NOT 7 <= n`},
		{`n <= 9 AND n >= 1`, `n BETWEEN 1 AND 9`, `n between 1.0 and 9`, `NOT n NOT BETWEEN 1 AND 9`, `1 <= n AND 9 >= n`},
		{`n < 1 OR n > 9`, `n NOT BETWEEN 1 AND 9`, `NOT (n >= 1 AND n <= 9)`},
		{`n IN (1,2,3)`, `n = 3 OR n = 1 OR 2 = n`, `n IN (2,1) OR n = 3`, `(n=1 OR n=2) OR (n IN (3,3))`, `NOT (n <> 1 AND n NOT IN (2,3))`},
		{`n NOT IN (1,2)`, `n <> 1 AND n <> 2`, `NOT n IN (2,1)`},
		{`DLBM = 'a' AND n = 1`, `n = 1 AND DLBM = 'a'`, `n=1 AND (DLBM='a' AND n=1)`, `DLBM LIKE 'a' AND n IN (1)`},
		{`area > 2 AND (note IS NULL OR n < 1)`, `(n < 1 OR note IS NULL) AND area > 2`, `area > 2 AND NOT (note IS NOT NULL AND n >= 1)`},
		{`DLBM LIKE 'a%b'`, `DLBM like 'a%%b'`, `NOT DLBM NOT LIKE 'a%b'`},
		{`area <= n`, `n >= area`, `NOT area > n`},
		{`due = DATE('2024-05-31')`, `due IN (date('2024-05-31'))`},
		{`at > TIMESTAMP('2024-05-31T00:00:00Z')`, `at > timestamp('2024-05-31T08:00:00.000+08:00')`},
		{`"and" = 1`, `1 = "and"`}, {`"a b" = 'it''s'`, `"a b" = 'it\'s'`}, {`a = 'x\\'`, `'x\\' = a`}, {`"date" = 1`, `date = 1`},
		{`TRUE`, `NOT false`, `TRUE OR n = 1`, `1 < 2`}, {`FALSE`, `n = 1 AND false`, `NOT (TRUE OR n = 1)`},
		{`S_INTERSECTS(geometry,BBOX(1,2,3,4))`, `s_intersects( bbox(1.0,2,-5,3,4,9) , "geometry")`},
		{`S_INTERSECTS(geometry,POLYGON((0 0,1 0,1 1,0 0)))`, `S_INTERSECTS(geometry,POLYGON Z ((-0 0 5, 1.0 0 5, 1 1e0 5, 0 0 5)))`},
		{`NOT S_INTERSECTS(geometry,MULTIPOINT(1 2,3 4))`, `not s_intersects(geometry,MULTIPOINT((1 2),(3 4)))`},
		{`note IS NOT NULL`, `NOT note is null`}, {`note IS NULL`, `NOT note IS NOT NULL`},
	} {
		want := mustParse(t, same[0]).String()
		for _, text := range same {
			if got := mustParse(t, text).String(); got != want {
				t.Errorf("%s: %s, want %s", text, got, want)
			}
		}
		if again := mustParse(t, want).String(); again != want {
			t.Errorf("%s: read again it is %s", want, again)
		}
	}
	if got := mustParse(t, `n=1 AND (note IS NULL OR n<1) AND DLBM='a'`).String(); got != `DLBM = 'a' AND (n < 1 OR note IS NULL) AND n = 1` {
		t.Error(got)
	}
}

// TestErrors: what is wrong is told with its column.
func TestErrors(t *testing.T) {
	tests := []struct {
		filter string
		column int
		reason string
	}{
		{``, 0, "empty"}, {`   `, 0, "empty"}, {`n`, 2, "comparison"}, {`n =`, 4, "the end"}, {`n = 'a`, 5, "closing quote"}, {`n = 'a\'`, 5, "closing quote"},
		{`"n = 1`, 1, "closing quote"}, {`"" = 1`, 1, "empty"}, {`(n = 1`, 7, ")"}, {`n = 1)`, 6, "AND, OR or the end"}, {`n = 1 n = 2`, 7, "AND, OR"},
		{`地类 = ;`, 6, "cannot stand here"}, {`n == 1`, 4, "="}, {`n != 1`, 3, "!"}, {`n = 1 AND`, 10, "the end"}, {`NOT`, 4, "the end"}, {`n IS 1`, 6, "NULL"},
		{`n IN ()`, 7, "property or a literal"}, {`n IN (1,)`, 9, "property or a literal"}, {`n IN 1`, 6, "("}, {`n IN (m)`, 7, "not properties"}, {`1 IN (1)`, 1, "needs a property"},
		{`n BETWEEN 1`, 12, "AND"}, {`n LIKE 5`, 8, "pattern"}, {`n LIKE m`, 8, "pattern"}, {`5 LIKE 'a'`, 1, "needs text"}, {`1 = 'a'`, 5, "cannot be compared"},
		{`n + 1 = 2`, 3, "arithmetic"}, {`n = 1 * 2`, 7, "arithmetic"}, {`n div 2 = 1`, 3, "arithmetic"}, {`n = -m`, 6, "property or a literal"}, {`n = 1e999`, 5, "range"},
		{`avg(n) = 1`, 1, "functions"}, {`n = avg(m)`, 5, "functions"}, {`CASEI(n) = 'a'`, 1, "CASEI"}, {`S_WITHIN(geometry,POINT(1 2))`, 1, "S_WITHIN"}, {`T_AFTER(n,DATE('2020-01-01'))`, 1, "T_AFTER"},
		{`due = DATE('2024-02-30')`, 12, "not a date"}, {`due = DATE(5)`, 12, "quotes"}, {`at = TIMESTAMP('2024-01-01')`, 16, "not a time"}, {`due = INTERVAL('..','..')`, 7, "intervals"},
		{`S_INTERSECTS(geometry)`, 22, ","}, {`S_INTERSECTS(geometry,geometry)`, 23, "WKT"}, {`S_INTERSECTS(POINT(1 2),POINT(1 2))`, 25, "WKT"}, {`S_INTERSECTS(geometry,POINT(90 180))`, 29, "latitude"},
		{`S_INTERSECTS(geometry,POINT(1 2 3 4))`, 35, ")"}, {`S_INTERSECTS(geometry,POINT EMPTY)`, 23, "empty"}, {`S_INTERSECTS(geometry,POLYGON((0 0,1 1,1 0,0 1)))`, 31, "not closed"},
		{`S_INTERSECTS(geometry,POLYGON((0 0,1 1,0 0)))`, 31, "four positions"}, {`S_INTERSECTS(geometry,LINESTRING(0 0))`, 33, "two positions"}, {`S_INTERSECTS(geometry,POINT(1 2,3 4))`, 28, "one position"},
		{`S_INTERSECTS(geometry,BBOX(1,2,3))`, 23, "3 numbers"}, {`S_INTERSECTS(geometry,BBOX(1,9,3,2))`, 23, "north"}, {`S_INTERSECTS(geometry,CIRCLE(1 2))`, 23, "WKT"},
		{"n = '\xff'", 6, "UTF-8"},
	}
	for _, tt := range tests {
		_, err := Parse(tt.filter)
		if err == nil {
			t.Errorf("%s is taken", tt.filter)
			continue
		}
		if e := wantError(t, err); e.Column != tt.column || !strings.Contains(e.Reason, tt.reason) {
			t.Errorf("%s: %v, want column %d, %q", tt.filter, e, tt.column, tt.reason)
		}
	}
}

// TestCheck: what does not fit the layer is told with its column.
func TestCheck(t *testing.T) {
	tests := []struct {
		filter string
		column int
		reason string
	}{
		{`DLMC = '水田'`, 1, `no property "DLMC"; it has id, geometry, DLBM, 地类名称`}, {`n = 1 AND nothing IS NULL`, 11, "nothing"}, {`地类名称 = 5`, 8, "single quotes"},
		{`DLBM = 0102`, 8, "single quotes"}, {`n = '7'`, 5, "integer"}, {`area IN (1,'2')`, 12, "number"}, {`done = 1`, 8, "boolean"}, {`n = DATE('2020-01-01')`, 5, "date"},
		{`n LIKE '7%'`, 1, "LIKE needs text"}, {`n = DLBM`, 5, "cannot be compared"}, {`DLBM < nothing`, 8, "nothing"}, {`geometry = 'x'`, 1, "S_INTERSECTS"}, {`id = 7`, 6, "single quotes"},
		{`S_INTERSECTS(DLBM,POINT(1 2))`, 14, "geometry"}, {`NOT (n = 1 OR zzz = 1)`, 15, "zzz"},
	}
	for _, tt := range tests {
		err := mustParse(t, tt.filter).Check(&parcels)
		if e := wantError(t, err); e.Column != tt.column || !strings.Contains(e.Reason, tt.reason) {
			t.Errorf("%s: %v, want column %d, %q", tt.filter, e, tt.column, tt.reason)
		}
	}
}

// TestLimits: large filters are refused, the largest are not.
func TestLimits(t *testing.T) {
	repeat := func(n int, s, sep string) string { return strings.TrimSuffix(strings.Repeat(s+sep, n), sep) }
	tests := []struct {
		name, filter, reason string
	}{
		{"1,000 terms", repeat(MaxTerms, "n = 1", " OR "), ""},
		{"10,000 terms", repeat(10_000, "n = 1", " OR "), "more than 1000 conditions"},
		{"10,000 literals", "n IN (" + repeat(MaxLiterals, "1", ",") + ")", ""},
		{"10,001 literals", "n IN (" + repeat(MaxLiterals+1, "1", ",") + ")", "longer than 10000"},
		{"two lists", "n IN (" + repeat(6000, "1", ",") + ") OR n IN (" + repeat(6000, "1", ",") + ")", "more than 10000 literals"},
		{"deep", strings.Repeat("(", MaxDepth) + "n=1" + strings.Repeat(")", MaxDepth), ""},
		{"too deep", strings.Repeat("(", MaxDepth+1) + "n=1" + strings.Repeat(")", MaxDepth+1), "nested deeper"},
		{"only open", strings.Repeat("(", 100_000), "nested deeper"},
		{"only NOT", strings.Repeat("NOT ", 50_000), "nested deeper"},
		{"collections", "S_INTERSECTS(geometry," + strings.Repeat("GEOMETRYCOLLECTION(", 1000), "nested deeper"},
		{"positions", "S_INTERSECTS(geometry,MULTIPOINT(" + repeat(MaxVertices+1, "1 2", ",") + "))", "more than 20000 positions"},
		{"bytes", "n = '" + strings.Repeat("x", MaxBytes) + "'", "256 KiB"},
	}
	for _, tt := range tests {
		_, err := Parse(tt.filter)
		if tt.reason == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if e := wantError(t, err); !strings.Contains(e.Reason, tt.reason) || len(e.Error()) > 200 {
			t.Errorf("%s: %v", tt.name, e)
		}
	}
	deep := strings.Repeat(`{"op":"not","args":[`, 1000) + "true" + strings.Repeat("]}", 1000)
	if _, err := ParseJSON([]byte(deep)); !strings.Contains(wantError(t, err).Reason, "nested deeper") {
		t.Error(err)
	}
}

func TestBound(t *testing.T) {
	tests := []struct{ filter, want string }{
		{`n = 1`, "none"}, {`S_INTERSECTS(geometry,BBOX(1,2,3,4))`, "1 2 3 4"}, {`n = 1 AND S_INTERSECTS(geometry,BBOX(1,2,3,4))`, "1 2 3 4"},
		{`n = 1 OR S_INTERSECTS(geometry,BBOX(1,2,3,4))`, "none"}, {`NOT S_INTERSECTS(geometry,BBOX(1,2,3,4))`, "none"},
		{`S_INTERSECTS(geometry,BBOX(1,2,3,4)) AND S_INTERSECTS(geometry,BBOX(2,0,9,3))`, "2 2 3 3"},
		{`S_INTERSECTS(geometry,BBOX(1,2,3,4)) OR S_INTERSECTS(geometry,LINESTRING(9 9,8 8))`, "1 2 9 9"},
		{`S_INTERSECTS(geometry,BBOX(170,0,-170,1))`, "-180 0 180 1"},
	}
	for _, tt := range tests {
		b, ok := mustParse(t, tt.filter).Bound()
		got := "none"
		if ok {
			got = fmt.Sprint(b.Min[0], b.Min[1], b.Max[0], b.Max[1])
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.filter, got, tt.want)
		}
	}
}
