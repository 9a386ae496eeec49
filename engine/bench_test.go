package engine

import (
	"context"
	"fmt"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
)

func benchEngine(b *testing.B, n int) *Engine {
	b.Helper()
	e, err := Open(context.Background(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := e.Close(); err != nil {
			b.Error(err)
		}
	})
	l, err := e.NewLoad(context.Background(), LoadSpec{Layer: feature.Layer{ID: "l", Kind: feature.KindReference, MaxZoom: 18}})
	if err != nil {
		b.Fatal(err)
	}
	for i := range n {
		if _, err := l.Add(int64(i), feature.Feature{Geometry: square(float64(i%300)/10, float64(i/300)/10, 0.1), Properties: feature.Properties{{Name: "n", Value: feature.IntValue(int64(i))}}}); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := l.Commit(context.Background(), nil); err != nil {
		b.Fatal(err)
	}
	return e
}

// BenchmarkCommit replaces one feature at a time, fsync included; with more
// writers commits share an fsync.
func BenchmarkCommit(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			e := benchEngine(b, 20_000)
			b.ReportAllocs()
			b.SetParallelism(writers)
			b.RunParallel(func(pb *testing.PB) {
				for i := 1; pb.Next(); i++ {
					if _, err := e.Commit(context.Background(), Meta{}, func(v *View) ([]feature.Change, error) {
						l, _ := v.Layer("l")
						s, _ := l.keys.Slot(feature.Number(i%20_000 + 1))
						return []feature.Change{{Layer: "l", Op: feature.OpPut, Feature: l.Feature(s)}}, nil
					}); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

// BenchmarkWithin finds what meets a small box.
func BenchmarkWithin(b *testing.B) {
	e := benchEngine(b, 20_000)
	l, _ := e.View().Layer("l")
	b.ReportAllocs()
	for b.Loop() {
		l.Within(orb.Bound{Min: orb.Point{1.02, 1.02}, Max: orb.Point{1.35, 1.35}})
	}
}
