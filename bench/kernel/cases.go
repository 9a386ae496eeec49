package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"tuban/feature"
	"tuban/geom"
	"tuban/internal/demo"
)

// Case is a kind of pair: patches, and the parcels that each is measured with.
type Case struct {
	Name, What string
	Goal       float64 // how many times cheaper than GEOS the area is to be; 0 has no goal
	Patches    []orb.Polygon
	Parcels    []orb.Polygon
	Pairs      [][2]int // index of a patch and of a parcel, patch by patch
}

// Cases returns the cases whose name begins with only; all of them, for "", take
// about a second to make. A case depends on the seed and not on which others are
// made.
func Cases(seed uint64, only string) []Case {
	var cases []Case
	for _, k := range kinds {
		if strings.HasPrefix(k.name, only) {
			c := k.make(seed, rand.New(rand.NewPCG(seed, 1)))
			c.Name, c.What, c.Goal = k.name, k.what, k.goal
			cases = append(cases, c)
		}
	}
	return cases
}

// kinds are the kinds of pair, in the order of the tables.
var kinds = []struct {
	name, what string
	goal       float64
	make       func(seed uint64, r *rand.Rand) Case
}{
	{"a partial", "50-v patch × 60-v parcel", 50, func(_ uint64, r *rand.Rand) Case { return partial(r) }},
	{"b shared", "outline of a 4×4 block (256 v) × 64 parcels of a tessellation (64 v)", 80, func(seed uint64, _ *rand.Rand) Case {
		t := newTessellation(seed, 8, 16, 100*metre)
		return crossed([]orb.Polygon{t.block(2, 2, 4)}, t.parcels())
	}},
	{"b2 over parcels", "200-v patch × the same parcels", 80, func(seed uint64, r *rand.Rand) Case {
		t := newTessellation(seed, 8, 16, 100*metre)
		return crossed([]orb.Polygon{{outline(r, 200, t.centre(), 250*metre)}}, t.parcels())
	}},
	{"b3 large over parcels", "2,000-v patch × 900 parcels (64 v)", 80, func(seed uint64, r *rand.Rand) Case {
		t := newTessellation(seed, 30, 16, 100*metre)
		return crossed([]orb.Polygon{{outline(r, 2000, t.centre(), 1000*metre)}}, t.parcels())
	}},
	{"c 300 m × region", "200-v patch on the border of a 100,000-v region with 40 holes", 1500, func(_ uint64, r *rand.Rand) Case {
		return onBorder(r, region(r), 8, 200, 150*metre)
	}},
	{"c2 3 km × region", "200-v patch on the border of the region", 600, func(_ uint64, r *rand.Rand) Case {
		return onBorder(r, region(r), 8, 200, 1500*metre)
	}},
	{"c3 10 km × region", "2,000-v patch on the border of the region", 0, func(_ uint64, r *rand.Rand) Case {
		return onBorder(r, region(r), 2, 2000, 5000*metre)
	}},
	{"c4 inside region", "200-v patch of 300 m away from its borders", 0, func(_ uint64, r *rand.Rand) Case {
		return crossed([]orb.Polygon{{outline(r, 200, orb.Point{lon + 0.01, lat}, 150*metre)}}, []orb.Polygon{region(r)})
	}},
	{"d identical", "a 60-v parcel × itself", 50, func(_ uint64, r *rand.Rand) Case { return shifted(r, 0) }},
	{"e touching", "64-v parcels × their neighbours", 65, func(seed uint64, _ *rand.Rand) Case {
		return touching(newTessellation(seed, 8, 16, 100*metre))
	}},
	{"f saw-tooth", "two stars of 2,000 v", 0, func(uint64, *rand.Rand) Case {
		at := orb.Point{lon, lat}
		return crossed([]orb.Polygon{{sawTooth(2000, at, 100*metre, 0)}}, []orb.Polygon{{sawTooth(2000, at, 100*metre, 0.5)}})
	}},
	{"g1 sliver 1e-9°", "a 60-v parcel × itself moved by 1e-9°", 10, func(_ uint64, r *rand.Rand) Case { return shifted(r, 1e-9) }},
	{"g2 sliver 1e-12°", "a 60-v parcel × itself moved by 1e-12°", 0, func(_ uint64, r *rand.Rand) Case { return shifted(r, 1e-12) }},
	{"city", "60 patches of the demo city × its land-class parcels", 0, func(seed uint64, _ *rand.Rand) Case { return city(seed) }},
}

