package server

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
)

func box(a, b, c, d float64) orb.Bound { return orb.Bound{Min: orb.Point{a, b}, Max: orb.Point{c, d}} }

func TestParseBBox(t *testing.T) {
	cases := []struct {
		text string
		want []orb.Bound
	}{
		{"1,2,3,4", []orb.Bound{box(1, 2, 3, 4)}},
		{"-1.5e1,2,3,+4", []orb.Bound{box(-15, 2, 3, 4)}},
		{"1,2,0,3,4,9", []orb.Bound{box(1, 2, 3, 4)}},
		{"170,-10,-170,10", []orb.Bound{box(170, -10, 180, 10), box(-180, -10, -170, 10)}},
		{"5,5,5,5", []orb.Bound{box(5, 5, 5, 5)}},
		{"-180,-90,180,90", []orb.Bound{box(-180, -90, 180, 90)}},
		{"", nil}, {"1,2,3", nil}, {"1,2,3,4,5", nil}, {"1,2,3,4,5,6,7", nil}, {"a,2,3,4", nil}, {"1,2,3,", nil},
		{"1,4,3,2", nil}, {"1,2,3,91", nil}, {"NaN,2,3,4", nil}, {"1,2,Inf,4", nil}, {"0x1,2,3,4", nil}, {"1,2,3,1e999", nil},
		{"1,2,9,3,4,0", nil}, {"36.4,94.9,36.5,95", nil}, {"1_0,2,30,4", nil}, {"400,2,500,4", nil}, {" 1,2,3,4", nil},
	}
	for _, c := range cases {
		got, err := parseBBox(c.text)
		if (err != nil) != (c.want == nil) || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %v, %v, want %v", c.text, got, err, c.want)
		}
	}
}

func FuzzParseBBox(f *testing.F) {
	for _, s := range []string{"1,2,3,4", "170,-10,-170,10", "1,2,0,3,4,9", "NaN,,,", "1e308,-1e308,1,2", ",,,,,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		boxes, err := parseBBox(text)
		if (err == nil) != (len(boxes) > 0) {
			t.Fatalf("%q: %v with %v", text, boxes, err)
		}
		for _, b := range boxes {
			for _, v := range []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]} {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%q: %v", text, b)
				}
			}
			if b.Min[1] > b.Max[1] {
				t.Fatalf("%q: upside down: %v", text, b)
			}
		}
	})
}

func TestParseLimit(t *testing.T) {
	cases := []struct {
		text string
		want int // 0: refused
	}{{"1", 1}, {"10000", 10000}, {"10001", 10000}, {"99999999999999999999999", 10000}, {"0", 0}, {"-1", 0}, {"", 0}, {"+1", 0}, {"1.0", 0}, {"unlimited", 0}}
	for _, c := range cases {
		got, err := parseLimit(c.text, 10000)
		if (err != nil) != (c.want == 0) || got != c.want {
			t.Errorf("%q: %d, %v, want %d", c.text, got, err, c.want)
		}
	}
}

func TestSplitLayers(t *testing.T) {
	cases := []struct {
		list string
		want []string
	}{
		{"a", []string{"a"}}, {"a,b@2023", []string{"a", "b@2023"}},
		{"", nil}, {"a,", nil}, {",", nil}, {"a,a", nil}, {"a,a@2023", nil}, {"a,b,c,d,e", nil},
	}
	for _, c := range cases {
		got, err := splitLayers("layers", c.list, 4)
		if (err != nil) != (c.want == nil) || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %q, %v, want %q", c.list, got, err, c.want)
		}
	}
}

func FuzzSplitLayers(f *testing.F) {
	for _, s := range []string{"a", "a,b@2023", ",", "@", "a@@", strings.Repeat("a,", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, list string) {
		got, err := splitLayers("layers", list, 8)
		if err == nil && (len(got) == 0 || len(got) > 8 || strings.Join(got, ",") != list) {
			t.Fatalf("%q: %q", list, got)
		}
	})
}

