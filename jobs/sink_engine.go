package jobs

import (
	"context"
	"errors"
	"fmt"

	"tuban/engine"
	"tuban/feature"
)

// IntoEngine returns the sink of an import into an opened data set: it makes a
// missing layer, loads a new vintage aside when one is named that is not in
// force, and otherwise adds to the vintage in force.
func (im *Import) IntoEngine(ctx context.Context, e *engine.Engine) (Sink, error) {
	spec := engine.LoadSpec{Layer: im.Descriptor(), Vintage: im.Vintage, Meta: engine.Meta{Author: im.Author, Reason: im.Reason}}
	if l, ok := e.View().Layer(im.Layer); ok {
		if im.Vintage != "" && im.Vintage != l.Vintage() {
			spec.Mode = engine.NewVintage
		} else if err := im.agrees(l.Layer()); err != nil {
			return nil, err
		}
	}
	load, err := e.NewLoad(ctx, spec)
	if err != nil {
		return nil, err
	}
	return &engineSink{load}, nil
}

// agrees checks an import into a layer that exists against its descriptor.
func (im *Import) agrees(l *feature.Layer) error {
	for _, m := range []struct{ flag, asked, has string }{
		{"--kind", string(im.Kind), string(l.Kind)},
		{"--id-field", im.IDField, l.IDField},
		{"--class-field", im.ClassField, l.ClassField},
		{"--area-unit", string(im.AreaUnit), string(l.AreaUnit)},
	} {
		if m.asked != "" && m.asked != m.has {
			return fmt.Errorf("layer %s exists with %s %q, not %q: leave the flag out, or import a new --vintage", l.ID, m.flag, m.has, m.asked)
		}
	}
	return nil
}

// engineSink is a sink over a load of an engine in this process.
type engineSink struct{ load *engine.Load }

func (s *engineSink) Add(row int64, f feature.Feature) (engine.Taken, error) {
	taken, err := s.load.Add(row, f)
	var bad *engine.FeatureError
	if errors.As(err, &bad) {
		return taken, &RefusedError{bad.Err}
	}
	return taken, err
}

func (s *engineSink) Commit(ctx context.Context, r *Report, progress func(string, int64, int64)) error {
	res, err := s.load.Commit(ctx, progress)
	r.Seq = res.Seq
	return err
}

func (s *engineSink) Abort() error { return s.load.Abort() }
