package store

import (
	"github.com/dgraph-io/badger/v4"
	"github.com/paulmach/orb"

	"tuban/feature"
)

// CommitInfo is a commit and what it did.
type CommitInfo struct {
	feature.Commit
	Layers []LayerSummary
}

// LayerSummary is what a commit did to a layer.
type LayerSummary struct {
	Layer   feature.LayerID
	Vintage feature.Vintage // the current one after the commit
	// NewVintage says that the vintage was swapped in for another.
	NewVintage              bool
	Described               bool // the descriptor was put
	Added, Updated, Deleted int64
	// Bounds are at most 16 boxes that cover all old and new geometry of what
	// changed.
	Bounds []orb.Bound
}

// Commits returns up to limit commits after a seq in order; none is an empty
// answer. A limit of 0 or less is none.
func (db *DB) Commits(after feature.Seq, limit int) (out []CommitInfo, err error) {
	s := db.state.Load()
	names := map[uint32]*layerNow{}
	for _, l := range s.layers {
		names[l.No] = l
	}
	err = db.view(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix(kindCommit)})
		defer it.Close()
		it.Seek(commitKey(after + 1))
		for seq := after + 1; seq > after && seq <= s.head.Seq && len(out) < limit; seq++ {
			rec, err := readCommit(it, seq)
			if err != nil {
				return err
			}
			info, err := rec.info(seq, names)
			if err != nil {
				return err
			}
			out = append(out, info)
		}
		return nil
	})
	return out, err
}

// readCommit reads the commit on which it must stand and moves it on.
func readCommit(it *badger.Iterator, seq feature.Seq) (*commitRecord, error) {
	key := commitKey(seq)
	if !it.Valid() || tailSeq(it.Item().Key()) != seq {
		return nil, corrupt(key, "missing")
	}
	rec := new(commitRecord)
	err := readItem(it.Item(), func(value []byte) error { return unsealRecord(key, value, rec) })
	it.Next()
	return rec, err
}

func (r *commitRecord) info(seq feature.Seq, names map[uint32]*layerNow) (CommitInfo, error) {
	info := CommitInfo{Commit: feature.Commit{Seq: seq, Time: r.Time, Author: r.Author, Reason: r.Reason}}
	for _, s := range r.Layers {
		l := names[s.Layer]
		if l == nil || l.byNo(s.Vintage) == nil {
			return info, corrupt(commitKey(seq), "names layer %d, vintage %d, which are not there", s.Layer, s.Vintage)
		}
		sum := LayerSummary{
			Layer: l.ID, Vintage: l.byNo(s.Vintage).Name, NewVintage: s.Swap, Described: s.Put,
			Added: s.Added, Updated: s.Updated, Deleted: s.Deleted,
		}
		for _, b := range s.Boxes {
			sum.Bounds = append(sum.Bounds, orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}})
		}
		info.Layers = append(info.Layers, sum)
	}
	return info, nil
}
