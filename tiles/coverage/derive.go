package coverage

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/tiles/snap"
)

// Name is the key of a layer's Pyramid among what is derived from it.
const Name = "coverage"

// Pyramids keeps a *Pyramid beside each reference and admin layer. It is an
// engine.Derived.
type Pyramids struct{}

// Name returns the key of the derived structure.
func (Pyramids) Name() string { return Name }

// Derive returns the pyramid of the layer after slots were added and removed, nil
// for a patch layer. Cost: the vertices of those features, the leaf cells on their
// borders, and the nodes above these; many new features are shared out among the
// processors.
func (Pyramids) Derive(prev any, l feature.Geometries, added, removed []feature.Slot) (any, error) {
	if l.Layer().Kind == feature.KindPatch {
		return (*Pyramid)(nil), nil
	}
	old, _ := prev.(*Pyramid)
	if old == nil {
		old = &Pyramid{}
	}
	return old.with(l, added, removed), nil
}

// batch is how many features one delta takes.
const batch = 4096

// with returns the pyramid with features added and removed.
func (p *Pyramid) with(l feature.Geometries, added, removed []feature.Slot) *Pyramid {
	if len(added)+len(removed) == 0 {
		return p
	}
	next := &Pyramid{classes: p.classes.copy()}
	come, without := next.items(l, added, 1)
	gone, before := next.items(l, removed, -1)
	next.others = p.others + without - before
	all := append(gone, come...)
	slices.SortFunc(all, func(a, b item) int { return cmp.Compare(a.anchor, b.anchor) })
	b := builder{root: p.root}
	if workers := runtime.GOMAXPROCS(0); p.root == nil && workers > 1 && len(all) > 2*batch {
		b.merge(l, all, workers)
	} else {
		b.take(l, all)
	}
	next.root = b.root
	next.large = p.large.with(b.sized)
	return next
}

// item is a polygon that comes (sign 1) or goes (-1).
type item struct {
	slot   feature.Slot
	class  uint32
	sign   int32
	anchor uint64 // the leaf cell of the middle of its box
}

// items returns the slots that have polygons, and how many have not.
func (p *Pyramid) items(l feature.Geometries, slots []feature.Slot, sign int32) (list []item, others int) {
	project := webMercator()
	known := map[feature.Value]uint32{}
	for _, s := range slots {
		if !geom.IsAreal(l.Geometry(s)) {
			others++
			continue
		}
		v := l.ClassValue(s)
		class, ok := known[v]
		if !ok {
			class = p.classes.number(v)
			known[v] = class
		}
		x, y := project.anchor(l.Bound(s))
		list = append(list, item{s, class, sign, morton(x, y)})
	}
	return list, others
}

// builder takes polygons into a tree.
type builder struct {
	root    *node
	editor  editor
	delta   delta
	scanner Scanner
	points  []snap.Fine
	sized   []sized
}

// take takes polygons in and out.
func (b *builder) take(l feature.Geometries, list []item) {
	project := webMercator()
	for len(list) > 0 {
		b.delta.reset()
		n := min(len(list), batch)
		for i := range list[:n] {
			b.measure(&project, l, &list[i])
		}
		list = list[n:]
		b.delta.sort()
		var dirty marked
		b.root = b.editor.apply(b.root, rootLevel, 0, b.delta, &dirty)
	}
}

// measure adds what one polygon covers to the delta.
func (b *builder) measure(project *projection, l feature.Geometries, it *item) {
	b.scanner.Begin(stepBits)
	g := l.Geometry(it.slot)
	Rings(g, l.NeedsRepair(it.slot), func(r orb.Ring, hole bool) {
		b.points = project.append(b.points[:0], r)
		b.scanner.Ring(b.points, hole)
	})
	parts, spans := b.scanner.Scan()
	if from := largeFrom(b.scanner.area2); from <= deepest {
		s := sized{it.slot, from, it.sign, nil}
		if it.sign > 0 {
			s.print = newFootprint(parts, spans, from)
		}
		b.sized = append(b.sized, s)
	}
	for _, c := range parts {
		b.delta.add(Leaf, c.Y, c.X, it.class, it.sign*c.Amount)
	}
	b.delta.whole(spans, it.class, it.sign)
	b.delta.arrivals = append(b.delta.arrivals, arrival{it.anchor, it.class, it.sign, int32(geom.VertexCount(g))})
}

// merge takes polygons in with several workers, each of which builds a tree of
// its own.
func (b *builder) merge(l feature.Geometries, list []item, workers int) {
	builders := make([]builder, workers)
	var wait sync.WaitGroup
	for i := range builders {
		part := list[i*len(list)/workers : (i+1)*len(list)/workers]
		wait.Go(func() { builders[i].take(l, part) })
	}
	wait.Wait()
	for i := range builders {
		var dirty marked
		b.root = b.editor.merge(b.root, builders[i].root, rootLevel, &dirty)
		b.sized = append(b.sized, builders[i].sized...)
	}
}
