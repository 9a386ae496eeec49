package store

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
	"github.com/dgraph-io/badger/v4/table"
)

const (
	memTableSize = 16 << 20
	// txnBudget is what we put into one transaction; Badger takes 15 % of a
	// memtable, counting some overhead for each entry.
	txnBudget  = 2 << 20
	txnEntries = 8000
	entryCost  = 64 // our reckoning of that overhead
)

// badgerOptions are chosen for a small footprint: see ECOSYSTEM 2.3. All values
// are below the threshold and live in the tree, so the value log is a stub.
// Nothing is compressed (we do that) and no block is cached (files are mapped).
func (db *DB) badgerOptions(dir string, readOnly bool) badger.Options {
	o := badger.DefaultOptions(dir)
	o.SyncWrites = true
	o.ReadOnly = readOnly
	o.DetectConflicts = false
	o.NumVersionsToKeep = 1
	o.MetricsEnabled = false
	o.MemTableSize = memTableSize
	o.NumMemtables = 2
	o.ValueThreshold = 1 << 20
	o.ValueLogFileSize = 1 << 20
	o.BaseTableSize = 8 << 20
	o.BaseLevelSize = 64 << 20
	o.NumCompactors = 2
	o.NumGoroutines = 1
	o.Compression = options.None
	o.BlockCacheSize = 0
	o.ChecksumVerificationMode = options.OnBlockRead
	o.VerifyValueChecksum = true
	o.Logger = nil
	if db.opt.Logger != nil {
		o.Logger = badgerLog{db.opt.Logger.With("from", "badger")}
	}
	return o
}

// openBadger opens Badger and tells whether it is new.
func (db *DB) openBadger() (made bool, err error) {
	dir := filepath.Join(db.dir, "badger")
	if err := dropEmptyLogs(dir); err != nil {
		return false, err
	}
	if err := guard(dir, func() error { return db.checkFiles(dir) }); err != nil {
		return false, err
	}
	if err := db.tryBadger(dir, db.opt.ReadOnly); err != nil {
		return false, err
	}
	err = db.badger.View(func(txn *badger.Txn) error {
		_, err := txn.Get(prefix(kindMeta))
		return err
	})
	if !errors.Is(err, badger.ErrKeyNotFound) {
		return false, err
	}
	if _, err := readLayout(db.dir); err == nil {
		return false, corrupt(prefix(kindMeta), "missing")
	}
	return true, nil
}

// dropEmptyLogs removes memtable logs of no length: the process was killed
// between making and sizing one. Badger would fail on it twice before it gets
// over it.
func dropEmptyLogs(dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, "*.mem"))
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	for _, name := range names {
		if info, err := os.Stat(name); err != nil || info.Size() > 0 {
			continue
		}
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("store: %w", err)
		}
	}
	return nil
}

// minFreeToOpen is what Badger writes into mapped files while it opens; on a
// full disk that would end the process.
const minFreeToOpen = 48 << 20

// roomToOpen returns a *FullError where opening for writing could not be safe.
func (db *DB) roomToOpen() error {
	if db.opt.MinFree < 0 {
		return nil
	}
	free, err := db.free(db.dir)
	if err != nil {
		return fmt.Errorf("store: asking for free space: %w", err)
	}
	if free < minFreeToOpen {
		return &FullError{Dir: db.dir, Free: free, Need: minFreeToOpen}
	}
	return nil
}

// tryBadger opens Badger. For reading alone it does not open what a killed
// process left; then it is opened for writing for a moment, which brings the
// logs in order and changes nothing else.
func (db *DB) tryBadger(dir string, readOnly bool) error {
	if !readOnly {
		if err := db.roomToOpen(); err != nil {
			return err
		}
	}
	err := guard(dir, func() error {
		opened, err := badger.Open(db.badgerOptions(dir, readOnly))
		if err == nil { // else Badger closed it, and may still return it
			db.badger = opened
		}
		return err
	})
	var damage *CorruptError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &damage), errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("store: %w", err)
	case strings.Contains(err.Error(), "Cannot acquire directory lock"):
		return inUse(db.dir)
	case !readOnly || !errors.Is(err, badger.ErrTruncateNeeded) && !strings.Contains(err.Error(), badger.ErrTruncateNeeded.Error()):
		return fmt.Errorf("store: opening %s: %w", dir, err)
	}
	if lockFile(db.owner, false) != nil {
		return inUse(db.dir)
	}
	if err := db.tryBadger(dir, false); err != nil {
		return fmt.Errorf("%s was not closed and cannot be brought in order for reading: %w", db.dir, err)
	}
	opened := db.badger
	db.badger = nil
	if err := opened.Close(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if lockFile(db.owner, true) != nil {
		return inUse(db.dir)
	}
	return db.tryBadger(dir, true)
}

// checkFiles looks at the places of Badger's files that Badger itself reads
// trustingly, so that damage there would end the process: the header of a log,
// and the end of a table, where behind the blocks stand the index, its length,
// its checksum and the checksum's length. A table that the manifest does not
// name was being written when the process was killed; Badger deletes it.
func (db *DB) checkFiles(dir string) error {
	manifest, err := os.Open(filepath.Join(dir, badger.ManifestFilename))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer manifest.Close()
	listed, _, err := badger.ReplayManifestFile(manifest, 0, db.badgerOptions(dir, true))
	if err != nil {
		return &CorruptError{Key: manifest.Name(), Chunk: -1, Reason: err.Error()}
	}
	for id := range listed.Tables {
		if err := checkFile(table.NewFilename(id, dir), checkTable); err != nil {
			return err
		}
	}
	for _, pattern := range []string{"*.mem", "*.vlog"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := checkFile(name, checkLog); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkFile(name string, check func(name string) string) error {
	if reason := check(name); reason != "" {
		return &CorruptError{Key: name, Chunk: -1, Reason: reason}
	}
	return nil
}

// logHeaderLen is the length of the header of a log; a log that was only just
// made is empty.
const logHeaderLen = 20

func checkLog(name string) string {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return err.Error()
	case 0 < info.Size() && info.Size() < logHeaderLen:
		return "the log is cut within its header"
	}
	return ""
}

func checkTable(name string) string {
	f, err := os.Open(name)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err.Error()
	}
	at := info.Size()
	u32 := func() int64 {
		var b [4]byte
		if at -= 4; at < 0 {
			return -1
		}
		if _, err := f.ReadAt(b[:], at); err != nil {
			return -1
		}
		return int64(b[0])<<24 | int64(b[1])<<16 | int64(b[2])<<8 | int64(b[3])
	}
	sum := u32()
	if sum <= 0 || sum > 64 {
		return "the table's end is damaged (checksum length)"
	}
	at -= sum
	if index := u32(); index <= 0 || index > at {
		return "the table's end is damaged (index length)"
	}
	return ""
}

// badgerLog writes Badger's log to slog. What Badger calls info is our debug.
type badgerLog struct{ log *slog.Logger }

func (l badgerLog) Errorf(f string, a ...any)   { l.log.Error(line(f, a)) }
func (l badgerLog) Warningf(f string, a ...any) { l.log.Warn(line(f, a)) }
func (l badgerLog) Infof(f string, a ...any)    { l.log.Debug(line(f, a)) }
func (l badgerLog) Debugf(string, ...any)       {}

func line(format string, args []any) string {
	return strings.TrimSpace(fmt.Sprintf(format, args...))
}
