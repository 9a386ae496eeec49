package snap

// Unspiked takes out of a ring, in place, where it runs back over the edge that it
// came by: what is inside by the even-odd rule stays the same, and most rings that
// were rounded to a coarse grid are simple then. A ring without an inside may be
// left with fewer than three points. Cost: O(n).
func Unspiked(ring []Point) []Point {
	n := 0
	for _, p := range ring {
		switch {
		case n > 0 && ring[n-1] == p:
		case n > 1 && ring[n-2] == p:
			n--
		default:
			ring[n] = p
			n++
		}
	}
	ring = ring[:n]
	for n = len(ring); n > 2; n = len(ring) { // around the end
		switch {
		case ring[n-1] == ring[0] || ring[n-2] == ring[0]:
			ring = ring[:n-1]
		case ring[n-1] == ring[1]:
			ring = ring[1:]
		default:
			return ring
		}
	}
	return ring
}
