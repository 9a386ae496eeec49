package overlay

import (
	"cmp"
	"errors"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"tuban/geom"
)

// errTangled says that the pieces of an outline do not make rings.
var errTangled = errors.New("the pieces of the border do not make rings")

// tracer makes polygons of the pieces of an outline.
type tracer struct {
	o    *outline
	w    *sweep
	next []int32 // of each piece, the one that goes on with the same region
	at   []int32 // of each piece, the number of the point it comes from
	gone []bool  // of each piece: cancelled by another
	lone []bool  // of each point: no other part of the border touches it
	out  []traced
}

// traced is a simple ring of some region: the shell, when it runs
// counter-clockwise, or a hole.
type traced struct {
	ring   orb.Ring
	region int32
	shell  bool
}

// tip is one of the two ends of a piece.
type tip struct {
	p     orb.Point
	turn  int64
	piece int32
	leads bool // away from p
}

// polygons traces all rings, interior on the left, and gives holes to the
// shells of their regions. Rings are simple: where regions touch at a point
// they are polygons of their own, and where one touches itself it has a hole
// there. Parts that are thinner than coordinates can tell are left out.
func (o *outline) polygons(w *sweep) (orb.MultiPolygon, error) {
	t := tracer{o: o, w: w}
	if err := t.link(); err != nil {
		return nil, err
	}
	t.trace()
	var mp orb.MultiPolygon
	shells := make(map[int32]int)
	for _, r := range t.out {
		if !r.shell {
			continue
		}
		region := o.region(r.region)
		if _, twice := shells[region]; twice {
			return nil, errTangled
		}
		shells[region] = len(mp)
		mp = append(mp, orb.Polygon{r.ring})
	}
	for _, r := range t.out {
		if r.shell {
			continue
		}
		if k, ok := shells[o.region(r.region)]; ok { // else the whole region is too thin
			mp[k] = append(mp[k], r.ring)
		}
	}
	return mp, nil
}

// link finds for each piece the next one along the same region: around a
// point, what lies clockwise of its end.
func (t *tracer) link() error {
	tips := make([]tip, 0, 2*len(t.o.pieces))
	for i := range t.o.pieces {
		p := &t.o.pieces[i]
		tips = append(tips, tip{p.from, p.fromTurn, int32(i), true}, tip{p.to, p.turn, int32(i), false})
	}
	slices.SortFunc(tips, func(a, b tip) int {
		return cmp.Or(comparePoints(a.p, b.p), cmp.Compare(a.turn, b.turn))
	})
	tips = t.cancel(tips)
	t.next = make([]int32, len(t.o.pieces))
	t.at = make([]int32, len(t.o.pieces))
	for i, j := 0, 0; i < len(tips); i = j {
		j = pointAfter(tips, i)
		before := tips[j-1]
		for _, e := range tips[i:j] {
			if e.leads == before.leads {
				return errTangled
			}
			if e.leads {
				t.at[e.piece] = int32(len(t.lone))
			} else {
				t.next[e.piece] = before.piece
			}
			before = e
		}
		t.lone = append(t.lone, j-i == 2)
	}
	return nil
}

// pointAfter returns where the tips at another point than that of tips[i] begin.
func pointAfter(tips []tip, i int) int {
	j := i + 1
	for j < len(tips) && tips[j].p == tips[i].p {
		j++
	}
	return j
}

// cancel takes out neighbouring pieces that run to and fro between the same
// points: what lay between them, covered or not, had no width at the ends of
// the slabs that it crossed.
func (t *tracer) cancel(tips []tip) []tip {
	t.gone = make([]bool, len(t.o.pieces))
	var fan []tip
	for i, j := 0, 0; i < len(tips); i = j {
		j = pointAfter(tips, i)
		if j-i == 2 && tips[i].far(t.o) != tips[i+1].far(t.o) {
			continue
		}
		fan = fan[:0]
		for _, e := range tips[i:j] {
			switch n := len(fan); {
			case t.gone[e.piece]:
			case n > 0 && fan[n-1].leads != e.leads && fan[n-1].far(t.o) == e.far(t.o):
				t.drop(fan[n-1].piece, e.piece)
				fan = fan[:n-1]
			default:
				fan = append(fan, e)
			}
		}
	}
	return slices.DeleteFunc(tips, func(e tip) bool { return t.gone[e.piece] })
}

