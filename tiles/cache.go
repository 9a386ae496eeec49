package tiles

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// Key names a finished tile. Layers and Params are canonical texts: two requests
// with the same answer should have the same key, two with different answers
// must not.
type Key struct {
	Layers   string // layer ids with comma between, in their order; "id@vintage" for a named vintage
	Address  Address
	Params   string // properties, filter, scope, … ; "" for none
	Encoding Encoding
}

// layers returns the ids of the layers.
func (k Key) layers() []feature.LayerID {
	parts := strings.Split(k.Layers, ",")
	ids := make([]feature.LayerID, len(parts))
	for i, p := range parts {
		id, _, _ := strings.Cut(p, "@")
		ids[i] = feature.LayerID(id)
	}
	return ids
}

// Touch is what a commit changed in one layer.
type Touch struct {
	Layer feature.LayerID
	// Bounds cover what came, changed or went. All says that every tile of the
	// layer may differ: bounds don't matter then.
	Bounds []orb.Bound
	All    bool
}

// Cache keeps finished tiles within a number of bytes. The least recently used go
// first, those of low zooms only when they take more than half. Each is made once, however many ask for it at the same time.
//
// Freshness: a tile made from the view at seq e answers for the view at seq r
// when no commit between the two touched it. Invalidate must be called with each
// commit that touches anything, in the order of their seqs, before its view can
// be seen. Every tile that a request at r gets is then the one that it would have
// made itself. Safe for concurrent use.
type Cache struct {
	shards  [shardCount]shard
	touches touchLog
	asked   [gridCount]atomic.Bool // by scheme: whether a tile of it was ever asked for
	hits    atomic.Uint64
	misses  atomic.Uint64
	joined  atomic.Uint64
}

const shardCount = 16

// NewCache returns a cache of at most so many bytes, its own bookkeeping
// included by an estimate.
func NewCache(maxBytes int64) *Cache {
	c := &Cache{}
	for i := range c.shards {
		c.shards[i].init(maxBytes / shardCount)
	}
	return c
}

// Stats are counts since the start, and what is kept now.
type Stats struct {
	Hits, Misses, Joined uint64 // Joined waited for a tile that another request made
	Evicted              uint64 // for want of room
	Invalidated          uint64
	Tiles                int
	Bytes                int64
}

// Stats returns the counts.
func (c *Cache) Stats() Stats {
	s := Stats{Hits: c.hits.Load(), Misses: c.misses.Load(), Joined: c.joined.Load()}
	for i := range c.shards {
		c.shards[i].addStats(&s)
	}
	return s
}

// ErrPanicked is the error of those who waited for a tile whose maker panicked.
var ErrPanicked = errors.New("rendering the tile panicked")

// Fetch returns the tile of a key as the view at seq shows it, from the cache,
// from a request under way, or from render. An error of render is not kept. Waiting
// for another's tile ends with ctx; making one's own does not.
func (c *Cache) Fetch(ctx context.Context, key Key, seq feature.Seq, render func() (Tile, error)) (*Finished, error) {
	key.Address.Grid = key.Address.Grid.scheme()
	// Before the touches are looked at, so that Invalidate sees one or the other.
	if asked := &c.asked[key.Address.Grid]; !asked.Load() {
		asked.Store(true)
	}
	s := c.shard(key.Address)
	s.mu.Lock()
	if e := s.entries[key]; e != nil && c.answers(e, seq) {
		s.use(e)
		s.mu.Unlock()
		return c.wait(ctx, e)
	}
	e := &entry{key: key, layers: key.layers(), seq: seq, done: make(chan struct{})}
	// A tile of an older view, or of one that a commit has already touched, is of
	// no use to those who come later.
	shared := !c.touches.after(seq, e) && !s.newer(key, seq)
	if shared {
		s.add(e)
	}
	s.mu.Unlock()
	c.misses.Add(1)
	return c.fill(s, e, shared, render)
}

