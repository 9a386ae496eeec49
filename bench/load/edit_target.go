package load

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/formats/geojson"
	"tuban/geom"
	"tuban/geom/mercator"
	"tuban/tiles"
)

// probeZoom is the zoom of the tiles that edits are looked for in: none of them
// is so full that a patch would lose its properties.
const probeZoom = 16

// choose picks the layer, the field and the features to edit: neighbours of one
// random feature.
func (e *editRun) choose(ctx context.Context) error {
	for _, c := range e.all {
		if c.ID == e.cfg.Layer || e.cfg.Layer == "" && c.Kind == feature.KindPatch && c.Count > e.layer.Count {
			e.layer = c
		}
	}
	if e.layer.ID == "" {
		return fmt.Errorf("%w: no layer to edit; name one", ErrConfig)
	}
	if e.field = e.cfg.Field; e.field == "" {
		e.field = e.layer.spareField()
	}
	fs, err := e.api.Items(ctx, e.layer.ID, nil, maxPatches)
	if err != nil {
		return err
	}
	fs = slices.DeleteFunc(fs, func(f feature.Feature) bool { return !geom.HasRing(f.Geometry) })
	if len(fs) == 0 {
		return fmt.Errorf("%w: layer %s has no polygons", ErrNoData, e.layer.ID)
	}
	from := geom.Bound(fs[stream(e.cfg.Seed, streamEdit).IntN(len(fs))].Geometry).Center()
	distance := func(f *feature.Feature) float64 {
		c := geom.Bound(f.Geometry).Center()
		return math.Hypot((c[0]-from[0])*math.Cos(from[1]*math.Pi/180), c[1]-from[1])
	}
	slices.SortStableFunc(fs, func(a, b feature.Feature) int {
		return int(math.Copysign(1, distance(&a)-distance(&b)))
	})
	for _, f := range fs[:min(e.cfg.Features, len(fs))] {
		e.targets = append(e.targets, e.target(f))
	}
	if len(e.targets) < e.cfg.Connections {
		return fmt.Errorf("%w: %d features to edit, for %d connections: each needs its own", ErrConfig, len(e.targets), e.cfg.Connections)
	}
	e.set("edits", fmt.Sprintf("of %d features of %s, field %s", len(e.targets), e.layer.ID, e.field))
	return nil
}

// spareField returns a text field that is neither the layer's id nor its class.
func (c *Collection) spareField() string {
	for _, f := range slices.Backward(c.Fields) {
		if f.Type == feature.FieldString && f.Name != c.IDField && f.Name != c.ClassField && f.Name != tiles.StateField {
			return f.Name
		}
	}
	return "bench"
}

func (e *editRun) target(f feature.Feature) *target {
	t := &target{was: f, path: "/collections/" + url.PathEscape(e.layer.ID) + "/items/" + url.PathEscape(string(f.ID))}
	x, y := mercator.Unit(firstVertex(f.Geometry))
	n := math.Ldexp(1, probeZoom)
	t.tile = *e.api.Get("/mvt/" + e.layer.ID + "/" + tiles.Address{Z: probeZoom, X: uint32(x * n), Y: uint32(y * n)}.String())
	return t
}

func firstVertex(g orb.Geometry) orb.Point {
	switch g := g.(type) {
	case orb.Polygon:
		return g[0][0]
	case orb.MultiPolygon:
		return g[0][0][0]
	}
	return orb.Point{}
}

// request returns the edit of a kind (0 PATCH, 1 PUT) that writes a token.
func (e *editRun) request(t *target, kind int, token string) *Request {
	r := &Request{URL: e.api.At(t.path), Header: [][2]string{{"If-Match", "*"}, {"Tuban-Reason", "tuban bench edit"}}}
	if kind == 0 {
		r.Method, r.Type = http.MethodPatch, "application/merge-patch+json"
		body := append([]byte(`{"properties":{`), feature.AppendString(nil, e.field)...)
		r.Body = append(append(append(body, ':'), feature.AppendString(nil, token)...), "}}"...)
		return r
	}
	r.Method, r.Type = http.MethodPut, "application/geo+json"
	next := t.was
	next.Properties = slices.Clone(next.Properties).Set(e.field, feature.StringValue(token))
	if t.moved = !t.moved; t.moved {
		next.Geometry = moved(next.Geometry)
	}
	r.Body = geojson.AppendFeature(nil, &next)
	return r
}

