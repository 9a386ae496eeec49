package server

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"

	"tuban/feature"
	"tuban/geom"
	"tuban/overlap"
)

// measured is one polygon of a body on its way through.
type measured struct {
	i        int
	result   overlap.Result
	problems []geom.Problem
	err      error
}

// measureAll answers for the polygons of a body, on all cores where there are
// several.
func (r *request) measureAll(ctx context.Context, q overlapQuery, polygons []feature.Feature) error {
	body := strconv.AppendUint(append(make([]byte, 0, 4<<10), `{"seq":`...), uint64(r.view.Seq()), 10)
	body = append(body, `,"results":[`...)
	var warnings []queryWarning
	take := func(m *measured) error {
		if m.err != nil {
			return ofPolygon(m.i, polygons[m.i].ID, m.err)
		}
		if len(m.problems) > 0 {
			warnings = append(warnings, newQueryWarning(m.i, polygons[m.i].ID, m.problems))
		}
		if m.i > 0 {
			body = append(body, ',')
		}
		body = overlap.AppendJSON(body, &m.result)
		return nil
	}
	if err := r.measureEach(ctx, q, polygons, take); err != nil {
		return err
	}
	body = append(body, ']')
	if len(warnings) > 0 {
		w, err := marshal(warnings)
		if err != nil {
			return err
		}
		body = append(append(body, `,"warnings":`...), w...)
	}
	r.write(http.StatusOK, typeJSON, append(body, '}'))
	return nil
}

// measureEach calls take with each polygon's answer, in order.
func (r *request) measureEach(ctx context.Context, q overlapQuery, polygons []feature.Feature, take func(*measured) error) error {
	if len(polygons) == 1 {
		m := measured{}
		m.result, m.problems, m.err = q.measure(&polygons[0])
		return take(&m)
	}
	next := 0
	return overlap.InOrder[measured]{
		Next: func(m *measured) error {
			if next == len(polygons) {
				return io.EOF
			}
			*m = measured{i: next}
			next++
			return nil
		},
		Worker: func() func(*measured) {
			return func(m *measured) {
				r.turns <- struct{}{}
				defer func() { <-r.turns }()
				defer r.caught(r.id, &m.err)
				m.result, m.problems, m.err = q.measure(&polygons[m.i])
			}
		},
		Done: take,
	}.Run(ctx)
}

// caught makes an error of a panic in a goroutine of this server's own, which
// would end the process; it is called by defer.
func (s *Server) caught(requestID string, err *error) {
	if x := recover(); x != nil {
		s.metrics.panics.Inc()
		s.log.Error("panic while measuring", "request_id", requestID, "panic", x, "stack", string(debug.Stack()))
		*err = fmt.Errorf("panic: %v", x)
	}
}
