package load

import (
	"iter"
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"tuban/geom/mercator"
	"tuban/tiles"
)

// The zooms that a user moves through.
const (
	MinZoom = 6
	MaxZoom = 16
)

// The map that a user looks at, in tiles of 512 pixels: 1280 × 800.
const (
	viewWidth  = 2.5
	viewHeight = 1.5625
)

// users is how many people look at the map at the same time.
const users = 8

// Walk returns the tiles that users of a seed ask for, one after another, for
// ever: each begins above a random place at a low zoom, zooms in and out, pans,
// and after some time leaves and another comes; most of the time is spent near
// MaxZoom. What is on the screen and was not seen by the same user before is
// asked for, row by row, as a browser with a cache does. Some users are at it at
// the same time; their screens come in turn.
func (g *Ground) Walk(seed uint64) iter.Seq[tiles.Address] {
	return func(yield func(tiles.Address) bool) {
		rng := stream(seed, streamWalk)
		var at [users]user
		for n := 0; ; n++ {
			u := &at[n%users]
			if u.looks == 0 {
				*u = g.newUser(rng)
			}
			for a := range screen(u.x, u.y, u.zoom) {
				if u.seen[a] {
					continue
				}
				u.seen[a] = true
				if !yield(a) {
					return
				}
			}
			u.move(rng)
		}
	}
}

// user is somebody who looks at the map.
type user struct {
	goal  orb.Point // what they came for
	x, y  float64   // the middle of the screen, in the unit square
	zoom  int
	looks int // how many more times they will look
	seen  map[tiles.Address]bool
}

func (g *Ground) newUser(rng *rand.Rand) user {
	u := user{goal: g.near(rng, nearBy), zoom: MinZoom + rng.IntN(5), looks: 20 + rng.IntN(40), seen: map[tiles.Address]bool{}}
	u.x, u.y = mercator.Unit(u.goal)
	return u
}

// move takes the user to the next look.
func (u *user) move(rng *rand.Rand) {
	u.looks--
	switch p := rng.Float64(); {
	case p < 0.45 && u.zoom < MaxZoom:
		u.zoom++
		x, y := mercator.Unit(u.goal)
		u.x, u.y = (u.x+x)/2, (u.y+y)/2 // towards what they came for
	case p < 0.6 && u.zoom > MinZoom:
		u.zoom--
	default:
		side := math.Ldexp(1, -u.zoom)
		u.x, u.y = u.x+side*viewWidth/2*(2*rng.Float64()-1), u.y+side*viewHeight/2*(2*rng.Float64()-1)
	}
	if rng.Float64() < 0.1 { // something else to look at, not far away
		u.goal = offset(u.goal, 5*nearBy*(2*rng.Float64()-1), 5*nearBy*(2*rng.Float64()-1))
	}
}

// screen visits the tiles of a zoom that a map with its centre at a place of the
// unit square shows.
func screen(x, y float64, zoom int) iter.Seq[tiles.Address] {
	return func(yield func(tiles.Address) bool) {
		n := math.Ldexp(1, zoom)
		column := func(v float64) uint32 { return uint32(min(max(math.Floor(v*n), 0), n-1)) }
		w, h := viewWidth/2/n, viewHeight/2/n
		for ty := column(y - h); ty <= column(y+h); ty++ {
			for tx := column(x - w); tx <= column(x+w); tx++ {
				if !yield(tiles.Address{Z: uint8(zoom), X: tx, Y: ty}) {
					return
				}
			}
		}
	}
}

// Zoom returns random tiles of one zoom, for ever: those around the places, a
// tile or two away at most.
func (g *Ground) Zoom(seed uint64, z uint8) iter.Seq[tiles.Address] {
	return func(yield func(tiles.Address) bool) {
		rng := stream(seed, streamZoom+uint64(z)<<8)
		n := math.Ldexp(1, int(z))
		for {
			x, y := mercator.Unit(g.near(rng, 0))
			at := func(v float64) uint32 { return uint32(min(max(math.Floor(v*n+2*rng.Float64()-1), 0), n-1)) }
			if !yield(tiles.Address{Z: z, X: at(x), Y: at(y)}) {
				return
			}
		}
	}
}

// Distinct returns up to n different tiles of a sequence, in the order of their
// first coming. It gives up when so many in a row brought nothing new that there
// are hardly more.
func Distinct(seq iter.Seq[tiles.Address], n int) []tiles.Address {
	const patience = 2000
	seen := map[tiles.Address]bool{}
	var list []tiles.Address
	old := 0
	for a := range seq {
		if len(list) >= n || old >= patience {
			break
		}
		if old++; seen[a] {
			continue
		}
		old, seen[a] = 0, true
		list = append(list, a)
	}
	return list
}

// First returns the first n tiles of a sequence.
func First(seq iter.Seq[tiles.Address], n int) []tiles.Address {
	list := make([]tiles.Address, 0, n)
	for a := range seq {
		if len(list) >= n {
			break
		}
		list = append(list, a)
	}
	return list
}

// square returns the box of a tile in degrees, with so many units of 1/4096 of
// its side more (or less) on each side.
func square(a tiles.Address, units float64) orb.Bound {
	n := math.Ldexp(1, int(a.Z))
	by := units / 4096
	west, east := (float64(a.X)-by)/n, (float64(a.X)+1+by)/n
	north, south := max((float64(a.Y)-by)/n, 0), min((float64(a.Y)+1+by)/n, 1)
	min, max := mercator.FromUnit(west, south), mercator.FromUnit(east, north)
	return orb.Bound{Min: min, Max: max}
}
