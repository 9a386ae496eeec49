package server

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/formats/geojson"
	"tuban/geom"
	"tuban/overlap"
)

// errNotAPoint reports a geometry to be located that is no point.
var errNotAPoint = errors.New("not a point")

// routeLocateMany answers which features hold the points of the body: all in
// one answer, or for a sequence of any length a line for each row.
func routeLocateMany(r *request) error {
	layers, err := r.lookedIn()
	if err != nil {
		return err
	}
	kind, err := r.oneOfTypes(append([]string{typeGeoJSON, typeJSON}, rowTypes...)...)
	if err != nil {
		return err
	}
	if slices.Contains(rowTypes, kind) {
		return r.answerRows(func(dst []byte, f *feature.Feature) ([]byte, []geom.Problem, error) {
			ps, err := pointsOf(f)
			if err == nil && len(ps) != 1 {
				err = errNotAPoint
			}
			if err != nil {
				return nil, nil, err
			}
			at := overlap.Locate(layers, ps[0][0], ps[0][1])
			return overlap.AppendLocatedMembers(dst, string(f.ID), &at), nil, nil
		})
	}
	return r.locateAll(layers)
}

// locateAll answers for the points of a whole body.
func (r *request) locateAll(layers []overlap.Layer) error {
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
	points, err := geojson.ParseBody(body, geojson.BodyOptions{
		MaxFeatures: r.limits.Points, MaxVertices: r.limits.Points, MaxDepth: r.limits.Depth, SkipProperties: true})
	if err != nil {
		return err
	}
	out := strconv.AppendUint(append(make([]byte, 0, 4<<10), `{"seq":`...), uint64(r.view.Seq()), 10)
	out = append(out, `,"results":[`...)
	n := 0
	for i := range points {
		f := &points[i]
		ps, err := pointsOf(f)
		if err != nil {
			return ofPolygon(i, f.ID, err)
		}
		for _, p := range ps {
			if n++; n > 1 {
				out = append(out, ',')
			}
			at := overlap.Locate(layers, p[0], p[1])
			out = append(overlap.AppendLocatedMembers(append(out, '{'), string(f.ID), &at), '}')
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	r.write(http.StatusOK, typeJSON, append(out, "]}"...))
	return nil
}

// pointsOf returns the points of a Point or MultiPoint, checked.
func pointsOf(f *feature.Feature) ([]orb.Point, error) {
	var ps []orb.Point
	switch g := f.Geometry.(type) {
	case orb.Point:
		ps = []orb.Point{g}
	case orb.MultiPoint:
		ps = g
	default:
		return nil, errNotAPoint
	}
	return ps, geom.CheckCoordinates(f.Geometry)
}
