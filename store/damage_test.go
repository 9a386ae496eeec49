package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tuban/feature"
)

// Outcomes of opening and reading a damaged data set.
const (
	outWhole    = "whole"    // everything read as it was written
	outRefused  = "refused"  // an error on opening
	outDetected = "detected" // an error on reading
	outChecked  = "checked"  // read as written, and Check finds the damage
	outWrong    = "WRONG"    // other data without an error
	outMissed   = "MISSED"   // damage read by ReadLayer's error but not by Check
)

// verify opens dir and tells what comes of it. want are the fingerprints of its
// layers p and q, in order.
func verify(dir string, readOnly bool, want string) (outcome, detail string) {
	db, err := Open(dir, Options{ReadOnly: readOnly, MinFree: -1})
	if err != nil {
		return outRefused, err.Error()
	}
	defer db.Close()
	got := ""
	for _, layer := range []feature.LayerID{"p", "q"} {
		var all []feature.Feature
		err = errors.Join(err, db.ReadLayer(context.Background(), layer, "", func(b Batch) error {
			all = append(all, b.Features...)
			return nil
		}))
		got += fmt.Sprint(fingerprint(fatal{}, all), ";")
	}
	_, infoErr := db.Commits(0, 1000)
	report, checkErr := db.Check(context.Background(), nil)
	found := checkErr != nil || len(report.Problems) > 0
	switch {
	case err != nil && !found:
		return outMissed, err.Error()
	case err != nil || infoErr != nil:
		return outDetected, errors.Join(err, infoErr).Error()
	case got != want:
		return outWrong, got
	case found:
		return outChecked, fmt.Sprint(checkErr, report.Problems)
	}
	return outWhole, ""
}

type fatal struct{}

func (fatal) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// childDamage damages copies of a data set and verifies them: args are the data
// set, a scratch folder, the fingerprints, and then file:offset:xor each.
func childDamage(args []string) {
	template, scratch, want := args[0], args[1], args[2]
	for i, arg := range args[3:] {
		file, rest, _ := strings.Cut(arg, ":")
		var offset int64
		var xor byte
		fmt.Sscanf(rest, "%d:%d", &offset, &xor)
		dir := filepath.Join(scratch, fmt.Sprint(os.Getpid(), "-", i))
		err := os.CopyFS(dir, os.DirFS(template))
		if err == nil {
			err = flip(filepath.Join(dir, file), offset, xor)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		outcome, detail := verify(dir, i%2 == 0, want)
		fmt.Println(outcome, strings.ReplaceAll(detail, "\n", " | "))
		os.RemoveAll(dir)
	}
	os.Exit(0)
}

func flip(file string, offset int64, xor byte) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if xor == 0 {
		return f.Truncate(offset)
	}
	var b [1]byte
	if _, err := f.ReadAt(b[:], offset); err != nil {
		return err
	}
	b[0] ^= xor
	_, err = f.WriteAt(b[:], offset)
	return err
}

// damageable makes a data set with chunks, deltas and several commits and
// returns what verify wants of it. Left open, it has logs; closed, tables.
func damageable(t *testing.T) (db *DB, want string) {
	db = withLayer(t)
	a := mustLoad(t, db, LoadSpec{Layer: "p", Mode: Append}, parcels(1, 100, 30), parcels(101, 100, 30))
	b := mustLoad(t, db, LoadSpec{Layer: "q", Mode: NewVintage, Vintage: "2024"}, parcels(1, 50, 200))
	mustCommit(t, db, next(db, Record{Loads: []*Load{a, b}, Layers: []LayerPut{{testLayer("q")}}}))
	for i := range feature.Number(30) {
		mustCommit(t, db, next(db, Record{Changes: []feature.Change{put("p", square(i*7+1, 1, 1, 1)), put("q", square(100+i, 2, 2, 1))}}))
	}
	for _, layer := range []feature.LayerID{"p", "q"} {
		want += fmt.Sprint(fingerprint(t, readAll(t, db, layer, "")), ";")
	}
	return db, want
}

// damages lists flips all over the files of a data set, and some cuts.
func damages(t *testing.T, dir string, n int, random *rand.Rand) (out []string) {
	type file struct {
		name string
		used int64 // log files are longer than what was written to them
	}
	var files []file
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		if used := int64(len(bytes.TrimRight(content, "\x00"))); used > 0 && name != "owner" && name != "badger/LOCK" {
			files = append(files, file{name, used})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	largest := slices.MaxFunc(files, func(a, b file) int { return cmp.Compare(a.used, b.used) })
	for i := range n {
		f := largest // half of the time
		if i%2 == 0 {
			f = files[i/2%len(files)]
		}
		offset := random.Int64N(f.used)
		switch random.IntN(4) {
		case 0: // the ends, where formats keep their lengths
			offset = max(0, f.used-1-random.Int64N(40))
		case 1:
			offset = min(f.used-1, random.Int64N(40))
		}
		xor := byte(1) << random.IntN(8)
		if random.IntN(7) == 0 {
			xor = 0 // cut there
		}
		out = append(out, fmt.Sprintf("%s:%d:%d", f.name, offset, xor))
	}
	return out
}

// Whatever byte of a data set is changed, or wherever a file is cut: what is read
// is what was written, or there is an error.
func TestDamage(t *testing.T) {
	seed := *seedFlag
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	n := 40
	if *longFlag {
		n = 1000
	}
	for _, state := range []string{"killed", "closed"} {
		t.Run(state, func(t *testing.T) {
			db, want := damageable(t)
			dir := db.dir
			if state == "killed" {
				dir = t.TempDir()
				if err := os.CopyFS(dir, os.DirFS(db.dir)); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			counts := map[string]int{}
			for todo := damages(t, dir, n, random); len(todo) > 0; {
				lines := runDamage(t, dir, want, todo)
				for i, line := range lines {
					outcome, detail, _ := strings.Cut(line, " ")
					counts[outcome]++
					if outcome == outWrong || outcome == outMissed || outcome == "panic" || outcome == "died" {
						t.Errorf("%s: %s %s", todo[i], outcome, detail)
					}
					if testing.Verbose() {
						t.Logf("%s: %.200s", todo[i], line)
					}
				}
				todo = todo[len(lines):]
			}
			t.Log(counts)
		})
	}
}

// runDamage has a child try damages until it ends or dies of one, which then is
// the last line.
func runDamage(t *testing.T, dir, want string, todo []string) []string {
	cmd := exec.Command(os.Args[0], append([]string{"-test.run=^$", dir, t.TempDir(), want}, todo...)...)
	cmd.Env = append(os.Environ(), childEnv+"=damage")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if out.Len() == 0 {
		lines = nil
	}
	if err != nil {
		kind := "died"
		if strings.Contains(errs.String(), "goroutine ") {
			kind = "panic"
		}
		lines = append(lines, kind+" "+strings.ReplaceAll(errs.String(), "\n", " | "))
	}
	return lines
}
