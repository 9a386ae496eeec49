package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// owner is the content of the file of that name.
type owner struct {
	PID    int    `json:"pid"`
	Holder string `json:"holder,omitempty"`
}

// takeOwner locks the directory and, for writing, says who has it. A directory
// that cannot be written to is opened for reading without a lock.
func takeOwner(dir string, readOnly bool) (*os.File, error) {
	path := filepath.Join(dir, "owner")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil && readOnly {
		if f, err = os.Open(path); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("store: locking: %w", err)
	}
	if lockFile(f, readOnly) != nil {
		defer f.Close()
		return nil, inUse(dir)
	}
	if readOnly {
		return f, nil
	}
	if err := writeOwner(f, ""); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// inUse reads who has dir.
func inUse(dir string) *InUseError {
	e := &InUseError{Dir: dir}
	var o owner
	if text, err := os.ReadFile(filepath.Join(dir, "owner")); err == nil && json.Unmarshal(text, &o) == nil {
		e.PID, e.Holder = o.PID, o.Holder
	}
	return e
}

func writeOwner(f *os.File, holder string) error {
	text, err := json.Marshal(owner{PID: os.Getpid(), Holder: holder})
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if _, err := f.WriteAt(text, 0); err != nil {
		return fmt.Errorf("store: writing owner: %w", err)
	}
	if err := f.Truncate(int64(len(text))); err != nil {
		return fmt.Errorf("store: writing owner: %w", err)
	}
	return nil
}

// SetHolder says where this process serves the data set, for the message of
// others that find it in use. Only for a data set open for writing.
func (db *DB) SetHolder(addr string) error {
	if db.opt.ReadOnly {
		return ErrReadOnly
	}
	done, err := db.use()
	if err != nil {
		return err
	}
	defer done()
	db.writing.Lock()
	defer db.writing.Unlock()
	return writeOwner(db.owner, addr)
}
