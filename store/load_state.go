package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/dgraph-io/badger/v4"

	"tuban/feature"
)

// gapsChecked is the number of newest commits that Open looks for one by one.
// Older ones have left Badger's logs, where a bad record takes what follows with
// it; Check looks at all.
const gapsChecked = 1 << 16

// load reads the state, gives back what a killed process left, and compares with
// the witness.
func (db *DB) load() error {
	s := &state{layers: map[feature.LayerID]*layerNow{}}
	var open []uint64
	var intent *intentRecord
	err := db.badger.View(func(txn *badger.Txn) (err error) {
		if err := loadHead(txn, s); err != nil {
			return err
		}
		if err := loadLayers(txn, s); err != nil {
			return err
		}
		if open, err = db.loadLoads(txn, s); err != nil {
			return err
		}
		if intent, err = loadIntent(txn); err != nil {
			return err
		}
		return checkGaps(txn, s.head.Seq)
	})
	if err != nil {
		return err
	}
	if db.opt.Dataset != "" && db.opt.Dataset != s.head.Dataset {
		return fmt.Errorf("store: %s is data set %s, not %s", db.dir, s.head.Dataset, db.opt.Dataset)
	}
	if err := db.compareWitness(s); err != nil {
		return err
	}
	db.state.Store(s)
	if db.opt.ReadOnly {
		return nil
	}
	if db.witness, err = openWitness(db.dir, s.head.Dataset); err != nil {
		return err
	}
	for _, no := range open {
		if err := db.reclaimLoad(no); err != nil {
			return err
		}
	}
	if intent != nil {
		return db.undo(intent)
	}
	return nil
}

func (db *DB) compareWitness(s *state) error {
	seq, err := readWitness(db.dir, s.head.Dataset)
	if err != nil {
		return err
	}
	if seq > s.head.Seq {
		return &CorruptError{Key: "head record", Chunk: -1, Reason: fmt.Sprintf(
			"commits %d to %d were acknowledged and are lost (restore a backup; to go on without them delete %s)",
			s.head.Seq+1, seq, witnessPath(db.dir))}
	}
	return nil
}

func loadHead(txn *badger.Txn, s *state) error {
	var meta metaRecord
	if err := readRecord(txn, prefix(kindMeta), &meta); err != nil {
		return err
	}
	var head headRecord
	if err := readRecord(txn, prefix(kindHead), &head); err != nil {
		return err
	}
	s.head = Head{Dataset: meta.Dataset, Created: meta.Created, Seq: head.Seq, Time: head.Time}
	return nil
}

// each visits the items of a prefix; the item is valid only there.
func each(txn *badger.Txn, pre []byte, visit func(key []byte, item *badger.Item) error) error {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: pre})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		if err := visit(it.Item().Key(), it.Item()); err != nil {
			return err
		}
	}
	return nil
}

// eachRecord visits the records of a kind.
func eachRecord[R any](txn *badger.Txn, kind byte, visit func(key []byte, r *R) error) error {
	return each(txn, prefix(kind), func(key []byte, item *badger.Item) error {
		r := new(R)
		err := readItem(item, func(value []byte) error { return unsealRecord(key, value, r) })
		if err != nil {
			return err
		}
		return visit(key, r)
	})
}

func loadLayers(txn *badger.Txn, s *state) error {
	byNo := map[uint32]*layerNow{}
	err := eachRecord(txn, kindLayer, func(key []byte, r *layerRecord) error {
		l := &layerNow{layerRecord: *r}
		byNo[r.No], s.layers[r.ID] = l, l
		return nil
	})
	if err != nil {
		return err
	}
	err = each(txn, prefix(kindVintage), func(key []byte, item *badger.Item) error {
		v := new(vintageNow)
		err := readItem(item, func(value []byte) error { return unsealRecord(key, value, &v.vintageRecord) })
		if err != nil {
			return err
		}
		l := byNo[uint32(tailSeq(key)>>32)]
		if l == nil {
			return corrupt(key, "no such layer")
		}
		l.vintages = append(l.vintages, v) // keys ascend, so numbers do
		return nil
	})
	if err != nil {
		return err
	}
	u, err := newUnpacker()
	if err != nil {
		return err
	}
	defer u.close()
	for _, l := range byNo {
		if l.current() == nil {
			return corrupt(layerKey(l.No), "its vintage %d is missing", l.Vintage)
		}
		if err := readDescriptor(txn, u, l.No, l.Descriptor, &l.layer); err != nil {
			return err
		}
	}
	return nil
}

// readDescriptor reads the descriptor that a layer has from a seq on.
func readDescriptor(txn *badger.Txn, u *unpacker, layer uint32, seq feature.Seq, out *feature.Layer) error {
	key := descriptorKey(layer, seq)
	it := txn.NewIterator(badger.IteratorOptions{Prefix: key})
	defer it.Close()
	it.Rewind()
	h, body, err := u.unpack(it, key)
	if err != nil {
		return err
	}
	if h.op != opDescriptor {
		return corrupt(key, "not a descriptor")
	}
	if err := json.Unmarshal(body, out); err != nil {
		return corrupt(key, "descriptor: %v", err)
	}
	return nil
}

// loadLoads gives the vintages their loads and returns the loads left open.
func (db *DB) loadLoads(txn *badger.Txn, s *state) (open []uint64, err error) {
	byRef := map[vintageRef]*vintageNow{}
	for _, l := range s.layers {
		for _, v := range l.vintages {
			byRef[vintageRef{l.No, v.No}] = v
		}
	}
	err = eachRecord(txn, kindLoad, func(key []byte, r *loadRecord) error {
		db.nextLoad = max(db.nextLoad, r.No)
		if r.Seq == 0 {
			open = append(open, r.No)
			return nil
		}
		v := byRef[vintageRef{r.LayerNo, r.Vintage}]
		if v == nil {
			return corrupt(key, "no such vintage")
		}
		v.loads = append(v.loads, r)
		return nil
	})
	for _, v := range byRef {
		slices.SortFunc(v.loads, func(a, b *loadRecord) int {
			return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.No, b.No))
		})
	}
	return open, err
}

func loadIntent(txn *badger.Txn) (*intentRecord, error) {
	var found *intentRecord
	err := eachRecord(txn, kindIntent, func(_ []byte, r *intentRecord) error {
		found = r
		return nil
	})
	return found, err
}

// checkGaps looks for the newest commits, all of which must be there.
func checkGaps(txn *badger.Txn, head feature.Seq) error {
	want := feature.Seq(1)
	if head > gapsChecked {
		want = head - gapsChecked + 1
	}
	it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix(kindCommit)})
	defer it.Close()
	for it.Seek(commitKey(want)); want <= head; it.Next() {
		if !it.Valid() || tailSeq(it.Item().Key()) != want {
			return corrupt(commitKey(want), "missing")
		}
		want++
	}
	return nil
}
