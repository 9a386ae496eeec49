package tiles

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/tiles/mvt"
	"tuban/tiles/snap"
)

// renderer makes one tile at a time and keeps its working memory.
type renderer struct {
	addr     Address
	frame    frame
	opt      Options
	clip     clipper
	noder    snap.Noder
	mender   snap.Mender
	geometry mvt.Geometry
	builder  *mvt.LayerBuilder
	pictures []picture
	shapes   []shape // of all pictures

	// Of the layer being drawn.
	slots  []feature.Slot
	cuts   []cut
	rings  []ring
	fine   []snap.Fine
	points []snap.Point
	line   []mvt.Point
	step   int32 // units in the side of a cell of the grid that polygons are rounded to

	merger merger

	// Of the layer being encoded.
	tags  tags
	visit func(int, feature.Value) // tags.add, made once
	out   []byte
}

func newRenderer() *renderer {
	r := &renderer{builder: mvt.NewLayerBuilder("")}
	r.visit = r.tags.add
	return r
}

// picture is a layer as drawn: its shapes in the order of feature numbers.
type picture struct {
	layer     Layer
	from, to  int // in renderer.shapes
	collapsed []feature.Slot
	step      int32 // renderer.step
	// grid is the number of cells to the tile's side that polygons are merged on,
	// 0 where they are drawn as they are. Merged, they are the groups and no
	// shapes.
	grid   int
	groups []group
	// Of the polygons large enough those of at least a size are shapes all the same,
	// on that grid, and brief: with the properties of a reduced feature.
	owned []shape
	lost  int // of those that are large enough, nothing is drawn of so many
	least int
	brief bool
}

// shape is a drawn feature. Its commands are a range of renderer.geometry.
type shape struct {
	slot     feature.Slot
	number   feature.Number
	kind     mvt.Type
	mark     bool
	from, to int
	area2    int64     // twice the drawn area in units²
	at       mvt.Point // where its mark is, or would be
	owner    int       // of a polygon among merged ones, index in merger.owners
}

// cut is a feature cut to the tile: its rings in fine steps, not yet rounded.
type cut struct {
	slot     feature.Slot
	from, to int // in renderer.rings
}

// ring is a range of renderer.fine and the part of the geometry that it is of.
type ring struct {
	from, to int
	part     int
}

// draw adds a layer's picture.
func (r *renderer) draw(l Layer) {
	p := picture{layer: l, step: 1}
	var slots []feature.Slot
	many := false
	if !p.isPatch() {
		var n load
		n, slots = r.load(l)
		p.step, many = n.generalised(r.deep())
	}
	if p.from, p.to = len(r.shapes), len(r.shapes); !many || r.others(l) {
		if slots == nil {
			slots = r.find(l)
		}
		r.drawShapes(&p, slots, many)
	}
	if many {
		r.merge(&p)
	}
	if p.to > p.from || len(p.collapsed) > 0 || len(p.groups) > 0 {
		r.pictures = append(r.pictures, p)
	}
}

// drawShapes makes the shapes of features on the grid of the picture's step: of all,
// or of those that are not polygons.
func (r *renderer) drawShapes(p *picture, slots []feature.Slot, others bool) {
	l := p.layer
	r.step = p.step
	r.cuts, r.rings, r.fine = r.cuts[:0], r.rings[:0], r.fine[:0]
	for _, s := range slots {
		if !others || !geom.IsAreal(l.Geometry(s)) {
			r.cut(l, s)
		}
	}
	r.node(l)
	p.from, p.collapsed = len(r.shapes), p.collapsed[:0]
	for i := range r.cuts {
		r.finish(p, &r.cuts[i])
	}
	p.to = len(r.shapes)
}

// find returns the features whose box meets the buffered square, in the order of
// their numbers, valid until the next call.
func (r *renderer) find(l Layer) []feature.Slot {
	r.slots = r.slots[:0]
	l.Search(r.frame.box, func(s feature.Slot) bool {
		if l.Bound(s).Intersects(r.frame.box) {
			r.slots = append(r.slots, s)
		}
		return true
	})
	slices.SortFunc(r.slots, func(a, b feature.Slot) int { return cmp.Compare(l.Number(a), l.Number(b)) })
	return r.slots
}

// cut adds a feature's cut. Features without polygons have no rings.
func (r *renderer) cut(l Layer, s feature.Slot) {
	c := cut{slot: s, from: len(r.rings)}
	if !r.within(l.Bound(s)) {
		switch g := l.Geometry(s).(type) {
		case nil:
			return
		case orb.Polygon:
			r.cutPolygon(g, 0)
		case orb.MultiPolygon:
			for part, p := range g {
				r.cutPolygon(p, part)
			}
		}
	}
	c.to = len(r.rings)
	r.cuts = append(r.cuts, c)
}

