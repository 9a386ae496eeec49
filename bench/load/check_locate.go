package load

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"tuban/geom"
)

// checkLocate checks the answer of a tuban server to a look-up: every feature
// around the point is fetched and tried.
func checkLocate(ctx context.Context, src Source, p orb.Point, layers []string, body []byte) error {
	at, err := parseLocated(body)
	if err != nil {
		return err
	}
	if len(at) != len(layers) {
		return fmt.Errorf("%d layers in the answer, %d were asked", len(at), len(layers))
	}
	for i, l := range at {
		if l.Layer != layers[i] {
			return fmt.Errorf("layer %s where %s was asked", l.Layer, layers[i])
		}
		want, err := holding(ctx, src, l.Layer, p)
		if err != nil {
			return err
		}
		if err := sameIDs(l.ids(), want); err != nil {
			return fmt.Errorf("layer %s: %w", l.Layer, err)
		}
	}
	return nil
}

// holding returns the ids of the features that hold a point, by trying all those
// of its surroundings: a box around it, not the point alone, so that it is not
// the same search again.
func holding(ctx context.Context, src Source, layer string, p orb.Point) ([]string, error) {
	const around = 50
	box := orb.Bound{Min: offset(p, -around, -around), Max: offset(p, around, around)}
	fs, err := src.Items(ctx, layer, &box, math.MaxInt)
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range fs {
		if g := fs[i].Geometry; g != nil && geom.Locate(g, p) != geom.Outside {
			ids = append(ids, string(fs[i].ID))
		}
	}
	return ids, nil
}

// sameIDs compares two sets of ids.
func sameIDs(got, want []string) error {
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		return fmt.Errorf("features %v hold the point, not %v", want, got)
	}
	return nil
}
