package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
)

// ErrNoData reports a server that has nothing to ask for.
var ErrNoData = errors.New("there is no data to ask for")

// maxPatches bounds the polygons that are asked with.
const maxPatches = 5000

// survey finds out what a tuban server holds in some layers: where it is, and
// its change patches.
func survey(ctx context.Context, api *API, all []Collection, layers []string, seed uint64) (*Ground, error) {
	g := &Ground{Bounds: geom.EmptyBound}
	for i := range all {
		if slices.Contains(layers, all[i].ID) {
			g.Bounds = geom.Union(g.Bounds, all[i].Bound())
		}
	}
	if g.Bounds.IsEmpty() {
		return nil, fmt.Errorf("%w: layers %s are empty", ErrNoData, strings.Join(layers, ","))
	}
	for i := range all {
		if all[i].Kind != feature.KindPatch || len(g.Patches) >= maxPatches {
			continue
		}
		fs, err := api.Items(ctx, all[i].ID, nil, maxPatches-len(g.Patches))
		if err != nil {
			return nil, err
		}
		g.Patches = append(g.Patches, fs...)
	}
	g.Patches = slices.DeleteFunc(g.Patches, func(f feature.Feature) bool { return !geom.HasRing(f.Geometry) })
	g.Places = centres(g.Patches)
	if len(g.Places) > 0 {
		return g, nil
	}
	return g, g.lookAround(ctx, api, layers, seed)
}

// centres returns the middle of each feature's box.
func centres(fs []feature.Feature) []orb.Point {
	list := make([]orb.Point, len(fs))
	for i := range fs {
		list[i] = geom.Bound(fs[i].Geometry).Center()
	}
	return list
}

// lookAround finds places by asking random points for what holds them.
func (g *Ground) lookAround(ctx context.Context, api *API, layers []string, seed uint64) error {
	const looks, enough = 2000, 200
	for _, p := range g.Points(seed, looks) {
		ans, err := api.Fetch(ctx, api.Get(locatePath(p, layers)))
		if err != nil {
			return err
		}
		at, err := parseLocated(ans.Body)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(at, func(l locatedLayer) bool { return len(l.Features) > 0 }) {
			if g.Places = append(g.Places, p); len(g.Places) >= enough {
				break
			}
		}
	}
	return nil
}

// locatedLayer is what a look-up found in one layer.
type locatedLayer struct {
	Layer    string `json:"layer"`
	Features []struct {
		ID string `json:"id"`
	} `json:"features"`
}

func (l *locatedLayer) ids() []string {
	ids := make([]string, len(l.Features))
	for i := range l.Features {
		ids[i] = l.Features[i].ID
	}
	return ids
}

func parseLocated(body []byte) ([]locatedLayer, error) {
	var at struct {
		Layers []locatedLayer `json:"layers"`
	}
	if err := json.Unmarshal(body, &at); err != nil {
		return nil, fmt.Errorf("GET /locate: not the answer of a tuban server: %w", err)
	}
	return at.Layers, nil
}

func locatePath(p orb.Point, layers []string) string {
	return "/locate?lon=" + number(p[0]) + "&lat=" + number(p[1]) + "&layers=" + joined(layers)
}

// joined is a list of layers as it stands in an address: ids need no escaping.
func joined(layers []string) string { return strings.Join(layers, ",") }
