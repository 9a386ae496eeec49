package load

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"tuban/bench"
	"tuban/feature"
	"tuban/formats/geojson"
	"tuban/geom/ellipsoid"
	"tuban/internal/demo"
)

// ImportConfig is a measurement of importing files, and of opening what came of
// it.
type ImportConfig struct {
	Program string   // the tuban binary
	Args    []string // more flags of tuban import, such as --class-field F
	Layer   string
	Files   []string // none writes those of the demo city first
	Size    demo.Size
	Seed    uint64
	Rounds  int
}

// expected is what an import must come to; written is 0 where it is not known.
type expected struct {
	written int64
	area    float64
}

// Import measures tuban import into an empty directory, round after round, each
// followed by opening it.
func Import(ctx context.Context, cfg ImportConfig, progress bench.Progress) (_ *bench.Report, err error) {
	if cfg.Rounds < 1 || cfg.Program == "" {
		return nil, fmt.Errorf("%w: a program, and one round at least", ErrConfig)
	}
	report := &bench.Report{Title: "Importing files, and opening what came of it", Environment: bench.Here(ctx)}
	top, err := os.MkdirTemp("", "tuban-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(top)) }()
	files, want, what := cfg.Files, expected{}, strings.Join(cfg.Files, " ")
	if len(files) == 0 {
		name := filepath.Join(top, "dltb.geojsonl")
		if want, err = writeCity(ctx, name, &cfg, progress); err != nil {
			return nil, err
		}
		files, what = []string{name}, fmt.Sprintf("parcels of the demo city (%s, seed %d) as a GeoJSON sequence", cfg.Size.Name, cfg.Seed)
	}
	bytes, hash, err := weighFiles(files)
	if err != nil {
		return nil, err
	}
	report.Environment.DataHash = hash
	report.Environment.Settings = []bench.Setting{{Name: "files", Value: what}, {Name: "rounds", Value: strconv.Itoa(cfg.Rounds)}}
	r := &importRun{cfg: &cfg, files: files, want: want, bytes: bytes}
	for n := range cfg.Rounds {
		progress.Say("import", int64(n), int64(cfg.Rounds))
		if err := r.round(ctx, filepath.Join(top, "data-"+strconv.Itoa(n))); err != nil {
			return nil, fmt.Errorf("round %d: %w", n+1, err)
		}
	}
	report.Tables = r.tables()
	return report, nil
}

// writeCity writes the parcels of the demo city and returns what importing them
// must come to.
func writeCity(ctx context.Context, name string, cfg *ImportConfig, progress bench.Progress) (want expected, err error) {
	city, err := demo.Make(ctx, cfg.Seed, cfg.Size, func(done, total int) { progress.Say("making the city", int64(done), int64(total)) })
	if err != nil {
		return want, err
	}
	file, err := os.Create(name)
	if err != nil {
		return want, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := bufio.NewWriterSize(file, 1<<20)
	var line []byte
	for _, s := range city.Layers() {
		if s.Layer.ID != "dltb" {
			continue
		}
		err := s.Each(func(f feature.Feature) error {
			want.written++
			want.area += ellipsoid.Area(f.Geometry)
			line = append(geojson.AppendFeature(line[:0], &f), '\n')
			if _, err := w.Write(line); err != nil {
				return err
			}
			return ctx.Err()
		})
		if err != nil {
			return want, err
		}
	}
	return want, w.Flush()
}

// weighFiles returns the bytes of files and a hash of them; folders, and the
// parts of a shapefile that are not named, don't count.
func weighFiles(files []string) (n int64, hash string, err error) {
	h := sha256.New()
	for _, name := range files {
		path, _, _ := strings.Cut(name, "#")
		if info, err := os.Stat(path); err != nil {
			return 0, "", err
		} else if info.IsDir() {
			continue
		}
		file, err := os.Open(path)
		if err != nil {
			return 0, "", err
		}
		k, err := io.Copy(h, file)
		if err := errors.Join(err, file.Close()); err != nil {
			return 0, "", err
		}
		n += k
	}
	return n, hex.EncodeToString(h.Sum(nil)), nil
}

type importRun struct {
	cfg       *ImportConfig
	files     []string
	want      expected
	bytes     int64
	time, cpu bench.Samples
	peak      bench.Samples
	written   int64
	open      openings
}

// importReport is what tuban import --json says.
type importReport struct {
	Read    int64   `json:"read"`
	Written int64   `json:"written"`
	Refused int64   `json:"refused"`
	AreaM2  float64 `json:"area_m2"`
}

// round imports into a new directory, opens that and removes it.
func (r *importRun) round(ctx context.Context, dir string) (err error) {
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	args := append([]string{"--json", "import", "--data", dir, "--layer", r.cfg.Layer}, r.cfg.Args...)
	cmd := exec.CommandContext(ctx, r.cfg.Program, append(args, r.files...)...)
	cmd.WaitDelay = stopTime
	var out bytes.Buffer
	log := &tail{}
	cmd.Stdout, cmd.Stderr = &out, log
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return errors.Join(fmt.Errorf("tuban import: %w", err), log.err(), ctx.Err())
	}
	took := time.Since(began)
	var got importReport
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		return fmt.Errorf("tuban import printed no report: %w", err)
	}
	if err := r.judge(&got); err != nil {
		return &WrongError{"tuban import", err.Error()}
	}
	r.written = got.Written
	r.time = append(r.time, took.Seconds())
	r.cpu = append(r.cpu, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds())
	if peak := peakOf(cmd.ProcessState); peak > 0 {
		r.peak = append(r.peak, float64(peak))
	}
	if err := r.open.open(ctx, r.cfg.Program, dir); err != nil {
		return err
	}
	if r.open.features != got.Written {
		return &WrongError{"opening", fmt.Sprintf("%d features, where %d were imported", r.open.features, got.Written)}
	}
	return nil
}

