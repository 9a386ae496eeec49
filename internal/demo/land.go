package demo

import (
	"math"

	"github.com/paulmach/orb"
)

// ground is the broad kind of a place; it decides how finely land is divided
// and which classes occur there.
type ground uint8

const (
	groundGobi     ground = iota // bare gravel and soil of the alluvial fans
	groundSand                   // dunes
	groundMountain               // bare rock
	groundPasture                // mountain and plateau grassland
	groundIce                    // glaciers
	groundSaline                 // saline flats, marsh and salt works in the north
	groundLake
	groundRiver
	groundFarm
	groundTown
)

// wild says that land of this kind is not laid out by people: its parcels are
// large, and their borders are rough.
func (g ground) wild() bool { return g <= groundLake }

// land answers what lies where. It is a pure function of its seed and of how
// coarse the far parts are.
type land struct {
	rough, broad, turns, patches, spread, fine, region noise
	far                                                float64
}

func newLand(seed uint64, far float64) *land {
	return &land{
		rough:   newNoise(seed, 1, 2600, 4),
		broad:   newNoise(seed, 2, 17000, 3),
		turns:   newNoise(seed, 3, 9000, 1),
		patches: newNoise(seed, 4, 1700, 3),
		spread:  newNoise(seed, 5, 5200, 3),
		fine:    newNoise(seed, 6, 650, 2),
		region:  newNoise(seed, 7, 62000, 4),
		far:     far,
	}
}

// river returns the distance in metres to the middle of the river, which comes
// from the mountains, passes the town and ends in the salt flats.
func (l *land) river(x, y float64) float64 {
	if y > 36000 || y < -60000 {
		return math.Inf(1)
	}
	middle := -3600 + 1500*math.Sin(y/5200) + 700*math.Sin(y/1900+1) + 900*l.broad.at(0, y)
	return math.Abs(x - middle)
}

// belt returns how far north of the city's latitude the foot of the mountains,
// and with it the belt of oases, runs at x: it turns north in the west.
func belt(x float64) float64 {
	return 0.5 * min(max(-40_000-x, 0), 130_000)
}

// plateau is the latitude, in metres, south of which the exclave lies.
const plateau = -150_000.0

func (l *land) ground(p orb.Point) ground {
	x, y := p[0], p[1]
	rough := l.rough.at(x, y)
	if strongest(townSpots[:], x, y)+0.28*rough > 0 && l.river(x, y) >= 130+70*rough {
		return groundTown
	}
	if y < plateau {
		return l.plateauGround(x, y, rough)
	}
	switch {
	case l.river(x, y) < 130+70*rough:
		return groundRiver
	case strongest(lakeSpots[:], x, y)+0.45*rough > 0.08:
		return groundLake
	case strongest(farmSpots[:], x, y)+0.50*rough > 0:
		return groundFarm
	}
	broad, north := l.broad.at(x, y), y-belt(x)
	switch {
	case north > 85_000+30_000*broad:
		return l.hills(x, y, broad)
	case north > 11_500+5_500*broad:
		return groundSaline
	case north < -14_500+4_500*broad:
		return l.mountains(x, y, north, rough)
	case broad+0.5*rough > 0.22:
		return groundSand
	}
	return groundGobi
}

// hills is the dry ground north of the salt flats.
func (l *land) hills(x, y, broad float64) ground {
	switch region := l.region.at(x, y); {
	case region > 0.15:
		return groundMountain
	case broad > 0.2:
		return groundSand
	}
	return groundGobi
}

// mountains is the ground south of the belt: rock, higher up grass and ice.
func (l *land) mountains(x, y, north, rough float64) ground {
	switch region := l.region.at(x, y); {
	case north < -45_000 && region+0.25*rough > 0.55:
		return groundIce
	case north < -30_000 && region < 0.12+0.4*rough:
		return groundPasture
	}
	return groundMountain
}

// plateauGround is the ground of the exclave: grassland with lakes, rock and ice.
func (l *land) plateauGround(x, y, rough float64) ground {
	switch region := l.region.at(x, y) + 0.12*rough; {
	case region < -0.56:
		return groundLake
	case region > 0.52:
		return groundIce
	case region > 0.24:
		return groundMountain
	}
	return groundPasture
}

// target returns the area in m² that a parcel here should about have. Only the
// proportions matter: cutting goes on until there are enough parcels.
func (l *land) target(p orb.Point) float64 {
	if math.Hypot(p[0], p[1]) < nearby {
		return l.fineness(p)
	}
	return l.far * l.fineness(p)
}

// nearby is the distance in metres from the centre up to which every size of
// city is divided finely.
const nearby = 30_000.0

func (l *land) fineness(p orb.Point) float64 {
	vary := math.Exp(0.9 * l.patches.at(p[0], p[1]))
	g := l.ground(p)
	switch g {
	case groundTown:
		return 11_000 * vary
	case groundFarm:
		if l.village(p) {
			return 5_000
		}
		return 30_000 * vary
	case groundRiver:
		return 40_000
	}
	// Open land is divided more coarsely the farther it is from the belt.
	away := math.Abs(p[1] - belt(p[0]) - 8_000)
	wide := 1_000_000 + 24_000_000*min(1, away/60_000)
	if g == groundSaline || g == groundPasture {
		wide *= 0.7
	}
	return wide * vary
}

// traffic returns how likely a highway divides open land: they follow the belt.
func (l *land) traffic(p orb.Point) float64 {
	if math.Abs(p[1]-belt(p[0])-6_000) < 16_000 {
		return 0.55
	}
	return 0.02
}

// village says that houses stand here among the fields.
func (l *land) village(p orb.Point) bool { return l.fine.at(p[0], p[1]) > 0.57 }

// grain returns the direction, in radians, that parcels here line up with, and
// how much they stray from it.
func (l *land) grain(p orb.Point) (turn, slack float64) {
	switch l.ground(p) {
	case groundTown:
		return 0.06, 0.05
	case groundFarm:
		return 1.2 * l.turns.at(p[0], p[1]), 0.12
	}
	return 2 * l.turns.at(p[0], p[1]), 1.3
}
