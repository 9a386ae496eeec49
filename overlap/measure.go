package overlap

import (
	"cmp"
	"slices"
	"sync"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom/overlay"
)

// Detail says how fine an answer is.
type Detail uint8

// The details of an answer.
const (
	Features Detail = iota // by class and by feature
	Classes                // by class only
)

// Geometry says which geometry goes with an answer.
type Geometry uint8

// The geometries of an answer.
const (
	NoGeometry   Geometry = iota
	Intersection          // of each feature with the query; needs Detail Features
	Uncovered             // what a layer leaves of the query
)

// Options are the parameters of Measure. The zero value asks for features
// without geometry, all of them, and calls nothing a sliver.
type Options struct {
	Detail Detail
	// A feature's part is a sliver when it is smaller than SliverM2 or, on
	// average, narrower than SliverWidth metres. Slivers are flagged and count
	// in all sums. SliverM2 0 turns both rules off.
	SliverM2    float64
	SliverWidth float64
	Geometry    Geometry
	// Limit cuts the list of features when it is above 0; the sums stay whole.
	Limit int
}

// DefaultOptions are 1 m² and 0.5 m for slivers, as the survey rules have it.
func DefaultOptions() Options { return Options{SliverM2: 1, SliverWidth: 0.5} }

// Result is the answer to one query. Areas are m².
type Result struct {
	ID     string
	AreaM2 float64
	// BufferM is by how many metres the query was grown, and OwnM2 its area
	// without that; both 0 if it was not.
	BufferM, OwnM2 float64
	Layers         []LayerResult // as asked for
}

// LayerResult is what one layer has in common with the query.
type LayerResult struct {
	Layer       feature.LayerID
	Vintage     feature.Vintage
	CoveredM2   float64 // of the union
	UncoveredM2 float64 // the query's area less CoveredM2
	SummedM2    float64 // Σ over features
	Classes     []ClassArea
	Features    []FeatureArea // by area, the largest first, then by id
	Detail      Detail
	Truncated   bool             // Options.Limit has cut Features
	Uncovered   orb.MultiPolygon // with Options.Geometry Uncovered
	Geometry    Geometry
}

// ClassArea is what the features of one class have in common with the query.
type ClassArea struct {
	Class, Name, Group string
	AreaM2             float64 // of the union
	Share              float64 // of the query's area
	Count              int
}

// FeatureArea is what one feature has in common with the query.
type FeatureArea struct {
	ID             feature.ID
	Class          string
	AreaM2         float64
	ShareOfQuery   float64
	ShareOfFeature float64
	Sliver         bool
	Geometry       orb.MultiPolygon // with Options.Geometry Intersection
}

// Measure returns what the layers have in common with the query. The error is
// from making geometry; areas alone cannot fail. Cost per layer: the search,
// and per feature whose box meets the query's what overlay.Area and, for
// features without a prepared shape, overlay.Prepare cost.
func Measure(q Query, layers []Layer, opt Options) (Result, error) {
	r := Result{ID: q.ID, AreaM2: q.Shape.Area(), BufferM: q.Buffer, OwnM2: q.OwnM2, Layers: make([]LayerResult, len(layers))}
	w := pool.Get().(*work)
	defer w.release()
	for i, l := range layers {
		if err := w.measure(&r.Layers[i], q.Shape, l, opt); err != nil {
			return Result{}, err
		}
	}
	return r, nil
}

// work is the memory of one measurement, used again.
type work struct {
	find     finder
	slots    []feature.Slot // of the features that overlap the query
	classes  []string
	shapes   []*overlay.Shape
	areas    []float64
	scratch  []*overlay.Scratch
	used     int
	distinct []string
}

var pool = sync.Pool{New: func() any { return new(work) }}

// keepScratch is how many shapes' memory a work keeps for the next query.
const keepScratch = 512

func (w *work) release() {
	w.reset()
	if len(w.scratch) > keepScratch {
		clear(w.scratch[keepScratch:])
		w.scratch = w.scratch[:keepScratch]
	}
	pool.Put(w)
}

func (w *work) reset() {
	for _, s := range w.scratch[:min(w.used+1, len(w.scratch))] { // one more: the last that did not overlap
		s.Release()
	}
	clear(w.shapes)
	w.used = 0
	w.slots, w.classes = w.slots[:0], w.classes[:0]
	w.shapes, w.areas = w.shapes[:0], w.areas[:0]
}

