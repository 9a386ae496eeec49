package store

import (
	"fmt"

	"tuban/feature"
	"tuban/geom"
)

// LoadMode says what becomes of a load when it is committed.
type LoadMode uint8

const (
	// Append adds the features to the layer's current vintage. A layer without
	// one gets LoadSpec.Vintage, or feature.BaseVintage if that is "".
	Append LoadMode = iota + 1
	// NewVintage makes the features a vintage of their own, which becomes the
	// current one. Loads of one record with the same layer and name share it.
	NewVintage
)

// LoadSpec says what a load is for. The layer need not exist yet.
type LoadSpec struct {
	Layer   feature.LayerID
	Vintage feature.Vintage // with Append, "" or the name of the current one
	Mode    LoadMode
}

// Load is a bulk of features written aside, in memory of one chunk, and visible
// only from the commit whose Record names it. It is for one goroutine; several
// loads, and commits, may go on at the same time.
type Load struct {
	db      *DB
	spec    LoadSpec
	rec     loadRecord
	state   loadState
	encoder encoder
	packer  *packer
	seen    numberSet
	boxes   boxes
	ranges  []numberRange
	writing chan error // of the chunk being written, nil if none is
}

type loadState uint8

const (
	loadOpen loadState = iota
	loadFailed
	loadAborted
	loadCommitted
)

func (s loadState) String() string {
	return [...]string{"open", "failed", "aborted", "committed"}[s]
}

// NewLoad begins a load.
func (db *DB) NewLoad(spec LoadSpec) (*Load, error) {
	if err := db.writable(); err != nil {
		return nil, err
	}
	if err := feature.CheckLayerID(spec.Layer); err != nil {
		return nil, err
	}
	if spec.Vintage != "" || spec.Mode == NewVintage {
		if err := feature.CheckVintage(spec.Vintage); err != nil {
			return nil, err
		}
	}
	if spec.Mode != Append && spec.Mode != NewVintage {
		return nil, assertion("load mode %d", spec.Mode)
	}
	p, err := newPacker()
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	l := &Load{db: db, spec: spec, packer: p}
	db.loading.Lock()
	db.nextLoad++
	l.rec = loadRecord{No: db.nextLoad, Layer: spec.Layer, Mode: spec.Mode}
	db.loading.Unlock()
	b := db.newBatch()
	b.record(loadKey(l.rec.No), &l.rec)
	if err := b.commit(); err != nil {
		return nil, err
	}
	return l, nil
}

// WriteChunk seals features as the next chunk. They come numbered, in the order
// in which they shall be read (Hilbert order), a few thousand at a time; their
// Version is not kept, and they are the caller's again on return. The disk is
// written to while the caller makes the next chunk, so an error may be that of
// the chunk before. After an error the load can only be aborted.
func (l *Load) WriteChunk(fs []feature.Feature) error {
	if l.state != loadOpen {
		return assertion("chunk for a load that is %s", l.state)
	}
	if len(fs) == 0 {
		return nil
	}
	err := l.writeChunk(fs)
	if err != nil {
		l.state = loadFailed
	}
	return err
}

// settle waits for the chunk that is being written.
func (l *Load) settle() error {
	if l.writing == nil {
		return nil
	}
	err := <-l.writing
	l.writing = nil
	if err != nil {
		l.state = loadFailed
	}
	return err
}

