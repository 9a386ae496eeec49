package growth

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"tuban/engine"
	"tuban/feature"
	"tuban/geom"
	"tuban/overlap"
	"tuban/tiles"
)

// The sizes of answers that queries and tiles are made for, and how far one may
// be from it.
const (
	queryParcels = 16
	tileParcels  = 150
	leeway       = 1.3
)

// dataset asks one size: its parcels, and a source of random places.
type dataset struct {
	parcels *engine.LayerView
	last    feature.Number
	r       *rand.Rand
}

func newDataset(v *engine.View, seed uint64) (*dataset, error) {
	l, ok := v.Layer(parcelLayer)
	if !ok || l.Len() == 0 {
		return nil, fmt.Errorf("no layer %s", parcelLayer)
	}
	d := &dataset{parcels: l, r: rand.New(rand.NewPCG(seed, 4))}
	l.Ascend(0, func(s feature.Slot) bool {
		d.last = l.Number(s)
		return true
	})
	return d, nil
}

// place returns the middle of a random parcel's box, each parcel alike: most are
// where people live, as most queries are.
func (d *dataset) place() orb.Point {
	var b orb.Bound
	d.parcels.Ascend(1+feature.Number(d.r.Uint64N(uint64(d.last))), func(s feature.Slot) bool {
		b = d.parcels.Bound(s)
		return false
	})
	return b.Center()
}

// fits says that a count is near enough to the one wanted.
func fits(n, want int) bool {
	return float64(n)*leeway >= float64(want) && float64(n) <= leeway*float64(want)
}

// polygon returns a query of 50 vertices that about queryParcels parcels answer;
// ok is false where there is none at a random place.
func (d *dataset) polygon() (q overlap.Query, ok bool) {
	at := d.place()
	var shape [50]float64
	for i := range shape {
		shape[i] = 0.85 + 0.3*d.r.Float64()
	}
	ring := func(size float64) orb.Ring {
		r := make(orb.Ring, 0, len(shape)+1)
		for i, s := range shape {
			a := 2 * math.Pi * float64(i) / float64(len(shape))
			r = append(r, orb.Point{at[0] + size*s*math.Cos(a)/0.8, at[1] + size*s*math.Sin(a)})
		}
		return append(r, r[0])
	}
	low, high := 1e-5, 0.5 // degrees: a metre to half a degree
	for range 20 {
		size := math.Sqrt(low * high)
		q, err := overlap.NewQuery("", orb.Polygon{ring(size)})
		if err != nil {
			return q, false
		}
		n, err := d.answers(q)
		if err != nil {
			return q, false
		}
		if fits(n, queryParcels) {
			return q, true
		}
		if n < queryParcels {
			low = size
		} else {
			high = size
		}
	}
	return q, false
}

// answers returns how many parcels overlap a query.
func (d *dataset) answers(q overlap.Query) (int, error) {
	r, err := overlap.Measure(q, []overlap.Layer{d.parcels}, overlap.Options{})
	if err != nil {
		return 0, err
	}
	return len(r.Layers[0].Features), nil
}

// within returns the parcels whose boxes meet a box.
func (d *dataset) within(b orb.Bound) []feature.Slot {
	var found []feature.Slot
	d.parcels.Search(b, func(s feature.Slot) bool {
		if d.parcels.Bound(s).Intersects(b) {
			found = append(found, s)
		}
		return true
	})
	return found
}

// vertices of some parcels.
func (d *dataset) vertices(slots []feature.Slot) int {
	n := 0
	for _, s := range slots {
		n += geom.VertexCount(d.parcels.Geometry(s))
	}
	return n
}

// tile returns the address of a tile with about tileParcels parcels in it.
func (d *dataset) tile() (a tiles.Address, ok bool) {
	at := d.place()
	for z := uint8(tiles.MaxZoom); z > 0; z-- {
		tiles.WebMercatorQuad.Cover(orb.Bound{Min: at, Max: at}, z).Each(func(first tiles.Address) bool {
			a = first
			return false
		})
		n := len(d.within(a.Bound()))
		if fits(n, tileParcels) {
			return a, true
		}
		if n > tileParcels {
			break
		}
	}
	return a, false
}
