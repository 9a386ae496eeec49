package store

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"tuban/feature"
)

// testTime is the time of commit seq in tests.
func testTime(seq feature.Seq) time.Time {
	return time.Date(2026, 8, 1, 12, 0, 0, 123456789, time.UTC).Add(time.Duration(seq) * time.Second)
}

func testCommit(seq feature.Seq) feature.Commit {
	return feature.Commit{Seq: seq, Time: testTime(seq), Author: "王五", Reason: fmt.Sprint("reason ", seq)}
}

func testLayer(id feature.LayerID) feature.Layer {
	return feature.Layer{
		ID: id, Title: feature.Text{ZH: "地类图斑", EN: "Land use"}, Kind: feature.KindReference,
		IDField: "BSM", ClassField: "DLBM", Classes: []feature.Class{{Code: "0102", Name: "水浇地", Group: "耕地"}},
		Fields:  []feature.Field{{Name: "BSM", Type: feature.FieldString}, {Name: "DLBM", Type: feature.FieldString}},
		MaxZoom: 18,
	}
}

// square is a feature with a square of a side in degrees.
func square(n feature.Number, x, y, side float64) feature.Feature {
	return feature.Feature{
		ID: feature.ID(fmt.Sprint("f", n)), Number: n, Area: side * side * 1.1e10,
		Geometry: orb.Polygon{{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}},
		Properties: feature.Properties{
			{Name: "BSM", Value: feature.StringValue(fmt.Sprint("f", n))},
			{Name: "DLBM", Value: feature.StringValue("0102")},
			{Name: "TBMJ", Value: feature.FloatValue(float64(n) / 3)},
		},
	}
}

func squares(from, to feature.Number) []feature.Feature {
	var fs []feature.Feature
	for n := from; n <= to; n++ {
		fs = append(fs, square(n, 116+float64(n%100)/100, 40+float64(n/100)/100, 0.009))
	}
	return fs
}

func put(layer feature.LayerID, f feature.Feature) feature.Change {
	return feature.Change{Layer: layer, Op: feature.OpPut, Feature: f}
}

func del(layer feature.LayerID, n feature.Number) feature.Change {
	return feature.Change{Layer: layer, Op: feature.OpDelete, Feature: feature.Feature{Number: n, ID: feature.ID(fmt.Sprint("f", n))}}
}

