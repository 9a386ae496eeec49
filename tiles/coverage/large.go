package coverage

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"github.com/paulmach/orb"
	"github.com/tidwall/btree"

	"tuban/feature"
	"tuban/tiles/snap"
)

// LargePixels is the area in pixels, 256 to a tile's side, from which on a polygon
// is large enough at a zoom to be told apart.
const LargePixels = 16

// never is the zoom at which a polygon without an area is large.
const never = 64

// largeFrom returns the first zoom at which a polygon is large, from twice its area
// in steps². A pixel of zoom z has a side of 2^(18-z) steps.
func largeFrom(area2 int64) uint8 {
	if area2 <= 0 {
		return never
	}
	const whole = 2*(Leaf+stepBits-8) + 5 // of twice 16 pixels of zoom 0, the logarithm
	missing := whole - (bits.Len64(uint64(area2)) - 1)
	return uint8(max(0, (missing+1)/2))
}

// Sizer tells from which zoom on polygons are large. It keeps its working memory;
// the zero value is ready.
type Sizer struct {
	points []snap.Fine
}

// LargeFrom returns the first zoom of WebMercatorQuad at which what a geometry
// covers has LargePixels, or one above most if that is too small. b is its box.
func (s *Sizer) LargeFrom(g orb.Geometry, b orb.Bound, needsRepair bool, most uint8) uint8 {
	project := webMercator()
	lo, hi := project.place(b.LeftTop()), project.place(b.RightBottom())
	if z := largeFrom(2 * int64(hi.X-lo.X+1) * int64(hi.Y-lo.Y+1)); z > most {
		return z
	}
	var area2 int64
	Rings(g, needsRepair, func(r orb.Ring, hole bool) {
		s.points = project.append(s.points[:0], r)
		if a := twiceArea(s.points); hole {
			area2 -= abs(a)
		} else {
			area2 += abs(a)
		}
	})
	return largeFrom(area2)
}

// twiceArea returns twice the area of a ring, positive if it runs to the right along
// its upper side with y down. Sums may pass the range of int64, as long as the area
// does not.
func twiceArea(pts []snap.Fine) (area int64) {
	if len(pts) == 0 {
		return 0
	}
	prev := pts[len(pts)-1]
	for _, p := range pts {
		area += int64(prev.X-pts[0].X)*int64(p.Y-pts[0].Y) - int64(p.X-pts[0].X)*int64(prev.Y-pts[0].Y)
		prev = p
	}
	return area
}

func abs(v int64) int64 {
	if v < 0 {
		return -v
	}
	return v
}

// deepest is the last zoom whose cells, 256 to a tile's side, a Pyramid has.
const deepest = Leaf - 8

// large has the polygons of a layer by the zoom from which on they are large, up to
// the deepest. Like the pyramid it is a value that shares memory with the ones
// before it.
type large [deepest + 1]*btree.Map[feature.Slot, *footprint]

// footprintZoom is the deepest zoom for which footprints are kept: on maps of the
// whole city the largest polygons of all are seen, with very many vertices.
const footprintZoom = 8

// footprint is what one polygon covers of the cells of zooms up to footprintZoom, 256
// to a tile's side, beginning with that.
type footprint []covered

type covered struct {
	parts []Part
	spans []Span
}

// newFootprint returns that of a polygon which is large from a zoom on, of what it
// covers of leaf cells; nil if that is too deep. Cost: the cells on its border.
func newFootprint(parts []Part, spans []Span, from uint8) *footprint {
	if from > footprintZoom {
		return nil
	}
	var f footprint
	for z := deepest - 1; z >= int(from); z-- {
		if parts, spans = coarser(parts, spans); z <= footprintZoom {
			f = append(f, covered{slices.Clip(parts), slices.Clip(spans)})
		}
	}
	return &f
}