// moved returns a copy of a polygon whose second vertex is 1e-7° further north.
func moved(g orb.Geometry) orb.Geometry {
	g = orb.Clone(g)
	switch g := g.(type) {
	case orb.Polygon:
		g[0][1][1] += 1e-7
	case orb.MultiPolygon:
		g[0][0][1][1] += 1e-7
	}
	return g
}

// errStale reports a tile that does not show an acknowledged edit.
var errStale = errors.New("the edit is not in the tile")

// shows says why the tile of an exchange does not show a value of a target.
func (e *editRun) shows(x *Exchange, t *target, value string) error {
	body, err := x.Body()
	if err != nil {
		return err
	}
	tile, _, err := readTile(body)
	if err != nil {
		return err
	}
	l := tile.Layer(e.layer.ID)
	if l == nil {
		return fmt.Errorf("%w: the layer is not there", errStale)
	}
	for i := range l.Features {
		p := l.Properties(&l.Features[i])
		if p["id"] != string(t.was.ID) {
			continue
		}
		if got := p[e.field]; got != value {
			return fmt.Errorf("%w: %s is %v, not %s", errStale, e.field, got, value)
		}
		return nil
	}
	return fmt.Errorf("%w: the feature is not there", errStale)
}

// begin edits every target once and wants its tile to show it: that is the check
// before the timing.
func (e *editRun) begin(ctx context.Context) error {
	e.free = make(chan *target, len(e.targets))
	var x Exchange
	for i, t := range e.targets {
		e.progress.Say("checking that edits show", int64(i), int64(len(e.targets)))
		token := fmt.Sprintf("begin-%d-%d", e.cfg.Seed, i)
		t.touched = true
		r := e.request(t, i&1, token)
		if err := e.client.Do(&x, r); err != nil {
			return errors.Join(ctx.Err(), fmt.Errorf("%s: %w", r, err))
		}
		if err := e.client.Do(&x, &t.tile); err != nil {
			return errors.Join(ctx.Err(), fmt.Errorf("%s: %w", &t.tile, err))
		}
		if err := e.shows(&x, t, token); err != nil {
			return &WrongError{t.tile.String(), fmt.Sprintf("feature %s: %v", t.was.ID, err)}
		}
		e.free <- t
	}
	e.set("checked edits", fmt.Sprintf("%d before timing, and each that was followed by a fetch", len(e.targets)))
	return nil
}

// restore puts the features back as they were found, on a server that is not
// ours.
func (e *editRun) restore(ctx context.Context) error {
	if e.cfg.Target == "" {
		return nil
	}
	const patience = time.Minute
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	c, err := NewClient(e.base, 1, patience, "") // the others may be broken off
	if err != nil {
		return err
	}
	defer c.Close()
	var left []string
	for _, t := range e.targets {
		if !t.touched {
			continue
		}
		r := &Request{Method: http.MethodPut, URL: e.api.At(t.path), Type: "application/geo+json", Body: geojson.AppendFeature(nil, &t.was),
			Header: [][2]string{{"If-Match", "*"}, {"Tuban-Reason", "tuban bench edit: as it was"}}}
		if _, err := c.Fetch(ctx, r); err != nil {
			left = append(left, string(t.was.ID))
		}
	}
	if len(left) > 0 {
		return fmt.Errorf("features of %s that could not be put back as they were: %s", e.layer.ID, strings.Join(left, ", "))
	}
	return nil
}
