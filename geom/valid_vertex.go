package geom

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// halfEdge is an edge as seen from a point on it: where it leads, and by how
// much the winding number rises when it is passed counter-clockwise.
type halfEdge struct {
	to         orb.Point
	edge, ring int32
	step       int8
	first      bool // of its direction
}

// examine looks at the sectors between the edges around a point, once for each
// point; it returns whether to go on.
func (v *validator) examine(p orb.Point) bool {
	if v.seen[p] {
		return true
	}
	v.seen[p] = true
	v.gather(p)
	v.anchor()
	for i := range v.halves {
		part := v.rings[v.halves[i].ring].part
		if slices.ContainsFunc(v.halves[:i], func(h halfEdge) bool { return v.rings[h.ring].part == part }) {
			continue
		}
		inPart := func(ring int32) bool { return v.rings[ring].part == part }
		if lo, hi := v.sectors(v.winding(v.parts[part], p), inPart); lo < 0 || hi > 1 {
			return v.reportPart(p, part)
		}
		v.noteTouches(p, part)
	}
	if len(v.shells) == 1 {
		return true
	}
	if lo, hi := v.sectors(v.winding(v.root, p), func(int32) bool { return true }); lo < 0 || hi > 1 {
		h := v.lastHalf(func(int32) bool { return true })
		return v.report(PartsOverlap, v.place(h.edge, h.ring, p), "the interiors of two parts overlap here")
	}
	return true
}

// gather collects the half-edges around p by angle, counter-clockwise from
// straight down, that direction being the last.
func (v *validator) gather(p orb.Point) {
	v.halves = v.halves[:0]
	box := treeNode{minX: p[0], maxX: p[0], minY: p[1], maxY: p[1]}
	v.edgesAt(v.root, &box, func(e, ring int32) bool {
		a, b := v.pts[e], v.pts[e+1]
		if a != p && b != p && Orient2D(a, b, p) != 0 {
			return true
		}
		sign := v.rings[ring].sign
		if b != p { // leads away: its left side comes after it
			v.halves = append(v.halves, halfEdge{to: b, edge: e, ring: ring, step: sign})
		}
		if a != p {
			v.halves = append(v.halves, halfEdge{to: a, edge: e, ring: ring, step: -sign})
		}
		return true
	})
	slices.SortFunc(v.halves, func(g, h halfEdge) int {
		return cmp.Or(compareAngle(p, g.to, h.to), cmp.Compare(g.ring, h.ring), cmp.Compare(g.edge, h.edge))
	})
	for i := range v.halves {
		v.halves[i].first = i == 0 || compareAngle(p, v.halves[i-1].to, v.halves[i].to) != 0
	}
}

// compareAngle orders directions from p counter-clockwise from straight down,
// which comes last, exactly.
func compareAngle(p, a, b orb.Point) int {
	qa, qb := quarter(p, a), quarter(p, b)
	if qa != qb {
		return cmp.Compare(qa, qb)
	}
	return -Orient2D(p, a, b)
}

func quarter(p, a orb.Point) int {
	switch {
	case a[0] > p[0]:
		return 0
	case a[0] < p[0]:
		return 2
	case a[1] > p[1]:
		return 1
	}
	return 3
}

// sectors returns the least and greatest winding number of the sectors around
// the gathered point, of the rings that keep selects; w is that of the sector
// just after straight down.
func (v *validator) sectors(w int, keep func(ring int32) bool) (lo, hi int) {
	lo, hi = w, w
	for i, h := range v.halves {
		if h.first && i > 0 {
			lo, hi = min(lo, w), max(hi, w)
		}
		if keep(h.ring) {
			w += int(h.step)
		}
	}
	return min(lo, w), max(hi, w)
}

// anchor marks the rings that have a border here which doesn't cancel out by
// itself.
func (v *validator) anchor() {
	for i := 0; i < len(v.halves); {
		ring, net, j := v.halves[i].ring, 0, i
		for ; j < len(v.halves) && v.halves[j].ring == ring && (j == i || !v.halves[j].first); j++ {
			net += int(v.halves[j].step)
		}
		if net != 0 {
			v.rings[ring].anchored = true
		}
		i = j
	}
}

// lastHalf returns the half-edge of the greatest ring that keep selects.
func (v *validator) lastHalf(keep func(ring int32) bool) (last halfEdge) {
	last.ring = -1
	for _, h := range v.halves {
		if keep(h.ring) && (h.ring > last.ring || h.ring == last.ring && h.edge > last.edge) {
			last = h
		}
	}
	return last
}

