package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"tuban/engine"
	"tuban/feature"
	"tuban/formats/geojson"
	"tuban/geom"
	"tuban/geom/buffer"
	"tuban/overlap"
	"tuban/store"
)

// statusUnavailable is named here because it is what limits answer with.
const statusUnavailable = http.StatusServiceUnavailable

// problem is an error answer (RFC 9457) with tuban's members: a stable code, a
// place for each thing wrong, the request id.
type problem struct {
	Type        string  `json:"type"`
	Title       string  `json:"title"`
	Status      int     `json:"status"`
	Detail      string  `json:"detail"`
	Instance    string  `json:"instance,omitempty"`
	Code        string  `json:"code"`
	Description string  `json:"description"` // Detail again: OGC API - Features 1.0 names it so
	Errors      []wrong `json:"errors,omitempty"`
	TraceID     string  `json:"traceId,omitempty"`

	allow      string        // for the Allow header
	retryAfter time.Duration // for the Retry-After header
	close      bool          // the connection cannot be used any more
}

// wrong is one thing wrong with a request and where.
type wrong struct {
	Parameter string     `json:"parameter,omitempty"` // of the path or query
	Header    string     `json:"header,omitempty"`
	Pointer   string     `json:"pointer,omitempty"` // into the body (RFC 6901)
	Row       int64      `json:"row,omitempty"`     // of a stream, from 1
	ID        feature.ID `json:"id,omitempty"`
	Part      *int       `json:"part,omitempty"` // of the geometry, from 0
	Ring      *int       `json:"ring,omitempty"`
	Vertex    *int       `json:"vertex,omitempty"`
	Line      int        `json:"line,omitempty"`
	Column    int        `json:"column,omitempty"`
	Detail    string     `json:"detail"`
}

// Error returns code and detail.
func (p *problem) Error() string { return p.Code + ": " + p.Detail }

func newProblem(status int, code, format string, args ...any) *problem {
	detail := format
	if len(args) > 0 {
		detail = fmt.Sprintf(format, args...)
	}
	return &problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Code: code, Detail: detail, Description: detail,
	}
}

func (p *problem) with(w ...wrong) *problem {
	p.Errors = append(p.Errors, w...)
	return p
}

func (p *problem) retry(after time.Duration) *problem {
	p.retryAfter = after
	return p
}

// badParameter says what is wrong with the value of a path or query parameter.
func badParameter(name, format string, args ...any) *problem {
	detail := fmt.Sprintf(format, args...)
	return newProblem(http.StatusBadRequest, "invalid-parameter", "%s: %s", name, detail).with(wrong{Parameter: name, Detail: detail})
}

// conditions are the sentinel errors of the rooms below and what they are over
// HTTP. The first that fits counts.
var conditions = []struct {
	err    error
	status int
	code   string
}{
	{engine.ErrNoLayer, http.StatusNotFound, "no-such-layer"},
	{engine.ErrNoFeature, http.StatusNotFound, "no-such-feature"},
	{engine.ErrExists, http.StatusConflict, "feature-exists"},
	{engine.ErrPrecondition, http.StatusPreconditionFailed, "feature-changed"},
	{engine.ErrVintageChanged, http.StatusConflict, "vintage-changed"},
	{engine.ErrBadLayer, http.StatusBadRequest, "bad-layer"},
	{engine.ErrReadOnly, http.StatusForbidden, "read-only"},
	{engine.ErrClosed, http.StatusServiceUnavailable, "closing"},
	{engine.ErrTooBig, http.StatusRequestEntityTooLarge, "feature-too-big"},
	{engine.ErrNoArea, http.StatusUnprocessableEntity, "geometry-refused"},
	{engine.ErrEmpty, http.StatusUnprocessableEntity, "geometry-refused"},
	{engine.ErrGeometryType, http.StatusUnprocessableEntity, "geometry-refused"},
	{geom.ErrTangled, http.StatusUnprocessableEntity, "geometry-tangled"},
	{overlap.ErrNotAreal, http.StatusUnprocessableEntity, "not-a-polygon"},
	{buffer.ErrTooMany, http.StatusRequestEntityTooLarge, "too-many"},
	{errNotAPoint, http.StatusUnprocessableEntity, "not-a-point"},
	{engine.ErrBadID, http.StatusUnprocessableEntity, "bad-id"},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "timeout"},
	{context.Canceled, http.StatusServiceUnavailable, "closing"},
}

// problemOf returns the answer to an error of a handler.
func problemOf(err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if e, ok := errors.AsType[*geom.CoordinateError](err); ok {
		p := newProblem(http.StatusUnprocessableEntity, "geometry-refused", "%v", err)
		return p.with(wrong{Part: &e.Part, Ring: &e.Ring, Vertex: &e.Vertex, Detail: e.Error()})
	}
	if e, ok := errors.AsType[*store.FullError](err); ok {
		return newProblem(http.StatusInsufficientStorage, "disk-full", "nothing was written: %v", e)
	}
	if _, ok := errors.AsType[*store.BrokenError](err); ok {
		return newProblem(statusUnavailable, "store-broken", "%v: restart the server, which checks what is on disk", err)
	}
	if p := problemOfJSON(err); p != nil {
		return p
	}
	for _, c := range conditions {
		if !errors.Is(err, c.err) {
			continue
		}
		p := newProblem(c.status, c.code, "%v", err)
		if f, ok := errors.AsType[*engine.FeatureError](err); ok {
			p.with(wrong{ID: f.ID, Detail: f.Err.Error()})
		}
		if c.status == statusUnavailable {
			p.retry(time.Second)
		}
		return p
	}
	return newProblem(http.StatusInternalServerError, "internal", "an internal error; the log has it under the request id")
}

// problemOfJSON returns the answer to what is wrong with a body, nil if err is
// something else.
func problemOfJSON(err error) *problem {
	if e, ok := errors.AsType[*geojson.SyntaxError](err); ok {
		return newProblem(http.StatusBadRequest, "bad-json", "%v", err).with(wrong{Line: e.Line, Column: e.Column, Detail: e.Reason})
	}
	if e, ok := errors.AsType[*geojson.LimitError](err); ok {
		if e.What == geojson.LimitDepth {
			return newProblem(http.StatusBadRequest, "too-deep", "%v", err).with(wrong{Detail: e.Error()})
		}
		return newProblem(http.StatusRequestEntityTooLarge, "too-many", "%v", err).with(wrong{Detail: e.Error()})
	}
	if e, ok := errors.AsType[*geojson.ValueError](err); ok {
		w := wrong{Pointer: e.Path, Detail: e.Reason}
		w.Part, w.Ring, w.Vertex = place(e.Part), place(e.Ring), place(e.Vertex)
		return newProblem(http.StatusBadRequest, "bad-geojson", "%v", err).with(w)
	}
	return nil
}

func place(i int) *int {
	if i < 0 {
		return nil
	}
	return &i
}

func (p *problem) json() []byte {
	b, err := json.Marshal(p)
	if err != nil { // every member is a plain value
		panic(err)
	}
	return b
}
