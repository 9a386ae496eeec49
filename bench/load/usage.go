package load

import (
	"math"
	"time"

	"tuban/bench"
)

// usage is what the server's processes have used.
type usage struct {
	known bool
	cpu   time.Duration
	rss   int64 // now
	peak  int64
}

// usageOf adds up processes: the CPU time of each with its children, the memory
// of those named alone.
func usageOf(pids []int) usage {
	var u usage
	for _, pid := range pids {
		cpu, err := bench.TreeCPU(pid)
		if err != nil {
			return usage{}
		}
		p, err := bench.Process(pid)
		if err != nil {
			return usage{}
		}
		u = usage{true, u.cpu + cpu, u.rss + p.RSS, u.peak + p.PeakRSS}
	}
	return u
}

// leastCPU is the CPU time below which the kernel's steps of 10 ms say too
// little.
const leastCPU = 200 * time.Millisecond

// perAnswer returns CPU seconds for each of n answers between two moments; NaN
// where it is not known, or too short to be.
func perAnswer(before, after usage, n int64) float64 {
	spent := after.cpu - before.cpu
	if !before.known || !after.known || n == 0 || spent < leastCPU {
		return math.NaN()
	}
	return spent.Seconds() / float64(n)
}
