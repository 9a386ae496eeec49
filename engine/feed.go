package engine

import (
	"sync"

	"tuban/feature"
)

// keptEvents is how many past events a new subscriber can catch up with.
const keptEvents = 4096

// slack is how many events a subscriber may be behind.
const slack = 256

// feed hands the events of commits to subscribers. A subscriber that does not
// keep up is told so (Lost) and cut off; it never slows the writer.
type feed struct {
	mu     sync.Mutex // guards all below
	recent []Event    // in order of seq, at most keptEvents
	subs   map[*Subscription]bool
	closed bool
}

// Subscription receives events in order of seq.
type Subscription struct {
	feed *feed
	c    chan Event
	lost bool
}

// C returns the channel of events. It is closed after Close, when the engine
// closes, and when the subscriber fell behind (then Lost is true).
func (s *Subscription) C() <-chan Event { return s.c }

// Lost reports whether events are missing: those after the asked seq were no
// longer kept, or the reader fell behind. Read it before the first receive and
// once C is closed.
func (s *Subscription) Lost() bool {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	return s.lost
}

// Close ends the subscription.
func (s *Subscription) Close() {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.feed.drop(s)
}

// Subscribe returns the events of the commits after a seq, past and future.
func (e *Engine) Subscribe(after feature.Seq) *Subscription {
	f := &e.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	head := e.View().Seq()
	if n := len(f.recent); n > 0 {
		head = max(head, f.recent[n-1].Seq)
	}
	oldest := head + 1
	if len(f.recent) > 0 {
		oldest = f.recent[0].Seq
	}
	s := &Subscription{feed: f, lost: after+1 < oldest || after > head}
	var missed []Event
	if !s.lost {
		missed = f.recent[max(0, len(f.recent)-int(head-after)):]
	}
	s.c = make(chan Event, len(missed)+slack)
	for _, ev := range missed {
		s.c <- ev
	}
	if f.closed {
		close(s.c)
		return s
	}
	if f.subs == nil {
		f.subs = map[*Subscription]bool{}
	}
	f.subs[s] = true
	return s
}

// drop ends a subscription; the caller holds mu.
func (f *feed) drop(s *Subscription) {
	if f.subs[s] {
		delete(f.subs, s)
		close(s.c)
	}
}

func (f *feed) send(ev Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.recent) == keptEvents {
		f.recent = append(f.recent[:0], f.recent[1:]...)
	}
	f.recent = append(f.recent, ev)
	for s := range f.subs {
		select {
		case s.c <- ev:
		default:
			s.lost = true
			f.drop(s)
		}
	}
}

func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for s := range f.subs {
		f.drop(s)
	}
}
