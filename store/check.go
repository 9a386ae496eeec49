package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/dgraph-io/badger/v4"

	"tuban/feature"
)

// Report is what Check found.
type Report struct {
	Commits  int64     `json:"commits"`
	Chunks   int64     `json:"chunks"`
	Features int64     `json:"features"` // in chunks
	Versions int64     `json:"versions"` // in deltas
	Problems []Problem `json:"problems,omitempty"`
}

// Problem is one thing that is not as it was written.
type Problem struct {
	Place  string          `json:"place"`
	Layer  feature.LayerID `json:"layer,omitempty"` // "" when it does not belong to one
	Reason string          `json:"reason"`
}

// String gives the problem in a line.
func (p Problem) String() string {
	return (&CorruptError{Key: p.Place, Layer: p.Layer, Reason: p.Reason}).Error()
}

// maxProblems bounds a report; a store this bad needs its backup.
const maxProblems = 1000

// errEnough ends a check whose report is full.
var errEnough = errors.New("too many problems")

// Check reads everything and verifies it: every checksum, that every chunk and
// version decodes, that commits follow one another without gap and in time, that
// nothing they wrote is missing and that counts and areas agree. Damage is in the
// report; the error is for what kept Check from its work. progress (nil allowed)
// is called now and then with items done and in all. It holds 16 bytes a commit
// and a bit a feature.
func (db *DB) Check(ctx context.Context, progress func(done, total int64)) (Report, error) {
	c := &checker{db: db, ctx: ctx, state: db.state.Load(), progress: progress, wrote: map[commitLayer]tally{}}
	c.total = int64(c.state.head.Seq)
	for _, l := range c.state.layers {
		for _, v := range l.vintages {
			c.total += int64(v.Versions)
			for _, load := range v.loads {
				c.total += int64(load.Chunks)
			}
		}
	}
	err := c.run()
	if errors.Is(err, errEnough) {
		err = nil
	}
	return c.report, err
}

// commitLayer names a layer's part of a commit, tally what it wrote there.
type commitLayer struct {
	seq   feature.Seq
	layer uint32
}

type tally struct{ versions, sum uint64 }

type checker struct {
	db          *DB
	ctx         context.Context
	state       *state
	progress    func(done, total int64)
	done, total int64
	report      Report
	wrote       map[commitLayer]tally // by the commits' own words
}

func (c *checker) run() error {
	if err := c.step(c.tables); err != nil {
		return err
	}
	if err := c.step(c.commits); err != nil {
		return err
	}
	for _, l := range c.state.sorted() {
		if err := c.step(func(txn *badger.Txn) error { return c.descriptors(txn, l) }); err != nil {
			return err
		}
		for _, v := range l.vintages {
			if err := c.step(func(txn *badger.Txn) error { return c.vintage(txn, l, v) }); err != nil {
				return err
			}
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(c.wrote), func(a, b commitLayer) int { return int(a.seq) - int(b.seq) }) {
		if c.wrote[k] != (tally{}) {
			if err := c.problem(keyText(commitKey(k.seq)), "", "what it wrote to layer %d is not what is there", k.layer); err != nil {
				return err
			}
		}
	}
	return nil
}

// step runs one part of the check; damage that ends the part is a problem.
func (c *checker) step(f func(txn *badger.Txn) error) error {
	return c.found(c.db.view(f), "")
}

// found takes damage into the report and returns any other error.
func (c *checker) found(err error, layer feature.LayerID) error {
	if damage, ok := errors.AsType[*CorruptError](err); ok {
		return c.problem(damage.Key, cmp.Or(damage.Layer, layer), "%s", damage.Reason)
	}
	return err
}

func (c *checker) problem(place string, layer feature.LayerID, format string, args ...any) error {
	c.report.Problems = append(c.report.Problems, Problem{place, layer, fmt.Sprintf(format, args...)})
	if len(c.report.Problems) == maxProblems {
		return errEnough
	}
	return nil
}

// tick counts one item and tells of it now and then.
func (c *checker) tick() error {
	c.done++
	if c.progress != nil && (c.done%256 == 0 || c.done == c.total) {
		c.progress(c.done, c.total)
	}
	return c.ctx.Err()
}

// tables has Badger verify its own files.
func (c *checker) tables(*badger.Txn) error {
	if err := c.db.badger.VerifyChecksum(); err != nil {
		return &CorruptError{Key: c.db.dir, Chunk: -1, Reason: err.Error()}
	}
	return nil
}

func (c *checker) commits(txn *badger.Txn) error {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix(kindCommit)})
	defer it.Close()
	it.Rewind()
	last := time.Time{}
	for seq := feature.Seq(1); seq <= c.state.head.Seq; seq++ {
		rec, err := readCommit(it, seq)
		if err := c.found(err, ""); err != nil {
			return err
		}
		if err := c.tick(); err != nil {
			return err
		}
		if err != nil {
			it.Seek(commitKey(seq + 1))
			continue
		}
		c.report.Commits++
		if rec.Time.Before(last) {
			if err := c.problem(keyText(commitKey(seq)), "", "its time is before that of the commit before"); err != nil {
				return err
			}
		}
		last = rec.Time
		for _, s := range rec.Layers {
			if s.Versions > 0 {
				c.wrote[commitLayer{seq, s.Layer}] = tally{s.Versions, s.Sum}
			}
		}
	}
	return nil
}

// descriptors reads all descriptors of a layer.
func (c *checker) descriptors(txn *badger.Txn, l *layerNow) error {
	u, err := newUnpacker()
	if err != nil {
		return err
	}
	defer u.close()
	seqs, err := descriptorSeqs(txn, l.No)
	if err != nil {
		return err
	}
	for _, seq := range seqs {
		if seq > c.state.head.Seq {
			continue
		}
		var layer feature.Layer
		if err := c.found(readDescriptor(txn, u, l.No, seq, &layer), l.ID); err != nil {
			return err
		}
	}
	return nil
}
