package server

import (
	"math"
	"net/http"

	"tuban/engine"
	"tuban/feature"
	"tuban/formats/geojson"
	"tuban/geom"
	"tuban/overlap"
)

// overlapParameters are what both overlap routes know.
var overlapParameters = []string{"layers", "detail", "geometry", "sliver_m2", "limit", "buffer_m", "filter", ownFilter, "filter-lang"}

// overlapQuery is what a request for overlaps asks.
type overlapQuery struct {
	layers []overlap.Layer
	opt    overlap.Options
	buffer float64 // metres; 0 is none
}

func (r *request) overlapQuery() (q overlapQuery, err error) {
	list, ok := r.value("layers")
	if !ok {
		return q, badParameter("layers", "is missing; name the layers to measure against, separated by commas")
	}
	if q.layers, err = r.overlapLayers(list); err != nil {
		return q, err
	}
	q.opt = overlap.DefaultOptions()
	switch text, ok := r.value("detail"); {
	case !ok || text == "features":
	case text == "classes":
		q.opt.Detail = overlap.Classes
	default:
		return q, badParameter("detail", "%q is not classes or features", shorten(text))
	}
	switch text, ok := r.value("geometry"); {
	case !ok || text == "none":
	case text == "intersection" && q.opt.Detail == overlap.Classes:
		return q, badParameter("geometry", "intersection is by feature: it needs detail=features")
	case text == "intersection":
		q.opt.Geometry = overlap.Intersection
	case text == "uncovered":
		q.opt.Geometry = overlap.Uncovered
	default:
		return q, badParameter("geometry", "%q is not none, intersection or uncovered", shorten(text))
	}
	if text, ok := r.value("sliver_m2"); ok {
		if q.opt.SliverM2, err = parseNumber(text); err != nil || q.opt.SliverM2 < 0 {
			return q, badParameter("sliver_m2", "%q is not an area in m²", shorten(text))
		}
	}
	if text, ok := r.value("limit"); ok {
		if q.opt.Limit, err = parseLimit(text, math.MaxInt32); err != nil {
			return q, err
		}
	}
	if text, ok := r.value("buffer_m"); ok {
		if q.buffer, err = parseNumber(text); err != nil || q.buffer <= 0 || q.buffer > overlap.MaxBuffer {
			return q, badParameter("buffer_m", "%q is not a width in metres above 0 and up to %d", shorten(text), overlap.MaxBuffer)
		}
	}
	return q, nil
}

func (r *request) overlapLayers(list string) ([]overlap.Layer, error) {
	views, err := r.layersNamed("layers", list)
	if err != nil {
		return nil, err
	}
	return r.filtered(views)
}

// filtered returns layers with only the features that pass the request's filters.
func (r *request) filtered(views []*engine.LayerView) ([]overlap.Layer, error) {
	filters, err := r.filtersOf(views)
	if err != nil {
		return nil, err
	}
	layers := make([]overlap.Layer, len(views))
	for i, l := range views {
		layers[i] = l
		if keep := filters[i].keeper(l); keep != nil {
			layers[i] = overlap.Filtered(l, keep)
		}
	}
	return layers, nil
}

// routeOverlap measures the polygons of the body.
func routeOverlap(r *request) error {
	q, err := r.overlapQuery()
	if err != nil {
		return err
	}
	if err := r.wantType(typeGeoJSON, typeJSON); err != nil {
		return err
	}
	body, err := r.lentBody()
	if err != nil {
		return err
	}
	ctx := r.patience()
	defer ctx.release()
	release, err := acquire(ctx, r.heavy)
	if err != nil {
		return err
	}
	defer release()
	polygons, err := geojson.ParseBody(body, geojson.BodyOptions{
		MaxFeatures: r.limits.Polygons, MaxVertices: r.limits.Vertices, MaxDepth: r.limits.Depth, SkipProperties: true})
	if err != nil {
		return err
	}
	return r.measureAll(ctx, q, polygons)
}

// measure answers for one polygon, and tells what is wrong with its geometry.
func (q *overlapQuery) measure(f *feature.Feature) (overlap.Result, []geom.Problem, error) {
	query, err := overlap.Query{}, error(nil)
	if q.buffer > 0 {
		query, err = overlap.NewGrown(string(f.ID), f.Geometry, q.buffer)
	} else {
		query, err = overlap.NewQuery(string(f.ID), f.Geometry)
	}
	if err != nil {
		return overlap.Result{}, nil, err
	}
	result, err := overlap.Measure(query, q.layers, q.opt)
	return result, query.Problems, err
}

// queryWarning is what was found in the geometry of one polygon asked about.
type queryWarning struct {
	Index    int            `json:"index"` // among the results, from 0
	ID       feature.ID     `json:"id,omitempty"`
	Problems []geom.Problem `json:"problems"`          // at most 100
	Omitted  int            `json:"omitted,omitempty"` // how many more there are
}

func newQueryWarning(index int, id feature.ID, found []geom.Problem) queryWarning {
	const most = 100
	n := min(len(found), most)
	return queryWarning{index, id, found[:n], len(found) - n}
}

// ofPolygon says which polygon of the body an error is of.
func ofPolygon(i int, id feature.ID, err error) error {
	p := problemOf(err)
	if p.Status == http.StatusInternalServerError {
		return err // for the log
	}
	if len(p.Errors) == 0 {
		p.with(wrong{Detail: p.Detail})
	}
	p.Errors[0].Row, p.Errors[0].ID = int64(i)+1, id
	return p
}

// routeItemOverlap measures a stored feature.
func routeItemOverlap(r *request) error {
	l, err := r.layer()
	if err != nil {
		return err
	}
	s, err := r.find(l)
	if err != nil {
		return err
	}
	q, err := r.overlapQuery()
	if err != nil {
		return err
	}
	if q.buffer == 0 && !hasArea(l, s) {
		return newProblem(http.StatusUnprocessableEntity, "not-a-polygon", "feature %q is no polygon: it has no area to share", l.ID(s))
	}
	ctx := r.patience()
	defer ctx.release()
	release, err := acquire(ctx, r.heavy)
	if err != nil {
		return err
	}
	defer release()
	query := overlap.Query{}
	if q.buffer > 0 {
		query, err = overlap.StoredGrown(l, s, q.buffer)
	} else {
		query = overlap.Stored(l, s)
	}
	if err != nil {
		return err
	}
	result, err := overlap.Measure(query, q.layers, q.opt)
	if err != nil {
		return err
	}
	r.write(http.StatusOK, typeJSON, overlap.AppendResults(nil, r.view.Seq(), []overlap.Result{result}))
	return nil
}

func hasArea(l *engine.LayerView, s feature.Slot) bool {
	g := l.Geometry(s)
	return g != nil && geom.IsAreal(g)
}
