package geopackage

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/paulmach/orb"
)

// parseBlob decodes a geometry value: "GP", version, flags, SRS id, an envelope
// by the flags, WKB. It returns nil for an empty geometry; srs is the header's,
// and extra says that Z or M ordinates were dropped.
func parseBlob(b []byte) (g orb.Geometry, srs int32, extra bool, err error) {
	if len(b) < 8 || b[0] != 'G' || b[1] != 'P' {
		return nil, 0, false, fmt.Errorf("the geometry is no GeoPackage blob: it begins with % x", b[:min(len(b), 8)])
	}
	if b[2] != 0 {
		return nil, 0, false, fmt.Errorf("the geometry blob has the unknown version %d", b[2])
	}
	flags := b[3]
	if flags&0x20 != 0 {
		return nil, 0, false, errors.New("the geometry is of an extended type, which is not supported")
	}
	if flags&1 != 0 {
		srs = int32(binary.LittleEndian.Uint32(b[4:]))
	} else {
		srs = int32(binary.BigEndian.Uint32(b[4:]))
	}
	sizes := [8]int{0, 32, 48, 48, 64, -1, -1, -1}
	envelope := sizes[flags>>1&7]
	if envelope < 0 || len(b) < 8+envelope {
		return nil, srs, false, fmt.Errorf("the geometry blob of %d bytes has a bad envelope (kind %d)", len(b), flags>>1&7)
	}
	if flags&0x10 != 0 {
		return nil, srs, false, nil
	}
	w := parser{buf: b, at: 8 + envelope}
	g, err = w.geometry(0, 0)
	return g, srs, w.extra, err
}
