package store

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
)

var updateFlag = flag.Bool("update", false, "write testdata anew")

// golden is a data set of layout 1 as the first release wrote it, packed,
// because Badger's files are mostly holes.
const golden = "testdata/layout1.tar.gz"

// goldenRecords are its commits; fs are what layer p holds of vintage 2024 after
// them and old what it holds of vintage 2023.
func goldenRecords(t *testing.T, db *DB) (fs, old []feature.Feature) {
	kinds := allKinds()
	for i := range kinds {
		kinds[i].Number, kinds[i].ID = feature.Number(i+1), feature.ID(kinds[i].ID+"*")
	}
	a := mustLoad(t, db, LoadSpec{Layer: "p", Vintage: "2023", Mode: Append}, kinds[:5], kinds[5:])
	mustCommit(t, db, next(db, Record{Layers: []LayerPut{{testLayer("p")}}, Loads: []*Load{a}}))
	old = withVersion(kinds, 1)
	b := mustLoad(t, db, LoadSpec{Layer: "p", Vintage: "2024", Mode: NewVintage}, squares(1, 40), squares(41, 100))
	mustCommit(t, db, next(db, Record{Loads: []*Load{b}}))
	mustCommit(t, db, next(db, Record{
		Layers:  []LayerPut{{testLayer("q")}},
		Changes: []feature.Change{del("p", 1), put("p", square(2, 9, 9, 1)), put("p", giant(101, 1000)), put("q", square(1, 1, 1, 1))},
	}))
	mustCommit(t, db, next(db, Record{Changes: []feature.Change{del("p", 3), put("p", square(102, 8, 8, 1))}}))
	fs = withVersion(squares(4, 100), 2)
	fs = append(fs, withVersion([]feature.Feature{square(2, 9, 9, 1), giant(101, 1000)}, 3)...)
	return append(fs, withVersion([]feature.Feature{square(102, 8, 8, 1)}, 4)...), old
}

func TestGoldenLayout1(t *testing.T) {
	made, err := Open(t.TempDir(), Options{Create: true, Dataset: "golden"})
	if err != nil {
		t.Fatal(err)
	}
	fs, old := goldenRecords(t, made)
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	if *updateFlag {
		if err := pack(made.dir, golden); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	if err := unpackTar(golden, dir); err != nil {
		t.Fatal(err)
	}
	db, err := Open(dir, Options{Dataset: "golden"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	mustCheck(t, db)
	if fingerprint(t, readAll(t, db, "p", "")) != fingerprint(t, fs) {
		t.Error("vintage 2024 of layer p has changed")
	}
	if d := diff(old, readAll(t, db, "p", "2023")); d != "" {
		t.Error(d)
	}
	if d := diff(made.Layers(), db.Layers()); d != "" {
		t.Error(d)
	}
	infos, err := db.Commits(0, 10)
	if err != nil || len(infos) != 4 {
		t.Fatal(infos, err)
	}
	want := CommitInfo{Commit: testCommit(4), Layers: []LayerSummary{{
		Layer: "p", Vintage: "2024", Added: 1, Deleted: 1, Bounds: []orb.Bound{geom.Bound(square(3, 116.03, 40, 0.009).Geometry), geom.Bound(square(102, 8, 8, 1).Geometry)},
	}}}
	if d := diff(want, infos[3]); d != "" {
		t.Error(d)
	}
	mustCommit(t, db, next(db, Record{Changes: []feature.Change{put("q", square(2, 1, 1, 1))}}))
	mustCheck(t, db)
}

func pack(dir, name string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	z := gzip.NewWriter(f)
	w := tar.NewWriter(z)
	return errors.Join(w.AddFS(os.DirFS(dir)), w.Close(), z.Close())
}

func unpackTar(name, dir string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	r := tar.NewReader(z)
	for {
		h, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if !fs.ValidPath(filepath.ToSlash(filepath.Clean(h.Name))) {
			return fs.ErrInvalid
		}
		path := filepath.Join(dir, h.Name)
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, 0o755)
		} else {
			err = write(path, r)
		}
		if err != nil {
			return err
		}
	}
}

func write(path string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
