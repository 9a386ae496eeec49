package demo

import "math"

// random is a splitmix64 sequence: small, fast, the same on every machine.
type random struct{ state uint64 }

// newRandom returns the sequence of a seed, a stream and an index, so that
// each thing made draws from its own sequence whatever was made before it.
func newRandom(seed uint64, stream stream, index int) random {
	return random{mix(seed ^ mix(uint64(stream)<<56^uint64(index)))}
}

// stream separates the sequences of one seed. New ones go to the end: the order
// is part of what a seed means.
type stream uint8

const (
	streamSplit stream = iota + 1
	streamEdge
	streamClass
	streamMerge
	streamRedLine
	streamPatch
	streamNoise
	streamTerritory
	streamGiant
	streamShape
	streamApproval
	streamRight
)

func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (r *random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	return mix(r.state)
}

// unit returns a number in [0,1).
func (r *random) unit() float64 { return float64(r.next()>>11) / (1 << 53) }

// between returns a number in [lo,hi).
func (r *random) between(lo, hi float64) float64 { return lo + (hi-lo)*r.unit() }

// below returns an integer in [0,n).
func (r *random) below(n int) int { return int(r.next() % uint64(n)) }

// pick returns the index of one of the weights, in their proportion.
func (r *random) pick(weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	x := r.unit() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// noise is smooth value noise over the plane: a lattice of hashed values with
// cubic blending. Values lie in [-1,1].
type noise struct {
	seed uint64
	size float64 // metres between lattice points of the first octave
	deep int     // octaves
}

func newNoise(seed uint64, id int, size float64, octaves int) noise {
	r := newRandom(seed, streamNoise, id)
	return noise{r.next(), size, octaves}
}

func (n noise) at(x, y float64) float64 {
	sum, gain, total := 0.0, 1.0, 0.0
	x, y = x/n.size, y/n.size
	for o := range n.deep {
		sum += gain * n.octave(x, y, uint64(o))
		total += gain
		gain *= 0.5
		x, y = x*2+17.3, y*2-9.1
	}
	return sum / total
}

func (n noise) octave(x, y float64, o uint64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	u, v := blend(x-fx), blend(y-fy)
	i, j := int64(fx), int64(fy)
	a, b := n.lattice(i, j, o), n.lattice(i+1, j, o)
	c, d := n.lattice(i, j+1, o), n.lattice(i+1, j+1, o)
	return (a*(1-u)+b*u)*(1-v) + (c*(1-u)+d*u)*v
}

func (n noise) lattice(i, j int64, o uint64) float64 {
	h := mix(n.seed ^ mix(uint64(i)^o<<60) ^ uint64(j)*0xd6e8feb86659fd93)
	return float64(h>>11)/(1<<52) - 1
}

func blend(t float64) float64 { return t * t * (3 - 2*t) }
