package tiles

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/paulmach/orb"

	"tuban/feature"
)

func text(s string) func() (Tile, error) {
	return func() (Tile, error) { return Tile{Data: []byte(s)}, nil }
}

func fetch(t *testing.T, c *Cache, k Key, seq feature.Seq, content string) string {
	t.Helper()
	f, err := c.Fetch(context.Background(), k, seq, text(content))
	if err != nil {
		t.Fatal(err)
	}
	return string(f.Body)
}

func TestFinish(t *testing.T) {
	data := bytes.Repeat([]byte("tuban"), 100)
	tile := Tile{Data: data, Generalised: []Note{{Layer: "dltb", Dropped: 2}}}
	tags := map[string]bool{}
	for _, e := range []Encoding{Identity, Gzip, Zstd} {
		f, err := Finish(tile, e)
		if err != nil {
			t.Fatal(err)
		}
		got := f.Body
		switch e {
		case Gzip:
			r, err := gzip.NewReader(bytes.NewReader(f.Body))
			if err != nil {
				t.Fatal(err)
			}
			if got, err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		case Zstd:
			r, err := zstd.NewReader(nil)
			if err != nil {
				t.Fatal(err)
			}
			if got, err = r.DecodeAll(f.Body, nil); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(got, data) || f.Size != len(data) || f.Generalised != "dltb=2" {
			t.Errorf("%q: %+v", e, f)
		}
		tags[f.ETag] = true
		if empty, err := Finish(Tile{}, e); err != nil || empty.Body != nil {
			t.Errorf("%q: an empty tile has a body of %d bytes, %v", e, len(empty.Body), err)
		}
	}
	if len(tags) != 3 {
		t.Errorf("tags are not one for each coding: %v", tags)
	}
	if _, err := Finish(tile, 9); err == nil {
		t.Error("an unknown coding passes")
	}
}

func TestCacheInvalidate(t *testing.T) {
	here, there := Key{Layers: "dltb,tbpatch@2023", Address: city}, Key{Layers: "dltb,tbpatch@2023", Address: Address{Z: 14, X: 0, Y: 0}}
	spot := city.Bound().Center()
	tests := []struct {
		name        string
		touch       Touch
		here, there bool // still cached
	}{
		{"in one tile", Touch{Layer: "tbpatch", Bounds: []orb.Bound{{Min: spot, Max: spot}}}, false, true},
		{"of another layer", Touch{Layer: "yjjbnt", Bounds: []orb.Bound{{Min: spot, Max: spot}}}, true, true},
		{"the whole layer", Touch{Layer: "dltb", All: true}, false, false},
		{"a large box", Touch{Layer: "dltb", Bounds: []orb.Bound{{Min: orb.Point{60, 20}, Max: orb.Point{130, 50}}}}, false, true},
		{"nothing", Touch{Layer: "dltb"}, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := NewCache(1 << 20)
			fetch(t, c, here, 1, "old")
			fetch(t, c, there, 1, "old")
			c.Invalidate(2, []Touch{tt.touch})
			if got := fetch(t, c, here, 2, "new"); (got == "old") != tt.here {
				t.Errorf("here: %s", got)
			}
			if got := fetch(t, c, there, 2, "new"); (got == "old") != tt.there {
				t.Errorf("there: %s", got)
			}
		})
	}
}

// TestCacheOlderViews: requests that still hold an older view get their own.
func TestCacheOlderViews(t *testing.T) {
	c := NewCache(1 << 20)
	k := Key{Layers: "dltb", Address: city}
	touch := []Touch{{Layer: "dltb", All: true}}
	c.Invalidate(1, touch)
	c.Invalidate(2, touch)
	if got := fetch(t, c, k, 1, "one"); got != "one" {
		t.Error(got)
	}
	if got := fetch(t, c, k, 2, "two"); got != "two" {
		t.Errorf("the tile of an older view answers: %s", got)
	}
	if got := fetch(t, c, k, 1, "one"); got != "one" {
		t.Errorf("the tile of a newer view answers: %s", got)
	}
	if got := fetch(t, c, k, 5, "five"); got != "two" {
		t.Errorf("an untouched tile is made again: %s", got)
	}
	for i := range feature.Seq(touchLogSize + 5) {
		c.Invalidate(10+i, []Touch{{Layer: "other", All: true}})
	}
	if got := fetch(t, c, k, 1, "one"); got != "one" {
		t.Errorf("a view older than the log is answered: %s", got)
	}
	if got := fetch(t, c, k, 10+touchLogSize, "new"); got != "two" {
		t.Errorf("an untouched tile is made again: %s", got)
	}
}

