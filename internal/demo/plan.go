package demo

import (
	"math"

	"github.com/paulmach/orb"
)

// batches is how many batches, one a quarter, a year's patches come in.
const batches = 4

// The shares of patches that come again in a later batch, that an approval (or
// a mining right) covers wholly, that one covers in part, and that lie across a
// border of parcels: change does not keep to them.
const (
	repeatShare  = 0.09
	legalShare   = 0.14
	partialShare = 0.10
	acrossShare  = 0.6
)

// cover says how an approval or a right lies on a patch.
type cover uint8

const (
	coverNone cover = iota
	coverPart
	coverWhole
)

// plan is what a patch is to become.
type plan struct {
	kind    change
	face    int32 // where its centre lies
	centre  orb.Point
	want    float64 // m²
	stretch float64
	cover   cover
	before  int // index of the patch that it repeats, -1 if none
	root    int // index of the first patch of the place
	right   int // index of the right beside it, -1 if none
}

// batch returns the batch of a patch, 1 to 4.
func (c *City) batch(i int) int { return 1 + i*batches/c.size.Patches }

// planPatches decides what and where the patches are.
func (c *City) planPatches() []plan {
	plans := make([]plan, c.size.Patches)
	weights := make([]float64, len(changes))
	for k := range changes {
		weights[k] = changes[k].weight
	}
	previous := 0 // first patch of the batch before
	start := 0
	for i := range plans {
		if i > 0 && c.batch(i) != c.batch(i-1) {
			previous, start = start, i
		}
		r := newRandom(c.seed, streamPatch, i)
		if start > 0 && r.unit() < repeatShare {
			before := previous + r.below(start-previous)
			plans[i] = plans[before]
			plans[i].before = before
			continue
		}
		kind := changes[0]
		if i > 0 { // the first is a building
			kind = changes[r.pick(weights)]
		}
		plans[i] = c.planPatch(i, kind, &r)
	}
	return plans
}

func (c *City) planPatch(i int, kind change, r *random) plan {
	p := plan{kind: kind, before: -1, root: i, right: -1}
	p.want = kind.least * math.Pow(kind.most/kind.least, r.unit())
	p.stretch = r.between(1, kind.stretch)
	switch u := r.unit(); {
	case u < legalShare:
		p.cover = coverWhole
	case u < legalShare+partialShare:
		p.cover = coverPart
	}
	list := c.settled
	if kind.open || r.unit() < 0.03 {
		list = c.open
	}
	for range 12 {
		p.face = list[r.below(len(list))]
		if c.unbuilt(p.face) {
			break
		}
	}
	if i == 0 { // the first, which the documents name, lies on a field by the town
		p.cover, p.face = coverNone, c.fieldByTown()
	}
	p.centre = c.bends.centres[p.face]
	if kind.mineral && p.cover != coverNone && len(c.rights) > 0 {
		p.right = r.below(len(c.rights))
		b := c.rights[p.right].box
		p.face = c.rights[p.right].face
		if p.cover == coverWhole {
			p.want = min(p.want, b.dx*b.dy/16)
			p.centre = b.shifted(0.35*r.between(-1, 0), 0.35*r.between(-1, 0)).centre
		} else {
			p.centre = b.shifted(0.95, r.between(-0.6, 0.2)).centre
		}
	} else if i > 0 && r.unit() < acrossShare {
		p.centre = c.onBorder(p.face, r)
	}
	return p
}

// onBorder returns a place on the border that face f has with another parcel,
// its centre if there is none.
func (c *City) onBorder(f int32, r *random) orb.Point {
	at, first, seen := c.bends.centres[f], c.mesh.first[f], 0
	for h := first; ; {
		if n := c.mesh.face[h^1]; c.mesh.land(n) && c.parcels.of[n] != c.parcels.of[f] {
			a, b, u := c.mesh.start(h), c.mesh.end(h), r.between(0.25, 0.75)
			if seen++; r.below(seen) == 0 {
				at = orb.Point{a[0] + u*(b[0]-a[0]), a[1] + u*(b[1]-a[1])}
			}
		}
		if h = c.mesh.next[h]; h == first {
			return at
		}
	}
}

// unbuilt says that face f is not building land, so that there is something to
// change.
func (c *City) unbuilt(f int32) bool { return c.classes[f] < "05" || c.classes[f] > "11" }

// fieldByTown returns an irrigated field near the town, any face if there is none.
func (c *City) fieldByTown() int32 {
	best, at := math.Inf(1), c.settled[0]
	for _, f := range c.settled {
		p := c.bends.centres[f]
		if d := math.Hypot(p[0]+9_000, p[1]-5_000); c.classes[f] == "0102" && d < best {
			best, at = d, f
		}
	}
	return at
}

// shape returns the outline of patch i on the plane: that of the first patch of
// its place, with a pixel more or less here and there when it came again.
func (c *City) shape(i int) orb.MultiPolygon {
	p := c.patches[i]
	r := newRandom(c.seed, streamShape, p.root)
	parts := steps(p.centre, p.want, p.stretch, &r)
	var shape orb.MultiPolygon
	for _, s := range parts {
		if p.before >= 0 {
			again := newRandom(c.seed, streamShape, i)
			s.wobble(&again)
		}
		shape = append(shape, orb.Polygon{s.trace()})
	}
	return shape
}
