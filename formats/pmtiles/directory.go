package pmtiles

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/gzip"
)

// entry is a run of tiles with consecutive ids and the same bytes; a run of 0 is
// a leaf directory.
type entry struct {
	id, offset  uint64
	length, run uint32
}

// appendDirectory encodes entries column by column: differences of ids, runs,
// lengths, and offsets plus one, 0 where an entry follows the one before it.
func appendDirectory(dst []byte, entries []entry) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		dst = binary.AppendUvarint(dst, e.id-last)
		last = e.id
	}
	for _, e := range entries {
		dst = binary.AppendUvarint(dst, uint64(e.run))
	}
	for _, e := range entries {
		dst = binary.AppendUvarint(dst, uint64(e.length))
	}
	for i, e := range entries {
		if i > 0 && e.offset == entries[i-1].offset+uint64(entries[i-1].length) {
			dst = append(dst, 0)
		} else {
			dst = binary.AppendUvarint(dst, e.offset+1)
		}
	}
	return dst
}

// maxDirectory bounds what a directory may unfold to, in bytes.
const maxDirectory = 64 << 20

// parseDirectory decodes a gzipped directory.
func parseDirectory(packed []byte) ([]entry, error) {
	b, err := unpack(packed, maxDirectory)
	if err != nil {
		return nil, fmt.Errorf("%w: directory: %w", ErrFormat, err)
	}
	d := columns{b: b}
	n := d.next()
	if n > uint64(len(b)) {
		return nil, fmt.Errorf("%w: a directory of %d entries in %d bytes", ErrFormat, n, len(b))
	}
	entries := make([]entry, n)
	last := uint64(0)
	for i := range entries {
		last += d.next()
		entries[i].id = last
	}
	for i := range entries {
		entries[i].run = d.short()
	}
	for i := range entries {
		entries[i].length = d.short()
	}
	for i := range entries {
		switch v := d.next(); {
		case v > 0:
			entries[i].offset = v - 1
		case i > 0:
			entries[i].offset = entries[i-1].offset + uint64(entries[i-1].length)
		default:
			d.bad = true
		}
	}
	if d.bad || len(d.b) > 0 {
		return nil, fmt.Errorf("%w: a directory is cut or has bytes too many", ErrFormat)
	}
	return entries, nil
}

// columns reads numbers until one is bad.
type columns struct {
	b   []byte
	bad bool
}

func (c *columns) next() uint64 {
	v, n := binary.Uvarint(c.b)
	if n <= 0 {
		c.b, c.bad = nil, true
		return 0
	}
	c.b = c.b[n:]
	return v
}

func (c *columns) short() uint32 {
	v := c.next()
	c.bad = c.bad || v > math.MaxUint32
	return uint32(v)
}

// pack compresses a directory or the metadata.
func pack(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}

// unpack returns what pack was given, up to a size.
func unpack(b []byte, limit int64) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(out)) > limit {
		err = fmt.Errorf("unfolds to more than %d bytes", limit)
	}
	return out, err
}

// directories returns the packed root and leaf directories of all entries: the
// root holds them itself where it can, else it leads to leaves of as many as
// make it fit.
func directories(entries []entry) (root, leaves []byte, err error) {
	if root, err = pack(appendDirectory(nil, entries)); err != nil || len(root) <= rootLimit {
		return root, nil, err
	}
	for size := 4096; ; size *= 2 {
		var top []entry
		leaves = leaves[:0]
		for from := 0; from < len(entries); from += size {
			leaf, err := pack(appendDirectory(nil, entries[from:min(from+size, len(entries))]))
			if err != nil {
				return nil, nil, err
			}
			top = append(top, entry{id: entries[from].id, offset: uint64(len(leaves)), length: uint32(len(leaf))})
			leaves = append(leaves, leaf...)
		}
		if root, err = pack(appendDirectory(nil, top)); err != nil || len(root) <= rootLimit {
			return root, leaves, err
		}
	}
}
