package server

import (
	"bytes"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/common/expfmt"

	"tuban/engine"
	"tuban/tiles"
)

// metrics are the numbers of one server. Labels are route templates, methods,
// status codes and layers; never ids or coordinates.
type metrics struct {
	registry *prometheus.Registry
	duration *prometheus.HistogramVec
	active   prometheus.Gauge
	panics   prometheus.Counter

	batchRows *prometheus.CounterVec // by outcome: measured, refused
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "http_server_request_duration_seconds",
			Help:    "Time from a request's arrival to its answer being ready to send.",
			Buckets: []float64{.0001, .0005, .001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"http_request_method", "http_route", "http_response_status_code"}),
		active: prometheus.NewGauge(prometheus.GaugeOpts{Name: "http_server_active_requests", Help: "Requests being answered."}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{Name: "tuban_panics_total", Help: "Panics caught in handlers."}),
		batchRows: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tuban_batch_rows_total", Help: "Rows of POST /overlap/batch."},
			[]string{"outcome"}),
	}
	streams := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "tuban_event_streams", Help: "Open event streams."},
		func() float64 { return float64(s.streams.Load()) })
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "tuban_build_info", Help: "Always 1; the label names the program's version.",
		ConstLabels: prometheus.Labels{"version": s.opt.Version}})
	build.Set(1)
	m.registry.MustRegister(m.duration, m.active, m.panics, m.batchRows, streams, build, dataCollector{s.engine, s.opt.Tiles},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(method, template string, status int, took time.Duration) {
	m.duration.WithLabelValues(method, template, strconv.Itoa(status)).Observe(took.Seconds())
}

// dataCollector reports the data set as its newest view shows it, and the tile
// cache if there is one.
type dataCollector struct {
	engine *engine.Engine
	tiles  *tiles.Cache
}

var (
	descSeq      = prometheus.NewDesc("tuban_seq", "The newest commit.", nil, nil)
	descFeatures = prometheus.NewDesc("tuban_layer_features", "Features of a layer.", []string{"layer", "kind"}, nil)
	descMemory   = prometheus.NewDesc("tuban_layer_memory_bytes", "Memory of a layer's features.", []string{"layer", "part"}, nil)
	descChanged  = prometheus.NewDesc("tuban_layer_changed_seq", "The commit that last changed a layer.", []string{"layer"}, nil)
	descTiles    = prometheus.NewDesc("tuban_tile_cache_tiles", "Tiles in the cache.", nil, nil)
	descBytes    = prometheus.NewDesc("tuban_tile_cache_bytes", "Bytes of the tile cache.", nil, nil)
	descFetches  = prometheus.NewDesc("tuban_tile_cache_fetches_total", "Tiles asked of the cache: there, made, or waited for while another request made them.", []string{"result"}, nil)
	descDropped  = prometheus.NewDesc("tuban_tile_cache_dropped_total", "Tiles taken out of the cache: for want of room, or touched by a commit.", []string{"reason"}, nil)
	descDisk     = prometheus.NewDesc("tuban_disk_bytes", "Bytes of the store on disk.", nil, nil)
)

// Describe names the metrics.
func (dataCollector) Describe(c chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descSeq, descFeatures, descMemory, descChanged, descDisk, descTiles, descBytes, descFetches, descDropped} {
		c <- d
	}
}

// Collect reads them.
func (d dataCollector) Collect(c chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, v float64, labels ...string) {
		c <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
	}
	v := d.engine.View()
	gauge(descSeq, float64(v.Seq()))
	gauge(descDisk, float64(d.engine.DiskBytes()))
	for _, l := range v.Layers() {
		id := string(l.Layer().ID)
		gauge(descFeatures, float64(l.Len()), id, string(l.Layer().Kind))
		gauge(descChanged, float64(l.Changed()), id)
		coordinates, properties, rest := l.Memory()
		gauge(descMemory, float64(coordinates), id, "coordinates")
		gauge(descMemory, float64(properties), id, "properties")
		gauge(descMemory, float64(rest), id, "rest")
	}
	if d.tiles == nil {
		return
	}
	count := func(desc *prometheus.Desc, v uint64, label string) {
		c <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(v), label)
	}
	s := d.tiles.Stats()
	gauge(descTiles, float64(s.Tiles))
	gauge(descBytes, float64(s.Bytes))
	count(descFetches, s.Hits, "hit")
	count(descFetches, s.Misses, "miss")
	count(descFetches, s.Joined, "joined")
	count(descDropped, s.Evicted, "room")
	count(descDropped, s.Invalidated, "commit")
}

// routeMetrics answers in the Prometheus text format, or OpenMetrics on demand.
func routeMetrics(r *request) error {
	families, err := r.metrics.registry.Gather()
	if err != nil {
		return err
	}
	format := expfmt.NegotiateAccept(http.Header{"Accept": {r.header("Accept")}}, expfmt.DefaultOpenMetricsAcceptedFormats()...)
	var b bytes.Buffer
	e := expfmt.NewEncoder(&b, format)
	for _, f := range families {
		if err := e.Encode(f); err != nil {
			return err
		}
	}
	if c, ok := e.(expfmt.Closer); ok {
		if err := c.Close(); err != nil {
			return err
		}
	}
	r.write(http.StatusOK, string(format), b.Bytes())
	return nil
}
