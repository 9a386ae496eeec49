package load

import (
	"context"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"tuban/bench/gen"
	"tuban/feature"
	"tuban/geom"
	"tuban/internal/demo"
)

// Source gives features to check answers against. An API is one, and a City.
type Source interface {
	// Items returns up to most features of a layer that meet a box (nil is
	// everywhere), and perhaps some that only come near.
	Items(ctx context.Context, layer string, box *orb.Bound, most int) ([]feature.Feature, error)
}

// City is a demo city in memory: what a foreign server that has loaded its files
// must answer by. Layers are made when they are first asked for. It is not safe
// for concurrent use.
type City struct {
	bounds  orb.Bound
	sources map[string]demo.Source
	order   []string
	layers  map[string]*cityLayer
}

type cityLayer struct {
	features []feature.Feature
	boxes    []orb.Bound
}

// NewCity returns the city of a seed and size. progress may be nil.
func NewCity(ctx context.Context, seed uint64, size demo.Size, progress func(done, total int)) (*City, error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	made, err := demo.Make(ctx, seed, size, progress)
	if err != nil {
		return nil, err
	}
	c := &City{bounds: geom.Bound(made.Outline()), sources: map[string]demo.Source{}, layers: map[string]*cityLayer{}}
	for _, s := range made.Layers() {
		c.sources[string(s.Layer.ID)] = s
		c.order = append(c.order, string(s.Layer.ID))
	}
	return c, nil
}

// Layers returns the ids of the layers of some kinds, all without any, in their
// order.
func (c *City) Layers(kinds ...feature.Kind) []string {
	var ids []string
	for _, id := range c.order {
		if len(kinds) == 0 || slices.Contains(kinds, c.sources[id].Layer.Kind) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Hash returns the hash of all features: that of the same city's files.
func (c *City) Hash(ctx context.Context) (string, error) {
	h := gen.NewHash()
	for _, id := range c.order {
		s := c.sources[id]
		err := s.Each(func(f feature.Feature) error {
			h.Add(s.Layer.ID, &f)
			return ctx.Err()
		})
		if err != nil {
			return "", err
		}
	}
	return h.Sum(), nil
}

func (c *City) layer(id string) (*cityLayer, error) {
	if l := c.layers[id]; l != nil {
		return l, nil
	}
	s, ok := c.sources[id]
	if !ok {
		return nil, fmt.Errorf("%w: the demo city has no layer %q", ErrConfig, id)
	}
	l := &cityLayer{}
	err := s.Each(func(f feature.Feature) error {
		l.features = append(l.features, f)
		l.boxes = append(l.boxes, geom.Bound(f.Geometry))
		return nil
	})
	c.layers[id] = l
	return l, err
}

// Items looks at every box of the layer.
func (c *City) Items(_ context.Context, layer string, box *orb.Bound, most int) ([]feature.Feature, error) {
	l, err := c.layer(layer)
	if err != nil {
		return nil, err
	}
	var hits []feature.Feature
	for i := range l.features {
		if len(hits) >= most {
			break
		}
		if box == nil || l.boxes[i].Intersects(*box) {
			hits = append(hits, l.features[i])
		}
	}
	return hits, nil
}

// ground returns what a workload knows of the city.
func (c *City) ground(ctx context.Context) (*Ground, error) {
	g := &Ground{Bounds: c.bounds}
	for _, id := range c.Layers(feature.KindPatch) {
		fs, err := c.Items(ctx, id, nil, maxPatches-len(g.Patches))
		if err != nil {
			return nil, err
		}
		g.Patches = append(g.Patches, fs...)
	}
	g.Places = centres(g.Patches)
	return g, nil
}
