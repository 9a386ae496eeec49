package mvt

import (
	"cmp"
	"slices"
)

// checker checks the rings of one polygon feature. It shares no code with the
// writers of polygons, so that it may judge them.
type checker struct {
	rings  [][]Point
	area   []int // sign of the area
	group  []int // ring → polygon, counted by exteriors
	boxes  []box
	where  []*locator // made when first asked for
	broken bool       // rings cross: what lies inside what has no meaning then
	report func(r Rule, ring int, format string, args ...any)
}

// side is an edge of a ring: the one from point i to the next.
type side struct {
	a, b    Point
	ring, i int
}

func checkPolygons(rings [][]Point, report func(Rule, int, string, ...any)) {
	c := checker{rings: rings, report: report}
	for i, r := range rings {
		if r[0] == r[len(r)-1] {
			report(RuleRingClosed, i, "its last point repeats the first")
		}
		c.area = append(c.area, areaSign(r))
		if c.area[i] == 0 {
			report(RuleRingArea, i, "its area is zero")
		}
		group := 0
		switch {
		case i == 0 && c.area[0] < 0:
			report(RuleWinding, i, "the first ring runs as a hole")
		case i > 0:
			if group = c.group[i-1]; c.area[i] > 0 {
				group++
			}
		}
		c.group = append(c.group, group)
	}
	c.checkSides()
	if len(rings) > 1 && !c.broken {
		c.checkNesting()
	}
}

// areaSign returns the sign of the surveyor's area. The sum is taken in two
// words, for coordinates may be any int32.
func areaSign(r []Point) int {
	var high, low int64 // the sum is high·2^32 + low
	for i, p := range r {
		q := r[(i+1)%len(r)]
		for _, t := range [2][2]int64{{int64(p.X), int64(q.Y)}, {-int64(q.X), int64(p.Y)}} {
			v := t[0] * t[1]
			high += v >> 32
			low += v & (1<<32 - 1)
		}
	}
	high += low >> 32
	return cmp.Or(cmp.Compare(high, 0), cmp.Compare(low&(1<<32-1), 0))
}

// checkSides compares all sides whose boxes meet, in a sweep in x.
func (c *checker) checkSides() {
	var sides []side
	for i, r := range c.rings {
		for k, a := range r {
			if b := r[(k+1)%len(r)]; a != b {
				sides = append(sides, side{a, b, i, k})
			}
		}
	}
	slices.SortFunc(sides, func(s, t side) int { return cmp.Compare(min(s.a.X, s.b.X), min(t.a.X, t.b.X)) })
	told := map[[2]int]bool{}
	var active []int
	for i := range sides {
		s := &sides[i]
		keep := active[:0]
		for _, j := range active {
			t := &sides[j]
			if max(t.a.X, t.b.X) < min(s.a.X, s.b.X) {
				continue
			}
			keep = append(keep, j)
			pair := [2]int{min(s.ring, t.ring), max(s.ring, t.ring)}
			if max(t.a.Y, t.b.Y) < min(s.a.Y, s.b.Y) || max(s.a.Y, s.b.Y) < min(t.a.Y, t.b.Y) || told[pair] {
				continue
			}
			told[pair] = c.compare(s, t)
		}
		active = append(keep, i)
	}
}

// compare reports what is wrong between two sides.
func (c *checker) compare(s, t *side) bool {
	kind := meeting(s, t)
	if s.ring != t.ring {
		if kind > touch {
			c.broken = true
			c.report(RuleRingsCross, s.ring, "it meets ring %d at %v–%v and %v–%v", t.ring, s.a, s.b, t.a, t.b)
			return true
		}
		return false
	}
	n := len(c.rings[s.ring])
	next := (s.i+1)%n == t.i || (t.i+1)%n == s.i
	if kind == apart || kind == touch && next && n > 2 {
		return false
	}
	c.broken = true
	c.report(RuleRingSimple, s.ring, "it meets itself at %v–%v and %v–%v", s.a, s.b, t.a, t.b)
	return true
}

// How two sides meet.
const (
	apart   = iota
	touch   // in one point that is an end of one of them
	crosses // in one point inside both
	overlap // along a stretch
)