func (t *tracer) drop(a, b int32) {
	t.gone[a], t.gone[b] = true, true
	t.o.unite(a, b)
}

// far returns where a piece is at its other end.
func (e *tip) far(o *outline) orb.Point {
	if e.leads {
		return o.pieces[e.piece].to
	}
	return o.pieces[e.piece].from
}

// trace follows all pieces and cuts a ring off wherever the way comes back to
// a point.
func (t *tracer) trace() {
	done := t.gone
	place := make([]int, len(t.lone)) // of each point, where it is in way, from 1
	var way []int32
	off := func(from int) {
		for _, p := range way[from:] {
			place[t.at[p]] = 0
		}
		t.add(way[from:])
		way = way[:from]
	}
	for i := range t.next {
		for p := int32(i); !done[p]; p = t.next[p] {
			done[p] = true
			t.o.unite(int32(i), p)
			if k := place[t.at[p]]; k > 0 {
				off(k - 1)
			}
			way = append(way, p)
			place[t.at[p]] = len(way)
		}
		if len(way) > 0 {
			off(0)
		}
	}
}

// add keeps the ring of some pieces, unless it encloses nothing.
func (t *tracer) add(way []int32) {
	first := 0
	for i, p := range way {
		if comparePoints(t.o.pieces[p].from, t.o.pieces[way[first]].from) < 0 {
			first = i
		}
	}
	way = append(slices.Clone(way[first:]), way[:first]...)
	ring := make(orb.Ring, 0, len(way)+1)
	before := way[len(way)-1]
	for i, p := range way {
		if v := t.o.pieces[p].from; i == 0 || t.needed(before, p) || !t.straight(ring[len(ring)-1], v, t.o.pieces[p].to) {
			ring = append(ring, v)
		}
		before = p
	}
	ring = append(ring, ring[0])
	area, size := 0.0, 0.0
	for i := 1; i < len(ring); i++ {
		px, py := ring[i-1][0]-ring[0][0], ring[i-1][1]-ring[0][1]
		qx, qy := ring[i][0]-ring[0][0], ring[i][1]-ring[0][1]
		area += px*qy - qx*py
		size += math.Abs(qx-px) + math.Abs(qy-py)
	}
	if len(ring) < 4 || math.Abs(area) <= spacing(ring[0])*size {
		return
	}
	t.out = append(t.out, traced{ring, way[0], area > 0})
}

// needed tells whether the point between two pieces is one of the input, or
// one where other parts of the border touch.
func (t *tracer) needed(a, b int32) bool {
	v, p, q := t.o.pieces[b].from, t.o.pieces[a].edge, t.o.pieces[b].edge
	if !t.lone[t.at[b]] || p < 0 && q < 0 {
		return true
	}
	for _, id := range [2]int32{p, q} {
		if id >= 0 && (t.w.edges[id].l == v || t.w.edges[id].r == v) {
			return true
		}
	}
	return false
}

// straight tells whether v lies between a and b and on the line through them.
func (t *tracer) straight(a, v, b orb.Point) bool {
	ux, uy, wx, wy := v[0]-a[0], v[1]-a[1], b[0]-v[0], b[1]-v[1]
	if t.o.care > tidy {
		return ux*wx+uy*wy > 0 && geom.Orient2D(a, v, b) == 0
	}
	s := spacing(v)
	if max(math.Abs(ux), math.Abs(uy)) <= s || max(math.Abs(wx), math.Abs(wy)) <= s {
		return true
	}
	return ux*wx+uy*wy > 0 && math.Abs(ux*wy-uy*wx) <= s*(math.Abs(ux+wx)+math.Abs(uy+wy))
}

// spacing is the distance between neighbouring coordinates at p, about.
func spacing(p orb.Point) float64 {
	return 2 * epsilon * max(math.Abs(p[0]), math.Abs(p[1]))
}
