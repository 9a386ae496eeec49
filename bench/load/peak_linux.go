package load

import (
	"os"
	"syscall"
)

// peakOf returns the most bytes that an ended process had in memory, 0 if that
// is not known.
func peakOf(p *os.ProcessState) int64 {
	if u, ok := p.SysUsage().(*syscall.Rusage); ok {
		return u.Maxrss << 10
	}
	return 0
}
