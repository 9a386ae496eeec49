// Package gen writes the demo city as files, so that any program can be measured
// with the same data: for each layer a GeoJSON text sequence (a feature a line)
// and a FlatGeobuf file with an index, and a manifest with counts and hashes.
//
// The same size and seed give the same bytes on one architecture. The data hash
// is over the features themselves, not the files: see Hash.
package gen

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tuban/bench"
	"tuban/internal/demo"
)

// Config says which city to write, and where.
type Config struct {
	Size string // one of Sizes
	Seed uint64
	Out  string // a folder that is not there, is empty, or holds this city
}

// Sizes lists the names of the sizes, by their number of land-class parcels.
func Sizes() []string { return []string{"20k", "200k", "1m", "5m"} }

// errSize reports a name that is not in Sizes.
var errSize = errors.New("unknown size")

// ErrOther reports a folder that holds something else.
var ErrOther = errors.New("it holds something else")

// SizeNamed returns the city of a name in Sizes.
func SizeNamed(name string) (demo.Size, error) {
	switch name {
	case "20k":
		return demo.Small(), nil
	case "200k":
		return demo.Middle(), nil
	case "1m":
		return demo.Large(), nil
	case "5m":
		return demo.Huge(), nil
	}
	return demo.Size{}, fmt.Errorf("%w %q: there are %v", errSize, name, Sizes())
}

// Run writes the files, all or nothing: they are made in a hidden folder beside
// Out, which gets its name when all are whole. A folder that holds this very city
// is checked against its manifest instead.
func Run(ctx context.Context, c Config, progress bench.Progress) (*bench.Report, error) {
	size, err := SizeNamed(c.Size)
	if err != nil {
		return nil, err
	}
	env := bench.Here(ctx, bench.Setting{Name: "size", Value: c.Size}, bench.Setting{Name: "seed", Value: fmt.Sprint(c.Seed)})
	m, err := c.present(ctx, progress)
	if err != nil {
		return nil, err
	}
	said := "The files were there already; their hashes were checked."
	if m == nil {
		said = "The files were written by this run."
		if m, err = c.make(ctx, size, progress); err != nil {
			return nil, err
		}
	}
	env.DataHash = m.DataHash
	return m.report(env, said), nil
}

// present returns the manifest of the city if Out holds it whole, nil if Out is
// free to be written.
func (c Config) present(ctx context.Context, progress bench.Progress) (*Manifest, error) {
	m, err := ReadManifest(c.Out)
	if err == nil {
		if m.Size != c.Size || m.Seed != c.Seed {
			return nil, fmt.Errorf("%s: %w: the city of size %s, seed %d; name another folder", c.Out, ErrOther, m.Size, m.Seed)
		}
		return m, m.Check(ctx, c.Out, progress)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	entries, err := os.ReadDir(c.Out)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if len(entries) > 0 {
		return nil, fmt.Errorf("%s: %w, such as %s; name another folder", c.Out, ErrOther, entries[0].Name())
	}
	return nil, nil
}

// make writes everything into a hidden folder and gives it its name.
func (c Config) make(ctx context.Context, size demo.Size, progress bench.Progress) (m *Manifest, err error) {
	out := filepath.Clean(c.Out)
	dir, err := os.MkdirTemp(filepath.Dir(out), "."+filepath.Base(out)+".*")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	city, err := demo.Make(ctx, c.Seed, size, func(done, total int) { progress.Say("ground", int64(done), int64(total)) })
	if err != nil {
		return nil, err
	}
	m = &Manifest{Size: c.Size, Seed: c.Seed}
	hash := NewHash()
	var before, total int64
	for _, s := range city.Layers() {
		total += int64(s.Count)
	}
	for _, s := range city.Layers() {
		l, err := writeLayer(ctx, dir, s, hash, func(n int64) { progress.Say(string(s.Layer.ID), before+n, total) })
		if err != nil {
			return nil, fmt.Errorf("layer %s: %w", s.Layer.ID, err)
		}
		before += l.Features
		m.Layers = append(m.Layers, l)
	}
	m.DataHash = hash.Sum()
	var text bytes.Buffer
	if err := m.write(&text); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, manifestName), text.Bytes(), 0o644); err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	if err := os.Remove(out); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty folder, by now or not
		return nil, err
	}
	return m, os.Rename(dir, out)
}
