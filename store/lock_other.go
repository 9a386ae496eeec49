//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package store

import "os"

// lockFile does nothing here: Badger's own lock keeps a second process out.
func lockFile(*os.File, bool) error { return nil }
