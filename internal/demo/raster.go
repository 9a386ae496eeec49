package demo

import (
	"math"

	"github.com/paulmach/orb"
)

// raster is a shape of image pixels: rows of runs, counted from the south, each
// overlapping the row before by a pixel at least, so that its outline is simple.
type raster struct {
	corner orb.Point
	pixel  float64  // metres
	rows   [][2]int // columns [lo,hi) of each row
}

// steps returns a shape of about the wanted area, as an interpreter traces it
// from an image. Some shapes have a second part beyond the first.
func steps(centre orb.Point, want, stretch float64, r *random) []raster {
	pixel := 2.0
	for want/(pixel*pixel) > 12000 {
		pixel *= 2
	}
	across := math.Sqrt(want/stretch) / pixel
	along := across * stretch
	if r.unit() < 0.5 {
		across, along = along, across
	}
	rows := max(3, int(along))
	first := runs(rows, across, r)
	corner := orb.Point{math.Floor(centre[0]/pixel) * pixel, math.Floor(centre[1]/pixel-float64(rows)/2) * pixel}
	parts := []raster{{corner, pixel, first}}
	if r.unit() < 0.06 {
		second := runs(max(3, rows/3), across*0.5, r)
		corner[1] += float64(rows+2+r.below(4)) * pixel
		parts = append(parts, raster{corner, pixel, second})
	}
	return parts
}

// runs returns the pixel columns of each row.
func runs(rows int, width float64, r *random) [][2]int {
	lean, bulge := r.between(-0.5, 0.5), r.between(0.15, 0.6)
	left, right := 0.0, 0.0
	list := make([][2]int, rows)
	for i := range list {
		u := 2*(float64(i)+0.5)/float64(rows) - 1
		half := width / 2 * math.Pow(1-u*u, bulge)
		left = 0.9*left + r.between(-0.05, 0.05)*width
		right = 0.9*right + r.between(-0.05, 0.05)*width
		middle := lean * u * width
		list[i] = [2]int{int(math.Floor(middle - half + left)), int(math.Ceil(middle + half + right))}
		join(list, i)
	}
	return list
}

// join widens row i until it overlaps the row before and is not empty.
func join(rows [][2]int, i int) {
	lo, hi := rows[i][0], rows[i][1]
	if i > 0 {
		lo, hi = min(lo, rows[i-1][1]-1), max(hi, rows[i-1][0]+1)
	}
	rows[i] = [2]int{lo, max(hi, lo+1)}
}

// wobble moves ends of runs by a pixel, as another image shows them; the middle
// row always grows.
func (s raster) wobble(r *random) {
	s.rows[len(s.rows)/2][1]++
	for i := range s.rows {
		if r.unit() < 0.3 {
			s.rows[i][0] += r.below(3) - 1
		}
		if r.unit() < 0.3 {
			s.rows[i][1] += r.below(3) - 1
		}
		join(s.rows, i)
	}
}

// trace returns the outline, counter-clockwise and closed, without vertices
// inside straight sides.
func (s raster) trace() orb.Ring {
	var ring orb.Ring
	add := func(x, y int) {
		ring = append(ring, orb.Point{s.corner[0] + float64(x)*s.pixel, s.corner[1] + float64(y)*s.pixel})
	}
	list, n := s.rows, len(s.rows)
	add(list[0][0], 0)
	add(list[0][1], 0)
	for i := 1; i < n; i++ {
		if list[i][1] != list[i-1][1] {
			add(list[i-1][1], i)
			add(list[i][1], i)
		}
	}
	add(list[n-1][1], n)
	add(list[n-1][0], n)
	for i := n - 1; i > 0; i-- {
		if list[i][0] != list[i-1][0] {
			add(list[i][0], i)
			add(list[i-1][0], i)
		}
	}
	return append(ring, ring[0])
}