// reportPart reports the sectors of one part that are neither 0 nor 1: by a
// ring that is wrong by itself, else by a hole that is wrong in its shell, else
// by holes that are wrong together.
func (v *validator) reportPart(p orb.Point, part int32) bool {
	shell := v.shells[part]
	for i, h := range v.halves {
		r := &v.rings[h.ring]
		if r.part != part || slices.ContainsFunc(v.halves[:i], func(g halfEdge) bool { return g.ring == h.ring }) {
			continue
		}
		alone := func(ring int32) bool { return ring == h.ring }
		lo, hi := v.sectors(v.winding(r.root, p), alone)
		if hi-lo > 1 || lo < -1 || hi > 1 || r.ring == 0 && lo < 0 || r.ring > 0 && hi > 0 {
			code, detail := SelfCrossing, "the ring crosses itself at a vertex"
			if _, most := v.netDirections(h.ring); most > 1 || !v.crossesAtVertex(p, h.ring) {
				code, detail = RingOverlap, "the ring runs around the same place twice, or over itself"
			}
			g := v.lastHalf(alone)
			return v.report(code, v.place(g.edge, g.ring, p), detail)
		}
	}
	h := v.lastHalf(func(ring int32) bool { return v.rings[ring].part == part })
	at := v.place(h.edge, h.ring, p)
	if h.ring == shell {
		return v.report(HoleOutside, at, "a hole holds its shell")
	}
	if shell < 0 {
		return v.report(HoleOutside, at, "the shell of the hole encloses nothing")
	}
	w := v.winding(v.rings[shell].root, p) + v.winding(v.rings[h.ring].root, p)
	if lo, hi := v.sectors(w, func(ring int32) bool { return ring == shell || ring == h.ring }); lo < 0 || hi > 1 {
		return v.report(HoleOutside, at, "the hole is not within its shell")
	}
	return v.report(HolesOverlap, at, "the hole overlaps another")
}

// crossesAtVertex reports whether two passes of a ring through the gathered
// point separate each other: going around, one way in or out of the first pass
// lies between those of the second. Edges that lie over each other don't count.
func (v *validator) crossesAtVertex(p orb.Point, ring int32) bool {
	var open []int32
	var sides []halfEdge
	for _, h := range v.halves {
		if h.ring == ring {
			sides = append(sides, h)
		}
	}
	const most = 64 // beyond it nobody cares for the name
	if len(sides) > most {
		return true
	}
	for _, h := range sides {
		pass := v.pass(p, h)
		if i := slices.Index(open, pass); i >= 0 {
			if i != len(open)-1 {
				return true
			}
			open = open[:i]
			continue
		}
		open = append(open, pass)
	}
	return false
}

// pass names the run of the ring through p that a half-edge belongs to, by the
// edge that the run leaves by.
func (v *validator) pass(p orb.Point, h halfEdge) int32 {
	if v.pts[h.edge+1] == p {
		return next(&v.rings[h.ring], h.edge)
	}
	return h.edge
}

func next(r *treeRing, edge int32) int32 {
	if edge+1 == r.end {
		return r.start
	}
	return edge + 1
}

// noteTouches notes that a ring of a sound part meets itself here, or that
// rings meet here for the second time and so cut the interior in two.
func (v *validator) noteTouches(p orb.Point, part int32) {
	var firstRing int32 = -1
	for i := range v.halves {
		h := v.halves[i]
		if v.rings[h.ring].part != part || slices.ContainsFunc(v.halves[:i], func(g halfEdge) bool { return g.ring == h.ring }) {
			continue
		}
		alone := func(ring int32) bool { return ring == h.ring }
		if directions, _ := v.netDirections(h.ring); directions > 2 {
			g := v.lastHalf(alone)
			v.report(SelfTouch, v.place(g.edge, g.ring, p), "the ring meets itself at a point")
		}
		if firstRing < 0 {
			firstRing = h.ring
			continue
		}
		a, b := v.touchRoot(firstRing), v.touchRoot(h.ring)
		if a == b {
			g := v.lastHalf(alone)
			v.report(InteriorSplit, v.place(g.edge, g.ring, p), "rings that meet here also meet elsewhere")
		}
		v.rings[a].link = b
	}
}

// netDirections counts the directions in which the ring leaves the gathered
// point and doesn't cancel out, and returns the greatest multiplicity of one.
func (v *validator) netDirections(ring int32) (count, most int) {
	net := 0
	for i, h := range v.halves {
		if h.ring == ring {
			net += int(h.step)
		}
		if i+1 == len(v.halves) || v.halves[i+1].first {
			most = max(most, net, -net)
			if net != 0 {
				count++
			}
			net = 0
		}
	}
	return count, most
}

// touchRoot is the find of a union-find over rings that touch.
func (v *validator) touchRoot(ring int32) int32 {
	for v.rings[ring].link != ring {
		next := v.rings[ring].link
		v.rings[ring].link = v.rings[next].link
		ring = next
	}
	return ring
}
