package load

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb/encoding/wkt"

	"tuban/bench"
	"tuban/feature"
	"tuban/formats/geojson"
	"tuban/geom"
)

// What polygons are asked with.
const (
	Patches = "patches" // the change patches of the data
	Steps   = "steps"   // random outlines in steps (Ground.Steps)
)

// OverlapConfig is a load of overlap queries, one polygon each.
type OverlapConfig struct {
	Config
	Queries string // Patches or Steps; "" is Patches where there are any
	Detail  string // "classes" or "features", of a tuban server
	Number  int    // most different polygons
}

// overlapRate is the rate where none is given, a second.
const overlapRate = 200

// Overlap measures overlap queries.
func Overlap(ctx context.Context, cfg OverlapConfig, progress bench.Progress) (_ *bench.Report, err error) {
	l := cfg.load(overlapRate)
	s, err := newSession(ctx, &cfg.Config, needs{title: "Overlap queries over HTTP", load: l, kinds: []feature.Kind{feature.KindReference}}, progress)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	queries, what, err := s.ground.queries(cfg.Queries, cfg.Seed, cfg.Number)
	if err != nil {
		return nil, err
	}
	s.set("polygons", fmt.Sprintf("%d %s, %d vertices on average", len(queries), what, meanVertices(queries)))
	s.set("detail", cfg.Detail)
	r := &reading{groups: []string{what}, load: l}
	if r.requests, err = s.overlapRequests(&cfg, queries); err != nil {
		return nil, err
	}
	if err := s.checkOverlaps(ctx, &cfg, queries); err != nil {
		return nil, err
	}
	if err := s.warm(ctx, r); err != nil {
		return nil, err
	}
	return s.timeReading(ctx, r, "polygons")
}

// timeReading runs a reading and writes its table, a row for each group.
func (s *session) timeReading(ctx context.Context, r *reading, first string) (*bench.Report, error) {
	out, before, after, err := s.run(ctx, r)
	if err != nil {
		return nil, err
	}
	t := bench.Table{Columns: append([]bench.Column{{Name: first}}, latencyColumns()...)}
	for i := range out.Groups {
		t.Add(append([]any{r.groups[i]}, latencyCells(&out.Groups[i], out)...)...)
	}
	s.report.Tables = append(s.report.Tables, t)
	if u, ok := serverTable(before, after, out); ok {
		s.report.Tables = append(s.report.Tables, u)
	}
	s.tell(&r.load, out)
	return s.report, nil
}

// set adds a setting to the report.
func (s *session) set(name, value string) {
	s.report.Environment.Settings = append(s.report.Environment.Settings, bench.Setting{Name: name, Value: value})
}

// queries returns the polygons to ask with and their name.
func (g *Ground) queries(kind string, seed uint64, most int) ([]feature.Feature, string, error) {
	switch {
	case kind == Steps, kind == "" && len(g.Patches) == 0:
		return g.Steps(seed, most), Steps, nil
	case kind != "" && kind != Patches:
		return nil, "", fmt.Errorf("%w: polygons %q: give %s or %s", ErrConfig, kind, Patches, Steps)
	case len(g.Patches) == 0:
		return nil, "", fmt.Errorf("%w: the data has no patches; ask with %s", ErrNoData, Steps)
	}
	list := make([]feature.Feature, min(most, len(g.Patches)))
	for i, at := range stream(seed, streamSample).Perm(len(g.Patches))[:len(list)] {
		list[i] = feature.Feature{ID: g.Patches[at].ID, Geometry: g.Patches[at].Geometry}
	}
	return list, Patches, nil
}

func meanVertices(fs []feature.Feature) int {
	n := 0
	for i := range fs {
		n += geom.VertexCount(fs[i].Geometry)
	}
	return n / max(1, len(fs))
}

// overlapRequests returns a request for each polygon.
func (s *session) overlapRequests(cfg *OverlapConfig, queries []feature.Feature) ([]Request, error) {
	list := make([]Request, len(queries))
	if s.api != nil {
		for i := range queries {
			list[i] = overlapRequest(s.api, s.layers, queries[i:i+1], cfg.Detail)
		}
		return list, nil
	}
	a, err := newAdapter(&cfg.Config, "geometry", "feature", "wkt", "id", "layers")
	if err != nil {
		return nil, err
	}
	for i := range queries {
		q := &queries[i]
		list[i] = a.request(func(name string) string {
			switch name {
			case "geometry":
				return string(geojson.AppendGeometry(nil, q.Geometry))
			case "feature":
				return string(geojson.AppendFeature(nil, q))
			case "wkt":
				return wkt.MarshalString(q.Geometry)
			case "id":
				return string(q.ID)
			}
			return strings.Join(s.layers, ",")
		})
	}
	return list, nil
}

