package peers

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// check is a comparison of what two engines answer to the same cases.
type check struct {
	what     string
	cases    int
	compared int     // values
	rule     string  // what may differ, and why
	worst    float64 // largest difference over what is allowed
	at       string  // the case of worst
	faults   []string
}

// shownFaults is how many faults are kept; the rest is counted.
const shownFaults = 5

func (c *check) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

// ok tells whether something was compared and all of it agreed.
func (c *check) ok() bool { return c.compared > 0 && len(c.faults) == 0 }

// verdict is the result in words.
func (c *check) verdict() string {
	switch {
	case c.compared == 0:
		return "MISMATCH: nothing was compared"
	case len(c.faults) == 0:
		return "same"
	}
	text := "MISMATCH: " + strings.Join(c.faults[:min(len(c.faults), shownFaults)], "; ")
	if n := len(c.faults) - shownFaults; n > 0 {
		text += fmt.Sprintf("; and %d more", n)
	}
	return text
}

// tolerance is how far two areas in m² may lie apart: relative to the larger,
// plus a constant. What only one of the two has may be no larger than absent.
type tolerance struct{ relative, constant, absent float64 }

// areas compares areas by key (a class, a feature) of one case.
func (c *check) areas(where string, tuban, other map[string]float64, tol tolerance) {
	c.cases++
	keys := slices.Sorted(maps.Keys(tuban))
	for _, k := range slices.Sorted(maps.Keys(other)) {
		if _, ok := tuban[k]; !ok {
			keys = append(keys, k)
		}
	}
	for _, k := range keys {
		a, inTuban := tuban[k]
		b, inOther := other[k]
		allowed := tol.relative*max(a, b) + tol.constant
		if inTuban != inOther {
			allowed = tol.absent
		}
		c.compared++
		// The negation also catches NaN.
		if off := math.Abs(a-b) / allowed; !(off <= 1) {
			c.fault("%s, %s: tuban %s, PostGIS %s", where, k, areaText(a, inTuban), areaText(b, inOther))
		} else if off > c.worst {
			c.worst, c.at = off, fmt.Sprintf("%s, %s: %.6f and %.6f m²", where, k, a, b)
		}
	}
}

func areaText(a float64, there bool) string {
	if !there {
		return "nothing"
	}
	return fmt.Sprintf("%.6f m²", a)
}

// sets compares two lists of ids as sets; an id that stands twice is a fault.
func (c *check) sets(where string, tuban, other []string) {
	c.cases++
	c.compared += len(tuban)
	a, b := slices.Sorted(slices.Values(tuban)), slices.Sorted(slices.Values(other))
	for _, list := range [][]string{a, b} {
		if n := len(slices.Compact(slices.Clone(list))); n < len(list) {
			c.fault("%s: an id is given twice: %s", where, strings.Join(list, " "))
		}
	}
	if !slices.Equal(a, b) {
		c.fault("%s: tuban [%s], the other [%s]", where, strings.Join(a, " "), strings.Join(b, " "))
	}
}
