package overlap

import (
	"encoding/json"
	"fmt"

	"tuban/feature"
)

// ParseResults reads what AppendResults wrote, without geometry: the answer of
// POST /overlap. AppendJSON of the results gives the same bytes again.
func ParseResults(text []byte) ([]Result, error) {
	var answer struct {
		Results []struct {
			ID     *string `json:"id"`
			AreaM2 float64 `json:"area_m2"`
			Buffer float64 `json:"buffer_m"`
			OwnM2  float64 `json:"own_area_m2"`
			Layers []struct {
				Layer       feature.LayerID `json:"layer"`
				Vintage     feature.Vintage `json:"vintage"`
				CoveredM2   float64         `json:"covered_m2"`
				UncoveredM2 float64         `json:"uncovered_m2"`
				SummedM2    float64         `json:"summed_m2"`
				Truncated   bool            `json:"truncated"`
				Classes     []struct {
					Class, Name, Group string
					AreaM2             float64 `json:"area_m2"`
					Share              float64
					Count              int
				} `json:"classes"`
				Features *[]struct {
					ID             feature.ID
					Class          string
					AreaM2         float64 `json:"area_m2"`
					ShareOfQuery   float64 `json:"share_of_query"`
					ShareOfFeature float64 `json:"share_of_feature"`
					Sliver         bool
				} `json:"features"`
			} `json:"layers"`
		} `json:"results"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("overlap answer: %w", err)
	}
	results := make([]Result, len(answer.Results))
	for i, r := range answer.Results {
		out := &results[i]
		if r.ID != nil {
			out.ID = *r.ID
		}
		out.AreaM2, out.BufferM, out.OwnM2, out.Layers = r.AreaM2, r.Buffer, r.OwnM2, make([]LayerResult, len(r.Layers))
		for j, l := range r.Layers {
			ol := &out.Layers[j]
			*ol = LayerResult{Layer: l.Layer, Vintage: l.Vintage, CoveredM2: l.CoveredM2, UncoveredM2: l.UncoveredM2, SummedM2: l.SummedM2, Truncated: l.Truncated, Detail: Classes}
			for _, c := range l.Classes {
				ol.Classes = append(ol.Classes, ClassArea{c.Class, c.Name, c.Group, c.AreaM2, c.Share, c.Count})
			}
			if l.Features == nil {
				continue
			}
			ol.Detail = Features
			for _, f := range *l.Features {
				ol.Features = append(ol.Features, FeatureArea{ID: f.ID, Class: f.Class, AreaM2: f.AreaM2, ShareOfQuery: f.ShareOfQuery, ShareOfFeature: f.ShareOfFeature, Sliver: f.Sliver})
			}
		}
	}
	return results, nil
}
