package bench

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Unit is what the numbers of a column are, which decides how people see them;
// JSON has them as they are.
type Unit uint8

// The units.
const (
	Text         Unit = iota // not a number: left-aligned
	Count                    // a whole number of things
	Number                   // any number
	Ratio                    // so many times
	Seconds                  // a duration, in seconds
	Bytes                    // a size, in bytes
	PerSecond                // a rate
	Share                    // a part of 1, shown in per cent
	SquareMetres             // an area
	Scientific               // a number of any magnitude, such as an error
)

// name is the unit's name in JSON.
func (u Unit) name() string {
	return [...]string{"text", "count", "number", "ratio", "seconds", "bytes", "per_second", "share", "square_metres", "scientific"}[u]
}

// none stands where there is no figure.
const none = "–"

// format returns a figure for people: three significant digits, a scale that
// fits.
func (u Unit) format(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return none
	}
	switch u {
	case Count:
		return thousands(v)
	case Ratio:
		return significant(v) + " ×"
	case Seconds:
		return scaled(v, []scale{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}})
	case Bytes:
		return scaled(v, []scale{{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}, {1, "B"}})
	case PerSecond:
		return significant(v) + "/s"
	case Share:
		return significant(100*v) + " %"
	case SquareMetres:
		return significant(v) + " m²"
	case Scientific:
		return strconv.FormatFloat(v, 'e', 1, 64)
	}
	return significant(v)
}

type scale struct {
	unit float64
	name string
}

// scaled shows v in the largest unit that leaves at least 1 before the point.
func scaled(v float64, scales []scale) string {
	for _, s := range scales {
		if math.Abs(v) >= s.unit*0.9995 {
			return significant(v/s.unit) + " " + s.name
		}
	}
	last := scales[len(scales)-1]
	return significant(v/last.unit) + " " + last.name
}

// significant shows three significant digits, more before the point, never an
// exponent unless it is very small or very large.
func significant(v float64) string {
	switch a := math.Abs(v); {
	case a == 0:
		return "0"
	case a >= 1e15 || a < 1e-4:
		return strconv.FormatFloat(v, 'e', 2, 64)
	case a >= 999.5:
		return thousands(v)
	default:
		rounded, _ := strconv.ParseFloat(strconv.FormatFloat(a, 'e', 2, 64), 64)
		return strconv.FormatFloat(v, 'f', max(0, 2-int(math.Floor(math.Log10(rounded)+1e-9))), 64)
	}
}

// thousands shows a whole number with its digits in groups of three.
func thousands(v float64) string {
	digits := strconv.FormatFloat(math.Abs(v), 'f', 0, 64)
	var b strings.Builder
	if v <= -0.5 {
		b.WriteByte('-')
	}
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// show returns a cell for people.
func (u Unit) show(cell any) string {
	switch v := cell.(type) {
	case nil:
		return none
	case string:
		return v
	case int:
		return u.format(float64(v))
	case int64:
		return u.format(float64(v))
	case float64:
		return u.format(v)
	case Spread:
		if v.Samples == 0 {
			return none
		}
		return fmt.Sprintf("%s (%s – %s)", u.format(v.Median), u.format(v.Low), u.format(v.High))
	case Goal:
		return v.show(u)
	}
	return fmt.Sprint(cell)
}

// Goal is a limit that the house set itself, and whether it was kept.
type Goal struct {
	Limit float64 `json:"limit"`
	Most  bool    `json:"most"` // the figure may be at most Limit; else at least
	Met   bool    `json:"met"`
}

// AtLeast judges a figure that should be no less than a limit. No figure (NaN)
// does not meet it.
func AtLeast(limit, figure float64) Goal { return Goal{limit, false, figure >= limit} }

// AtMost judges a figure that should be no more than a limit.
func AtMost(limit, figure float64) Goal { return Goal{limit, true, figure <= limit} }

func (g Goal) show(u Unit) string {
	sign, verdict := "≥ ", "missed"
	if g.Most {
		sign = "≤ "
	}
	if g.Met {
		verdict = "met"
	}
	return sign + u.format(g.Limit) + ": " + verdict
}
