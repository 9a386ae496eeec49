package snap

import "slices"

// sweeper finds the pairs of segments whose boxes meet, by a sweep in x.
type sweeper struct {
	segments []segment
	active   []int32
}

func (w *sweeper) reset() { w.segments = w.segments[:0] }

// addRing adds the segments of a ring, those of no length left out.
func (w *sweeper) addRing(ring []Fine) {
	for i, a := range ring {
		b := ring[0]
		if i+1 < len(ring) {
			b = ring[i+1]
		}
		if a != b {
			s, _ := orient(a, b)
			w.segments = append(w.segments, s)
		}
	}
}

// crossings calls visit with the cell of each proper crossing.
func (w *sweeper) crossings(visit func(Point)) {
	slices.SortFunc(w.segments, func(s, t segment) int { return int(s.a.X) - int(t.a.X) })
	w.active = w.active[:0]
	for i := range w.segments {
		s := &w.segments[i]
		low, high := min(s.a.Y, s.b.Y), max(s.a.Y, s.b.Y)
		keep := w.active[:0]
		for _, j := range w.active {
			t := &w.segments[j]
			if t.b.X < s.a.X {
				continue
			}
			keep = append(keep, j)
			if min(t.a.Y, t.b.Y) > high || max(t.a.Y, t.b.Y) < low {
				continue
			}
			if p, ok := crossing(s, t); ok {
				visit(p)
			}
		}
		w.active = append(keep, int32(i))
	}
}
