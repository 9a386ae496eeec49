package mvt

import (
	"cmp"
	"math/bits"
)

// locator answers on which side of a ring points lie. Its sides are sorted into
// bands of y, so that a point is compared with few of them.
type locator struct {
	ring  []Point
	low   int64
	step  int64
	bands [][]int32 // indexes of sides
}

func newLocator(r []Point) *locator {
	b := boxOf(r)
	n := int64(min(len(r)/4+1, 512))
	height := int64(b.hi.Y) - int64(b.lo.Y) + 1
	l := &locator{ring: r, low: int64(b.lo.Y), step: (height + n - 1) / n}
	l.bands = make([][]int32, (height+l.step-1)/l.step)
	for i, p := range r {
		q := r[(i+1)%len(r)]
		from, to := l.band(2*int64(min(p.Y, q.Y))), l.band(2*int64(max(p.Y, q.Y)))
		for k := from; k <= to; k++ {
			l.bands[k] = append(l.bands[k], int32(i))
		}
	}
	return l
}

// band returns the band of a doubled y within the ring's box.
func (l *locator) band(y2 int64) int64 { return (y2>>1 - l.low) / l.step }

// locate returns 1 inside, 0 on the border, -1 outside; x and y are doubled
// coordinates.
func (l *locator) locate(x, y int64) int {
	if y < 2*l.low {
		return -1
	}
	k := l.band(y)
	if k >= int64(len(l.bands)) {
		return -1
	}
	in := false
	for _, i := range l.bands[k] {
		p, q := l.ring[i], l.ring[(int(i)+1)%len(l.ring)]
		ax, ay, bx, by := int64(p.X)*2, int64(p.Y)*2, int64(q.X)*2, int64(q.Y)*2
		if y < min(ay, by) || y > max(ay, by) {
			continue
		}
		s := productSign(bx-ax, y-ay, by-ay, x-ax)
		if s == 0 && min(ax, bx) <= x && x <= max(ax, bx) {
			return 0
		}
		if (ay > y) != (by > y) && (s > 0) == (by > ay) {
			in = !in
		}
	}
	if in {
		return 1
	}
	return -1
}

// productSign returns the sign of a·b − c·d for numbers below 2^35.
func productSign(a, b, c, d int64) int {
	h1, l1 := mul(a, b)
	h2, l2 := mul(c, d)
	return cmp.Or(cmp.Compare(h1, h2), cmp.Compare(l1, l2))
}

// mul returns the 128-bit product of two signed numbers.
func mul(a, b int64) (high int64, low uint64) {
	h, l := bits.Mul64(uint64(a), uint64(b))
	if a < 0 {
		h -= uint64(b)
	}
	if b < 0 {
		h -= uint64(a)
	}
	return int64(h), l
}
