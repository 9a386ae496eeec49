package cql2

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tuban/feature"
)

// naive evaluates an expression as parsed by the standard's truth table, without
// normal form, sorting or search.
func naive(e *expr, r *row) truth {
	table := func(a, b truth, absorbing truth) truth {
		switch {
		case a == absorbing || b == absorbing:
			return absorbing
		case a == isUnknown || b == isUnknown:
			return isUnknown
		}
		return isTrue - absorbing
	}
	switch e.op {
	case opAnd, opOr:
		absorbing := isFalse
		if e.op == opOr {
			absorbing = isTrue
		}
		t := isTrue - absorbing
		for _, k := range e.kids {
			t = table(t, naive(k, r), absorbing)
		}
		return t
	case opNot:
		return [...]truth{isTrue, isUnknown, isFalse}[naive(e.kids[0], r)]
	case opIn:
		t := isFalse
		for _, l := range e.list {
			one := &expr{op: opCompare, relation: equal, prop: e.prop, lit: l}
			t = table(t, naive(one, r), isTrue)
		}
		return t
	}
	return eval(e, r, 0) // one condition
}

// drawFilter returns a random expression in two spellings.
func drawFilter(t *rapid.T, depth int) (plain, other string) {
	if depth == 0 || rapid.IntRange(0, 3).Draw(t, "leaf") == 0 {
		return drawCondition(t)
	}
	n := rapid.IntRange(2, 4).Draw(t, "terms")
	word := rapid.SampledFrom([]string{"AND", "OR"}).Draw(t, "word")
	var a, b []string
	for range n {
		p, o := drawFilter(t, depth-1)
		a, b = append(a, "("+p+")"), append(b, "("+o+")")
	}
	b = rapid.Permutation(b).Draw(t, "order")
	b = append(b, b[0])
	plain, other = strings.Join(a, " "+word+" "), strings.Join(b, "\n"+strings.ToLower(word)+" ")
	switch rapid.IntRange(0, 2).Draw(t, "spelling") {
	case 1: // De Morgan
		dual := map[string]string{"AND": "OR", "OR": "AND"}[word]
		for i := range b {
			b[i] = "not " + b[i]
		}
		other = "NOT (" + strings.Join(b, " "+dual+" ") + ")"
	case 2:
		other = "not NOT ((" + other + "))"
	}
	if rapid.Bool().Draw(t, "negated") {
		return "NOT (" + plain + ")", "NOT (" + other + ")"
	}
	return plain, other
}

func drawCondition(t *rapid.T) (plain, other string) {
	name := rapid.SampledFrom([]string{"a", "b", `"b c"`, "面积"}).Draw(t, "name")
	lits := []string{"1", "2", "2.5", "-3", "'x'", "'it''s'", `'\\'`, "TRUE", "DATE('2024-01-02')", "TIMESTAMP('2024-01-02T03:04:05Z')"}
	lit := func() string { return rapid.SampledFrom(lits).Draw(t, "literal") }
	switch rapid.IntRange(0, 6).Draw(t, "condition") {
	case 0:
		return name + " IS NULL", "not " + name + " IS NOT  NULL"
	case 1:
		return name + " LIKE '%x_%'", name + " like '%%x_%'"
	case 2:
		x, y := lit(), lit()
		return name + " BETWEEN " + x + " AND " + y, y + ">=" + name + " and " + name + ">=" + x
	case 3:
		x, y, z := lit(), lit(), lit()
		return fmt.Sprintf("%s IN (%s,%s,%s)", name, x, y, z), fmt.Sprintf("%s=%s or %s in (%s,%s)", z, name, name, y, x)
	case 4:
		x, y := lit(), lit()
		return fmt.Sprintf("%s NOT IN (%s,%s)", name, x, y), fmt.Sprintf("%s<>%s AND not %s=%s", name, y, x, name)
	case 5:
		return name + " <= a", "a >= " + name
	}
	x := lit()
	i := rapid.IntRange(0, 5).Draw(t, "relation")
	r := relation(i)
	return name + relationText[r] + x, "NOT(" + x + " " + relationText[r.negated().flipped()] + name + ")"
}

