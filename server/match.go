package server

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/paulmach/orb"

	"tuban/engine"
	"tuban/feature"
)

// matchItems returns how many features q finds in all, and those behind its
// cursor in order of number, perhaps only as many as the page needs and one more.
// A filter looks at every feature that the boxes leave, for each page: it waits
// its turn among the heavy requests.
func (r *request) matchItems(l *engine.LayerView, q itemsQuery) (matched int, behind []feature.Slot, err error) {
	keep := q.filter.keeper(l)
	if keep == nil {
		matched, behind = r.blank.match(l, q)
		return matched, behind, nil
	}
	ctx, cancel := r.deadline()
	defer cancel()
	release, err := acquire(ctx, r.heavy)
	if err != nil {
		return 0, nil, err
	}
	defer release()
	box, bounded := q.filter.bound()
	if q.boxes == nil && !bounded {
		return scan(ctx, l, q, keep)
	}
	var found []feature.Slot
	if q.boxes != nil {
		found = r.blank.within(l, q.boxes)
	} else {
		l.Search(box, func(s feature.Slot) bool {
			found = append(found, s)
			return true
		})
		sortByNumber(l, found)
	}
	passed := found[:0]
	for i, s := range found {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return 0, nil, ctx.Err()
		}
		if keep(s) {
			passed = append(passed, s)
		}
	}
	return len(passed), behindCursor(l, passed, q.after), nil
}

// checkEvery is how many features are looked at between looks at the clock.
const checkEvery = 4096

// scan evaluates a filter on every feature.
func scan(ctx context.Context, l *engine.LayerView, q itemsQuery, keep keeper) (matched int, behind []feature.Slot, err error) {
	seen := 0
	l.Ascend(0, func(s feature.Slot) bool {
		if seen++; seen%checkEvery == 0 {
			if err = ctx.Err(); err != nil {
				return false
			}
		}
		if !keep(s) {
			return true
		}
		matched++
		if len(behind) <= q.limit && l.Number(s) > q.after {
			behind = append(behind, s)
		}
		return true
	})
	return matched, behind, err
}

// blankIndex remembers which features of a layer have no geometry: they match
// every bbox, and the index of boxes does not hold them.
type blankIndex struct {
	mu sync.Mutex // guards of
	of map[feature.LayerID]blanks
}

type blanks struct {
	view  *engine.LayerView
	slots []feature.Slot // in order of number
}

// slots returns the features without geometry. The first call on a view looks
// at every feature's box.
func (x *blankIndex) slots(l *engine.LayerView) []feature.Slot {
	id := l.Layer().ID
	x.mu.Lock()
	had, ok := x.of[id]
	x.mu.Unlock()
	if ok && had.view == l {
		return had.slots
	}
	var found []feature.Slot
	l.Ascend(0, func(s feature.Slot) bool {
		if l.Bound(s).IsEmpty() {
			found = append(found, s)
		}
		return true
	})
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.of == nil {
		x.of = map[feature.LayerID]blanks{}
	}
	x.of[id] = blanks{l, found}
	return found
}

// match returns how many features q finds in all, its filter aside, and those
// behind its cursor in order of number (without a bbox only as many as the page
// needs and one more).
func (x *blankIndex) match(l *engine.LayerView, q itemsQuery) (matched int, behind []feature.Slot) {
	if q.boxes == nil {
		l.Ascend(q.after, func(s feature.Slot) bool {
			if l.Number(s) == q.after {
				return true
			}
			behind = append(behind, s)
			return len(behind) <= q.limit
		})
		return l.Len(), behind
	}
	all := x.within(l, q.boxes)
	return len(all), behindCursor(l, all, q.after)
}

// within returns the features that meet boxes, or have no geometry, in order of
// number.
func (x *blankIndex) within(l *engine.LayerView, boxes []orb.Bound) []feature.Slot {
	all := slices.Clone(x.slots(l))
	for _, b := range boxes {
		all = append(all, l.Within(b)...)
	}
	sortByNumber(l, all)
	return slices.Compact(all) // a feature may lie in both halves of a box across the antimeridian
}

func sortByNumber(l *engine.LayerView, slots []feature.Slot) {
	slices.SortFunc(slots, func(a, b feature.Slot) int { return cmp.Compare(l.Number(a), l.Number(b)) })
}

// behindCursor returns those of sorted slots whose number is above one.
func behindCursor(l *engine.LayerView, sorted []feature.Slot, after feature.Number) []feature.Slot {
	from, _ := slices.BinarySearchFunc(sorted, after, func(s feature.Slot, n feature.Number) int {
		if l.Number(s) <= n {
			return -1
		}
		return 1
	})
	return sorted[from:]
}
