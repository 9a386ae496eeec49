package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/paulmach/orb"

	"tuban/feature"
)

// withLayer is a data set with one empty layer "p" at seq 1.
func withLayer(tb testing.TB) *DB {
	tb.Helper()
	db := mustOpen(tb, tb.TempDir())
	mustCommit(tb, db, next(db, Record{Layers: []LayerPut{{testLayer("p")}}}))
	return db
}

func TestCommitRefuses(t *testing.T) {
	db := withLayer(t)
	load := mustLoad(t, db, LoadSpec{Layer: "p", Mode: Append}, squares(1, 10))
	mustCommit(t, db, next(db, Record{Loads: []*Load{load}}))
	other := mustLoad(t, db, LoadSpec{Layer: "q", Mode: Append}, squares(1, 10))
	aborted := mustLoad(t, db, LoadSpec{Layer: "p", Mode: Append}, squares(11, 20))
	if err := aborted.Abort(); err != nil {
		t.Fatal(err)
	}
	wrongVintage := mustLoad(t, db, LoadSpec{Layer: "p", Vintage: "1999", Mode: Append}, squares(11, 20))
	broken := feature.Feature{Number: 99, Area: math.NaN()}
	late := testCommit(3)
	late.Time = testTime(2).Add(-time.Nanosecond)
	ok := Record{Commit: testCommit(3), Changes: []feature.Change{put("p", square(50, 1, 1, 1))}}
	for name, recs := range map[string][]Record{
		"seq with a gap":        {{Commit: testCommit(4)}},
		"seq again":             {{Commit: testCommit(2)}},
		"seq gap in the group":  {ok, {Commit: testCommit(5)}},
		"time runs backwards":   {{Commit: late}},
		"no time":               {{Commit: feature.Commit{Seq: 3}}},
		"unknown layer":         {{Commit: testCommit(3), Changes: []feature.Change{put("zz", square(1, 1, 1, 1))}}},
		"no number":             {{Commit: testCommit(3), Changes: []feature.Change{put("p", square(0, 1, 1, 1))}}},
		"number twice":          {{Commit: testCommit(3), Changes: []feature.Change{put("p", square(5, 1, 1, 1)), del("p", 5)}}},
		"delete of nothing":     {{Commit: testCommit(3), Changes: []feature.Change{del("p", 77)}}},
		"delete twice in group": {{Commit: testCommit(3), Changes: []feature.Change{del("p", 5)}}, {Commit: testCommit(4), Changes: []feature.Change{del("p", 5)}}},
		"bad area":              {{Commit: testCommit(3), Changes: []feature.Change{put("p", broken)}}},
		"bad op":                {{Commit: testCommit(3), Changes: []feature.Change{{Layer: "p", Feature: square(1, 1, 1, 1)}}}},
		"bad layer":             {{Commit: testCommit(3), Layers: []LayerPut{{feature.Layer{ID: "X"}}}}},
		"layer twice":           {{Commit: testCommit(3), Layers: []LayerPut{{testLayer("x")}, {testLayer("x")}}}},
		"load without layer":    {{Commit: testCommit(3), Loads: []*Load{other}}},
		"load again":            {{Commit: testCommit(3), Loads: []*Load{load}}},
		"load aborted":          {{Commit: testCommit(3), Loads: []*Load{aborted}}},
		"load for another":      {{Commit: testCommit(3), Loads: []*Load{wrongVintage}}},
		"too few was":           {{Commit: testCommit(3), Changes: ok.Changes, Was: make([]Was, 2)}},
		"reason too long":       {ok, {Commit: feature.Commit{Seq: 4, Time: testTime(4), Reason: strings.Repeat("x", 1<<20)}}},
	} {
		t.Run(name, func(t *testing.T) {
			err := db.Commit(context.Background(), recs)
			if err == nil {
				t.Fatal("accepted")
			}
			t.Log(err)
		})
	}
	if err := db.Commit(context.Background(), []Record{{Commit: testCommit(4)}}); !errors.Is(err, ErrAssertion) {
		t.Fatal(err)
	}
	// Nothing of all that is there, and writing goes on.
	if db.Head().Seq != 2 || len(readAll(t, db, "p", "")) != 10 {
		t.Fatal(db.Head(), len(readAll(t, db, "p", "")))
	}
	mustCommit(t, db, ok)
	mustCheck(t, db)
	mustCheck(t, reopen(t, db))
}

