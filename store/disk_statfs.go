//go:build linux || darwin || freebsd

package store

import (
	"io/fs"
	"syscall"
)

// freeSpace returns the bytes that an unprivileged process may still write to
// the file system of dir.
func freeSpace(dir string) (int64, error) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return 0, err
	}
	return int64(uint64(st.Bavail) * uint64(st.Bsize)), nil
}

// usedBytes returns what a file takes on disk; sparse files take less than
// their length.
func usedBytes(info fs.FileInfo) int64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int64(st.Blocks) * 512
	}
	return info.Size()
}
