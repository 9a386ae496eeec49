package store

import (
	"sync"

	"github.com/dgraph-io/badger/v4"

	"tuban/feature"
	"tuban/geom"
)

// cachedChunks is the number of chunks whose tables lookup keeps; a table of
// 4,096 features takes 0.2 MB.
const cachedChunks = 64

// chunkDirectory finds features by number within chunks, for changes that come
// without a Was.
type chunkDirectory struct {
	mu     sync.Mutex               // guards what follows
	ranges map[uint64][]numberRange // of the chunks of a load
	tables map[chunkRef]map[feature.Number]Was
}

type chunkRef struct {
	load  uint64
	chunk uint32
}

// put notes the ranges of a load.
func (c *chunkDirectory) put(load uint64, ranges []numberRange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ranges == nil {
		c.ranges = map[uint64][]numberRange{}
		c.tables = map[chunkRef]map[feature.Number]Was{}
	}
	c.ranges[load] = ranges
}

// lookup returns the version of a feature as of a seq, from the delta, else
// from the chunks of loads.
func (db *DB) lookup(ref versionRef, loads []*loadRecord, at feature.Seq) (was Was, err error) {
	err = db.view(func(txn *badger.Txn) error {
		found, err := lookupDelta(txn, ref, at, &was)
		for i := len(loads) - 1; i >= 0 && err == nil && !found; i-- {
			if l := loads[i]; l.Count > 0 && l.Min <= ref.number && ref.number <= l.Max {
				found, err = db.lookupLoad(txn, l, ref.number, &was)
			}
		}
		return err
	})
	return was, err
}

func lookupDelta(txn *badger.Txn, ref versionRef, at feature.Seq, was *Was) (found bool, err error) {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: numberPrefix(ref.Layer, ref.Vintage, ref.number)})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		d, ok := parseDelta(it.Item().Key())
		if !ok || d.seq > at {
			continue
		}
		u, err := newUnpacker()
		if err != nil {
			return false, err
		}
		defer u.close()
		h, fs, err := unpackFeatures(u, it, deltaKey(ref.Layer, ref.Vintage, ref.number, d.seq), d.seq)
		if err != nil {
			return false, err
		}
		if h.op == opPut && len(fs) == 1 {
			*was = wasOf(&fs[0])
		}
		return true, nil
	}
	return false, nil
}

func wasOf(f *feature.Feature) Was {
	return Was{Exists: true, Area: f.Area, Bound: geom.Bound(f.Geometry)}
}

func (db *DB) lookupLoad(txn *badger.Txn, load *loadRecord, n feature.Number, was *Was) (bool, error) {
	ranges, err := db.chunkRanges(txn, load)
	if err != nil {
		return false, err
	}
	for chunk, r := range ranges {
		if n < r.min || n > r.max {
			continue
		}
		table, err := db.chunkTable(txn, chunkRef{load.No, uint32(chunk)}, load.Seq)
		if err != nil {
			return false, err
		}
		if w, ok := table[n]; ok {
			*was = w
			return true, nil
		}
	}
	return false, nil
}

// chunkRanges returns the ranges of a load, from its chunks' headers the first
// time.
func (db *DB) chunkRanges(txn *badger.Txn, load *loadRecord) ([]numberRange, error) {
	db.directory.mu.Lock()
	ranges, ok := db.directory.ranges[load.No]
	db.directory.mu.Unlock()
	if ok {
		return ranges, nil
	}
	for chunk := range load.Chunks {
		key := partKey(chunkKey(load.No, chunk), 0)
		item, err := txn.Get(key)
		if err != nil {
			return nil, corrupt(key, "%v", err)
		}
		err = readItem(item, func(value []byte) error {
			payload, err := unseal(key, value)
			if err != nil {
				return err
			}
			h, err := parseBlobHeader(key, payload)
			ranges = append(ranges, numberRange{h.min, h.max})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	db.directory.put(load.No, ranges)
	return ranges, nil
}

// chunkTable returns what a chunk holds, by number.
func (db *DB) chunkTable(txn *badger.Txn, ref chunkRef, seq feature.Seq) (map[feature.Number]Was, error) {
	c := &db.directory
	c.mu.Lock()
	table := c.tables[ref]
	c.mu.Unlock()
	if table != nil {
		return table, nil
	}
	u, err := newUnpacker()
	if err != nil {
		return nil, err
	}
	defer u.close()
	key := chunkKey(ref.load, ref.chunk)
	it := txn.NewIterator(badger.IteratorOptions{Prefix: key})
	defer it.Close()
	it.Rewind()
	_, fs, err := unpackFeatures(u, it, key, seq)
	if err != nil {
		return nil, err
	}
	table = make(map[feature.Number]Was, len(fs))
	for i := range fs {
		table[fs[i].Number] = wasOf(&fs[i])
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for old := range c.tables { // any one goes
		if len(c.tables) < cachedChunks {
			break
		}
		delete(c.tables, old)
	}
	c.tables[ref] = table
	return table, nil
}
