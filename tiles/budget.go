package tiles

import (
	"cmp"
	"slices"

	"tuban/tiles/mvt"
)

// assemble encodes the pictures so that the tile stays within its size, giving
// up as little as possible, in this order: properties of reference and admin
// layers beyond id, class and state; those of patch layers; polygons of reference
// and admin layers, which merge into one feature a class, the smallest first; the
// shapes of the smallest patches, which turn into marks, and marks on their own,
// which merge into cells with a count; the fine grid of merged polygons; and
// last, should all that not be enough, whole features of reference and admin
// layers. Each step is told in the notes.
func (r *renderer) assemble() Tile {
	var pl plan
	for _, pl = range []plan{{}, {briefReference: true}, {briefReference: true, briefPatches: true}} {
		if notes := r.encode(pl); len(r.out) <= r.opt.MaxBytes {
			return r.tile(notes)
		}
	}
	notes, fits := r.mergeToFit(&pl)
	if !fits && r.fitPatches(&pl) {
		notes, fits = r.mergeToFit(&pl)
	}
	for bits := uint(1); !fits && pl.merging != nil && bits <= coarsestGrid; bits++ {
		r.coarsen(pl.merging, bits)
		notes = r.encode(pl)
		fits = len(r.out) <= r.opt.MaxBytes
	}
	if !fits {
		notes = r.drop(&pl)
	}
	return r.tile(notes)
}

// maxCell is the number of bits of a cell that holds the whole buffered square.
const maxCell = 13

// fitPatches sets the cell with which all patches take at most three quarters
// of the tile, and tells whether that changes anything.
func (r *renderer) fitPatches(pl *plan) bool {
	for r.patchBytes(*pl) > r.opt.MaxBytes/4*3 && pl.cell < maxCell {
		pl.cell = max(3, pl.cell) + 1
	}
	return pl.cell > 0
}

// patchBytes returns the size of all patch layers.
func (r *renderer) patchBytes(pl plan) (size int) {
	for i := range r.pictures {
		if p := &r.pictures[i]; p.isPatch() {
			r.encodePicture(p, pl)
			size += r.builder.Size()
		}
	}
	return size
}

// drop leaves out the smallest features of reference and admin layers, merged
// ones and others, until the tile is small enough.
func (r *renderer) drop(pl *plan) []Note {
	reserve := 100 + 200*len(r.pictures) // the notes
	room := max(0, r.opt.MaxBytes-r.patchBytes(*pl)-reserve)
	for {
		r.keepLargest(pl, room)
		notes := r.encode(*pl)
		if len(r.out) <= r.opt.MaxBytes || room == 0 {
			return notes
		}
		room = max(0, room*9/10-1000)
	}
}

// droppable is a feature that may be dropped: a shape or a merged group.
type droppable struct {
	picture int
	shape   int
	group   *group
	area2   int64
}

// keepLargest sets what to keep: all patches, and of the others those of the
// largest drawn area that together fit into a number of bytes.
func (r *renderer) keepLargest(pl *plan, room int) {
	pl.keep = make([]bool, len(r.shapes))
	var all []droppable
	builders, tagged := make([]*mvt.LayerBuilder, len(r.pictures)), make([]tags, len(r.pictures))
	for i := range r.pictures {
		p := &r.pictures[i]
		builders[i] = mvt.NewLayerBuilder(string(p.layer.Layer().ID))
		tagged[i].start(builders[i], p.layer.Layer(), r.opt.Properties)
		for k := p.from; k < p.to; k++ {
			if pl.keep[k] = p.isPatch(); !pl.keep[k] && !pl.merging.took(k) {
				all = append(all, droppable{i, k, nil, r.shapes[k].area2})
			}
		}
	}
	for _, g := range pl.merging.drawn() {
		g.dropped = true
		all = append(all, droppable{g.picture, 0, g, g.area2})
	}
	slices.SortStableFunc(all, func(a, b droppable) int { return cmp.Compare(b.area2, a.area2) })
	size := 0
	own := r.builder
	for _, d := range all {
		r.builder, r.tags = builders[d.picture], tagged[d.picture]
		size -= r.builder.Size()
		if l := r.pictures[d.picture].layer; d.group != nil {
			r.encodeGroup(l.Layer(), pl.merging, d.group)
		} else {
			r.encodeShape(l, &r.shapes[d.shape], true)
		}
		tagged[d.picture] = r.tags
		if size += r.builder.Size(); size > room {
			break
		}
		if d.group != nil {
			d.group.dropped = false
		} else {
			pl.keep[d.shape] = true
		}
	}
	r.builder = own
}