// partial has patches of 50 vertices that lie partly on parcels of 60.
func partial(r *rand.Rand) Case {
	var c Case
	for i := range 64 {
		at := orb.Point{lon + 0.01*float64(i%8), lat + 0.01*float64(i/8)}
		a := 2 * math.Pi * r.Float64()
		to := orb.Point{at[0] + 60*metre*math.Cos(a), at[1] + 60*metre*math.Sin(a)}
		c.Patches = append(c.Patches, orb.Polygon{outline(r, 50, at, 50*metre)})
		c.Parcels = append(c.Parcels, orb.Polygon{outline(r, 60, to, 50*metre)})
		c.Pairs = append(c.Pairs, [2]int{i, i})
	}
	return c
}

// crossed pairs each patch with the parcels whose boxes meet its own, as an index
// gives them.
func crossed(patches, parcels []orb.Polygon) Case {
	c := Case{Patches: patches, Parcels: parcels}
	for i, p := range patches {
		b := geom.Bound(p)
		for j, q := range parcels {
			if geom.Bound(q).Intersects(b) {
				c.Pairs = append(c.Pairs, [2]int{i, j})
			}
		}
	}
	return c
}

// onBorder has patches whose centres are vertices of a region's shell.
func onBorder(r *rand.Rand, zone orb.Polygon, patches, vertices int, size float64) Case {
	c := Case{Parcels: []orb.Polygon{zone}}
	for i := range patches {
		at := zone[0][r.IntN(len(zone[0]))]
		c.Patches = append(c.Patches, orb.Polygon{outline(r, vertices, at, size)})
		c.Pairs = append(c.Pairs, [2]int{i, 0})
	}
	return c
}

// shifted has parcels and copies of them moved along both axes.
func shifted(r *rand.Rand, by float64) Case {
	var c Case
	for i := range 64 {
		p := orb.Polygon{outline(r, 60, orb.Point{lon + 0.01*float64(i%8), lat + 0.01*float64(i/8)}, 50*metre)}
		q := orb.Polygon{slices.Clone(p[0])}
		for k := range q[0] {
			q[0][k] = orb.Point{q[0][k][0] + by, q[0][k][1] + by}
		}
		c.Patches, c.Parcels, c.Pairs = append(c.Patches, p), append(c.Parcels, q), append(c.Pairs, [2]int{i, i})
	}
	return c
}

// touching pairs neighbours of a tessellation: a side in common, or a corner.
func touching(t *tessellation) Case {
	parcels := t.parcels()
	c := Case{Patches: parcels, Parcels: parcels}
	for j := range t.n - 1 {
		for i := range t.n - 1 {
			k := j*t.n + i
			c.Pairs = append(c.Pairs, [2]int{k, k + 1}, [2]int{k, k + t.n}, [2]int{k, k + t.n + 1})
		}
	}
	return c
}

// city pairs patches of the demo city with its land-class parcels.
func city(seed uint64) Case {
	const patches = 60
	var made [2][]orb.Polygon
	for _, s := range demo.New(seed, demo.Small()).Layers() {
		which := map[feature.LayerID]int{"tuban": 0, "dltb": 1}
		w, ok := which[s.Layer.ID]
		if !ok {
			continue
		}
		_ = s.Each(func(f feature.Feature) error { // it makes, and cannot fail
			if p, ok := f.Geometry.(orb.Polygon); ok && (w == 1 || len(made[0]) < patches) {
				made[w] = append(made[w], p)
			}
			return nil
		})
	}
	c := crossed(made[0], made[1])
	c.compact()
	return c
}

// compact leaves out the parcels that no pair names.
func (c *Case) compact() {
	place := map[int]int{}
	var kept []orb.Polygon
	for i, p := range c.Pairs {
		at, ok := place[p[1]]
		if !ok {
			at = len(kept)
			place[p[1]] = at
			kept = append(kept, c.Parcels[p[1]])
		}
		c.Pairs[i][1] = at
	}
	c.Parcels = kept
}
