package overlay

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/paulmach/orb"
)

// outline collects the border of what a sweep covers, as directed pieces with
// the covered side on their left. Heights at both ends of a slab are rounded
// once and never decrease going up, so that whatever the order of the edges
// was, the pieces of a slab do not cross; edges that run together at both ends
// cancel. What remains at one x is walls: where only one of the slabs to its
// left and right is covered.
//
// A piece follows its edge through the slabs up to where another one touches
// it, unless care says otherwise.
type outline struct {
	care   care
	slab   int32
	last   []rim // of the slab to the left, going up
	next   []rim
	pieces []segment
	same   []int32 // union-find over pieces: those that bound one region
}

// care says how an outline goes about points that the input does not have.
type care uint8

const (
	tidy     care = iota // leaves out those that are on a line as far as coordinates can tell
	strict               // leaves out those that are exactly on a line
	slabwise             // also ends pieces at every slab: many points, and crossings are impossible
)

// rim is an edge as it bounds a slab.
type rim struct {
	edge  int32
	piece int32
	y     [2]float64 // heights at the slab's ends
	own   float64    // the edge's own height at the right end
	steep float64    // the edge's slope, without sign
	moved bool       // some height is not the edge's own
}

// segment is a straight part of the border. Its ends have a place among all that
// meets there, counter-clockwise from below.
type segment struct {
	from, to       orb.Point
	fromTurn, turn int64 // places at from and to
	edge           int32 // the sweep's edge that it lies on, -1 for a wall
	mate           int32 // of a bottom: the last piece seen on top of what is above it
}

// Places of a piece at a point: walls down, pieces to the right from the lowest
// up, walls up, pieces to the left from the highest down.
const (
	goesDown  int64 = 0
	goesRight int64 = 1 << 32
	goesUp    int64 = 2 << 32
	goesLeft  int64 = 4 << 32
)

func (o *outline) cover(w *sweep, lo, hi float64, border []int32) {
	if len(border) == 0 && len(o.last) == 0 {
		o.slab++
		return
	}
	o.rise(w, lo, hi, border)
	o.walls(w, lo)
	o.slab++
	o.join(w, lo)
	o.last, o.next = o.next, o.last
}

// rise gives the edges of a slab their heights, and lets those cancel that run
// together.
func (o *outline) rise(w *sweep, lo, hi float64, border []int32) {
	o.next = o.next[:0]
	for _, id := range border {
		e := &w.edges[id]
		r := rim{edge: id, piece: -1, steep: math.Abs(e.slope), own: e.exactly(hi)}
		r.y[1] = r.own
		if e.slab > 0 && e.slab == o.slab {
			r.y[0] = o.last[e.place].own
		} else {
			r.y[0] = e.exactly(lo)
		}
		o.next = append(o.next, r)
		settle(o.next, 0)
		settle(o.next, 1)
	}
	n := 0
	for _, r := range o.next {
		if n > 0 && o.next[n-1].y == r.y {
			n--
			continue
		}
		o.next[n] = r
		n++
	}
	o.next = o.next[:n]
}

// settle makes the last of some edges fit in with those below it at one end of
// a slab. Where rounding has put it below another, the steeper of the two
// gives way: its height is the less certain one.
func settle(rims []rim, end int) {
	i := len(rims) - 1
	y, j := rims[i].y[end], i
	for j > 0 && rims[j-1].y[end] > y && rims[j-1].steep > rims[i].steep {
		j--
	}
	if j > 0 {
		y = max(y, rims[j-1].y[end])
	}
	for ; j <= i; j++ {
		if rims[j].y[end] != y {
			rims[j].y[end], rims[j].moved = y, true
		}
	}
}

