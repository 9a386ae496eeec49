//go:build !linux

package load

import "time"

// preciseSleep returns Go's own sleep.
func preciseSleep() func(time.Duration) { return time.Sleep }
