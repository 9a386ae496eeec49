package bench

// Reference is a fixed piece of arithmetic, a few microseconds long: what other
// work is held against, round by round, so that the machine's own speed (its
// clock, a neighbour on the core) cancels. It touches no memory. Its result
// depends on n only and must be used, or the compiler leaves it out.
func Reference(n int) float64 {
	x, sum := 1.0, 0.0
	for range 1000 * n {
		x = x*1.0000001 + 0.37
		if x > 2 {
			x--
		}
		sum += x / (x + sum)
	}
	return sum
}
