package demo

import (
	"math"

	"github.com/paulmach/orb"

	"tuban/feature"
)

// maxZoom is the deepest zoom at which a layer is drawn.
const maxZoom = feature.MaxZoom

// Size says how much of a city to make. Use one of Small, Middle and Large.
type Size struct {
	Name    string
	Parcels int // land-class parcels, exactly
	Patches int // change patches, exactly
	// Spacing is the distance in metres between the vertices of natural borders.
	Spacing float64
	// West, East, South and North bound the territory, in metres from the centre.
	West, East, South, North float64
}

// Small is the city of 20,000 parcels between about 94.5°–95.3° E and
// 36.2°–36.6° N.
func Small() Size {
	return Size{"small", 20_000, 300, 45, -35800, 35800, -22000, 22000}
}

// Middle has 200,000 parcels on about 20,000 km².
func Middle() Size {
	return Size{"city", 200_000, 4_800, 30, -110000, 90000, -55000, 45000}
}

// Large has a million parcels on the same ground as Middle.
func Large() Size {
	s := Middle()
	s.Name, s.Parcels, s.Patches = "large", 1_000_000, 20_000
	return s
}

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
}

// Source is one layer of a city.
type Source struct {
	Layer feature.Layer
	Count int // how many features Each visits
	// Each makes the features one by one, in a fixed order, and ends at visit's
	// first error. It may be called any number of times.
	Each func(visit func(feature.Feature) error) error
}

// New makes the city of a seed. Cost O(n log n) in the parcels: about a second
// for Small on one core.
func New(seed uint64, size Size) *City {
	c := &City{seed: seed, size: size, land: newLand(seed), mesh: newMesh(size.territory())}
	faces := size.Parcels + size.Parcels*3/20
	strips := grow(c.mesh, c.land, seed, faces)
	n := c.mesh.faces()
	c.bends = &bends{mesh: c.mesh, seed: seed, centres: make([]orb.Point, n), rough: make([]bool, n), spacing: size.Spacing}
	c.classes, c.units = make([]string, n), make([]int32, n)
	for f := range n {
		centre := c.mesh.shape(int32(f)).centre
		r := newRandom(seed, streamClass, f)
		c.bends.centres[f] = centre
		c.bends.rough[f] = strips[f] == notStrip && c.land.ground(centre).wild()
		c.classes[f] = c.land.class(centre, strips[f], &r)
		c.units[f] = c.land.unitAt(centre)
	}
	c.parcels = newGrouping(c.mesh, c.join(size.Parcels))
	return c
}

// territory is a rectangle with cut corners, counter-clockwise, not closed.
func (s Size) territory() []orb.Point {
	dx, dy := (s.East-s.West)*0.12, (s.North-s.South)*0.15
	return []orb.Point{
		{s.West + dx, s.South}, {s.East - 0.6*dx, s.South}, {s.East, s.South + dy}, {s.East, s.North - 0.5*dy},
		{s.East - dx, s.North}, {s.West + 0.5*dx, s.North}, {s.West, s.North - dy}, {s.West, s.South + 0.7*dy},
	}
}

// Size returns the size the city was made with.
func (c *City) Size() Size { return c.size }

// Outline returns the border of the territory in degrees: the union of all
// parcels, vertex for vertex.
func (c *City) Outline() orb.Polygon {
	return degrees(orb.Polygon{outline(c.bends)}).(orb.Polygon)
}

// Layers returns the city's layers, reference layers first.
func (c *City) Layers() []Source {
	return []Source{c.parcelLayer(), c.farmlandLayer(), c.redLineLayer(), c.urbanLayer(), c.unitLayer(), c.patchLayer()}
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
