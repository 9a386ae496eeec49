package pmtiles

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Info describes an archive for those who open it.
type Info struct {
	Header          // zooms, bound, center; the rest is filled in
	Metadata []byte // a JSON object
}

// Errors of Writer.
var (
	ErrOrder = errors.New("tiles must come in the order of their ids")
	// ErrOther reports what an interrupted export of something else has left.
	ErrOther = errors.New("the interrupted export beside it was of something else")
)

// Writer collects the tiles of one archive. It is not safe for concurrent use.
type Writer struct {
	path, folder string
	log          *log
	data         *os.File
	out          *bufio.Writer
	size         uint64 // of the data so far
	next         uint64 // ids below it are done
	entries      []entry
	known        map[[16]byte]content
	addressed    uint64
	pending      []record // in data, not yet in the log
}

// content is where the bytes of a tile lie.
type content struct {
	offset uint64
	length uint32
}

// Create begins an archive, or goes on with an interrupted one whose subject, any
// text that names what is exported, is the same. ErrOther is returned where the
// folder path.partial holds something else; removing it is the caller's choice.
func Create(path, subject string) (*Writer, error) {
	w := &Writer{path: path, folder: path + ".partial", known: map[[16]byte]content{}}
	if err := os.MkdirAll(w.folder, 0o755); err != nil {
		return nil, err
	}
	var err error
	if w.data, err = os.OpenFile(filepath.Join(w.folder, "tiles"), os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return nil, err
	}
	if w.log, err = openLog(filepath.Join(w.folder, "log"), subject, w.replay); err != nil {
		return nil, errors.Join(err, w.data.Close())
	}
	if err := w.rewind(); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	w.out = bufio.NewWriterSize(w.data, 1<<20)
	return w, nil
}

// rewind drops data that the log does not know of.
func (w *Writer) rewind() error {
	if err := w.data.Truncate(int64(w.size)); err != nil {
		return err
	}
	_, err := w.data.Seek(int64(w.size), io.SeekStart)
	return err
}

// replay takes a record of the log that an interrupted run has left.
func (w *Writer) replay(r record) {
	w.next = r.id + 1
	if r.length > 0 {
		w.known[r.sum] = content{r.offset, r.length}
		w.size = max(w.size, r.offset+uint64(r.length))
		w.list(r)
	}
}

// list adds a tile to the directory's entries.
func (w *Writer) list(r record) {
	w.addressed++
	if n := len(w.entries); n > 0 {
		if e := &w.entries[n-1]; e.offset == r.offset && e.id+uint64(e.run) == r.id {
			e.run++
			return
		}
	}
	w.entries = append(w.entries, entry{id: r.id, offset: r.offset, length: r.length, run: 1})
}

// Next returns the id from which on tiles are wanted: 0, or what an interrupted
// run had come to.
func (w *Writer) Next() uint64 { return w.next }

// Tiles returns how many tiles the archive has so far, empty ones not counted,
// and the bytes they take.
func (w *Writer) Tiles() (tiles, bytes uint64) { return w.addressed, w.size }

// Add adds a gzipped tile; an empty one (len 0) is passed over, but remembered as
// done. Ids rise from call to call, else ErrOrder.
func (w *Writer) Add(id uint64, packed []byte) error {
	if id < w.next {
		return fmt.Errorf("%w: %d after %d", ErrOrder, id, w.next-1)
	}
	w.next = id + 1
	r := record{id: id, length: uint32(len(packed))}
	if len(packed) > 0 {
		sum := sha256.Sum256(packed)
		r.sum = [16]byte(sum[:])
		c, ok := w.known[r.sum]
		if !ok {
			c = content{w.size, r.length}
			if _, err := w.out.Write(packed); err != nil {
				return err
			}
			w.known[r.sum] = c
			w.size += uint64(r.length)
		}
		r.offset = c.offset
		w.list(r)
	}
	w.pending = append(w.pending, r)
	return nil
}

// Checkpoint puts on disk what was added: an interruption costs what comes after.
// Cost: two fsyncs.
func (w *Writer) Checkpoint() error {
	if err := w.out.Flush(); err != nil {
		return err
	}
	if err := w.data.Sync(); err != nil {
		return err
	}
	if err := w.log.append(w.pending); err != nil {
		return err
	}
	w.pending = w.pending[:0]
	return nil
}

// Close lets go of the files and keeps the folder, so that a later Create goes on
// from the last Checkpoint.
func (w *Writer) Close() error { return errors.Join(w.data.Close(), w.log.close()) }

// Finish writes the archive under its name and removes the folder. The Writer is
// closed after it; on an error the folder stays.
func (w *Writer) Finish(info Info) error {
	err := w.Checkpoint()
	if err == nil {
		err = w.assemble(info)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		return err
	}
	return os.RemoveAll(w.folder)
}

// assemble writes the archive into the folder and moves it to its name.
func (w *Writer) assemble(info Info) error {
	root, leaves, err := directories(w.entries)
	if err != nil {
		return err
	}
	metadata, err := pack(info.Metadata)
	if err != nil {
		return err
	}
	h := info.Header
	h.Addressed, h.Entries, h.Contents = w.addressed, uint64(len(w.entries)), uint64(len(w.known))
	at := uint64(headerSize)
	for _, s := range []struct {
		to     *section
		length uint64
	}{{&h.root, uint64(len(root))}, {&h.metadata, uint64(len(metadata))}, {&h.leaves, uint64(len(leaves))}, {&h.data, w.size}} {
		*s.to = section{at, s.length}
		at += s.length
	}
	name := filepath.Join(w.folder, "archive")
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(append(append(append(h.append(nil), root...), metadata...), leaves...))
	if err == nil {
		_, err = io.Copy(f, io.NewSectionReader(w.data, 0, int64(w.size)))
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(name, w.path)
}
