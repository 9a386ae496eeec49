package tiles

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"tuban/feature"
	"tuban/geom"
	"tuban/tiles/coverage"
	"tuban/tiles/mvt"
)

// owner is a polygon large enough to be drawn by itself among merged ones.
type owner struct {
	slot   feature.Slot
	number feature.Number
	class  uint32 // index in cells of its class
	label  uint32 // and of itself
	size   int    // how often it has four times the area that is large enough
	here   bool   // the middle of its box lies in the tile
}

// none is a size that no polygon has.
const none = math.MaxInt

// ownerBytes is about what a polygon that keeps its identity takes.
const ownerBytes = 50

// sizeOf returns the size of an owner, below 0 for a polygon that is too small for
// one.
func (r *renderer) sizeOf(l Layer, s feature.Slot) int {
	z := r.addr.Grid.ScaleZoom(r.addr.Z)
	return z - int(r.merger.sizer.LargeFrom(l.Geometry(s), l.Bound(s), l.NeedsRepair(s), uint8(z)))
}

// own adds an owner of a class.
func (m *merger) own(r *renderer, l Layer, s feature.Slot, class uint32, size int) {
	m.owners = append(m.owners, owner{s, l.Number(s), class, 0, size, r.holds(l.Bound(s))})
}

// label numbers the owners in their order: after the classes.
func (m *merger) label() {
	slices.SortFunc(m.owners, func(a, b owner) int { return cmp.Compare(a.number, b.number) })
	for i := range m.owners {
		m.owners[i].label = uint32(len(m.values) + i)
	}
}

// takeLarge finds the large polygons of a layer, in its pyramid's list or among those
// in the tile, whichever are fewer, and takes what they cover from their classes.
func (r *renderer) takeLarge(l Layer, pyramid *coverage.Pyramid) {
	m := &r.merger
	index := map[feature.Value]uint32{}
	for i, v := range m.values {
		index[v] = uint32(i)
	}
	features := 0
	for _, n := range m.counts {
		features += n
	}
	if z := r.addr.Z; pyramid.CountLarge(z) <= features {
		pyramid.EachLarge(z, func(s feature.Slot, from uint8) {
			if l.Bound(s).Intersects(r.frame.box) {
				m.own(r, l, s, index[l.ClassValue(s)], int(z-from))
			}
		})
	} else {
		l.Search(r.frame.box, func(s feature.Slot) bool {
			if !l.Bound(s).Intersects(r.frame.box) || !geom.IsAreal(l.Geometry(s)) {
				return true
			}
			if size := r.sizeOf(l, s); size >= 0 {
				m.own(r, l, s, index[l.ClassValue(s)], size)
			}
			return true
		})
	}
	m.label()
	r.step = 1
	here, z := m.cells.Window, r.addr.Z
	for i := range m.owners {
		o := &m.owners[i]
		parts, spans, ok := pyramid.Footprint(o.slot, z-uint8(o.size), z)
		if m.cells.X, m.cells.Y = here.X, here.Y; !ok {
			m.cells.X, m.cells.Y = -bufferCells, -bufferCells // the tile's own cells begin at 0
			parts, spans = r.scanFeature(l, o.slot)
		}
		m.cells.Take(parts, spans, o.class, o.label)
	}
	m.cells.X, m.cells.Y = -bufferCells, -bufferCells
}

// fewEnough returns the least size that no more than n owners have.
func (r *renderer) fewEnough(n int) (least int) {
	for {
		large := 0
		for i := range r.merger.owners {
			if r.merger.owners[i].size >= least {
				large++
			}
		}
		if large <= n {
			return least
		}
		least++
	}
}

// rank puts the classes that are in the cells or have features in the order of their
// texts, and behind them the owners of at least a size. Smaller ones count as their
// class. It returns how many classes there are.
func (m *merger) rank(least int) (classes int) {
	m.ranks = append(m.ranks[:0], make([]int, len(m.values)+len(m.owners))...)
	for class, n := range m.counts {
		if n > 0 {
			m.ranks[class] = 1
		}
	}
	m.cells.EachClass(func(label uint32) { m.ranks[label] = 1 })
	for i := range m.owners {
		m.ranks[m.owners[i].class] = 1
	}
	m.order = m.order[:0]
	for class := range m.values {
		if m.ranks[class] > 0 {
			m.order = append(m.order, uint32(class))
		}
	}
	slices.SortFunc(m.order, func(a, b uint32) int {
		v, w := m.values[a], m.values[b]
		return cmp.Or(strings.Compare(v.String(), w.String()), cmp.Compare(v.Kind(), w.Kind()))
	})
	classes = len(m.order)
	for i := range m.owners {
		if o := &m.owners[i]; o.size >= least {
			m.order = append(m.order, o.label)
		}
	}
	for rank, label := range m.order {
		m.ranks[label] = rank
	}
	m.singles = m.singles[:0]
	for i := range m.owners {
		if o := &m.owners[i]; o.size < least {
			m.ranks[o.label] = m.ranks[o.class]
		} else {
			m.singles = append(m.singles, m.ranks[o.class])
		}
	}
	return classes
}

// paintOwners makes the shapes of the owners, whose ranks follow those of the
// classes, and takes them out of their classes' counts.
func (r *renderer) paintOwners(p *picture, classes int, draw func(rank int) (from, to int)) {
	m := &r.merger
	p.owned, p.lost = p.owned[:0], 0
	for i := range m.owners {
		o := &m.owners[i]
		if o.size < p.least {
			continue
		}
		if o.here {
			p.groups[m.ranks[o.class]].count--
		}
		s := shape{slot: o.slot, number: o.number, kind: mvt.Polygons, owner: i}
		if s.from, s.to = draw(m.ranks[o.label]); s.to > s.from {
			p.owned = append(p.owned, s)
		} else if o.here {
			p.lost++
		}
	}
}
