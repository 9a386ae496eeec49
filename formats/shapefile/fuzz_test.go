package shapefile

import (
	"bytes"
	"io"
	"runtime"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// fuzzPart is the most bytes of a fuzzed file that are tried.
const fuzzPart = 1 << 16

// FuzzReader gives the reader three hostile files: it must end, without a panic
// and without memory out of proportion to the bytes.
func FuzzReader(f *testing.F) {
	s := set("a", 3)
	f.Add(s["a.shp"], s["a.shx"], s["a.dbf"])
	f.Add(s["a.shp"], []byte{}, []byte{})
	ring := []orb.Point{{0, 0}, {0, 9}, {9, 9}, {9, 0}, {0, 0}}
	hole := []orb.Point{{2, 2}, {4, 2}, {4, 4}, {2, 4}, {2, 2}}
	shp, shx := shpBytes(shapePolygon, []int{1, 0}, polygonRecord(shapePolygon, ring, hole), polygonRecord(shapePolygon, hole, hole, ring))
	f.Add(shp, shx, dbfBytes(0x4d, []testColumn{{"A", 'N', 9, 2}, {"A", 'D', 8, 0}, {"B", '@', 8, 0}}, " 12.5", "*"))
	f.Fuzz(func(t *testing.T, shp, shx, dbf []byte) {
		if len(shp) > fuzzPart || len(shx) > fuzzPart || len(dbf) > fuzzPart {
			return
		}
		src := &source{close: func() error { return nil }}
		for ext, b := range map[string][]byte{".shp": shp, ".shx": shx, ".dbf": dbf} {
			if len(b) > 0 {
				open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
				src.parts = append(src.parts, &part{name: "a" + ext, size: int64(len(b)), open: open})
			}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := &Reader{data: &dataset{source: src, stem: "a"}}
		r.shapes.notes = &r.notes
		defer r.Close()
		if r.open(Options{}) == nil {
			rows := 0
			for {
				row, err := r.Next()
				if _, bad := err.(*feature.RowError); err != nil && !bad {
					break
				}
				if rows++; rows > len(shp)/8+1 {
					t.Fatalf("%d rows out of %d bytes", rows, len(shp))
				}
				if err == nil && row.Row < 1 {
					t.Fatalf("row %d", row.Row)
				}
			}
		}
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
			t.Fatalf("%d bytes allocated for %d", grown, len(shp)+len(shx)+len(dbf))
		}
	})
}

func FuzzShape(f *testing.F) {
	f.Add(pointRecord(1, 2))
	f.Add(polygonRecord(shapePolygon, []orb.Point{{0, 0}, {0, 9}, {9, 9}, {0, 0}}, []orb.Point{{1, 2}, {1, 3}, {2, 3}, {1, 2}}))
	f.Add(polygonRecord(15, []orb.Point{{0, 0}, {9, 0}, {9, 9}, {0, 0}}, []orb.Point{{1, 2}, {1, 3}, {2, 3}, {1, 2}}))
	f.Fuzz(func(t *testing.T, record []byte) {
		s := shapes{notes: new(notes)}
		g, err := s.geometry(1, record)
		if _, bad := err.(*feature.RowError); err != nil && !bad {
			t.Fatalf("%T: %v", err, err)
		}
		if g == nil {
			return
		}
		// No vertex is lost and none is made up.
		if n := vertexCount(g); n == 0 || n*16 > len(record) {
			t.Fatalf("%d vertices out of %d bytes", n, len(record))
		}
	})
}

func vertexCount(g orb.Geometry) int {
	n := 0
	switch g := g.(type) {
	case orb.Point:
		n = 1
	case orb.MultiPoint:
		n = len(g)
	case orb.LineString:
		n = len(g)
	case orb.MultiLineString:
		for _, l := range g {
			n += len(l)
		}
	case orb.Polygon:
		for _, r := range g {
			n += len(r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			n += vertexCount(p)
		}
	}
	return n
}

// Every prefix of each file of a set ends in rows or an error, not in a panic.
func TestPrefixes(t *testing.T) {
	whole := set("a", 2)
	for name, b := range whole {
		for n := range b {
			files := merge(whole, map[string][]byte{name: b[:n]})
			r, err := Open(folder(t, files), Options{})
			if err != nil {
				continue
			}
			rows, _, err := drain(r)
			if err == nil && len(rows) != 2 {
				t.Errorf("%d bytes of %s: %d rows and no error", n, name, len(rows))
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// Reading a long file takes no more memory than a short one.
func TestMemoryIsConstant(t *testing.T) {
	held := func(n int) uint64 {
		r, err := Open(archive(t, set("a", n)), Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for range n - 1 {
			if _, err := r.Next(); err != nil {
				t.Fatal(err)
			}
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		runtime.KeepAlive(r)
		return m.HeapAlloc
	}
	if short, long := held(100), held(10_000); long > short+1<<18 {
		t.Errorf("%d bytes held for 100 rows, %d for 10,000", short, long)
	}
}
