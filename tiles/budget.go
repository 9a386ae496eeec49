package tiles

import (
	"cmp"
	"slices"

	"tuban/tiles/mvt"
)

// assemble encodes the pictures so that the tile stays within its size, giving
// up as little as possible, in this order: properties of reference and admin
// layers beyond id, class and state; those of patch layers; reference and admin
// features, the smallest first; the shapes of the smallest patches, which turn
// into marks, and marks on their own, which merge into cells with a count. Each
// step is told in the notes.
func (r *renderer) assemble() Tile {
	var pl plan
	for _, pl = range []plan{{}, {briefReference: true}, {briefReference: true, briefPatches: true}} {
		if notes := r.encode(pl); len(r.out) <= r.opt.MaxBytes {
			return r.tile(notes)
		}
	}
	room := r.fitPatches(&pl)
	for {
		pl.keep = r.largest(room)
		notes := r.encode(pl)
		if len(r.out) <= r.opt.MaxBytes || room == 0 {
			return r.tile(notes)
		}
		room = max(0, room*9/10-1000)
	}
}

// maxCell is the number of bits of a cell that holds the whole buffered square.
const maxCell = 13

// fitPatches sets the cell with which all patches take at most three quarters
// of the tile, and returns the bytes left for the other layers.
func (r *renderer) fitPatches(pl *plan) (room int) {
	for {
		size := 0
		for i := range r.pictures {
			if p := &r.pictures[i]; p.isPatch() {
				r.encodePicture(p, *pl)
				size += r.builder.Size()
			}
		}
		if size <= r.opt.MaxBytes/4*3 || pl.cell == maxCell {
			reserve := 100 + 200*len(r.pictures) // the notes
			return max(0, r.opt.MaxBytes-size-reserve)
		}
		pl.cell = max(3, pl.cell) + 1
	}
}

// largest returns which shapes to keep: all patches, and of the others those of
// the largest drawn area that together fit into a number of bytes.
func (r *renderer) largest(room int) []bool {
	keep := make([]bool, len(r.shapes))
	builders := make([]*mvt.LayerBuilder, len(r.pictures))
	type other struct{ picture, shape int }
	var others []other
	for i := range r.pictures {
		p := &r.pictures[i]
		builders[i] = mvt.NewLayerBuilder(string(p.layer.Layer().ID))
		for k := p.from; k < p.to; k++ {
			if keep[k] = p.isPatch(); !keep[k] {
				others = append(others, other{i, k})
			}
		}
	}
	slices.SortStableFunc(others, func(a, b other) int {
		return cmp.Compare(r.shapes[b.shape].area2, r.shapes[a.shape].area2)
	})
	size, tagged := 0, make([]tags, len(r.pictures))
	for _, o := range others {
		p, s, b := &r.pictures[o.picture], &r.shapes[o.shape], builders[o.picture]
		if b.Len() == 0 {
			tagged[o.picture].start(b, p.layer.Layer(), r.opt.Properties)
		}
		size -= b.Size()
		r.tags = tagged[o.picture]
		r.tags.feature(r, p.layer, s.slot, true)
		tagged[o.picture] = r.tags
		b.Feature(uint64(s.number), s.kind, r.geometry.Bytes()[s.from:s.to])
		if size += b.Size(); size > room {
			break
		}
		keep[o.shape] = true
	}
	return keep
}
