package load

import (
	"errors"
	"strings"
	"testing"
)

func TestTemplate(t *testing.T) {
	values := map[string]string{"z": "14", "x": "3", "y": "5", "-y": "16378", "geometry": `{"type":"Point"}`}
	known := []string{"z", "x", "y", "-y", "geometry"}
	for _, c := range []struct{ name, text, want, unknown string }{
		{"tiles", "http://h/{z}/{x}/{y}.pbf?a={b", "http://h/14/3/5.pbf?a={b", ""},
		{"rows from the south", "{z}/{x}/{-y}", "14/3/16378", ""},
		{"JSON", `{"a":{"shape":{geometry},"n":[{}]}}`, `{"a":{"shape":{"type":"Point"},"n":[{}]}}`, ""},
		{"twice", "{z}{z}", "1414", ""},
		{"plain", "", "", ""},
		{"no words", "{} {-} {Z} {1} {z", "{} {-} {Z} {1} {z", ""},
		{"braces in braces", "{{z}}", "{14}", ""},
		{"unknown", "{z}/{zoom}", "", "zoom"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := ParseTemplate(c.text, known...)
			var unknown *TemplateError
			if c.unknown != "" {
				if !errors.As(err, &unknown) || unknown.Name != c.unknown || !strings.HasPrefix(c.text[unknown.Offset:], "{"+c.unknown+"}") {
					t.Fatalf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Fill(func(name string) string { return values[name] }); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// FuzzTemplate wants that a template filled with its own places is the text
// again, and that IsTemplate and ParseTemplate agree on what a place is.
func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"", "http://h/{z}/{x}/{y}", `{"a":{geometry}}`, "{{z}}", "{z", "z}", "{zz}{", "{-y}", "{\xff}", "{z}{-}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseTemplate(text, "z", "x", "y", "-y", "geometry")
		var unknown *TemplateError
		switch {
		case errors.As(err, &unknown):
			if !strings.HasPrefix(text[unknown.Offset:], "{"+unknown.Name+"}") || !IsTemplate(text) {
				t.Errorf("%q: %v", text, err)
			}
			return
		case err != nil:
			t.Fatalf("%q: %v", text, err)
		}
		if IsTemplate(text) != (len(p.names) > 0) {
			t.Errorf("%q: IsTemplate is %v, places %v", text, IsTemplate(text), p.names)
		}
		if got := p.Fill(func(name string) string { return "{" + name + "}" }); got != text {
			t.Errorf("%q became %q", text, got)
		}
	})
}

func TestPath(t *testing.T) {
	const text = `{"results":[{"layers":[{"features":[{"a":1},{"a":2.5}]},{"features":[]}]},{"layers":[{"features":[{"a":4},{"b":9}]}]}],"n":"x"}`
	for _, c := range []struct {
		path string
		sum  float64
		bad  bool
	}{
		{"results.*.layers.*.features.*.a", 7.5, false},
		{"results.*.nothing", 0, false},
		{"results.features", 0, true}, // an array has no member
		{"n.*", 0, true},
		{"n", 0, true}, // not a number
		{"a..b", 0, true},
	} {
		p, err := ParsePath(c.path)
		sum := 0.0
		if err == nil {
			sum, err = p.Sum([]byte(text))
		}
		if (err != nil) != c.bad || sum != c.sum {
			t.Errorf("%s: %v, %v", c.path, sum, err)
		}
	}
	if v, err := (Path{}).Values([]byte("3")); err != nil || len(v) != 1 {
		t.Errorf("the empty path: %v, %v", v, err)
	}
}

func FuzzPath(f *testing.F) {
	f.Add("a.*.b", `{"a":[{"b":1}]}`)
	f.Add("*", `[]`)
	f.Add("", `nul`)
	f.Add("a", `{"a":{"a":1e999}}`)
	f.Fuzz(func(t *testing.T, path, text string) {
		p, err := ParsePath(path)
		if err != nil {
			return
		}
		if strings.Join(p.steps, ".") != path {
			t.Errorf("%q became %v", path, p.steps)
		}
		if _, err := p.Values([]byte(text)); err == nil && len(p.steps) == 0 {
			if v, _ := p.Values([]byte(text)); len(v) != 1 {
				t.Errorf("%q: %d values", text, len(v))
			}
		}
	})
}

func TestCounters(t *testing.T) {
	m := parseCounters([]byte("# HELP a b 7\ntuban_seq 4\n\nx{result=\"hit\"} 1.5e3\nodd\nlast NaN\n"))
	if m["tuban_seq"] != 4 || m[`x{result="hit"}`] != 1500 || len(m) != 3 {
		t.Errorf("%v", m)
	}
}
