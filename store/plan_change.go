package store

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
)

// change plans one feature's part.
func (p *plan) change(c *feature.Change, told *Was) error {
	l, err := p.layer(c.Layer)
	if err != nil {
		return err
	}
	f, v, s := &c.Feature, p.vintage(l), p.sum(l)
	if f.Number == 0 {
		return assertion("a change of layer %s has no number", c.Layer)
	}
	ref := versionRef{vintageRef{l.No, v.No}, f.Number}
	was, err := p.was(ref, l, v, told)
	if err != nil {
		return err
	}
	now := Was{Exists: c.Op == feature.OpPut, Area: f.Area, Bound: geom.EmptyBound}
	switch c.Op {
	case feature.OpPut:
		now.Bound = geom.Bound(f.Geometry)
	case feature.OpDelete:
		if !was.Exists {
			return assertion("layer %s has no feature %d to delete", c.Layer, f.Number)
		}
	default:
		return assertion("operation %d", c.Op)
	}
	s.count(was, now)
	v.count(was, now)
	l.Next = max(l.Next, f.Number+1)
	p.written[ref] = written{p.seq, now}
	return p.putVersion(l, v, s, c)
}

// putVersion adds the delta version of a change.
func (p *plan) putVersion(l *layerNow, v *vintageNow, s *summing, c *feature.Change) error {
	f, op := c.Feature, opPut
	if c.Op == feature.OpDelete {
		f, op = feature.Feature{ID: f.ID, Number: f.Number}, opTombstone
	}
	body, err := p.db.encoder.encode([]feature.Feature{f})
	if err != nil {
		return err
	}
	key := deltaKey(l.No, v.No, f.Number, p.seq)
	h := blobHeader{op: op, count: 1, min: f.Number, max: f.Number}
	hash, err := p.db.packer.pack(key, h, body, p.batch.put)
	if err != nil {
		return err
	}
	hash = versionHash(key, hash)
	v.Versions++
	v.Sum += hash
	s.Versions++
	s.Sum += hash
	return nil
}

// versionHash mixes the key of a blob into the hash of its body. Sums of these,
// which do not depend on order, stand in records.
func versionHash(key []byte, body uint64) uint64 {
	var d xxhash.Digest
	d.Reset()
	d.Write(key)
	d.Write(binary.LittleEndian.AppendUint64(nil, body))
	return d.Sum64()
}

// was returns what a change replaces.
func (p *plan) was(ref versionRef, l *layerNow, v *vintageNow, told *Was) (Was, error) {
	if w, ok := p.written[ref]; ok {
		if w.seq == p.seq {
			return Was{}, assertion("feature %d of layer number %d twice in commit %d", ref.number, ref.Layer, p.seq)
		}
		return w.was, nil
	}
	if told != nil {
		return *told, nil
	}
	if ref.number >= l.Next {
		return Was{}, nil
	}
	return p.db.lookup(ref, v.loads, p.db.Head().Seq)
}

func (s *summing) count(was, now Was) {
	switch {
	case !was.Exists:
		s.Added++
	case now.Exists:
		s.Updated++
	default:
		s.Deleted++
	}
	if was.Exists {
		s.boxes.add(was.Bound)
	}
	s.boxes.add(now.Bound)
}

func (v *vintageNow) count(was, now Was) {
	if was.Exists {
		v.Count--
		v.Area = v.Area.minus(fixed(was.Area))
	}
	if now.Exists {
		v.Count++
		v.Area = v.Area.plus(fixed(now.Area))
		v.cover(now.Bound)
	}
}

// cover widens the vintage's box.
func (v *vintageNow) cover(b orb.Bound) {
	if b.IsEmpty() || !finite(b) {
		return
	}
	if v.Bound != nil {
		b = geom.Union(*v.Bound, b)
	}
	v.Bound = &b
}
