package tiles

import (
	"bytes"
	"slices"

	"tuban/feature"
	"tuban/geom"
	"tuban/tiles/mvt"
)

// generalisedName is the MVT layer that tells what was generalised. A layer id
// can't hold a colon.
const generalisedName = "tuban:generalised"

// plan says how the pictures are written.
type plan struct {
	briefReference, briefPatches bool
	// cell is the number of bits of the cells that marks merge in, 0 for none.
	// Patches of less drawn area than a cell become marks then.
	cell uint
	// keep tells which shapes are written; nil is all.
	keep []bool
}

// encode writes all pictures by a plan into r.out and returns the notes.
func (r *renderer) encode(pl plan) []Note {
	r.out = r.out[:0]
	var notes []Note
	for i := range r.pictures {
		n := r.encodePicture(&r.pictures[i], pl)
		r.out = r.builder.AppendTo(r.out)
		if n.Count() > 0 || n.Reduced || n.Grid > 0 {
			notes = append(notes, n)
		}
	}
	if len(notes) > 0 {
		r.encodeNotes(notes)
		r.out = r.builder.AppendTo(r.out)
	}
	return notes
}

// tile copies r.out into a tile.
func (r *renderer) tile(notes []Note) Tile {
	if len(r.out) == 0 {
		return Tile{}
	}
	return Tile{Data: bytes.Clone(r.out), Generalised: notes}
}

func (p *picture) isPatch() bool { return p.layer.Layer().Kind == feature.KindPatch }

// encodePicture writes one layer into the builder.
func (r *renderer) encodePicture(p *picture, pl plan) Note {
	l := p.layer.Layer()
	brief := pl.briefReference
	if p.isPatch() {
		brief = pl.briefPatches
	}
	brief = brief || p.brief
	note := Note{Layer: l.ID, Grid: p.grid}
	if p.grid == 0 && p.step > 1 {
		note.Grid = extent / int(p.step)
	}
	for _, s := range p.collapsed {
		if p.grid == 0 || !geom.IsAreal(p.layer.Geometry(s)) {
			note.Collapsed++
		}
	}
	r.builder.Reset(string(l.ID))
	r.tags.start(r.builder, l, r.opt.Properties)
	for _, k := range r.tags.want {
		note.Reduced = note.Reduced || k
	}
	note.Reduced = note.Reduced && brief && !slices.Equal(r.tags.want, r.tags.brief)
	marks := r.cluster(p, pl.cell)
	for i := p.from; i < p.to; i++ {
		s := &r.shapes[i]
		switch {
		case p.grid > 0 && s.kind == mvt.Polygons: // told with its group
		case pl.keep != nil && !pl.keep[i]:
			note.Dropped++
		case r.isMark(p, s, pl.cell):
			note.Marked++
			if !marks.took(s) {
				r.encodeMark(p, s)
			}
		default:
			r.encodeShape(p.layer, s, brief)
		}
	}
	for _, c := range marks.several() {
		r.encodeMarks(c)
	}
	for i := range p.owned {
		s := &p.owned[i]
		r.tags.feature(r, p.layer, s.slot, brief)
		r.builder.Feature(uint64(s.number), mvt.Polygons, r.merger.geometry.Bytes()[s.from:s.to])
	}
	r.encodeGroups(p, &note)
	return note
}

// isMark tells whether a shape is drawn as a mark.
func (r *renderer) isMark(p *picture, s *shape, cell uint) bool {
	return s.mark || cell > 0 && p.isPatch() && s.kind != mvt.Points && s.area2/2 < 1<<(2*cell)
}

// encodeShape writes a feature as it is drawn.
func (r *renderer) encodeShape(l Layer, s *shape, brief bool) {
	r.tags.feature(r, l, s.slot, brief)
	r.builder.Feature(uint64(s.number), s.kind, r.geometry.Bytes()[s.from:s.to])
}

// encodeMark writes the mark of one patch.
func (r *renderer) encodeMark(p *picture, s *shape) {
	r.tags.feature(r, p.layer, s.slot, true)
	r.builder.Bool(r.builder.Key(markName), true)
	r.builder.Int(r.builder.Key(countName), 1)
	r.pointFeature(uint64(s.number), s.at)
}

// encodeMarks writes the mark of several patches.
func (r *renderer) encodeMarks(m *cluster) {
	r.builder.Bool(r.builder.Key(markName), true)
	r.builder.Int(r.builder.Key(countName), int64(m.count))
	if len(m.states) > 0 {
		r.builder.String(r.builder.Key(statesName), m.statesJSON())
	}
	r.pointFeature(0, m.at())
}

// encodeGroups writes the merged polygons of a layer and notes what they stand
// for: the features of a class of which nothing is drawn are collapsed.
func (r *renderer) encodeGroups(p *picture, note *Note) {
	if p.grid == 0 {
		return
	}
	note.Collapsed += p.lost
	for i := range p.groups {
		g := &p.groups[i]
		switch {
		case g.to == g.from:
			note.Collapsed += g.count
		case g.dropped:
			note.Dropped += g.count
		default:
			note.Merged += g.count
			r.encodeGroup(p.layer.Layer(), g)
		}
	}
}

// encodeGroup writes one group.
func (r *renderer) encodeGroup(l *feature.Layer, g *group) {
	r.tags.class(classField(l), g.class)
	r.builder.Bool(r.builder.Key(mergedName), true)
	r.builder.Int(r.builder.Key(countName), int64(g.count))
	r.builder.Feature(0, mvt.Polygons, r.merger.geometry.Bytes()[g.from:g.to])
}

// pointFeature ends a feature with a point.
func (r *renderer) pointFeature(id uint64, at mvt.Point) {
	var g [16]byte
	r.builder.Feature(id, mvt.Points, mvt.AppendPoint(g[:0], at))
}

// encodeNotes writes the layer that tells what was generalised: one point in the
// middle of the tile, a property "layer" with Note.Count for each layer, and
// what that is made of where there is something to tell.
func (r *renderer) encodeNotes(notes []Note) {
	b := r.builder
	b.Reset(generalisedName)
	for _, n := range notes {
		name := string(n.Layer)
		b.Int(b.Key(name), int64(n.Count()))
		for _, part := range []struct {
			what  string
			count int
		}{{":collapsed", n.Collapsed}, {":merged", n.Merged}, {":dropped", n.Dropped}, {":marked", n.Marked}} {
			if part.count > 0 {
				b.Int(b.Key(name+part.what), int64(part.count))
			}
		}
		if n.Reduced {
			b.Bool(b.Key(name+":reduced"), true)
		}
		if n.Grid > 0 {
			b.Int(b.Key(name+":grid"), int64(n.Grid))
		}
	}
	r.pointFeature(0, mvt.Point{X: extent / 2, Y: extent / 2})
}
