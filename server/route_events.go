package server

import (
	"bufio"
	"encoding/json"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"tuban/engine"
	"tuban/feature"
	"tuban/tiles"
)

// reconnect is how long a client waits before it opens a broken stream again.
const reconnect = 2 * time.Second

// routeEvents streams the commits after a seq as server-sent events: those after
// Last-Event-ID or the parameter after, else those from now on.
func routeEvents(r *request) error {
	after := r.view.Seq()
	if text, ok := r.value("after"); ok {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return badParameter("after", "%q is not a seq", shorten(text))
		}
		after = feature.Seq(n)
	}
	if text := r.header("Last-Event-ID"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return newProblem(http.StatusBadRequest, "invalid-header", "Last-Event-ID: %q is not a seq", shorten(text)).
				with(wrong{Header: "Last-Event-ID", Detail: "is not a seq"})
		}
		after = feature.Seq(n)
	}
	h := &r.ctx.Response.Header
	h.SetContentType("text/event-stream")
	h.Set("Cache-Control", "no-cache, no-transform")
	h.Set("X-Accel-Buffering", "no")
	r.setSeq(r.view.Seq())
	if r.ctx.IsHead() {
		return nil
	}
	if r.streams.Add(1) > int64(r.limits.Streams) {
		r.streams.Add(-1)
		return newProblem(statusUnavailable, "busy", "%d event streams are open already", r.limits.Streams).retry(10 * time.Second)
	}
	s, id := r.Server, r.id // the request does not live as long as the stream
	r.ctx.SetBodyStreamWriter(func(w *bufio.Writer) { s.stream(w, after, id) })
	return nil
}

// stream writes events until the client is gone or the server stops.
func (s *Server) stream(w *bufio.Writer, after feature.Seq, requestID string) {
	defer s.streams.Add(-1)
	defer func() {
		if x := recover(); x != nil {
			s.metrics.panics.Inc()
			s.log.Error("panic in an event stream", "request_id", requestID, "panic", x, "stack", string(debug.Stack()))
		}
	}()
	out := eventWriter{w: w}
	out.line("retry: ", strconv.FormatInt(reconnect.Milliseconds(), 10))
	out.end()
	for out.err == nil {
		sub := s.engine.Subscribe(after)
		if sub.Lost() {
			sub.Close()
			after = s.engine.View().Seq()
			out.reset(after)
			continue
		}
		last, ended := s.follow(sub, &out, after)
		sub.Close()
		if ended {
			return
		}
		after = last // the subscription fell behind: try to catch up, or reset
	}
}

// follow writes the events of one subscription. ended says that the stream is
// over; else the subscription is.
func (s *Server) follow(sub *engine.Subscription, out *eventWriter, after feature.Seq) (last feature.Seq, ended bool) {
	ping := time.NewTicker(s.limits.Ping)
	defer ping.Stop()
	for out.err == nil {
		select {
		case ev, ok := <-sub.C():
			if !ok {
				return after, !sub.Lost() // not lost: the engine has closed
			}
			if ev.Seq > after {
				after = ev.Seq
				out.commit(ev)
			}
		case <-ping.C:
			out.comment("ping")
		case <-s.stopping:
			return after, true
		}
	}
	return after, true
}

// eventWriter writes the lines of server-sent events and keeps the first error.
type eventWriter struct {
	w   *bufio.Writer
	err error
}

func (o *eventWriter) line(parts ...string) {
	for _, p := range append(parts, "\n") {
		if o.err == nil {
			_, o.err = o.w.WriteString(p)
		}
	}
}

// end ends an event and sends it.
func (o *eventWriter) end() {
	o.line()
	if o.err == nil {
		o.err = o.w.Flush()
	}
}

func (o *eventWriter) comment(text string) {
	o.line(": ", text)
	o.end()
}

func (o *eventWriter) event(name string, seq feature.Seq, data any) {
	b, err := json.Marshal(data) // one line: JSON text holds no raw line breaks
	if err != nil {
		o.err = err
		return
	}
	o.line("id: ", strconv.FormatUint(uint64(seq), 10))
	o.line("event: ", name)
	o.line("data: ", string(b))
	o.end()
}

// reset tells that commits are missing: the client reads anew what it shows.
func (o *eventWriter) reset(seq feature.Seq) {
	o.event("reset", seq, map[string]any{"seq": seq})
}

// commitEvent is the data of a commit's event.
type commitEvent struct {
	Seq    feature.Seq    `json:"seq"`
	Time   time.Time      `json:"time"`
	Author string         `json:"author"`
	Reason string         `json:"reason"`
	Layers []touchedLayer `json:"layers"`
}

type touchedLayer struct {
	Layer   feature.LayerID `json:"layer"`
	Vintage feature.Vintage `json:"vintage"`
	Added   int             `json:"added"`
	Updated int             `json:"updated"`
	Deleted int             `json:"deleted"`
	// Schema says that everything drawn from the layer may differ.
	Schema bool         `json:"schema"`
	Bounds [][4]float64 `json:"bounds"`
	Tiles  tileRanges   `json:"tiles"` // of WebMercatorQuad
	// Grids has the tiles of the other grids by their identifiers.
	Grids map[string]tileRanges `json:"grids"`
}

func (o *eventWriter) commit(ev engine.Event) {
	c := commitEvent{Seq: ev.Seq, Time: ev.Time, Author: ev.Author, Reason: ev.Reason, Layers: make([]touchedLayer, len(ev.Layers))}
	for i, l := range ev.Layers {
		t := touchedLayer{Layer: l.Layer, Vintage: l.Vintage, Added: l.Added, Updated: l.Updated, Deleted: l.Deleted, Schema: l.Schema,
			Bounds: [][4]float64{}, Tiles: touchedTiles(tiles.WebMercatorQuad, l), Grids: map[string]tileRanges{}}
		degrees := touchedTiles(tiles.WorldCRS84Quad, l)
		for _, g := range tiles.Grids() {
			if g.Degrees() { // the same tiles
				t.Grids[g.String()] = degrees
			}
		}
		for _, b := range l.Bounds {
			if box := [4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}; !slices.Contains(t.Bounds, box) {
				t.Bounds = append(t.Bounds, box)
			}
		}
		c.Layers[i] = t
	}
	o.event("commit", ev.Seq, c)
}
