package load

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"tuban/bench"
	"tuban/feature"
)

// ErrConfig reports a configuration that cannot be run.
var ErrConfig = errors.New("bad configuration")

// session is one run: a server, what is known of its data, and the report.
type session struct {
	cfg      *Config
	progress bench.Progress
	base     string  // address of the tuban server; "" for a foreign one
	client   *Client // of the measured requests
	api      *API    // for everything else; nil for a foreign server
	source   Source  // features to check answers against; nil is none
	layers   []string
	all      []Collection // of a tuban server
	ground   *Ground
	pids     []int
	report   *bench.Report
	closers  []func() error // run in reverse order
}

// needs says what a workload wants of its session.
type needs struct {
	title string
	load  Load
	// kinds are the layers that are asked for when none are named: all of these
	// kinds; nil is every layer.
	kinds []feature.Kind
	// unnamed says that the addresses of a foreign server name the layers
	// themselves.
	unnamed bool
	// noCache wants a server of our own to keep no tiles.
	noCache bool
}

// newSession returns a session that is open: the caller closes it. After an
// error nothing is left of it.
func newSession(ctx context.Context, cfg *Config, n needs, progress bench.Progress) (*session, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &session{cfg: cfg, progress: progress, layers: cfg.Layers}
	s.report = &bench.Report{Title: n.title, Environment: bench.Here(ctx, cfg.settings(&n.load)...)}
	if err := s.open(ctx, n); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// open starts or finds the server and surveys its data.
func (s *session) open(ctx context.Context, n needs) error {
	s.base = s.cfg.Target
	if s.base == "" {
		if err := s.startOwn(ctx, n.noCache); err != nil {
			return err
		}
	}
	if s.cfg.foreign() {
		address := s.base
		s.base = ""
		return s.foreign(ctx, address, n)
	}
	return s.tuban(ctx, n)
}

// startOwn starts a server on a throw-away directory.
func (s *session) startOwn(ctx context.Context, noCache bool) error {
	dir, err := os.MkdirTemp("", "tuban-bench-")
	if err != nil {
		return err
	}
	s.closers = append(s.closers, func() error { return os.RemoveAll(dir) })
	s.progress.Say("making the data and starting a server", 0, -1)
	hashed := make(chan error, 1)
	go func() {
		var err error
		s.report.Environment.DataHash, err = s.cfg.Own.hash(ctx)
		hashed <- err
	}()
	args := append(slices.Clone(s.cfg.Own.Args), "--data", filepath.Join(dir, "data"), "--listen", "127.0.0.1:0")
	if noCache {
		args = append(args, "--no-tile-cache")
	}
	own, err := StartServer(ctx, s.cfg.Own.Program, args...)
	if herr := <-hashed; err != nil || herr != nil {
		if own != nil {
			err = errors.Join(err, own.Stop())
		}
		return errors.Join(err, herr)
	}
	s.closers = append(s.closers, own.Stop)
	s.base, s.pids = own.URL, []int{own.PID}
	return nil
}

// tuban finds out what a tuban server holds.
func (s *session) tuban(ctx context.Context, n needs) error {
	if err := s.connect(ctx, s.base); err != nil {
		return err
	}
	c, err := NewClient(s.base, 4, max(s.cfg.Timeout, time.Minute), "gzip")
	if err != nil {
		return err
	}
	s.api = &API{c}
	s.closers = append(s.closers, func() error { c.Close(); return nil })
	s.source = s.api
	s.progress.Say("looking at the data", 0, -1)
	if s.all, err = s.api.Collections(ctx); err != nil {
		return err
	}
	if err := s.chooseLayers(n.kinds); err != nil {
		return err
	}
	total := 0
	for _, c := range s.all {
		total += c.Count
	}
	s.set("features", strconv.Itoa(total))
	s.ground, err = survey(ctx, s.api, s.all, s.layers, s.cfg.Seed)
	return err
}

// chooseLayers takes the layers that are named, or all of the wanted kinds that
// hold anything.
func (s *session) chooseLayers(kinds []feature.Kind) error {
	for _, id := range s.layers {
		if !slices.ContainsFunc(s.all, func(c Collection) bool { return c.ID == id }) {
			return fmt.Errorf("%w: the server has no layer %q", ErrConfig, id)
		}
	}
	if len(s.layers) > 0 {
		return nil
	}
	for _, c := range s.all {
		if c.Count > 0 && (kinds == nil || slices.Contains(kinds, c.Kind)) {
			s.layers = append(s.layers, c.ID)
		}
	}
	if len(s.layers) == 0 {
		return fmt.Errorf("%w: %s has no layers for this", ErrNoData, s.base)
	}
	s.set("layers", joined(s.layers))
	return nil
}

// foreign sets a session on a server that is not tuban up.
func (s *session) foreign(ctx context.Context, address string, n needs) error {
	f := &s.cfg.Foreign
	if err := s.connect(ctx, address); err != nil {
		return err
	}
	if f.City == nil {
		if f.Bounds.IsZero() {
			return fmt.Errorf("%w: of a server that is not tuban, say where its data is: bounds, or the demo city that it has loaded", ErrConfig)
		}
		s.ground = &Ground{Bounds: f.Bounds}
		return nil
	}
	s.source = f.City
	if len(s.layers) == 0 && !n.unnamed {
		s.layers = f.City.Layers(n.kinds...)
		s.set("layers", joined(s.layers))
	}
	ground, err := f.City.ground(ctx)
	if err != nil {
		return err
	}
	if !f.Bounds.IsZero() {
		ground.Bounds = f.Bounds
	}
	s.ground = ground
	return nil
}

// connect makes the client of the measured requests and finds the server's
// process.
func (s *session) connect(ctx context.Context, address string) error {
	host, _, _ := strings.Cut(address, "{") // the host is before any place
	c, err := NewClient(host, s.cfg.Connections, s.cfg.Timeout, s.cfg.Coding)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	s.client = c
	stop := c.Watch(ctx)
	s.closers = append(s.closers, func() error { stop(); c.Close(); return nil })
	if len(s.cfg.PIDs) > 0 {
		s.pids = s.cfg.PIDs
	}
	if len(s.pids) > 0 {
		return nil
	}
	u, err := url.Parse(host)
	if err != nil {
		return err
	}
	pid, err := Listening(u)
	if err != nil {
		s.report.Note("The server's CPU and memory are not known: %v.", err)
		return nil
	}
	s.pids = []int{pid}
	return nil
}

// close ends what the session has started, the last thing first.
func (s *session) close() error {
	var err error
	for _, f := range slices.Backward(s.closers) {
		err = errors.Join(err, f())
	}
	s.closers = nil
	return err
}

// collections returns the descriptions of the session's layers, in their order.
func (s *session) collections() []Collection {
	var list []Collection
	for _, id := range s.layers {
		for _, c := range s.all {
			if c.ID == id {
				list = append(list, c)
			}
		}
	}
	return list
}
