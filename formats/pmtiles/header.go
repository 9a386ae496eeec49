package pmtiles

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

const (
	magic         = "PMTiles"
	version       = 3
	headerSize    = 127
	rootLimit     = 16_384 - headerSize
	codingGzip    = 2
	kindVector    = 1
	degreeDivider = 1e7
)

// ErrFormat reports bytes that are no archive of gzipped vector tiles as this
// package reads them; the text says what is wrong, and where.
var ErrFormat = errors.New("not a PMTiles 3 archive of vector tiles")

// section is a range of the file.
type section struct{ offset, length uint64 }

// Header is what the first 127 bytes tell.
type Header struct {
	// Addressed counts tiles, Entries the runs of equal tiles in the
	// directories, Contents the different tiles.
	Addressed, Entries, Contents uint64
	MinZoom, MaxZoom             uint8
	Bound                        orb.Bound // longitude, latitude; kept to 1e-7°
	Center                       orb.Point
	CenterZoom                   uint8

	root, metadata, leaves, data section
}

func (h *Header) append(dst []byte) []byte {
	dst = append(append(dst, magic...), version)
	for _, s := range []section{h.root, h.metadata, h.leaves, h.data} {
		dst = binary.LittleEndian.AppendUint64(dst, s.offset)
		dst = binary.LittleEndian.AppendUint64(dst, s.length)
	}
	for _, n := range []uint64{h.Addressed, h.Entries, h.Contents} {
		dst = binary.LittleEndian.AppendUint64(dst, n)
	}
	const clustered = 1
	dst = append(dst, clustered, codingGzip, codingGzip, kindVector, h.MinZoom, h.MaxZoom)
	dst = appendPoint(appendPoint(dst, h.Bound.Min), h.Bound.Max)
	return appendPoint(append(dst, h.CenterZoom), h.Center)
}

func appendPoint(dst []byte, p orb.Point) []byte {
	for _, v := range p {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(int32(math.Round(v*degreeDivider))))
	}
	return dst
}

func parseHeader(b []byte) (h Header, err error) {
	switch {
	case len(b) < headerSize || string(b[:7]) != magic:
		return h, fmt.Errorf("%w: it does not begin with %q and a header of %d bytes", ErrFormat, magic, headerSize)
	case b[7] != version:
		return h, fmt.Errorf("%w: version %d", ErrFormat, b[7])
	case b[97] != codingGzip || b[98] != codingGzip || b[99] != kindVector:
		return h, fmt.Errorf("%w: compressions %d and %d, tile type %d; gzip (2) and MVT (1) are read", ErrFormat, b[97], b[98], b[99])
	}
	number := func(at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
	for i, s := range []*section{&h.root, &h.metadata, &h.leaves, &h.data} {
		*s = section{number(8 + 16*i), number(16 + 16*i)}
		if s.offset > math.MaxInt64 || s.length > math.MaxInt64-s.offset {
			return h, fmt.Errorf("%w: section %d reaches beyond any file", ErrFormat, i)
		}
	}
	h.Addressed, h.Entries, h.Contents = number(72), number(80), number(88)
	h.MinZoom, h.MaxZoom, h.CenterZoom = b[100], b[101], b[118]
	h.Bound = orb.Bound{Min: parsePoint(b[102:]), Max: parsePoint(b[110:])}
	h.Center = parsePoint(b[119:])
	return h, nil
}

func parsePoint(b []byte) orb.Point {
	degrees := func(b []byte) float64 { return float64(int32(binary.LittleEndian.Uint32(b))) / degreeDivider }
	return orb.Point{degrees(b), degrees(b[4:])}
}
