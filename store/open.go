package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/badger/v4"
)

// Options say how to open a data set.
type Options struct {
	ReadOnly bool
	Create   bool         // make the directory and the data set if there is none
	Dataset  string       // id of a data set that is made; "": a random one. One that is there must have it
	Logger   *slog.Logger // nil: silence
	// MinFree is the space in bytes that writes leave free on the disk, because
	// Badger needs room to rearrange its files; 0 is DefaultMinFree, negative none.
	MinFree int64
}

// DefaultMinFree is Options.MinFree where it is 0.
const DefaultMinFree = 128 << 20

// DB is an open data set. Its reading methods may be used by any number of
// goroutines; Commit is for one, and so is each Load.
type DB struct {
	dir     string
	opt     Options
	badger  *badger.DB
	owner   *os.File
	witness *witness

	state  atomic.Pointer[state]
	broken atomic.Pointer[BrokenError]

	using  sync.Mutex // guards closed, and uses against being added to at Close
	closed bool
	uses   sync.WaitGroup

	writing sync.Mutex // guards what follows, and keeps commits apart
	encoder encoder
	packer  *packer

	loading  sync.Mutex // guards nextLoad
	nextLoad uint64

	directory chunkDirectory

	commitTxn func(*badger.Txn) error         // Txn.Commit; tests make it fail
	free      func(dir string) (int64, error) // freeSpace; tests make it small
}

// Open opens the data set in a directory. A directory that another process has
// open is an *InUseError, another layout a *LayoutError, damage a *CorruptError,
// no data set ErrNotDataset. It takes milliseconds, plus what it takes to give
// back what a killed process left behind.
func Open(dir string, opt Options) (*DB, error) {
	if err := prepareDir(dir, opt); err != nil {
		return nil, err
	}
	owner, err := takeOwner(dir, opt.ReadOnly)
	if err != nil {
		return nil, err
	}
	db := &DB{dir: dir, opt: opt, owner: owner, commitTxn: (*badger.Txn).Commit, free: freeSpace}
	if err := db.open(); err != nil {
		_ = db.release()
		return nil, err
	}
	return db, nil
}

// open opens what lies in a locked directory.
func (db *DB) open() (err error) {
	if db.packer, err = newPacker(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	made, err := db.openBadger()
	if err != nil {
		return err
	}
	if made {
		if err := db.initialise(); err != nil {
			return err
		}
	}
	if _, err := readLayout(db.dir); errors.Is(err, fs.ErrNotExist) { // now it is whole
		if err := writeLayout(db.dir); err != nil {
			return fmt.Errorf("store: %w", err)
		}
	}
	return guard(db.dir, db.load)
}

// prepareDir checks that dir is a data set of this layout or may become one.
func prepareDir(dir string, opt Options) error {
	found, err := readLayout(dir)
	if err == nil {
		if found != layoutVersion {
			return &LayoutError{Dir: dir, Found: found, Want: layoutVersion}
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !opt.Create || opt.ReadOnly {
		return fmt.Errorf("%s: %w", dir, ErrNotDataset)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	for _, e := range entries { // half a creation may be finished, nothing else
		switch e.Name() {
		case "owner", "badger", "witness", "layout.new":
		default:
			return fmt.Errorf("%s: %w, and holds other files (%s)", dir, ErrNotDataset, e.Name())
		}
	}
	return nil
}

const layoutFormat = "tuban data set, layout %d\n"

func readLayout(dir string) (int, error) {
	text, err := os.ReadFile(filepath.Join(dir, "layout"))
	if err != nil {
		return 0, err
	}
	var n int
	if _, err := fmt.Sscanf(string(text), layoutFormat, &n); err != nil || string(text) != fmt.Sprintf(layoutFormat, n) {
		return 0, &CorruptError{Key: filepath.Join(dir, "layout"), Chunk: -1, Reason: fmt.Sprintf("unexpected text %.40q", text)}
	}
	return n, nil
}

// writeLayout makes dir a data set, for good.
func writeLayout(dir string) error {
	name := filepath.Join(dir, "layout")
	f, err := os.Create(name + ".new")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, layoutFormat, layoutVersion)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(name+".new", name)
	}
	if err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// initialise writes the records of an empty data set.
func (db *DB) initialise() error {
	meta := metaRecord{Dataset: db.opt.Dataset, Created: time.Now().UTC().Round(0)}
	if meta.Dataset == "" {
		meta.Dataset = rand.Text()
	}
	b := db.newBatch()
	b.record(prefix(kindMeta), &meta)
	b.record(prefix(kindHead), &headRecord{})
	return b.commit()
}

// Close waits for reads and writes under way, then ends all use of the data
// set. Loads that were not committed are lost.
func (db *DB) Close() error {
	db.using.Lock()
	if db.closed {
		db.using.Unlock()
		return nil
	}
	db.closed = true
	db.using.Unlock()
	db.uses.Wait()
	return db.release()
}

// use keeps the data set open until done is called.
func (db *DB) use() (done func(), err error) {
	db.using.Lock()
	defer db.using.Unlock()
	if db.closed {
		return nil, ErrClosed
	}
	db.uses.Add(1)
	return db.uses.Done, nil
}

func (db *DB) release() error {
	var errs []error
	if db.badger != nil {
		errs = append(errs, guard(db.dir, db.badger.Close))
	}
	if db.packer != nil {
		errs = append(errs, db.packer.enc.Close())
	}
	if db.witness != nil {
		errs = append(errs, db.witness.file.Close())
	}
	if db.owner != nil {
		if !db.opt.ReadOnly {
			errs = append(errs, db.owner.Truncate(0))
		}
		errs = append(errs, db.owner.Close())
	}
	return errors.Join(errs...)
}

// callerPanic is a panic of code that was handed in.
type callerPanic struct{ value any }

// guard runs f and makes a *CorruptError of a panic, also of the fault that
// reading a mapped file behind its end is: Badger panics on files it doesn't
// understand.
func guard(place string, f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		r := recover()
		if theirs, ok := r.(callerPanic); ok {
			panic(theirs.value)
		}
		if r != nil {
			err = &CorruptError{Key: place, Chunk: -1, Reason: fmt.Sprintf("reading it failed: %.300v", r)}
		}
	}()
	return f()
}

// Size returns the bytes that the data set takes on disk.
func (db *DB) Size() int64 {
	total := int64(0)
	_ = filepath.WalkDir(db.dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // Badger may delete a file as we look
		}
		if info, err := d.Info(); err == nil {
			total += usedBytes(info)
		}
		return nil
	})
	return total
}

// writable returns why nothing can be written, nil if it can.
func (db *DB) writable() error {
	switch broken := db.broken.Load(); {
	case db.opt.ReadOnly:
		return ErrReadOnly
	case broken != nil:
		return broken
	}
	return nil
}

// room refuses a write of n bytes that would not leave enough of the disk free.
// Badger writes through mapped, sparse files: on a full disk it could not
// return an error, the process would be killed by the fault.
func (db *DB) room(n int) error {
	keep := db.opt.MinFree
	if keep == 0 {
		keep = DefaultMinFree
	}
	if keep < 0 {
		return nil
	}
	free, err := db.free(db.dir)
	if err != nil {
		return fmt.Errorf("store: asking for free space: %w", err)
	}
	if need := keep + 2*int64(n); free < need {
		return &FullError{Dir: db.dir, Free: free, Need: need}
	}
	return nil
}