// overlapRequest asks a tuban server for the overlaps of one polygon or more.
func overlapRequest(api *API, layers []string, queries []feature.Feature, detail string) Request {
	query := "layers=" + joined(layers)
	if detail != "" {
		query += "&detail=" + detail
	}
	var body []byte
	if len(queries) == 1 {
		body = geojson.AppendFeature(nil, &queries[0])
	} else {
		body = append(body, `{"type":"FeatureCollection","features":[`...)
		for i := range queries {
			if i > 0 {
				body = append(body, ',')
			}
			body = geojson.AppendFeature(body, &queries[i])
		}
		body = append(body, `]}`...)
	}
	return Request{Method: http.MethodPost, URL: api.At("/overlap?" + query), Type: "application/geo+json", Body: body}
}

// checkOverlaps checks the answers to a sample of the polygons.
func (s *session) checkOverlaps(ctx context.Context, cfg *OverlapConfig, queries []feature.Feature) error {
	if s.api == nil {
		return s.checkForeignOverlaps(ctx, cfg, queries)
	}
	return s.sample(ctx, "answers", len(queries), func(i int) error {
		q := overlapRequest(s.api, s.layers, queries[i:i+1], "features")
		ans, err := s.api.Fetch(ctx, &q)
		if err != nil {
			return err
		}
		if err := checkOverlap(ctx, s.source, &queries[i], ans.Body); err != nil {
			return wrong(&q, &queries[i], err)
		}
		if cfg.Detail == "features" || cfg.Detail == "" {
			return nil
		}
		coarse := overlapRequest(s.api, s.layers, queries[i:i+1], cfg.Detail)
		less, err := s.api.Fetch(ctx, &coarse)
		if err != nil {
			return err
		}
		return wrong(&coarse, &queries[i], sameClasses(ans.Body, less.Body))
	})
}

// sample runs check for random ones of n requests, cfg.Sample of them, and says
// in the report that so many of what were checked. A request that cannot be checked (errUncheckable) gives its
// place to another.
func (s *session) sample(ctx context.Context, what string, n int, check func(i int) error) error {
	want, done, passed := min(s.cfg.Sample, n), 0, 0
	for _, i := range stream(s.cfg.Seed, streamSample).Perm(n) {
		s.progress.Say("checking answers", int64(done), int64(want))
		if done == want {
			break
		}
		switch err := check(i); {
		case errors.Is(err, errUncheckable):
			passed++
			continue
		case err != nil:
			return err
		}
		done++
	}
	if done == 0 {
		return fmt.Errorf("none of %d answers could be checked", passed)
	}
	text := strconv.Itoa(done) + " " + what + " before timing"
	if passed > 0 {
		text += fmt.Sprintf(" (%d more could not be)", passed)
	}
	s.set("checked", text)
	return ctx.Err()
}

// wrong returns a WrongError of a query, nil if nothing is wrong. Errors that say
// nothing about the answer stay what they are.
func wrong(r *Request, q *feature.Feature, err error) error {
	if err == nil {
		return nil
	}
	var fetch *FetchError
	if errors.Is(err, errUncheckable) || errors.As(err, &fetch) {
		return err
	}
	what := r.String()
	if q != nil {
		what += " with polygon " + string(q.ID)
	}
	return &WrongError{Request: what, Reason: err.Error()}
}

// checkForeignOverlaps compares the sum of areas in a foreign server's answers
// with what the demo city's features come to.
func (s *session) checkForeignOverlaps(ctx context.Context, cfg *OverlapConfig, queries []feature.Feature) error {
	a, err := newAdapter(&cfg.Config, "geometry", "feature", "wkt", "id", "layers")
	if err != nil {
		return err
	}
	if s.source == nil || !a.checks {
		s.report.Note("Answers were NOT checked: for that, say which demo city the server has loaded and where the areas stand in its answers.")
		return nil
	}
	list, err := s.overlapRequests(cfg, queries)
	if err != nil {
		return err
	}
	c, err := NewClient(list[0].URL, 1, max(s.cfg.Timeout, time.Minute), "")
	if err != nil {
		return err
	}
	defer c.Close()
	return s.sample(ctx, "answers", len(queries), func(i int) error {
		ans, err := c.Fetch(ctx, &list[i])
		if err != nil {
			return err
		}
		return wrong(&list[i], &queries[i], s.sameSum(ctx, a, &queries[i], ans.Body))
	})
}

func (s *session) sameSum(ctx context.Context, a *adapter, q *feature.Feature, body []byte) error {
	got, err := a.answer.Sum(body)
	if err != nil {
		return err
	}
	box, want := geom.Bound(q.Geometry), 0.0
	for _, layer := range s.layers {
		fs, err := s.source.Items(ctx, layer, &box, math.MaxInt)
		if err != nil {
			return err
		}
		l, err := measure(q.Geometry, fs)
		if err != nil {
			return errors.Join(errUncheckable, err)
		}
		for _, area := range l.areas {
			want += area
		}
	}
	shape, err := shapeOf(q.Geometry)
	if err != nil {
		return err
	}
	if math.Abs(got-want) > s.cfg.Foreign.Tolerance*shape.Area() {
		return fmt.Errorf("the areas come to %v m², where the demo city's features come to %v", got, want)
	}
	return nil
}