func meeting(s, t *side) int {
	a, b := turn(t.a, t.b, s.a), turn(t.a, t.b, s.b)
	c, d := turn(s.a, s.b, t.a), turn(s.a, s.b, t.b)
	switch {
	case a == 0 && b == 0: // on one line
		x, y := along(s.a, s.b), along(t.a, t.b)
		lo, hi := max64(x[0], y[0]), min64(x[1], y[1])
		switch {
		case less(hi, lo):
			return apart
		case lo == hi:
			return touch
		}
		return overlap
	case a*b < 0 && c*d < 0:
		return crosses
	case a*b <= 0 && c*d <= 0:
		return touch
	}
	return apart
}

func less(p, q Point) bool { return p.X < q.X || p.X == q.X && p.Y < q.Y }

func along(p, q Point) [2]Point {
	if less(q, p) {
		p, q = q, p
	}
	return [2]Point{p, q}
}

func max64(p, q Point) Point {
	if less(p, q) {
		return q
	}
	return p
}

func min64(p, q Point) Point {
	if less(p, q) {
		return p
	}
	return q
}

// turn returns the sign of the area of the triangle a, b, c.
func turn(a, b, c Point) int { return areaSign([]Point{a, b, c}) }

// checkNesting checks what lies inside what. Rings don't cross here, so that a
// ring lies on one side of another but for points where they touch.
func (c *checker) checkNesting() {
	c.where = make([]*locator, len(c.rings))
	for _, r := range c.rings {
		c.boxes = append(c.boxes, boxOf(r))
	}
	for i := range c.rings {
		for j := range c.rings {
			if i != j && c.area[i] != 0 && c.area[j] != 0 {
				c.nested(i, j)
			}
		}
	}
}

// nested checks ring i against ring j.
func (c *checker) nested(i, j int) {
	same := c.group[i] == c.group[j]
	within := c.boxes[j].holds(c.boxes[i])
	switch {
	case c.area[i] < 0 && c.area[j] > 0 && same:
		if !within || c.leaves(i, j) {
			c.report(RuleHole, i, "it leaves ring %d", j)
		}
	case c.area[i] < 0 && c.area[j] < 0 && same:
		if within && c.inside(i, j) {
			c.report(RuleHole, i, "it lies in the hole ring %d", j)
		}
	case c.area[i] > 0 && c.area[j] > 0:
		if within && c.inside(i, j) && !c.inHoleOf(i, c.group[j]) {
			c.report(RulePartsOverlap, i, "it lies in the polygon of ring %d", j)
		}
	}
}

func (c *checker) inHoleOf(i, group int) bool {
	for k := range c.rings {
		if c.group[k] == group && c.area[k] < 0 && c.boxes[k].holds(c.boxes[i]) && c.inside(i, k) {
			return true
		}
	}
	return false
}

// inside tells on which side of ring j ring i lies, by the first of its samples
// that is not on the border.
func (c *checker) inside(i, j int) (in bool) {
	c.samples(i, j, func(where int) bool {
		in = where > 0
		return where == 0
	})
	return in
}

// leaves tells whether any sample of ring i lies outside ring j.
func (c *checker) leaves(i, j int) (out bool) {
	c.samples(i, j, func(where int) bool {
		out = where < 0
		return !out
	})
	return out
}

// samples locates the vertices of ring i and the middles of its sides in ring j
// until visit returns false.
func (c *checker) samples(i, j int, visit func(where int) bool) {
	if c.where[j] == nil {
		c.where[j] = newLocator(c.rings[j])
	}
	r, o := c.rings[i], c.where[j]
	for k, p := range r {
		q := r[(k+1)%len(r)]
		if !visit(o.locate(int64(p.X)*2, int64(p.Y)*2)) || !visit(o.locate(int64(p.X)+int64(q.X), int64(p.Y)+int64(q.Y))) {
			return
		}
	}
}

// box is the bounding box of a ring.
type box struct{ lo, hi Point }

func boxOf(r []Point) box {
	b := box{r[0], r[0]}
	for _, p := range r {
		b.lo = Point{min(b.lo.X, p.X), min(b.lo.Y, p.Y)}
		b.hi = Point{max(b.hi.X, p.X), max(b.hi.Y, p.Y)}
	}
	return b
}

func (b box) holds(o box) bool {
	return b.lo.X <= o.lo.X && b.lo.Y <= o.lo.Y && o.hi.X <= b.hi.X && o.hi.Y <= b.hi.Y
}