func TestGroupIsOneSync(t *testing.T) {
	db := withLayer(t)
	syncs := 0
	db.commitTxn = func(txn *badger.Txn) error {
		syncs++
		return txn.Commit()
	}
	var recs []Record
	for i := range 64 {
		recs = append(recs, Record{Commit: testCommit(feature.Seq(i + 2)), Changes: []feature.Change{put("p", square(feature.Number(i/2+1), float64(i), 1, 0.5))}})
	}
	mustCommit(t, db, recs...)
	if syncs != 1 {
		t.Fatalf("%d transactions", syncs)
	}
	if db.Head().Seq != 65 || len(readAll(t, db, "p", "")) != 32 {
		t.Fatal(db.Head())
	}
	infos, err := db.Commits(1, 3)
	if err != nil || len(infos) != 3 || infos[0].Layers[0].Added != 1 || infos[1].Layers[0].Updated != 1 {
		t.Fatal(infos, err)
	}
	if got := len(infos[1].Layers[0].Bounds); got != 2 {
		t.Fatalf("an update touches its old place and its new one: %d boxes", got)
	}
	if r := mustCheck(t, db); r.Versions != 64 || r.Commits != 65 {
		t.Fatal(r)
	}
}

// giant is a feature of n vertices whose coordinates don't compress.
func giant(number feature.Number, n int) feature.Feature {
	ring := make(orb.Ring, n)
	x := uint64(number)
	for i := range ring {
		x = x*6364136223846793005 + 1442695040888963407
		ring[i] = orb.Point{float64(x>>11) / (1 << 53) * 180, float64(x>>40) / (1 << 24) * 90}
	}
	return feature.Feature{ID: feature.ID(fmt.Sprint("f", number)), Number: number, Area: 1, Geometry: orb.Polygon{ring}}
}

func TestGiants(t *testing.T) {
	vertices := 1_200_000
	if *longFlag {
		vertices = 5_000_000
	}
	db := withLayer(t)
	load := mustLoad(t, db, LoadSpec{Layer: "p", Mode: Append}, []feature.Feature{giant(1, vertices), square(2, 1, 1, 1)})
	mustCommit(t, db, next(db, Record{Loads: []*Load{load}}))
	mustCommit(t, db, next(db, Record{Changes: []feature.Change{put("p", giant(3, vertices)), put("p", square(4, 1, 1, 1))}}))
	db = reopen(t, db)
	fs := readAll(t, db, "p", "")
	if len(fs) != 4 {
		t.Fatal(len(fs))
	}
	for _, i := range []int{0, 2} {
		want := giant(fs[i].Number, vertices).Geometry.(orb.Polygon)[0]
		if !slices.Equal(want, fs[i].Geometry.(orb.Polygon)[0]) {
			t.Fatalf("feature %d is not what it was", fs[i].Number)
		}
	}
}

// A change set too large for one transaction is not seen before its end, and a
// failure on the way leaves nothing.
func TestWrittenAhead(t *testing.T) {
	db := withLayer(t)
	mustCommit(t, db, next(db, Record{Changes: []feature.Change{put("p", square(1, 1, 1, 1))}}))
	var changes []feature.Change
	for n := feature.Number(1); n <= 40; n++ {
		changes = append(changes, put("p", giant(n, 20_000)))
	}
	big := Record{Commit: testCommit(3), Changes: changes, Layers: []LayerPut{{testLayer("q")}}}

	txns := 0
	db.commitTxn = func(txn *badger.Txn) error {
		if txns++; txns > 2 {
			if got := readAll(t, db, "p", ""); len(got) != 1 || got[0].Version != 2 {
				t.Fatalf("%d features before the commit is", len(got))
			}
		}
		return txn.Commit()
	}
	if err := db.Commit(context.Background(), []Record{big, {Commit: testCommit(9)}}); err == nil {
		t.Fatal("accepted")
	}
	if txns < 4 {
		t.Fatalf("only %d transactions", txns)
	}
	if left := leftovers(t, db); left != "" {
		t.Fatal(left)
	}
	mustCheck(t, db)

	mustCommit(t, db, big)
	if fs := readAll(t, db, "p", ""); len(fs) != 40 || fs[0].Version != 3 {
		t.Fatal(len(fs))
	}
	mustCheck(t, db)
	db = reopen(t, db)
	mustCheck(t, db)
	if left := leftovers(t, db); left != "" {
		t.Fatal(left)
	}
}

