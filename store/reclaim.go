package store

import (
	"bytes"

	"github.com/dgraph-io/badger/v4"
)

// reclaimLoad deletes an uncommitted load: its chunks, then its record. Space
// goes back as Badger compacts.
func (db *DB) reclaimLoad(no uint64) error {
	b := db.newBatch()
	if err := db.deleteKeys(b, chunkPrefix(no), func([]byte) bool { return true }); err != nil {
		return err
	}
	b.finals = append(b.finals, kv{loadKey(no), nil})
	return b.commit()
}

// undo deletes what an intent let be written ahead, then the intent.
func (db *DB) undo(in *intentRecord) error {
	head := db.Head().Seq
	b := db.newBatch()
	err := db.deleteKeys(b, prefix(kindCommit), func(k []byte) bool { return tailSeq(k) > head })
	if err != nil {
		return err
	}
	err = db.deleteKeys(b, prefix(kindDescriptor), func(k []byte) bool {
		return len(k) >= 16 && ^tailSeq(k[:len(k)-2]) > head
	})
	if err != nil {
		return err
	}
	for _, v := range in.Vintages {
		err := db.deleteKeys(b, deltaPrefix(v.Layer, v.Vintage), func(k []byte) bool {
			d, ok := parseDelta(k)
			return ok && d.seq > head
		})
		if err != nil {
			return err
		}
	}
	b.finals = append(b.finals, kv{prefix(kindIntent), nil})
	return b.commit()
}

// deleteKeys deletes the keys of a prefix that are chosen.
func (db *DB) deleteKeys(b *batch, pre []byte, chosen func(key []byte) bool) error {
	return db.view(func(txn *badger.Txn) error {
		return each(txn, pre, func(key []byte, _ *badger.Item) error {
			if !chosen(key) {
				return nil
			}
			return b.delete(bytes.Clone(key))
		})
	})
}

// view runs f on a consistent view of what is on disk now.
func (db *DB) view(f func(txn *badger.Txn) error) error {
	done, err := db.use()
	if err != nil {
		return err
	}
	defer done()
	return guard(db.dir, func() error { return db.badger.View(f) })
}
