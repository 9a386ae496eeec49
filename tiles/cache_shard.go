package tiles

import (
	"slices"
	"sync"

	"tuban/feature"
)

// entry is a tile in the cache, made or being made. tile and err may be read
// once done is closed.
type entry struct {
	key    Key
	layers []feature.LayerID
	seq    feature.Seq // of the view that it is made from
	done   chan struct{}
	tile   *Finished
	err    error

	// Guarded by the shard's mutex.
	in         bool // in the shard
	bytes      int64
	prev, next *entry // neighbours in the order of use; the root of its circle closes it
}

// lowZoom is the last zoom whose tiles are kept before those of deeper ones: few
// tiles that everybody looks at first, and each stands for the most work.
const lowZoom = 9

func (e *entry) low() bool { return e.key.Address.Z <= lowZoom }

func (e *entry) shows(layer feature.LayerID) bool { return slices.Contains(e.layers, layer) }

// touchedBy tells whether a change reaches the tile.
func (e *entry) touchedBy(t Touch) bool {
	if !e.shows(t.Layer) {
		return false
	}
	if t.All {
		return true
	}
	for _, b := range t.Bounds {
		if e.key.Address.Grid.Cover(b, e.key.Address.Z).Contains(e.key.Address) {
			return true
		}
	}
	return false
}

// shard is a part of the cache: all tiles of some addresses.
type shard struct {
	mu          sync.Mutex // guards what follows
	max, bytes  int64
	lowBytes    int64 // of low zooms, within bytes
	entries     map[Key]*entry
	byAddress   map[Address][]*entry
	high, low   entry // roots: next is the entry used last, prev the first to go
	evicted     uint64
	invalidated uint64
}

func (s *shard) init(max int64) {
	s.max = max
	s.entries, s.byAddress = map[Key]*entry{}, map[Address][]*entry{}
	for _, root := range []*entry{&s.high, &s.low} {
		root.prev, root.next = root, root
	}
}

// root returns the root of the circle that an entry is in.
func (s *shard) root(e *entry) *entry {
	if e.low() {
		return &s.low
	}
	return &s.high
}

// weigh counts bytes that an entry has gained or, below 0, lost.
func (s *shard) weigh(e *entry, bytes int64) {
	s.bytes += bytes
	if e.low() {
		s.lowBytes += bytes
	}
}

// victim returns the entry to go next: the least recently used of the deeper
// zooms, as long as the low ones take no more than half of the room.
func (s *shard) victim() *entry {
	if s.high.prev == &s.high || s.lowBytes > s.max/2 {
		return s.low.prev
	}
	return s.high.prev
}

// overhead estimates the bytes of an entry beside its tile and its key's texts.
const overhead = 400

// newer tells whether the shard has the key from a later view.
func (s *shard) newer(key Key, seq feature.Seq) bool {
	e := s.entries[key]
	return e != nil && e.seq > seq
}

// add puts an entry in, in place of an older one.
func (s *shard) add(e *entry) {
	if old := s.entries[e.key]; old != nil {
		s.remove(old)
	}
	e.in = true
	e.bytes = overhead + int64(len(e.key.Layers)+len(e.key.Params))
	s.entries[e.key] = e
	s.byAddress[e.key.Address] = append(s.byAddress[e.key.Address], e)
	s.weigh(e, e.bytes)
	s.link(e)
}

// made counts an entry's tile, or takes the entry out if there is none.
func (s *shard) made(e *entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !e.in {
		return
	}
	if e.err != nil {
		s.remove(e)
		return
	}
	grown := int64(cap(e.tile.Body) + len(e.tile.Generalised))
	e.bytes += grown
	s.weigh(e, grown)
	for s.bytes > s.max && len(s.entries) > 0 {
		s.remove(s.victim())
		s.evicted++
	}
}

// use moves an entry to the front.
func (s *shard) use(e *entry) {
	s.unlink(e)
	s.link(e)
}

func (s *shard) link(e *entry) {
	root := s.root(e)
	e.prev, e.next = root, root.next
	e.prev.next, e.next.prev = e, e
}

func (s *shard) unlink(e *entry) {
	e.prev.next, e.next.prev = e.next, e.prev
	e.prev, e.next = nil, nil
}

// remove takes an entry out; those who wait for it still get it.
func (s *shard) remove(e *entry) {
	s.unlink(e)
	e.in = false
	s.weigh(e, -e.bytes)
	delete(s.entries, e.key)
	same := s.byAddress[e.key.Address]
	same = slices.DeleteFunc(same, func(o *entry) bool { return o == e })
	if len(same) == 0 {
		delete(s.byAddress, e.key.Address)
		return
	}
	s.byAddress[e.key.Address] = same
}

// drop takes out the entries of one address that show a layer.
func (s *shard) drop(a Address, layer feature.LayerID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.byAddress[a]) - 1; i >= 0; i-- {
		if e := s.byAddress[a][i]; e.shows(layer) {
			s.remove(e)
			s.invalidated++
		}
	}
}

// dropIf takes out the entries for which test holds.
func (s *shard) dropIf(test func(*entry) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, root := range []*entry{&s.high, &s.low} {
		for e := root.next; e != root; {
			next := e.next
			if test(e) {
				s.remove(e)
				s.invalidated++
			}
			e = next
		}
	}
}

func (s *shard) addStats(t *Stats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.Tiles += len(s.entries)
	t.Bytes += s.bytes
	t.Evicted += s.evicted
	t.Invalidated += s.invalidated
}