// join lets pieces go on from the last slab to the next, ends and begins them.
func (o *outline) join(w *sweep, x float64) {
	for i := range o.next {
		b := &o.next[i]
		e := &w.edges[b.edge]
		if o.care < slabwise && e.slab > 0 && e.slab == o.slab-1 {
			j := int(e.place)
			l := &o.last[j]
			if i%2 == j%2 && !l.moved && !b.moved && !o.touched(i, j) {
				b.piece, l.piece = l.piece, -1
			}
		}
	}
	for j := range o.last {
		if l := &o.last[j]; l.piece >= 0 {
			o.end(l.piece, orb.Point{x, l.y[1]}, goesLeft-int64(j), j%2 == 1)
		}
	}
	for i := range o.next {
		b := &o.next[i]
		if b.piece < 0 {
			b.piece = o.begin(b.edge, orb.Point{x, b.y[0]}, goesRight+int64(i), i%2 == 1)
		}
		w.edges[b.edge].slab, w.edges[b.edge].place = o.slab, int32(i)
		if i%2 == 0 {
			continue
		}
		if under := o.next[i-1].piece; o.pieces[under].mate != b.piece {
			o.pieces[under].mate = b.piece
			o.unite(under, b.piece)
		}
	}
}

// touched tells whether something else is at the right end of last[j], where
// next[i] goes on.
func (o *outline) touched(i, j int) bool {
	y := o.next[i].y[0]
	return i > 0 && o.next[i-1].y[0] == y || i+1 < len(o.next) && o.next[i+1].y[0] == y ||
		j > 0 && o.last[j-1].y[1] == y || j+1 < len(o.last) && o.last[j+1].y[1] == y
}

func (o *outline) begin(edge int32, at orb.Point, turn int64, top bool) int32 {
	p := segment{edge: edge, mate: -1, from: at, fromTurn: turn}
	if top {
		p.to, p.turn = at, turn
	}
	return o.append(p)
}

func (o *outline) end(id int32, at orb.Point, turn int64, top bool) {
	if p := &o.pieces[id]; top {
		p.from, p.fromTurn = at, turn
	} else {
		p.to, p.turn = at, turn
	}
}

func (o *outline) append(p segment) int32 {
	id := int32(len(o.pieces))
	o.pieces = append(o.pieces, p)
	o.same = append(o.same, id)
	return id
}

// unite notes that two pieces bound one region.
func (o *outline) unite(a, b int32) {
	a, b = o.region(a), o.region(b)
	o.same[max(a, b)] = min(a, b)
}

// region returns the first piece of those that are known to bound the region
// of a piece.
func (o *outline) region(a int32) int32 {
	for o.same[a] != a {
		o.same[a] = o.same[o.same[a]]
		a = o.same[a]
	}
	return a
}

// walls adds the pieces along the meridian between last and next.
func (o *outline) walls(w *sweep, x float64) {
	i, j := 0, 0
	left, right := false, false
	from := 0.0
	for i < len(o.last) || j < len(o.next) {
		y := math.Inf(1)
		if i < len(o.last) {
			y = o.last[i].y[1]
		}
		if j < len(o.next) {
			y = min(y, o.next[j].y[0])
		}
		if left != right {
			o.wall(w, x, from, y, left)
		}
		for ; i < len(o.last) && o.last[i].y[1] == y; i++ {
			left = !left
		}
		for ; j < len(o.next) && o.next[j].y[0] == y; j++ {
			right = !right
		}
		from = y
	}
}

// wall adds a piece from y0 up to y1, or down, with a point where the input
// has one.
func (o *outline) wall(w *sweep, x, y0, y1 float64, up bool) {
	k := sort.Search(len(w.posts), func(i int) bool {
		p := w.posts[i]
		return p[0] > x || p[0] == x && p[1] > y0
	})
	for ; y0 < y1; k++ {
		y := y1
		if k < len(w.posts) && w.posts[k][0] == x {
			y = min(y, w.posts[k][1])
		}
		p := segment{edge: -1, mate: -1, from: orb.Point{x, y0}, to: orb.Point{x, y}, fromTurn: goesUp, turn: goesDown}
		if !up {
			p.from, p.to, p.fromTurn, p.turn = p.to, p.from, p.turn, p.fromTurn
		}
		o.append(p)
		y0 = y
	}
}

// sortPosts readies the points of edges along meridians.
func (w *sweep) sortPosts() {
	slices.SortFunc(w.posts, comparePoints)
	w.posts = slices.Compact(w.posts)
}

func comparePoints(a, b orb.Point) int {
	return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
}
