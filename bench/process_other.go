//go:build !unix

package bench

import "time"

// SelfCPU returns ErrNoProcess here: CPU time is read on Unix only.
func SelfCPU() (time.Duration, error) { return 0, ErrNoProcess }
