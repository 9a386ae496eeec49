package guard

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"tuban/bench"
	"tuban/engine"
	"tuban/feature"
	"tuban/geom"
)

// figure is a number that can be measured again and again.
type figure struct {
	name    string
	measure func() float64
}

// figures lists everything that is held.
func figures(t *testing.T) []figure {
	t.Helper()
	parcels, patches := city(t)
	all := []figure{{"memory/arena over raw", func() float64 { return arenaBytes(parcels) / rawBytes(parcels) }}}
	sets := tileSets(parcels, patches)
	for _, set := range sets {
		all = append(all,
			figure{"tile bytes/" + set.name, func() float64 { plain, _ := set.bytes(t); return plain }},
			figure{"tile bytes, gzip/" + set.name, func() float64 { _, packed := set.bytes(t); return packed }})
	}
	for _, op := range operations(t, parcels, patches, sets) {
		op.once() // pools and caches fill
		count := float64(op.count)
		all = append(all, figure{"allocations/" + op.name, func() float64 { return testing.AllocsPerRun(5, op.once) / count }})
		if _, err := bench.SelfCPU(); err == nil {
			all = append(all, figure{"pace/" + op.name, func() float64 { return pace(t, op.name, op.once) / count }})
		}
	}
	return all
}

// arenaBytes is what the features of a layer take in memory.
func arenaBytes(l *engine.LayerView) float64 {
	coordinates, properties, rest := l.Memory()
	return float64(coordinates + properties + rest)
}

// rawBytes is 16 bytes a vertex and the property values without names.
func rawBytes(l *engine.LayerView) float64 {
	n := 0
	l.Ascend(0, func(s feature.Slot) bool {
		n += 16 * geom.VertexCount(l.Geometry(s))
		l.EachProperty(s, func(_ int, v feature.Value) { n += max(8, len(v.Text())) })
		return true
	})
	return float64(n)
}

// pace returns the least CPU time of an operation over the least of
// bench.Reference(1), in alternating rounds: what else the machine does only ever
// adds.
func pace(t *testing.T, name string, once func()) float64 {
	t.Helper()
	const rounds, round = 7, 6 * time.Millisecond
	timed := func(once func()) func(context.Context) (bench.Cost, error) {
		return func(context.Context) (bench.Cost, error) {
			before, err := bench.SelfCPU()
			n := int64(0)
			for began := time.Now(); n == 0 || time.Since(began) < round; n++ {
				once()
			}
			after, err2 := bench.SelfCPU()
			return bench.Cost{Answers: n, CPU: after - before}, errors.Join(err, err2)
		}
	}
	sum := 0.0
	r, err := bench.Alternate(context.Background(), rounds, nil,
		bench.Engine{Name: name, Round: timed(once)},
		bench.Engine{Name: "reference", Round: timed(func() { sum += bench.Reference(1) })})
	if err != nil || math.IsNaN(sum) {
		t.Fatal(err, sum)
	}
	return r.Samples(0, bench.Cost.CPUPer).Min() / r.Samples(1, bench.Cost.CPUPer).Min()
}
