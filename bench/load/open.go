package load

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"tuban/bench"
)

// OpenConfig is a measurement of how soon a server is there.
type OpenConfig struct {
	Program string // the tuban binary
	Data    string // directory of the data set; "" makes one by Own, and removes it
	Own     Own
	Rounds  int
}

// Open measures starting the program on a directory, until it answers that it is
// ready.
func Open(ctx context.Context, cfg OpenConfig, progress bench.Progress) (_ *bench.Report, err error) {
	if cfg.Rounds < 1 || cfg.Program == "" || cfg.Data == "" && cfg.Own.Program == "" {
		return nil, fmt.Errorf("%w: a program, data or how to make it, and one round at least", ErrConfig)
	}
	what := cfg.Data
	report := &bench.Report{Title: "Opening a data set", Environment: bench.Here(ctx)}
	dir := cfg.Data
	if dir == "" {
		what = "made for this"
		top, err := os.MkdirTemp("", "tuban-bench-")
		if err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(top)) }()
		dir = filepath.Join(top, "data")
		progress.Say("making the data", 0, -1)
		if err := makeData(ctx, cfg.Own, dir); err != nil {
			return nil, err
		}
		if report.Environment.DataHash, err = cfg.Own.hash(ctx); err != nil {
			return nil, err
		}
	}
	report.Environment.Settings = []bench.Setting{{Name: "data", Value: what}, {Name: "rounds", Value: strconv.Itoa(cfg.Rounds)}}
	var all openings
	for n := range cfg.Rounds {
		progress.Say("open", int64(n), int64(cfg.Rounds))
		if err := all.open(ctx, cfg.Program, dir); err != nil {
			return nil, fmt.Errorf("round %d: %w", n+1, err)
		}
	}
	t := bench.Table{Columns: openColumns(bench.Column{Name: "features", Unit: bench.Count}, bench.Column{Name: "on disk", Unit: bench.Bytes})}
	t.Add(append([]any{all.features, all.disk}, all.cells()...)...)
	t.Notes = []string{"Median (and quartiles) of the rounds. Time and CPU run from the start of the process to its answer on /readyz. The files were in the page cache of the system, as they are after a restart of the program, not of the machine."}
	report.Tables = []bench.Table{t}
	return report, nil
}

// makeData makes a data set by a server that is ended again.
func makeData(ctx context.Context, own Own, dir string) error {
	s, err := StartServer(ctx, own.Program, append(slices.Clone(own.Args), "--data", dir, "--listen", "127.0.0.1:0")...)
	if err != nil {
		return err
	}
	return s.Stop()
}

// openings are the rounds of opening one data set.
type openings struct {
	features, disk int64 // the same in every round
	time, cpu      bench.Samples
	rss, peak      bench.Samples
}

func openColumns(first ...bench.Column) []bench.Column {
	return append(first, bench.Column{Name: "ready after", Unit: bench.Seconds}, bench.Column{Name: "CPU", Unit: bench.Seconds},
		bench.Column{Name: "memory when ready", Unit: bench.Bytes}, bench.Column{Name: "peak", Unit: bench.Bytes})
}

func (o *openings) cells() []any {
	return []any{o.time.Spread(), o.cpu.Spread(), o.rss.Spread(), o.peak.Spread()}
}

// open is one round.
func (o *openings) open(ctx context.Context, program, dir string) (err error) {
	s, err := StartServer(ctx, program, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "warn")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	c, err := NewClient(s.URL, 1, time.Minute, "")
	if err != nil {
		return err
	}
	defer c.Close()
	api := &API{c}
	if err := untilReady(ctx, api); err != nil {
		return err
	}
	took := time.Since(s.Began)
	if used, err := bench.Process(s.PID); err == nil {
		o.cpu, o.rss, o.peak = append(o.cpu, used.CPU.Seconds()), append(o.rss, float64(used.RSS)), append(o.peak, float64(used.PeakRSS))
	}
	o.time = append(o.time, took.Seconds())
	return o.same(ctx, api)
}

// untilReady asks until the server is ready.
func untilReady(ctx context.Context, api *API) error {
	const patience, step = time.Minute, 500 * time.Microsecond
	for began := time.Now(); ; time.Sleep(step) {
		_, err := api.Ready(ctx)
		if err == nil || ctx.Err() != nil || time.Since(began) > patience {
			return err
		}
	}
}

// same checks that every round opens the same, and something.
func (o *openings) same(ctx context.Context, api *API) error {
	list, err := api.Collections(ctx)
	if err != nil {
		return err
	}
	var n int64
	for _, c := range list {
		n += int64(c.Count)
	}
	if n == 0 {
		return fmt.Errorf("%w: the data set is empty", ErrNoData)
	}
	if len(o.time) > 1 && n != o.features {
		return &WrongError{"opening", fmt.Sprintf("%d features, where there were %d before", n, o.features)}
	}
	counters, err := api.Counters(ctx)
	if err != nil {
		return err
	}
	o.features, o.disk = n, int64(counters["tuban_disk_bytes"])
	return nil
}
