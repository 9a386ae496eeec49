package engine

import (
	"fmt"
	"strconv"

	"tuban/arena"
	"tuban/feature"
	"tuban/geom"
)

// numbering gives the new features of one commit numbers and ids, and checks
// that each change meets what it expects.
type numbering struct {
	e     *Engine
	keys  *arena.Keys
	layer feature.LayerID
	seen  map[feature.Number]bool
	ids   map[feature.ID]bool // new in this commit
}

func (e *Engine) newNumbering(k *arena.Keys, id feature.LayerID) *numbering {
	return &numbering{e: e, keys: k, layer: id, seen: map[feature.Number]bool{}, ids: map[feature.ID]bool{}}
}

func (n *numbering) taken(id feature.ID) bool {
	_, ok := n.keys.Number(id)
	return ok || n.ids[id]
}

// check completes one change: an added feature gets its number and id.
func (n *numbering) check(layer *feature.Layer, c *feature.Change) ([]geom.Problem, error) {
	f := &c.Feature
	if c.Op != feature.OpPut && c.Op != feature.OpDelete {
		return nil, fmt.Errorf("layer %s: change with op %d", n.layer, c.Op)
	}
	if f.Number != 0 {
		if _, ok := n.keys.Slot(f.Number); !ok {
			return nil, fmt.Errorf("%w: layer %s, number %d", ErrNoFeature, n.layer, f.Number)
		}
		if n.seen[f.Number] {
			return nil, fmt.Errorf("layer %s: feature number %d is changed twice in one commit", n.layer, f.Number)
		}
		n.seen[f.Number] = true
		if c.Op == feature.OpDelete {
			return nil, nil
		}
	}
	was := f.ID
	problems, err := Ingest(layer, f)
	if err != nil {
		return nil, err
	}
	if f.Number != 0 {
		if f.ID != was {
			return nil, &FeatureError{Layer: n.layer, ID: was, Err: fmt.Errorf("%w: %q: the id of a feature does not change", ErrBadID, f.ID)}
		}
		return problems, nil
	}
	f.Number = n.e.takeNumbers(n.layer, 1)
	if f.ID == "" {
		f.ID = freeID(f.Number, n.taken)
	}
	if n.taken(f.ID) {
		return nil, &FeatureError{Layer: n.layer, ID: f.ID, Err: ErrExists}
	}
	n.ids[f.ID] = true
	return problems, nil
}

// freeID returns the id of a feature that came without one: its number, with
// "-2", "-3", … behind it if that is taken.
func freeID(n feature.Number, taken func(feature.ID) bool) feature.ID {
	text := strconv.FormatUint(uint64(n), 10)
	id := feature.ID(text)
	for k := 2; taken(id); k++ {
		id = feature.ID(text + "-" + strconv.Itoa(k))
	}
	return id
}

// takeNumbers returns the first of n numbers that were never used in a layer.
func (e *Engine) takeNumbers(id feature.LayerID, n int) feature.Number {
	first := max(e.next[id], 1)
	e.next[id] = first + feature.Number(n)
	return first
}