func mustOpen(tb testing.TB, dir string) *DB {
	tb.Helper()
	db, err := Open(dir, Options{Create: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	return db
}

func reopen(tb testing.TB, db *DB) *DB {
	tb.Helper()
	if err := db.Close(); err != nil {
		tb.Fatal(err)
	}
	return mustOpen(tb, db.dir)
}

func mustCommit(tb testing.TB, db *DB, recs ...Record) {
	tb.Helper()
	if err := db.Commit(context.Background(), recs); err != nil {
		tb.Fatal(err)
	}
}

// next is a record with the next seq.
func next(db *DB, r Record) Record {
	r.Commit = testCommit(db.Head().Seq + 1)
	return r
}

// readAll returns the features of a layer by number.
func readAll(tb testing.TB, db *DB, layer feature.LayerID, vintage feature.Vintage) []feature.Feature {
	tb.Helper()
	var out []feature.Feature
	err := db.ReadLayer(context.Background(), layer, vintage, func(b Batch) error {
		out = append(out, b.Features...)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	slices.SortFunc(out, func(a, b feature.Feature) int { return int(a.Number) - int(b.Number) })
	return out
}

// diff compares bit for bit; orb's own Equal takes -0 for 0 and NaN for different.
func diff(want, got any) string {
	return cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool {
		return math.Float64bits(a) == math.Float64bits(b)
	}), cmp.Comparer(func(a, b feature.Value) bool {
		return a == b
	}), cmp.Comparer(func(a, b orb.Geometry) bool {
		return bitText(a) == bitText(b)
	}))
}

// bitText writes a geometry with the bits of its coordinates.
func bitText(g orb.Geometry) string {
	if g == nil {
		return "nil"
	}
	var write func(v reflect.Value) string
	write = func(v reflect.Value) string {
		switch v.Kind() {
		case reflect.Float64:
			return fmt.Sprintf("%x ", math.Float64bits(v.Float()))
		case reflect.Struct:
			return write(v.Field(0)) + write(v.Field(1))
		case reflect.Interface:
			if v.IsNil() {
				return "nil"
			}
			return v.Elem().Type().String() + write(v.Elem())
		}
		var s strings.Builder
		s.WriteByte(40)
		for i := range v.Len() {
			s.WriteString(write(v.Index(i)))
		}
		return s.String() + ")"
	}
	return reflect.TypeOf(g).String() + write(reflect.ValueOf(g))
}

// withVersion returns fs as they were committed at a seq.
func withVersion(fs []feature.Feature, seq feature.Seq) []feature.Feature {
	fs = slices.Clone(fs)
	for i := range fs {
		fs[i].Version = seq
	}
	return fs
}

func mustCheck(tb testing.TB, db *DB) Report {
	tb.Helper()
	r, err := db.Check(context.Background(), nil)
	if err != nil {
		tb.Fatal(err)
	}
	if len(r.Problems) > 0 {
		tb.Fatalf("check: %+v", r.Problems)
	}
	return r
}

func mustLoad(tb testing.TB, db *DB, spec LoadSpec, chunks ...[]feature.Feature) *Load {
	tb.Helper()
	l, err := db.NewLoad(spec)
	if err != nil {
		tb.Fatal(err)
	}
	for _, fs := range chunks {
		if err := l.WriteChunk(fs); err != nil {
			tb.Fatal(err)
		}
	}
	return l
}

func TestLife(t *testing.T) {
	db := mustOpen(t, t.TempDir())
	if h := db.Head(); h.Seq != 0 || h.Dataset == "" || !h.Time.IsZero() || h.Created.IsZero() {
		t.Fatalf("head of an empty data set: %+v", h)
	}
	fs := squares(1, 300)
	load := mustLoad(t, db, LoadSpec{Layer: "dltb", Mode: Append, Vintage: "2023"}, fs[:100], fs[100:300])
	mustCommit(t, db, next(db, Record{Layers: []LayerPut{{testLayer("dltb")}}, Loads: []*Load{load}}))
	if d := diff(withVersion(fs, 1), readAll(t, db, "dltb", "")); d != "" {
		t.Fatal(d)
	}

	moved := square(7, 117, 41, 0.01)
	fresh := square(301, 118, 41, 0.01)
	mustCommit(t, db, next(db, Record{Changes: []feature.Change{put("dltb", moved), del("dltb", 9), put("dltb", fresh)}}))
	want := withVersion(fs, 1)
	moved.Version, fresh.Version = 2, 2
	want[6] = moved
	want = append(slices.Delete(want, 8, 9), fresh)
	for range 2 {
		if d := diff(want, readAll(t, db, "dltb", "2023")); d != "" {
			t.Fatal(d)
		}
		l := db.Layers()
		if len(l) != 1 || l[0].Vintage != "2023" || l[0].NextNumber != 302 || l[0].Changed != 2 || l[0].Vintages[0].Count != 300 {
			t.Fatalf("%+v", l)
		}
		if d := diff(testLayer("dltb"), l[0].Layer); d != "" {
			t.Fatal(d)
		}
		mustCheck(t, db)
		db = reopen(t, db)
	}
	infos, err := db.Commits(0, 10)
	if err != nil || len(infos) != 2 {
		t.Fatal(infos, err)
	}
	s := infos[1].Layers[0]
	if s.Added != 1 || s.Updated != 1 || s.Deleted != 1 || len(s.Bounds) != 4 || s.Vintage != "2023" || infos[1].Author != "王五" {
		t.Fatalf("%+v", infos[1])
	}
	if !infos[0].Time.Equal(testTime(1)) || infos[0].Layers[0].Added != 300 || !infos[0].Layers[0].Described {
		t.Fatalf("%+v", infos[0])
	}
}
