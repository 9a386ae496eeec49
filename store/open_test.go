package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tuban/feature"
)

func TestOpenRefuses(t *testing.T) {
	t.Run("nothing there", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "none")
		if _, err := Open(dir, Options{}); !errors.Is(err, ErrNotDataset) {
			t.Fatal(err)
		}
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Fatal("it made a directory")
		}
	})
	t.Run("somebody else's directory", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "thesis.doc"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, Options{Create: true}); !errors.Is(err, ErrNotDataset) || !strings.Contains(err.Error(), "thesis.doc") {
			t.Fatal(err)
		}
	})
	for text, want := range map[string]string{
		"tuban data set, layout 7\n":   "newer one",
		"tuban data set, layout 0\n":   "import it again",
		"tuban data set, layout 1":     "unexpected text",
		"something quite else\n":       "unexpected text",
		"tuban data set, layout 1\nxx": "unexpected text",
	} {
		t.Run(text, func(t *testing.T) {
			db := mustOpen(t, t.TempDir())
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(db.dir, "layout"), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Open(db.dir, Options{})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Fatal(err)
			}
			var layout *LayoutError
			if strings.Contains(want, "import") && (!errors.As(err, &layout) || layout.Want != 1 || layout.Found != 0) {
				t.Fatal(err)
			}
		})
	}
	t.Run("another data set", func(t *testing.T) {
		dir := t.TempDir()
		db, err := Open(dir, Options{Create: true, Dataset: "a"})
		if err != nil {
			t.Fatal(err)
		}
		if db.Head().Dataset != "a" {
			t.Fatal(db.Head())
		}
		db.Close()
		if _, err := Open(dir, Options{Dataset: "b"}); err == nil {
			t.Fatal("opened")
		}
	})
}

func TestInUse(t *testing.T) {
	db := mustOpen(t, t.TempDir())
	var use *InUseError
	if _, err := Open(db.dir, Options{}); !errors.As(err, &use) || use.PID != os.Getpid() || use.Holder != "" {
		t.Fatal(err)
	}
	if err := db.SetHolder("http://127.0.0.1:8080"); err != nil {
		t.Fatal(err)
	}
	if err := db.SetHolder("http://[::1]:80"); err != nil {
		t.Fatal(err)
	}
	for _, opt := range []Options{{}, {ReadOnly: true}, {Create: true}} {
		if _, err := Open(db.dir, opt); !errors.As(err, &use) || use.Holder != "http://[::1]:80" || use.Dir != db.dir {
			t.Fatal(err)
		}
	}
	mustCommit(t, db, next(db, Record{Layers: []LayerPut{{testLayer("p")}}}))
	db = reopen(t, db) // the failed ones took nothing away
	if len(db.Layers()) != 1 {
		t.Fatal(db.Layers())
	}
}

func TestHalfCreation(t *testing.T) {
	db := mustOpen(t, t.TempDir())
	dataset := db.Head().Dataset
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(db.dir, "layout")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(db.dir, Options{}); !errors.Is(err, ErrNotDataset) {
		t.Fatal(err)
	}
	again := mustOpen(t, db.dir)
	if again.Head().Dataset != dataset {
		t.Fatal("another id")
	}
	if _, err := readLayout(db.dir); err != nil {
		t.Fatal(err)
	}
}

// A table that was being written when the process was killed is no damage.
func TestHalfTable(t *testing.T) {
	db := withLayer(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(db.dir, "badger", "000099.sst"), make([]byte, 1000), 0o644); err != nil {
		t.Fatal(err)
	}
	mustCheck(t, mustOpen(t, db.dir))
}

