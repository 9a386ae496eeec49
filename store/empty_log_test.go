package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tuban/feature"
)

// A kill between the making and the sizing of a log leaves it empty; that is no
// damage, neither for reading nor for writing.
func TestEmptyLog(t *testing.T) {
	db := withLayer(t)
	mustCommit(t, db, next(db, Record{Changes: []feature.Change{put("p", square(1, 1, 1, 1))}}))
	dir := db.dir
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, readOnly := range []bool{true, false} {
		if err := os.WriteFile(filepath.Join(dir, "badger", "00099.mem"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		db, err := Open(dir, Options{ReadOnly: readOnly})
		if err != nil {
			t.Fatalf("read only %v: %v", readOnly, err)
		}
		if db.Head().Seq != 2 {
			t.Errorf("read only %v: seq %d", readOnly, db.Head().Seq)
		}
		mustCheck(t, db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A full disk is told as that before Badger maps anything.
func TestNoRoomToOpen(t *testing.T) {
	db := &DB{dir: t.TempDir(), free: func(string) (int64, error) { return 1 << 20, nil }}
	var full *FullError
	if err := db.tryBadger(filepath.Join(db.dir, "badger"), false); !errors.As(err, &full) || full.Need != minFreeToOpen {
		t.Errorf("got %v", err)
	}
}
