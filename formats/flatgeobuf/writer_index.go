package flatgeobuf

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"tuban/geom"
)

// nodeSize is how many children a node of the index has, as other writers use.
const nodeSize = 16

// entry is one feature in the index.
type entry struct {
	box  orb.Bound
	at   int64 // in the spool
	size uint32
	key  uint32 // place on the Hilbert curve
}

// order sorts entries along a Hilbert curve over the box of all of them, which
// it returns. Features at one place stay in their order; those without geometry
// come first.
func order(entries []entry) orb.Bound {
	all := geom.EmptyBound
	for i := range entries {
		all = geom.Union(all, entries[i].box)
	}
	for i := range entries {
		e := &entries[i]
		if e.box.Min[0] <= e.box.Max[0] {
			e.key = 1 + hilbert(cell(e.box, all, 0), cell(e.box, all, 1))
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
	return all
}

// hilbertOrder is the order of the curve: cells along each side are 2^15, which
// leaves a key below all others free in 32 bits.
const hilbertOrder = 15

// cell returns the cell of a box's centre along one axis.
func cell(b, all orb.Bound, axis int) uint32 {
	width := all.Max[axis] - all.Min[axis]
	if width <= 0 {
		return 0
	}
	at := ((b.Min[axis]+b.Max[axis])/2 - all.Min[axis]) / width
	return uint32(max(0, min(at, 1)) * (1<<hilbertOrder - 1))
}

// hilbert returns the place of a cell along the curve: the quadrant at each
// level, in the frame that the levels above have turned.
func hilbert(x, y uint32) uint32 {
	var key uint32
	for s := uint32(1) << (hilbertOrder - 1); s > 0; s >>= 1 {
		right, up := x&s != 0, y&s != 0
		switch {
		case right && up:
			key += 2 * s * s
		case right:
			key += 3 * s * s
			x, y = ^y, ^x
		case up:
			key += s * s
		default:
			x, y = y, x
		}
	}
	return key
}

// writeIndex writes the packed R-tree of sorted entries: the root first, the
// leaves last. A leaf holds a box and where its feature begins among the
// features; an inner node holds the box of up to nodeSize nodes and the number
// of the first, counted from the root.
func writeIndex(out *bufio.Writer, entries []entry) error {
	levels, first := pack(entries)
	for l := len(levels) - 1; l >= 0; l-- {
		for i, box := range levels[l] {
			if err := writeNode(out, box, uint64(first[l]+nodeSize*i)); err != nil {
				return err
			}
		}
	}
	at := uint64(0)
	for i := range entries {
		if err := writeNode(out, entries[i].box, at); err != nil {
			return err
		}
		at += uint64(entries[i].size)
	}
	return nil
}

// pack returns the boxes of the levels above the leaves, lowest first, and the
// number of the first node below each level.
func pack(entries []entry) (levels [][]orb.Bound, first []int) {
	if len(entries) == 0 {
		return nil, nil
	}
	below := make([]orb.Bound, 0, (len(entries)+nodeSize-1)/nodeSize)
	for group := range slices.Chunk(entries, nodeSize) {
		box := geom.EmptyBound
		for _, e := range group {
			box = geom.Union(box, e.box)
		}
		below = append(below, box)
	}
	for levels = append(levels, below); len(below) > 1; levels = append(levels, below) {
		var next []orb.Bound
		for group := range slices.Chunk(below, nodeSize) {
			box := geom.EmptyBound
			for _, b := range group {
				box = geom.Union(box, b)
			}
			next = append(next, box)
		}
		below = next
	}
	first = make([]int, len(levels))
	at := 0
	for l := len(levels) - 1; l >= 0; l-- {
		at += len(levels[l])
		first[l] = at // the level below begins where this one ends
	}
	return levels, first
}

func writeNode(out *bufio.Writer, box orb.Bound, to uint64) error {
	var b [40]byte
	for i, v := range [...]float64{box.Min[0], box.Min[1], box.Max[0], box.Max[1]} {
		binary.LittleEndian.PutUint64(b[8*i:], math.Float64bits(v))
	}
	binary.LittleEndian.PutUint64(b[32:], to)
	_, err := out.Write(b[:])
	return err
}
