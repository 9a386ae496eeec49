package pmtiles

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"
)

// TestID has the specification's own examples.
func TestID(t *testing.T) {
	for _, c := range []struct {
		z    uint8
		x, y uint32
		id   uint64
	}{{0, 0, 0, 0}, {1, 0, 0, 1}, {1, 0, 1, 2}, {1, 1, 1, 3}, {1, 1, 0, 4}, {2, 0, 0, 5}, {12, 3423, 1763, 19078479}} {
		if got := ID(c.z, c.x, c.y); got != c.id {
			t.Errorf("%d/%d/%d has id %d instead of %d", c.z, c.x, c.y, got, c.id)
		}
	}
}

// TestCurve: ids and places are inverse, and neighbours along the curve are
// neighbours on the ground.
func TestCurve(t *testing.T) {
	var lastZ uint8
	var lastX, lastY uint32
	for id := uint64(0); id < first(8); id++ {
		z, x, y, ok := Place(id)
		if !ok || ID(z, x, y) != id {
			t.Fatalf("id %d is %d/%d/%d, whose id is %d", id, z, x, y, ID(z, x, y))
		}
		dx, dy := int(x)-int(lastX), int(y)-int(lastY)
		if z == lastZ && id > 0 && dx*dx+dy*dy != 1 {
			t.Fatalf("id %d is %d/%d/%d, not beside %d/%d", id, z, x, y, lastX, lastY)
		}
		lastZ, lastX, lastY = z, x, y
	}
	last := first(MaxZoom+1) - 1
	if z, x, y, ok := Place(last); !ok || ID(z, x, y) != last {
		t.Errorf("the last id %d is %d/%d/%d", last, z, x, y)
	}
	if _, _, _, ok := Place(last + 1); ok {
		t.Error("there is a tile beyond the last zoom")
	}
}

// pyramid returns a seeded set of tiles by rising id: clumps, runs of equal ones,
// equal ones apart, empty ones.
func pyramid(t *testing.T, n int) (ids []uint64, tiles [][]byte) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	id := uint64(0)
	for range n {
		id++
		if r.IntN(10) == 0 {
			id += r.Uint64N(1000)
		}
		var b []byte
		switch r.IntN(4) {
		case 0: // empty
		case 1:
			b = fmt.Appendf(nil, "common %d", r.IntN(3))
		default:
			b = fmt.Appendf(nil, "tile %d of %d", id, r.Uint64())
		}
		ids, tiles = append(ids, id), append(tiles, b)
	}
	return ids, tiles
}

