package peers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"tuban/bench"
	"tuban/engine"
	"tuban/feature"
	"tuban/formats/flatgeobuf"
	"tuban/jobs"
)

// importGoal is that taking in a layer lasts no longer than COPY and GiST do.
const importGoal = 1

// imports measures taking in the parcels: from memory (engine.Load) and from a
// FlatGeobuf file as the command does, against COPY of a file in PostgreSQL's own
// binary format, a GiST index and ANALYZE. tuban's include what PostGIS is not
// asked for here: checking the geometry, areas, Hilbert order, the index of ids,
// and waiting for the disk. They run in this process, whose other memory the
// garbage collector looks through too.
func (r *run) imports(ctx context.Context) error {
	l := r.data.parcels
	memory := &row{work: fmt.Sprintf("import: %d parcels from memory", l.Count), against: "PostGIS", goal: importGoal, wall: true}
	file := &row{work: fmt.Sprintf("import: %d parcels from FlatGeobuf", l.Count), against: "PostGIS", goal: importGoal, wall: true}
	r.rows = append(r.rows, memory, file)
	features, err := r.importData(ctx, memory.work)
	if err != nil {
		return err
	}
	engines := []bench.Engine{
		{Name: "tuban, memory", Round: func(ctx context.Context) (bench.Cost, error) {
			return r.importTuban(ctx, l.Count, func(e *engine.Engine) error { return loadAll(ctx, e, &l.Layer, features) })
		}},
		{Name: "tuban, file", Round: func(ctx context.Context) (bench.Cost, error) {
			return r.importTuban(ctx, l.Count, func(e *engine.Engine) error { return importFile(ctx, e, &l.Layer, r.flatGeobuf()) })
		}},
		{Name: "PostGIS", Round: func(ctx context.Context) (bench.Cost, error) { return r.importPostGIS(ctx, &l.Layer, l.Count) }},
	}
	say := func(engine string, done, total int64) { r.progress.Say("import: "+engine, done, total) }
	all, err := bench.Alternate(ctx, r.cfg.Rounds, say, engines...)
	if err != nil {
		return err
	}
	for i, w := range []*row{memory, file} {
		w.rounds = &bench.Rounds{Names: []string{all.Names[i], all.Names[2]}, Costs: [][]bench.Cost{all.Costs[i], all.Costs[2]}}
		if err := r.profileImport(ctx, w, engines[i]); err != nil {
			return err
		}
	}
	return nil
}

// profileImport takes a CPU profile of one more import, which this process does.
func (r *run) profileImport(ctx context.Context, w *row, e bench.Engine) (err error) {
	if r.cfg.Profiles == "" {
		return nil
	}
	name, err := r.profileName(w)
	if err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	_, err = e.Round(ctx)
	return err
}

// flatGeobuf is the file that the parcels are imported from.
func (r *run) flatGeobuf() string { return filepath.Join(r.dir, string(parcelLayer)+".fgb") }

// importData makes the features and the file.
func (r *run) importData(ctx context.Context, work string) (features []feature.Feature, err error) {
	l := r.data.parcels
	f, err := os.Create(r.flatGeobuf())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 1<<20)
	w, err := flatgeobuf.NewWriter(out, flatgeobuf.Options{Layer: string(l.Layer.ID), Fields: l.Layer.Fields, CRS: fmt.Sprint("EPSG:", srid)})
	if err != nil {
		return nil, err
	}
	features = make([]feature.Feature, 0, l.Count)
	err = l.Each(func(f feature.Feature) error {
		features = append(features, f)
		r.progress.Say(work+": make the features", int64(len(features)), int64(l.Count))
		return errors.Join(w.Add(&f), ctx.Err())
	})
	return features, errors.Join(err, w.Close(), out.Flush())
}

// importTuban loads into a new directory, in this process.
func (r *run) importTuban(ctx context.Context, n int, load func(*engine.Engine) error) (cost bench.Cost, err error) {
	dir := filepath.Join(r.dir, "import")
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	e, _, err := r.cfg.Open(ctx, dir)
	if err != nil {
		return cost, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	cost, err = timed(bench.SelfCPU, n, func() error { return load(e) })
	if err != nil {
		return cost, err
	}
	if l, ok := e.View().Layer(parcelLayer); !ok || l.Len() != n {
		return cost, fmt.Errorf("the import did not take %d features", n)
	}
	return cost, nil
}

func loadAll(ctx context.Context, e *engine.Engine, layer *feature.Layer, features []feature.Feature) error {
	load, err := e.NewLoad(ctx, engine.LoadSpec{Layer: *layer, Meta: engine.Meta{Author: "tuban bench", Reason: "import"}})
	if err != nil {
		return err
	}
	for i, f := range features {
		if _, err := load.Add(int64(i)+1, f); err != nil {
			return errors.Join(err, load.Abort())
		}
	}
	_, err = load.Commit(ctx, nil)
	return err
}

func importFile(ctx context.Context, e *engine.Engine, layer *feature.Layer, file string) error {
	im := &jobs.Import{Files: []string{file}, Layer: layer.ID, Kind: layer.Kind, IDField: layer.IDField, ClassField: layer.ClassField,
		AreaUnit: layer.AreaUnit, Author: "tuban bench", Reason: "import"}
	sink, err := im.IntoEngine(ctx, e)
	if err != nil {
		return err
	}
	_, err = im.Run(ctx, sink)
	return err
}

// importPostGIS loads the same into a new table.
func (r *run) importPostGIS(ctx context.Context, layer *feature.Layer, n int) (cost bench.Cost, err error) {
	const table = "_import"
	defer func() { err = errors.Join(err, r.db.exec(ctx, "rollback", "drop table if exists "+table)) }()
	return timed(r.db.cpu, n, func() error {
		// In one transaction with the table's creation COPY writes no log.
		if err := r.db.exec(ctx, "begin", createTable(table, layer)); err != nil {
			return err
		}
		if err := r.db.copyIn(ctx, table, r.data.parcelsAt); err != nil {
			return err
		}
		return r.db.exec(ctx, spatialIndex(table), "analyze "+table, "commit")
	})
}

// timed runs a piece of work once.
func timed(cpu func() (time.Duration, error), answers int, work func() error) (bench.Cost, error) {
	before, err := cpu()
	if err != nil {
		return bench.Cost{}, err
	}
	began := time.Now()
	if err := work(); err != nil {
		return bench.Cost{}, err
	}
	cost := bench.Cost{Answers: int64(answers), Wall: time.Since(began)}
	after, err := cpu()
	cost.CPU = after - before
	return cost, err
}