// judge checks the counts of an import, and its area where that is known.
func (r *importRun) judge(got *importReport) error {
	switch {
	case got.Written == 0:
		return errors.New("nothing was written")
	case got.Read != got.Written+got.Refused:
		return fmt.Errorf("%d read, but %d written and %d refused", got.Read, got.Written, got.Refused)
	case r.written > 0 && got.Written != r.written:
		return fmt.Errorf("%d written, where it was %d before", got.Written, r.written)
	case r.want.written > 0 && got.Written != r.want.written:
		return fmt.Errorf("%d written of %d features", got.Written, r.want.written)
	case r.want.written > 0 && math.Abs(got.AreaM2-r.want.area) > areaShare*r.want.area:
		return fmt.Errorf("an area of %v m², where the files hold %v", got.AreaM2, r.want.area)
	}
	return nil
}

func (r *importRun) tables() []bench.Table {
	t := bench.Table{Title: "Import", Columns: []bench.Column{
		{Name: "features", Unit: bench.Count}, {Name: "files", Unit: bench.Bytes}, {Name: "time", Unit: bench.Seconds},
		{Name: "features a second", Unit: bench.PerSecond}, {Name: "CPU", Unit: bench.Seconds}, {Name: "peak memory", Unit: bench.Bytes},
		{Name: "time ÷ opening", Unit: bench.Ratio}, {Name: "CPU ÷ opening", Unit: bench.Ratio},
	}}
	t.Add(r.written, r.bytes, r.time.Spread(), float64(r.written)/r.time.Median(), r.cpu.Spread(), r.peak.Spread(),
		quotients(r.time, r.open.time).Spread(), quotients(r.cpu, r.open.cpu).Spread())
	t.Notes = []string{"Median (and quartiles) of the rounds, each of a whole process: start, reading, checking geometry, writing, fsync, end. \"÷ opening\" is taken in each round, of that round's opening."}
	u := bench.Table{Title: "Opening it", Columns: openColumns(bench.Column{Name: "features", Unit: bench.Count}, bench.Column{Name: "on disk", Unit: bench.Bytes})}
	u.Add(append([]any{r.open.features, r.open.disk}, r.open.cells()...)...)
	return []bench.Table{t, u}
}

// quotients divides samples of the same rounds.
func quotients(over, under bench.Samples) bench.Samples {
	q := slices.Clone(over[:min(len(over), len(under))])
	for i := range q {
		q[i] /= under[i]
	}
	return q
}
