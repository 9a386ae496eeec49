package peers

import (
	"math"
	"strings"
	"testing"

	"tuban/overlap"
)

func TestAreas(t *testing.T) {
	tol := tolerance{relative: 1e-6, constant: 1e-3, absent: 1e-6}
	cases := []struct {
		name         string
		tuban, other map[string]float64
		ok           bool
	}{
		{"equal", map[string]float64{"a": 5, "b": 7}, map[string]float64{"b": 7, "a": 5}, true},
		{"within the constant", map[string]float64{"a": 5}, map[string]float64{"a": 5.0009}, true},
		{"beyond the constant", map[string]float64{"a": 5}, map[string]float64{"a": 5.0011}, false},
		{"within the relative part", map[string]float64{"a": 1e9}, map[string]float64{"a": 1e9 + 999}, true},
		{"beyond the relative part", map[string]float64{"a": 1e9}, map[string]float64{"a": 1e9 + 1002}, false},
		{"rounding where borders touch", map[string]float64{"a": 5, "b": 1e-7}, map[string]float64{"a": 5}, true},
		{"only tuban has it", map[string]float64{"a": 5, "b": 1e-4}, map[string]float64{"a": 5}, false},
		{"only the other has it", map[string]float64{"a": 5}, map[string]float64{"a": 5, "b": 1e-4}, false},
		{"not a number", map[string]float64{"a": math.NaN()}, map[string]float64{"a": 5}, false},
		{"swapped", map[string]float64{"a": 5, "b": 7}, map[string]float64{"a": 7, "b": 5}, false},
		{"nothing was compared", nil, nil, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var k check
			k.areas("case", c.tuban, c.other, tol)
			if k.ok() != c.ok {
				t.Errorf("%v, want %v: %s", k.ok(), c.ok, k.verdict())
			}
			if c.ok != (k.verdict() == "same") {
				t.Errorf("verdict %q", k.verdict())
			}
		})
	}
}

// TestVerdictNamesTheCase: a reader of the report can repeat what failed.
func TestVerdictNamesTheCase(t *testing.T) {
	var k check
	for range shownFaults + 2 {
		k.areas("patch 7", map[string]float64{"0102": 5}, map[string]float64{"0102": 6}, tolerance{})
	}
	v := k.verdict()
	for _, part := range []string{"MISMATCH", "patch 7", "0102", "tuban 5.000000 m²", "PostGIS 6.000000 m²", "and 2 more"} {
		if !strings.Contains(v, part) {
			t.Errorf("%q lacks %q", v, part)
		}
	}
}

func TestSets(t *testing.T) {
	cases := []struct {
		name         string
		tuban, other []string
		ok           bool
	}{
		{"the same, in another order", []string{"a", "b"}, []string{"b", "a"}, true},
		{"one is missing", []string{"a", "b"}, []string{"a"}, false},
		{"another", []string{"a"}, []string{"b"}, false},
		{"twice", []string{"a", "a"}, []string{"a", "a"}, false},
		{"nothing at all", nil, nil, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var k check
			k.sets("case", c.tuban, c.other)
			if k.ok() != c.ok {
				t.Errorf("%v, want %v: %s", k.ok(), c.ok, k.verdict())
			}
		})
	}
}

func TestUnited(t *testing.T) {
	class := func(name string, area float64) overlap.ClassArea {
		return overlap.ClassArea{Class: name, AreaM2: area}
	}
	cases := []struct {
		name    string
		sums    map[string]float64
		classes []overlap.ClassArea
		ok      bool
	}{
		{"no overlap", map[string]float64{"a": 5}, []overlap.ClassArea{class("a", 5)}, true},
		{"overlapping features", map[string]float64{"a": 9}, []overlap.ClassArea{class("a", 5)}, true},
		{"a layer without classes", map[string]float64{"": 9}, nil, true},
		{"more than the sum", map[string]float64{"a": 5}, []overlap.ClassArea{class("a", 5.1)}, false},
		{"nothing of it", map[string]float64{"a": 5}, []overlap.ClassArea{class("a", 0)}, false},
		{"another class", map[string]float64{"a": 5}, []overlap.ClassArea{class("b", 5)}, false},
		{"a class is missing", map[string]float64{"a": 5, "b": 1}, []overlap.ClassArea{class("a", 5)}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			k := check{compared: 1}
			k.united("case", c.sums, c.classes)
			if k.ok() != c.ok {
				t.Errorf("%v, want %v: %s", k.ok(), c.ok, k.verdict())
			}
		})
	}
}
