package load

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"tuban/bench"
)

// LocateConfig is a load of look-ups of random points.
type LocateConfig struct {
	Config
	Number int // different points
}

// locateRate is the rate where none is given, a second.
const locateRate = 1000

// Locate measures point look-ups.
func Locate(ctx context.Context, cfg LocateConfig, progress bench.Progress) (_ *bench.Report, err error) {
	l := cfg.load(locateRate)
	s, err := newSession(ctx, &cfg.Config, needs{title: "Point look-ups over HTTP", load: l}, progress)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	points := s.ground.Points(cfg.Seed, cfg.Number)
	s.set("points", fmt.Sprintf("%d, half of them within 2 km of a patch (or of data), half anywhere", len(points)))
	r := &reading{groups: []string{"random"}, load: l, requests: make([]Request, len(points))}
	a := &adapter{}
	if s.api == nil {
		if a, err = newAdapter(&cfg.Config, "lon", "lat", "layers"); err != nil {
			return nil, err
		}
	}
	for i, p := range points {
		r.requests[i] = s.locateRequest(a, p)
	}
	if err := s.checkLocates(ctx, a, r.requests, points); err != nil {
		return nil, err
	}
	if err := s.warm(ctx, r); err != nil {
		return nil, err
	}
	return s.timeReading(ctx, r, "points")
}

func (s *session) locateRequest(a *adapter, p orb.Point) Request {
	if s.api != nil {
		return *s.api.Get(locatePath(p, s.layers))
	}
	return a.request(func(name string) string {
		switch name {
		case "lon":
			return number(p[0])
		case "lat":
			return number(p[1])
		}
		return strings.Join(s.layers, ",")
	})
}

// checkLocates checks the answers to a sample of the points.
func (s *session) checkLocates(ctx context.Context, a *adapter, list []Request, points []orb.Point) error {
	if s.api != nil {
		return s.sample(ctx, "answers", len(points), func(i int) error {
			ans, err := s.api.Fetch(ctx, &list[i])
			if err != nil {
				return err
			}
			return wrong(&list[i], nil, checkLocate(ctx, s.source, points[i], s.layers, ans.Body))
		})
	}
	if s.source == nil || !a.checks {
		s.report.Note("Answers were NOT checked: for that, say which demo city the server has loaded and where the ids stand in its answers.")
		return nil
	}
	c, err := NewClient(list[0].URL, 1, max(s.cfg.Timeout, time.Minute), "")
	if err != nil {
		return err
	}
	defer c.Close()
	return s.sample(ctx, "answers", len(points), func(i int) error {
		ans, err := c.Fetch(ctx, &list[i])
		if err != nil {
			return err
		}
		return wrong(&list[i], nil, s.sameHolders(ctx, a, points[i], ans.Body))
	})
}

// sameHolders compares the ids in a foreign server's answer with the features of
// the demo city that hold the point.
func (s *session) sameHolders(ctx context.Context, a *adapter, p orb.Point, body []byte) error {
	values, err := a.answer.Values(body)
	if err != nil {
		return err
	}
	got := make([]string, len(values))
	for i, v := range values {
		got[i] = fmt.Sprint(v)
	}
	var want []string
	for _, layer := range s.layers {
		ids, err := holding(ctx, s.source, layer, p)
		if err != nil {
			return err
		}
		want = append(want, ids...)
	}
	return sameIDs(got, want)
}
