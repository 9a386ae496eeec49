package snap

import "slices"

// Noder is one run of snap rounding: Add all rings (and AddCrossings of those
// that may cross themselves), then Build, then AppendRing each of them. Reset
// makes it ready for the next run and keeps its memory. The zero value is
// ready. Not safe for concurrent use.
type Noder struct {
	hot      []Point // as added, with repeats; dropped by Build
	min, max Point

	// The built table: hot cells sorted into square blocks of 1<<shift units.
	shift      uint
	cols, rows int32
	start      []int32 // block → its first entry in cells
	used       []int32 // block → number of distinct entries
	cells      []Point

	hits  []Point
	sweep sweeper
}

// Reset empties n.
func (n *Noder) Reset() { n.hot = n.hot[:0] }

// Add makes the cells of the ring's vertices hot.
func (n *Noder) Add(ring []Fine) {
	for i, f := range ring {
		p := f.Round()
		if i > 0 && p == n.hot[len(n.hot)-1] {
			continue
		}
		n.hot = append(n.hot, p)
	}
}

// AddCrossings makes hot the cells in which segments of the rings cross. It
// costs O(n log n) plus the pairs of segments whose boxes meet.
func (n *Noder) AddCrossings(rings ...[]Fine) {
	n.sweep.reset()
	for _, r := range rings {
		n.sweep.addRing(r)
	}
	n.addCrossings()
}

// addCrossings makes hot the cells in which segments of the sweeper cross.
func (n *Noder) addCrossings() {
	n.sweep.crossings(func(p Point) { n.hot = append(n.hot, p) })
}

// Build makes the table of hot cells. It costs O(n).
func (n *Noder) Build() {
	n.cols, n.rows = 0, 0
	if len(n.hot) == 0 {
		return
	}
	n.min, n.max = n.hot[0], n.hot[0]
	for _, p := range n.hot {
		n.min = Point{min(n.min.X, p.X), min(n.min.Y, p.Y)}
		n.max = Point{max(n.max.X, p.X), max(n.max.Y, p.Y)}
	}
	w, h := int64(n.max.X-n.min.X)+1, int64(n.max.Y-n.min.Y)+1
	n.shift = 0
	for blocks := int64(len(n.hot))/2 + 1; (w>>n.shift+1)*(h>>n.shift+1) > blocks && n.shift < 16; {
		n.shift++
	}
	n.cols, n.rows = int32(w>>n.shift)+1, int32(h>>n.shift)+1
	n.fill(int(n.cols) * int(n.rows))
}

// fill sorts the hot cells into their blocks, each once.
func (n *Noder) fill(blocks int) {
	n.start = slices.Grow(n.start[:0], blocks+1)[:blocks+1]
	n.used = slices.Grow(n.used[:0], blocks)[:blocks]
	clear(n.start)
	clear(n.used)
	for _, p := range n.hot {
		n.start[n.block(p)+1]++
	}
	for i := range blocks {
		n.start[i+1] += n.start[i]
	}
	n.cells = slices.Grow(n.cells[:0], len(n.hot))[:len(n.hot)]
	for _, p := range n.hot {
		b := n.block(p)
		s, u := n.start[b], n.used[b]
		if !slices.Contains(n.cells[s:s+u], p) {
			n.cells[s+u] = p
			n.used[b] = u + 1
		}
	}
}

func (n *Noder) block(p Point) int32 {
	return (p.Y-n.min.Y)>>n.shift*n.cols + (p.X-n.min.X)>>n.shift
}

// AppendRing appends the rounded form of a ring: closed in meaning, its first
// point not repeated, no two neighbours alike. It may have fewer than three
// points. The ring's vertices must have been added.
func (n *Noder) AppendRing(dst []Point, ring []Fine) []Point {
	from := len(dst)
	if len(ring) == 0 {
		return dst
	}
	dst = append(dst, ring[0].Round())
	for i, a := range ring {
		b := ring[0]
		if i+1 < len(ring) {
			b = ring[i+1]
		}
		dst = n.appendSegment(dst, a, b)
	}
	for len(dst)-1 > from && dst[len(dst)-1] == dst[from] {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// appendSegment appends the hot cells that a→b passes through, but not those
// equal to the last point of dst.
func (n *Noder) appendSegment(dst []Point, a, b Fine) []Point {
	pa, pb := a.Round(), b.Round()
	if pa == pb {
		return dst
	}
	if abs32(pa.X-pb.X)+abs32(pa.Y-pb.Y) == 1 { // neighbours: no third cell between
		return append(dst, pb)
	}
	s, reversed := orient(a, b)
	n.hits = n.hits[:0]
	n.collect(&s)
	s.sort(n.hits)
	last := dst[len(dst)-1]
	for i := range n.hits {
		p := n.hits[i]
		if reversed {
			p = n.hits[len(n.hits)-1-i]
		}
		if p != last {
			dst = append(dst, p)
			last = p
		}
	}
	return dst
}

// collect puts the hot cells that s passes through into n.hits.
func (n *Noder) collect(s *segment) {
	lo, hi := s.a.Round(), s.b.Round() // lo.X <= hi.X
	y0, y1 := min(lo.Y, hi.Y), max(lo.Y, hi.Y)
	r0, r1 := n.row(y0), n.row(y1)
	c0, c1 := n.col(lo.X), n.col(hi.X)
	if (r1-r0+1)*(c1-c0+1) <= 6 {
		for r := r0; r <= r1; r++ {
			n.collectRow(s, r, c0, c1)
		}
		return
	}
	for r := r0; r <= r1; r++ {
		x0, x1 := s.span(n.min.Y+r<<n.shift, n.min.Y+(r+1)<<n.shift-1)
		n.collectRow(s, r, max(c0, n.col(x0)), min(c1, n.col(x1)))
	}
}

func (n *Noder) collectRow(s *segment, row, c0, c1 int32) {
	for b := row*n.cols + c0; b <= row*n.cols+c1; b++ {
		from := n.start[b]
		for _, p := range n.cells[from : from+n.used[b]] {
			if s.meets(p) {
				n.hits = append(n.hits, p)
			}
		}
	}
}

func (n *Noder) row(y int32) int32 { return clamp((y-n.min.Y)>>n.shift, 0, n.rows-1) }
func (n *Noder) col(x int32) int32 { return clamp((x-n.min.X)>>n.shift, 0, n.cols-1) }

func clamp(v, lo, hi int32) int32 { return min(max(v, lo), hi) }

func abs32(v int32) int32 {
	if v < 0 {
		return -v
	}
	return v
}
