package pmtiles

import (
	"fmt"
	"io"
	"slices"
)

// Reader finds tiles in an archive. It reads no more than it is asked for, and is
// safe for concurrent use as far as its source is.
type Reader struct {
	Header
	src  io.ReaderAt
	root []entry
}

// NewReader reads the header and the root directory. The error is of the source,
// or wraps ErrFormat.
func NewReader(src io.ReaderAt) (*Reader, error) {
	r := &Reader{src: src}
	head := make([]byte, headerSize)
	n, err := src.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if r.Header, err = parseHeader(head[:n]); err != nil {
		return nil, err
	}
	r.root, err = r.directory(r.Header.root)
	return r, err
}

// Metadata returns the archive's JSON metadata.
func (r *Reader) Metadata() ([]byte, error) {
	b, err := r.section(r.metadata, maxDirectory)
	if err != nil {
		return nil, err
	}
	if b, err = unpack(b, maxDirectory); err != nil {
		return nil, fmt.Errorf("%w: metadata: %w", ErrFormat, err)
	}
	return b, nil
}

// maxTile bounds the bytes of one gzipped tile.
const maxTile = 64 << 20

// maxDepth is how deep directories may lead.
const maxDepth = 4

// Tile returns the gzipped tile, nil where the archive has none.
func (r *Reader) Tile(z uint8, x, y uint32) ([]byte, error) {
	id, dir := ID(z, x, y), r.root
	for range maxDepth {
		i, found := slices.BinarySearchFunc(dir, id, func(e entry, id uint64) int {
			switch {
			case e.id < id:
				return -1
			case e.id > id:
				return 1
			}
			return 0
		})
		if !found {
			i--
		}
		if i < 0 {
			return nil, nil
		}
		e := dir[i]
		switch {
		case e.run > 0 && id-e.id < uint64(e.run):
			return r.section(section{r.data.offset + e.offset, uint64(e.length)}, maxTile)
		case e.run > 0:
			return nil, nil
		}
		var err error
		if dir, err = r.directory(section{r.leaves.offset + e.offset, uint64(e.length)}); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w: directories lead deeper than %d", ErrFormat, maxDepth)
}

func (r *Reader) directory(s section) ([]entry, error) {
	b, err := r.section(s, maxDirectory)
	if err != nil {
		return nil, err
	}
	return parseDirectory(b)
}

func (r *Reader) section(s section, limit uint64) ([]byte, error) {
	if s.length > limit {
		return nil, fmt.Errorf("%w: a section of %d bytes at %d", ErrFormat, s.length, s.offset)
	}
	b := make([]byte, s.length)
	if _, err := r.src.ReadAt(b, int64(s.offset)); err != nil {
		return nil, fmt.Errorf("%w: %d bytes at %d: %w", ErrFormat, s.length, s.offset, err)
	}
	return b, nil
}
