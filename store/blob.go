package store

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
	"github.com/dgraph-io/badger/v4"
	"github.com/klauspost/compress/zstd"

	"tuban/feature"
)

// maxPart is the longest payload of one part of a blob.
const maxPart = 512<<10 - 64

// maxParts is the number of parts a blob may have; 32 GiB, and a part's number
// fits its two bytes.
const maxParts = 1 << 16

// compressFrom is the size from which bodies are tried with zstd.
const compressFrom = 2 << 10

// blobOp says what a blob is.
type blobOp uint8

const (
	opChunk      blobOp = 1 // features of a load
	opPut        blobOp = 2 // one version of a feature
	opTombstone  blobOp = 3 // the end of a feature: its number and id
	opDescriptor blobOp = 4 // a layer as JSON
)

// The codecs of a blob's body.
const (
	codecRaw  = 0
	codecZstd = 1
)

// blobHeader stands before the first part of a blob:
//
//	version u8, op u8, codec u8, 0 u8, features u32, length u64, stored length
//	u64, smallest number u64, largest number u64, xxHash-64 of the body u64
//
// all little-endian. Length is the body's, stored length that of its encoding.
type blobHeader struct {
	op             blobOp
	codec          uint8
	count          int
	length, stored uint64
	min, max       feature.Number
	hash           uint64
}

const (
	blobVersion   = 1
	blobHeaderLen = 48
)

func (h *blobHeader) append(dst []byte) []byte {
	dst = append(dst, blobVersion, byte(h.op), h.codec, 0)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(h.count))
	for _, u := range []uint64{h.length, h.stored, uint64(h.min), uint64(h.max), h.hash} {
		dst = binary.LittleEndian.AppendUint64(dst, u)
	}
	return dst
}

// parts returns the number of parts of the blob.
func (h *blobHeader) parts() int {
	return int((blobHeaderLen + h.stored + maxPart - 1) / maxPart)
}

func parseBlobHeader(key, b []byte) (h blobHeader, err error) {
	if len(b) < blobHeaderLen {
		return h, corrupt(key, "header of %d bytes", len(b))
	}
	if b[0] != blobVersion {
		return h, corrupt(key, "blob version %d, want %d", b[0], blobVersion)
	}
	u64 := func(i int) uint64 { return binary.LittleEndian.Uint64(b[i:]) }
	h = blobHeader{
		op: blobOp(b[1]), codec: b[2], count: int(binary.LittleEndian.Uint32(b[4:])),
		length: u64(8), stored: u64(16), min: feature.Number(u64(24)), max: feature.Number(u64(32)), hash: u64(40),
	}
	const most = maxParts * maxPart
	if h.stored > most || h.length > most || h.codec > codecZstd {
		return h, corrupt(key, "header does not make sense")
	}
	return h, nil
}

// packer encodes blobs; it keeps its buffers and serves one goroutine.
type packer struct {
	enc *zstd.Encoder
	buf []byte
}

func newPacker() (*packer, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false))
	return &packer{enc: enc}, err
}

// pack cuts body into the parts of a blob and hands each to put, key and value
// freshly allocated. It returns the blob's hash.
func (p *packer) pack(key []byte, h blobHeader, body []byte, put func(key, value []byte) error) (uint64, error) {
	h.hash, h.length = xxhash.Sum64(body), uint64(len(body))
	stored := body
	if len(body) >= compressFrom {
		p.buf = p.enc.EncodeAll(body, p.buf[:0])
		if len(p.buf) < len(body)-len(body)/16 {
			stored, h.codec = p.buf, codecZstd
		}
	}
	h.stored = uint64(len(stored))
	n := h.parts()
	if n > maxParts {
		return 0, assertion("%s: a body of %d bytes", keyText(key), len(body))
	}
	first := min(len(stored), maxPart-blobHeaderLen)
	payload := append(h.append(make([]byte, 0, blobHeaderLen+first)), stored[:first]...)
	for i, rest := 0, stored[first:]; i < n; i++ {
		if i > 0 {
			size := min(len(rest), maxPart)
			payload, rest = rest[:size], rest[size:]
		}
		k := partKey(key, i)
		if err := put(k, seal(k, payload)); err != nil {
			return 0, err
		}
	}
	if cap(p.buf) > 16<<20 {
		p.buf = nil // do not hold a giant's buffer
	}
	return h.hash, nil
}

// unpacker decodes blobs; it keeps its buffers and serves one goroutine.
type unpacker struct {
	dec          *zstd.Decoder
	stored, body []byte
}

func newUnpacker() (*unpacker, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxParts*maxPart))
	return &unpacker{dec: dec}, err
}

func (u *unpacker) close() { u.dec.Close() }

// unpack reads the blob whose first part the iterator stands on and moves the
// iterator behind its last part. key is the blob's key without part. The body is
// valid until the next call.
func (u *unpacker) unpack(it *badger.Iterator, key []byte) (h blobHeader, body []byte, err error) {
	u.stored = u.stored[:0]
	for part := 0; part == 0 || part < h.parts(); part++ {
		k := partKey(key, part)
		if !it.Valid() || string(it.Item().Key()) != string(k) {
			return h, nil, corrupt(key, "part %d is missing", part)
		}
		err := readItem(it.Item(), func(value []byte) error {
			payload, err := unseal(k, value)
			if err != nil {
				return err
			}
			if part == 0 {
				if h, err = parseBlobHeader(k, payload); err != nil {
					return err
				}
				payload = payload[blobHeaderLen:]
			}
			u.stored = append(u.stored, payload...)
			return nil
		})
		if err != nil {
			return h, nil, err
		}
		it.Next()
	}
	body, err = u.open(key, &h)
	return h, body, err
}

// open decodes u.stored and checks it against its header.
func (u *unpacker) open(key []byte, h *blobHeader) ([]byte, error) {
	if uint64(len(u.stored)) != h.stored {
		return nil, corrupt(key, "%d bytes stored, header says %d", len(u.stored), h.stored)
	}
	body := u.stored
	if h.codec == codecZstd {
		if h.length > uint64(cap(u.body)) {
			// the header's length is covered by the part's checksum
			u.body = make([]byte, 0, h.length)
		}
		var err error
		if body, err = u.dec.DecodeAll(u.stored, u.body[:0]); err != nil {
			return nil, corrupt(key, "zstd: %v", err)
		}
		u.body = body[:0]
	}
	if uint64(len(body)) != h.length {
		return nil, corrupt(key, "body of %d bytes, header says %d", len(body), h.length)
	}
	if xxhash.Sum64(body) != h.hash {
		return nil, corrupt(key, "hash does not match")
	}
	return body, nil
}

// shrink lets go of buffers that a giant made.
func (u *unpacker) shrink() {
	if cap(u.stored) > 32<<20 {
		u.stored = nil
	}
	if cap(u.body) > 32<<20 {
		u.body = nil
	}
}