func TestCacheSingleFlight(t *testing.T) {
	c := NewCache(1 << 20)
	k := Key{Layers: "dltb", Address: city}
	begun, finish := make(chan struct{}), make(chan struct{})
	var made atomic.Int32
	slow := func() (Tile, error) {
		made.Add(1)
		close(begun)
		<-finish
		return Tile{Data: []byte("old")}, nil
	}
	var wg sync.WaitGroup
	get := func(seq feature.Seq, want string) {
		defer wg.Done()
		f, err := c.Fetch(context.Background(), k, seq, slow)
		if err != nil || string(f.Body) != want {
			t.Errorf("%v, %v", f, err)
		}
	}
	wg.Add(1)
	go get(1, "old")
	<-begun
	for range 5 {
		wg.Add(1)
		go get(1, "old")
	}
	for c.Stats().Joined < 5 {
		runtime.Gosched()
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Fetch(ctx, k, 1, slow); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting goes on: %v", err)
	}
	c.Invalidate(2, []Touch{{Layer: "dltb", All: true}})
	if got := fetch(t, c, k, 2, "new"); got != "new" {
		t.Errorf("a newer view joined an older flight: %s", got)
	}
	close(finish)
	wg.Wait()
	if n := made.Load(); n != 1 {
		t.Errorf("made %d times", n)
	}
	if got := fetch(t, c, k, 2, "newer"); got != "new" {
		t.Errorf("the older flight took the place of the newer tile: %s", got)
	}
}

func TestCacheErrorsAndPanics(t *testing.T) {
	c := NewCache(1 << 20)
	k := Key{Layers: "dltb", Address: city}
	broken := errors.New("broken")
	if _, err := c.Fetch(context.Background(), k, 1, func() (Tile, error) { return Tile{}, broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is gone")
			}
		}()
		c.Fetch(context.Background(), k, 1, func() (Tile, error) { panic("oh") })
	}()
	if got := fetch(t, c, k, 1, "fine"); got != "fine" {
		t.Error(got)
	}
}

func TestCacheStaysWithinItsBytes(t *testing.T) {
	const limit = 1 << 20
	c := NewCache(limit)
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		k := Key{Layers: "dltb", Address: Address{Z: 14, X: r.Uint32N(1 << 14), Y: r.Uint32N(1 << 14)}}
		fetch(t, c, k, 1, string(make([]byte, r.IntN(9000))))
	}
	s := c.Stats()
	if s.Bytes > limit || s.Evicted == 0 || s.Tiles < 100 {
		t.Errorf("%+v", s)
	}
	c.Invalidate(2, []Touch{{Layer: "dltb", All: true}})
	if s := c.Stats(); s.Tiles != 0 || s.Bytes != 0 {
		t.Errorf("something is left: %+v", s)
	}
}

