package demo

import (
	"context"
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// maxZoom is the deepest zoom at which a layer is drawn.
const maxZoom = feature.MaxZoom

// City is a made city. It holds the subdivision of its ground and makes
// features as they are asked for; it is safe for concurrent use.
type City struct {
	seed    uint64
	size    Size
	land    *land
	mesh    *mesh
	bends   *bends
	classes []string // land class of each face
	units   []int32  // unit of each face, by its parcel
	parcels grouping
	open    []int32 // faces of open land where people dig and build
	settled []int32 // faces of towns, fields and villages
	rights  []right
	patches []plan
}

// Source is one layer of a city.
type Source struct {
	Layer feature.Layer
	Count int // how many features Each visits
	// Each makes the features one by one, in a fixed order, and ends at visit's
	// first error. It may be called any number of times.
	Each func(visit func(feature.Feature) error) error
}

// New makes the city of a seed, as Make does.
func New(seed uint64, size Size) *City {
	c, _ := Make(context.Background(), seed, size, func(int, int) {})
	return c
}

// Make makes the city of a seed and tells progress how many of a total of
// faces are made. It ends early, with the context's error, when ctx ends. Cost
// O(n log n) in the parcels: about a second for 50,000 on one core.
func Make(ctx context.Context, seed uint64, size Size, progress func(done, total int)) (*City, error) {
	c := &City{seed: seed, size: size, land: newLand(seed, size.Far), mesh: newGround()}
	faces := c.mesh.faces() + int((1+size.Giants+joinedShare)*float64(size.Parcels))
	strips, err := grow(c.mesh, c.land, seed, faces, func(n int) error {
		progress(n, faces)
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	c.settle(strips)
	c.parcels = newGrouping(c.mesh, c.join(size.Parcels))
	c.findPlaces()
	c.rights = c.planRights()
	c.patches = c.planPatches()
	progress(faces, faces)
	return c, nil
}

// settle decides what each face is.
func (c *City) settle(strips []strip) {
	n := c.mesh.faces()
	c.bends = &bends{mesh: c.mesh, seed: c.seed, centres: make([]orb.Point, n), rough: make([]bool, n),
		giant: make([]bool, n), spacing: c.size.Spacing}
	c.classes, c.units = make([]string, n), make([]int32, n)
	c.bends.units = c.units
	for f := range n {
		centre := c.mesh.shape(int32(f)).centre
		c.bends.centres[f] = centre
		if !c.mesh.land(int32(f)) {
			c.bends.rough[f], c.units[f] = true, none
			continue
		}
		r := newRandom(c.seed, streamClass, f)
		c.bends.rough[f] = strips[f] == notStrip && c.land.ground(centre).wild()
		c.classes[f] = c.land.class(centre, strips[f], &r)
		c.units[f] = c.land.unitAt(centre)
	}
}

// findPlaces lists the faces where things happen.
func (c *City) findPlaces() {
	for f, p := range c.bends.centres {
		switch code := c.classes[f]; code {
		case "":
		case "1206", "1207", "1204", "0404":
			if north := p[1] - belt(p[0]); c.bends.rough[f] && north > -35_000 && north < 60_000 && inhabited(p) && c.inland(int32(f)) {
				c.open = append(c.open, int32(f))
			}
		default:
			if g := c.land.ground(p); (g == groundTown || g == groundFarm) && code[:2] != "10" && code != "1107" {
				c.settled = append(c.settled, int32(f))
			}
		}
	}
	if len(c.open) == 0 || len(c.settled) == 0 {
		c.open, c.settled = c.faces(), c.faces()
	}
}

// inhabited says that a town or an oasis is not far from p.
func inhabited(p orb.Point) bool {
	return max(strongest(townSpots[:], p[0], p[1]), strongest(farmSpots[:], p[0], p[1])) > -3
}

// inland says that no neighbour of f lies beyond the territory.
func (c *City) inland(f int32) bool {
	first := c.mesh.first[f]
	for h := first; ; {
		if !c.mesh.land(c.mesh.face[h^1]) {
			return false
		}
		if h = c.mesh.next[h]; h == first {
			return true
		}
	}
}

// faces lists all faces of the territory.
func (c *City) faces() []int32 {
	var list []int32
	for f := range int32(c.mesh.faces()) {
		if c.mesh.land(f) {
			list = append(list, f)
		}
	}
	return list
}

// Size returns the size the city was made with.
func (c *City) Size() Size { return c.size }

// Outline returns the border of the territory in degrees, one polygon for each
// of its parts: the union of all parcels, vertex for vertex.
func (c *City) Outline() orb.MultiPolygon {
	labels := make([]int32, c.mesh.faces())
	for f := range labels {
		if !c.mesh.land(int32(f)) {
			labels[f] = none
		}
	}
	parts := newGrouping(c.mesh, labels)
	t := newTracer(c.bends, &parts)
	var whole orb.MultiPolygon
	for i := range parts.count() {
		whole = append(whole, t.polygon(i))
	}
	return degrees(whole).(orb.MultiPolygon)
}

// Layers returns the city's layers, reference layers first.
func (c *City) Layers() []Source {
	return []Source{
		c.parcelLayer(), c.farmlandLayer(), c.redLineLayer(), c.urbanLayer(), c.approvalLayer(),
		c.miningLayer(), c.explorationLayer(), c.reserveLayer(), c.unitLayer(), c.patchLayer(),
	}
}

// LayerIDs returns the ids of the layers of every city, in the order of Layers.
func LayerIDs() []feature.LayerID {
	return []feature.LayerID{"dltb", "yjjbnt", "stbhhx", "czkfbj", "jsydsp", "ckq", "tkq", "zrbhq", "xzq", "tuban"}
}

// The centre of the plane in degrees, and metres in a degree there.
const (
	centreLon, centreLat = 94.9, 36.4
	metresLon, metresLat = 89_694.0, 110_962.0
)

// degrees turns metres on the plane into longitude and latitude, in place.
func degrees(g orb.Geometry) orb.Geometry {
	switch g := g.(type) {
	case orb.Polygon:
		for _, ring := range g {
			for i, p := range ring {
				ring[i] = orb.Point{round9(centreLon + p[0]/metresLon), round9(centreLat + p[1]/metresLat)}
			}
		}
	case orb.MultiPolygon:
		for _, p := range g {
			degrees(p)
		}
	}
	return g
}

func round9(v float64) float64 { return math.Round(v*1e9) / 1e9 }
