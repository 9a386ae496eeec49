package overlay

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// fan is the number of edges in a leaf and of children in an inner node.
const fan = 4

// node is a run of consecutive edges of one ring, or a group of whole rings.
// px and qx are the x of its first and last vertex, walked with the inside on
// the left (shells counter-clockwise, holes clockwise); for a closed run they
// are equal. s is the integral of q(y)−q(y0) dx along that walk.
type node struct {
	x0, y0, x1, y1 float64
	px, qx         float64
	s              float64
	first          int32   // leaf: index of the first edge in the ring; inner: first child
	ring           int32   // leaf: index of the ring; else inner or group
	n              int32   // number of edges or children
	size           float32 // an upper bound of the length of its edges, in degrees
}

// The values of node.ring of nodes that are not leaves.
const (
	inner = -1 // consecutive runs of one ring
	group = -2 // whole rings
)

func (n *node) leaf() bool { return n.ring >= 0 }

// ring is a closed ring as delivered, of a polygon counted from 0; flip tells
// that it runs with the inside on its right.
type ring struct {
	pts  []orb.Point
	part int32
	hole bool
	flip bool
}

// edges returns the vertices of a leaf: one more than it has edges.
func (s *Shape) edges(n *node) []orb.Point {
	return s.rings[n.ring].pts[n.first : n.first+n.n+1]
}

// sign returns the factor of the directions of a leaf's edges.
func (s *Shape) sign(n *node) float64 {
	if s.rings[n.ring].flip {
		return -1
	}
	return 1
}

func (s *Shape) children(n *node) []node { return s.nodes[n.first : n.first+n.n] }

// rootNode is the node over everything; nil for a shape without edges.
func (s *Shape) rootNode() *node {
	if len(s.nodes) == 0 {
		return nil
	}
	return &s.nodes[len(s.nodes)-1]
}

// block is the number of edges whose integrals are taken above one base line:
// a measure costs as much as some 20 edges.
const block = 64

// baseline is a measure together with the latitude it stands on.
type baseline struct {
	measure
	y float64
}

func (b *baseline) set(k kind, lo, hi float64) {
	b.y = lo
	b.reset(k, lo, hi-lo)
}

// addRing appends the tree of a closed ring and returns its root's index.
func (s *Shape) addRing(pts []orb.Point, part int, hole bool) int32 {
	r := int32(len(s.rings))
	s.rings = append(s.rings, ring{pts: pts, part: int32(part), hole: hole})
	start := len(s.nodes)
	edges := len(pts) - 1
	var b baseline
	for i := 0; i < edges; i += fan {
		if i%block == 0 {
			lo, hi := yRange(pts[i : min(edges, i+block)+1])
			b.set(s.kind, lo, hi)
		}
		s.nodes = append(s.nodes, s.newLeaf(r, i, min(fan, edges-i), &b))
	}
	if edges <= block {
		s.addLevels(start, &b, inner)
	} else {
		s.addLevels(start, nil, inner)
	}
	root := len(s.nodes) - 1
	if s.clockwise(&s.nodes[root], pts) != hole {
		s.rings[r].flip = true
		for i := start; i <= root; i++ {
			n := &s.nodes[i]
			n.px, n.qx, n.s = n.qx, n.px, -n.s
		}
	}
	return int32(root)
}

func yRange(pts []orb.Point) (lo, hi float64) {
	lo, hi = pts[0][1], pts[0][1]
	for _, p := range pts[1:] {
		lo, hi = min(lo, p[1]), max(hi, p[1])
	}
	return lo, hi
}

// addLevels groups the nodes from start on, level over level, up to one root.
// Without a baseline every node takes one of its own.
func (s *Shape) addLevels(start int, b *baseline, tag int32) {
	for end := len(s.nodes); end-start > 1; start, end = end, len(s.nodes) {
		for i := start; i < end; i += fan {
			s.nodes = append(s.nodes, s.newInner(i, min(fan, end-i), b, tag))
		}
	}
}

