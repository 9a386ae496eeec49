package tiles

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/tiles/coverage"
	"tuban/tiles/mosaic"
	"tuban/tiles/mvt"
	"tuban/tiles/snap"
)

// The grids that merged polygons are drawn on have 1, 2, … 256 cells to the tile's
// side. On the finest a cell is a pixel.
const (
	finestGrid = 256
	pixel      = extent / finestGrid
	// bufferedGrid is the coarsest whose cells fill the buffer.
	bufferedGrid = extent / Buffer
)

// mergedBytes is what a merged layer may take before it is drawn on a grid of half
// as many cells: on maps of the whole city, and on those of a town.
const (
	mergedBytes     = 150_000
	mergedBytesDeep = 300_000
	deepZoom        = 11
)

// merger draws the polygons of reference and admin layers as one feature a class.
// It keeps its working memory.
type merger struct {
	scanner  coverage.Scanner
	cells    coverage.Cells
	half     coverage.Cells
	mosaic   mosaic.Mosaic
	values   []feature.Value          // of the layer's classes by their index in cells
	index    map[feature.Value]uint32 // the indices, where the layer has no pyramid
	counts   []int                    // by class index: features
	ranks    []int                    // by class index: rank
	order    []uint32                 // by rank: class index
	geometry mvt.Geometry
	line     []mvt.Point
}

// group is the polygons of one class. Its commands are a range of
// merger.geometry, empty where nothing of the class is drawn.
type group struct {
	class    feature.Value
	count    int // features of the class whose box has its middle in the tile
	from, to int
	dropped  bool
}

// pyramid returns what a layer's polygons cover, nil where that is not kept: of
// some features only, or in degrees.
func (r *renderer) pyramid(l Layer) *coverage.Pyramid {
	if r.addr.Grid != WebMercatorQuad {
		return nil
	}
	p, _ := l.Derived(coverage.Name).(*coverage.Pyramid)
	return p
}

// deep tells whether a tile is one of a town's map.
func (r *renderer) deep() bool { return r.addr.Grid.ScaleZoom(r.addr.Z) >= deepZoom }

// merge draws the polygons of a layer merged: on the finest grid, or if that takes
// too many bytes on the next one, with cells of four pixels: as much as a class
// may be off.
func (r *renderer) merge(p *picture) {
	goal := mergedBytes
	if r.deep() {
		goal = mergedBytesDeep
	}
	r.measure(p)
	p.grid = finestGrid
	if r.paint(p); p.bytes() > goal {
		r.halve(p)
		r.paint(p)
	}
}

// bytes returns the size of the commands of a merged layer.
func (p *picture) bytes() (n int) {
	for _, g := range p.groups {
		n += g.to - g.from
	}
	return n
}

// coarsen draws a merged layer again on a grid of half as many cells.
func (r *renderer) coarsen(p *picture) {
	grid := p.grid
	r.measure(p)
	for p.grid = finestGrid; p.grid >= grid; {
		r.halve(p)
	}
	r.paint(p)
}

// halve joins cells in fours. Where the buffer is no longer a whole cell wide
// there are no cells for it.
func (r *renderer) halve(p *picture) {
	m := &r.merger
	if p.grid == bufferedGrid {
		m.cells.Trim(1)
	}
	m.half.Halve(&m.cells)
	m.cells, m.half = m.half, m.cells
	p.grid /= 2
}

// measure finds what each class covers of the cells of the finest grid, and how
// many features it has.
func (r *renderer) measure(p *picture) {
	const buffer = finestGrid * Buffer / extent
	m := &r.merger
	level := r.addr.Z + uint8(bits.Len(finestGrid)-1)
	w := coverage.Window{Level: level, X: -buffer, Y: -buffer, W: finestGrid + 2*buffer, H: finestGrid + 2*buffer}
	m.values, m.counts = m.values[:0], m.counts[:0]
	pyramid := r.pyramid(p.layer)
	if pyramid == nil || level > coverage.Leaf {
		r.scan(p, w)
		return
	}
	w.X += int32(r.addr.X) * finestGrid
	w.Y += int32(r.addr.Y) * finestGrid
	pyramid.Read(w, &m.cells)
	m.values = append(m.values, pyramid.Classes()...)
	m.counts = append(m.counts, make([]int, len(m.values))...)
	tallies, _ := pyramid.Tile(r.addr.Z, r.addr.X, r.addr.Y)
	for _, t := range tallies {
		m.counts[t.Class] = t.Features
	}
}

