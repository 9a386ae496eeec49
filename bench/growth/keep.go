package growth

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"tuban/bench"
	"tuban/engine"
	"tuban/feature"
	"tuban/jobs"
)

// layers are what is imported: the parcels, and the patches that lie on them.
func layers() []feature.LayerID { return []feature.LayerID{parcelLayer, "tuban"} }

const parcelLayer feature.LayerID = "dltb"

// kept is what keeping a size costs: taking it in, opening it, holding it.
type kept struct {
	imported, opened bench.Cost
	features         int64
	vertices         int64
	raw              int64 // bytes of coordinates as float64, and of property values
	heap             int64 // live after opening and collecting garbage
	rss, peak        int64 // in memory after opening, and the most while it opened; 0 is unknown
	importPeak       int64 // in memory at most while importing
}

// spent runs work and returns what it cost this process.
func spent(work func() error) (bench.Cost, error) {
	began := time.Now()
	before, err := bench.SelfCPU()
	if err != nil {
		return bench.Cost{}, err
	}
	if err := work(); err != nil {
		return bench.Cost{}, err
	}
	after, err := bench.SelfCPU()
	return bench.Cost{Answers: 1, Wall: time.Since(began), CPU: after - before}, err
}

// peakOf gives back free memory and returns a function that says the most that was
// in memory since; 0 where that is not known.
func peakOf() func() int64 {
	debug.FreeOSMemory()
	if err := bench.ResetPeak(); err != nil {
		return func() int64 { return 0 }
	}
	return func() int64 {
		u, err := bench.Process(os.Getpid())
		if err != nil {
			return 0
		}
		return u.PeakRSS
	}
}

// keep imports the files into a new data set, opens it again, and measures both
// and the memory that it takes.
func (cfg Config) keep(ctx context.Context, m *result, files, data string, progress bench.Progress) (e *engine.Engine, err error) {
	peak := peakOf()
	m.imported, err = spent(func() error { return cfg.importAll(ctx, m, files, data, progress) })
	if err != nil {
		return nil, err
	}
	m.importPeak = peak()
	peak = peakOf()
	progress.Say("open", 0, -1)
	m.opened, err = spent(func() error {
		e, err = cfg.Open(ctx, data)
		return err
	})
	if err != nil {
		return nil, err
	}
	m.peak = peak()
	debug.FreeOSMemory() // collects garbage, and gives back what is free
	if u, err := bench.Process(os.Getpid()); err == nil {
		m.rss = u.RSS
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	m.heap = int64(mem.HeapAlloc)
	if err := m.whole(e.View()); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// importAll imports the layers' FlatGeobuf files as `tuban import` does.
func (cfg Config) importAll(ctx context.Context, m *result, files, data string, progress bench.Progress) (err error) {
	e, err := cfg.Open(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	for _, id := range layers() {
		l, ok := m.files.Layer(id)
		if !ok {
			return fmt.Errorf("%s has no layer %s", files, id)
		}
		im := jobs.Import{
			Files: []string{l.Path(files, ".fgb")}, Layer: id, Kind: l.Layer.Kind, IDField: l.Layer.IDField, ClassField: l.Layer.ClassField,
			AreaUnit: l.Layer.AreaUnit, Classes: l.Layer.Classes, Author: "tuban bench growth",
			Progress: func(stage string, done, total int64) { progress.Say("import "+string(id)+": "+stage, done, total) },
		}
		sink, err := im.IntoEngine(ctx, e)
		if err != nil {
			return err
		}
		if _, err := im.Run(ctx, sink); err != nil {
			return err
		}
	}
	return nil
}

// whole checks that what was opened is what was generated, and counts its raw
// bytes: 16 a vertex, and what property values take without their names.
func (m *result) whole(v *engine.View) error {
	for _, id := range layers() {
		want, _ := m.files.Layer(id)
		l, ok := v.Layer(id)
		if !ok {
			return fmt.Errorf("layer %s is not there after opening", id)
		}
		n, area := int64(0), 0.0
		l.Ascend(0, func(s feature.Slot) bool {
			n++
			area += l.Area(s)
			l.EachProperty(s, func(_ int, v feature.Value) { m.raw += rawBytes(v) })
			return true
		})
		if n != want.Features || math.Abs(area-want.AreaM2) > 1e-9*want.AreaM2 {
			return fmt.Errorf("layer %s has %d features of %v m², not %d of %v", id, n, area, want.Features, want.AreaM2)
		}
		m.features += n
		m.vertices += want.Vertices
	}
	m.raw += 16 * m.vertices
	return nil
}

func rawBytes(v feature.Value) int64 {
	switch v.Kind() {
	case feature.Null:
		return 0
	case feature.Bool:
		return 1
	case feature.Int, feature.Float:
		return 8
	}
	return int64(len(v.Text()))
}
