package store

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// history is what commits 1, 2, 3 … of the kill test do, the same in parent and
// child, so that the parent knows what must be there at any head.
type history struct {
	seq  feature.Seq
	live map[feature.Number]feature.Feature
}

// step returns the next commit; features of a load come apart. Most commits are
// small, some are written ahead, some name a load.
func (h *history) step() (changes []feature.Change, load []feature.Feature) {
	h.seq++
	s := uint64(h.seq)
	if s == 1 {
		h.live = map[feature.Number]feature.Feature{}
		return nil, nil
	}
	change := func(n feature.Number, op feature.Op, f feature.Feature) {
		changes = append(changes, feature.Change{Layer: "p", Op: op, Feature: f})
		delete(h.live, n)
		if f.Version = h.seq; op == feature.OpPut {
			h.live[n] = f
		}
	}
	switch {
	case s%61 == 0:
		for n := feature.Number(1); n <= 12; n++ {
			change(n, feature.OpPut, giant(n, 14_000+int(s%100)))
		}
	case s%23 == 0:
		load = squares(feature.Number(s*1000), feature.Number(s*1000+150))
		for _, f := range load {
			f.Version = h.seq
			h.live[f.Number] = f
		}
	default:
		for i := range 1 + s%4 {
			n := feature.Number((s*7+i*13)%50 + 1)
			if _, ok := h.live[n]; ok && (s+i)%5 == 0 {
				change(n, feature.OpDelete, feature.Feature{Number: n})
			} else {
				f := square(n, float64(s%180), float64(i), 0.5)
				f.Geometry = orb.MultiPolygon{f.Geometry.(orb.Polygon)}
				change(n, feature.OpPut, f)
			}
		}
	}
	return changes, load
}

func (h *history) at(seq feature.Seq) []feature.Feature {
	for h.seq < seq {
		h.step()
	}
	var fs []feature.Feature
	for _, f := range h.live {
		fs = append(fs, f)
	}
	return fs
}

// record makes the next commit of the history on db.
func (h *history) record(db *DB) (Record, error) {
	changes, load := h.step()
	r := Record{Commit: testCommit(h.seq), Changes: changes}
	if h.seq == 1 {
		r.Layers = []LayerPut{{testLayer("p")}}
	}
	if load != nil {
		l, err := db.NewLoad(LoadSpec{Layer: "p", Mode: Append})
		if err != nil {
			return r, err
		}
		for i := 0; i < len(load); i += 50 {
			if err := l.WriteChunk(load[i:min(i+50, len(load))]); err != nil {
				return r, err
			}
		}
		r.Loads = []*Load{l}
	}
	return r, nil
}

// childCommits goes on with the history until it is killed, telling each seq on
// stdout after it was acknowledged.
func childCommits(dir string) {
	die := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(3)
		}
	}
	db, err := Open(dir, Options{Create: true, MinFree: -1})
	die(err)
	h := &history{}
	h.at(db.Head().Seq)
	fmt.Println("open", h.seq)
	for {
		var group []Record
		for range 1 + rand.IntN(5) {
			r, err := h.record(db)
			die(err)
			group = append(group, r)
			if h.seq == 1 {
				break // the layer first, so that loads of the group find it
			}
		}
		die(db.Commit(context.Background(), group))
		fmt.Println("ack", h.seq)
	}
}

// A process killed at any instant loses nothing that it acknowledged and leaves
// no half of anything.
func TestKill(t *testing.T) {
	kills := 12
	if *longFlag {
		kills = 200
	}
	dir := t.TempDir()
	h := &history{}
	var acked, head feature.Seq
	for i := range kills {
		acked = max(acked, runAndKill(t, dir, time.Duration(20+rand.IntN(180))*time.Millisecond))
		db, err := Open(dir, Options{Create: true, ReadOnly: false})
		if err != nil {
			t.Fatalf("after kill %d: %v", i, err)
		}
		head = db.Head().Seq
		if head < acked {
			t.Fatalf("kill %d: seq %d was acknowledged, the head is at %d", i, acked, head)
		}
		if head > 0 {
			if fingerprint(t, readAll(t, db, "p", "")) != fingerprint(t, h.at(head)) {
				t.Fatalf("kill %d: the layer is not what it was at seq %d", i, head)
			}
		}
		if left := leftovers(t, db); left != "" {
			t.Fatalf("kill %d: left behind: %s", i, left)
		}
		mustCheck(t, db)
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills, %d commits acknowledged, head %d: none lost, none half", kills, acked, head)
}

// runAndKill lets a child commit for some time and returns the last seq that it
// acknowledged.
func runAndKill(t *testing.T, dir string, after time.Duration) (acked feature.Seq) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$", dir)
	cmd.Env = append(os.Environ(), childEnv+"=commit")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	started := false
	for lines.Scan() {
		if !started { // the clock runs from its first word
			started = true
			time.AfterFunc(after, func() { cmd.Process.Kill() })
		}
		var word string
		var seq feature.Seq
		if n, _ := fmt.Sscan(lines.Text(), &word, &seq); n == 2 && word == "ack" {
			acked = seq
		}
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
		t.Fatalf("the child ended by itself: %v", err)
	}
	return acked
}

// A copy of the directory of a live data set, taken in the middle of a load, is
// what a power cut would leave.
func TestCopyMidLoad(t *testing.T) {
	db := withLayer(t)
	mustCommit(t, db, next(db, Record{Changes: []feature.Change{put("p", square(1, 1, 1, 1))}}))
	load := mustLoad(t, db, LoadSpec{Layer: "p", Mode: Append}, squares(2, 500), squares(501, 1000))
	if err := load.settle(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(db.dir)); err != nil {
		t.Fatal(err)
	}
	ro, err := Open(dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(readAll(t, ro, "p", "")) != 1 {
		t.Fatal("half a load is visible")
	}
	if err := ro.Close(); err != nil {
		t.Fatal(err)
	}
	copied := mustOpen(t, dir)
	if len(readAll(t, copied, "p", "")) != 1 {
		t.Fatal("half a load is visible")
	}
	if left := leftovers(t, copied); left != "" {
		t.Fatal(left)
	}
	mustCheck(t, copied)
	again := mustLoad(t, copied, LoadSpec{Layer: "p", Mode: Append}, squares(2, 300))
	mustCommit(t, copied, next(copied, Record{Loads: []*Load{again}}))
	copied = reopen(t, copied)
	if len(readAll(t, copied, "p", "")) != 300 {
		t.Fatal("the load is not there")
	}
	mustCheck(t, copied)
	mustCommit(t, db, next(db, Record{Loads: []*Load{load}}))
	if len(readAll(t, db, "p", "")) != 1000 {
		t.Fatal("the load is not there")
	}
}
