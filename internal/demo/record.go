package demo

import (
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// fields returns text fields; a name ending in '#' is a number, in '%' an integer.
func fields(names ...string) []feature.Field {
	list := make([]feature.Field, len(names))
	for i, n := range names {
		t := feature.FieldString
		if strings.HasSuffix(n, "#") {
			t = feature.FieldNumber
		} else if strings.HasSuffix(n, "%") {
			t = feature.FieldInteger
		}
		list[i] = feature.Field{Name: strings.TrimRight(n, "#%"), Type: t}
	}
	return list
}

// record makes a feature with the values of the fields in order.
func record(list []feature.Field, id string, g orb.Geometry, values ...any) feature.Feature {
	p := make(feature.Properties, len(list))
	for i, f := range list {
		p[i] = feature.Property{Name: f.Name, Value: value(values[i])}
	}
	return feature.Feature{ID: feature.ID(id), Geometry: g, Properties: p}
}

func value(v any) feature.Value {
	switch v := v.(type) {
	case string:
		return feature.StringValue(v)
	case int:
		return feature.IntValue(int64(v))
	case float64:
		return feature.FloatValue(v)
	}
	return feature.Value{}
}

// serial returns a BSM: a ten-digit prefix and an eight-digit number.
func serial(prefix string, n int) string { return fmt.Sprintf("%s%08d", prefix, n) }

// cents rounds an area to hundredths.
func cents(a float64) float64 { return math.Round(a*100) / 100 }

// mu turns m² into mu, in hundredths.
func mu(a float64) float64 { return cents(a * 3 / 2000) }

// hectares rounds hectares to four decimals.
func hectares(a float64) float64 { return math.Round(a*1e4) / 1e4 }