func TestCursor(t *testing.T) {
	for _, n := range []feature.Number{0, 1, 35, 36, math.MaxUint64} {
		if got, err := parseCursor(formatCursor(n)); err != nil || got != n {
			t.Errorf("%d: %q → %d, %v", n, formatCursor(n), got, err)
		}
	}
	for _, bad := range []string{"", "n", "1", "n-1", "n+1", "nA", "n01", "x1", "nzzzzzzzzzzzzzzzzzz"} {
		if _, err := parseCursor(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestQuality(t *testing.T) {
	cases := []struct {
		header, value string
		want          float64
	}{
		{"", "gzip", 0}, {"gzip", "gzip", 1}, {"GZIP;q=0.5, br", "gzip", 0.5}, {"*", "gzip", 1}, {"*;q=0", "gzip", 0}, {"gzip;q=0, *", "gzip", 0},
		{"br", "gzip", 0}, {"gzip;q=2", "gzip", 0}, {"text/*;q=0.3, */*;q=0.1", "text/html", 0.3}, {"text/html, */*", "application/json", 1},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json", 0.8},
	}
	for _, c := range cases {
		if got := quality(c.header, c.value); got != c.want {
			t.Errorf("quality(%q, %q) = %v, want %v", c.header, c.value, got, c.want)
		}
	}
}

func TestMatches(t *testing.T) {
	cases := []struct {
		list string
		weak bool
		want bool
	}{
		{`"7"`, false, true}, {`"6", "7"`, false, true}, {`*`, false, true}, {`"7-gzip"`, false, true}, {`W/"7"`, true, true},
		{`W/"7"`, false, false}, {`7`, false, false}, {`"70"`, true, false}, {``, true, false},
	}
	for _, c := range cases {
		if got := matches(c.list, `"7"`, c.weak); got != c.want {
			t.Errorf("matches(%q, weak %v) = %v", c.list, c.weak, got)
		}
	}
}

func TestDescriptor(t *testing.T) {
	cases := []struct {
		name, body string
		ok         bool
	}{
		{"empty", `{}`, true},
		{"its own id", `{"id":"a"}`, true},
		{"another id", `{"id":"b"}`, false},
		{"unknown member", `{"nonsense":1}`, false},
		{"wrong type", `{"min_zoom":"1"}`, false},
		{"goes on", `{} {}`, false},
		{"no object", `[]`, false},
		{"nothing", ``, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d, err := parseDescriptor([]byte(c.body), "a")
			if (err == nil) != c.ok {
				t.Fatalf("%s: %v", c.body, err)
			}
			if c.ok && (d.ID != "a" || d.Kind != feature.KindReference || d.MaxZoom != 18) {
				t.Errorf("%s: %+v", c.body, d)
			}
		})
	}
}

func TestPatchValues(t *testing.T) {
	cases := []struct{ name, was, patch, want string }{
		{"set and unset", `{"a":1,"b":2}`, `{"properties":{"a":null,"c":"x"}}`, `{"b":2,"c":"x"}`},
		{"all unset", `{"a":1}`, `{"properties":null}`, `{}`},
		{"object merges", `{"o":{"x":1,"y":2}}`, `{"properties":{"o":{"x":null,"z":3}}}`, `{"o":{"y":2,"z":3}}`},
		{"object replaces a scalar, without its nulls", `{"o":1}`, `{"properties":{"o":{"x":null,"z":3}}}`, `{"o":{"z":3}}`},
		{"array replaces", `{"o":[1,2]}`, `{"properties":{"o":[3]}}`, `{"o":[3]}`},
		{"nothing", `{"a":1}`, `{}`, `{"a":1}`},
	}
	r := &request{Server: &Server{limits: DefaultLimits()}}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before, err := r.parsePatch([]byte(`{"properties":` + c.was + `}`))
			if err != nil {
				t.Fatal(err)
			}
			p, err := r.parsePatch([]byte(c.patch))
			if err != nil {
				t.Fatal(err)
			}
			got := p.apply(before.apply(feature.Feature{}))
			if text := string(got.Properties.AppendJSON(nil)); text != c.want {
				t.Errorf("%s + %s = %s, want %s", c.was, c.patch, text, c.want)
			}
		})
	}
	for _, bad := range []string{`null`, `[]`, `{"foo":1}`, `{"id":null}`, `{"type":"Point"}`, `{"properties":3}`, `{"geometry":{"type":"Nope"}}`, `{`} {
		if _, err := r.parsePatch([]byte(bad)); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}
