package load

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tuban/bench"
)

// usage is what the server's processes have used.
type usage struct {
	known bool
	cpu   time.Duration // in steps of 10 ms, with children
	fine  time.Duration // to the nanosecond, of the threads that there are now; 0 if not known
	rss   int64         // now
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
		u = usage{true, u.cpu + cpu, u.fine + threadTime(pid), u.rss + p.RSS, u.peak + p.PeakRSS}
	}
	return u
}

// threadTime returns the time that a process's threads have run, by the
// scheduler's own account; 0 where the kernel keeps none. Threads that have ended
// are not in it, nor are children.
func threadTime(pid int) time.Duration {
	names, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/schedstat")
	if err != nil {
		return 0
	}
	var sum time.Duration
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended since
		}
		running, _, _ := strings.Cut(string(text), " ")
		ns, err := strconv.ParseInt(running, 10, 64)
		if err != nil {
			return 0
		}
		sum += time.Duration(ns)
	}
	return sum
}

// leastCPU is the CPU time below which the kernel's steps of 10 ms say too
// little.
const leastCPU = 200 * time.Millisecond

// spent returns the CPU time between two moments; ok is false where it is not
// known, or too short to be. The scheduler's account is taken where it agrees
// with the steps of 10 ms: threads that ended or children would make it too low.
func spent(before, after usage) (d time.Duration, ok bool) {
	if !before.known || !after.known {
		return 0, false
	}
	coarse, fine := after.cpu-before.cpu, after.fine-before.fine
	const steps, least = 40 * time.Millisecond, time.Millisecond
	if off := (coarse - fine).Abs(); before.fine > 0 && fine >= least && off <= steps+coarse/10 {
		return fine, true
	}
	return coarse, coarse >= leastCPU
}

// perAnswer returns CPU seconds for each of n answers between two moments, NaN
// where that is not known.
func perAnswer(before, after usage, n int64) float64 {
	d, ok := spent(before, after)
	if !ok || n == 0 {
		return math.NaN()
	}
	return d.Seconds() / float64(n)
}