// coarser returns what is covered of the cells of the level above, rounded half up.
// Parts and runs are in the order of rows, and so are those returned.
func coarser(parts []Part, spans []Span) (list []Part, up []Span) {
	up = parents(spans)
	var rest []Span
	without(spans, up, func(s Span) {
		if s.X0 < s.X1 {
			rest = append(rest, s)
		}
	})
	var row amounts
	for len(parts)+len(rest) > 0 {
		y := int32(math.MaxInt32)
		if len(parts) > 0 {
			y = parts[0].Y >> 1
		}
		if len(rest) > 0 {
			y = min(y, rest[0].Y>>1)
		}
		for ; len(parts) > 0 && parts[0].Y>>1 == y; parts = parts[1:] {
			row.add(parts[0].X>>1, parts[0].Amount)
		}
		for ; len(rest) > 0 && rest[0].Y>>1 == y; rest = rest[1:] {
			for x := rest[0].X0; x < rest[0].X1; x++ {
				row.add(x>>1, Full)
			}
		}
		list = row.flush(list, y)
	}
	return list, up
}

// amounts are what is in cells of a row, by column.
type amounts []Part

func (a *amounts) add(x, amount int32) {
	if n := len(*a); n > 0 && (*a)[n-1].X == x {
		(*a)[n-1].Amount += amount
		return
	}
	*a = append(*a, Part{X: x, Amount: amount})
}

// flush appends a quarter of the sums, in order, and empties the row.
func (a *amounts) flush(list []Part, y int32) []Part {
	slices.SortFunc(*a, func(p, q Part) int { return cmp.Compare(p.X, q.X) })
	for all := *a; len(all) > 0; {
		x, sum := all[0].X, int32(2)
		for ; len(all) > 0 && all[0].X == x; all = all[1:] {
			sum += all[0].Amount
		}
		if sum /= 4; sum > 0 {
			list = append(list, Part{y, x, sum})
		}
	}
	*a = (*a)[:0]
	return list
}

// Footprint returns what a polygon of the layer, large from a zoom on, covers of the
// cells of another zoom, 256 to a tile's side; not ok where that is not kept.
// Read-only.
func (p *Pyramid) Footprint(s feature.Slot, from, z uint8) (parts []Part, spans []Span, ok bool) {
	if z > footprintZoom || from > z || p.large[from] == nil {
		return nil, nil, false
	}
	f, ok := p.large[from].Get(s)
	if !ok {
		return nil, nil, false
	}
	c := (*f)[footprintZoom-z]
	return c.parts, c.spans, true
}

// sized is a polygon that is large at some zoom and comes (sign 1) or goes (-1).
type sized struct {
	slot  feature.Slot
	from  uint8
	sign  int32
	print *footprint
}

// with returns the lists with some polygons taken out and others in.
func (l large) with(list []sized) large {
	var own [deepest + 1]bool
	for _, sign := range [2]int32{-1, 1} {
		for _, p := range list {
			if p.sign != sign {
				continue
			}
			band := &l[p.from]
			switch {
			case own[p.from]:
			case *band == nil:
				*band = new(btree.Map[feature.Slot, *footprint])
			default:
				*band = (*band).Copy()
			}
			if own[p.from] = true; sign > 0 {
				(*band).Set(p.slot, p.print)
			} else {
				(*band).Delete(p.slot)
			}
		}
	}
	return l
}

// CountLarge returns how many polygons of the layer are large at a zoom, up to
// Leaf-8.
func (p *Pyramid) CountLarge(z uint8) (n int) {
	for _, band := range p.large[:z+1] {
		if band != nil {
			n += band.Len()
		}
	}
	return n
}

// EachLarge visits the polygons of the layer that are large at a zoom, up to
// Leaf-8, with the first zoom at which they are.
func (p *Pyramid) EachLarge(z uint8, visit func(s feature.Slot, from uint8)) {
	for from, band := range p.large[:z+1] {
		if band != nil {
			band.Scan(func(s feature.Slot, _ *footprint) bool {
				visit(s, uint8(from))
				return true
			})
		}
	}
}
