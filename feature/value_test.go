package feature

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestParseValue(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Value
		text string // as plain text
		out  string // as JSON again
	}{
		{`null`, Value{}, "", "null"},
		{`true`, BoolValue(true), "true", "true"},
		{`false`, BoolValue(false), "false", "false"},
		{`0`, IntValue(0), "0", "0"},
		{`-7`, IntValue(-7), "-7", "-7"},
		{`9223372036854775807`, IntValue(math.MaxInt64), "9223372036854775807", "9223372036854775807"},
		{`9223372036854775808`, JSONValue("9223372036854775808"), "9223372036854775808", "9223372036854775808"},
		{`-0`, FloatValue(math.Copysign(0, -1)), "0", "-0"},
		{`1.0`, FloatValue(1), "1", "1"},
		{`0.1`, FloatValue(0.1), "0.1", "0.1"},
		{`1e-7`, FloatValue(1e-7), "1e-07", "1e-07"},
		{`1000000000000000.0`, FloatValue(1e15), "1000000000000000", "1000000000000000"},
		{`123456789012345680000.0`, FloatValue(123456789012345680000), "123456789012345680000", "123456789012345680000"},
		{`1e300`, FloatValue(1e300), "1e+300", "1e+300"},
		{`1e999`, JSONValue("1e999"), "1e999", "1e999"},
		{`"水浇地 \"x\"\n"`, StringValue("水浇地 \"x\"\n"), "水浇地 \"x\"\n", `"水浇地 \"x\"\n"`},
		{` [1, {"a": null}] `, JSONValue(`[1,{"a":null}]`), `[1,{"a":null}]`, `[1,{"a":null}]`},
	} {
		got, err := ParseValue([]byte(c.in))
		if err != nil || got != c.want {
			t.Errorf("ParseValue(%s) = %#v, %v, want %#v", c.in, got, err, c.want)
		}
		if got.String() != c.text {
			t.Errorf("%s as text is %q, want %q", c.in, got.String(), c.text)
		}
		if out := string(got.AppendJSON(nil)); out != c.out || !json.Valid([]byte(out)) {
			t.Errorf("%s as JSON is %s, want %s", c.in, out, c.out)
		}
	}
	for _, bad := range []string{``, `nul`, `01`, `1.`, `"x`, `{`, `[1,]`, `tru`, `--1`, `NaN`} {
		if v, err := ParseValue([]byte(bad)); err == nil {
			t.Errorf("ParseValue(%q) = %#v", bad, v)
		}
	}
}

// FuzzParseValue wants what parses to be valid JSON again and to parse to the
// same value.
func FuzzParseValue(f *testing.F) {
	for _, s := range []string{`1`, `-0`, `1e400`, `"\u0000\ud800"`, `{"a":[1,2,{"b":null}]}`, `123456789012345678901234567890`, `1000000000000000.0`, `1e20`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		v, err := ParseValue(in)
		if err != nil {
			return
		}
		out := v.AppendJSON(nil)
		if !json.Valid(out) {
			t.Fatalf("%q becomes %q", in, out)
		}
		w, err := ParseValue(out)
		if err != nil || w.String() != v.String() {
			t.Fatalf("%q becomes %q becomes %q, %v", in, out, w.AppendJSON(nil), err)
		}
	})
}

func TestStringValueMendsBytes(t *testing.T) {
	if v := StringValue("a\xffb"); v.Text() != "a\uFFFDb" {
		t.Errorf("%q", v.Text())
	}
	if out := StringValue("\x00\x1f\u2028</script>").AppendJSON(nil); !json.Valid(out) {
		t.Errorf("%q", out)
	}
	if v := FloatValue(math.NaN()); v.Kind() != Null {
		t.Errorf("NaN is %v", v)
	}
}

func TestProperties(t *testing.T) {
	p := Properties{{"a", IntValue(1)}, {"b", Value{}}}
	p = p.Set("a", StringValue("x")).Set("c", BoolValue(true))
	if got := string(p.AppendJSON(nil)); got != `{"a":"x","b":null,"c":true}` {
		t.Error(got)
	}
	if v, ok := p.Get("b"); !ok || v.Kind() != Null {
		t.Error(v, ok)
	}
	if _, ok := p.Get("z"); ok {
		t.Error("z is there")
	}
}

func TestCheckLayerID(t *testing.T) {
	for _, good := range []LayerID{"a", "dltb", "cambridge_2014", "x-y"} {
		if err := CheckLayerID(good); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []LayerID{"", "A", "1a", "a b", "a,b", "a@b", "地类", "../x", LayerID(strings.Repeat("a", 65)), "a/b", "_a"} {
		if err := CheckLayerID(bad); err == nil {
			t.Errorf("%q is good", bad)
		}
	}
	for _, bad := range []Vintage{"", "a,b", "a@b", "a b", "a/b", "a?b", "a%b", "a\n"} {
		if err := CheckVintage(bad); err == nil {
			t.Errorf("vintage %q is good", bad)
		}
	}
}

func TestLayerCheck(t *testing.T) {
	good := Layer{ID: "l", Kind: KindReference, MaxZoom: 18, Classes: []Class{{Code: "1"}, {Code: "2"}}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*Layer){
		"kind":  func(l *Layer) { l.Kind = "other" },
		"unit":  func(l *Layer) { l.AreaUnit = "acre" },
		"zoom":  func(l *Layer) { l.MaxZoom = 19 },
		"zooms": func(l *Layer) { l.MinZoom, l.MaxZoom = 5, 4 },
		"class": func(l *Layer) { l.Classes = append(l.Classes, Class{Code: "1"}) },
		"id":    func(l *Layer) { l.ID = "" },
	} {
		l := good.Clone()
		if spoil(&l); l.Check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestMergeField(t *testing.T) {
	var l Layer
	for _, f := range []Field{{"a", FieldInteger}, {"b", FieldString}, {"a", FieldNumber}, {"b", FieldInteger}, {"a", FieldInteger}} {
		l.MergeField(f.Name, f.Type)
	}
	if len(l.Fields) != 2 || l.Fields[0] != (Field{"a", FieldNumber}) || l.Fields[1] != (Field{"b", FieldAny}) {
		t.Error(l.Fields)
	}
}
