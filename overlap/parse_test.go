package overlap

import (
	"strings"
	"testing"
)

// TestParseResults reads answers and writes them again.
func TestParseResults(t *testing.T) {
	rs := []Result{
		{ID: "水浇地 \"1\"", AreaM2: 0.1 + 0.2, Layers: []LayerResult{
			{Layer: "dltb", Vintage: "2023", CoveredM2: 1.0 / 3, UncoveredM2: 2, SummedM2: 5, Truncated: true,
				Classes:  []ClassArea{{"0102", "水浇地", "耕地", 1.5, 0.25, 3}},
				Features: []FeatureArea{{ID: "a", Class: "0102", AreaM2: 1e-7, ShareOfQuery: 1, ShareOfFeature: 2, Sliver: true}}},
			{Layer: "none", Vintage: "base", UncoveredM2: 7},
		}},
		{AreaM2: 1, Layers: []LayerResult{{Layer: "dltb", Vintage: "2023", Detail: Classes}}},
	}
	want := string(AppendResults(nil, 7, rs))
	back, err := ParseResults([]byte(want))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(AppendResults(nil, 7, back)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, err := ParseResults([]byte(want[:len(want)-3])); err == nil || !strings.Contains(err.Error(), "overlap answer") {
		t.Errorf("a cut answer: %v", err)
	}
}
