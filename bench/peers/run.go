package peers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"tuban/bench"
)

// ErrDiffers reports engines that do not give the same answers; the report says
// which. It comes with the report.
var ErrDiffers = errors.New("the engines do not give the same answers")

// Run measures. When it returns, all processes have ended and the directories
// are gone, also after an error and when ctx ends.
func Run(ctx context.Context, cfg Config, progress bench.Progress) (report *bench.Report, err error) {
	if cfg.Rounds < 1 {
		return nil, fmt.Errorf("%d rounds: at least one is needed", cfg.Rounds)
	}
	if cfg.Window <= 0 {
		cfg.Window = defaultWindow
	}
	if cfg.Programs == "" {
		if cfg.Programs, err = Programs(); err != nil {
			return nil, err
		}
	}
	env := bench.Here(ctx)
	dir, err := os.MkdirTemp(cfg.Temp, "tuban-bench-peers-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	r := &run{cfg: &cfg, dir: dir, progress: progress}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.start(ctx, env.Memory); err != nil {
		return nil, err
	}
	if err := r.parts(ctx); err != nil {
		return nil, err
	}
	report = r.report(env)
	for _, c := range r.checks {
		if !c.ok() {
			return report, ErrDiffers
		}
	}
	return report, nil
}

// run is one run.
type run struct {
	cfg      *Config
	dir      string
	progress bench.Progress
	settings []bench.Setting // of PostgreSQL
	db       *database
	tuban    *process
	reply    reply // its addresses
	data     *data

	checks []*check
	trials []trial
	rows   []*row
	others []*process // that rows have started
}

// start starts PostgreSQL, loads the data into both and starts tuban.
func (r *run) start(ctx context.Context, memory int64) error {
	r.progress.Say("start PostgreSQL", 0, -1)
	r.settings = serverSettings(memory, runtime.NumCPU())
	c, err := startCluster(ctx, r.cfg.Programs, r.dir, r.settings)
	if err != nil {
		return err
	}
	if r.db, err = openDatabase(ctx, c); err != nil {
		return errors.Join(err, c.stop())
	}
	tubanDir := filepath.Join(r.dir, "tuban")
	if r.data, err = load(ctx, r.cfg, r.dir, tubanDir, r.db, r.progress); err != nil {
		return err
	}
	r.progress.Say("open in tuban", 0, -1)
	if r.tuban, err = startProcess(r.cfg.Child); err != nil {
		return err
	}
	r.reply, err = r.tuban.call(request{Serve: tubanDir})
	return err
}

// close ends what start and the rows have started.
func (r *run) close() error {
	var errs []error
	for _, p := range append(r.others, r.tuban) {
		if p != nil {
			errs = append(errs, p.close())
		}
	}
	if r.db != nil {
		errs = append(errs, r.db.close())
	}
	return errors.Join(errs...)
}

// parts runs what was asked for.
func (r *run) parts(ctx context.Context) error {
	for _, p := range []struct {
		part Part
		run  func(context.Context) error
	}{
		{Overlap, r.overlap}, {Locate, r.locate}, {Batch, r.batch}, {Tiles, r.tiles}, {Import, r.imports}, {Floor, r.floor},
	} {
		if !r.cfg.wants(p.part) {
			continue
		}
		if err := p.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", p.part, err)
		}
	}
	return nil
}

// row is one line of the table: a work that two engines took turns in.
type row struct {
	work    string
	against string
	goal    float64 // 0 is none
	wall    bool    // the goal is of elapsed time (throughput), not of CPU
	checks  []*check
	note    string

	tuban, other *side // nil for a row with engines of its own
	rounds       *bench.Rounds
}

// faulty tells whether answers differ: then there is no time to show.
func (w *row) faulty() bool {
	return slices.ContainsFunc(w.checks, func(c *check) bool { return !c.ok() })
}

