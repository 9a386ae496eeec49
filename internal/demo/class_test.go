package demo

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode"

	"tuban/feature"
)

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// TestDictionariesSpeakEnglish wants English words for every class and group and
// for every name that a feature has in a field beside an English one.
func TestDictionariesSpeakEnglish(t *testing.T) {
	c := New(3, reduced(1500))
	named := map[feature.LayerID]bool{}
	for _, s := range c.Layers() {
		if len(s.Layer.Classes) == 0 {
			t.Errorf("%s has no classes", s.Layer.ID)
		}
		for _, k := range s.Layer.Classes {
			if k.NameEN == "" || chinese(k.NameEN) || k.GroupEN == "" || chinese(k.GroupEN) || !chinese(k.Name) || !chinese(k.Group) {
				t.Errorf("%s: class %+v", s.Layer.ID, k)
			}
		}
		each(t, s, func(f feature.Feature) {
			for _, p := range f.Properties {
				if field, ok := strings.CutSuffix(p.Name, "_EN"); ok {
					named[s.Layer.ID] = true
					zh, _ := f.Properties.Get(field)
					if en := p.Value.Text(); (en == "") != (zh.Text() == "") || chinese(en) || en != "" && !chinese(zh.Text()) {
						t.Fatalf("%s %s: %s is %q, %s is %q", s.Layer.ID, f.ID, field, zh.Text(), p.Name, en)
					}
				}
			}
		})
	}
	if len(named) != 6 {
		t.Errorf("layers with English names of features: %v", named)
	}
}

// sights turn linear RGB into what eyes see that lack one kind of cone, after
// Machado, Oliveira and Fernandes 2009, table for severity 1.
var sights = map[string][3][3]float64{
	"all cones": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"no red":    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"no green":  {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"no blue":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// lab is CIE L*a*b* (D65) of a colour #rrggbb as some eyes see it.
func lab(color string, sight [3][3]float64) (v [3]float64) {
	var c [3]uint8
	if _, err := fmt.Sscanf(color, "#%02x%02x%02x", &c[0], &c[1], &c[2]); err != nil {
		panic(color)
	}
	var linear, seen [3]float64
	for i, k := range c {
		if s := float64(k) / 255; s <= 0.04045 {
			linear[i] = s / 12.92
		} else {
			linear[i] = math.Pow((s+0.055)/1.055, 2.4)
		}
	}
	for i := range seen {
		seen[i] = min(max(sight[i][0]*linear[0]+sight[i][1]*linear[1]+sight[i][2]*linear[2], 0), 1)
	}
	f := func(t float64) float64 {
		if t > 216.0/24389 {
			return math.Cbrt(t)
		}
		return (24389.0/27*t + 16) / 116
	}
	x := f((0.4124*seen[0] + 0.3576*seen[1] + 0.1805*seen[2]) / 0.95047)
	y := f(0.2126*seen[0] + 0.7152*seen[1] + 0.0722*seen[2])
	z := f((0.0193*seen[0] + 0.1192*seen[1] + 0.9505*seen[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// TestColoursAreToldApart wants farmland, forest, grass, water, desert and
// buildings far apart, and the commonest of the finer classes apart, whichever
// cones an eye lacks. (A difference of 2.3 is just noticeable side by side.)
func TestColoursAreToldApart(t *testing.T) {
	color := map[string]string{}
	for _, k := range landClasses() {
		color[k.Code] = k.Color
	}
	for _, c := range []struct {
		codes string
		least float64
	}{
		{"0102 0301 0401 1101 1205 0701", 15},
		{"0102 0201 0301 0305 0401 1101 1108 1204 1205 1207 0701 0601", 9},
	} {
		codes := strings.Fields(c.codes)
		for name, sight := range sights {
			least, pair := math.Inf(1), ""
			for i, a := range codes {
				for _, b := range codes[:i] {
					p, q := lab(color[a], sight), lab(color[b], sight)
					if d := math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2]); d < least {
						least, pair = d, a+" and "+b
					}
				}
			}
			t.Logf("%s: %s are %.1f apart", name, pair, least)
			if least < c.least {
				t.Errorf("%s: %s are only %.1f apart, not %g", name, pair, least, c.least)
			}
		}
	}
}
