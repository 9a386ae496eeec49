package demo

import "math"

// spot is a round area of influence: a town, an oasis or a lake.
type spot struct{ x, y, rx, ry float64 }

// reach is 1 in the middle of s, 0 on its rim and negative outside.
func (s spot) reach(x, y float64) float64 {
	return 1 - math.Hypot((x-s.x)/s.rx, (y-s.y)/s.ry)
}

// The places of the demo, in metres from the city centre. Where they lie is
// roughly believable, what they look like is invented.
var (
	townSpots = [...]spot{
		{0, 0, 5200, 4300}, {9500, -2500, 3600, 2600}, {36500, 45500, 3400, 2500}, {-19500, 6200, 1500, 1200},
		{77000, 5500, 1700, 1300}, {-155000, 58000, 1900, 1400}, {-62000, 17000, 1000, 800}, {-92500, 33500, 900, 700},
		{-220600, -241900, 1800, 1300}, {28000, 22000, 1900, 1400},
	}
	farmSpots = [...]spot{
		{-10500, 3500, 9500, 6500}, {9500, 5500, 9500, 6000}, {-1500, 9500, 8500, 4800}, {-27500, 7500, 6500, 3800},
		{25500, 4500, 6500, 4200}, {50000, 6500, 6500, 3600}, {77000, 6000, 9000, 5000}, {-44000, 10500, 5500, 3200},
		{-62000, 18500, 7500, 4200}, {-92000, 34000, 7500, 4200}, {-122000, 48500, 6000, 3400},
		{-155000, 60000, 9500, 5200}, {-188000, 69000, 5000, 3000},
	}
	lakeSpots = [...]spot{
		{-21000, 18500, 4200, 2400}, {22500, 30000, 5200, 2600}, {-8000, 58000, 21000, 8500}, {44000, 61000, 13000, 5200},
		{-58000, 74000, 12500, 6000}, {-112000, 92000, 15000, 6400}, {-186000, 96000, 9000, 4200}, {64000, 43000, 6000, 3000},
		{-150000, -20000, 7000, 3600}, {-40000, -96000, 6500, 3000},
	}
)

func strongest(spots []spot, x, y float64) float64 {
	best := math.Inf(-1)
	for _, s := range spots {
		best = max(best, s.reach(x, y))
	}
	return best
}
