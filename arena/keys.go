package arena

import (
	"cmp"
	"slices"

	"github.com/cespare/xxhash/v2"
	"github.com/tidwall/btree"

	"tuban/feature"
)

// gone marks a number in the overlay whose feature was deleted.
const gone = ^feature.Slot(0)

// Keys tells which features of a layer are alive and where: number → slot and
// id → number. It is a few immutable tables made in bulk, with an overlay of
// what changed since. One goroutine may change a Keys; any number may read a
// Copy that is no longer changed.
type Keys struct {
	tables []*keyTable
	slots  *btree.Map[feature.Number, feature.Slot] // overlay; gone = deleted
	ids    *btree.Map[feature.ID, feature.Number]   // overlay; 0 = deleted
	live   int
}

// NewKeys returns Keys without features.
func NewKeys() *Keys {
	return &Keys{slots: new(btree.Map[feature.Number, feature.Slot]), ids: new(btree.Map[feature.ID, feature.Number])}
}

// Copy returns Keys with the same content that may change apart from k: O(1).
// Only the goroutine that changes k may call it.
func (k *Keys) Copy() *Keys {
	return &Keys{tables: slices.Clip(k.tables), slots: k.slots.Copy(), ids: k.ids.Copy(), live: k.live}
}

// Live returns the number of features.
func (k *Keys) Live() int { return k.live }

// keyTable is the lookups of a bulk-loaded run of slots.
type keyTable struct {
	arena   *Arena
	first   feature.Slot
	ordered []uint32 // slots less first, by number
	hash    []uint32 // open addressing by id: slot less first, plus 1
}

// NewTable prepares the lookups of a built run of slots, which will begin at
// the given slot; it may be made before the run is joined to its arena.
func (b *Builder) NewTable(first feature.Slot) *Table {
	n := b.Len()
	a := &Arena{segs: []*segment{&b.seg}, starts: []feature.Slot{0}, n: feature.Slot(n)}
	t := &keyTable{arena: a, first: first, ordered: make([]uint32, n)}
	for i := range t.ordered {
		t.ordered[i] = uint32(i)
	}
	number := b.seg.number
	byNumber := func(x, y uint32) int { return cmp.Compare(number[x], number[y]) }
	if !slices.IsSortedFunc(t.ordered, byNumber) {
		slices.SortFunc(t.ordered, byNumber)
	}
	size := 4
	for size < n+n/2 {
		size *= 2
	}
	t.hash = make([]uint32, size)
	for i := range n {
		h := xxhash.Sum64String(b.seg.id(i)) & uint64(size-1)
		for t.hash[h] != 0 {
			h = (h + 1) & uint64(size-1)
		}
		t.hash[h] = uint32(i) + 1
	}
	return &Table{t}
}

// Table is the prepared lookups of a Builder, for Keys.Join.
type Table struct{ t *keyTable }

// Join adds a table whose numbers are all above those that k holds and whose
// ids k does not hold.
func (k *Keys) Join(t *Table) {
	k.tables = append(slices.Clip(k.tables), t.t)
	k.live += len(t.t.ordered)
}

// find returns the slot of a number in the table.
func (t *keyTable) find(n feature.Number) (feature.Slot, bool) {
	number := t.arena.segs[0].number
	i, ok := slices.BinarySearchFunc(t.ordered, n, func(s uint32, n feature.Number) int { return cmp.Compare(number[s], n) })
	if !ok {
		return 0, false
	}
	return t.first + feature.Slot(t.ordered[i]), true
}

func (t *keyTable) number(id feature.ID) (feature.Number, bool) {
	seg := t.arena.segs[0]
	mask := uint64(len(t.hash) - 1)
	for h := xxhash.Sum64String(string(id)) & mask; t.hash[h] != 0; h = (h + 1) & mask {
		if i := int(t.hash[h] - 1); seg.id(i) == string(id) {
			return seg.number[i], true
		}
	}
	return 0, false
}

// Slot returns the slot of a number; false if no feature has it.
func (k *Keys) Slot(n feature.Number) (feature.Slot, bool) {
	if s, ok := k.slots.Get(n); ok {
		return s, s != gone
	}
	for i := len(k.tables) - 1; i >= 0; i-- {
		if s, ok := k.tables[i].find(n); ok {
			return s, true
		}
	}
	return 0, false
}

// Number returns the number of an id; false if no feature has it.
func (k *Keys) Number(id feature.ID) (feature.Number, bool) {
	if n, ok := k.ids.Get(id); ok {
		return n, n != 0
	}
	for i := len(k.tables) - 1; i >= 0; i-- {
		if n, ok := k.tables[i].number(id); ok {
			return n, true
		}
	}
	return 0, false
}

// Put records that the feature of a number now lies in a slot.
func (k *Keys) Put(n feature.Number, id feature.ID, s feature.Slot) {
	if _, ok := k.Slot(n); !ok {
		k.live++
		k.ids.Set(id, n)
	}
	k.slots.Set(n, s)
}

// Delete records that a feature is gone.
func (k *Keys) Delete(n feature.Number, id feature.ID) {
	if _, ok := k.Slot(n); !ok {
		return
	}
	k.live--
	k.slots.Set(n, gone)
	k.ids.Set(id, 0)
}

// Ascend visits the live features in the order of their numbers, from the first
// number not below from, until visit returns false.
func (k *Keys) Ascend(from feature.Number, visit func(feature.Number, feature.Slot) bool) {
	it := k.slots.Iter()
	more := it.Seek(from)
	for _, t := range k.tables {
		number := t.arena.segs[0].number
		i, _ := slices.BinarySearchFunc(t.ordered, from, func(s uint32, n feature.Number) int { return cmp.Compare(number[s], n) })
		for ; i < len(t.ordered); i++ {
			n := number[t.ordered[i]]
			for more && it.Key() < n {
				if it.Value() != gone && !visit(it.Key(), it.Value()) {
					return
				}
				more = it.Next()
			}
			s := t.first + feature.Slot(t.ordered[i])
			if more && it.Key() == n {
				s = it.Value()
				more = it.Next()
			}
			if s != gone && !visit(n, s) {
				return
			}
		}
	}
	for ; more; more = it.Next() {
		if it.Value() != gone && !visit(it.Key(), it.Value()) {
			return
		}
	}
}