// leftovers names a key that ought not to be there.
func leftovers(tb testing.TB, db *DB) (found string) {
	tb.Helper()
	head := db.Head().Seq
	err := db.view(func(txn *badger.Txn) error {
		return each(txn, nil, func(key []byte, item *badger.Item) error {
			d, isDelta := parseDelta(key)
			switch {
			case key[0] == kindIntent, isDelta && d.seq > head,
				key[0] == kindDescriptor && ^tailSeq(key[:14]) > head, key[0] == kindCommit && tailSeq(key) > head:
				found = keyText(key)
			case key[0] == kindLoad:
				var r loadRecord
				err := readItem(item, func(v []byte) error { return unsealRecord(key, v, &r) })
				if r.Seq == 0 {
					found = keyText(key)
				}
				return err
			}
			return nil
		})
	})
	if err != nil {
		tb.Fatal(err)
	}
	return found
}

func TestFailedCommitBreaks(t *testing.T) {
	db := withLayer(t)
	disk := errors.New("input/output error")
	real := db.commitTxn
	db.commitTxn = func(*badger.Txn) error { return disk }
	rec := next(db, Record{Changes: []feature.Change{put("p", square(1, 1, 1, 1))}})
	if err := db.Commit(context.Background(), []Record{rec}); !errors.Is(err, disk) {
		t.Fatal(err)
	}
	db.commitTxn = real
	var broken *BrokenError
	if err := db.Commit(context.Background(), []Record{rec}); !errors.As(err, &broken) {
		t.Fatal(err)
	}
	if _, err := db.NewLoad(LoadSpec{Layer: "p", Mode: Append}); !errors.As(err, &broken) {
		t.Fatal(err)
	}
	if got := readAll(t, db, "p", ""); len(got) != 0 || db.Head().Seq != 1 {
		t.Fatal("reads must go on as before")
	}
	db = reopen(t, db)
	mustCommit(t, db, rec)
	mustCheck(t, db)
}

func TestNearlyFullDisk(t *testing.T) {
	db := withLayer(t)
	free := int64(10 << 20)
	db.free = func(string) (int64, error) { return free, nil }
	rec := next(db, Record{Changes: []feature.Change{put("p", square(1, 1, 1, 1))}})
	var full *FullError
	if err := db.Commit(context.Background(), []Record{rec}); !errors.As(err, &full) || full.Free != free {
		t.Fatal(err)
	}
	free = DefaultMinFree + 1<<20
	mustCommit(t, db, rec) // there is room again
	// It fills up while a large commit is being written ahead.
	var changes []feature.Change
	for n := feature.Number(1); n <= 40; n++ {
		changes = append(changes, put("p", giant(n, 20_000)))
	}
	calls := 0
	db.free = func(string) (int64, error) {
		if calls++; calls == 3 {
			return 0, nil
		}
		return 1 << 40, nil
	}
	err := db.Commit(context.Background(), []Record{next(db, Record{Changes: changes})})
	if !errors.As(err, &full) {
		t.Fatal(err)
	}
	if left := leftovers(t, db); left != "" {
		t.Fatal(left)
	}
	mustCommit(t, db, next(db, Record{Changes: changes}))
	mustCheck(t, db)
}

func TestCancelledCommit(t *testing.T) {
	db := withLayer(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	rec := next(db, Record{Changes: []feature.Change{put("p", square(1, 1, 1, 1))}})
	if err := db.Commit(ctx, []Record{rec}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	mustCommit(t, db, rec)
}

func TestReadOnlyDirectory(t *testing.T) {
	db := withLayer(t)
	mustCommit(t, db, next(db, Record{Changes: []feature.Change{put("p", square(1, 1, 1, 1))}}))
	dir := db.dir
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	ro, err := Open(dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer ro.Close()
	second, err := Open(dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal("two may read: ", err)
	}
	second.Close()
	if len(readAll(t, ro, "p", "")) != 1 {
		t.Fatal("not read")
	}
	mustCheck(t, ro)
	if err := ro.Commit(context.Background(), []Record{next(ro, Record{})}); !errors.Is(err, ErrReadOnly) {
		t.Fatal(err)
	}
	if _, err := ro.NewLoad(LoadSpec{Layer: "p", Mode: Append}); !errors.Is(err, ErrReadOnly) {
		t.Fatal(err)
	}
	if os.Getuid() != 0 { // root writes everywhere
		if err := os.Chmod(dir, 0o555); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(dir, 0o755)
		ro.Close()
		if _, err := Open(dir, Options{}); err == nil {
			t.Fatal("opened for writing")
		}
	}
}
