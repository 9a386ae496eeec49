package server

import (
	"net/http"

	"tuban/engine"
	"tuban/feature"
	"tuban/formats/geojson"
	"tuban/geom"
)

// edit makes the change to a feature from what it is now.
type edit func(l *engine.LayerView, now feature.Feature) (feature.Change, error)

// changeItem runs an edit of the path's feature under the writer's lock, if the
// feature still is what If-Match says, and answers with what came of it.
func (r *request) changeItem(make edit) error {
	id, fid := feature.LayerID(r.param("collectionId")), feature.ID(r.param("featureId"))
	match := r.header("If-Match")
	meta := r.meta(string(r.ctx.Method()) + " " + string(r.ctx.URI().PathOriginal()))
	ctx, cancel := r.deadline()
	defer cancel()
	res, err := r.engine.Commit(ctx, meta, func(v *engine.View) ([]feature.Change, error) {
		l, ok := v.Layer(id)
		if !ok {
			return nil, noLayer(id)
		}
		s, ok := l.Find(fid)
		if err := precondition(l, s, ok, fid, match); err != nil {
			return nil, err
		}
		c, err := make(l, l.Feature(s))
		if err != nil {
			return nil, err
		}
		return []feature.Change{c}, nil
	})
	if err != nil {
		return err
	}
	r.setSeq(res.Seq)
	c := &res.Changes[0]
	if c.Op == feature.OpDelete {
		r.ctx.SetStatusCode(http.StatusNoContent)
		return nil
	}
	r.answerItem(http.StatusOK, id, &c.Feature, res.Problems[0])
	return nil
}

// answerItem answers a write of one feature.
func (r *request) answerItem(status int, layer feature.LayerID, f *feature.Feature, problems []geom.Problem) {
	r.ctx.Response.Header.Set("ETag", versionTag(f.Version))
	r.write(status, typeGeoJSON, r.appendItem(nil, layer, f, problems))
}

func noLayer(id feature.LayerID) *problem {
	return newProblem(http.StatusNotFound, "no-such-layer", "there is no layer %q; /collections lists them", id).
		with(wrong{Parameter: "collectionId", Detail: "no such layer"})
}

// precondition checks If-Match (RFC 9110, 13.1.1): a change must say which
// version it is of.
func precondition(l *engine.LayerView, s feature.Slot, exists bool, id feature.ID, match string) error {
	switch {
	case !exists && match != "":
		return newProblem(http.StatusPreconditionFailed, "feature-changed", "layer %s has no feature %q", l.Layer().ID, id)
	case !exists:
		return newProblem(http.StatusNotFound, "no-such-feature", "layer %s has no feature %q; new ones are added by POST …/items", l.Layer().ID, id).
			with(wrong{Parameter: "featureId", Detail: "no such feature"})
	case match == "":
		return newProblem(http.StatusPreconditionRequired, "if-match-missing", "say which version you change: send If-Match with the ETag of GET, or *").
			with(wrong{Header: "If-Match", Detail: "is missing"})
	case !matches(match, versionTag(l.Version(s)), false):
		return newProblem(http.StatusPreconditionFailed, "feature-changed", "the feature is now at version %s: read it again, then change that", versionTag(l.Version(s))).
			with(wrong{Header: "If-Match", Detail: "is not the current version"})
	}
	return nil
}

// routePutItem replaces a feature.
func routePutItem(r *request) error {
	if err := r.wantType(typeGeoJSON, typeJSON); err != nil {
		return err
	}
	next, err := r.oneFeature()
	if err != nil {
		return err
	}
	return r.changeItem(func(l *engine.LayerView, now feature.Feature) (feature.Change, error) {
		return replace(l, now, next)
	})
}

// routePatchItem changes parts of a feature (RFC 7396).
func routePatchItem(r *request) error {
	if err := r.wantType(typeMergePatch, typeJSON, typeGeoJSON); err != nil {
		return err
	}
	body, err := r.body()
	if err != nil {
		return err
	}
	patch, err := r.parsePatch(body)
	if err != nil {
		return err
	}
	return r.changeItem(func(l *engine.LayerView, now feature.Feature) (feature.Change, error) {
		return replace(l, now, patch.apply(now))
	})
}

// replace returns the change of now into next, which must keep its identity.
func replace(l *engine.LayerView, now, next feature.Feature) (feature.Change, error) {
	id := l.Layer().ID
	if next.ID != "" && next.ID != now.ID {
		return feature.Change{}, idChange("/id", now.ID, string(next.ID))
	}
	if field := l.Layer().IDField; field != "" {
		was, had := now.Properties.Get(field)
		is, has := next.Properties.Get(field)
		if had && (!has || was.String() != is.String()) {
			return feature.Change{}, idChange("/properties/"+field, now.ID, is.String())
		}
	}
	next.ID, next.Number = now.ID, now.Number
	return feature.Change{Layer: id, Op: feature.OpPut, Feature: next}, nil
}

func idChange(at string, was feature.ID, is string) error {
	return newProblem(http.StatusBadRequest, "id-change", "the id of a feature does not change: it is %q, the body says %q", was, shorten(is)).
		with(wrong{Pointer: at, Detail: "differs from the feature's id"})
}

// routeDeleteItem removes a feature.
func routeDeleteItem(r *request) error {
	return r.changeItem(func(l *engine.LayerView, now feature.Feature) (feature.Change, error) {
		return feature.Change{Layer: l.Layer().ID, Op: feature.OpDelete, Feature: feature.Feature{ID: now.ID, Number: now.Number}}, nil
	})
}

// oneFeature reads a body that is one Feature.
func (r *request) oneFeature() (feature.Feature, error) {
	body, err := r.body()
	if err != nil {
		return feature.Feature{}, err
	}
	return r.parseOne(body)
}

func (r *request) parseOne(body []byte) (feature.Feature, error) {
	kind, err := objectType(body)
	if err != nil {
		return feature.Feature{}, err
	}
	if kind != "Feature" {
		return feature.Feature{}, newProblem(http.StatusBadRequest, "bad-geojson", "the body is of type %q; send one Feature", shorten(kind)).
			with(wrong{Pointer: "/type", Detail: "must be Feature"})
	}
	features, err := geojson.ParseBody(body, geojson.BodyOptions{MaxFeatures: 1, MaxVertices: r.limits.Vertices, MaxDepth: r.limits.Depth})
	if err != nil {
		return feature.Feature{}, err
	}
	return features[0], nil
}
