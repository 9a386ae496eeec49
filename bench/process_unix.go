//go:build unix

package bench

import (
	"os"
	"syscall"
	"time"
)

// SelfCPU returns the CPU time of this process, user and system, of all its
// threads, in steps of about a microsecond.
func SelfCPU() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, os.NewSyscallError("getrusage", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}