func write(t *testing.T, path string, ids []uint64, tiles [][]byte) {
	t.Helper()
	w, err := Create(path, "test")
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range ids {
		if id < w.Next() {
			continue
		}
		if err := w.Add(id, tiles[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(testInfo()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".partial"); !os.IsNotExist(err) {
		t.Errorf("the partial folder is still there: %v", err)
	}
}

func testInfo() Info {
	return Info{Header: Header{MinZoom: 0, MaxZoom: 14, Bound: orb.Bound{Min: orb.Point{89.4, 33}, Max: orb.Point{95.9, 37.9}},
		Center: orb.Point{94.9, 36.4}, CenterZoom: 7}, Metadata: []byte(`{"name":"city"}`)}
}

func open(t *testing.T, path string) *Reader {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func requireTiles(t *testing.T, r *Reader, ids []uint64, tiles [][]byte) {
	t.Helper()
	want := map[uint64][]byte{}
	for i, id := range ids {
		want[id] = tiles[i]
	}
	for i := 0; i < len(ids); i += 1 + len(ids)/3000 { // each looks its leaf directory up
		for _, id := range []uint64{ids[i], ids[i] + 1} {
			z, x, y, _ := Place(id)
			got, err := r.Tile(z, x, y)
			if err != nil || !bytes.Equal(got, want[id]) {
				t.Fatalf("tile %d is %q (%v) instead of %q", id, got, err, want[id])
			}
		}
	}
}

func TestRoundTrip(t *testing.T) {
	for _, n := range []int{1, 50, 5000, 60_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "city.pmtiles")
			ids, tiles := pyramid(t, n)
			write(t, path, ids, tiles)
			r := open(t, path)
			requireTiles(t, r, ids, tiles)
			if (n == 60_000) != (r.leaves.length > 0) {
				t.Errorf("%d tiles: %d bytes of leaf directories", n, r.leaves.length)
			}
			if end := r.Header.root.offset + r.Header.root.length; end > 16_384 {
				t.Errorf("the root directory ends at %d", end)
			}
			want := testInfo().Header
			if r.Bound != want.Bound || r.Center != want.Center || r.MaxZoom != want.MaxZoom || r.CenterZoom != want.CenterZoom {
				t.Errorf("the header says %+v", r.Header)
			}
			if m, err := r.Metadata(); err != nil || string(m) != `{"name":"city"}` {
				t.Errorf("metadata %q: %v", m, err)
			}
		})
	}
}

// TestResume: an export that is cut anywhere, its log torn or its last data lost,
// ends in the same archive, to the byte.
func TestResume(t *testing.T) {
	ids, tiles := pyramid(t, 400)
	whole := filepath.Join(t.TempDir(), "whole.pmtiles")
	write(t, whole, ids, tiles)
	want, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{0, 1, 57, 399, 400} {
		for _, torn := range []int64{0, 1, recordSize, recordSize*3 + 7, 1 << 40} {
			path := filepath.Join(t.TempDir(), "city.pmtiles")
			w, err := Create(path, "test")
			if err != nil {
				t.Fatal(err)
			}
			for i := range cut {
				if err := errors.Join(w.Add(ids[i], tiles[i]), w.Checkpoint()); err != nil {
					t.Fatal(err)
				}
			}
			if err := errors.Join(w.Add(1<<40, []byte("not on disk")), w.Close()); err != nil {
				t.Fatal(err)
			}
			tear(t, filepath.Join(path+".partial", "log"), torn)
			write(t, path, ids, tiles)
			if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
				t.Errorf("cut after %d tiles, %d bytes torn off the log: the archive differs (%v)", cut, torn, err)
			}
		}
	}
}

// tear cuts bytes off the end of a file.
func tear(t *testing.T, name string, n int64) {
	t.Helper()
	s, err := os.Stat(name)
	if err == nil {
		err = os.Truncate(name, max(0, s.Size()-n))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestRefusals(t *testing.T) {
	path := filepath.Join(t.TempDir(), "city.pmtiles")
	w, err := Create(path, "dltb at 7")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Add(5, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := w.Add(5, []byte("y")); !errors.Is(err, ErrOrder) {
		t.Errorf("the same id again: %v", err)
	}
	if err := errors.Join(w.Checkpoint(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path, "dltb at 8"); !errors.Is(err, ErrOther) {
		t.Errorf("another subject: %v", err)
	}
	write(t, filepath.Join(t.TempDir(), "a.pmtiles"), []uint64{3}, [][]byte{[]byte("t")})
}

func FuzzReader(f *testing.F) {
	path := filepath.Join(f.TempDir(), "city.pmtiles")
	w, err := Create(path, "fuzz")
	if err != nil {
		f.Fatal(err)
	}
	for id := range uint64(40) {
		if err := w.Add(id, fmt.Appendf(nil, "tile %d", id/3)); err != nil {
			f.Fatal(err)
		}
	}
	if err := w.Finish(testInfo()); err != nil {
		f.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:200])
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := NewReader(bytes.NewReader(b))
		if err != nil {
			return
		}
		for id := range uint64(50) {
			z, x, y, _ := Place(id)
			if tile, err := r.Tile(z, x, y); err == nil && len(tile) > len(b) {
				t.Fatalf("a tile of %d bytes from a file of %d", len(tile), len(b))
			}
		}
	})
}
