package store

import (
	"io/fs"
	"path/filepath"
	"testing"
)

func TestEmptyIsSmall(t *testing.T) {
	dir := t.TempDir()
	db := mustOpen(t, dir)
	open := db.Size()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	apparent := int64(0)
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		apparent += info.Size()
		t.Logf("%s %d", filepath.Base(p), info.Size())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	closed := db.Size()
	t.Logf("real bytes open %d, closed %d, apparent %d", open, closed, apparent)
	if open > 256<<10 || closed > 256<<10 {
		t.Errorf("an empty data set takes %d bytes open and %d closed", open, closed)
	}
}
