// Package growth measures how cost grows with the size of the data set, in
// process: an area of a pair, an overlap query, a point, a tile, opening and
// memory at several sizes of the demo city.
//
// Growth is told at equal answer size: each size has queries of its own, made so
// that as many parcels answer as at the others. Sizes cannot be measured in
// turns, as they do not fit into memory together, so every round is held against
// bench.Reference in the same round, and growth is the ratio of those ratios.
package growth

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"tuban/bench"
	"tuban/bench/gen"
	"tuban/engine"
)

// Config says what to measure.
type Config struct {
	Sizes   []string // of gen.Sizes, the smallest first
	Seed    uint64
	Dir     string // folder where the cities are kept, to be used again; "" is a temporary one
	Queries int    // polygons and points; a tenth as many tiles
	Rounds  int
	// Open opens a directory as the program does, with everything derived wired in.
	Open func(ctx context.Context, dir string) (*engine.Engine, error)
}

// The memory that a size needs while it is imported: a parcel's, and some beside.
// Measured were 1.1 GB at 200,000 parcels and 3.2 GB at 1,000,000.
const (
	bytesPerParcel = 3_500
	bytesBeside    = 500_000_000
)

// Run measures every size that fits into memory.
func Run(ctx context.Context, cfg Config, progress bench.Progress) (_ *bench.Report, err error) {
	env := bench.Here(ctx, bench.Setting{Name: "sizes", Value: strings.Join(cfg.Sizes, ",")},
		bench.Setting{Name: "seed", Value: strconv.FormatUint(cfg.Seed, 10)}, bench.Setting{Name: "queries", Value: strconv.Itoa(cfg.Queries)},
		bench.Setting{Name: "rounds", Value: strconv.Itoa(cfg.Rounds)})
	r := &bench.Report{Title: "Growth", Environment: env}
	if cfg.Dir == "" {
		dir, err := os.MkdirTemp("", "tuban-growth-*")
		if err != nil {
			return nil, err
		}
		cfg.Dir = dir
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	} else if err := os.MkdirAll(cfg.Dir, 0o755); err != nil {
		return nil, err
	}
	var measured []*result
	for _, size := range cfg.Sizes {
		short, err := room(size)
		if err != nil {
			return nil, err
		}
		if short != "" {
			r.Note("%s is left out: %s.", size, short)
			continue
		}
		m, err := cfg.measure(ctx, size, func(stage string, done, total int64) { progress.Say(size+": "+stage, done, total) })
		if err != nil {
			return nil, fmt.Errorf("size %s: %w", size, err)
		}
		measured = append(measured, m)
		r.Environment.DataHash = joined(r.Environment.DataHash, m.hash[:12])
	}
	tables(r, measured)
	return r, nil
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + "," + b
}

// room says what a size lacks in memory, "" if it fits or that cannot be known.
func room(size string) (string, error) {
	city, err := gen.SizeNamed(size)
	if err != nil {
		return "", err
	}
	need := bytesBeside + int64(city.Parcels)*bytesPerParcel
	free, err := bench.FreeMemory()
	if errors.Is(err, bench.ErrNoProcess) || err == nil && free >= need {
		return "", nil
	}
	return fmt.Sprintf("it needs about %.1f GB of memory, %.1f GB are free", float64(need)/1e9, float64(free)/1e9), err
}

// result is what was found at one size.
type result struct {
	size  string
	hash  string
	files *gen.Manifest
	kept
	works []*work
}

// measure makes or checks the files of a size, imports, opens and asks.
func (cfg Config) measure(ctx context.Context, size string, progress bench.Progress) (_ *result, err error) {
	files := filepath.Join(cfg.Dir, size+"-"+strconv.FormatUint(cfg.Seed, 10))
	if _, err := gen.Run(ctx, gen.Config{Size: size, Seed: cfg.Seed, Out: files}, progress); err != nil {
		return nil, err
	}
	m := &result{size: size}
	if m.files, err = gen.ReadManifest(files); err != nil {
		return nil, err
	}
	m.hash = m.files.DataHash
	data, err := os.MkdirTemp(cfg.Dir, ".data-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	e, err := cfg.keep(ctx, m, files, data, progress)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	d, err := newDataset(e.View(), cfg.Seed)
	if err != nil {
		return nil, err
	}
	if m.works, err = d.works(ctx, cfg, progress); err != nil {
		return nil, err
	}
	for _, w := range m.works {
		progress.Say(w.name, 0, -1)
		if err := w.time(ctx, cfg.Rounds); err != nil {
			return nil, fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return m, nil
}
