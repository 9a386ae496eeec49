package gen

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tuban/feature"
	"tuban/formats/flatgeobuf"
	"tuban/formats/geojsonseq"
	"tuban/internal/demo"
)

// hamlet is a city that is made in no time.
func hamlet() demo.Size {
	s := demo.Small()
	s.Name, s.Parcels, s.Patches, s.Approvals, s.Rights = "hamlet", 600, 40, 10, 4
	return s
}

func write(t *testing.T, seed uint64) (string, *Manifest) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "city")
	c := Config{Size: "20k", Seed: seed, Out: dir}
	m, err := c.make(context.Background(), hamlet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return dir, m
}

// TestSeedDecidesEveryByte: the same seed writes the same files, another does not.
func TestSeedDecidesEveryByte(t *testing.T) {
	_, a := write(t, 5)
	_, b := write(t, 5)
	if d := cmp.Diff(a, b); d != "" {
		t.Error(d)
	}
	_, c := write(t, 6)
	if a.DataHash == c.DataHash || a.Layers[0].Files[0].SHA256 == c.Layers[0].Files[0].SHA256 {
		t.Error("another seed, the same bytes")
	}
}

// TestFilesHoldTheCity reads both files of every layer back with the product's
// readers: the features are those of the city, and hash to the same.
func TestFilesHoldTheCity(t *testing.T) {
	dir, m := write(t, 5)
	got, err := ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(m, got); d != "" {
		t.Error("the manifest reads back differently", d)
	}
	if err := m.Check(context.Background(), dir, nil); err != nil {
		t.Error(err)
	}
	sequence := NewHash()
	for _, s := range demo.New(5, hamlet()).Layers() {
		l, ok := m.Layer(s.Layer.ID)
		if !ok || l.Features != int64(s.Count) {
			t.Fatalf("layer %s: %v, %d features, want %d", s.Layer.ID, ok, l.Features, s.Count)
		}
		open := func(ext string) *os.File {
			f, err := os.Open(l.Path(dir, ext))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { f.Close() })
			return f
		}
		seq, err := geojsonseq.NewReader(open(".geojsonl"))
		if err != nil {
			t.Fatal(err)
		}
		indexed := map[string]string{}
		fgb, err := flatgeobuf.NewReader(open(".fgb"))
		if err != nil {
			t.Fatal(err)
		}
		each(t, fgb.Next, func(f feature.Feature) {
			id, _ := f.Properties.Get(s.Layer.IDField)
			indexed[id.String()] = one(s.Layer.ID, id.String(), f)
		})
		each(t, seq.Next, func(f feature.Feature) {
			sequence.Add(s.Layer.ID, &f)
			if indexed[string(f.ID)] != one(s.Layer.ID, string(f.ID), f) {
				t.Fatalf("%s %s is not the same in both files", s.Layer.ID, f.ID)
			}
			delete(indexed, string(f.ID))
		})
		if len(indexed) > 0 {
			t.Errorf("%s: %d features are in one file only", s.Layer.ID, len(indexed))
		}
	}
	if sum := sequence.Sum(); sum != m.DataHash {
		t.Errorf("the files hash to %s, the city to %s", sum, m.DataHash)
	}
}

// one is the hash of one feature.
func one(layer feature.LayerID, id string, f feature.Feature) string {
	f.ID = feature.ID(id)
	h := NewHash()
	h.Add(layer, &f)
	return h.Sum()
}

func each(t *testing.T, next func() (feature.Row, error), visit func(feature.Feature)) {
	t.Helper()
	for {
		row, err := next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		visit(row.Feature)
	}
}

func TestFolder(t *testing.T) {
	ctx := context.Background()
	t.Run("what is there is checked", func(t *testing.T) {
		dir, m := write(t, 5)
		c := Config{Size: "20k", Seed: 5, Out: dir}
		if got, err := c.present(ctx, nil); err != nil || cmp.Diff(m, got) != "" {
			t.Errorf("%v, %v", got, err)
		}
		name := m.Layers[0].Path(dir, ".fgb")
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text[len(text)/2] ^= 1
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := c.present(ctx, nil); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), name) {
			t.Errorf("one bit is other: %v", err)
		}
		c.Seed = 6
		if _, err := c.present(ctx, nil); !errors.Is(err, ErrOther) {
			t.Errorf("another seed: %v", err)
		}
	})
	t.Run("other files stay", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Run(ctx, Config{Size: "20k", Out: dir}, nil); !errors.Is(err, ErrOther) || !strings.Contains(err.Error(), "thesis.txt") {
			t.Error(err)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		parent := t.TempDir()
		ctx, cancel := context.WithCancel(ctx)
		c := Config{Size: "20k", Out: filepath.Join(parent, "city")}
		_, err := c.make(ctx, hamlet(), func(stage string, done, _ int64) {
			if stage == "dltb" && done > 100 {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if left, err := os.ReadDir(parent); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
	t.Run("an empty folder is filled", func(t *testing.T) {
		dir := t.TempDir()
		if _, err := (Config{Out: dir, Size: "20k"}).make(ctx, hamlet(), nil); err != nil {
			t.Error(err)
		}
	})
	t.Run("unknown size", func(t *testing.T) {
		if _, err := Run(ctx, Config{Size: "2k", Out: t.TempDir()}, nil); !errors.Is(err, errSize) {
			t.Error(err)
		}
	})
	if _, err := ReadManifest(t.TempDir()); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestSizes(t *testing.T) {
	for i, want := range []int{20_000, 200_000, 1_000_000, 5_000_000} {
		if s, err := SizeNamed(Sizes()[i]); err != nil || s.Parcels != want {
			t.Errorf("%s: %d parcels, %v", Sizes()[i], s.Parcels, err)
		}
	}
}
