package store

import (
	"github.com/dgraph-io/badger/v4"

	"tuban/feature"
)

// vintageCheck is what one vintage turns out to hold.
type vintageCheck struct {
	*checker
	reader
	newer  numberSet // numbers with a delta version
	sealed numberSet
	count  int64
	area   areaSum
	delta  tally
}

// vintage checks all versions of a vintage: those of the delta first, because
// they say which features of the chunks are alive.
func (c *checker) vintage(txn *badger.Txn, l *layerNow, v *vintageNow) error {
	c.progressNow()
	k := &vintageCheck{checker: c, reader: reader{db: c.db, layer: l, vintage: v, at: c.state.head.Seq}}
	if err := k.versions(txn); err != nil {
		return err
	}
	for _, load := range v.loads {
		if err := c.found(k.load(txn, load), l.ID); err != nil {
			return err
		}
	}
	place := keyText(vintageKey(l.No, v.No))
	if k.delta != (tally{v.Versions, v.Sum}) {
		if err := c.problem(place, l.ID, "%d later versions are there, the record says %d, or others",
			k.delta.versions, v.Versions); err != nil {
			return err
		}
	}
	if k.count != v.Count || k.area != v.Area {
		return c.problem(place, l.ID, "%d features of %.3f m² are there, the record says %d of %.3f m²",
			k.count, k.area.m2(), v.Count, v.Area.m2())
	}
	return nil
}

func (c *checker) progressNow() {
	if c.progress != nil {
		c.progress(c.done, c.total)
	}
}

// versions reads all delta versions, also those that were replaced.
func (k *vintageCheck) versions(txn *badger.Txn) error {
	u, err := newUnpacker()
	if err != nil {
		return err
	}
	defer u.close()
	it := txn.NewIterator(badger.IteratorOptions{Prefix: deltaPrefix(k.layer.No, k.reader.vintage.No)})
	defer it.Close()
	for it.Rewind(); it.Valid(); {
		d, ok := parseDelta(it.Item().Key())
		if !ok {
			return corrupt(it.Item().Key(), "unexpected key")
		}
		if d.seq > k.at {
			it.Next()
			continue
		}
		key := deltaKey(k.layer.No, k.reader.vintage.No, d.number, d.seq)
		h, f, err := k.version(u, it, d)
		if err := k.found(err, k.layer.ID); err != nil {
			return err
		}
		if err := k.tick(); err != nil {
			return err
		}
		if err != nil {
			k.newer.add(d.number)
			it.Seek(partKey(key, maxParts-1))
			for it.Valid() && sameBlob(it.Item().Key(), key) {
				it.Next()
			}
			continue
		}
		k.see(d, key, h, f)
		u.shrink()
	}
	return nil
}

func sameBlob(k, blob []byte) bool {
	return len(k) == len(blob)+2 && string(k[:len(blob)]) == string(blob)
}

// see takes one good version into the counts; the newest of a number comes first.
func (k *vintageCheck) see(d deltaAt, key []byte, h blobHeader, f *feature.Feature) {
	k.report.Versions++
	hash := versionHash(key, h.hash)
	k.delta.versions++
	k.delta.sum += hash
	at := commitLayer{d.seq, k.layer.No}
	w := k.wrote[at]
	w.versions--
	w.sum -= hash
	k.wrote[at] = w
	if k.newer.add(d.number) && h.op == opPut {
		k.live(f)
	}
}

func (k *vintageCheck) live(f *feature.Feature) {
	k.count++
	k.area = k.area.plus(fixed(f.Area))
}

// load checks the chunks of a load, each by itself, so that one that is damaged
// does not hide the next.
func (k *vintageCheck) load(txn *badger.Txn, load *loadRecord) error {
	u, err := newUnpacker()
	if err != nil {
		return err
	}
	defer u.close()
	it := txn.NewIterator(badger.IteratorOptions{Prefix: chunkPrefix(load.No)})
	defer it.Close()
	area, sum, count := areaSum{}, uint64(0), int64(0)
	for chunk := range load.Chunks {
		key := chunkKey(load.No, chunk)
		it.Seek(key)
		h, fs, err := unpackFeatures(u, it, key, load.Seq)
		if err := k.found(err, k.layer.ID); err != nil {
			return err
		}
		if err := k.tick(); err != nil {
			return err
		}
		if err != nil {
			continue
		}
		sum += versionHash(key, h.hash)
		count += int64(len(fs))
		k.report.Chunks++
		if err := k.chunk(key, fs, &area); err != nil {
			return err
		}
		u.shrink()
	}
	if it.Valid() || sum != load.Sum || count != load.Count || area != load.Area {
		return corrupt(loadKey(load.No), "its chunks hold %d features of %.3f m², the record says %d of %.3f m², or others",
			count, area.m2(), load.Count, load.Area.m2())
	}
	return nil
}

// chunk takes the features of one good chunk into the counts.
func (k *vintageCheck) chunk(key []byte, fs []feature.Feature, area *areaSum) error {
	k.report.Features += int64(len(fs))
	for i := range fs {
		f := &fs[i]
		*area = area.plus(fixed(f.Area))
		if !k.sealed.add(f.Number) {
			err := k.problem(keyText(key), k.layer.ID, "feature %d is in the vintage's chunks twice", f.Number)
			if err != nil {
				return err
			}
		}
		if !k.newer.has(f.Number) {
			k.live(f)
		}
	}
	return nil
}