func TestClosed(t *testing.T) {
	db := withLayer(t)
	load := mustLoad(t, db, LoadSpec{Layer: "p", Mode: Append}, squares(1, 3))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal("a second Close: ", err)
	}
	ctx := context.Background()
	for name, err := range map[string]error{
		"commit":  db.Commit(ctx, []Record{next(db, Record{})}),
		"read":    db.ReadLayer(ctx, "p", "", func(Batch) error { return nil }),
		"chunk":   errors.Join(load.WriteChunk(squares(4, 5)), load.settle()),
		"holder":  db.SetHolder("x"),
		"commits": func() error { _, err := db.Commits(0, 1); return err }(),
		"check":   func() error { _, err := db.Check(ctx, nil); return err }(),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestVintages(t *testing.T) {
	db := withLayer(t)
	var seq2023, seq2024 feature.Seq
	a := mustLoad(t, db, LoadSpec{Layer: "p", Vintage: "2023", Mode: NewVintage}, squares(1, 50))
	b := mustLoad(t, db, LoadSpec{Layer: "p", Vintage: "2023", Mode: NewVintage}, squares(51, 60))
	mustCommit(t, db, next(db, Record{Loads: []*Load{a, b}}))
	seq2023 = db.Head().Seq
	mustCommit(t, db, next(db, Record{Changes: []feature.Change{del("p", 3)}}))
	c := mustLoad(t, db, LoadSpec{Layer: "p", Vintage: "2024", Mode: NewVintage}, squares(1, 10))
	desc := testLayer("p")
	desc.Title.EN = "Land use of 2024"
	mustCommit(t, db, next(db, Record{Layers: []LayerPut{{desc}}, Loads: []*Load{c}, Changes: []feature.Change{del("p", 10), put("p", square(61, 1, 1, 1))}}))
	seq2024 = db.Head().Seq
	db = reopen(t, db)
	for name, want := range map[feature.Vintage]int{"base": 0, "2023": 59, "2024": 10, "": 10} {
		if got := len(readAll(t, db, "p", name)); got != want {
			t.Errorf("vintage %q has %d features, want %d", name, got, want)
		}
	}
	l := db.Layers()[0]
	if l.Vintage != "2024" || l.VintageNo != 3 || l.NextNumber != 62 || l.Count() != 10 || l.Layer.Title.EN != desc.Title.EN {
		t.Fatalf("%+v", l)
	}
	if v := l.Vintages[1]; v.Name != "2023" || v.From != seq2023 || v.To != seq2024 || v.Count != 59 {
		t.Fatalf("%+v", v)
	}
	infos, err := db.Commits(seq2024-1, 1)
	if err != nil || !infos[0].Layers[0].NewVintage || infos[0].Layers[0].Vintage != "2024" {
		t.Fatal(infos, err)
	}
	ctx := context.Background()
	if err := db.ReadLayer(ctx, "p", "1949", nil); !errors.Is(err, ErrNoVintage) {
		t.Fatal(err)
	}
	if err := db.ReadLayer(ctx, "q", "", nil); !errors.Is(err, ErrNoLayer) {
		t.Fatal(err)
	}
	mustCheck(t, db)
}

func TestReadLayerStops(t *testing.T) {
	db := withLayer(t)
	var chunks [][]feature.Feature
	for i := range feature.Number(20) {
		chunks = append(chunks, squares(i*10+1, i*10+10))
	}
	load := mustLoad(t, db, LoadSpec{Layer: "p", Mode: Append}, chunks...)
	mustCommit(t, db, next(db, Record{Loads: []*Load{load}}))
	stop := errors.New("enough")
	n := 0
	err := db.ReadLayer(context.Background(), "p", "", func(b Batch) error {
		if n++; n == 3 {
			return stop
		}
		return nil
	})
	if err != stop || n != 3 {
		t.Fatal(err, n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	err = db.ReadLayer(ctx, "p", "", func(Batch) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	func() { // a caller's panic stays the caller's
		defer func() {
			if r := recover(); r != "mine" {
				t.Fatal(r)
			}
		}()
		db.ReadLayer(context.Background(), "p", "", func(Batch) error { panic("mine") })
	}()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
