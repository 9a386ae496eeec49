package tiles

import (
	"math/bits"
	"slices"

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
	finestGrid  = 256
	pixel       = extent / finestGrid
	bufferCells = Buffer / pixel // in cells of that
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
	owners   []owner                  // large polygons, by number
	sizer    coverage.Sizer
	ranks    []int    // by index in cells, of classes and then of owners: rank
	order    []uint32 // by rank: that index
	singles  []int    // of the owners that have ranks: those of their classes
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

// merge draws the polygons of a layer merged on the finest grid, but those large
// enough to be told apart by themselves. If that takes too many bytes, these lose properties, then
// the smaller of them merge too; at last cells get as large as four pixels, as much
// as a class may be off.
func (r *renderer) merge(p *picture) {
	goal := mergedBytes
	if r.deep() {
		goal = mergedBytesDeep
	}
	r.measure(p)
	p.grid = finestGrid
	for p.least = r.fewEnough(goal / ownerBytes); ; {
		r.paint(p)
		if r.pictureBytes(p, plan{}) <= goal {
			return
		}
		p.brief = true
		size := r.pictureBytes(p, plan{})
		if size <= goal {
			return
		}
		if len(p.owned) == 0 {
			break
		}
		p.least = r.largerOnes(p, size-goal)
	}
	r.halve(p)
	r.paint(p)
}

// largerOnes returns a size such that about so many bytes are saved if only polygons of
// that are drawn by themselves, none if that is not enough.
func (r *renderer) largerOnes(p *picture, save int) (least int) {
	m := &r.merger
	for least = p.least + 1; ; least++ {
		saved, left := 0, false
		for i := range p.owned {
			if s := &p.owned[i]; m.owners[s.owner].size < least {
				saved += s.to - s.from + ownerBytes/2
			} else {
				left = true
			}
		}
		if saved >= save {
			return least
		}
		if !left {
			return none
		}
	}
}

// pictureBytes returns the size of a layer.
func (r *renderer) pictureBytes(p *picture, pl plan) int {
	r.encodePicture(p, pl)
	return r.builder.Size()
}

// coarsen draws a merged layer again with less: without polygons of their own, or on
// a grid of half as many cells.
func (r *renderer) coarsen(p *picture) {
	grid := p.grid
	if len(p.owned) > 0 {
		grid *= 2
	}
	r.measure(p)
	p.least = none
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

// measure finds what each class, and each large polygon, covers of the cells of the
// finest grid, and how many features it has.
func (r *renderer) measure(p *picture) {
	m := &r.merger
	level := r.addr.Z + uint8(bits.Len(finestGrid)-1)
	w := coverage.Window{Level: level, X: -bufferCells, Y: -bufferCells, W: finestGrid + 2*bufferCells, H: finestGrid + 2*bufferCells}
	m.values, m.counts, m.owners = m.values[:0], m.counts[:0], m.owners[:0]
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
	r.takeLarge(p.layer, pyramid)
}

// scan measures the features in the tile one by one: where a layer has no pyramid
// or the zoom is too deep for it, which bounds how many there are.
func (r *renderer) scan(p *picture, w coverage.Window) {
	m, l := &r.merger, p.layer
	m.cells.Reset(w)
	m.index = map[feature.Value]uint32{}
	r.step = 1
	slots := r.find(l)
	slots = slices.DeleteFunc(slots, func(s feature.Slot) bool { return !geom.IsAreal(l.Geometry(s)) })
	for _, s := range slots {
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
		if size := r.sizeOf(l, s); size >= 0 {
			m.own(r, l, s, class, size)
		}
	}
	m.label()
	owners := m.owners // in the order of slots, by number
	for _, s := range slots {
		label := m.index[l.ClassValue(s)]
		if len(owners) > 0 && owners[0].slot == s {
			label, owners = owners[0].label, owners[1:]
		}
		parts, spans := r.scanFeature(l, s)
		m.cells.AddScan(parts, spans, label)
	}
}

// scanFeature measures one polygon.
func (r *renderer) scanFeature(l Layer, s feature.Slot) ([]coverage.Part, []coverage.Span) {
	m := &r.merger
	m.scanner.Begin(snap.Bits + uint(bits.Len(pixel)-1))
	coverage.Rings(l.Geometry(s), l.NeedsRepair(s), func(lonlat orb.Ring, hole bool) {
		r.fine = r.fine[:0]
		r.project(r.clip.ring(lonlat))
		m.scanner.Ring(r.fine, hole)
	})
	return m.scanner.Scan()
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
	classes := m.rank(p.least)
	cell := extent / p.grid
	m.mosaic.Load(&m.cells, m.ranks, len(m.order), m.singles, int64(coverage.Full)*pixel*pixel/int64(cell*cell))
	m.mosaic.Draw()
	margin := m.cells.W - int32(p.grid) // in half cells
	unit := func(v int32) int32 {
		if m.cells.W < bufferedGrid { // the cells on the edge reach over the buffer
			switch v {
			case 0:
				return -Buffer
			case 2 * m.cells.W:
				return extent + Buffer
			}
		}
		return (v - margin) * int32(cell) / 2
	}
	draw := func(rank int) (from, to int) {
		from = m.geometry.Rebase()
		m.mosaic.Rings(rank, func(pts []mosaic.Point) {
			m.line = m.line[:0]
			for _, pt := range pts {
				m.line = append(m.line, mvt.Point{X: unit(pt.X), Y: unit(pt.Y)})
			}
			m.geometry.Ring(m.line)
		})
		return from, m.geometry.Rebase()
	}
	p.groups = p.groups[:0]
	for rank, class := range m.order[:classes] {
		g := group{class: m.values[class], count: m.counts[class]}
		g.from, g.to = draw(rank)
		p.groups = append(p.groups, g)
	}
	r.paintOwners(p, classes, draw)
}

// classField returns the index of a layer's class field, -1 if it has none.
func classField(l *feature.Layer) int {
	return slices.IndexFunc(l.Fields, func(f feature.Field) bool { return f.Name == l.ClassField && f.Name != "" })
}
