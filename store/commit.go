package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// Record is one commit with all it does. Layers are put first, then the loads
// are swapped or appended, then the changes apply to each layer's current
// vintage. A number may appear once among the changes to a layer.
type Record struct {
	Commit  feature.Commit
	Layers  []LayerPut
	Changes []feature.Change
	Loads   []*Load
	// Was tells for each change what it replaces. Whoever has the features in
	// memory gives it; without it (nil) the store looks each one up on disk,
	// which costs the reading of a chunk. It serves counts, areas and boxes.
	Was []Was
}

// LayerPut makes a layer, or gives it another description.
type LayerPut struct {
	Layer feature.Layer
}

// Was is the version that a change replaces.
type Was struct {
	Exists bool
	Area   float64   // feature.Feature.Area
	Bound  orb.Bound // of its geometry; read only if it exists
}

// commitRecord is the value of key c.
type commitRecord struct {
	Time   time.Time       `json:"time"`
	Author string          `json:"author,omitempty"`
	Reason string          `json:"reason,omitempty"`
	Layers []commitSummary `json:"layers,omitempty"`
}

// commitSummary is a layer's part of a commit. Versions and Sum cover the delta
// versions that the commit wrote.
type commitSummary struct {
	Layer    uint32       `json:"layer"`
	Vintage  uint32       `json:"vintage"`
	Put      bool         `json:"put,omitempty"`
	Swap     bool         `json:"swap,omitempty"`
	Added    int64        `json:"added,omitempty"`
	Updated  int64        `json:"updated,omitempty"`
	Deleted  int64        `json:"deleted,omitempty"`
	Loads    []uint64     `json:"loads,omitempty"`
	Versions uint64       `json:"versions,omitempty"`
	Sum      uint64       `json:"sum,omitempty"`
	Boxes    [][4]float64 `json:"boxes,omitempty"`
}

// Commit makes all records durable at once or none of them. Their seqs follow
// the head one by one and their times do not run backwards, else the error wraps
// ErrAssertion. What fits is one transaction and one sync; more is written ahead
// and becomes visible with the last transaction. After an error nothing of recs
// is visible; if it is (or wraps) a *BrokenError, a reopened data set may hold all of it.
func (db *DB) Commit(ctx context.Context, recs []Record) error {
	db.writing.Lock()
	defer db.writing.Unlock()
	if err := db.writable(); err != nil {
		return err
	}
	if len(recs) == 0 {
		return nil
	}
	p := newPlan(db)
	for i := range recs {
		if err := p.record(ctx, &recs[i]); err != nil {
			return p.giveUp(err)
		}
	}
	p.finish()
	if err := p.batch.commit(); err != nil {
		return p.giveUp(err)
	}
	db.publish(p)
	return nil
}

// publish makes a durable plan the present.
func (db *DB) publish(p *plan) {
	for _, l := range p.loads {
		l.committed()
	}
	db.state.Store(p.next)
	// The witness only helps to find damage later; the commit stands without it.
	if err := db.witness.write(p.next.head.Seq); err != nil && db.opt.Logger != nil {
		db.opt.Logger.Warn("store: witness not written", "error", err)
	}
}

// giveUp undoes what was written ahead and returns err.
func (p *plan) giveUp(err error) error {
	if p.batch.early && p.db.writable() == nil {
		if undo := p.db.undo(p.intent()); undo != nil {
			broken := &BrokenError{Cause: fmt.Errorf("undoing a commit: %w", undo)}
			p.db.broken.CompareAndSwap(nil, broken)
		}
	}
	return err
}

// record plans one commit.
func (p *plan) record(ctx context.Context, r *Record) error {
	head := &p.next.head
	switch c := &r.Commit; {
	case c.Seq != head.Seq+1:
		return assertion("commit has seq %d, the head is at %d", c.Seq, head.Seq)
	case c.Time.IsZero() || c.Time.Before(head.Time):
		return assertion("commit %d has time %s, the head %s", c.Seq, c.Time.Format(time.RFC3339Nano), head.Time.Format(time.RFC3339Nano))
	case len(r.Was) != 0 && len(r.Was) != len(r.Changes):
		return assertion("commit %d has %d changes and tells of %d", c.Seq, len(r.Changes), len(r.Was))
	}
	p.seq = r.Commit.Seq
	p.sums = p.sums[:0]
	for i := range r.Layers {
		if err := p.putLayer(&r.Layers[i].Layer); err != nil {
			return err
		}
	}
	for _, l := range r.Loads {
		if err := p.takeLoad(l); err != nil {
			return err
		}
	}
	if err := p.baseVintages(); err != nil {
		return err
	}
	for i := range r.Changes {
		if i&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		var was *Was
		if len(r.Was) > 0 {
			was = &r.Was[i]
		}
		if err := p.change(&r.Changes[i], was); err != nil {
			return err
		}
	}
	head.Seq, head.Time = r.Commit.Seq, r.Commit.Time.UTC().Round(0)
	return p.putCommit(&r.Commit)
}

// putCommit adds the commit's own record.
func (p *plan) putCommit(c *feature.Commit) error {
	rec := commitRecord{Time: p.next.head.Time, Author: c.Author, Reason: c.Reason}
	for _, s := range p.sums {
		s.commitSummary.Boxes = packBoxes(s.boxes)
		rec.Layers = append(rec.Layers, s.commitSummary)
	}
	key := commitKey(c.Seq)
	value, err := sealRecord(key, &rec)
	if err != nil {
		return err
	}
	return p.batch.put(key, value)
}

func packBoxes(bs boxes) [][4]float64 {
	out := make([][4]float64, len(bs))
	for i, b := range bs {
		out[i] = [4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
	}
	return out
}

// finish adds the records that make the plan visible.
func (p *plan) finish() {
	for _, l := range p.next.sorted() {
		if !p.layers[l] {
			continue
		}
		p.batch.record(layerKey(l.No), &l.layerRecord)
		for _, v := range l.vintages {
			if p.vintages[v] {
				p.batch.record(vintageKey(l.No, v.No), &v.vintageRecord)
			}
		}
	}
	for _, l := range p.loads {
		p.batch.record(loadKey(l.rec.No), p.loadRecords[l])
	}
	head := headRecord{Seq: p.next.head.Seq, Time: p.next.head.Time}
	p.batch.record(prefix(kindHead), &head)
	if p.batch.early {
		p.batch.finals = append(p.batch.finals, kv{prefix(kindIntent), nil})
	}
}

// intent tells what the plan may have written ahead.
func (p *plan) intent() *intentRecord {
	rec := &intentRecord{After: p.db.Head().Seq}
	for l := range p.layers {
		for _, v := range l.vintages {
			rec.Vintages = append(rec.Vintages, vintageRef{l.No, v.No})
		}
	}
	slices.SortFunc(rec.Vintages, vintageRef.compare)
	return rec
}