func (s *Shape) newLeaf(r int32, first, n int, b *baseline) node {
	pts := s.rings[r].pts[first : first+n+1]
	l := node{first: int32(first), ring: r, n: int32(n), px: pts[0][0], qx: pts[n][0]}
	l.x0, l.y0, l.x1, l.y1 = pts[0][0], pts[0][1], pts[0][0], pts[0][1]
	size := 0.0
	for i := 1; i <= n; i++ {
		p, q := &pts[i-1], &pts[i]
		l.x0, l.x1 = min(l.x0, q[0]), max(l.x1, q[0])
		l.y0, l.y1 = min(l.y0, q[1]), max(l.y1, q[1])
		dx := q[0] - p[0]
		l.s += dx * b.mean(p[1]-b.y, q[1]-b.y)
		size += math.Abs(dx) + math.Abs(q[1]-p[1])
	}
	l.s -= b.at(l.y0-b.y) * (l.qx - l.px)
	l.size = roundUp(size)
	return l
}

func (s *Shape) newInner(first, n int, b *baseline, tag int32) node {
	kids := s.nodes[first : first+n]
	p := kids[0]
	size := 0.0
	for i := range kids {
		k := &kids[i]
		p.x0, p.x1 = min(p.x0, k.x0), max(p.x1, k.x1)
		p.y0, p.y1 = min(p.y0, k.y0), max(p.y1, k.y1)
		size += float64(k.size)
	}
	var own baseline
	if b == nil {
		own.set(s.kind, p.y0, p.y1)
		b = &own
	}
	p.s = 0
	bottom := b.at(p.y0 - b.y)
	for i := range kids {
		k := &kids[i]
		p.s += k.s + (b.at(k.y0-b.y)-bottom)*(k.qx-k.px)
	}
	p.first, p.ring, p.n, p.size = int32(first), tag, int32(n), roundUp(size)
	p.px, p.qx = kids[0].px, kids[n-1].qx
	if tag == group {
		p.qx = p.px // closed runs have no chord
	}
	return p
}

// roundUp returns a float32 that is not below v.
func roundUp(v float64) float32 {
	f := float32(v)
	if float64(f) < v {
		f = math.Nextafter32(f, math.MaxFloat32)
	}
	return f
}

// groupRings puts closed nodes over the roots of the rings. Roots lie beside one
// another, in the order of a space-filling curve when there are many.
func (s *Shape) groupRings(roots []int32) {
	if len(roots) <= 1 {
		return // the last node is the root
	}
	start := len(s.nodes)
	for _, r := range roots {
		s.nodes = append(s.nodes, s.nodes[r])
	}
	if len(roots) > fan {
		b := s.nodes[start]
		for _, n := range s.nodes[start:] {
			b.x0, b.x1 = min(b.x0, n.x0), max(b.x1, n.x1)
			b.y0, b.y1 = min(b.y0, n.y0), max(b.y1, n.y1)
		}
		slices.SortStableFunc(s.nodes[start:], func(m, n node) int {
			return cmp.Compare(morton(&b, &m), morton(&b, &n))
		})
	}
	s.addLevels(start, nil, group)
}

// morton interleaves the bits of a node's centre within the box of b.
func morton(b, n *node) uint32 {
	place := func(lo, hi, a, z float64) uint32 {
		if hi <= lo {
			return 0
		}
		v := uint32(((a-lo)/(hi-lo) + (z-lo)/(hi-lo)) / 2 * 0xffff)
		v = (v | v<<8) & 0x00ff00ff
		v = (v | v<<4) & 0x0f0f0f0f
		v = (v | v<<2) & 0x33333333
		return (v | v<<1) & 0x55555555
	}
	return place(b.x0, b.x1, n.x0, n.x1) | place(b.y0, b.y1, n.y0, n.y1)<<1
}
