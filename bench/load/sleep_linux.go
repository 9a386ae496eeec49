package load

import (
	"runtime"
	"syscall"
	"time"
)

// preciseSleep takes a thread for the calling goroutine, until that ends, and
// returns a sleep of that thread. Go's own timers wake in steps of a millisecond
// when nothing else goes on, which is longer than many an answer takes; the
// kernel's sleep is exact to its slack, which is set to the least.
func preciseSleep() func(time.Duration) {
	runtime.LockOSThread() // never unlocked: the thread ends with the goroutine, and its slack too
	const setTimerSlack, nanoseconds = 29, 1
	// Where this is refused the slack stays at 50 µs, which the report shows.
	_, _, _ = syscall.Syscall(syscall.SYS_PRCTL, setTimerSlack, nanoseconds, 0)
	return func(d time.Duration) {
		t := syscall.NsecToTimespec(int64(d))
		// A signal may end it early; the caller looks at the clock.
		_ = syscall.Nanosleep(&t, nil)
	}
}