func (l *Load) writeChunk(fs []feature.Feature) error {
	r := numberRange{min: fs[0].Number, max: fs[0].Number}
	area, box := l.rec.Area, geom.EmptyBound
	for i := range fs {
		f := &fs[i]
		if f.Number == 0 || !l.seen.add(f.Number) {
			return assertion("a load of layer %s has feature number %d twice, or it is 0", l.spec.Layer, f.Number)
		}
		r.min, r.max = min(r.min, f.Number), max(r.max, f.Number)
		area = area.plus(fixed(f.Area))
		if b := geom.Bound(f.Geometry); !b.IsEmpty() && finite(b) {
			box = geom.Union(box, b)
		}
	}
	body, err := l.encoder.encode(fs)
	if err != nil {
		return err
	}
	key := chunkKey(l.rec.No, l.rec.Chunks)
	b := l.db.newBatch()
	h := blobHeader{op: opChunk, count: len(fs), min: r.min, max: r.max}
	hash, err := l.packer.pack(key, h, body, b.put)
	if err != nil {
		return err
	}
	if err := l.settle(); err != nil {
		return err
	}
	l.writing = make(chan error, 1)
	go func(done chan<- error) { done <- b.commit() }(l.writing)
	if l.rec.Chunks == 0 {
		l.rec.Min = r.min
	}
	l.rec.Min, l.rec.Max = min(l.rec.Min, r.min), max(l.rec.Max, r.max)
	l.rec.Chunks++
	l.rec.Count += int64(len(fs))
	l.rec.Area = area
	l.rec.Sum += versionHash(key, hash)
	l.boxes.add(box)
	l.ranges = append(l.ranges, r)
	return nil
}

// Abort gives the load up and deletes what it wrote. To abort twice, or a load
// that is committed, does nothing.
func (l *Load) Abort() error {
	if l.state == loadAborted || l.state == loadCommitted {
		return nil
	}
	_ = l.settle() // it is given up anyway
	l.state = loadAborted
	if err := l.db.writable(); err != nil {
		return err // the next Open gives the space back
	}
	return l.db.reclaimLoad(l.rec.No)
}

// committed turns what the load knows over to its data set.
func (l *Load) committed() {
	l.state = loadCommitted
	l.db.directory.put(l.rec.No, l.ranges)
	l.seen, l.encoder, l.packer, l.ranges = numberSet{}, encoder{}, nil, nil
}

// takeLoad plans that a load becomes visible.
func (p *plan) takeLoad(load *Load) error {
	switch {
	case load.db != p.db:
		return assertion("a load of another data set")
	case load.state != loadOpen:
		return assertion("commit of a load that is %s", load.state)
	case p.loadRecords[load] != nil:
		return assertion("a load twice in one commit")
	}
	if err := load.settle(); err != nil {
		return err
	}
	l, err := p.layer(load.spec.Layer)
	if err != nil {
		return err
	}
	s := p.sum(l)
	v, err := p.loadVintage(l, s, load)
	if err != nil {
		return err
	}
	rec := load.rec
	rec.Seq, rec.LayerNo, rec.Vintage = p.seq, l.No, v.No
	v.loads = append(v.loads, &rec)
	v.Count += rec.Count
	v.Area = v.Area.plus(rec.Area)
	for _, box := range load.boxes {
		v.cover(box)
		s.boxes.add(box)
	}
	if rec.Count > 0 {
		l.Next = max(l.Next, rec.Max+1)
	}
	s.Added += rec.Count
	s.Loads = append(s.Loads, rec.No)
	s.Vintage = v.No
	p.loads = append(p.loads, load)
	p.loadRecords[load] = &rec
	return nil
}

// loadVintage returns the vintage that a load goes into.
func (p *plan) loadVintage(l *layerNow, s *summing, load *Load) (*vintageNow, error) {
	v, name := p.vintage(l), load.spec.Vintage
	if load.spec.Mode == Append {
		switch {
		case v == nil && name == "":
			return p.newVintage(l, feature.BaseVintage)
		case v == nil:
			return p.newVintage(l, name)
		case name != "" && name != v.Name:
			return nil, assertion("load for vintage %q of layer %s, whose current one is %q", name, l.ID, v.Name)
		}
		return v, nil
	}
	if v != nil && v.From == p.seq && v.Name == name {
		return v, nil // brought by an earlier load of this record
	}
	if v != nil {
		if v.From == p.seq {
			return nil, assertion("two vintages of layer %s in one commit", l.ID)
		}
		s.Swap = true
		if v.Bound != nil {
			s.boxes.add(*v.Bound)
		}
	}
	return p.newVintage(l, name)
}

// numberRange is the span of feature numbers in a chunk.
type numberRange struct{ min, max feature.Number }