// shape returns the shape of a slot, from what is prepared or in scratch.
func (w *work) shape(l Layer, s feature.Slot) *overlay.Shape {
	if shape := prepared(l, s); shape != nil {
		return shape
	}
	if w.used == len(w.scratch) {
		w.scratch = append(w.scratch, new(overlay.Scratch))
	}
	w.used++
	return w.scratch[w.used-1].Prepare(l.Geometry(s), l.NeedsRepair(s))
}

func (w *work) measure(r *LayerResult, q *overlay.Shape, l Layer, opt Options) error {
	w.reset()
	desc := l.Layer()
	r.Layer, r.Vintage, r.Detail, r.Geometry = desc.ID, l.Vintage(), opt.Detail, opt.Geometry
	w.overlapping(q, l)
	clashes := overlay.Clashes(q, w.shapes)
	for _, a := range w.areas {
		r.SummedM2 += a
	}
	r.CoveredM2 = overlay.CoverArea(q, w.shapes, w.areas, clashes, nil)
	r.UncoveredM2 = max(0, q.Area()-r.CoveredM2)
	if desc.ClassField != "" {
		r.Classes = w.byClass(q, desc, clashes)
	}
	if opt.Geometry == Uncovered {
		var err error
		if r.Uncovered, err = overlay.Difference(q, w.shapes); err != nil {
			return err
		}
	}
	if opt.Detail == Features {
		return w.byFeature(r, q, l, opt)
	}
	return nil
}

// overlapping finds the features that overlap q, by number, with their areas.
func (w *work) overlapping(q *overlay.Shape, l Layer) {
	classed := l.Layer().ClassField != ""
	for _, s := range w.find.in(l, q.Bound()) {
		if l.Area(s) <= 0 {
			continue // a point, a line, or nothing
		}
		before := w.used
		shape := w.shape(l, s)
		area := overlay.Area(q, shape)
		if area == 0 {
			w.used = before // not kept: its memory serves the next one
			continue
		}
		w.slots, w.shapes, w.areas = append(w.slots, s), append(w.shapes, shape), append(w.areas, area)
		class := ""
		if classed {
			class = l.Class(s)
		}
		w.classes = append(w.classes, class)
	}
}

// byClass adds up the classes, by code.
func (w *work) byClass(q *overlay.Shape, desc *feature.Layer, clashes []overlay.Clash) []ClassArea {
	w.distinct = append(w.distinct[:0], w.classes...)
	slices.Sort(w.distinct)
	codes := slices.Compact(w.distinct)
	out := make([]ClassArea, len(codes))
	for i, code := range codes {
		entry := desc.Class(code)
		c := ClassArea{Class: code, Name: entry.Name, Group: entry.Group}
		in := func(k int) bool { return w.classes[k] == code }
		for k := range w.classes {
			if in(k) {
				c.Count++
			}
		}
		c.AreaM2 = overlay.CoverArea(q, w.shapes, w.areas, clashes, in)
		c.Share = share(c.AreaM2, q.Area())
		out[i] = c
	}
	return out
}

// byFeature lists the features, cut to the limit.
func (w *work) byFeature(r *LayerResult, q *overlay.Shape, l Layer, opt Options) error {
	order := make([]int, len(w.slots))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(w.areas[j], w.areas[i]), cmp.Compare(l.ID(w.slots[i]), l.ID(w.slots[j])))
	})
	if opt.Limit > 0 && len(order) > opt.Limit {
		order, r.Truncated = order[:opt.Limit], true
	}
	r.Features = make([]FeatureArea, len(order))
	for n, i := range order {
		area := w.areas[i]
		f := FeatureArea{
			ID: l.ID(w.slots[i]), Class: w.classes[i], AreaM2: area,
			ShareOfQuery:   share(area, q.Area()),
			ShareOfFeature: share(area, l.Area(w.slots[i])),
		}
		if opt.SliverM2 > 0 {
			f.Sliver = area < opt.SliverM2 || overlay.Narrow(q, w.shapes[i], area, opt.SliverWidth)
		}
		if opt.Geometry == Intersection {
			var err error
			if f.Geometry, err = overlay.Intersection(q, w.shapes[i]); err != nil {
				return err
			}
		}
		r.Features[n] = f
	}
	return nil
}

// share returns part/whole, at most 1; 0 when the whole is nothing.
func share(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return min(1, part/whole)
}