// TestCacheKeepsLowZooms: a flood of deep tiles leaves the low ones where they
// are, and low ones alone may fill the cache but not crowd deep ones out.
func TestCacheKeepsLowZooms(t *testing.T) {
	const limit = 1 << 20
	c := NewCache(limit)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	flood := func(z uint8, n int) {
		for range n {
			k := Key{Layers: "dltb", Address: Address{Z: z, X: r.Uint32N(1 << z), Y: r.Uint32N(1 << z)}}
			fetch(t, c, k, 1, string(make([]byte, 3000)))
		}
	}
	low := Key{Layers: "dltb", Address: Address{Z: 6, X: 48, Y: 25}}
	fetch(t, c, low, 1, "the city")
	flood(14, 3000)
	if got := fetch(t, c, low, 1, "made again"); got != "the city" {
		t.Error("the low tile has gone before deep ones")
	}
	flood(9, 3000)
	if s := c.Stats(); s.Bytes > limit || s.Bytes < limit*3/4 {
		t.Errorf("low zooms alone use %d of %d bytes", s.Bytes, limit)
	}
	for i := range uint32(40) {
		fetch(t, c, Key{Layers: "dltb", Address: Address{Z: 14, X: i, Y: i}}, 1, "deep")
		flood(9, 40)
	}
	before := c.Stats().Hits
	for i := range uint32(40) {
		fetch(t, c, Key{Layers: "dltb", Address: Address{Z: 14, X: i, Y: i}}, 1, "deep")
	}
	if kept := int(c.Stats().Hits - before); kept < 20 {
		t.Errorf("only %d of 40 deep tiles survive low ones", kept)
	}
}

// TestCacheIsNeverStale: a writer commits, tells the cache, publishes; readers
// take the newest view and must get its tile, whatever the timing.
func TestCacheIsNeverStale(t *testing.T) {
	c := NewCache(64 << 10)
	addresses := []Address{{Z: 2, X: 0, Y: 1}, {Z: 2, X: 1, Y: 1}, {Z: 2, X: 2, Y: 1}, {Z: 2, X: 3, Y: 1}}
	type view struct {
		seq  feature.Seq
		last [4]feature.Seq // the commit that last changed each tile
	}
	var now atomic.Pointer[view]
	now.Store(&view{})
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for reader := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r := rand.New(rand.NewPCG(3, uint64(reader)))
			for {
				select {
				case <-stop:
					return
				default:
				}
				v, i := now.Load(), r.IntN(4)
				k := Key{Layers: "dltb", Address: addresses[i], Params: fmt.Sprint(r.IntN(2))}
				want := fmt.Sprint(v.last[i])
				f, err := c.Fetch(context.Background(), k, v.seq, text(want))
				if err != nil || string(f.Body) != want {
					t.Errorf("view %d: tile of commit %s, want %s (%v)", v.seq, f.Body, want, err)
					return
				}
			}
		}()
	}
	tried := func() bool { s := c.Stats(); return s.Hits > 0 && s.Invalidated > 0 }
	deadline := time.Now().Add(20 * time.Second) // a busy machine starts readers late
	r := rand.New(rand.NewPCG(1, 2))
	for seq := feature.Seq(1); seq <= 4000 || !tried() && time.Now().Before(deadline); seq++ {
		i := r.IntN(4)
		next := *now.Load()
		next.seq, next.last[i] = seq, seq
		p := addresses[i].Bound().Center()
		c.Invalidate(seq, []Touch{{Layer: "dltb", Bounds: []orb.Bound{{Min: p, Max: p}}}})
		now.Store(&next)
	}
	close(stop)
	wg.Wait()
	if !tried() {
		t.Errorf("nothing was tried: %+v", c.Stats())
	}
}

func BenchmarkCacheHit(b *testing.B) {
	c := NewCache(1 << 20)
	k := Key{Layers: "dltb,tbpatch", Address: city}
	render := text("tile")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Fetch(context.Background(), k, 1, render); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCacheInvalidate(b *testing.B) {
	c := NewCache(1 << 24)
	for i := range uint32(10000) {
		c.Fetch(context.Background(), Key{Layers: "dltb", Address: Address{Z: 14, X: i, Y: i}}, 1, text("tile"))
	}
	p := orb.Point{94.9, 36.4}
	touch := []Touch{{Layer: "dltb", Bounds: []orb.Bound{{Min: p, Max: orb.Point{p[0] + 0.003, p[1] + 0.003}}}}}
	seq := feature.Seq(1)
	b.ReportAllocs()
	for b.Loop() {
		seq++
		c.Invalidate(seq, touch)
	}
}
