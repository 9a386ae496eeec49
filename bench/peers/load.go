package peers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/paulmach/orb"

	"tuban/bench"
	"tuban/bench/gen"
	"tuban/engine"
	"tuban/feature"
	"tuban/internal/demo"
)

// The layers of the demo city that are asked: parcels, and the patches.
const (
	parcelLayer feature.LayerID = "dltb"
	patchLayer  feature.LayerID = "tuban"
)

// data is what both engines hold, as far as the questions need it.
type data struct {
	parcels   demo.Source
	reference []feature.LayerID // all layers that patches are laid over
	patches   *polygons
	drawn     *polygons
	boxes     []orb.Bound // of the parcels
	extent    orb.Bound   // of the parcels
	parcelsAt string      // COPY file of the parcels
	hash      string      // of all layers
	took      time.Duration
}

// loader loads the layers of a city into both engines.
type loader struct {
	dir      string
	db       *database
	engine   *engine.Engine
	data     *data
	hash     *gen.Hash
	progress bench.Progress
}

// load makes the city and loads all its layers. The engine is closed when it
// returns, so that a process of its own can open the directory.
func load(ctx context.Context, cfg *Config, dir, tubanDir string, db *database, progress bench.Progress) (d *data, err error) {
	began := time.Now()
	city, err := demo.Make(ctx, cfg.Seed, cfg.Size, func(done, total int) { progress.Say("make the city", int64(done), int64(total)) })
	if err != nil {
		return nil, err
	}
	e, _, err := cfg.Open(ctx, tubanDir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	l := &loader{dir: dir, db: db, engine: e, data: &data{}, hash: gen.NewHash(), progress: progress}
	for _, s := range city.Layers() {
		if err := l.layer(ctx, s); err != nil {
			return nil, fmt.Errorf("layer %s: %w", s.Layer.ID, err)
		}
	}
	if err := l.polygons(ctx, cfg.Seed); err != nil {
		return nil, err
	}
	progress.Say("warm PostgreSQL", 0, -1)
	if err := db.exec(ctx, "checkpoint", "create extension if not exists pg_prewarm",
		`select sum(pg_prewarm(oid)) from pg_class where relkind in ('r','i','t') and relnamespace in ('public'::regnamespace, 'pg_toast'::regnamespace)`); err != nil {
		return nil, err
	}
	l.data.hash, l.data.took = l.hash.Sum(), time.Since(began)
	return l.data, nil
}

// layer loads one layer into both engines.
func (l *loader) layer(ctx context.Context, s demo.Source) error {
	file := filepath.Join(l.dir, string(s.Layer.ID)+".copy")
	isParcels := s.Layer.ID == parcelLayer
	if isParcels {
		l.data.parcels, l.data.parcelsAt = s, file
	}
	into, err := l.engine.NewLoad(ctx, engine.LoadSpec{Layer: s.Layer, Meta: engine.Meta{Author: "tuban bench", Reason: "peers"}})
	if err != nil {
		return err
	}
	row := int64(0)
	err = writeCopyFile(file, &s, func(f *feature.Feature) error {
		row++
		l.hash.Add(s.Layer.ID, f)
		l.progress.Say("load "+string(s.Layer.ID), row, int64(s.Count))
		if isParcels {
			l.place(f.Geometry.Bound())
		}
		if _, err := into.Add(row, *f); err != nil {
			return err
		}
		return ctx.Err()
	})
	if err != nil {
		return errors.Join(err, into.Abort())
	}
	if _, err := into.Commit(ctx, func(_ string, done, total int64) {
		l.progress.Say("load "+string(s.Layer.ID)+" into tuban", done, total)
	}); err != nil {
		return err
	}
	if s.Layer.Kind != feature.KindPatch {
		l.data.reference = append(l.data.reference, s.Layer.ID)
	}
	l.progress.Say("load "+string(s.Layer.ID)+" into PostgreSQL", 0, -1)
	if err := l.tables(ctx, &s.Layer, file); err != nil {
		return err
	}
	if isParcels { // its file is loaded again by the part import
		return nil
	}
	return os.Remove(file)
}

// place notes where a parcel is.
func (l *loader) place(b orb.Bound) {
	l.data.boxes = append(l.data.boxes, b)
	if len(l.data.boxes) == 1 {
		l.data.extent = b
	}
	l.data.extent = l.data.extent.Union(b)
}

// tables loads a COPY file and makes the tables that the questions need.
func (l *loader) tables(ctx context.Context, layer *feature.Layer, file string) error {
	const raw = "_raw"
	if err := l.db.exec(ctx, createTable(raw, layer)); err != nil {
		return err
	}
	if err := l.db.copyIn(ctx, raw, file); err != nil {
		return err
	}
	statements := orderedTable(string(layer.ID), raw)
	if layer.Kind != feature.KindPatch {
		statements = append(statements, piecesTable(layer.ID)...)
	}
	if layer.ID == parcelLayer {
		statements = append(statements, mercatorTable(layer)...)
	}
	return l.db.exec(ctx, statements...)
}

// polygons chooses what is asked about.
func (l *loader) polygons(ctx context.Context, seed uint64) (err error) {
	if l.data.patches, err = cityPatches(l.engine.View(), seed); err != nil {
		return err
	}
	if l.data.drawn, err = l.data.draw(seed, len(l.data.patches.list)); err != nil {
		return err
	}
	return errors.Join(l.db.table(ctx, l.data.patches), l.db.table(ctx, l.data.drawn))
}

// copyIn runs COPY from a file.
func (d *database) copyIn(ctx context.Context, table, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := d.conn.PgConn().CopyFrom(ctx, f, copyFrom(table)); err != nil {
		return fmt.Errorf("%s: %w", copyFrom(table), err)
	}
	return nil
}

// writeCopyFile writes a layer in PostgreSQL's format and shows each feature to
// visit.
func writeCopyFile(name string, s *demo.Source, visit func(*feature.Feature) error) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := newCopyWriter(f, &s.Layer)
	err = s.Each(func(f feature.Feature) error {
		if err := w.add(&f); err != nil {
			return err
		}
		return visit(&f)
	})
	if err != nil {
		return err
	}
	return w.end()
}
