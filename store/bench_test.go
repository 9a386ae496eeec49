package store

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
)

// parcel is a feature like those of a cadastre: a ring of some vertices, as they
// come out of a projection (all digits are used), and five properties.
func parcel(n feature.Number, vertices int) feature.Feature {
	x, y := 116+float64(n%1000)/2000, 39.5+float64(n/1000)/2000
	random := rand.New(rand.NewPCG(1, uint64(n)))
	ring := make(orb.Ring, vertices)
	for i := range ring {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(vertices-1))
		r := 2e-4 + 5e-5*random.Float64()
		ring[i] = orb.Point{x + cos*r, y + sin*r}
	}
	ring[vertices-1] = ring[0]
	f := square(n, x, y, 0.0001)
	f.Geometry = orb.Polygon{ring}
	f.Properties = append(f.Properties, feature.Property{Name: "QSDWMC", Value: feature.StringValue("某某县某某镇某某村集体")},
		feature.Property{Name: "ZLDWDM", Value: feature.StringValue("110112106204")})
	return f
}

func parcels(from feature.Number, n, vertices int) []feature.Feature {
	fs := make([]feature.Feature, n)
	for i := range fs {
		fs[i] = parcel(from+feature.Number(i), vertices)
	}
	return fs
}

func rawBytes(fs []feature.Feature) (n int64) {
	for i := range fs {
		if p, ok := fs[i].Geometry.(orb.Polygon); ok {
			n += int64(len(p[0])) * 16
		}
	}
	return n
}

func BenchmarkCommit(b *testing.B) {
	for name, group := range map[string]int{"n=1": 1, "n=64": 64} {
		b.Run(name, func(b *testing.B) {
			db := withLayer(b)
			ctx := context.Background()
			n := feature.Number(0)
			b.ReportAllocs()
			for b.Loop() {
				recs := make([]Record, group)
				seq := db.Head().Seq
				for i := range recs {
					n++
					recs[i] = Record{
						Commit:  testCommit(seq + feature.Seq(i) + 1),
						Changes: []feature.Change{put("p", parcel(n, 60))}, Was: []Was{{}},
					}
				}
				if err := db.Commit(ctx, recs); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(group*b.N)/b.Elapsed().Seconds(), "commits/s")
		})
	}
}

// An update of a random one of 100,000 sealed features, which the caller knows or
// the store has to look up.
func BenchmarkUpdate(b *testing.B) {
	for _, name := range []string{"known", "looked up"} {
		b.Run(name, func(b *testing.B) {
			db := withLayer(b)
			load := mustLoad(b, db, LoadSpec{Layer: "p", Mode: Append})
			for i := range 25 {
				if err := load.WriteChunk(parcels(feature.Number(i*4096+1), 4096, 60)); err != nil {
					b.Fatal(err)
				}
			}
			mustCommit(b, db, next(db, Record{Loads: []*Load{load}}))
			random := rand.New(rand.NewPCG(1, 1))
			b.ReportAllocs()
			for b.Loop() {
				r := next(db, Record{Changes: []feature.Change{put("p", parcel(feature.Number(1+random.IntN(25*4096)), 60))}})
				if name == "known" {
					r.Was = []Was{{Exists: true, Bound: geom.EmptyBound}}
				}
				if err := db.Commit(context.Background(), []Record{r}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkWriteChunk(b *testing.B) {
	db := withLayer(b)
	fs := parcels(1, 4096, 60)
	b.SetBytes(rawBytes(fs))
	b.ReportAllocs()
	n := feature.Number(0)
	load := mustLoad(b, db, LoadSpec{Layer: "p", Mode: Append})
	for b.Loop() {
		for i := range fs {
			n++
			fs[i].Number = n
		}
		if err := load.WriteChunk(fs); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(fs)*b.N)/b.Elapsed().Seconds(), "features/s")
	b.ReportMetric(float64(db.Size())/float64(n), "disk-B/feature")
}

func BenchmarkReadLayer(b *testing.B) {
	const size = 4096
	for _, chunks := range []int{1, 25} {
		b.Run(fmt.Sprintf("n=%d", chunks*size), func(b *testing.B) {
			db := withLayer(b)
			load := mustLoad(b, db, LoadSpec{Layer: "p", Mode: Append})
			bytes := int64(0)
			for i := range chunks {
				fs := parcels(feature.Number(i*size+1), size, 60)
				bytes += rawBytes(fs)
				if err := load.WriteChunk(fs); err != nil {
					b.Fatal(err)
				}
			}
			mustCommit(b, db, next(db, Record{Loads: []*Load{load}}))
			db = reopen(b, db)
			b.SetBytes(bytes)
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				err := db.ReadLayer(context.Background(), "p", "", func(batch Batch) error {
					n += len(batch.Features)
					return nil
				})
				if err != nil || n != chunks*size {
					b.Fatal(n, err)
				}
			}
			b.ReportMetric(float64(chunks*size*b.N)/b.Elapsed().Seconds(), "features/s")
		})
	}
}

func BenchmarkDecodeBody(b *testing.B) {
	body := encodeBody(b, parcels(1, 4096, 60))
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeBody(body); err != nil {
			b.Fatal(err)
		}
	}
}
