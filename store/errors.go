package store

import (
	"errors"
	"fmt"
	"strconv"

	"tuban/feature"
)

// The sentinels of this room.
var (
	// ErrNotDataset reports a directory that holds no data set.
	ErrNotDataset = errors.New("not a tuban data set")
	// ErrReadOnly reports a write to a data set opened for reading.
	ErrReadOnly = errors.New("the data set is open for reading only")
	// ErrClosed reports the use of a closed data set.
	ErrClosed = errors.New("the data set is closed")
	// ErrNoLayer reports a layer that the data set does not have.
	ErrNoLayer = errors.New("no such layer")
	// ErrNoVintage reports a vintage that the layer does not have.
	ErrNoVintage = errors.New("no such vintage")
	// ErrAssertion reports a write that the engine must never ask for: a gap in
	// seq, a time that runs backwards, a number twice in one commit.
	ErrAssertion = errors.New("assertion failed")
)

func assertion(format string, args ...any) error {
	return fmt.Errorf("store: %w: %w", ErrAssertion, fmt.Errorf(format, args...))
}

// InUseError reports a directory that another process has open.
type InUseError struct {
	Dir    string
	Holder string // the address it serves, as given to SetHolder; "" if unknown
	PID    int    // 0 if unknown
}

// Error names the directory and who has it.
func (e *InUseError) Error() string {
	s := "data set " + e.Dir + " is in use"
	if e.PID != 0 {
		s += " by process " + strconv.Itoa(e.PID)
	}
	if e.Holder != "" {
		s += ", which serves " + e.Holder
	}
	return s
}

// LayoutError reports a data set of another layout version.
type LayoutError struct {
	Dir         string
	Found, Want int
}

// Error says which version was found and what to do.
func (e *LayoutError) Error() string {
	todo := "use the release of tuban that wrote it, or a newer one"
	if e.Found < e.Want {
		todo = "export it with the release that wrote it and import it again"
	}
	return fmt.Sprintf("data set %s has layout %d, this program reads layout %d: %s", e.Dir, e.Found, e.Want, todo)
}

// CorruptError reports stored data that is not what was written. Nothing of the
// damaged value was handed out.
type CorruptError struct {
	Key    string          // the key in readable form, or the file
	Layer  feature.LayerID // "" when it does not belong to one
	Chunk  int             // the chunk of a load, -1 if the key is not a chunk's
	Reason string
}

// Error says where and what.
func (e *CorruptError) Error() string {
	s := "corrupt data at " + e.Key
	if e.Layer != "" {
		s += " of layer " + string(e.Layer)
	}
	return s + ": " + e.Reason
}

func corrupt(key []byte, format string, args ...any) *CorruptError {
	return &CorruptError{Key: keyText(key), Chunk: keyChunk(key), Reason: fmt.Sprintf(format, args...)}
}

// BrokenError reports that an earlier write failed in a way that leaves open
// whether it is on disk. Reads go on; writing needs the data set opened again.
type BrokenError struct{ Cause error }

// Error says what failed.
func (e *BrokenError) Error() string {
	return "the data set takes no more writes until it is opened again: " + e.Cause.Error()
}

// Unwrap returns what failed.
func (e *BrokenError) Unwrap() error { return e.Cause }

// FullError reports a write, or opening for writing, refused because the disk is
// nearly full. Nothing was written.
type FullError struct {
	Dir        string
	Free, Need int64 // bytes
}

// Error says how much is free and how much must be.
func (e *FullError) Error() string {
	return fmt.Sprintf("disk of %s is nearly full: %d MiB free, this needs %d MiB free",
		e.Dir, e.Free>>20, (e.Need+1<<20-1)>>20)
}
