package bench

import (
	"encoding/json"
	"math"
	"slices"
)

// Samples are measurements of one thing, in any order and unit.
type Samples []float64

// Quantile returns the value below which a share q in [0,1] of the samples
// lies, interpolated between neighbours (Hyndman and Fan's type 7); NaN when
// there is none.
func (s Samples) Quantile(q float64) float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := slices.Clone(s)
	slices.Sort(sorted)
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// Median returns the middle value, NaN when there is none.
func (s Samples) Median() float64 { return s.Quantile(0.5) }

// Min returns the least value, NaN when there is none.
func (s Samples) Min() float64 { return s.Quantile(0) }

// Max returns the greatest value, NaN when there is none.
func (s Samples) Max() float64 { return s.Quantile(1) }

// Spread returns the median with the quartiles around it.
func (s Samples) Spread() Spread {
	return Spread{Median: s.Median(), Low: s.Quantile(0.25), High: s.Quantile(0.75), Samples: len(s)}
}

// Spread is a median with its interquartile range: half of the samples lie
// between Low and High.
type Spread struct {
	Median, Low, High float64
	Samples           int
}

// MarshalJSON writes null for values that are no numbers.
func (s Spread) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Median  any `json:"median"`
		Low     any `json:"low"`
		High    any `json:"high"`
		Samples int `json:"samples"`
	}{number(s.Median), number(s.Low), number(s.High), s.Samples})
}

// number returns f, or nil where JSON has no such number.
func number(f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return f
}
