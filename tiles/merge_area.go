package tiles

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/tiles/mvt"
	"tuban/tiles/snap"
)

// Rounding takes area from what is thinner than a unit, always: the two sides of
// a track pass through the same cells and become one line. The neighbours get
// what the track loses.
//
// A layer's ground is therefore balanced: in blocks, row by row, each class
// carries what its features have lost; once that is a visible amount, a small
// polygon near them changes over from the class that has gained most. What is
// left is carried on to the next block.
const (
	blockBits = 6 // a block is 64 units, four pixels, wide
	blocks    = (extent + 2*Buffer) >> blockBits
	halfUnit  = snap.Sub * snap.Sub // twice half a unit² in fine steps
	visible   = pixel * pixel / 2 * halfUnit
)

// loss is twice the area, in fine steps, that a feature loses by rounding.
type loss struct {
	block int
	group int32
	area2 int64
}

// swap is a polygon that may change its class.
type swap struct {
	block int
	shape int
	area2 int64
}

// balance gives small polygons of a layer to other classes, so that each class
// keeps its area near where it lies, as far as there are small polygons.
func (r *renderer) balance(m *merging, picture int) {
	p := &r.pictures[picture]
	var losses []loss
	var swaps []swap
	find := m.finder(picture, p.layer)
	for k := p.from; k < p.to; k++ {
		s := &r.shapes[k]
		if m.home[k] < 0 {
			continue
		}
		b, a := blockOf(s.at), s.area2*halfUnit
		if s.area2 < 2*pixel*pixel {
			swaps = append(swaps, swap{b, k, a})
		}
		losses = append(losses, loss{b, m.home[k], r.trueArea2(p.layer, s.slot, a) - a})
	}
	for _, s := range p.collapsed {
		g := find(s, false)
		if g < 0 {
			continue // a line
		}
		losses = append(losses, loss{blockOf(r.markPoint(p.layer.Bound(s))), find(s, false), r.trueArea2(p.layer, s, 0)})
	}
	slices.SortFunc(losses, func(a, b loss) int { return cmp.Compare(a.block, b.block) })
	slices.SortStableFunc(swaps, func(a, b swap) int { return cmp.Compare(a.block, b.block) })
	carry := make([]int64, len(m.groups))
	for len(losses) > 0 {
		block := losses[0].block
		for len(losses) > 0 && losses[0].block == block {
			carry[losses[0].group] += losses[0].area2
			losses = losses[1:]
		}
		n := 0
		for n < len(swaps) && swaps[n].block == block {
			n++
		}
		m.settle(carry, swaps[:n])
		swaps = swaps[n:]
	}
}

// settle moves polygons of a block to the class that lacks most, as long as that
// is a visible amount and brings both classes nearer to their area.
func (m *merging) settle(carry []int64, swaps []swap) {
	for {
		to := 0
		for g := range carry {
			if carry[g] > carry[to] {
				to = g
			}
		}
		if carry[to] < visible {
			return
		}
		best, gain := -1, int64(0)
		for i, s := range swaps {
			// The sum of squares falls by 2·area·(difference − area); the
			// largest polygon below half the difference is the best.
			if from := m.into[s.shape]; int(from) != to {
				a, d := s.area2/halfUnit, (carry[to]-carry[from])/halfUnit
				if g := a * (d - a); g > gain {
					best, gain = i, g
				}
			}
		}
		if best < 0 {
			return
		}
		s := swaps[best]
		carry[to] -= s.area2
		carry[m.into[s.shape]] += s.area2
		m.into[s.shape] = int32(to)
	}
}

// blockOf numbers blocks row by row, every other row from right to left.
func blockOf(at mvt.Point) int {
	x, y := min(int(at.X+Buffer)>>blockBits, blocks-1), min(int(at.Y+Buffer)>>blockBits, blocks-1)
	if y%2 == 1 {
		x = blocks - 1 - x
	}
	return y*blocks + x
}

// trueArea2 returns twice the area of a feature within the buffered square, in
// fine steps before rounding; otherwise where rings may cross.
func (r *renderer) trueArea2(l Layer, s feature.Slot, otherwise int64) (sum int64) {
	if l.NeedsRepair(s) {
		return otherwise
	}
	switch g := l.Geometry(s).(type) {
	case orb.Polygon:
		sum = r.polygonArea2(g)
	case orb.MultiPolygon:
		for _, p := range g {
			sum += r.polygonArea2(p)
		}
	default:
		return otherwise
	}
	return sum
}

func (r *renderer) polygonArea2(p orb.Polygon) (sum int64) {
	for i, lonlat := range p {
		a := r.ringArea2(lonlat)
		if i > 0 {
			a = -a
		}
		sum += a
	}
	return sum
}

// ringArea2 is never negative.
func (r *renderer) ringArea2(lonlat orb.Ring) (sum int64) {
	var first, last snap.Fine
	n := 0
	r.follow(r.clip.ring(lonlat), func(f snap.Fine) {
		if n++; n == 1 {
			first, last = f, f
		}
		sum += area2Of(first, last, f)
		last = f
	})
	return max(sum, -sum)
}

// area2Of is twice the signed area of a triangle.
func area2Of(a, b, c snap.Fine) int64 {
	return int64(b.X-a.X)*int64(c.Y-a.Y) - int64(b.Y-a.Y)*int64(c.X-a.X)
}
