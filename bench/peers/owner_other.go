//go:build !linux

package peers

import (
	"errors"
	"syscall"
)

// owner is who runs PostgreSQL.
type owner struct{ name string }

// newOwner fails: CPU times of other processes are read on Linux only.
func newOwner() (owner, error) {
	return owner{}, errors.New("the peers are measured on Linux only: CPU times come from /proc")
}

func (owner) give(string) error                { return nil }
func (owner) attributes() *syscall.SysProcAttr { return nil }
func aside() *syscall.SysProcAttr              { return nil }
