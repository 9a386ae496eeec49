package tiles

import (
	"encoding/binary"

	"tuban/feature"
	"tuban/geom"
	"tuban/tiles/mvt"
	"tuban/tiles/snap"
)

// merging draws the small polygons of reference and admin layers as one feature
// a class. The polygons of a layer are noded together, so that their union moves
// nothing: what stays drawn by itself still shares its border with it.
type merging struct {
	groups   []group
	home     []int32                 // by shape: index of the group of its class, -1 if it can't be merged
	into     []int32                 // by shape: index of the group that it is drawn in
	merged   []bool                  // by shape
	counted  map[feature.LayerID]int // collapsed polygons in the counts of groups
	alone    int                     // bytes of the commands of shapes that can be merged but are not
	geometry mvt.Geometry
}

// group is the polygons of one class of one layer. Its commands are a range of
// merging.geometry; empty, when none of its polygons is merged.
type group struct {
	picture  int
	class    feature.Value
	count    int // features of the class that are merged or collapsed
	union    snap.Union
	polygons []snap.Polygon
	from, to int
	area2    int64
	dropped  bool
}

// newMerging sorts polygons into the groups of their classes; nil if there are
// none. Some go to another class, so that each keeps its area: see balance.
func (r *renderer) newMerging() *merging {
	m := &merging{home: make([]int32, len(r.shapes)), merged: make([]bool, len(r.shapes)), counted: map[feature.LayerID]int{}}
	for i := range r.pictures {
		p := &r.pictures[i]
		find := m.finder(i, p.layer)
		for k := p.from; k < p.to; k++ {
			s := &r.shapes[k]
			m.home[k] = -1
			if !p.isPatch() && s.kind == mvt.Polygons {
				m.home[k] = find(s.slot, true)
				m.alone += aloneBytes(p.layer, s)
			}
		}
		if p.isPatch() {
			continue
		}
		for _, s := range p.collapsed {
			if geom.IsAreal(p.layer.Geometry(s)) {
				m.groups[find(s, true)].count++
				m.counted[p.layer.Layer().ID]++
			}
		}
	}
	if len(m.groups) == 0 {
		return nil
	}
	m.into = append(m.into, m.home...)
	for i := range r.pictures {
		if p := &r.pictures[i]; !p.isPatch() {
			r.balance(m, i)
		}
	}
	return m
}

// finder returns the function that gives the group of a feature's class, -1 if
// there is none and none is to be made.
func (m *merging) finder(picture int, l Layer) func(s feature.Slot, make bool) int32 {
	byClass := map[feature.Value]int32{}
	for i := range m.groups {
		if g := &m.groups[i]; g.picture == picture {
			byClass[g.class] = int32(i)
		}
	}
	field := classField(l.Layer())
	var class feature.Value
	look := func(f int, v feature.Value) {
		if f == field {
			class = v
		}
	}
	return func(s feature.Slot, make bool) int32 {
		class = feature.Value{}
		l.EachProperty(s, look)
		g, ok := byClass[class]
		switch {
		case ok:
			return g
		case !make:
			return -1
		}
		g = int32(len(m.groups))
		byClass[class] = g
		m.groups = append(m.groups, group{picture: picture, class: class})
		return g
	}
}

// took tells whether a shape is drawn in a group.
func (m *merging) took(shape int) bool { return m != nil && m.merged[shape] }

// drawn returns the groups that have something to draw.
func (m *merging) drawn() (groups []*group) {
	if m == nil {
		return nil
	}
	for i := range m.groups {
		if g := &m.groups[i]; g.to > g.from {
			groups = append(groups, g)
		}
	}
	return groups
}

// classField returns the index of a layer's class field, -1 if it has none.
func classField(l *feature.Layer) int {
	for i, f := range l.Fields {
		if f.Name == l.ClassField {
			return i
		}
	}
	return -1
}

// The sides, in units, of the squares whose area polygons are compared with: a
// pixel of 256 to the tile, then twice as much each time, up to all polygons.
const (
	pixel       = extent / 256
	largestSide = 2 * extent
)

