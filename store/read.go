package store

import (
	"context"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"tuban/feature"
)

// Batch is a piece of a layer. The features share memory with one another:
// whoever keeps one of a sealed batch keeps all coordinates or texts of it.
type Batch struct {
	Sealed   bool // a chunk, else versions that came after
	Features []feature.Feature
}

// deltaBatch is the number of features in a batch that is not sealed.
const deltaBatch = 1024

// ReadLayer visits the features of a vintage ("" for the current one) as of the
// head at the time of the call: the sealed chunks in the order they were written,
// without the features that later versions replaced or deleted, then those later
// versions by number. Chunks are decoded one ahead in a goroutine. Damage is a
// *CorruptError; the batches before it were good, but only a nil error says that
// they were all.
func (db *DB) ReadLayer(ctx context.Context, layer feature.LayerID, vintage feature.Vintage, visit func(Batch) error) error {
	s := db.state.Load()
	l := s.layers[layer]
	if l == nil {
		return fmt.Errorf("store: %w: %s", ErrNoLayer, layer)
	}
	v := l.byName(vintage)
	if v == nil {
		return fmt.Errorf("store: layer %s: %w: %s", layer, ErrNoVintage, vintage)
	}
	r := &reader{db: db, layer: l, vintage: v, at: s.head.Seq, whole: true}
	return r.read(ctx, visit)
}

// reader reads one vintage of a layer as of a seq.
type reader struct {
	db      *DB
	layer   *layerNow
	vintage *vintageNow
	at      feature.Seq
	whole   bool // vintage is as of at, so its counts must be met
}

func (r *reader) read(ctx context.Context, visit func(Batch) error) error {
	visit = apart(visit)
	return r.place(r.db.view(func(txn *badger.Txn) error {
		newer, err := r.newer(txn)
		if err != nil {
			return err
		}
		if err := r.sealed(ctx, txn, newer, visit); err != nil {
			return err
		}
		return r.delta(ctx, txn, visit)
	}))
}

// apart keeps a panic of the caller's visit from being taken for damage.
func apart(visit func(Batch) error) func(Batch) error {
	return func(b Batch) error {
		defer func() {
			if r := recover(); r != nil {
				panic(callerPanic{r})
			}
		}()
		return visit(b)
	}
}

// place names the layer in an error about damage.
func (r *reader) place(err error) error {
	if damage, ok := err.(*CorruptError); ok && damage.Layer == "" {
		damage.Layer = r.layer.ID
	}
	return err
}

// newer returns the numbers that have a delta version.
func (r *reader) newer(txn *badger.Txn) (*numberSet, error) {
	set, versions := new(numberSet), uint64(0)
	pre := deltaPrefix(r.layer.No, r.vintage.No)
	err := each(txn, pre, func(key []byte, _ *badger.Item) error {
		d, ok := parseDelta(key)
		if !ok {
			return corrupt(key, "unexpected key")
		}
		if d.part == 0 && d.seq <= r.at {
			set.add(d.number)
			versions++
		}
		return nil
	})
	if err == nil && r.whole && versions != r.vintage.Versions {
		err = corrupt(vintageKey(r.layer.No, r.vintage.No), "%d later versions, the record says %d", versions, r.vintage.Versions)
	}
	return set, err
}

