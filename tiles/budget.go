package tiles

import (
	"cmp"
	"slices"

	"tuban/feature"
	"tuban/geom"
	"tuban/tiles/mvt"
)

// assemble encodes the pictures so that the tile stays within its size, giving
// up as little as possible, in this order: properties of reference and admin
// layers beyond id, class and state; those of patch layers; points of polygons of
// reference and admin layers, which are rounded to half a pixel; their polygons,
// which merge into one feature a class, the largest layer first;
// the shapes of the smallest patches, which turn into marks, and marks on their
// own, which merge into cells with a count; the fine grid of merged polygons; and
// last, should all that not be enough, whole features of reference and admin
// layers. Each step is told in the notes.
func (r *renderer) assemble() Tile {
	var pl plan
	var notes []Note
	fits := func() bool {
		notes = r.encode(pl)
		return len(r.out) <= r.opt.MaxBytes
	}
	for _, pl = range []plan{{}, {briefReference: true}, {briefReference: true, briefPatches: true}} {
		if fits() {
			return r.tile(notes)
		}
	}
	if r.simplifyLargest(pl, fits) || r.mergeLargest(pl, fits) || r.fitPatches(&pl) && fits() || r.coarsenLargest(pl, fits) {
		return r.tile(notes)
	}
	return r.tile(r.drop(&pl))
}

// mergeLargest merges reference and admin layers, the largest first, until the
// tile fits.
func (r *renderer) mergeLargest(pl plan, fits func() bool) bool {
	for {
		p := r.largest(pl, func(p *picture) bool { return p.grid == 0 && r.hasPolygons(p) })
		if p == nil {
			return false
		}
		if r.merge(p); fits() {
			return true
		}
	}
}

// coarsenLargest draws merged layers on coarser grids, the largest first, until
// the tile fits.
func (r *renderer) coarsenLargest(pl plan, fits func() bool) bool {
	for {
		p := r.largest(pl, func(p *picture) bool { return p.grid > 1 })
		if p == nil {
			return false
		}
		if r.coarsen(p); fits() {
			return true
		}
	}
}

// largest returns the picture of a reference or admin layer that takes most bytes
// among those asked for, nil if there is none.
func (r *renderer) largest(pl plan, asked func(*picture) bool) (best *picture) {
	most := -1
	for i := range r.pictures {
		if p := &r.pictures[i]; !p.isPatch() && asked(p) {
			r.encodePicture(p, pl)
			if n := r.builder.Size(); n > most {
				best, most = p, n
			}
		}
	}
	return best
}

func (r *renderer) hasPolygons(p *picture) bool {
	for i := p.from; i < p.to; i++ {
		if r.shapes[i].kind == mvt.Polygons {
			return true
		}
	}
	return slices.ContainsFunc(p.collapsed, func(s feature.Slot) bool { return geom.IsAreal(p.layer.Geometry(s)) })
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

// droppable is a feature that may be dropped: a merged group, or a line or points.
type droppable struct {
	picture int
	shape   int
	group   *group
	bytes   int
}

// keepLargest sets what to keep: all patches, and of the others those of the most
// bytes of commands that together fit into a number of bytes.
func (r *renderer) keepLargest(pl *plan, room int) {
	pl.keep = make([]bool, len(r.shapes))
	var all []droppable
	builders, tagged := make([]*mvt.LayerBuilder, len(r.pictures)), make([]tags, len(r.pictures))
	for i := range r.pictures {
		p := &r.pictures[i]
		builders[i] = mvt.NewLayerBuilder(string(p.layer.Layer().ID))
		tagged[i].start(builders[i], p.layer.Layer(), r.opt.Properties)
		for k := p.from; k < p.to; k++ {
			if s := &r.shapes[k]; p.isPatch() {
				pl.keep[k] = true
			} else if s.kind != mvt.Polygons {
				all = append(all, droppable{i, k, nil, s.to - s.from})
			}
		}
		for k := range p.groups {
			g := &p.groups[k]
			g.dropped = true
			if g.to > g.from {
				all = append(all, droppable{i, 0, g, g.to - g.from})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b droppable) int { return cmp.Compare(b.bytes, a.bytes) })
	r.fill(pl, all, room, builders, tagged)
}

// fill keeps features in their order while they fit into a number of bytes.
func (r *renderer) fill(pl *plan, all []droppable, room int, builders []*mvt.LayerBuilder, tagged []tags) {
	size, own := 0, r.builder
	for _, d := range all {
		r.builder, r.tags = builders[d.picture], tagged[d.picture]
		size -= r.builder.Size()
		if l := r.pictures[d.picture].layer; d.group != nil {
			r.encodeGroup(l.Layer(), d.group)
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
