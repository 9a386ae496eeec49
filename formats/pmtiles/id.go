package pmtiles

import "math/bits"

// MaxZoom is the deepest zoom whose ids fit with room to spare.
const MaxZoom = 26

// ID returns the id of a tile of WebMercatorQuad: the number of tiles of lower
// zooms plus its place along the Hilbert curve of its own.
func ID(z uint8, x, y uint32) uint64 {
	var d uint64
	for s := uint32(1) << z >> 1; s > 0; s >>= 1 {
		rx, ry := x&s, y&s
		if rx != 0 {
			d += 3 * uint64(s) * uint64(s)
		}
		if ry != 0 {
			d ^= uint64(s) * uint64(s) // (3·rx) xor ry quarters
		}
		x, y = turn(s, x&(s-1), y&(s-1), rx, ry)
	}
	return first(z) + d
}

// Place returns the tile of an id; ok is false beyond MaxZoom.
func Place(id uint64) (z uint8, x, y uint32, ok bool) {
	if id >= first(MaxZoom+1) {
		return 0, 0, 0, false
	}
	z = uint8((bits.Len64(3*id+1) - 1) / 2)
	d := id - first(z)
	for s := uint32(1); s < 1<<z; s <<= 1 {
		rx := uint32(d/2) & 1
		ry := uint32(d)&1 ^ rx
		x, y = turn(s, x, y, rx, ry)
		x, y = x+s*rx, y+s*ry
		d /= 4
	}
	return z, x, y, true
}

// first returns the id of the first tile of a zoom: (4^z − 1) / 3.
func first(z uint8) uint64 { return (1<<(2*z) - 1) / 3 }

// turn maps a place within a quarter of side s onto the curve's own directions.
func turn(s, x, y, rx, ry uint32) (uint32, uint32) {
	if ry != 0 {
		return x, y
	}
	if rx != 0 {
		x, y = s-1-x, s-1-y
	}
	return y, x
}