// sealed visits the chunks.
func (r *reader) sealed(ctx context.Context, txn *badger.Txn, newer *numberSet, visit func(Batch) error) error {
	for _, load := range r.vintage.loads {
		if load.Seq > r.at {
			break
		}
		err := readAhead(ctx, func(emit func([]feature.Feature) error) error {
			return readChunks(txn, load, emit)
		}, func(fs []feature.Feature) error {
			live := fs[:0]
			for i := range fs {
				if newer.size == 0 || !newer.has(fs[i].Number) {
					live = append(live, fs[i])
				}
			}
			if len(live) == 0 {
				return nil
			}
			return visit(Batch{Sealed: true, Features: live})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readAhead runs produce in a goroutine, one chunk ahead of consume.
func readAhead(ctx context.Context, produce func(emit func([]feature.Feature) error) error, consume func([]feature.Feature) error) error {
	ctx, cancel := context.WithCancel(ctx)
	chunks, failed := make(chan []feature.Feature), make(chan error, 1)
	defer func() { // also when consume panics, no goroutine stays behind
		cancel()
		for range chunks {
		}
	}()
	go func() {
		defer close(chunks)
		failed <- guard("chunks", func() error {
			return produce(func(fs []feature.Feature) error {
				select {
				case chunks <- fs:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
		})
	}()
	var err error
	for fs := range chunks {
		if err == nil {
			if err = consume(fs); err != nil {
				cancel()
			}
		}
	}
	if produced := <-failed; err == nil {
		err = produced
	}
	return err
}

// readChunks decodes the chunks of a load in order and emits the features of
// each, which are then the receiver's. All chunks must be there.
func readChunks(txn *badger.Txn, load *loadRecord, emit func([]feature.Feature) error) error {
	u, err := newUnpacker()
	if err != nil {
		return err
	}
	defer u.close()
	it := txn.NewIterator(badger.IteratorOptions{Prefix: chunkPrefix(load.No)})
	defer it.Close()
	it.Rewind()
	sum, count := uint64(0), int64(0)
	for chunk := range load.Chunks {
		key := chunkKey(load.No, chunk)
		h, fs, err := unpackFeatures(u, it, key, load.Seq)
		if err != nil {
			return err
		}
		sum += versionHash(key, h.hash)
		count += int64(len(fs))
		if err := emit(fs); err != nil {
			return err
		}
		u.shrink()
	}
	if it.Valid() || sum != load.Sum || count != load.Count {
		return corrupt(loadKey(load.No), "its chunks are not those that were written")
	}
	return nil
}

// unpackFeatures reads the blob of features on which it stands.
func unpackFeatures(u *unpacker, it *badger.Iterator, key []byte, seq feature.Seq) (blobHeader, []feature.Feature, error) {
	h, body, err := u.unpack(it, key)
	if err != nil {
		return h, nil, err
	}
	fs, err := decodeBody(body)
	if err != nil {
		return h, nil, corrupt(key, "%v", err)
	}
	if len(fs) != h.count {
		return h, nil, corrupt(key, "%d features, header says %d", len(fs), h.count)
	}
	for i := range fs {
		fs[i].Version = seq
	}
	return h, fs, nil
}

// delta visits the newest versions of features that have later ones.
func (r *reader) delta(ctx context.Context, txn *badger.Txn, visit func(Batch) error) error {
	var fs []feature.Feature
	flush := func() error {
		if len(fs) == 0 {
			return ctx.Err()
		}
		out := fs
		fs = nil
		return visit(Batch{Features: out})
	}
	err := r.newest(txn, func(_ deltaAt, h blobHeader, f *feature.Feature) error {
		if h.op == opTombstone {
			return nil
		}
		fs = append(fs, *f)
		if len(fs) == deltaBatch {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// newest visits the newest version not after r.at of every number in the delta,
// tombstones too.
func (r *reader) newest(txn *badger.Txn, visit func(d deltaAt, h blobHeader, f *feature.Feature) error) error {
	u, err := newUnpacker()
	if err != nil {
		return err
	}
	defer u.close()
	it := txn.NewIterator(badger.IteratorOptions{Prefix: deltaPrefix(r.layer.No, r.vintage.No)})
	defer it.Close()
	last := feature.Number(0)
	for it.Rewind(); it.Valid(); {
		d, ok := parseDelta(it.Item().Key())
		if !ok {
			return corrupt(it.Item().Key(), "unexpected key")
		}
		if d.number == last || d.seq > r.at {
			it.Next()
			continue
		}
		last = d.number
		h, f, err := r.version(u, it, d)
		if err != nil {
			return err
		}
		if err := visit(d, h, f); err != nil {
			return err
		}
		u.shrink()
	}
	return nil
}

// version reads the delta version on which it stands.
func (r *reader) version(u *unpacker, it *badger.Iterator, d deltaAt) (blobHeader, *feature.Feature, error) {
	key := deltaKey(r.layer.No, r.vintage.No, d.number, d.seq)
	h, fs, err := unpackFeatures(u, it, key, d.seq)
	if err != nil {
		return h, nil, err
	}
	if len(fs) != 1 || fs[0].Number != d.number || h.op != opPut && h.op != opTombstone {
		return h, nil, corrupt(key, "not a version of that feature")
	}
	return h, &fs[0], nil
}
