package server

import (
	"context"
	"sync"
	"time"
)

// deadline returns the context for the work of one request.
func (s *Server) deadline() (context.Context, context.CancelFunc) {
	return context.WithTimeout(s.work, s.limits.Work)
}

// patience is a context whose time begins when somebody waits for its end. It
// spares requests that are answered at once, as most for tiles are, a timer.
type patience struct {
	context.Context // of the server's work
	limit           time.Duration

	once   sync.Once
	timed  context.Context
	cancel context.CancelFunc
}

func (s *Server) patience() *patience { return &patience{Context: s.work, limit: s.limits.Work} }

// Done starts the time at its first call.
func (p *patience) Done() <-chan struct{} {
	p.once.Do(func() { p.timed, p.cancel = context.WithTimeout(p.Context, p.limit) })
	return p.timed.Done()
}

// Err returns why the context has ended, nil if it has not.
func (p *patience) Err() error {
	p.Done()
	return p.timed.Err()
}

// release frees the timer, if there is one.
func (p *patience) release() {
	p.once.Do(func() { p.timed, p.cancel = p.Context, func() {} })
	p.cancel()
}
