package tiles

import (
	"fmt"
	"strconv"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Encoding is a content coding of a finished tile.
type Encoding uint8

// The content codings.
const (
	Identity Encoding = iota
	Gzip
	Zstd
)

// String returns the coding as it stands in Content-Encoding; "" for Identity.
func (e Encoding) String() string { return [...]string{"", "gzip", "zstd"}[e] }

// Finished is a tile ready to be sent.
type Finished struct {
	Body     []byte // coded; nil for an empty tile
	Encoding Encoding
	ETag     string // strong, with quotes: one for each content and coding
	// Generalised is the value of Tuban-Generalised, "" for none.
	Generalised string
	Size        int // bytes of the MVT
}

// Finish compresses a tile at a low level and tags it with the hash of its
// uncompressed bytes. The generalised header is part of the tile's content (its
// layer "tuban:generalised"), so that the tag covers it.
func Finish(t Tile, e Encoding) (*Finished, error) {
	f := &Finished{Encoding: e, Generalised: t.Header(), Size: len(t.Data)}
	hash := strconv.FormatUint(xxhash.Sum64(t.Data), 16)
	switch e {
	case Identity:
		f.ETag = `"` + hash + `"`
		f.Body = t.Data
	case Gzip:
		f.ETag = `"` + hash + `-gz"`
		w := gzipWriters.Get().(*gzip.Writer)
		defer gzipWriters.Put(w)
		var b buffer
		w.Reset(&b)
		if _, err := w.Write(t.Data); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		f.Body = b
	case Zstd:
		f.ETag = `"` + hash + `-zst"`
		w := zstdWriters.Get().(*zstd.Encoder)
		defer zstdWriters.Put(w)
		f.Body = w.EncodeAll(t.Data, nil)
	default:
		return nil, fmt.Errorf("no such encoding: %d", e)
	}
	if len(t.Data) == 0 {
		f.Body = nil
	}
	return f, nil
}

// buffer is a writer into a byte slice.
type buffer []byte

func (b *buffer) Write(p []byte) (int, error) { *b = append(*b, p...); return len(p), nil }

var gzipWriters = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, 3)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

var zstdWriters = sync.Pool{New: func() any {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err) // the options are constants
	}
	return w
}}
