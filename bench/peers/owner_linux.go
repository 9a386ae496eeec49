package peers

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// owner is who runs PostgreSQL, which refuses to run as root.
type owner struct {
	name string
	cred *syscall.Credential // nil: who runs this program
}

// newOwner returns this user, or for root the first unprivileged one that there
// is of postgres and nobody.
func newOwner() (owner, error) {
	if os.Geteuid() != 0 {
		return owner{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return owner{}, fmt.Errorf("user %s: %w", name, err)
		}
		return owner{name, &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
	}
	return owner{}, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")
}

// give hands a folder to the owner.
func (o owner) give(dir string) error {
	if o.cred == nil {
		return nil
	}
	return os.Chown(dir, int(o.cred.Uid), int(o.cred.Gid))
}

// attributes make a program run as the owner, in a process group of its own
// (Ctrl-C is ours to act on), and end with the thread that started it.
func (o owner) attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: o.cred, Setpgid: true, Pdeathsig: syscall.SIGQUIT}
}

// aside makes a program of ours run in a process group of its own.
func aside() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