// measure calibrates the two sides of a row and lets them take turns, unless
// their answers differ.
func (r *run) measure(ctx context.Context, w *row) error {
	r.rows = append(r.rows, w)
	if w.faulty() {
		return nil
	}
	r.progress.Say(w.work+": warm up", 0, -1)
	for _, s := range []*side{w.tuban, w.other} {
		if s.passes > 0 {
			continue
		}
		if _, err := s.calibrate(ctx, r.cfg.Window, 0); err != nil {
			return err
		}
	}
	if err := r.alternate(ctx, w, w.tuban.engine(), w.other.engine()); err != nil {
		return err
	}
	return r.profile(ctx, w)
}

// alternate runs the rounds of a row; tuban is the first engine.
func (r *run) alternate(ctx context.Context, w *row, tuban, other bench.Engine) (err error) {
	say := func(engine string, done, total int64) { r.progress.Say(w.work+": "+engine, done, total) }
	w.rounds, err = bench.Alternate(ctx, r.cfg.Rounds, say, tuban, other)
	return err
}

// profiledRounds is how much work a profile is taken of.
const profiledRounds = 4

// profile takes a CPU profile of tuban at the row's work, after the rounds: it
// must not slow them.
func (r *run) profile(ctx context.Context, w *row) error {
	if r.cfg.Profiles == "" {
		return nil
	}
	file, err := r.profileName(w)
	if err != nil {
		return err
	}
	if _, err := r.tuban.call(request{Profile: file}); err != nil {
		return err
	}
	for range profiledRounds {
		if _, _, err := w.tuban.pass(ctx, w.tuban.passes, 0); err != nil {
			return err
		}
	}
	_, err = r.tuban.call(request{Stop: true})
	return err
}

// profileName returns the file of a row's profile.
func (r *run) profileName(w *row) (string, error) {
	name := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, strings.ToLower(w.work+" beside "+w.against))
	return filepath.Abs(filepath.Join(r.cfg.Profiles, name+".pprof"))
}

// way is a way to ask PostGIS.
type way struct {
	name, sql string
	settings  []string // statements before it, such as set …
	// same is the same query with areas that mean what tuban's mean.
	same string
}

// asked is what a row asks of an engine: cases, of which each holds so many
// answers and has its arguments.
type asked struct {
	cases, weight int
	args          func(i int) []any
}

// postgis returns the PostGIS side of a row, on so many connections, and what
// closes them.
func (r *run) postgis(ctx context.Context, w way, workers int, q asked) (*side, func() error, error) {
	conns, err := r.db.workers(ctx, workers, w)
	if err != nil {
		return nil, nil, err
	}
	s := &side{name: "PostGIS", workers: workers, cases: q.cases, weight: q.weight, cpu: r.db.cpu, ask: func(ctx context.Context, w, i int) (int64, error) {
		return drain(ctx, conns[w], q.args(i)...)
	}}
	return s, func() error { return closeAll(conns) }, nil
}

// bestWay tries ways on one connection each and returns the best.
func (r *run) bestWay(ctx context.Context, row string, ways []way, q asked) (way, error) {
	sides := make([]*side, len(ways))
	for i, w := range ways {
		w.settings = append(slices.Clone(w.settings), timeLimit)
		s, done, err := r.postgis(ctx, w, 1, q)
		if err != nil {
			return way{}, err
		}
		defer done() // the answers are in: a goodbye that fails changes nothing
		s.name, sides[i] = w.name, s
	}
	r.progress.Say(row+": try ways to write the SQL", 0, -1)
	best, trials, err := cheapest(ctx, row, r.cfg.Window, sides)
	r.trials = append(r.trials, trials...)
	if err != nil {
		return way{}, err
	}
	return ways[best], nil
}

// timeLimit ends a statement of a trial that takes far longer than any way
// that could be the best.
var timeLimit = fmt.Sprintf("set statement_timeout = %d", (2 * trialLimit).Milliseconds())
