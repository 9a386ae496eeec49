package jobs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"

	"tuban/engine"
	"tuban/feature"
	"tuban/formats/pmtiles"
	"tuban/internal/demo"
	"tuban/tiles"
)

// demoLayers loads layers of the small demo city.
func demoLayers(t *testing.T, ids ...feature.LayerID) *engine.View {
	t.Helper()
	e, err := engine.Open(t.Context(), t.TempDir(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	for _, s := range demo.New(1, demo.Small()).Layers() {
		for _, id := range ids {
			if s.Layer.ID == id {
				load(t, e, s)
			}
		}
	}
	return e.View()
}

func load(t *testing.T, e *engine.Engine, s demo.Source) {
	t.Helper()
	l, err := e.NewLoad(t.Context(), engine.LoadSpec{Layer: s.Layer})
	if err != nil {
		t.Fatal(err)
	}
	row := int64(0)
	if err := s.Each(func(f feature.Feature) error {
		row++
		_, err := l.Add(row, f)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Commit(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

// TestExportPyramid: an archive that was interrupted and gone on with has each
// tile as it is rendered, and no other.
func TestExportPyramid(t *testing.T) {
	v := demoLayers(t, "yjjbnt", "xzq")
	p := Pyramid{Seq: v.Seq(), MinZoom: 3, MaxZoom: 11, Generator: "test"}
	p.Layers = append(p.Layers, v.Layers()...)
	if len(p.Layers) != 2 {
		t.Fatalf("%d layers", len(p.Layers))
	}
	path := filepath.Join(t.TempDir(), "city.pmtiles")
	ctx, cancel := context.WithCancel(t.Context())
	interrupted := func(done, _ int64) {
		if done == 300 {
			cancel()
		}
	}
	if _, err := ExportPyramid(ctx, p, path, interrupted); !errors.Is(err, context.Canceled) {
		t.Fatalf("an interrupted export: %v", err)
	}
	other := p
	other.MaxZoom++
	if _, err := ExportPyramid(t.Context(), other, path, nil); !errors.Is(err, pmtiles.ErrOther) {
		t.Fatalf("another export in its place: %v", err)
	}
	done, err := ExportPyramid(t.Context(), p, path, nil)
	if err != nil || done.Resumed < 300 {
		t.Fatalf("going on: %+v, %v", done, err)
	}
	requireArchive(t, path, p, done.Tiles)
}

func requireArchive(t *testing.T, path string, p Pyramid, count uint64) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := pmtiles.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	layers := []tiles.Layer{p.Layers[0], p.Layers[1]}
	found := uint64(0)
	for z := p.MinZoom; z <= p.MaxZoom; z++ {
		c := tiles.WebMercatorQuad.Cover(r.Bound, z)
		c.Each(func(a tiles.Address) bool {
			want, err := tiles.Render(layers, a, tiles.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := r.Tile(a.Z, a.X, a.Y)
			if err != nil {
				t.Fatal(err)
			}
			if got != nil {
				found++
			}
			if !bytes.Equal(unzip(t, got), want.Data) {
				t.Fatalf("tile %s differs from the live one", a)
			}
			return true
		})
	}
	if found != count || r.Addressed != count || found == 0 {
		t.Errorf("%d tiles were found, %d counted, %d in the header", found, count, r.Addressed)
	}
}

func unzip(t *testing.T, b []byte) []byte {
	t.Helper()
	if b == nil {
		return nil
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}
