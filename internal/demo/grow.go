package demo

import (
	"container/heap"
	"math"

	"github.com/paulmach/orb"
)

// clearance is the least distance in metres between a cut and a vertex.
const clearance = 1.0

// About how long, in metres, one parcel of a road is, in town and elsewhere.
const (
	longestStrip   = 1500.0
	longestHighway = 6000.0
)

// strip is what a face that is a road, railway or canal is; 0 for other faces.
type strip uint8

const (
	notStrip strip = iota
	stripStreet
	stripTrack
	stripCanal
	stripHighway
	stripRailway
)

// candidate is a face that may be cut, with how many times it is too large.
type candidate struct {
	face  int32
	ratio float64
}

type candidates []candidate

func (c candidates) Len() int      { return len(c) }
func (c candidates) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c *candidates) Push(x any)   { *c = append(*c, x.(candidate)) }
func (c *candidates) Pop() any     { old := *c; x := old[len(old)-1]; *c = old[:len(old)-1]; return x }
func (c candidates) Less(i, j int) bool {
	if c[i].ratio != c[j].ratio {
		return c[i].ratio > c[j].ratio
	}
	return c[i].face < c[j].face
}

// growth cuts a mesh until it has a wanted number of faces, the largest (by
// what its ground calls for) first.
type growth struct {
	mesh   *mesh
	land   *land
	seed   uint64
	strips []strip
	queue  candidates
	rails  int
}

// grow cuts the territory's faces until the mesh has count, and returns each
// face's strip. It ends early, at a multiple of some thousand faces, when
// progress returns an error. Cost O(n log n).
func grow(m *mesh, l *land, seed uint64, count int, progress func(faces int) error) ([]strip, error) {
	g := &growth{mesh: m, land: l, seed: seed, strips: make([]strip, m.faces(), count)}
	for f := range int32(m.faces()) {
		if m.land(f) {
			g.push(f)
		}
	}
	told := 0
	for m.faces() < count && len(g.queue) > 0 {
		if m.faces() >= told {
			if err := progress(m.faces()); err != nil {
				return nil, err
			}
			told += 4096
		}
		c := heap.Pop(&g.queue).(candidate)
		g.divide(c.face, c.ratio, count)
	}
	return g.strips, nil
}

func (g *growth) push(f int32) {
	s := g.mesh.shape(f)
	heap.Push(&g.queue, candidate{f, s.area / g.land.target(s.centre)})
}

// divide cuts face f in two, or in three with a strip in the middle.
func (g *growth) divide(f int32, ratio float64, count int) {
	r := newRandom(g.seed, streamSplit, int(f)<<24^g.mesh.faces())
	s := g.mesh.shape(f)
	kind, width := g.corridor(&r, s, ratio)
	if g.mesh.faces()+2 > count {
		kind, width = notStrip, 0
	}
	for range 8 {
		l := g.direction(f, s.centre, &r)
		lo, hi := g.mesh.extent(f, l.n)
		if hi-lo < 8*clearance+4*width {
			return // too thin to cut: it stays as it is
		}
		l.at = lo + (hi-lo)*r.between(0.38, 0.62)
		part, ok := g.mesh.cut(f, l, clearance)
		if !ok {
			continue
		}
		g.strips = append(g.strips, notStrip)
		if kind != notStrip {
			g.strip(part, line{l.n, l.at + width}, kind)
		}
		g.push(f)
		if g.strips[part] == notStrip {
			g.push(part)
		}
		return
	}
}

// strip cuts off part's near side as a strip, in pieces; if it
// cannot, part stays whole.
func (g *growth) strip(part int32, l line, kind strip) {
	far, ok := g.mesh.cut(part, l, clearance)
	if !ok {
		return
	}
	g.strips = append(g.strips, notStrip)
	g.push(far)
	along := orb.Point{-l.n[1], l.n[0]}
	lo, hi := g.mesh.extent(part, along)
	g.strips[part] = kind
	step := longestStrip
	if kind >= stripHighway {
		step = longestHighway
	}
	for lo += step; lo < hi-step/2; lo += step {
		if rest, ok := g.mesh.cut(part, line{along, lo}, clearance); ok {
			g.strips = append(g.strips, kind)
			part = rest
		}
	}
}

// corridor decides whether a cut leaves a road, railway or canal, and how wide.
func (g *growth) corridor(r *random, s shape, ratio float64) (strip, float64) {
	switch ground := g.land.ground(s.centre); {
	case s.area > 4e8 && g.rails == 0:
		g.rails++
		return stripRailway, 36
	case s.area > 3e7 && ratio > 40 && r.unit() < g.land.traffic(s.centre):
		return stripHighway, r.between(24, 40)
	case ground == groundTown && ratio > 5 && ratio < 200 && r.unit() < 0.6:
		return stripStreet, math.Min(36, 9+0.25*ratio) * r.between(0.9, 1.2)
	case ground == groundFarm && ratio > 10 && ratio < 400 && r.unit() < 0.5:
		if r.unit() < 0.4 {
			return stripCanal, r.between(5, 12)
		}
		return stripTrack, r.between(4.5, 8)
	}
	return notStrip, 0
}

// direction returns a line across face f's longer side. Fields and blocks
// follow the grain of their surroundings, the open land only roughly.
func (g *growth) direction(f int32, centre orb.Point, r *random) line {
	turn, slack := g.land.grain(centre)
	turn += slack * (r.unit() - 0.5)
	n := orb.Point{math.Cos(turn), math.Sin(turn)}
	across := orb.Point{-n[1], n[0]}
	lo, hi := g.mesh.extent(f, n)
	low, high := g.mesh.extent(f, across)
	if high-low > hi-lo {
		n = across
	}
	return line{n: n}
}