// within tells whether all of a box lies in one cell of the grid.
func (r *renderer) within(b orb.Bound) bool {
	lo, hi := r.place(b.Min).Round(), r.place(b.Max).Round()
	return lo == hi
}

func (r *renderer) cutPolygon(p orb.Polygon, part int) {
	for _, lonlat := range p {
		from := len(r.fine)
		r.project(r.clip.ring(lonlat))
		if len(r.fine)-from < 3 {
			r.fine = r.fine[:from]
			continue
		}
		r.rings = append(r.rings, ring{from, len(r.fine), part})
	}
}

// project appends the fine points of a closed chain. Of a run of points in one
// cell of the grid it keeps the first and the last: what lies between them has no
// border outside the cell. On a coarse grid few are left, and what follows costs
// less.
func (r *renderer) project(pts []orb.Point) {
	from, run := len(r.fine), 0
	r.follow(pts, func(f snap.Fine) {
		n := len(r.fine)
		if n > from && f.Round() == r.fine[n-1].Round() {
			if run++; run > 1 {
				r.fine[n-1] = f
				return
			}
		} else {
			run = 0
		}
		r.fine = append(r.fine, f)
	})
}

// follow visits the fine points of a closed chain.
func (r *renderer) follow(pts []orb.Point, visit func(snap.Fine)) {
	if len(pts) == 0 {
		return
	}
	prev := pts[len(pts)-1]
	for _, p := range pts {
		if dlat := math.Abs(p[1] - prev[1]); dlat > r.frame.straight {
			r.bend(prev, p, visit)
		}
		visit(r.place(p))
		prev = p
	}
}

// place returns the fine point of a place on the grid of the step, pressed into the
// buffered square.
func (r *renderer) place(p orb.Point) snap.Fine {
	x, y := r.frame.units(p)
	scale := snap.Sub / float64(r.step) // exact, for steps are powers of two
	return snap.Fine{X: fine(x, scale), Y: fine(y, scale)}
}

// fine returns a coordinate, pressed into the buffered square, in steps of which a
// unit has so many.
func fine(v, scale float64) int32 {
	return int32(math.Floor(min(max(v, -Buffer), extent+Buffer)*scale + 0.5))
}

// round returns the unit at a place, pressed into the buffered square.
func (r *renderer) round(p orb.Point) mvt.Point {
	x, y := r.frame.units(p)
	return roundUnits(x, y)
}

func roundUnits(x, y float64) mvt.Point {
	return mvt.Point(snap.Fine{X: fine(x, snap.Sub), Y: fine(y, snap.Sub)}.Round())
}

// bend adds points within an edge where its image, straight in longitude and
// latitude, departs from a straight line by more than a quarter of a unit. With
// latitude φ the departure is about Δφ²/8·(tan φ/cos φ) on the sphere of radius
// scale/2π.
func (r *renderer) bend(p, q orb.Point, add func(snap.Fine)) {
	if p[0] == q[0] {
		return
	}
	const rad = math.Pi / 180
	phi := min(max(math.Abs(p[1]), math.Abs(q[1])), 85.5) * rad
	dphi := (q[1] - p[1]) * rad
	off := dphi * dphi / 8 * math.Tan(phi) / math.Cos(phi) * r.frame.scale / (2 * math.Pi)
	n := int(min(math.Ceil(math.Sqrt(4*off)), 64))
	for i := 1; i < n; i++ {
		a, b, k := p, q, i
		if a[0] > b[0] { // the same points for both directions
			a, b, k = q, p, n-i
		}
		t := float64(k) / float64(n)
		add(r.place(orb.Point{a[0] + float64(t*(b[0]-a[0])), a[1] + float64(t*(b[1]-a[1]))}))
	}
}

// node snap rounds all rings of the layer together.
func (r *renderer) node(l Layer) {
	r.noder.Reset()
	for i := range r.rings {
		r.noder.Add(r.fine[r.rings[i].from:r.rings[i].to])
	}
	for i := range r.cuts {
		if c := &r.cuts[i]; c.to > c.from && l.NeedsRepair(c.slot) {
			var rings [][]snap.Fine
			for _, g := range r.rings[c.from:c.to] {
				rings = append(rings, r.fine[g.from:g.to])
			}
			r.noder.AddCrossings(rings...)
		}
	}
	r.noder.Build()
}
