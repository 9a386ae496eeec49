package demo

import (
	"math"

	"github.com/paulmach/orb"
)

// ground is the broad kind of a place; it decides how finely land is divided
// and which classes occur there.
type ground uint8

const (
	groundGobi     ground = iota // bare gravel and soil of the alluvial fan
	groundSand                   // dunes
	groundMountain               // bare rock in the south
	groundSaline                 // saline flats, marsh and salt works in the north
	groundLake
	groundRiver
	groundFarm
	groundTown
)

// wild says that land of this kind is not laid out by people: its parcels are
// large, and their borders are rough.
func (g ground) wild() bool { return g <= groundLake }

// spot is a round area of influence: a town or an oasis.
type spot struct{ x, y, rx, ry float64 }

// reach is 1 in the middle of s, 0 on its rim and negative outside.
func (s spot) reach(x, y float64) float64 {
	return 1 - math.Hypot((x-s.x)/s.rx, (y-s.y)/s.ry)
}

var (
	townSpots = [...]spot{
		{0, 0, 5200, 4300}, {9500, -2500, 3600, 2600}, {31000, 18500, 3200, 2400},
		{-19500, 6200, 1500, 1200}, {77000, 5500, 1600, 1200},
	}
	farmSpots = [...]spot{
		{-10500, 3500, 9500, 6500}, {9500, 5500, 9500, 6000}, {-1500, 9500, 8500, 4800},
		{-27500, 7500, 6500, 3800}, {25500, 4500, 6500, 4200}, {77000, 6000, 9000, 5000},
		{-75000, 12000, 7000, 4000},
	}
	lakeSpots = [...]spot{{-21000, 17000, 5200, 3000}, {22000, 20500, 6400, 2600}, {5000, 22500, 3500, 1600}}
)

// land answers what lies where. It is a pure function of its seed.
type land struct {
	rough, broad, turns, patches, spread, fine noise
}

func newLand(seed uint64) *land {
	return &land{
		rough:   newNoise(seed, 1, 2600, 4),
		broad:   newNoise(seed, 2, 17000, 3),
		turns:   newNoise(seed, 3, 9000, 1),
		patches: newNoise(seed, 4, 1700, 3),
		spread:  newNoise(seed, 5, 5200, 3),
		fine:    newNoise(seed, 6, 650, 2),
	}
}

func strongest(spots []spot, x, y float64) float64 {
	best := math.Inf(-1)
	for _, s := range spots {
		best = max(best, s.reach(x, y))
	}
	return best
}

// river returns the distance in metres to the middle of the river, which comes
// from the mountains, passes the town and ends in the salt flats.
func (l *land) river(x, y float64) float64 {
	if y > 19000 {
		return math.Inf(1)
	}
	middle := -3600 + 1500*math.Sin(y/5200) + 700*math.Sin(y/1900+1) + 900*l.broad.at(0, y)
	return math.Abs(x - middle)
}

func (l *land) ground(p orb.Point) ground {
	x, y := p[0], p[1]
	rough, broad := l.rough.at(x, y), l.broad.at(x, y)
	switch {
	case l.river(x, y) < 130+70*rough:
		return groundRiver
	case strongest(lakeSpots[:], x, y)+0.45*rough > 0.08:
		return groundLake
	case strongest(townSpots[:], x, y)+0.28*rough > 0:
		return groundTown
	case strongest(farmSpots[:], x, y)+0.50*rough > 0:
		return groundFarm
	case y > 11500+5500*broad:
		return groundSaline
	case y < -14500+4500*broad:
		return groundMountain
	case broad+0.5*rough > 0.22:
		return groundSand
	}
	return groundGobi
}

// target returns the area in m² that a parcel here should about have. Only the
// proportions matter: cutting goes on until there are enough parcels.
func (l *land) target(p orb.Point) float64 {
	vary := math.Exp(0.9 * l.patches.at(p[0], p[1]))
	switch l.ground(p) {
	case groundTown:
		return 11000 * vary
	case groundFarm:
		if l.village(p) {
			return 5000
		}
		return 36000 * vary
	case groundRiver:
		return 40000
	case groundSaline:
		return 170000 * vary
	case groundLake:
		return 350000 * vary
	}
	return 260000 * vary
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