func drawRow(t *rapid.T) *row {
	values := []feature.Value{{}, feature.IntValue(1), feature.IntValue(2), feature.FloatValue(2.5), feature.FloatValue(2), feature.IntValue(-3), feature.StringValue("x"), feature.StringValue("axb"),
		feature.StringValue("it's"), feature.StringValue(`\`), feature.BoolValue(true), feature.StringValue("2024-01-02"), feature.StringValue("2024-01-02T03:04:05Z"), feature.StringValue("2024-01-03"), feature.JSONValue("[]")}
	r := &row{id: "i", values: map[string]feature.Value{}}
	for _, name := range []string{"a", "b", "b c", "面积"} {
		if rapid.IntRange(0, 5).Draw(t, "has") > 0 {
			r.values[name] = rapid.SampledFrom(values).Draw(t, "value")
		}
	}
	return r
}

// TestNormalForm: the normal form of a random filter means what the filter
// means, other spellings have the same canonical text, and that is read as
// itself.
func TestNormalForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plain, other := drawFilter(t, 3)
		f, err := Parse(plain)
		if err != nil {
			t.Fatal(plain, err)
		}
		g, err := Parse(other)
		if err != nil {
			t.Fatal(other, err)
		}
		if f.String() != g.String() {
			t.Fatalf("%s\n  is      %s\n%s\n  is      %s", plain, f, other, g)
		}
		again, err := Parse(f.String())
		if err != nil || again.String() != f.String() {
			t.Fatalf("%s is read as %v, %v", f, again, err)
		}
		for range 5 {
			r := drawRow(t)
			want := naive(f.parsed, r)
			for _, h := range []*Filter{f, g, again} {
				if got := eval(h.normal, r, 0); got != want {
					t.Fatalf("%s\nas %s\nof %v: %d, want %d", plain, h, r.values, got, want)
				}
			}
		}
	})
}

// TestPattern compares LIKE with a recursive matcher.
func TestPattern(t *testing.T) {
	var slow func(p pattern, s []rune) bool
	slow = func(p pattern, s []rune) bool {
		switch {
		case len(p) == 0:
			return len(s) == 0
		case p[0] == anyRun:
			return slow(p[1:], s) || len(s) > 0 && slow(p, s[1:])
		}
		return len(s) > 0 && (p[0] == anyRune || p[0] == s[0]) && slow(p[1:], s[1:])
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("ab田%")), 0, 12, -1).Draw(t, "text")
		raw := rapid.StringOfN(rapid.RuneFrom([]rune(`ab田%%_\`)), 0, 8, -1).Draw(t, "pattern")
		p := newPattern(raw)
		if got, want := p.match(s), slow(p, []rune(s)); got != want {
			t.Fatalf("%q LIKE %q: %v", s, raw, got)
		}
		text := appendPattern(nil, p)
		if again := unescapePattern(string(text[1 : len(text)-1])); string(again) != string(p) {
			t.Fatalf("%q is written %s and read back as %q", raw, text, string(again))
		}
	})
}

// TestInstants compares parsing with the time package's.
func TestInstants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.Int64Range(-62167219200, 253402300799).Draw(t, "seconds") // years 0 to 9999
		nanos := rapid.SampledFrom([]int32{0, 1, 500_000_000, 999_999_999, 120_000}).Draw(t, "nanos")
		in := instant{seconds: seconds, nanos: nanos}
		if got, ok := parseInstant(in.text()); !ok || got != in {
			t.Fatalf("%s: %+v, %v, want %+v", in.text(), got, ok, in)
		}
		day := instant{seconds: in.day() * daySeconds, isDate: true}
		if got, ok := parseInstant(day.text()); !ok || got != day || compareInstants(got, in) != 0 {
			t.Fatalf("%s: %+v, %v, want %+v", day.text(), got, ok, day)
		}
	})
	for _, text := range []string{"", "2024", "2024-13-01", "2023-02-29", "2024-01-01T", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00+8", "2024-01-01T00:00:00+08:60", "2024-01-01X00:00:00Z", "2024-01-01T00:00:00Zx", "2024/01/01", "20240101"} {
		if got, ok := parseInstant(text); ok {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
	for text, want := range map[string]string{"2024-01-01 08:00:00+08:00": "2024-01-01T00:00:00Z", "2024-01-01T00:00:00": "2024-01-01T00:00:00Z", "2024-02-29t23:59:59.1234567891-01:30": "2024-03-01T01:29:59.123456789Z"} {
		if got, ok := parseInstant(text); !ok || got.text() != want {
			t.Errorf("%q: %s, %v, want %s", text, got.text(), ok, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`n = 7`, `地类 LIKE '水%' AND NOT (a IN (1,2.5e3,-4) OR b IS NOT NULL)`, `S_INTERSECTS(geometry,MULTIPOLYGON(((0 0,1 0,1 1,0 0))))`,
		`a BETWEEN DATE('2024-01-01') AND TIMESTAMP('2024-01-01T00:00:00.5Z')`, `"x""y" = 'it''s \'\\ \n'`, `NOT NOT TRUE`, `s_intersects(bbox(170,-90,0,-170,90,1),geometry)`,
		`S_INTERSECTS(geometry,GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(1 2,3 4)))`, `p LIKE '\%\_\\%_'`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse(text)
		if err != nil {
			wantError(t, err)
			return
		}
		again, err := Parse(got.String())
		if err != nil || again.String() != got.String() {
			t.Fatalf("%q is %q, that is %v, %v", text, got, again, err)
		}
		r := parcel()
		if eval(got.normal, r, 0) != naive(got.parsed, r) {
			t.Fatalf("%q is not %q", text, got)
		}
		_ = got.Check(&parcels)
	})
}

func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{`{"op":"=","args":[{"property":"n"},7]}`, `{"op":"and","args":[true,{"op":"in","args":[{"property":"a"},["x",1,false]]}]}`,
		`{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":[1,2,3,4]}]}`, `{"op":"s_intersects","args":[{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},{"property":"geometry"}]}`,
		`{"op":"not","args":[{"op":"like","args":[{"property":"a"},"x\\%%"]}]}`, `{"op":"between","args":[{"property":"d"},{"date":"2024-01-01"},{"timestamp":"2024-01-01T00:00:00Z"}]}`, `{"op":"isNull","args":[{"property":"a"}]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseJSON([]byte(text))
		if err != nil {
			wantError(t, err)
			return
		}
		again, err := Parse(got.String())
		if err != nil || again.String() != got.String() {
			t.Fatalf("%q is %q, that is %v, %v", text, got, again, err)
		}
	})
}