// answers tells whether an entry is what a view at seq shows. Touched entries
// leave the shard, so that an entry answers for all views not before its own;
// for an older one, no commit between the two may have touched it.
func (c *Cache) answers(e *entry, seq feature.Seq) bool {
	return e.seq <= seq || !c.touches.after(seq, e)
}

// wait returns an entry's tile once it is made.
func (c *Cache) wait(ctx context.Context, e *entry) (*Finished, error) {
	select {
	case <-e.done:
		c.hits.Add(1)
	default:
		c.joined.Add(1)
		select {
		case <-e.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return e.tile, e.err
}

// fill makes an entry's tile.
func (c *Cache) fill(s *shard, e *entry, shared bool, render func() (Tile, error)) (*Finished, error) {
	e.err = ErrPanicked
	defer func() { // also when render panics
		close(e.done)
		if shared {
			s.made(e)
		}
	}()
	t, err := render()
	if err == nil {
		e.tile, err = Finish(t, e.key.Encoding)
	}
	e.err = err
	if err != nil {
		return nil, fmt.Errorf("tile %s: %w", e.key.Address, err)
	}
	return e.tile, nil
}

// Invalidate takes out what a commit touched. It must return before the view of
// that commit can be seen.
func (c *Cache) Invalidate(seq feature.Seq, touches []Touch) {
	c.touches.add(seq, touches)
	for _, t := range touches {
		if t.All {
			c.dropAll(t.Layer)
			continue
		}
		for g := range c.asked {
			if c.asked[g].Load() {
				c.dropCover(t.Layer, Grid(g), t.Bounds)
			}
		}
	}
}

func (c *Cache) dropCover(layer feature.LayerID, g Grid, bounds []orb.Bound) {
	for _, b := range bounds {
		for z := uint8(0); z <= g.MaxZoom(); z++ {
			c.drop(layer, g.Cover(b, z))
		}
	}
}

// drop takes out the tiles of a range: by address where these are few, else by
// looking at all that are there.
func (c *Cache) drop(layer feature.LayerID, r Range) {
	if r.Len() <= 256 {
		r.Each(func(a Address) bool {
			c.shard(a).drop(a, layer)
			return true
		})
		return
	}
	for i := range c.shards {
		c.shards[i].dropIf(func(e *entry) bool { return r.Contains(e.key.Address) && e.shows(layer) })
	}
}

func (c *Cache) dropAll(layer feature.LayerID) {
	for i := range c.shards {
		c.shards[i].dropIf(func(e *entry) bool { return e.shows(layer) })
	}
}

func (c *Cache) shard(a Address) *shard {
	h := (uint64(a.X)<<32 | uint64(a.Y)<<8 | uint64(a.Grid)<<5 | uint64(a.Z)) * 0x9e3779b97f4a7c15
	return &c.shards[h>>60]
}

// touchLog remembers the newest commits, for requests whose view is a little
// older than the newest.
type touchLog struct {
	mu      sync.RWMutex // guards what follows
	entries [touchLogSize]touchEntry
	next    int         // place of the next entry
	forgot  feature.Seq // commits up to this one may be missing
}

const touchLogSize = 256

type touchEntry struct {
	seq     feature.Seq
	touches []Touch
}

func (l *touchLog) add(seq feature.Seq, touches []Touch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forgot = max(l.forgot, l.entries[l.next].seq)
	l.entries[l.next] = touchEntry{seq, touches}
	l.next = (l.next + 1) % touchLogSize
}

// after tells whether a commit after seq may have touched an entry's tile.
func (l *touchLog) after(seq feature.Seq, e *entry) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if seq < l.forgot {
		return true
	}
	for i := 1; i <= touchLogSize; i++ {
		t := &l.entries[(l.next-i+touchLogSize)%touchLogSize]
		if t.seq <= seq {
			return false
		}
		for _, touch := range t.touches {
			if e.touchedBy(touch) {
				return true
			}
		}
	}
	return false
}
