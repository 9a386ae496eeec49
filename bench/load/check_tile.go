package load

import (
	"context"
	"fmt"

	"github.com/paulmach/orb"

	"tuban/tiles"
	"tuban/tiles/mvt"
)

// content is what a tile holds.
type content struct {
	bytes    int // before compression
	features int
	vertices int
}

// readTile decodes a tile and counts what is in it. Features of tuban's own
// layer of notes count as well: they are sent.
func readTile(body []byte) (*mvt.Tile, content, error) {
	t, err := mvt.Decode(body)
	if err != nil {
		return nil, content{}, err
	}
	c := content{bytes: len(body)}
	for i := range t.Layers {
		for k := range t.Layers[i].Features {
			parts, err := t.Layers[i].Features[k].Parts()
			if err != nil {
				return nil, content{}, err
			}
			c.features++
			for _, p := range parts {
				c.vertices += len(p)
			}
		}
	}
	return t, c, nil
}

// firstViolation returns the first rule of MVT 2.1 that a tile breaks, nil for a
// valid one.
func firstViolation(body []byte) error {
	if found := mvt.Validate(body); len(found) > 0 {
		return found[0]
	}
	return nil
}

// notesLayer is the MVT layer in which tuban tells what it generalised.
const notesLayer = "tuban:generalised"

// tileChecker checks tiles of a tuban server by counting: drawn features, and
// those that the tile says it stands for, are all that meet its square.
type tileChecker struct {
	api    *API
	layers []Collection
	blank  map[string]int // features without geometry, which match any box
}

func newTileChecker(ctx context.Context, api *API, layers []Collection) (*tileChecker, error) {
	k := &tileChecker{api: api, layers: layers, blank: map[string]int{}}
	for i := range layers {
		b := layers[i].Bound()
		if b.IsEmpty() {
			continue
		}
		n, err := api.Matched(ctx, layers[i].ID, away(b))
		if err != nil {
			return nil, err
		}
		k.blank[layers[i].ID] = n
	}
	return k, nil
}

// away returns a box that does not meet b.
func away(b orb.Bound) orb.Bound {
	if b.Max[1] < 89 {
		return orb.Bound{Min: orb.Point{0, 89.5}, Max: orb.Point{0, 89.6}}
	}
	return orb.Bound{Min: orb.Point{0, -89.6}, Max: orb.Point{0, -89.5}}
}

// check checks a tile.
func (k *tileChecker) check(ctx context.Context, a tiles.Address, body []byte) error {
	if err := firstViolation(body); err != nil {
		return fmt.Errorf("the tile breaks a rule of MVT 2.1: %w", err)
	}
	t, _, err := readTile(body)
	if err != nil {
		return err
	}
	if len(body) > tiles.MaxBytes {
		return fmt.Errorf("the tile has %d bytes", len(body))
	}
	for i := range k.layers {
		l := &k.layers[i]
		n := drawn(t, l.ID)
		if !l.shown(int(a.Z)) {
			if n > 0 {
				return fmt.Errorf("layer %s is drawn below its zooms", l.ID)
			}
			continue
		}
		least, err := k.meeting(ctx, l.ID, square(a, 0))
		if err != nil {
			return err
		}
		most, err := k.meeting(ctx, l.ID, square(a, tiles.Buffer+1))
		if err != nil {
			return err
		}
		if n < least || n > most {
			return fmt.Errorf("layer %s: the tile stands for %d features, where %d lie in its square and %d in that and its buffer", l.ID, n, least, most)
		}
	}
	return nil
}

func (k *tileChecker) meeting(ctx context.Context, layer string, box orb.Bound) (int, error) {
	n, err := k.api.Matched(ctx, layer, box)
	return n - k.blank[layer], err
}

// drawn returns how many features of a layer a tile stands for: those drawn in
// their own shape, and those that its notes tell of.
func drawn(t *mvt.Tile, layer string) int {
	n := 0
	if l := t.Layer(layer); l != nil {
		for i := range l.Features {
			p := l.Properties(&l.Features[i])
			_, merged := p["merged"]
			_, mark := p["mark"]
			if !merged && !mark {
				n++
			}
		}
	}
	if notes := t.Layer(notesLayer); notes != nil {
		for i := range notes.Features {
			if v, ok := notes.Properties(&notes.Features[i])[layer].(int64); ok {
				n += int(v)
			}
		}
	}
	return n
}
