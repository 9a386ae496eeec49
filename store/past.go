package store

import (
	"context"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"tuban/feature"
)

// PastLayer is a layer as of some seq.
type PastLayer struct {
	Layer   feature.Layer // the descriptor of then
	Vintage VintageState  // the vintage of then; Count, AreaM2 and To are of now
}

// LayersAt returns the layers as of a seq not above the head, in the order of
// their making. Cost: reading a descriptor a layer.
func (db *DB) LayersAt(seq feature.Seq) (out []PastLayer, err error) {
	s := db.state.Load()
	if seq > s.head.Seq {
		return nil, fmt.Errorf("store: seq %d is not there: the last commit is %d", seq, s.head.Seq)
	}
	err = db.view(func(txn *badger.Txn) error {
		u, err := newUnpacker()
		if err != nil {
			return err
		}
		defer u.close()
		for _, l := range s.sorted() {
			v := l.at(seq)
			if v == nil {
				continue
			}
			past := PastLayer{Vintage: v.export()}
			if ok, err := descriptorAt(txn, u, l, seq, &past.Layer); err != nil {
				return err
			} else if ok {
				out = append(out, past)
			}
		}
		return nil
	})
	return out, err
}

// at returns the vintage that was in force at a seq, nil before the first.
func (l *layerNow) at(seq feature.Seq) *vintageNow {
	for _, v := range l.vintages {
		if v.From <= seq && (v.To == 0 || seq < v.To) {
			return v
		}
	}
	return nil
}

// descriptorAt reads the descriptor that a layer had at a seq; ok is false before
// the first.
func descriptorAt(txn *badger.Txn, u *unpacker, l *layerNow, seq feature.Seq, out *feature.Layer) (ok bool, err error) {
	seqs, err := descriptorSeqs(txn, l.No)
	if err != nil {
		return false, err
	}
	for _, from := range seqs { // the newest first
		if from <= seq {
			return true, readDescriptor(txn, u, l.No, from, out)
		}
	}
	return false, nil
}

// descriptorSeqs returns from which seqs on a layer has had descriptors, the
// newest first; perhaps some of commits that never were.
func descriptorSeqs(txn *badger.Txn, layer uint32) (seqs []feature.Seq, err error) {
	pre := descriptorKey(layer, 0)
	err = each(txn, pre[:len(pre)-8], func(key []byte, _ *badger.Item) error {
		if len(key) == len(pre)+2 && key[len(key)-1] == 0 && key[len(key)-2] == 0 {
			seqs = append(seqs, ^tailSeq(key[:len(pre)]))
		}
		return nil
	})
	return seqs, err
}

// ReadLayerAt visits the features that a vintage, by its number, had at a seq, as
// ReadLayer does for the head. Cost: reading the whole vintage, and whatever
// versions it has had since.
func (db *DB) ReadLayerAt(ctx context.Context, layer feature.LayerID, vintage uint32, seq feature.Seq, visit func(Batch) error) error {
	s := db.state.Load()
	l := s.layers[layer]
	if l == nil {
		return fmt.Errorf("store: %w: %s", ErrNoLayer, layer)
	}
	v := l.byNo(vintage)
	if v == nil || v.From > seq || seq > s.head.Seq {
		return fmt.Errorf("store: layer %s: %w: number %d at seq %d", layer, ErrNoVintage, vintage, seq)
	}
	r := &reader{db: db, layer: l, vintage: v, at: seq, whole: seq == s.head.Seq}
	return r.read(ctx, visit)
}