// scan measures the features in the tile one by one: where a layer has no pyramid
// or the zoom is too deep for it, which bounds how many there are.
func (r *renderer) scan(p *picture, w coverage.Window) {
	m, l := &r.merger, p.layer
	m.cells.Reset(w)
	m.index = map[feature.Value]uint32{}
	r.step = 1
	for _, s := range r.find(l) {
		g := l.Geometry(s)
		if !geom.IsAreal(g) {
			continue
		}
		v := l.ClassValue(s)
		class, ok := m.index[v]
		if !ok {
			class = uint32(len(m.values))
			m.index[v] = class
			m.values, m.counts = append(m.values, v), append(m.counts, 0)
		}
		if r.holds(l.Bound(s)) {
			m.counts[class]++
		}
		m.scanner.Begin(snap.Bits + uint(bits.Len(pixel)-1))
		coverage.Rings(g, l.NeedsRepair(s), func(lonlat orb.Ring, hole bool) {
			r.fine = r.fine[:0]
			r.project(r.clip.ring(lonlat))
			m.scanner.Ring(r.fine, hole)
		})
		parts, spans := m.scanner.Scan()
		m.cells.AddScan(parts, spans, class)
	}
}

// holds tells whether the middle of a box lies in the tile's own square.
func (r *renderer) holds(b orb.Bound) bool {
	x0, y0 := r.frame.units(b.LeftTop())
	x1, y1 := r.frame.units(b.RightBottom())
	x, y := (x0+x1)/2, (y0+y1)/2
	return x >= 0 && y >= 0 && x < extent && y < extent
}

// paint draws the cells and makes the groups of a layer.
func (r *renderer) paint(p *picture) {
	m := &r.merger
	m.rank()
	cell := extent / p.grid
	m.mosaic.Load(&m.cells, m.ranks, len(m.order), int64(coverage.Full)*pixel*pixel/int64(cell*cell))
	m.mosaic.Draw()
	buffer := m.cells.W - int32(p.grid) // in half cells
	unit := func(v int32) int32 {
		if m.cells.W < bufferedGrid { // the cells on the edge reach over the buffer
			switch v {
			case 0:
				return -Buffer
			case 2 * m.cells.W:
				return extent + Buffer
			}
		}
		return (v - buffer) * int32(cell) / 2
	}
	p.groups = p.groups[:0]
	for rank, class := range m.order {
		g := group{class: m.values[class], count: m.counts[class], from: m.geometry.Rebase()}
		m.mosaic.Rings(rank, func(pts []mosaic.Point) {
			m.line = m.line[:0]
			for _, pt := range pts {
				m.line = append(m.line, mvt.Point{X: unit(pt.X), Y: unit(pt.Y)})
			}
			m.geometry.Ring(m.line)
		})
		g.to = m.geometry.Rebase()
		p.groups = append(p.groups, g)
	}
}

// rank puts the classes that are in the cells or have features in the order of
// their texts.
func (m *merger) rank() {
	m.ranks = append(m.ranks[:0], make([]int, len(m.values))...)
	for class, n := range m.counts {
		if n > 0 {
			m.ranks[class] = 1
		}
	}
	m.cells.EachClass(func(class uint32) { m.ranks[class] = 1 })
	m.order = m.order[:0]
	for class, used := range m.ranks {
		if used > 0 {
			m.order = append(m.order, uint32(class))
		}
	}
	slices.SortFunc(m.order, func(a, b uint32) int {
		v, w := m.values[a], m.values[b]
		return cmp.Or(strings.Compare(v.String(), w.String()), cmp.Compare(v.Kind(), w.Kind()))
	})
	for rank, class := range m.order {
		m.ranks[class] = rank
	}
}

// classField returns the index of a layer's class field, -1 if it has none.
func classField(l *feature.Layer) int {
	return slices.IndexFunc(l.Fields, func(f feature.Field) bool { return f.Name == l.ClassField && f.Name != "" })
}
