package demo

import (
	"math"

	"github.com/paulmach/orb"
)

// box is a rectangle on the plane, turned about its centre: what approvals and
// rights look like.
type box struct {
	centre     orb.Point
	dx, dy     float64 // half its sides
	turn       float64 // radians
	notch      float64 // share of each side that a corner lacks; 0 for none
	notchFirst int     // which corner
}

// ring returns the border, closed, counter-clockwise.
func (b box) ring() orb.Ring {
	flat := [][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}
	var r orb.Ring
	s, c := math.Sincos(b.turn)
	add := func(u, v float64) {
		x, y := u*b.dx, v*b.dy
		r = append(r, orb.Point{b.centre[0] + x*c - y*s, b.centre[1] + x*s + y*c})
	}
	for i, p := range flat {
		if b.notch == 0 || i != b.notchFirst {
			add(p[0], p[1])
			continue
		}
		in := 1 - 2*b.notch
		if before := flat[(i+3)%4]; before[0] == p[0] { // the border comes along y
			add(p[0], p[1]*in)
			add(p[0]*in, p[1]*in)
			add(p[0]*in, p[1])
		} else {
			add(p[0]*in, p[1])
			add(p[0]*in, p[1]*in)
			add(p[0], p[1]*in)
		}
	}
	return append(r, r[0])
}

// shifted returns b moved by shares of its half sides along its own axes.
func (b box) shifted(u, v float64) box {
	s, c := math.Sincos(b.turn)
	x, y := u*b.dx, v*b.dy
	b.centre = orb.Point{b.centre[0] + x*c - y*s, b.centre[1] + x*s + y*c}
	return b
}

// boxAround returns the smallest box turned so that holds a shape, and margin more.
func boxAround(shape orb.MultiPolygon, turn, margin float64) box {
	s, c := math.Sincos(turn)
	lo, hi := orb.Point{math.Inf(1), math.Inf(1)}, orb.Point{math.Inf(-1), math.Inf(-1)}
	for _, p := range shape {
		for _, q := range p[0] {
			u, v := q[0]*c+q[1]*s, q[1]*c-q[0]*s
			lo, hi = orb.Point{min(lo[0], u), min(lo[1], v)}, orb.Point{max(hi[0], u), max(hi[1], v)}
		}
	}
	u, v := (lo[0]+hi[0])/2, (lo[1]+hi[1])/2
	return box{centre: orb.Point{u*c - v*s, u*s + v*c}, dx: (hi[0]-lo[0])/2 + margin, dy: (hi[1]-lo[1])/2 + margin, turn: turn}
}