// mergeToFit merges more and more polygons until the tile is small enough, and
// tells whether it is.
func (r *renderer) mergeToFit(pl *plan) (notes []Note, fits bool) {
	if pl.merging = r.newMerging(); pl.merging == nil {
		return nil, false
	}
	m := pl.merging
	for side := int64(pixel); side <= largestSide; side *= 2 {
		r.take(m, 2*side*side)
		if m.alone > r.opt.MaxBytes || m.alone+2*r.unite(m) > r.opt.MaxBytes {
			continue
		}
		r.write(m)
		if notes = r.encode(*pl); len(r.out) <= r.opt.MaxBytes {
			return notes, true
		}
	}
	r.write(m)
	return nil, false
}

// take puts the polygons of less than half of area2 into their groups.
func (r *renderer) take(m *merging, area2 int64) {
	for i := range r.pictures {
		p := &r.pictures[i]
		for k := p.from; k < p.to; k++ {
			s := &r.shapes[k]
			if m.home[k] < 0 || m.merged[k] || s.area2 >= area2 {
				continue
			}
			m.merged[k] = true
			m.alone -= aloneBytes(p.layer, s)
			m.groups[m.home[k]].count++
			r.add(&m.groups[m.into[k]].union, s)
		}
	}
}

// add adds the rings of a shape to a union.
func (r *renderer) add(u *snap.Union, s *shape) {
	for _, ring := range r.ringsOf(s) {
		r.points = r.points[:0]
		for _, p := range ring {
			r.points = append(r.points, snap.Point(p))
		}
		u.Add(r.points)
	}
}

// aloneBytes returns how many bytes a feature takes at least: its commands, its
// id as a text, and the frame of both.
func aloneBytes(l Layer, s *shape) int { return s.to - s.from + len(l.ID(s.slot)) + 16 }

// ringsOf reads back the rings of a shape.
func (r *renderer) ringsOf(s *shape) [][]mvt.Point {
	f := mvt.Feature{Type: mvt.Polygons}
	for b := r.geometry.Bytes()[s.from:s.to]; len(b) > 0; {
		v, n := binary.Uvarint(b)
		f.Commands = append(f.Commands, uint32(v))
		b = b[n:]
	}
	rings, err := f.Parts()
	if err != nil {
		panic(err) // it was written here
	}
	return rings
}

// unite unites the groups and returns the number of edges of them all, each at
// least two bytes long.
func (r *renderer) unite(m *merging) (edges int) {
	for i := range m.groups {
		edges += r.mender.Unite(&m.groups[i].union)
	}
	return edges
}

// write writes the commands of the groups.
func (r *renderer) write(m *merging) {
	m.geometry.Reset()
	for i := range m.groups {
		g := &m.groups[i]
		g.polygons = r.mender.Polygons(&g.union)
		g.from, g.area2 = m.geometry.Rebase(), 0
		for _, polygon := range g.polygons {
			for _, ring := range polygon {
				g.area2 += snap.Area2(ring)
				r.line = r.line[:0]
				for _, p := range ring {
					r.line = append(r.line, mvt.Point(p))
				}
				m.geometry.Ring(r.line)
			}
		}
		g.to = m.geometry.Rebase()
	}
}

// coarsestGrid is the largest number of bits of a grid, in units, that merged
// polygons are drawn on.
const coarsestGrid = 6

// coarsen snap rounds all groups of each layer together on a grid of 1<<bits
// units. All polygons are merged by then, so that they still share borders.
func (r *renderer) coarsen(m *merging, bits uint) {
	const subBits = 8 // of snap.Sub
	fine := func(ring []snap.Point) []snap.Fine {
		r.fine = r.fine[:0]
		for _, p := range ring {
			r.fine = append(r.fine, snap.Fine{X: p.X << (subBits - bits), Y: p.Y << (subBits - bits)})
		}
		return r.fine
	}
	each := func(picture int, visit func(g *group, ring []snap.Fine)) {
		for i := range m.groups {
			for _, polygon := range m.groups[i].polygons {
				for _, ring := range polygon {
					if m.groups[i].picture == picture {
						visit(&m.groups[i], fine(ring))
					}
				}
			}
		}
	}
	for i := range m.groups {
		m.groups[i].union.Reset()
	}
	for i := range r.pictures {
		r.noder.Reset()
		each(i, func(_ *group, ring []snap.Fine) { r.noder.Add(ring) })
		r.noder.Build()
		each(i, func(g *group, ring []snap.Fine) {
			r.points = r.noder.AppendRing(r.points[:0], ring)
			for k, p := range r.points {
				r.points[k] = snap.Point{X: p.X << bits, Y: p.Y << bits}
			}
			g.union.Add(r.points)
		})
	}
	r.unite(m)
	r.write(m)
}
