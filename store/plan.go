package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"tuban/feature"
)

// plan is a commit being put together: the state after it, and the batch that
// makes it so. It changes only its own copies of layers and vintages.
type plan struct {
	db       *DB
	next     *state
	batch    *batch
	layers   map[*layerNow]bool   // copied, to be written
	vintages map[*vintageNow]bool // likewise
	loads    []*Load
	// loadRecords are the records of loads as they will be.
	loadRecords map[*Load]*loadRecord
	written     map[versionRef]written // by this plan

	seq  feature.Seq // of the record being planned
	sums []*summing  // its layers
}

// versionRef names a feature in keys.
type versionRef struct {
	vintageRef
	number feature.Number
}

type written struct {
	seq feature.Seq
	was Was
}

// summing is a summary being counted.
type summing struct {
	commitSummary
	id    feature.LayerID
	boxes boxes
}

func (r vintageRef) compare(o vintageRef) int {
	return cmp.Or(cmp.Compare(r.Layer, o.Layer), cmp.Compare(r.Vintage, o.Vintage))
}

func newPlan(db *DB) *plan {
	p := &plan{
		db: db, next: db.state.Load().clone(), batch: db.newBatch(),
		layers: map[*layerNow]bool{}, vintages: map[*vintageNow]bool{},
		loadRecords: map[*Load]*loadRecord{}, written: map[versionRef]written{},
	}
	p.batch.before = p.writeIntent
	return p
}

// writeIntent makes durable that versions will be written ahead, and where.
// Vintages that the plan touches only later are added by every rewrite.
func (p *plan) writeIntent() error {
	key := prefix(kindIntent)
	value, err := sealRecord(key, p.intent())
	if err != nil {
		return err
	}
	return p.db.write([]kv{{key, value}}, len(value))
}

// layer returns the plan's own copy of a layer.
func (p *plan) layer(id feature.LayerID) (*layerNow, error) {
	l := p.next.layers[id]
	if l == nil {
		return nil, fmt.Errorf("store: %w: %s", ErrNoLayer, id)
	}
	if !p.layers[l] {
		l = l.clone()
		p.next.layers[id] = l
		return l, p.touch(l)
	}
	return l, nil
}

// touch notes a layer as changed. If something was written ahead already, the
// intent must name its vintages before more is.
func (p *plan) touch(l *layerNow) error {
	p.layers[l] = true
	if p.batch.early {
		return p.writeIntent()
	}
	return nil
}

// vintage returns the plan's own copy of a layer's current vintage.
func (p *plan) vintage(l *layerNow) *vintageNow {
	return p.own(l, l.current())
}

func (p *plan) own(l *layerNow, v *vintageNow) *vintageNow {
	if v == nil || p.vintages[v] {
		return v
	}
	c := *v
	c.loads = slices.Clone(v.loads)
	l.vintages[slices.Index(l.vintages, v)] = &c
	p.vintages[&c] = true
	return &c
}

// newVintage makes a vintage and swaps it in.
func (p *plan) newVintage(l *layerNow, name feature.Vintage) (*vintageNow, error) {
	if err := feature.CheckVintage(name); err != nil {
		return nil, assertion("%w", err)
	}
	if old := p.vintage(l); old != nil {
		old.To = p.seq
	}
	v := &vintageNow{vintageRecord: vintageRecord{No: 1, Name: name, From: p.seq}}
	if n := len(l.vintages); n > 0 {
		v.No = l.vintages[n-1].No + 1
	}
	l.vintages = append(l.vintages, v)
	l.Vintage = v.No
	p.vintages[v] = true
	return v, p.touch(l)
}

// baseVintages gives layers that were made without a load their first vintage.
func (p *plan) baseVintages() error {
	for _, s := range p.sums {
		l := p.next.layers[s.id]
		if l.current() == nil {
			if _, err := p.newVintage(l, feature.BaseVintage); err != nil {
				return err
			}
		}
		s.Vintage = l.Vintage
	}
	return nil
}

// sum returns the summary of a layer in the record being planned.
func (p *plan) sum(l *layerNow) *summing {
	for _, s := range p.sums {
		if s.Layer == l.No {
			return s
		}
	}
	s := &summing{commitSummary: commitSummary{Layer: l.No, Vintage: l.Vintage}, id: l.ID}
	p.sums = append(p.sums, s)
	l.Changed = p.seq
	return s
}

// putLayer plans a layer's descriptor.
func (p *plan) putLayer(desc *feature.Layer) error {
	if err := desc.Check(); err != nil {
		return assertion("%w", err)
	}
	l := p.next.layers[desc.ID]
	if l == nil {
		l = &layerNow{layerRecord: layerRecord{No: 1, ID: desc.ID, Next: 1}}
		for _, other := range p.next.layers {
			l.No = max(l.No, other.No+1)
		}
		p.next.layers[desc.ID] = l
		if err := p.touch(l); err != nil {
			return err
		}
	}
	l, err := p.layer(desc.ID)
	if err != nil {
		return err
	}
	s := p.sum(l)
	if s.Put {
		return assertion("layer %s twice in commit %d", desc.ID, p.seq)
	}
	s.Put = true
	l.layer, l.Descriptor = desc.Clone(), p.seq
	body, err := json.Marshal(desc)
	if err != nil {
		return fmt.Errorf("store: layer %s: %w", desc.ID, err)
	}
	_, err = p.db.packer.pack(descriptorKey(l.No, p.seq), blobHeader{op: opDescriptor}, body, p.batch.put)
	return err
}
