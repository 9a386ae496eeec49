package load

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Arrivals says when the requests of an open load are due.
type Arrivals struct {
	Rate    float64 // a second; 0 is a closed load: nothing is due, everything is sent as soon as it can be
	Poisson bool    // random gaps that come to Rate on average, as from many users; else even ones
	Seed    uint64  // of the gaps
}

// schedule hands out arrivals in order. It is safe for concurrent use.
type schedule struct {
	Arrivals
	end  time.Duration // arrivals due at this moment or later are not made
	most int64         // nor are more than these; 0 is any number

	mu   sync.Mutex // guards what follows
	rng  *rand.Rand
	next time.Duration // when the next arrival is due
	at   float64       // the same in seconds, which does not round
	n    int64         // arrivals so far
}

// newSchedule returns the arrivals of a run of a length.
func newSchedule(a Arrivals, length time.Duration, most int64) *schedule {
	return &schedule{Arrivals: a, end: length, most: most, rng: stream(a.Seed, streamArrivals)}
}

// take returns the number of the next arrival, from 0, and when it is due,
// counted from the beginning of the run; ok is false when there is none left. now is
// how long the run has lasted, and ends a closed load.
func (s *schedule) take(now time.Duration) (i int64, due time.Duration, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	due = s.next
	if s.Rate == 0 {
		due = now
	}
	if due >= s.end || s.most > 0 && s.n >= s.most {
		return 0, 0, false
	}
	i = s.n
	s.n++
	if s.Rate > 0 {
		if s.Poisson {
			s.at += s.rng.ExpFloat64() / s.Rate
		} else {
			s.at = float64(s.n) / s.Rate // no sum, so that it does not drift
		}
		s.next = time.Duration(s.at * float64(time.Second))
	}
	return i, due, true
}

// taken returns how many arrivals were handed out.
func (s *schedule) taken() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

// The streams of one seed: what is drawn for one purpose does not move what is
// drawn for another.
const (
	streamArrivals uint64 = iota + 1
	streamPoints
	streamSteps
	streamWalk
	streamZoom
	streamSample
	streamEdit
)

// stream returns the random numbers of a seed for one purpose.
func stream(seed, purpose uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, purpose)) }
